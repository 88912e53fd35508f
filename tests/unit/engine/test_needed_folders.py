# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A folder of somebody else in the place of the collection's own stops a task that would need it, in check mode as
well."""

from __future__ import annotations

from copy import deepcopy
from ipaddress import IPv4Address
from typing import Any

import pytest
from lab import topology
from lab.core.server import Reservation
from lab.standin.files import Files
from lab.standin.own_files import FOLDER, folder
from nothing_lost.scenarios import PARTNER
from nothing_lost.task import Wire, perform
from pairs import RELATIONSHIP, SCOPE, THREE, TWO, Pair, pair

TASK = {
    "name": "HQ",
    "partner_server": "dhcp02",
    "scopes": ["10.10.10.0"],
    "shared_secret": "Kx7-secret",
    "update_secret": "on_change",
    "enable_auth": True,
}
OURS = "O:BAG:DUD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
KEPT, COPIES, BACKUPS = "kept", "safety-copies", "backups"
REPLICATE, COPY, RESTORE = "dhcp_failover_replicate", "dhcp_failover_scope_copy", "dhcp_failover_restore"
LEAVE = {"keep_scopes_on": "this_server", "other_copy": "delete", "allow_content_loss": True, "wait_timeout": 1}
PRINTER = IPv4Address("10.0.2.50")
OWN = {"partner_host": "dhcp02"}
OVERWRITE = {"relationship": "HQ", "allow_overwrite": True, "force": True, "wait_timeout": 1}
# what a user can make: (who owns it and may do what, what is said of it)
MAKES = {
    "as every user may": (None, " does not belong to administrators or SYSTEM ("),
    "keeping administrators out": (
        "O:S-1-5-21-1-2-3-1002G:DUD:PAI(D;OICI;FA;;;BA)",
        " does not show administrators its access list.",
    ),
}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("servers", MAKES)
@pytest.mark.parametrize("place", ["", "kept"])
def test_a_task_is_refused_before_the_first_write(place: str, servers: str, check_mode: bool) -> None:
    lab, files = topology.load(topology.TOPOLOGIES / "company.yml"), Files()
    sddl, wrong = MAKES[servers]
    if place:
        files.make_folder(FOLDER, OURS)
    files.make_folder(folder(place), sddl)
    result = perform(Wire(lab, files={"DHCP01": files}), "dhcp_failover_relationship", TASK, check_mode=check_mode)
    assert result["failed"]
    assert (
        "On dhcp01: something below ProgramData is not as this collection makes it, so nothing was read"
        in result["msg"]
    )
    assert f"(windhcp.not_ours: {folder(place)}{wrong}" in result["msg"]
    assert "Take it away" in result["msg"]
    assert (result["changed"], [entry for entry in lab.audit.entries if entry.write]) == (False, [])
    assert files.paths() == ()


def test_what_needs_nothing_of_it_goes_on() -> None:
    lab, files = topology.load(topology.TOPOLOGIES / "company.yml"), Files()
    files.make_folder(FOLDER)
    assert "failed" not in perform(Wire(lab, files={"DHCP01": files}), "dhcp_failover_info", {})


def left_over() -> Pair:
    """DHCP01 has a copy of a scope that DHCP02 serves, and DHCP02 has something that DHCP01 has not."""
    servers = pair()
    there = servers.server("DHCP02")
    there.scopes[THREE] = deepcopy(servers.server("DHCP01").scopes[THREE])
    servers.server("DHCP01").scopes[THREE].state = "InActive"
    there.scopes[TWO].reservations[PRINTER] = Reservation(PRINTER, "00-11-22-33-44-55", "printer")
    return servers


def planted(servers: Pair, server: str, place: str) -> None:
    files = servers.wire.files.setdefault(server, Files())
    if place:
        files.make_folder(FOLDER, OURS)
    files.make_folder(folder(place))


# module, options, and the folders that a run of it needs, as (server, place); the notes of runs that may be at work are
# read on each server that the task connects to
TASKS: dict[str, tuple[str, dict[str, Any], set[tuple[str, str]]]] = {
    "change": (RELATIONSHIP, {"name": "HQ", "load_balance_percent": 70, "wait_timeout": 1}, {("DHCP01", KEPT)}),
    "left-over": (
        COPY,
        {"scopes": [str(THREE)], "partner_server": PARTNER},
        {("DHCP01", KEPT), ("DHCP01", COPIES)},
    ),
    "left-over, own": (
        COPY,
        {"scopes": [str(THREE)], **OWN},
        {("DHCP01", KEPT), ("DHCP01", COPIES), ("DHCP02", KEPT)},
    ),
    "leave": (
        SCOPE,
        {"relationship": "HQ", "scopes": [str(TWO)], "state": "absent", **LEAVE},
        {("DHCP01", KEPT), ("DHCP01", COPIES)},
    ),
    "leave, own": (
        SCOPE,
        {"relationship": "HQ", "scopes": [str(TWO)], "state": "absent", **LEAVE, **OWN},
        {("DHCP01", KEPT), ("DHCP02", KEPT), ("DHCP02", COPIES)},
    ),
    "absent": (RELATIONSHIP, {"name": "HQ", "state": "absent", **LEAVE}, {("DHCP01", KEPT), ("DHCP01", COPIES)}),
    "absent, own": (
        RELATIONSHIP,
        {"name": "HQ", "state": "absent", **LEAVE, **OWN},
        {("DHCP01", KEPT), ("DHCP02", KEPT), ("DHCP02", COPIES)},
    ),
    "replicate": (REPLICATE, OVERWRITE, {("DHCP01", KEPT), ("DHCP01", COPIES)}),
    "replicate, own": (REPLICATE, {**OVERWRITE, **OWN}, {("DHCP01", KEPT), ("DHCP02", KEPT), ("DHCP02", COPIES)}),
}


@pytest.mark.parametrize("name", TASKS)
def test_check_mode_knows_every_folder_that_a_run_needs_on_every_server(name: str) -> None:
    module, options, needed = TASKS[name]
    for server in ("DHCP01", "DHCP02"):
        for place in ("", KEPT, COPIES, BACKUPS):
            servers = left_over()
            servers.wire.files.clear()
            planted(servers, server, place)
            needs = (server, place) in needed or (not place and server in {one for one, _place in needed})
            if needs:
                message = servers.refused(module, **options)
                assert f"On {server.lower()}: something below ProgramData is not as this collection makes it" in message
                assert f"(windhcp.not_ours: {folder(place)} " in message
                assert message.lower().endswith("nothing was changed.")
            else:
                assert servers.ok(module, check_mode=True, **options)["changed"]
                assert servers.ok(module, **options)["changed"]


@pytest.mark.parametrize("place", ["", COPIES, BACKUPS])
def test_restoring_needs_two_folders(place: str) -> None:
    servers = pair()
    removal = servers.remove(TWO, keep_scopes_on="partner", other_copy="delete")
    (copy,) = servers.ok(SCOPE, **removal)["safety_copies"]
    files = servers.wire.files["DHCP01"]
    files.make_folder(folder(place), OURS + "(A;OICI;0x1200a9;;;BU)")
    message = servers.refused(RESTORE, path=copy["path"])
    assert f"(windhcp.not_ours: {folder(place)} has another access list than it was given (" in message


@pytest.mark.parametrize("kind", ["secret", "unfinished"])
def test_a_kept_text_of_somebody_else_is_told_before_it_would_be_written_over(kind: str) -> None:
    servers = pair()
    task = {
        "name": "HQ",
        "shared_secret": "Kx7-secret",
        "update_secret": "on_change",
        "enable_auth": True,
        "wait_timeout": 1,
    }
    servers.ok(RELATIONSHIP, **task)
    files = servers.wire.files["DHCP01"]
    (secret,) = (path for path in files.paths() if "secret." in path)
    path = secret.replace("secret.", f"{kind}.")
    files.remove(path)
    files.make_link(path)
    message = servers.refused(RELATIONSHIP, **{**task, "shared_secret": "other"})
    assert f"{kind}." in message
    assert "is a link." in message
    assert message.endswith("Nothing was changed.")


def test_to_look_costs_no_remote_command() -> None:
    servers = pair()
    assert servers.ok(RELATIONSHIP, name="HQ", load_balance_percent=50)["remote_calls"] == 1
    assert servers.ok(RELATIONSHIP, name="HQ", load_balance_percent=70, wait_timeout=1)["remote_calls"] == 2
