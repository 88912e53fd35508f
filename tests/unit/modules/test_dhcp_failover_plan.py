# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_plan: from the variables of hosts to two new files."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from ansible_collections.windhcp.failover.plugins.action.dhcp_failover_plan import ActionModule
from fleets import on_the_controller
from reviewed import GOES, STEP, TAKEN

HOSTS: dict[str, Any] = {
    "dhcp01": {"result": {"plan": [STEP], "removals": [GOES], "changed": True}, "taken": TAKEN},
    "dhcp02": {"result": {"skipped": True, "changed": False}, "taken": {**TAKEN, "secrets": []}},
}


def plan_of(file: Path, hosts: dict[str, Any] | None = None, *, check_mode: bool = False) -> dict[str, Any]:
    hosts = HOSTS if hosts is None else hosts
    given = {"hosts": list(hosts), "variable": "result", "variables": "taken", "file": str(file)}
    result: dict[str, Any] = on_the_controller(ActionModule, hosts, check_mode=check_mode, **given)
    return result


def test_the_steps_of_all_hosts_are_in_both_files(tmp_path: Path) -> None:
    file = tmp_path / "changes" / "plan.md"
    result = plan_of(file)
    data = file.with_suffix(".json")
    assert (result["changed"], result["file"], result["data"]) == (True, str(file), str(data))
    assert file.read_text(encoding="utf-8") == result["content"]
    assert json.loads(data.read_text(encoding="utf-8")) == result["plan"]
    assert json.loads(result["one_line"]) == result["plan"]
    assert result["plan"]["counts"] == {"hosts": 2, "steps": 1, "removals": 1}
    assert result["sentences"] == [
        "1 step on 1 host; 1 copy of a scope goes, or is put out of service.",
        f"The plan is in {file}, and as data in plan.json. In a workflow the next job gets it from this one.",
        f"Next: to carry it out, ansible-playbook windhcp.failover.apply -e failover_plan_file={file}",
    ]


def test_the_command_that_is_next_is_one_for_a_shell(tmp_path: Path) -> None:
    file = tmp_path / "my plans" / "a b $x.md"
    (*_rest, command) = shlex.split(plan_of(file)["sentences"][-1])
    assert command == f"failover_plan_file={file}"


def test_files_that_exist_stay(tmp_path: Path) -> None:
    plan_of(tmp_path / "plan.md")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    again = plan_of(tmp_path / "plan.md")
    assert "exists, and is left as it is" in again["msg"]
    assert again["sentences"] == [f"No plan was written. {again['msg']}"]
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_check_mode_writes_none(tmp_path: Path) -> None:
    result = plan_of(tmp_path / "plan.md", check_mode=True)
    assert (result["changed"], list(tmp_path.iterdir())) == (False, [])
    assert "1. DHCP01: do this" in result["content"]
    assert result["sentences"][-1].endswith("plan.md, and as data in plan.json, the same command without --check.")


def test_without_one_of_the_hosts_there_is_no_plan(tmp_path: Path) -> None:
    gone = {"result": {"unreachable": True, "msg": "no route"}, "taken": TAKEN}
    refused = {"failover_site": {"failed": True, "msg": "Two problems:\n- one\n- two."}}
    before = {"failover_refused": {"failed": True, "msg": "'vault_failover_secret' is undefined\n\nIt is here: ..."}}
    hosts = {**HOSTS, "dhcp03": gone, "dhcp04": {}, "dhcp05": refused, "dhcp06": before}
    result = plan_of(tmp_path / "plan.md", hosts)
    assert result["msg"].split("\n") == [
        "A plan is one of all hosts (failover_hosts leaves some out), and nothing was written:",
        "- dhcp03: cannot be reached: no route.",
        "- dhcp04: there is no result of a check run.",
        "- dhcp05: has failed: Two problems: - one - two.",
        "- dhcp06: has failed: 'vault_failover_secret' is undefined.",
    ]
    assert (result["failed"], list(tmp_path.iterdir())) == (True, [])
    assert result["sentences"] == [
        "No plan was written: it would be one of all hosts, and is not known of dhcp03, dhcp04, dhcp05, dhcp06.",
        "Next: mend that, or leave them out (failover_hosts), and run the same command again.",
    ]


def test_a_name_that_is_none_for_people_is_refused_before_anything(tmp_path: Path) -> None:
    assert "whose name ends in .md" in plan_of(tmp_path / "plan.json")["msg"]
