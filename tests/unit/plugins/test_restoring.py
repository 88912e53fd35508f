# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scopes come back from a safety copy, complete and never over another scope; what would come along is shown before."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils import cmdlets
from lab import topology
from lab.core.lab import Lab
from lab.core.server import Filter, OptionKey
from nothing_lost.task import Wire, perform

CLIENTS, LABORATORY = IPv4Address("10.10.10.0"), IPv4Address("10.30.50.0")
SAVED = [CLIENTS, LABORATORY]  # the second one is inactive


class Case:
    """A server whose scopes were saved and then removed."""

    def __init__(self, **switches: Any) -> None:
        self.lab: Lab = topology.load(topology.TOPOLOGIES / "company.yml")
        self.lab.clock = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
        for name, answer in switches.items():
            self.lab.switches = self.lab.switches.with_answer(name, answer)
        self.server = self.lab.servers["DHCP01"]
        self.wire = Wire(self.lab)
        self.before = deepcopy(self.server.scopes)
        request = json.dumps({"calls": [cmdlets.safety_copy(SAVED, "HQ")]})
        self.path = self.wire.execute("DHCP01", {"request": request, "secrets": []})["reply"]["calls"][0]["objects"][0]["path"]
        for scope in SAVED:
            del self.server.scopes[scope]

    def restore(self, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        return perform(self.wire, "dhcp_failover_restore", {"path": self.path, **options}, check_mode=check_mode)

    def writes(self) -> list[str]:
        return [entry.cmdlet for entry in self.lab.audit.entries if entry.kind == "cmdlet" and entry.write]


def came_back(case: Case, clients: str, laboratory: str) -> None:
    for scope, state in ((CLIENTS, clients), (LABORATORY, laboratory)):
        expected = case.before[scope]
        expected.state = state
        assert case.server.scopes[scope] == expected


@pytest.mark.parametrize("honours", [True, False])
@pytest.mark.parametrize(
    ("state", "clients", "steps"),
    [
        ("inactive", "InActive", ["inactive: 10.10.10.0, 10.30.50.0"]),
        ("as_saved", "Active", ["inactive: 10.30.50.0", "active: 10.10.10.0"]),
    ],
)
def test_scopes_come_back_complete_in_the_state_that_is_asked_for(honours: bool, state: str, clients: str, steps: list[str]) -> None:
    case = Case(import_honours_state=honours)
    check = case.restore(check_mode=True, state=state)
    assert case.writes() == []
    done = case.restore(state=state)
    assert done["plan"] == check["plan"]
    assert [one["step"] for one in done["plan"]] == [f"bring back from the safety copy, with leases, {step}" for step in steps]
    assert done["restored"] == check["restored"] == ["10.10.10.0", "10.30.50.0"]
    assert (done["changed"], check["changed"], done["remote_calls"]) == (True, True, 2)
    assert done["diff"] == check["diff"]
    came_back(case, clients, "InActive")
    assert len(case.server.scopes[CLIENTS].leases) == 120
    writes = len(case.writes())
    again = case.restore(state=state)
    assert (again["changed"], again["plan"], again["restored"]) == (False, [], [])
    assert len(case.writes()) == writes


def test_only_the_scopes_that_are_named_come_back() -> None:
    case = Case()
    assert case.restore(scopes=["10.30.50.0"])["restored"] == ["10.30.50.0"]
    assert CLIENTS not in case.server.scopes
    assert case.restore()["restored"] == ["10.10.10.0"]
    came_back(case, "InActive", "InActive")


def test_a_scope_that_is_not_in_the_copy_is_refused_with_those_that_are() -> None:
    case = Case()
    failed = case.restore(scopes=["10.10.20.0", "10.10.10.0"])
    assert "10.10.20.0 is not in C:" in failed["msg"]
    assert "which holds 10.10.10.0, 10.30.50.0" in failed["msg"]
    assert case.writes() == []


@pytest.mark.parametrize(
    ("options", "change", "said"),
    [
        (
            {},
            lambda scope: setattr(scope, "name", "Mine"),
            ["10.10.10.0 exists on DHCP01 already", "name Mine (Berlin clients in the copy)"],
        ),
        ({}, lambda scope: scope.options.pop(OptionKey(3)), ["option 3 none (10.10.10.1 in the copy)"]),
        ({}, lambda scope: setattr(scope, "state", "Active"), ["state active (it would be inactive)"]),
        ({"state": "as_saved"}, lambda scope: None, ["state inactive (it would be active)"]),
        ({}, lambda scope: scope.leases.popitem(), ["no lease 10.10.10."]),
    ],
)
def test_a_scope_that_is_there_and_is_not_the_same_is_left_alone(options: dict[str, Any], change: Any, said: list[str]) -> None:
    case = Case()
    case.server.scopes[CLIENTS] = deepcopy(case.before[CLIENTS])
    case.server.scopes[CLIENTS].state = "InActive"
    change(case.server.scopes[CLIENTS])
    failed = case.restore(**options)
    assert [part for part in said if part not in failed["msg"]] == []
    assert "Nothing was changed" in failed["msg"]
    assert (case.writes(), LABORATORY in case.server.scopes) == ([], False)


def test_clients_that_come_and_go_on_an_active_scope_are_no_difference() -> None:
    case = Case()
    case.restore(state="as_saved")
    case.server.scopes[CLIENTS].leases.popitem()
    assert case.restore(state="as_saved")["changed"] is False


def test_server_level_settings_that_would_come_along_are_all_named_and_have_to_be_accepted() -> None:
    case = Case()
    case.server.option_values[OptionKey(15)] = ("new.contoso.example",)
    case.server.filters["02-00-00-*"] = Filter("02-00-00-*", "Deny")
    expected = [
        {"field": "filter 02-00-00-*", "saved": None, "server": "present"},
        {"field": "option 15", "saved": "contoso.example", "server": "new.contoso.example"},
    ]
    for check_mode in (True, False):
        failed = case.restore(check_mode=check_mode)
        assert failed["server_config_differences"] == expected
        assert "option 15: contoso.example in the copy, new.contoso.example here" in failed["msg"]
        assert "filter 02-00-00-*: none in the copy, present here" in failed["msg"]
        assert "accept_server_config: true" in failed["msg"]
    assert case.writes() == []
    done = case.restore(accept_server_config=True)
    assert done["server_config_differences"] == expected
    came_back(case, "InActive", "InActive")
    assert case.server.option_values[OptionKey(15)] == ("contoso.example",)
    case.server.option_values[OptionKey(15)] = ("new.contoso.example",)
    assert case.restore()["server_config_differences"] == []  # nothing is imported


def test_what_changes_between_looking_and_importing_is_noticed() -> None:
    case = Case()
    request = case.wire.execute

    def meanwhile(server: str, arguments: Any) -> Any:
        if case.wire.calls == 2:
            case.server.option_values[OptionKey(15)] = ("other.example",)
        return request(server, arguments)

    case.wire.execute = meanwhile  # type: ignore[method-assign]
    failed = case.restore()
    assert "was changed by someone else" in failed["msg"]
    assert (case.writes(), LABORATORY in case.server.scopes) == ([], False)


@pytest.mark.parametrize("error", ["DHCP 20013", "WIN32 5"])
def test_an_import_that_broke_off_is_told_and_finished_or_left_to_a_person(error: str) -> None:
    case = Case()
    case.lab.fail_next("DHCP01", "Import-DhcpServer", error)
    assert error in case.restore()["msg"]
    assert case.restore()["restored"] == ["10.10.10.0", "10.30.50.0"]
    came_back(case, "InActive", "InActive")


def test_an_import_whose_process_died_before_the_leases_is_not_taken_for_done() -> None:
    case = Case()
    case.server.scopes[CLIENTS] = deepcopy(case.before[CLIENTS])
    case.server.scopes[CLIENTS].state, case.server.scopes[CLIENTS].leases = "InActive", {}
    failed = case.restore()
    assert "no lease 10.10.10.30" in failed["msg"]
    assert "dhcp_failover_scope_copy" in failed["msg"]


def test_a_path_that_is_no_copy_is_refused() -> None:
    case = Case()
    assert "there is no such safety copy" in case.restore(path=case.path + ".gone")["msg"]
    assert "not that of a safety copy" in case.restore(path="C:\\Windows\\win.ini")["msg"]
    assert case.writes() == []
