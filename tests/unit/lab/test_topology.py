# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab from YAML and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from core_calls import CLIENTS, NAME, A, add, awkward, company, get, run
from lab import topology
from lab.codec import TopologyError
from lab.core.lab import Lab

SERVER = """
servers:
  DHCP01:
    fqdn: dhcp01.contoso.example
    address: 127.0.0.11
    ip: 10.0.0.1
    scopes:
      10.1.1.0: {name: One, subnet_mask: 255.255.255.0, start_range: 10.1.1.10, end_range: 10.1.1.20}
"""


def test_company() -> None:
    lab = company()
    scopes = lab.servers["DHCP01"].scopes
    assert sum(len(scope.leases) for scope in scopes.values()) == 575
    assert scopes[CLIENTS].description == "Arbeitsplätze im Hauptgebäude"
    assert [scope.name for scope in scopes.values() if scope.state == "InActive"] == ["Munich laboratory"]
    assert lab.servers["DHCP02"].option_definitions == lab.servers["DHCP01"].option_definitions
    assert not scopes[CLIENTS].exclusions[0].holds(min(scopes[CLIENTS].leases))


@pytest.mark.parametrize("make", [company, awkward])
def test_state_goes_out_and_comes_back(make: object, tmp_path: Path) -> None:
    lab = make(settle_polls=3)  # type: ignore[operator]
    add(lab, min(lab.servers["DHCP01"].scopes), settle=False, SharedSecret="Sup3rSecret", ReservePercent=9)
    lab.cut_link("DHCP01", "DHCP02")
    topology.save(lab, tmp_path / "state.yml")
    again = topology.load(tmp_path / "state.yml")
    assert again.switches == lab.switches
    assert again.cut_links == lab.cut_links
    for name, server in lab.servers.items():
        assert again.servers[name].scopes == server.scopes
        assert again.servers[name].option_definitions == server.option_definitions
    assert get(again) == get(lab)
    assert get(again, "DHCP02") == get(lab, "DHCP02")
    assert topology.dumps(again) == topology.dumps(lab)


def test_a_saved_state_holds_no_secret() -> None:
    lab = topology.loads(SERVER + "credentials: [{user: a, password: Pass-word-1}]")
    assert lab.servers["DHCP01"].credentials[0].password == "Pass-word-1"
    assert "Pass-word-1" not in topology.dumps(lab)
    lab = company()
    add(lab, SharedSecret="Sup3rSecret")
    text = topology.dumps(lab)
    assert "Sup3rSecret" not in text
    assert (lab.servers["DHCP01"].relationships[NAME].secret or "-") not in text
    assert "secret: set" in text


def test_random_passwords_are_one_for_each_user() -> None:
    first, second = company(), company()
    words = {one.password for server in first.servers.values() for one in server.credentials}
    assert len(words) == 3
    assert words.isdisjoint({one.password for one in second.servers["DHCP01"].credentials})
    given = topology.load(topology.TOPOLOGIES / "company.yml", passwords={"administrator": "x"})
    assert given.servers["DHCP02"].credentials[0].password == "x"


def test_what_exists_already_is_on_both_servers() -> None:
    lab = awkward()
    here, there = get(lab, name="Standing"), get(lab, "DHCP02", "Standing")
    assert (here["ServerRole"], there["ServerRole"], here["EnableAuth"]) == ("Active", "Standby", True)
    assert lab.servers["DHCP02"].scopes[A("10.1.8.0")] == lab.servers["DHCP01"].scopes[A("10.1.8.0")]


def test_clocks() -> None:
    lab = awkward()
    assert lab.now("DHCP01") == datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
    assert lab.now("LATE") == datetime(2026, 3, 1, 8, 1, 30, tzinfo=timezone.utc)
    lab.clock = None
    assert abs((lab.now("DHCP01") - datetime.now(timezone.utc)).total_seconds()) < 60


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[]", "the file: no mapping"),
        ("servers: {", "no YAML"),
        ("{}", "missing: servers"),
        (SERVER + "colour: red", "colour: unknown field"),
        (SERVER.replace("ip: 10.0.0.1", "ip: ten"), "servers.DHCP01.ip: cannot read 'ten'. Write an IPv4 address"),
        (SERVER.replace("name: One", "nam: One"), "servers.DHCP01.scopes.10.1.1.0.nam: unknown field"),
        (SERVER.replace("name: One", "lease_duration: soon, name: One"), "lease_duration: cannot read 'soon'"),
        (SERVER.replace("10.1.1.20}", "10.1.2.20}"), "10.1.1.0: the range leaves the subnet"),
        (SERVER.replace("10.1.1.20}", "10.1.1.20, leases: {count: 12}}"), "12 leases in 11 addresses"),
        (SERVER.replace("10.1.1.20}", "10.1.1.20, options: {six: x}}"), "options.six: 'six' is no option"),
        (SERVER.replace("DHCP01:", "dhcp01.contoso:"), "no NetBIOS name"),
        (SERVER + "    service: broken", "service: unknown word 'broken'"),
        (SERVER + "    os: 2008", "servers.DHCP01.os: unknown '2008'. Write a build, or one of 2012, 2012 R2"),
        (SERVER + "    os: Windows 10.0", "servers.DHCP01.os: unknown 'Windows 10.0'"),
        (SERVER + "switches: {settle_polls: many}", "switches.settle_polls"),
        (SERVER + "cut_links: [[DHCP01, X]]", "cut_links[0]"),
        (SERVER + "relationships: {R: {primary: DHCP01, secondary: X}}", "relationships.R: there is no server 'X'"),
        (SERVER + "  B: {fqdn: b.example, address: 127.0.0.11, ip: 10.0.0.2}", "127.0.0.11:5985 is also DHCP01"),
    ],
)
def test_a_bad_topology_names_the_place(text: str, place: str) -> None:
    with pytest.raises(TopologyError) as caught:
        topology.loads(text)
    assert place in str(caught.value)


def test_lists_and_numbers_of_seconds() -> None:
    lab = topology.loads(SERVER.replace("10.1.1.20}", "10.1.1.20, lease_duration: 1:00:00, options: {6: [1.1.1.1]}}"))
    (scope,) = run_scopes(lab)
    assert (scope["LeaseDuration"].total_seconds(), scope["Type"]) == (3600, "Dhcp")


def run_scopes(lab: Lab) -> list[Mapping[str, Any]]:
    text = SERVER + "credentials: [{user: administrator, password: random}]"
    lab.servers["DHCP01"].credentials = topology.loads(text).servers["DHCP01"].credentials
    return [one.properties for one in run(lab, "Get-DhcpServerv4Scope").objects]
