# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_report: from the variables of hosts to files and a status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible_collections.windhcp.failover.plugins.action.dhcp_failover_report import ActionModule
from faults import FAULTS, healthy
from fleets import on_the_controller, seen


def run(seen_of: Mapping[str, Any], *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    """The task on the controller, where each host has what is given in its variable."""
    hostvars = {host: {"failover_seen": found} if found is not None else {} for host, found in seen_of.items()}
    given = {"hosts": list(seen_of), "variable": "failover_seen", **options}
    result: dict[str, Any] = on_the_controller(ActionModule, hostvars, check_mode=check_mode, **given)
    return result


def fleet(kind: str | None = None) -> dict[str, Any]:
    servers = healthy()
    if kind:
        FAULTS[kind].plant(servers)
    return {one.host: one.result for one in seen(servers)}


def test_files_are_written_and_replaced(tmp_path: Path) -> None:
    result = run(fleet(), directory=str(tmp_path))
    assert (result["status"], result["changed"]) == ("ok", True)
    assert sorted(result["files"]) == sorted(map(str, tmp_path.iterdir()))
    again = run(fleet("members_differ"), directory=str(tmp_path), formats=["json"])
    assert again["files"] == [str(tmp_path / "report.json")]
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["status"] == "critical"


def test_check_mode_writes_no_file(tmp_path: Path) -> None:
    result = run(fleet(), check_mode=True, directory=str(tmp_path))
    assert (result["files"], result["changed"], list(tmp_path.iterdir())) == ([], False, [])


@pytest.mark.parametrize(
    ("kind", "fail_on", "failed"),
    [
        (None, "warning", False),
        ("members_differ", None, False),
        ("members_differ", "critical", True),
        ("content_differs", "critical", False),
        ("content_differs", "warning", True),
        ("split_scope", "warning", False),
    ],
)
def test_it_fails_on_what_it_is_told_to(tmp_path: Path, kind: str | None, fail_on: str | None, failed: bool) -> None:
    given: dict[str, Any] = {"fail_on": fail_on} if fail_on else {}
    result = run(fleet(kind), directory=str(tmp_path), verdicts_off=["scopes_unprotected"], **given)
    assert bool(result.get("failed")) is failed
    assert result["files"], "the files are written first"
    assert result["table"], "and it is shown"


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (None, "there is no result of dhcp_failover_info in the variable 'failover_seen'"),
        ({"unreachable": True, "msg": "Connection refused\nmore"}, "Connection refused"),
        ({"failed": True, "msg": "access is denied"}, "access is denied"),
        ({"failed": True}, "it gave no reason"),
        ("text", "there is no result of dhcp_failover_info in the variable 'failover_seen'"),
        ({"changed": False}, "it gave no reason"),
    ],
)
def test_a_host_that_was_not_read_is_in_the_report(found: Any, problem: str) -> None:
    result = run({**fleet(), "dhcp09": found})
    assert result["status"] == "unknown"
    (verdict,) = [verdict for verdict in result["verdicts"] if verdict["host"] == "dhcp09"]
    assert verdict["evidence"]["problem"] == problem
    assert result["counts"]["collected"] == 2


def test_no_host_is_an_empty_report() -> None:
    assert (run({})["status"], run({})["table"]) == ("unknown", ["no failover relationship was found"])
    assert run({}, fail_on="warning")["msg"] == "the fleet is unknown: hosts: there is none."


def test_a_report_that_cannot_be_written_is_shown_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "report.md").mkdir()
    result = run(fleet("members_differ"), directory=str(tmp_path), fail_on="critical")
    assert (result["failed"], result["files"], result["changed"]) == (True, [], False)
    assert result["table"][2].startswith("HQ")
    assert result["sentences"][0].startswith("critical: members of 'HQ'")
    assert result["msg"].startswith(f"directory: {tmp_path}/report.md cannot be written on the controller")
    assert "the fleet is critical: members of 'HQ'" in result["msg"]


def test_a_host_that_is_named_twice_is_one_and_no_format_is_no_change(tmp_path: Path) -> None:
    found = fleet()
    result = run(found, hosts=["dhcp01", "dhcp01", "dhcp02"], directory=str(tmp_path), formats=[])
    assert (result["counts"]["servers"], result["status"], result["changed"]) == (2, "ok", False)


def test_a_result_of_another_version_is_a_host_that_was_not_read() -> None:
    found = fleet()
    found["dhcp02"] = {**found["dhcp02"], "verdicts": [{"id": "weird"}]}
    result = run(found)
    assert (result["status"], result["counts"]["collected"]) == ("unknown", 1)
    assert "its result is not one of this version of dhcp_failover_info: an entry has no" in result["sentences"][0]


@pytest.mark.parametrize("options", [{"formats": ["pdf"]}])
def test_options_that_do_not_exist(options: dict[str, Any]) -> None:
    with pytest.raises(AnsibleError):
        run(fleet(), **options)


def test_what_it_was_given_wrong_is_told_with_the_report(tmp_path: Path) -> None:
    """All servers have been read by then."""
    result = run(fleet(), directory=str(tmp_path), verdicts_off=["member_differ"], fail_on="Warning")
    assert result["failed"]
    assert result["msg"] == (
        "fail_on (failover_fail_on of the playbooks): is 'Warning'; it should be warning or critical. verdicts_off "
        "(failover_verdicts_off of the playbooks): there is no verdict 'member_differ'; did you mean members_differ?"
    )
    assert result["table"]
    assert result["files"]
