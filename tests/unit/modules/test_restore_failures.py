# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A safety copy of which not all comes back: the import or the backup after it fails, leases are missing, somebody else
writes meanwhile. It is told, and the next run goes on or leaves it to a person."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timezone
from typing import Any

import pytest
from lab.core import importing
from lab.core.server import DhcpClass, Lease
from saved_scopes import CLIENTS, LABORATORY, SAVED, Case, came_back


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
    result = case.restore()
    assert "failed" not in result
    assert result["remote_calls"] == Case().restore()["remote_calls"] + 2, "planned anew from the beginning"
    assert LABORATORY in case.server.scopes


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
    assert failed["msg"].startswith("DHCP01 could not be read again after a write: On dhcp01: ")
    assert "Written before: bring back from the safety copy, with leases, inactive: " in failed["msg"]
    assert failed["msg"].endswith("Running again completes it.")
    assert (failed["changed"], "counts" in failed) == (True, False)
    assert case.restore()["changed"] is False


# --- leases that do not come -----------------------------------------------------------------------------------------


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
