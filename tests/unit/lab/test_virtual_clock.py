# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab with a clock of its own: time passes when it is told to, or where something on a server waits."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from core_calls import CLIENTS, NAME, PRINTERS, A, add, company, get, run
from lab import topology
from lab.codec import TopologyError
from lab.core.api import Session
from lab.core.lab import Lab
from lab.core.network import FAILOVER
from lab.standin import script
from lab.standin.files import Files

EIGHT = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
WAIT = {
    "id": "wait",
    "op": "wait_until",
    "cmdlet": "Get-DhcpServerv4Scope",
    "select": ["ScopeId", "State"],
    "match": {"ScopeId": "10.30.50.0"},
    "property": "State",
    "values": ["Active"],
    "while": ["InActive"],
    "timeout": 3600,
    "interval_ms": 2000,
}
PASSED = "windhcp.wait_timeout"


def virtual() -> Lab:
    lab = company()
    lab.clock, lab.simulated_waits = EIGHT, True
    return lab


def asked(lab: Lab, *calls: dict[str, Any], files: Files | None = None) -> dict[str, Any]:
    request = json.dumps({"calls": calls, "mutex": 1, "who": "a test"})
    process = script.Process(files) if files else None
    reply: dict[str, Any] = json.loads(script.run(lab, Session("DHCP01", "administrator"), request, process))["reply"]
    return reply


def test_an_hour_of_waiting_takes_none_of_ours() -> None:
    lab, begin = virtual(), time.monotonic()
    reply = asked(lab, WAIT)
    assert [error["id"] for error in reply["calls"][0]["errors"]] == [PASSED]
    assert lab.clock == EIGHT + timedelta(hours=1)
    assert reply["clock"] == "2026-03-01T09:00:00.000Z"
    assert time.monotonic() - begin < 20


def test_a_service_that_starts_is_asked_again_by_that_clock() -> None:
    lab = virtual()
    lab.servers["DHCP01"].service, lab.servers["DHCP01"].starting_calls = "starting", 3
    read = {"id": "x", "op": "cmdlet", "cmdlet": "Get-DhcpServerVersion", "select": ["MajorVersion"]}
    reply = asked(lab, {**read, "retry_seconds": 30, "retry_on": ["WIN32 1753"]})
    assert (reply["status"], lab.clock) == ("done", EIGHT + timedelta(seconds=6))


def test_all_reads_of_a_server_wait_for_its_service_once() -> None:
    lab = virtual()
    lab.servers["DHCP01"].service = "stopped"
    read = {"op": "cmdlet", "cmdlet": "Get-DhcpServerVersion", "select": ["MajorVersion"]}
    reads = [{"id": str(number), **read, "retry_seconds": 30, "retry_on": ["WIN32 1753"]} for number in range(5)]
    reply = json.loads(script.run(lab, Session("DHCP01", "administrator"), json.dumps({"before": reads})))["reply"]
    assert [error["id"].split(",")[0] for answer in reply["before"] for error in answer["errors"]] == ["WIN32 1753"] * 5
    assert lab.clock == EIGHT + timedelta(seconds=30)


def test_otherwise_it_stands() -> None:
    lab = virtual()
    add(lab)
    assert (lab.clock, lab.now("DHCP02")) == (EIGHT, EIGHT)
    lab.servers["DHCP02"].clock_offset = timedelta(seconds=90)
    lab.advance(timedelta(days=1))
    assert lab.now("DHCP01") == EIGHT + timedelta(days=1)
    assert lab.now("DHCP02") == EIGHT + timedelta(days=1, seconds=90)


def test_a_fixed_instant_stands_while_somebody_sleeps() -> None:
    lab = virtual()
    lab.simulated_waits = False
    asked(lab, {**WAIT, "timeout": 0})
    assert lab.clock == EIGHT


def test_the_real_clock_is_nobodys_to_advance() -> None:
    with pytest.raises(ValueError, match="real clock"):
        company().advance(timedelta(1))


