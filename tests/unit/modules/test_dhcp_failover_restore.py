# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scopes come back from a safety copy, complete and never over another scope; what is added to the server is shown
before."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest
from lab.core.server import Filter, OptionKey
from saved_scopes import CLIENTS, LABORATORY, Case, came_back


@pytest.mark.parametrize("shows", [True, False])
@pytest.mark.parametrize(
    ("state", "clients", "steps"),
    [
        ("inactive", "InActive", ["inactive: 10.10.10.0, 10.30.50.0"]),
        ("as_saved", "Active", ["inactive: 10.30.50.0", "active: 10.10.10.0"]),
    ],
)
def test_scopes_come_back_complete_in_the_state_that_is_asked_for(
    shows: bool, state: str, clients: str, steps: list[str]
) -> None:
    """A reservation in use is one (20014 is ignored, whether or not it is seen), and its lease comes back as
    InactiveReservation."""
    case = Case(reserve=True, inner_errors_show=shows)
    check = case.restore(check_mode=True, state=state)
    assert case.writes() == []
    done = case.restore(state=state)
    assert done["plan"] == check["plan"]
    assert [address["step"] for address in done["plan"]] == [
        f"bring back from the safety copy, with leases, {step}" for step in steps
    ]
    assert done["restored"] == check["restored"] == ["10.10.10.0", "10.30.50.0"]
    assert (done["changed"], check["changed"], done["remote_calls"]) == (True, True, 2)
    assert done["diff"] == check["diff"]
    came_back(case, clients, "InActive")
    assert len(case.server.scopes[CLIENTS].leases) == 120
    assert done["counts"] == check["counts"]
    assert done["counts"][0] == {"scope_id": "10.10.10.0", "leases": 120, "reservations": 1}
    assert (done["total"], done["server_additions"]) == ({"leases": 120, "reservations": 1}, [])
    writes = len(case.writes())
    again = case.restore(state=state)
    assert (again["changed"], again["plan"], again["restored"]) == (False, [], [])
    assert (again["counts"], again["total"]) == ([], {"leases": 0, "reservations": 0})
    assert len(case.writes()) == writes


def test_an_address_that_was_only_offered_is_left_out() -> None:
    case = Case(offer=True)
    done = case.restore()
    assert done["total"]["leases"] == 119
    assert len(case.server.scopes[CLIENTS].leases) == 119
    assert case.restore()["changed"] is False


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
    ("options", "change", "message"),
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
def test_a_scope_that_is_there_and_is_not_the_same_is_left_alone(
    options: dict[str, Any], change: Any, message: list[str]
) -> None:
    case = Case()
    case.server.scopes[CLIENTS] = deepcopy(case.before[CLIENTS])
    case.server.scopes[CLIENTS].state = "InActive"
    change(case.server.scopes[CLIENTS])
    failed = case.restore(**options)
    assert [part for part in message if part not in failed["msg"]] == []
    assert "Nothing was changed" in failed["msg"]
    assert (case.writes(), LABORATORY in case.server.scopes) == ([], False)


def test_clients_that_come_and_go_on_an_active_scope_are_no_difference() -> None:
    case = Case()
    case.restore(state="as_saved")
    case.server.scopes[CLIENTS].leases.popitem()
    assert case.restore(state="as_saved")["changed"] is False


LEVEL = (
    "classes",
    "option_definitions",
    "option_values",
    "policies",
    "filters",
    "deny_list",
    "conflict_detection_attempts",
)


@pytest.mark.parametrize("answer", ["missing_only", "all"])
def test_what_is_added_to_the_server_is_shown_and_nothing_else_is_a_reason_to_refuse(answer: str) -> None:
    """Windows adds missing classes and definitions; were PSDOC right, the rest would come as well and no scope would be
    lost."""
    case = Case(import_server_level=answer)
    server = case.server
    del server.classes["Kiosk"], server.option_definitions[OptionKey(150)]
    server.option_values[OptionKey(15)] = ("new.contoso.example",)
    server.filters["02-00-00-*"] = Filter("02-00-00-*", "Deny")
    server.conflict_detection_attempts = 3
    before = deepcopy({name: getattr(server, name) for name in LEVEL})
    added = ["user class 'Kiosk'", "definition of option 150"]
    check = case.restore(check_mode=True, state="as_saved")
    assert check["server_additions"] == added
    assert [address["step"].partition("; ")[2] for address in check["plan"]] == [
        f"adds to DHCP01: {', '.join(added)}",
        "",
    ]
    assert check["diff"]["after"]["added"] == added
    done = case.restore(state="as_saved")
    assert (done["server_additions"], done["plan"]) == (added, check["plan"])
    came_back(case, "Active", "InActive")
    changed = {name for name in LEVEL if getattr(server, name) != before[name]}
    assert changed >= {"classes", "option_definitions"}
    assert (changed == {"classes", "option_definitions"}) is (answer == "missing_only")
    assert case.restore(state="as_saved")["server_additions"] == []


