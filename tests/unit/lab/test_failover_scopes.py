# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Adding, removing and replicating scopes of a relationship."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from core_calls import ANNEX, CLIENTS, NAME, PHONES, PRINTERS, A, add, awkward, company, get, ids, run

INACTIVE = A("10.30.50.0")


def test_add_copies_and_joins_on_both() -> None:
    lab = company()
    add(lab, CLIENTS)
    assert ids(run(lab, "Add-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(PRINTERS, INACTIVE))) == []
    assert get(lab)["ScopeId"] == get(lab, "DHCP02")["ScopeId"] == (CLIENTS, PRINTERS, INACTIVE)
    copy = lab.servers["DHCP02"].scopes
    assert copy[PRINTERS].reservations == lab.servers["DHCP01"].scopes[PRINTERS].reservations
    assert copy[INACTIVE].state == "InActive"


def test_add_needs_normal() -> None:
    lab = company()
    add(lab, CLIENTS, settle=False)
    assert ids(run(lab, "Add-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(PHONES,))) == ["DHCP 20120"]
    get(lab)
    lab.fail_next("DHCP01", "Add-DhcpServerv4FailoverScope", "DHCP 20133")
    assert ids(run(lab, "Add-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(PHONES,))) == ["DHCP 20133"]
    assert ids(run(lab, "Add-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(PHONES,))) == []


@pytest.mark.parametrize(
    ("scopes", "switches", "errors"),
    [
        (("10.1.8.0",), {}, ["DHCP 20113"]),
        (("10.1.99.0",), {}, ["DHCP 20005"]),
        (("10.1.3.0",), {"scope_exists_error_id": "DHCP 20004"}, ["DHCP 20004"]),
        (("10.1.1.0", "10.1.2.0"), {"add_scopes_max": 1}, ["DHCP 20130"]),
    ],
)
def test_add_refuses(scopes: tuple[str, ...], switches: dict[str, object], errors: list[str]) -> None:
    lab = awkward(**switches)
    before = get(lab, name="Standing")
    chosen = tuple(map(A, scopes))
    assert ids(run(lab, "Add-DhcpServerv4FailoverScope", Name="Standing", ScopeId=chosen)) == errors
    assert get(lab, name="Standing") == before


def test_the_text_for_a_scope_on_the_partner() -> None:
    outcome = run(awkward(), "Add-DhcpServerv4FailoverScope", Name="Standing", ScopeId=(A("10.1.3.0"),))
    assert outcome.errors[0].message == "Scope 10.1.3.0 already exists on the server dhcp02.contoso.example."


def test_a_half_made_copy_may_stay() -> None:
    lab = awkward(missing_class_leaves_copy=True)
    run(lab, "Add-DhcpServerv4FailoverScope", Name="Standing", ScopeId=(A("10.1.5.0"),))
    assert lab.servers["DHCP02"].scopes[A("10.1.5.0")].policies == {}
    assert get(lab, name="Standing")["ScopeId"] == (A("10.1.8.0"),)


def test_remove_processes_the_good_ones_and_leaves_an_empty_relationship() -> None:
    lab = company()
    add(lab, CLIENTS, PHONES)
    scopes = (ANNEX, CLIENTS, A("10.77.0.0"), PHONES)
    outcome = run(lab, "Remove-DhcpServerv4FailoverScope", Name=NAME, ScopeId=scopes, Force=True)
    assert ids(outcome) == ["DHCP 20116", "DHCP 20005"]
    for server in ("DHCP01", "DHCP02"):
        assert (get(lab, server)["ScopeId"], get(lab, server)["State"]) == ((), "Normal")
    assert len(lab.servers["DHCP01"].scopes[CLIENTS].leases) == 120
    assert lab.servers["DHCP02"].scopes == {}


def test_remove_while_the_partner_is_away() -> None:
    lab = company()
    add(lab, CLIENTS)
    lab.servers["DHCP02"].service = "stopped"
    about: dict[str, Any] = {"Name": NAME, "ScopeId": (CLIENTS,)}
    assert ids(run(lab, "Remove-DhcpServerv4FailoverScope", **about)) == ["DHCP 20123"]
    outcome = run(lab, "Remove-DhcpServerv4FailoverScope", Force=True, **about)
    assert (ids(outcome), len(outcome.warnings)) == ([], 1)
    lab.servers["DHCP02"].service = "running"
    assert (get(lab)["ScopeId"], get(lab, "DHCP02")["ScopeId"]) == ((), (CLIENTS,))


@pytest.mark.parametrize(("needed", "errors"), [(True, ["DHCP 20120"]), (False, [])])
def test_remove_without_force_in_another_state(needed: bool, errors: list[str]) -> None:
    lab = company(force_needed_unless_normal=needed)
    add(lab, CLIENTS)
    lab.set_state("DHCP01", NAME, "Recover")
    assert ids(run(lab, "Remove-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(CLIENTS,))) == errors


def test_replicate_overwrites_configuration_and_keeps_leases() -> None:
    lab = company()
    add(lab, CLIENTS, PHONES)
    here, there = (lab.servers[name].scopes for name in ("DHCP01", "DHCP02"))
    run(lab, "Set-DhcpServerv4Scope", ScopeId=CLIENTS, Name="Renamed", LeaseDuration=timedelta(days=2))
    assert there[CLIENTS].name == "Berlin clients"
    there[CLIENTS].leases.popitem()
    run(lab, "Set-DhcpServerv4OptionValue", on="DHCP02", ScopeId=CLIENTS, OptionId=42, Value=("10.0.0.1",))
    outcome = run(lab, "Invoke-DhcpServerv4FailoverReplication", ScopeId=(CLIENTS,), Force=True)
    assert [one.properties["Value"] for one in outcome.objects] == [str(CLIENTS)]
    assert (there[CLIENTS].name, there[CLIENTS].options) == ("Renamed", here[CLIENTS].options)
    assert (len(here[CLIENTS].leases), len(there[CLIENTS].leases)) == (120, 119)


def test_replicate_from_the_other_side_and_all() -> None:
    lab = company()
    add(lab, CLIENTS, PHONES)
    run(lab, "Set-DhcpServerv4Scope", on="DHCP02", ScopeId=PHONES, Description="there")
    outcome = run(lab, "Invoke-DhcpServerv4FailoverReplication", on="DHCP02", Force=True)
    assert len(outcome.objects) == 2
    assert lab.servers["DHCP01"].scopes[PHONES].description == "there"


def test_replicate_reports_each_refusal() -> None:
    lab = company()
    add(lab, CLIENTS, PHONES)
    del lab.servers["DHCP02"].classes["PXEClient"]
    outcome = run(lab, "Invoke-DhcpServerv4FailoverReplication", Name=(NAME, "x"), Force=True)
    assert ids(outcome) == ["DHCP 20115", "DHCP 20044"]
    assert [one.properties["Value"] for one in outcome.objects] == [str(PHONES)]
    assert ids(run(lab, "Invoke-DhcpServerv4FailoverReplication", ScopeId=(ANNEX,), Force=True)) == ["DHCP 20116"]


def test_a_member_cannot_be_removed_or_made_bootp() -> None:
    lab = company(range_change_on_member="DHCP 20113", bootp_refused="always")
    add(lab, CLIENTS)
    assert ids(run(lab, "Remove-DhcpServerv4Scope", ScopeId=(CLIENTS,), Force=True)) == ["DHCP 20113"]
    assert ids(run(lab, "Set-DhcpServerv4Scope", ScopeId=CLIENTS, Type="Both")) == ["DHCP 20129"]
    about: dict[str, Any] = {"StartRange": A("10.10.10.20"), "EndRange": A("10.10.10.240")}
    assert ids(run(lab, "Set-DhcpServerv4Scope", ScopeId=CLIENTS, **about)) == ["DHCP 20113"]


def test_a_new_lease_reaches_the_partner() -> None:
    lab = company()
    add(lab, PRINTERS)
    address = A("10.10.30.40")
    run(lab, "Add-DhcpServerv4Lease", ScopeId=PRINTERS, IPAddress=address, ClientId="AA-BB-CC-00-00-01")
    assert lab.servers["DHCP02"].scopes[PRINTERS].leases[address].client_id == "aa-bb-cc-00-00-01"


@pytest.mark.parametrize("travels", [True, False])
def test_leases_of_an_interruption_reach_the_other_one_when_it_ends(travels: bool) -> None:
    lab = company(interruption_leases_travel=travels)
    add(lab, PRINTERS)
    get(lab, "DHCP01")
    lab.cut_link("DHCP01", "DHCP02")
    address = A("10.10.30.41")
    run(lab, "Add-DhcpServerv4Lease", ScopeId=PRINTERS, IPAddress=address, ClientId="AA-BB-CC-00-00-02")
    get(lab, "DHCP02")
    there = lab.servers["DHCP02"].scopes[PRINTERS].leases
    assert address not in there
    lab.mend_link("DHCP01", "DHCP02")
    get(lab, "DHCP02")
    assert (address in there) == travels


def test_a_scope_that_the_partner_counts_already_is_counted_once() -> None:
    lab = company()
    add(lab, CLIENTS)
    lab.servers["DHCP02"].relationships[NAME].scopes.append(PHONES)
    assert ids(run(lab, "Add-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(PHONES,))) == []
    assert get(lab, "DHCP02")["ScopeId"] == (CLIENTS, PHONES)
