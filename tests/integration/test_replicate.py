# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Replication: what differs goes, in the direction that is asked for, and what only the destination has survives."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import pytest
from harness import Run, Site, lab
from lab.core import metadata
from lab.core.api import Session
from lab.powershell.process import PowerShellDoor
from lab.standin import StandinDoor

MODULE = "windhcp.failover.dhcp_failover_replicate"
PRINTERS = IPv4Address("10.10.30.0")
CREATE = {
    "name": "Create",
    "windhcp.failover.dhcp_failover_relationship": {
        "name": "HQ",
        "partner_server": "dhcp02",
        "scopes": ["10.10.10.0", "10.10.20.0", "10.10.30.0", "10.30.10.0"],
    },
}


def edit(site: Site, server: str, cmdlet: str, **parameters: Any) -> None:
    """An admin changes something on one server."""
    session = Session(server, site.lab.servers[server].credentials[0].user)
    outcome = site.lab.invoke(session, cmdlet, metadata.from_json(cmdlet, parameters))
    assert not outcome.errors, outcome.errors


def replicate(site: Site, *options: str, **arguments: Any) -> Run:
    return site.play([{"name": "Replicate", MODULE: arguments}], *options)


def reserve(site: Site, server: str, address: str) -> None:
    number = address.rsplit(".", 1)[1]
    edit(
        site,
        server,
        "Add-DhcpServerv4Reservation",
        ScopeId=str(PRINTERS),
        IPAddress=address,
        ClientId=f"02-00-00-00-00-{number}",
    )


@pytest.mark.parametrize("partner_host", ["dhcp02", None], ids=["own connection", "second hop"])
def test_what_differs_is_replicated_and_nothing_else(door: str, net: str, partner_host: str | None) -> None:
    which = {"partner_host": partner_host} if partner_host else {}
    if door == "powershell" and not which:
        pytest.skip("the same operations, all on one server")
    with Site(lab(), door, net) as site:
        site.play([CREATE]).ok()
        same = replicate(site, relationship="HQ", **which).ok().result("Replicate")
        assert (same["changed"], same["differences"], same["remote_calls"]) == (False, [], 3 if partner_host else 2)
        reserve(site, "DHCP01", "10.10.30.40")
        edit(site, "DHCP01", "Set-DhcpServerv4Scope", ScopeId="10.10.10.0", Description="Ümlaut & <more>")
        check = replicate(site, "--check", "--diff", all=True, **which).ok()
        assert check.written == []
        run = replicate(site, "--diff", all=True, **which).ok()
        result = run.result("Replicate")
        assert result["differences"] == check.result("Replicate")["differences"]
        assert result["plan"] == check.result("Replicate")["plan"]
        assert [
            (one["scope_id"], one["field"], one["destination"], one["source"]) for one in result["differences"]
        ] == [
            ("10.10.10.0", "description", "Arbeitsplätze im Hauptgebäude", "Ümlaut & <more>"),
            ("10.10.30.0", "reservation 10.10.30.40", None, "present"),
        ]
        assert result["replicated"] == ["10.10.10.0", "10.10.30.0"]
        assert result["remote_calls"] == (5 if partner_host else 3)
        assert run.written == ["Invoke-DhcpServerv4FailoverReplication"]
        assert IPv4Address("10.10.30.40") in site.lab.servers["DHCP02"].scopes[PRINTERS].reservations
        again = replicate(site, all=True, **which).ok()
        assert again.changed == 0
        assert left_behind(site) == []


def left_behind(site: Site) -> list[str]:
    """Export files that were not removed; the lab keeps a TEMP for each server."""
    door = site.service.door
    if isinstance(door, StandinDoor):
        return [path for files in door.files.values() for path in files.paths()]
    assert isinstance(door, PowerShellDoor)
    folders = [door.data_folder(server).parent for server in site.lab.servers.values()]
    return [str(path) for folder in folders for path in folder.rglob("*.xml")]


@pytest.mark.parametrize("partner_host", ["dhcp02", None], ids=["own connection", "second hop"])
def test_from_the_wrong_side_a_reservation_survives(net: str, partner_host: str | None) -> None:
    """DHCP02 has a reservation that DHCP01 has not: replicating from DHCP01 would remove it."""
    which = {"partner_host": partner_host} if partner_host else {}
    with Site(lab(), "standin", net) as site:
        site.play([CREATE]).ok()
        reserve(site, "DHCP02", "10.10.30.41")
        refused = replicate(site, relationship="HQ", **which)
        message = refused.failure("Replicate")["msg"]
        assert "10.10.30.0 reservation 10.10.30.41 (present)" in message
        assert "allow_overwrite: true" in message
        assert refused.written == []
        assert IPv4Address("10.10.30.41") in site.lab.servers["DHCP02"].scopes[PRINTERS].reservations
        right = replicate(site, relationship="HQ", source="partner", **which).ok()
        assert IPv4Address("10.10.30.41") in site.lab.servers["DHCP01"].scopes[PRINTERS].reservations
        assert [step["server"] for step in right.result("Replicate")["plan"]] == [
            "DHCP02" if partner_host else "dhcp02"
        ]
        reserve(site, "DHCP02", "10.10.30.42")
        done = replicate(site, relationship="HQ", allow_overwrite=True, **which).ok()
        (copy,) = done.result("Replicate")["safety_copies"]
        assert (copy["host"], copy["scopes"]) == ("dhcp02" if which else "dhcp01", ["10.10.30.0"])
        assert IPv4Address("10.10.30.42") not in site.lab.servers["DHCP02"].scopes[PRINTERS].reservations


def test_refusals_change_nothing(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        site.play([CREATE]).ok()
        edit(site, "DHCP01", "Set-DhcpServerv4Scope", ScopeId="10.30.10.0", Name="Changed")
        del site.lab.servers["DHCP02"].classes["Kiosk"]
        cases: list[tuple[dict[str, Any], str]] = [
            (
                {"scopes": ["10.30.10.0"], "partner_host": "dhcp02"},
                "lacks what the scopes use, and Windows does not replicate it: user class",
            ),
            ({"scopes": ["10.30.20.0"]}, "10.30.20.0 is in no failover relationship of DHCP01"),
            ({"scopes": ["10.99.0.0"]}, "10.99.0.0 is no scope of DHCP01"),
            ({"relationship": "Nothing"}, "'Nothing' does not exist on DHCP01"),
            ({"all": False}, "all: false says nothing"),
            ({"all": True, "relationship": "HQ"}, "mutually exclusive"),
            ({}, "one of the following is required"),
        ]
        for arguments, message in cases:
            run = replicate(site, **arguments)
            assert message in run.failure("Replicate")["msg"]
            assert run.written == []
        site.lab.set_state("DHCP01", "HQ", "CommunicationInterrupted")
        site.lab.servers["DHCP02"].classes["Kiosk"] = site.lab.servers["DHCP01"].classes["Kiosk"]
        run = replicate(site, relationship="HQ", partner_host="dhcp02")
        assert "is in state CommunicationInterrupted" in run.failure("Replicate")["msg"]
        assert run.written == []


def test_force_replicates_what_is_equal_too(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        site.play([CREATE]).ok()
        run = replicate(site, relationship="HQ", force=True, partner_host="dhcp02").ok()
        assert run.result("Replicate")["changed"]
        assert run.result("Replicate")["differences"] == []
        assert len(run.result("Replicate")["replicated"]) == 4
