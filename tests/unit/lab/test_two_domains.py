# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two domains may each have a server of the same NetBIOS name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from core_calls import A, ids, run
from lab import topology
from lab.codec import TopologyError
from lab.core.api import Session
from lab.core.lab import Lab
from lab.standin import script

SERVERS = """
credentials: [{user: administrator, password: random}]
servers:
  BERLIN1:
    {netbios: dhcp01, fqdn: dhcp01.berlin.example, address: 127.0.0.11, ip: 10.1.0.11, scopes: {10.9.1.0: &scope
      {name: Clients, subnet_mask: 255.255.255.0, start_range: 10.9.1.10, end_range: 10.9.1.99}}}
  BERLIN2: {netbios: DHCP02, fqdn: dhcp02.berlin.example, address: 127.0.0.12, ip: 10.1.0.12}
  PARIS1:
    netbios: DHCP01
    fqdn: dhcp01.paris.example
    address: 127.0.0.13
    ip: 10.2.0.11
    scopes: {10.9.2.0: {name: Clients, subnet_mask: 255.255.255.0, start_range: 10.9.2.10, end_range: 10.9.2.99}}
"""


@pytest.fixture
def lab() -> Lab:
    return topology.loads(SERVERS)


def scopes(lab: Lab, on: str, name: str) -> list[Any]:
    said = run(lab, "Get-DhcpServerv4Scope", on=on, ComputerName=name)
    return ids(said) or [one.properties["ScopeId"] for one in said.objects]


def test_whole_names_and_addresses_mean_the_same_everywhere(lab: Lab) -> None:
    for on in lab.servers:
        assert scopes(lab, on, "DHCP01.berlin.example.") == scopes(lab, on, "10.1.0.11") == [A("10.9.1.0")]
        assert scopes(lab, on, "dhcp01.paris.example") == [A("10.9.2.0")]


def test_a_short_name_is_of_the_asking_servers_domain(lab: Lab) -> None:
    assert scopes(lab, "BERLIN2", "dhcp01") == scopes(lab, "BERLIN1", "DHCP01") == [A("10.9.1.0")]
    assert scopes(lab, "PARIS1", "dhcp01") == [A("10.9.2.0")]
    assert lab.resolve("dhcp01", lab.servers["BERLIN2"]) == ["10.1.0.11"]
    assert lab.resolve("dhcp01", lab.servers["PARIS1"]) == ["10.2.0.11"]


def test_one_of_another_domain_alone_is_found_by_its_netbios_name(lab: Lab) -> None:
    assert lab.resolve("dhcp02", lab.servers["PARIS1"]) == ["10.1.0.12"]
    lab.servers["PARIS1"].fqdn = "dhcp01.lyon.example"
    lab.servers["BERLIN2"].fqdn = "dhcp02.hamburg.example"
    assert lab.resolve("dhcp01", lab.servers["BERLIN2"]) == [], "two have it, and neither is of its domain"


def test_or_it_is_not(lab: Lab) -> None:
    lab.switches = lab.switches.with_answer("short_names_reach_other_domains", False)
    assert lab.resolve("dhcp02", lab.servers["PARIS1"]) == []
    assert scopes(lab, "PARIS1", "DHCP02") == ["WIN32 1722"]
    assert scopes(lab, "PARIS1", "dhcp02.berlin.example") == []
    assert scopes(lab, "BERLIN1", "DHCP02") == []


def test_each_shows_its_own_computer_name(lab: Lab) -> None:
    request = json.dumps({"calls": [{"id": "who", "op": "who_when"}]})
    for server in ("BERLIN1", "PARIS1"):
        (who,) = json.loads(script.run(lab, Session(server, "administrator"), request))["reply"]["calls"][0]["objects"]
        assert (who["computer"], who["host_name"], who["user"]) == ("DHCP01", "dhcp01", "DHCP01\\administrator")


def test_a_partner_of_another_domain_shows_a_name_that_misleads_there(lab: Lab) -> None:
    """M SCOPEAPI: the partner shows the creator's host name, which the partner's own domain may have as well."""
    about: dict[str, Any] = {
        "Name": "HQ",
        "PartnerServer": "dhcp02.berlin.example",
        "ScopeId": (A("10.9.2.0"),),
        "Force": True,
    }
    assert ids(run(lab, "Add-DhcpServerv4Failover", on="PARIS1", **about)) == []
    half = run(lab, "Get-DhcpServerv4Failover", on="BERLIN2").objects[0].properties
    assert half["PartnerServer"] == "DHCP01"
    assert (half["PrimaryServerName"], half["PrimaryServerIP"]) == ("dhcp01.paris.example", A("10.2.0.11"))
    assert lab.resolve("DHCP01", lab.servers["BERLIN2"]) == ["10.1.0.11"]
    for _look in range(2):
        state = run(lab, "Get-DhcpServerv4Failover", on="BERLIN2").objects[0].properties["State"]
    assert state == "Normal"


def test_cmdlets_that_go_by_that_name_reach_the_wrong_server(lab: Lab) -> None:
    lab.switches = lab.switches.with_answer("partner_reached_by", "name").with_answer("settle_polls", 0)
    about: dict[str, Any] = {
        "Name": "HQ",
        "PartnerServer": "dhcp02.berlin.example",
        "ScopeId": (A("10.9.2.0"),),
        "Force": True,
    }
    run(lab, "Add-DhcpServerv4Failover", on="PARIS1", **about)
    changed = run(lab, "Set-DhcpServerv4Failover", on="BERLIN2", Name="HQ", LoadBalancePercent=20, Force=True)
    assert changed.warnings, "there is no HQ on berlin's DHCP01"
    assert lab.servers["PARIS1"].relationships["HQ"].percentage == 50
    halves = run(lab, "Get-DhcpServerv4Failover", on="BERLIN2").objects
    assert halves[0].properties["State"] == "Normal", "the services go by address"


def test_they_come_back_from_a_file(lab: Lab) -> None:
    again = topology.loads(topology.dumps(lab))
    assert [server.computer_name for server in again.servers.values()] == ["DHCP01", "DHCP02", "DHCP01"]


def test_one_domain_has_a_name_once() -> None:
    with pytest.raises(TopologyError, match=r"dhcp01\.berlin\.example is also BERLIN1"):
        topology.loads(SERVERS.replace("paris", "berlin"))
    with pytest.raises(TopologyError, match=r"dhcp01\.berlin\.example is also BERLIN1"):
        topology.loads(SERVERS.replace("netbios: DHCP02", "netbios: DHCP01"))
