# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server that has got another address or name since its relationships were made, and one that has several."""

from __future__ import annotations

from typing import Any

import pytest
from core_calls import CLIENTS, NAME, A, add, awkward, company, get, ids, run
from lab import topology
from lab.core.lab import Lab
from lab.core.server import Card

CUT = "CommunicationInterrupted"
OLD, NEW, MANAGEMENT = A("10.10.0.12"), A("10.10.0.92"), A("192.168.9.12")


def moved(**switches: Any) -> Lab:
    """DHCP02 has another address."""
    lab = company(**switches)
    add(lab)
    lab.change_address("DHCP02", NEW)
    return lab


def renamed(**switches: Any) -> Lab:
    lab = company(**switches)
    add(lab)
    lab.rename("DHCP02", "dhcp-b.contoso.example")
    return lab


def addresses(lab: Lab, on: str) -> tuple[Any, Any]:
    half = get(lab, on)
    return half["PrimaryServerIP"], half["SecondaryServerIP"]


def percent(lab: Lab, value: int, on: str = "DHCP01") -> list[str]:
    return ids(run(lab, "Set-DhcpServerv4Failover", on=on, Name=NAME, LoadBalancePercent=value, Force=True))


def test_the_partners_half_keeps_the_old_address_and_is_cut_off() -> None:
    lab = moved()
    assert addresses(lab, "DHCP01") == (A("10.10.0.11"), OLD)
    assert addresses(lab, "DHCP02") == (A("10.10.0.11"), NEW)
    assert get(lab)["State"] == get(lab, "DHCP02")["State"] == CUT
    assert ids(run(lab, "Get-DhcpServerVersion", ComputerName="dhcp02.contoso.example")) == [], "DNS knows the new one"
    removed = run(lab, "Remove-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(CLIENTS,))
    assert ids(removed) == ["DHCP 20122"]


def test_whether_its_own_half_follows_is_open() -> None:
    assert addresses(moved(own_half_follows_its_server=False), "DHCP02") == (A("10.10.0.11"), OLD)


def test_cmdlets_on_the_moved_server_reach_the_other() -> None:
    lab = moved()
    assert percent(lab, 80, on="DHCP02") == []
    assert get(lab)["LoadBalancePercent"] == 20


@pytest.mark.parametrize(("by", "there"), [("address", 50), ("name", 20)])
def test_by_what_cmdlets_reach_the_moved_one_is_open(by: str, there: int) -> None:
    lab = moved(partner_reached_by=by)
    percent(lab, 80)
    assert get(lab, "DHCP02")["LoadBalancePercent"] == there
    assert get(lab)["State"] == CUT, "the services talk by address"


def test_the_old_address_is_somebody_elses() -> None:
    lab = awkward()
    lab.change_address("DHCP02", NEW)
    lab.change_address("BERLIN", OLD)
    assert get(lab, name="Standing")["State"] == CUT
    removed = run(lab, "Remove-DhcpServerv4Failover", Name=("Standing",), Force=True)
    assert ids(removed) == []
    assert "Standing" in lab.servers["DHCP02"].relationships, "another server was asked"
    assert A("10.1.8.0") in lab.servers["DHCP02"].scopes


def test_one_that_has_its_partners_old_address_is_not_its_own_partner() -> None:
    lab = moved()
    lab.change_address("DHCP01", OLD)
    assert get(lab)["State"] == CUT


def test_another_name_changes_what_halves_show_of_oneself_only() -> None:
    lab = renamed()
    here, there = get(lab), get(lab, "DHCP02")
    assert (here["SecondaryServerName"], here["PartnerServer"]) == ("dhcp02.contoso.example",) * 2
    assert there["SecondaryServerName"] == "dhcp-b.contoso.example"
    assert lab.servers["DHCP02"].computer_name == "DHCP-B"
    assert here["State"] == there["State"] == "Normal", "the address is the same"
    assert ids(run(lab, "Get-DhcpServerVersion", ComputerName="dhcp02.contoso.example")) == ["WIN32 1722"]
    assert percent(lab, 80) == []
    assert percent(renamed(partner_reached_by="name", set_one_sided_when_unreachable=False), 80) == ["DHCP 20122"]


def test_a_topology_can_begin_so() -> None:
    text = topology.dumps(awkward())
    more = """
relationships:
  Moved:
    {primary: DHCP01, secondary: DHCP02, primary_ip: 10.9.0.1, primary_name: old.contoso.example, scopes: []}
"""
    lab = topology.loads(text + more)
    assert get(lab, "DHCP02", "Moved")["PrimaryServerIP"] == A("10.9.0.1")
    assert get(lab, "DHCP02", "Moved")["PrimaryServerName"] == "old.contoso.example"
    assert get(lab, "DHCP02", "Moved")["State"] == CUT
    again = topology.loads(topology.dumps(lab))
    assert get(again, "DHCP02", "Moved") == get(lab, "DHCP02", "Moved")


# --- several addresses ---


def two_cards(**switches: Any) -> Lab:
    """DHCP02 is managed over a card that DHCP is not bound to."""
    lab = company(**switches)
    card = Card("Management", MANAGEMENT)
    lab.servers["DHCP02"].cards[card.interface] = card
    return lab


def test_bindings_show_every_card() -> None:
    shown = run(two_cards(), "Get-DhcpServerv4Binding", on="DHCP02").objects
    assert [(one.properties["IPAddress"], one.properties["BindingState"]) for one in shown] == [
        (OLD, True),
        (MANAGEMENT, False),
    ]


def test_it_answers_by_all_its_addresses_and_its_name_means_them_all() -> None:
    lab = two_cards()
    for name in (str(OLD), str(MANAGEMENT), "dhcp02.contoso.example"):
        assert ids(run(lab, "Get-DhcpServerVersion", ComputerName=name)) == []
    assert lab.resolve("dhcp02.contoso.example") == [str(OLD), str(MANAGEMENT)]
    lab.servers["DHCP02"].resolves_to = (MANAGEMENT,)
    assert lab.resolve("dhcp02") == [str(MANAGEMENT)]


def test_where_it_listens_for_us_can_be_one_of_its_addresses() -> None:
    """An inventory names a server by the address that it is managed at."""
    lab = two_cards()
    listening = A(lab.servers["DHCP02"].address)
    assert lab.find(str(listening)) is None
    lab.servers["DHCP02"].cards["Management"] = Card("Management", listening)
    assert lab.find(str(listening)) is lab.servers["DHCP02"]
    assert ids(run(lab, "Get-DhcpServerVersion", ComputerName=str(listening))) == []


@pytest.mark.parametrize(("answer", "stored"), [("bound", OLD), ("as_resolved", MANAGEMENT)])
@pytest.mark.parametrize("name", ["192.168.9.12", "dhcp02.contoso.example"])
def test_which_address_a_relationship_holds_is_open(answer: str, stored: A, name: str) -> None:
    lab = two_cards(stored_partner_address=answer)
    lab.servers["DHCP02"].resolves_to = (MANAGEMENT,)
    add(lab, PartnerServer=name)
    here, there = get(lab), get(lab, "DHCP02")
    assert (here["SecondaryServerIP"], here["PartnerServer"]) == (stored, name)
    assert there["State"] == "Normal"
    assert percent(lab, 70) == []
    assert get(lab, "DHCP02")["LoadBalancePercent"] == 30


def test_a_topology_has_cards() -> None:
    lab = two_cards()
    lab.servers["DHCP02"].resolves_to = (MANAGEMENT,)
    again = topology.loads(topology.dumps(lab))
    assert again.servers["DHCP02"].cards == lab.servers["DHCP02"].cards
    assert again.servers["DHCP02"].resolves_to == (MANAGEMENT,)
