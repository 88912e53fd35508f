# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_plan_check: a reviewed plan is read, and compared with what would be done now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.action.dhcp_failover_plan_check import ActionModule
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import plan_files
from fleets import on_the_controller
from reviewed import CREATED, GOES, STEP, TAKEN, sample
from test_dhcp_failover_plan import HOSTS, plan_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    plan_files.write(str(tmp_path / "plan.md"), sample())
    return tmp_path / "plan.md"


def run(file: Path | None, hosts: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    hosts = HOSTS if hosts is None else hosts
    given = {"hosts": list(hosts), **({"file": str(file)} if file else {}), **options}
    result: dict[str, Any] = on_the_controller(ActionModule, hosts, **given)
    return result


def compared(file: Path, fingerprint: str = "", **hosts: Any) -> dict[str, Any]:
    given = {"variable": "result", "variables": "taken", "fingerprint": fingerprint or sample()["fingerprint"]}
    return run(file, {**HOSTS, **hosts}, **given)


def test_what_is_in_it(file: Path) -> None:
    result = run(file)
    assert (result["changed"], result["created"], result["hosts"]) == (False, CREATED, ["dhcp01", "dhcp02"])
    assert result["planned"] == {
        "dhcp01": {**TAKEN, "expected_plan": {"plan": [STEP], "removals": [GOES]}},
        "dhcp02": {**TAKEN, "secrets": [], "expected_plan": {"plan": [], "removals": []}},
    }


def test_a_plan_in_a_variable_is_the_same(file: Path) -> None:
    made = plan_of(file.with_name("other.md"))
    handed_on = run(None, data=made["one_line"])
    assert (handed_on["fingerprint"], handed_on["planned"]) == (made["plan"]["fingerprint"], run(file)["planned"])
    given = {"variable": "result", "variables": "taken", "fingerprint": handed_on["fingerprint"]}
    assert run(None, data=made["one_line"], **given)["to_do"] == ["dhcp01"]
    assert run(None, {**HOSTS, "dhcp01": HOSTS["dhcp02"]}, data=made["one_line"], **given)["failed"]


def test_it_is_given_in_one_of_the_two_ways(file: Path) -> None:
    assert "is given as a file and as data; give one of them" in run(file, data="{}")["msg"]
    assert run(file, data="")["hosts"] == ["dhcp01", "dhcp02"], (
        "nothing is what a survey hands on that nobody filled in"
    )
    assert "is not given; it should be the file that windhcp.failover.plan wrote, or, in a workflow" in run(None)["msg"]


def test_a_run_that_leaves_a_host_out_is_refused(file: Path) -> None:
    assert "is a plan for dhcp02, too, which this run leaves out" in run(file, {"dhcp01": HOSTS["dhcp01"]})["msg"]


def test_the_same_is_to_be_done(file: Path) -> None:
    result = compared(file, dhcp09={})
    assert (result["to_do"], result["done"]) == (["dhcp01"], [])
    assert result["sentences"] == [f"The plan of {CREATED}: its steps are to be done on dhcp01 (1)."]


def test_what_is_done_is_said(file: Path) -> None:
    result = compared(file, dhcp01={"result": {"plan": []}, "taken": TAKEN})
    assert (result["to_do"], result["done"]) == ([], ["dhcp01"])
    assert result["sentences"] == [
        f"The plan of {CREATED}: nothing is to be done.",
        "On dhcp01 everything that it would do is there already.",
    ]


@pytest.mark.parametrize(
    ("host", "line"),
    [
        ({"result": {"plan": [{**STEP, "step": "do that"}]}, "taken": TAKEN}, "- dhcp01: new: DHCP01: do that"),
        (
            {"result": {"unreachable": True, "msg": "no route"}, "taken": TAKEN},
            "- dhcp01: cannot be reached: no route.",
        ),
        ({"result": HOSTS["dhcp01"]["result"]}, "- dhcp01: there is no result of a check run."),
    ],
)
def test_what_is_otherwise_fails_it(file: Path, host: dict[str, Any], line: str) -> None:
    result = compared(file, dhcp01=host)
    assert result["failed"]
    assert line in result["msg"].split("\n")


def test_another_plan_than_was_read_first_is_refused(file: Path) -> None:
    said = compared(file, "sha256:0")["msg"]
    assert f"is another plan ({sample()['fingerprint']}) than the one that is meant ('sha256:0'; " in said
    assert run(file, fingerprint="sha256:0")["msg"] == said
