# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""RPC and the failover connection (TCP 647) are two links: each can be cut without the other."""

from __future__ import annotations

from typing import Any

import pytest
from core_calls import CLIENTS, NAME, PHONES, A, add, company, get, ids, run
from lab import topology
from lab.codec import TopologyError
from lab.core.lab import Lab
from lab.core.network import EVERYTHING, FAILOVER, RPC, Cut

CUT = "CommunicationInterrupted"


def without(what: str, *, one_way: bool = False) -> Lab:
    lab = company()
    add(lab)
    lab.cut_link("DHCP01", "DHCP02", what, one_way=one_way)
    return lab


def asked(lab: Lab, on: str, partner: str) -> list[str]:
    return ids(run(lab, "Get-DhcpServerv4Failover", on=on, ComputerName=partner))


def states(lab: Lab) -> tuple[str, str]:
    return get(lab)["State"], get(lab, "DHCP02")["State"]


def test_without_the_failover_connection_rpc_answers() -> None:
    lab = without(FAILOVER)
    assert states(lab) == (CUT, CUT)
    assert asked(lab, "DHCP01", "DHCP02") == asked(lab, "DHCP02", "DHCP01") == []
    assert ids(run(lab, "Add-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(A("10.20.10.0"),))) == ["DHCP 20120"]
    assert ids(run(lab, "Invoke-DhcpServerv4FailoverReplication", ScopeId=(CLIENTS,), Force=True)) == ["DHCP 20120"]
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, LoadBalancePercent=70, Force=True)
    assert get(lab, "DHCP02")["LoadBalancePercent"] == 30, "a setting goes over RPC"


def test_leases_wait_for_the_failover_connection() -> None:
    lab = without(FAILOVER)
    about: dict[str, Any] = {"ScopeId": CLIENTS, "IPAddress": A("10.10.10.245"), "ClientId": "00-11-22-33-44-55"}
    assert ids(run(lab, "Add-DhcpServerv4Lease", **about)) == []
    there = lab.servers["DHCP02"].scopes[CLIENTS].leases
    assert A("10.10.10.245") not in there
    lab.mend_link("DHCP01", "DHCP02")
    assert states(lab) == ("Normal", "Normal")
    assert A("10.10.10.245") in there


def test_without_rpc_the_two_stay_normal() -> None:
    lab = without(RPC)
    assert states(lab) == ("Normal", "Normal")
    assert asked(lab, "DHCP01", "DHCP02") == asked(lab, "DHCP02", "DHCP01") == ["WIN32 1722"]
    assert ids(run(lab, "Add-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(A("10.20.10.0"),))) == ["DHCP 20122"]
    assert ids(run(lab, "Invoke-DhcpServerv4FailoverReplication", ScopeId=(CLIENTS,), Force=True)) == ["DHCP 20122"]
    forced = run(lab, "Remove-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(PHONES,), Force=True)
    assert forced.warnings
    assert PHONES in lab.servers["DHCP02"].scopes


def test_a_firewall_can_close_rpc_in_one_direction() -> None:
    lab = without(RPC, one_way=True)
    assert (asked(lab, "DHCP01", "DHCP02"), asked(lab, "DHCP02", "DHCP01")) == (["WIN32 1722"], [])
    assert states(lab) == ("Normal", "Normal")


def test_without_the_network_neither_gets_through() -> None:
    lab = without(EVERYTHING)
    assert states(lab) == (CUT, CUT)
    assert asked(lab, "DHCP01", "DHCP02") == ["WIN32 1722"]


@pytest.mark.parametrize(("what", "one_way"), [("ping", False), (FAILOVER, True)])
def test_there_are_no_other_cuts(what: str, one_way: bool) -> None:
    with pytest.raises(ValueError, match="no cut of"):
        company().cut_link("DHCP01", "DHCP02", what, one_way=one_way)


def test_a_topology_has_them() -> None:
    text = topology.dumps(company())
    lab = topology.loads(f"{text}cut_rpc_links: [[DHCP02, DHCP01]]\ncut_failover_links: [[DHCP01, DHCP02]]")
    either = {Cut("DHCP01", "DHCP02", FAILOVER), Cut("DHCP02", "DHCP01", FAILOVER)}
    assert lab.cut_links == {Cut("DHCP02", "DHCP01", RPC), *either}
    assert topology.loads(topology.dumps(lab)).cut_links == lab.cut_links
    with pytest.raises(TopologyError, match=r"cut_rpc_links\[0\]"):
        topology.loads(f"{text}cut_rpc_links: [[DHCP01]]")
