# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every declarative file that is shipped is read by its own tool. Where the tool is not here it says so."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from declared import checks
from declared.checks import CHECKS, Check, Failed, NotHere, forgotten, tool


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
        ("ansible-playbook", "examples/ansible-pull/repository/local.yml", ("failover.site", "failover.sit")),
        ("ansible-galaxy", "examples/ansible-pull/repository/collections/requirements.yml", ("0.1.0", "9.1.0")),
        ("ansible-galaxy", "examples/ansible-pull/repository/collections/requirements.yml", ("failover", "failure")),
        ("shellcheck", "examples/ansible-pull/runner/dhcp-failover-drift", ('"$HOME/checkout"', "$HOME/checkout")),
        ("systemd-analyze", "examples/ansible-pull/runner/dhcp-failover-failed.service", ("/bin/sh", "bin/sh")),
        ("references", "examples/awx/controller.yml", ("  project: DHCP failover", "  project: DHCP")),
    ],
)
def test_a_tool_finds_what_is_wrong(
    checker: str, name: str, change: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (check,) = (one for one in CHECKS if one.tool == checker)
    found = check.found
    for path in found:
        text = (checks.ROOT / path).read_text(encoding="utf-8")
        assert path != name or change[0] in text
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text.replace(*change) if path == name else text, encoding="utf-8")
    (tmp_path / ".build").symlink_to(checks.ROOT / ".build")
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    try:
        with pytest.raises(Failed):
            check.run(found)
    except NotHere as missing:
        pytest.skip(str(missing))