def test_a_definition_of_another_type_and_a_class_of_another_name_are_told() -> None:
    case = Case()
    server, scope = case.server, deepcopy(case.before[CLIENTS])
    scope.options[OptionKey(150, "", "Kiosk")] = ("10.10.0.31",)
    server.scopes[CLIENTS] = scope
    case.save([CLIENTS])
    del server.scopes[CLIENTS]
    server.option_definitions[OptionKey(150)] = replace(server.option_definitions[OptionKey(150)], type="String")
    server.classes["Terminals"] = replace(server.classes.pop("Kiosk"), name="Terminals")
    warned = case.restore(check_mode=True)["warnings"]
    assert [
        part in warned[0]
        for part in ("option 150 is String (MultiValued) on DHCP01", "IPv4Address (MultiValued) in the copy")
    ] == [True, True]
    assert "user class 'Kiosk' of the copy is not the one that DHCP01 has" in warned[1]
    failed = case.restore()
    assert "DHCP 20044" in failed["msg"]
    assert CLIENTS in server.scopes  # all of it but that option


@pytest.mark.parametrize(
    ("saved", "server", "refused", "warned"),
    [
        ("10.0.20348", "6.3.9600", True, False),
        ("6.3.9600", "6.2.9200", False, True),
        ("6.2.9200", "10.0.14393", False, True),
        ("10.0.14393", "10.0.26100", False, False),
    ],
)
def test_a_copy_of_another_windows_is_told_or_refused(saved: str, server: str, refused: bool, warned: bool) -> None:
    case = Case(os=saved)
    case.server.os = server
    for check_mode in (True, False):
        message = case.restore(check_mode=check_mode)
        versions = [".".join(os.split(".")[:2]) for os in (saved, server)]
        if refused:
            assert [version in message["msg"] for version in versions] == [True, True]
            assert "newer Windows" in message["msg"]
        else:
            assert [all(version in text for version in versions) for text in message.get("warnings", [])] == [
                True
            ] * warned
    assert (CLIENTS in case.server.scopes, bool(case.writes())) == (not refused, not refused)


# --- subnets that are taken ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("scope", "mask", "used"),
    [("10.10.0.0", "255.255.0.0", "10.10.0.0/16"), ("10.10.10.128", "255.255.255.128", "10.10.10.128/25")],
)
def test_a_subnet_that_another_scope_has_is_refused_before_anything_comes(
    scope: str, mask: str, used: str, check_mode: bool
) -> None:
    case = Case()
    other = IPv4Address(scope)
    bare: dict[str, Any] = {"leases": {}, "reservations": {}, "exclusions": [], "policies": {}, "options": {}}
    case.server.scopes[other] = replace(
        deepcopy(case.before[CLIENTS]), scope_id=other, subnet_mask=IPv4Address(mask), **bare
    )
    for taken in [address for address in case.server.scopes if scope == "10.10.0.0" and address != other]:
        del case.server.scopes[taken]
    failed = case.restore(check_mode=check_mode)
    assert (
        f"scopes: 10.10.10.0: its subnet 10.10.10.0/24 overlaps scope {scope} of DHCP01 ({used}); leave it out"
        in failed["msg"]
    )
    assert failed["msg"].endswith("Nothing was changed.")
    assert (case.writes(), LABORATORY in case.server.scopes) == ([], False)


def test_a_path_that_is_no_copy_is_refused() -> None:
    case = Case()
    assert "there is no such safety copy" in case.restore(path=case.path + ".gone")["msg"]
    assert "not that of a safety copy" in case.restore(path="C:\\Windows\\win.ini")["msg"]
    assert case.writes() == []


@pytest.mark.parametrize(("option", "empty"), [("scopes", []), ("path", "")])
def test_what_is_empty_is_not_all_of_it(option: str, empty: object) -> None:
    case = Case()
    options: dict[str, Any] = {option: empty}
    failed = case.restore(**options)
    assert failed["msg"].startswith(f"{option}: is empty; ")
    assert failed["msg"].endswith("Nothing was changed.")
    assert case.writes() == []