def test_what_is_kept_is_as_old_as_that_clock_says() -> None:
    lab, files = virtual(), Files()
    copy = {
        "id": "copy",
        "op": "safety_copy",
        "label": "HQ",
        "keep_days": 7,
        "parameters": {"ScopeId": [str(PRINTERS)]},
    }
    first = asked(lab, copy, files=files)["calls"][0]["objects"][0]["path"]
    lab.advance(timedelta(days=6))
    assert asked(lab, copy, files=files)["calls"][0]["objects"][0]["removed"] == 0
    lab.advance(timedelta(days=2))
    assert asked(lab, copy, files=files)["calls"][0]["objects"][0]["removed"] == 1
    assert not files.found(first)
    assert "20260301T080000Z" in first


def test_leases_end() -> None:
    lab = virtual()
    lab.servers["DHCP01"].scopes[PRINTERS].leases.clear()
    for scope, address, client in ((CLIENTS, "10.10.10.245", "5a"), (PRINTERS, "10.10.30.50", "5b")):
        about: dict[str, Any] = {"ScopeId": scope, "IPAddress": A(address), "ClientId": f"00-11-22-33-44-{client}"}
        run(lab, "Add-DhcpServerv4Lease", **about)
    states = []
    for days in (7, 2, 22):  # one scope has leases of eight days, the other one of thirty
        lab.advance(timedelta(days=days))
        shown = run(lab, "Get-DhcpServerv4Lease", IPAddress=(A("10.10.10.245"), A("10.10.30.50"))).objects
        states.append([one.properties["AddressState"] for one in shown])
    assert states == [["Active", "Active"], ["Expired", "Active"], ["Expired", "Expired"]]
    plain, every = (
        [
            one.properties["IPAddress"]
            for one in run(lab, "Get-DhcpServerv4Lease", ScopeId=CLIENTS, AllLeases=all_).objects
        ]
        for all_ in (False, True)
    )
    assert A("10.10.10.245") not in plain
    assert A("10.10.10.245") in every


def test_a_topology_has_it() -> None:
    lab = topology.loads(topology.dumps(virtual()))
    assert (lab.clock, lab.simulated_waits) == (EIGHT, True)
    with pytest.raises(TopologyError, match="simulated_waits: there is no clock"):
        topology.loads(topology.dumps(company()) + "simulated_waits: true")


@pytest.mark.parametrize(("minutes", "here"), [(59, "CommunicationInterrupted"), (60, "PartnerDown")])
def test_a_half_declares_its_partner_down_when_its_interval_is_over(minutes: int, here: str) -> None:
    lab = virtual()
    add(lab, StateSwitchInterval=timedelta(hours=1))
    lab.servers["DHCP02"].relationships[NAME].safe_period = None
    lab.cut_link("DHCP01", "DHCP02", FAILOVER)
    lab.advance(timedelta(minutes=minutes))
    assert (get(lab)["State"], get(lab, "DHCP02")["State"]) == (here, "CommunicationInterrupted")
    lab.mend_link("DHCP01", "DHCP02")
    assert get(lab, "DHCP02")["State"] == ("Recover" if here == "PartnerDown" else "Normal")


def test_the_interval_begins_anew_with_each_loss() -> None:
    lab = virtual()
    add(lab, StateSwitchInterval=timedelta(hours=1))
    for _loss in range(3):
        lab.cut_link("DHCP01", "DHCP02")
        lab.advance(timedelta(minutes=40))
        lab.mend_link("DHCP01", "DHCP02")
        lab.advance(timedelta(minutes=40))
    assert get(lab)["State"] == "Normal"


def test_two_that_both_did_are_in_conflict() -> None:
    lab = virtual()
    add(lab, StateSwitchInterval=timedelta(hours=1))
    lab.cut_link("DHCP01", "DHCP02")
    lab.advance(timedelta(hours=2))
    assert get(lab)["State"] == get(lab, "DHCP02")["State"] == "PartnerDown"
    lab.mend_link("DHCP01", "DHCP02")
    assert get(lab)["State"] == "PotentialConflict"
