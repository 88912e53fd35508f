# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scopes come back from a safety copy, complete and never over another scope; what is added to the server is shown
before."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import cmdlets
from lab import topology
from lab.core import importing
from lab.core.lab import Lab
from lab.core.server import DhcpClass, Filter, Lease, OptionKey, Reservation
from nothing_lost.task import Wire, perform

CLIENTS, LABORATORY = IPv4Address("10.10.10.0"), IPv4Address("10.30.50.0")
IN_USE = IPv4Address("10.10.10.240")  # no lease of the topology has it
SAVED = [CLIENTS, LABORATORY]  # the second one is inactive


class Case:
    """A server whose scopes were saved and then removed."""

    def __init__(self, *, reserve: bool = False, offer: bool = False, os: str = "", **switches: Any) -> None:
        self.lab: Lab = topology.load(topology.TOPOLOGIES / "company.yml")
        self.lab.clock = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
        for name, answer in switches.items():
            self.lab.switches = self.lab.switches.with_answer(name, answer)
        self.server = self.lab.servers["DHCP01"]
        self.wire = Wire(self.lab)
        self.server.os = os or self.server.os
        leases = self.server.scopes[CLIENTS].leases
        if reserve:
            self.server.scopes[CLIENTS].reservations[IN_USE] = Reservation(IN_USE, "02-00-00-00-00-99")
            leases[IN_USE] = Lease(IN_USE, "02-00-00-00-00-99", address_state="ActiveReservation")
        if offer:
            leases[next(iter(leases))] = replace(next(iter(leases.values())), address_state="Offered")
        self.before = deepcopy(self.server.scopes)
        self.save(SAVED)
        for scope in SAVED:
            del self.server.scopes[scope]

    def save(self, scopes: list[IPv4Address]) -> None:
        request = json.dumps({"calls": [cmdlets.safety_copy(scopes, "HQ")]})
        self.path = self.wire.execute("DHCP01", {"request": request, "secrets": []})["reply"]["calls"][0]["objects"][0][
            "path"
        ]

    def restore(self, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        return perform(self.wire, "dhcp_failover_restore", {"path": self.path, **options}, check_mode=check_mode)

    def writes(self) -> list[str]:
        return [entry.cmdlet for entry in self.lab.audit.entries if entry.kind == "cmdlet" and entry.write]


def came_back(case: Case, clients: str, laboratory: str) -> None:
    for scope, state in ((CLIENTS, clients), (LABORATORY, laboratory)):
        expected = deepcopy(case.before[scope])
        expected.state = state
        expected.leases.pop(IN_USE, None)
        assert case.server.scopes[scope] == expected


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
        part in warned[0] for part in ("definition of option 150 is String on DHCP01", "IPv4Address in the copy")
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


@pytest.mark.parametrize("state", ["inactive", "as_saved"])
@pytest.mark.parametrize(("shows", "message"), [(True, "WIN32 5,Backup-DhcpServer"), (False, "windhcp.no_backup")])
def test_a_backup_that_failed_is_a_failure_and_the_next_run_finishes(state: str, shows: bool, message: str) -> None:
    """Also where Windows hides that it failed: the folder is empty then."""
    case = Case(inner_errors_show=shows)
    case.lab.fail_next("DHCP01", "Backup-DhcpServer", "WIN32 5")
    failed = case.restore(state=state)
    assert [part in failed["msg"] for part in ("could not back its database up", message, "backups")] == [True] * 3
    assert failed["changed"] is True
    assert failed["restored"] == [str(scope) for scope in SAVED if scope in case.server.scopes]
    case.restore(state=state)
    came_back(case, {"inactive": "InActive"}.get(state, "Active"), "InActive")
    assert case.restore(state=state)["changed"] is False


def test_backups_are_kept_for_their_days() -> None:
    case = Case()
    case.restore(scopes=["10.30.50.0"])
    case.lab.clock = datetime(2026, 4, 1, 8, tzinfo=timezone.utc)
    case.restore(safety_copy_days=31)
    assert len([path for path in case.wire.files["DHCP01"].paths() if path.endswith("dhcpcfg")]) == 2
    del case.server.scopes[CLIENTS]
    case.restore(safety_copy_days=30)
    assert len([path for path in case.wire.files["DHCP01"].paths() if path.endswith("dhcpcfg")]) == 2
    assert case.wire.files["DHCP01"].found(case.path)


def test_a_copy_that_lacks_leases_is_made_anew() -> None:
    """The first export of three breaks off and nobody says so."""
    case = Case(os="10.0.20348")
    case.restore()
    case.lab.break_lease_export("DHCP01", CLIENTS, leases=5)
    case.save([CLIENTS])
    saved = case.server.scopes.pop(CLIENTS)
    assert case.restore()["total"]["leases"] == len(saved.leases)


def test_what_changes_between_looking_and_importing_is_noticed() -> None:
    case = Case()
    request = case.wire.execute

    def meanwhile(server: str, arguments: Any) -> Any:
        if case.wire.calls == 2:
            case.server.classes["New"] = DhcpClass("New", "User", "new")
        return request(server, arguments)

    case.wire.execute = meanwhile  # type: ignore[method-assign]
    failed = case.restore()
    assert "was changed by someone else" in failed["msg"]
    assert (case.writes(), LABORATORY in case.server.scopes) == ([], False)


@pytest.mark.parametrize("error", ["DHCP 20013", "WIN32 5"])
def test_an_import_that_broke_off_is_told_and_finished_or_left_to_a_person(error: str) -> None:
    case = Case()
    case.lab.fail_next("DHCP01", "Import-DhcpServer", error)
    failed = case.restore()
    assert error in failed["msg"]
    assert "DHCP 20005" not in failed["msg"]  # that scopes that never came cannot be switched off
    assert "windhcp.no_backup" not in failed["msg"]
    assert (failed["changed"], failed["restored"], failed["counts"], failed["total"]) == (
        False,
        [],
        [],
        {"leases": 0, "reservations": 0},
    )
    assert case.restore()["restored"] == ["10.10.10.0", "10.30.50.0"]
    came_back(case, "InActive", "InActive")


def test_an_import_whose_process_died_before_the_leases_is_not_taken_for_done() -> None:
    case = Case()
    case.server.scopes[CLIENTS] = deepcopy(case.before[CLIENTS])
    case.server.scopes[CLIENTS].state, case.server.scopes[CLIENTS].leases = "InActive", {}
    failed = case.restore()
    assert "no lease 10.10.10.30" in failed["msg"]
    assert "dhcp_failover_scope_copy" in failed["msg"]


def test_what_came_before_a_failure_is_counted() -> None:
    case = Case()
    case.lab.fail_next("DHCP01", "Set-DhcpServerv4Scope", "WIN32 1726")
    failed = case.restore()
    assert "WIN32 1726,Set-DhcpServerv4Scope" in failed["msg"]
    assert (failed["restored"], failed["total"]) == (["10.10.10.0", "10.30.50.0"], {"leases": 120, "reservations": 0})
    assert [address["leases"] for address in failed["counts"]] == [120, 0]


def test_scopes_that_cannot_be_read_after_the_import_were_imported() -> None:
    case = Case()
    case.lab.fail_next("DHCP01", "Export-DhcpServer", "WIN32 1726")
    failed = case.restore()
    assert failed["msg"].startswith("Done: bring back from the safety copy, with leases, inactive: ")
    assert "Reading the server again failed: On dhcp01: " in failed["msg"]
    assert failed["msg"].endswith("Run again.")
    assert (failed["changed"], "counts" in failed) == (True, False)
    assert case.restore()["changed"] is False


# --- leases that do not come
# -------------------------------------------------------------------------------------------


def lose(monkeypatch: pytest.MonkeyPatch, *, message: bool) -> None:
    """An import brings no lease from 10.10.10.51 on, as if the addresses were taken, or without a word."""
    plain = importing._lease

    def lossy(call: Any, imported: Any, lease: Lease) -> None:
        if int(lease.ip) % 256 <= 50:
            plain(call, imported, lease)
        elif message:
            call.swallow(call.fail("DHCP 20014", "add lease", lease.ip), "Add-DhcpServerv4Lease")

    monkeypatch.setattr(importing, "_lease", lossy)


@pytest.mark.parametrize("state", ["inactive", "as_saved"])
@pytest.mark.parametrize(("message", "shows"), [(True, True), (True, False), (False, True)])
def test_leases_that_did_not_come_are_a_failure_also_of_a_scope_that_serves(
    state: str, message: bool, shows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(inner_errors_show=shows, reserve=True, offer=True)
    lose(monkeypatch, message=message)
    failed = case.restore(state=state)
    assert "10.10.10.0 has no lease 10.10.10.51, 10.10.10.52, " in failed["msg"]
    assert [part in failed["msg"] for part in ("89 more", "10.10.10.240", "10.30.50.0", "Add-DhcpServerv4Lease")] == [
        True,
        False,
        False,
        True,
    ]
    assert (failed["changed"], failed["restored"], failed["counts"][0]["leases"]) == (
        True,
        ["10.10.10.0", "10.30.50.0"],
        20,
    )
    again = case.restore(state=state)  # clients come and go by then, where it serves
    assert ("no lease 10.10.10.51" in again.get("msg", "")) is (state == "inactive")


def test_leases_that_did_not_come_are_told_beside_what_else_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case()
    lose(monkeypatch, message=True)
    case.lab.fail_next("DHCP01", "Backup-DhcpServer", "WIN32 5")
    failed = case.restore(state="as_saved", scopes=["10.10.10.0"])
    assert [
        part in failed["msg"] for part in ("could not back its database up", "10.10.10.0 has no lease 10.10.10.51")
    ] == [True, True]
    assert failed["total"] == {"leases": 21, "reservations": 0}


# --- subnets that are taken
# --------------------------------------------------------------------------------------------


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
