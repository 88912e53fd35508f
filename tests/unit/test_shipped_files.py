# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every declarative file that is shipped is read by its own tool. Where the tool is not here it says so."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from declared import base
from declared.automation_platform import EXAMPLE
from declared.base import Failed, NotHere, tool
from declared.checks import CHECKS, Check, forgotten
from declared.pull import REPOSITORY, RUNNER

OBJECTS = f"{EXAMPLE}/objects"
OURS = "our-schemas"
DATA = f"{REPOSITORY}/inventory/group_vars/dhcp_servers/failover.yml"
SERVICE, TIMER = f"{RUNNER}/dhcp-failover.service", f"{RUNNER}/dhcp-failover.timer"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.tool)
def test_its_own_tool_finds_nothing(check: Check) -> None:
    assert check.found
    try:
        check.run(check.found)
    except NotHere as missing:
        warnings.warn(f"NOT CHECKED: {', '.join(check.found)}: {missing}", stacklevel=1)
        pytest.skip(str(missing))


def test_no_file_is_forgotten() -> None:
    assert forgotten() == []


def test_what_a_tool_finds_is_told() -> None:
    with pytest.raises(Failed, match="no-such-option"):
        tool("git", "--no-such-option")
    with pytest.raises(NotHere, match="no-such-tool is not here"):
        tool("no-such-tool")


@pytest.mark.parametrize(
    ("checker", "name", "change"),
    [
        ("yamllint", "galaxy.yml", ("name: failover", "name: failover\nname: failover")),
        ("promtool", "extensions/monitoring/windhcp_failover.rules.yml", ("> 7200", "> > 7200")),
        ("promtool", "extensions/monitoring/windhcp_failover.rules_test.yml", ("eval_time: 2h16m", "eval_time: 2h14m")),
        ("shellcheck", "extensions/monitoring/check_windhcp_failover", ('"$1"', "$1")),
        ("systemd-analyze", "examples/ansible-pull/runner/dhcp-failover.service", ("Type=oneshot", "Typ=oneshot")),
        ("systemd-analyze", "examples/ansible-pull/runner/dhcp-failover.timer", ("*:0/30", "*:0/30x")),
        ("crontab", "examples/ansible-pull/runner/crontab", ("30 6 * * *", "30 6 * *")),
        ("ansible-builder", "examples/execution-environment/execution-environment.yml", ("version: 3", "version: 9")),
        ("ansible-playbook", f"{REPOSITORY}/local.yml", ("failover.site", "failover.sit")),
        ("ansible-galaxy", f"{REPOSITORY}/collections/requirements.yml", ("0.1.0", "9.1.0")),
        ("ansible-galaxy", f"{REPOSITORY}/collections/requirements.yml", ("failover", "failure")),
        ("shellcheck", "examples/ansible-pull/runner/dhcp-failover-drift", ('"$HOME/checkout"', "$HOME/checkout")),
        ("systemd-analyze", "examples/ansible-pull/runner/dhcp-failover-failed.service", ("/bin/sh", "bin/sh")),
        (OURS, f"{OBJECTS}/templates.yml", ("  project: DHCP failover", "  project: DHCP")),
        (OURS, f"{OBJECTS}/templates.yml", ("ask_variables_on_launch", "ask_variables_at_launch")),
        (OURS, f"{OBJECTS}/templates.yml", ("  credentials: [DHCP failover]", "  credential: DHCP failover")),
        (OURS, f"{OBJECTS}/templates.yml", ("job_slice_count: 1", "job_slice_count: 0")),
        (OURS, f"{OBJECTS}/templates_keep.yml", ("playbooks/site.yml", "playbooks/sites.yml")),
        (OURS, f"{OBJECTS}/templates_keep.yml", ("playbooks/plan.yml", "playbooks/info.yml")),
        (OURS, f"{OBJECTS}/templates_keep.yml", ("failover_file\n", "failover_fle\n")),
        (OURS, f"{OBJECTS}/templates_keep.yml", ("failover_plan_file: plan.md", "failover_plan: plan.md")),
        (OURS, f"{OBJECTS}/templates_keep.yml", ("default: inactive", "default: in_active")),
        (OURS, f"{OBJECTS}/templates_keep.yml", ("    ask_job_type_on_launch: true\n    ask_limit", "    ask_limit")),
        (OURS, f"{OBJECTS}/templates_look.yml", ("job_type: check", "job_type: chck")),
        (OURS, f"{OBJECTS}/templates_look.yml", ("type: multiplechoice", "type: password")),
        (OURS, f"{OBJECTS}/templates_look.yml", ("          required: true\n", "")),
        (OURS, f"{OBJECTS}/templates_look.yml", ('choices: ["false", "true"]', "choices: [false, true]")),
        (OURS, f"{OBJECTS}/templates_look.yml", ("    survey_enabled: true\n", "")),
        (OURS, f"{OBJECTS}/templates_look.yml", ("ask_job_slice_count_on_launch: true", "job_slice_count: 8")),
        (OURS, f"{OBJECTS}/schedules.yml", ('    extra_data:\n      failover_list_safety_copies: "false"\n', "")),
        (OURS, f"{OBJECTS}/templates_apart.yml", ("failover_dry_run\n", "failover_dry\n")),
        (OURS, f"{OBJECTS}/templates_apart.yml", ('default: "true"', 'default: "false"')),
        (OURS, f"{OBJECTS}/templates_apart.yml", ("failover_keep\n", "failover_shared_secrets\n")),
        (OURS, f"{OBJECTS}/workflows.yml", ("success_nodes: [Apply]", "success_nodes: [Aply]")),
        (OURS, f"{OBJECTS}/workflows.yml", ("success_nodes: [Apply]", "success_node: [Apply]")),
        (OURS, f"{OBJECTS}/workflows.yml", ("        success_nodes: [Apply]\n", "")),
        (OURS, f"{OBJECTS}/workflows.yml", ("approval_node:\n", "approval:\n")),
        (
            OURS,
            f"{OBJECTS}/workflows.yml",
            ("        approval_node:\n", "        job_type: run\n        approval_node:\n"),
        ),
        (OURS, f"{OBJECTS}/workflows.yml", ("DHCP failover apply", "DHCP failover aply")),
        (
            OURS,
            f"{OBJECTS}/workflows.yml",
            ("    ask_limit_on_launch: true\n", "    ask_limit_on_launch: true\n    ask_variables_on_launch: true\n"),
        ),
        (OURS, f"{OBJECTS}/schedules.yml", ("FREQ=DAILY", "FREQ=DALY")),
        (OURS, f"{OBJECTS}/schedules.yml", ("failover_fail_on: w", "failover_fail: w")),
        (
            OURS,
            f"{OBJECTS}/schedules.yml",
            ("unified_job_template: DHCP failover info", "unified_job_template: DHCP failover drift"),
        ),
        (OURS, f"{OBJECTS}/schedules.yml", ("controller_schedules", "controller_schedule")),
        (OURS, f"{OBJECTS}/project.yml", ("inventory/hosts.yml", "inventory/host.yml")),
        (OURS, f"{OBJECTS}/project.yml", ("    organization: Default\n    scm_type", "    scm_type")),
        (OURS, f"{OBJECTS}/credentials.yml", ('!unsafe "{{ failover_secret }}"', '!unsafe "{{ failover_secre }}"')),
        (
            OURS,
            f"{OBJECTS}/credentials.yml",
            ("label: Password of the DHCP servers' account, type: string, secret: true", "label: P, type: string"),
        ),
        (OURS, f"{OBJECTS}/credentials.yml", ('      failover_secret: "', '      failover_secrt: "')),
        ("ansible-playbook", f"{REPOSITORY}/playbooks/plan.yml", ("failover.plan", "failover.pln")),
        ("systemd-analyze", SERVICE, ("--clean", "--claen")),
        (
            "systemd-analyze",
            SERVICE,
            ("LoadCredential=vault-password:", "LoadCredential=vault:"),
        ),
        ("systemd-analyze", SERVICE, ("--diff local.yml", "--diff locl.yml")),
        ("systemd-analyze", SERVICE, ("--limit dhcp_servers", "--limit dhcp_server")),
        ("systemd-analyze", TIMER, ("timers.target", "timer.target")),
        ("systemd-analyze", TIMER, ("5min", "5mni")),
        ("ansible-playbook", DATA, ("failover_relationships", "failover_relationshps")),
        ("ansible-playbook", DATA, ("failover_shared_secret:", "failover_shared_secrt:")),
        ("ansible-playbook", DATA, ("mode: load_balance", "mode: load_balanc")),
        ("ansible-playbook", DATA, ("partner: dhcp02", "partner: dhcp03")),
        ("ansible-playbook", f"{REPOSITORY}/inventory/hosts.yml", ("dhcp_servers:", "dhcp_server:")),
        ("crontab", f"{RUNNER}/crontab", ("failover-drift", "failover-drft")),
        ("ansible-pull", f"{RUNNER}/dhcp-failover-drift", ("--check", "--chek")),
        ("systemd-analyze", SERVICE, ("failover-failed", "failover-faild")),
        ("crontab", f"{RUNNER}/crontab", ("30 6 ", "30 66 ")),
    ],
)
def test_a_tool_finds_what_is_wrong(
    checker: str, name: str, change: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (check,) = (one for one in CHECKS if one.tool == checker)
    found = check.found
    for path in found:
        text = (base.ROOT / path).read_text(encoding="utf-8")
        assert path != name or change[0] in text
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text.replace(*change) if path == name else text, encoding="utf-8")
    for beside in (
        ".build",
        "roles",
        "galaxy.yml",
        REPOSITORY,
        f"{RUNNER}/dhcp-failover-drift",
    ):
        if not (tmp_path / beside).exists():
            (tmp_path / beside).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / beside).symlink_to(base.ROOT / beside)
    monkeypatch.setattr(base, "ROOT", tmp_path)
    try:
        with pytest.raises(Failed):
            check.run(found)
    except NotHere as missing:
        pytest.skip(str(missing))


def test_a_tool_that_is_missing_fails_unless_it_is_named() -> None:
    """Loudly: nobody shall take what was not checked for checked."""
    run = [sys.executable, "-c", _WITHOUT_PROMTOOL]
    for without, code in (("", 1), ("promtool", 0)):
        done = subprocess.run(
            run,
            env={**os.environ, "WITHOUT": without, "PYTHONPATH": str(base.ROOT / "tests")},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, "NOT CHECKED: promtool is not here" in done.stdout) == (code, True), done.stderr


_WITHOUT_PROMTOOL = """
import runpy
from declared import base, checks

checks.CHECKS = [one for one in checks.CHECKS if one.tool == "promtool"]
checks.forgotten = lambda: []
base.shutil.which = lambda name, path=None: None if name == "promtool" else name
runpy.run_module("declared", run_name="__main__")
"""
