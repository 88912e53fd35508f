# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Open questions about smaller things: what the lab does by default, and under the other answer."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from core_calls import CLIENTS, NAME, PHONES, A, add, awkward, company, get, ids, run
from lab.core.lab import Lab
from lab.core.server import Lease
from lab.standin.files import PROGRAM_DATA, made_for

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
FREE = A("10.10.10.5")
ROUTER: dict[str, Any] = {"ScopeId": CLIENTS, "OptionId": 3, "Value": ("no address",)}
ITSELF: dict[str, Any] = {"Name": NAME, "PartnerServer": "dhcp01", "ScopeId": (CLIENTS,), "Force": True}


ERRORS: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("own_partner_error", "DHCP 20114", "Add-DhcpServerv4Failover", ITSELF, "WIN32 87"),
    ("wrong_type_error", "DHCP 20103", "Set-DhcpServerv4OptionValue", ROUTER, "WIN32 87"),
    ("unknown_name_error", "DHCP 20124", "Get-DhcpServerv4Scope", {"ComputerName": "dhcp99"}, "WIN32 1722"),
    ("no_reservation_error", "DHCP 20011", "Get-DhcpServerv4Reservation", {"IPAddress": (FREE,)}, "DHCP 20018"),
    ("no_lease_error", "DHCP 20013", "Get-DhcpServerv4Lease", {"IPAddress": (FREE,)}, "DHCP 20011"),
    ("no_lease_error", "DHCP 20013", "Get-DhcpServerv4Lease", {"ScopeId": CLIENTS, "ClientId": ("x",)}, "DHCP 20016"),
    ("unknown_superscope_error", "WIN32 2", "Get-DhcpServerv4Superscope", {"SuperscopeName": ("x",)}, "DHCP 20005"),
    ("leased_scope_error", "WIN32 87", "Remove-DhcpServerv4Scope", {"ScopeId": (CLIENTS,)}, "DHCP 20007"),
    ("null_common_option", "WIN32 87", "Set-DhcpServerv4OptionValue", {"ScopeId": CLIENTS, "DnsDomain": None}, ""),
]


@pytest.mark.parametrize(("switch", "other", "cmdlet", "about", "by_default"), ERRORS)
def test_the_number_of_an_error(switch: str, other: str, cmdlet: str, about: dict[str, Any], by_default: str) -> None:
    assert ids(run(company(), cmdlet, **about)) == ([by_default] if by_default else [])
    assert ids(run(company(**{switch: other}), cmdlet, **about)) == [other]


def test_an_option_that_is_removed_and_was_not_set() -> None:
    about: dict[str, Any] = {"ScopeId": CLIENTS, "OptionId": (99,)}
    assert ids(run(company(), "Remove-DhcpServerv4OptionValue", **about)) == ["DHCP 20010"]
    assert ids(run(company(unset_option_removed="nothing"), "Remove-DhcpServerv4OptionValue", **about)) == []


@pytest.mark.parametrize(("answer", "shown"), [("lower", "00-15-5d-aa-bb-cc"), ("upper", "00-15-5D-AA-BB-CC")])
def test_client_ids_have_a_case_and_are_compared_without(answer: str, shown: str) -> None:
    lab = company(client_ids_show=answer)
    about: dict[str, Any] = {"ScopeId": CLIENTS, "ClientId": "00155dAABBcc"}
    (made,) = run(lab, "Add-DhcpServerv4Reservation", **about, IPAddress=FREE, PassThru=True).objects
    assert made.properties["ClientId"] == shown
    lab.servers["DHCP01"].scopes[CLIENTS].reservations[FREE].client_id = shown.swapcase()
    assert ids(run(lab, "Add-DhcpServerv4Reservation", **about, IPAddress=FREE + 1)) == ["DHCP 20014"]
    assert ids(run(lab, "Add-DhcpServerv4Lease", **about, IPAddress=FREE + 1)) == ["DHCP 20014"]
    assert len(run(lab, "Get-DhcpServerv4Reservation", ScopeId=CLIENTS, ClientId=("00155daabbcc",)).objects) == 1


@pytest.mark.parametrize(("answer", "category"), [("by_analogy", "InvalidArgument"), ("NotSpecified", "NotSpecified")])
def test_categories(answer: str, category: str) -> None:
    lab = company(unpublished_categories=answer)
    (unpublished,) = run(lab, "Set-DhcpServerv4OptionValue", **ROUTER).errors
    (published,) = run(lab, "Get-DhcpServerv4Scope", ScopeId=(A("10.9.9.0"),)).errors
    assert (unpublished.category, published.category) == (category, "ObjectNotFound")


def test_a_half_in_startup_without_its_partner() -> None:
    for answer in ("CommunicationInterrupted", "Startup"):
        lab = company(startup_without_contact=answer)
        add(lab, CLIENTS, settle=False)
        lab.servers["DHCP02"].reachable = False
        assert get(lab)["State"] == answer


def logged(**switches: Any) -> dict[int, str]:
    """id -> whose, on DHCP01, of a relationship that is created and loses contact."""
    lab = company(**switches)
    run(lab, "Get-DhcpServerv4Failover")
    add(lab, CLIENTS)
    lab.cut_link("DHCP01", "DHCP02")
    lab.meet()
    return {one.id: one.user for one in lab.logs.events["DHCP01"]}


def test_events() -> None:
    assert logged()[20240] == "administrator"
    assert logged(changes_logged_as="service")[20240] == ""
    assert 20240 not in logged(load_balance_event="none")
    assert {20259, 20260}.intersection(logged()) == {20259}
    assert {20259, 20260}.intersection(logged(error_events="all_but_normal")) == {20260}


def lacking() -> Lab:
    """The partner does not know the class of an option of the scope that is replicated."""
    lab = company()
    add(lab, CLIENTS)
    lab.servers["DHCP02"].classes.clear()
    lab.servers["DHCP02"].option_definitions.clear()
    scope = lab.servers["DHCP01"].scopes
    scope[CLIENTS].options |= scope[PHONES].options
    return lab


REPLICATE: dict[str, Any] = {"ScopeId": (CLIENTS,), "Force": True}


def test_what_the_partner_lacks() -> None:
    lab = lacking()
    assert ids(run(lab, "Invoke-DhcpServerv4FailoverReplication", **REPLICATE)) == ["DHCP 20044"]
    lab.switches = lab.switches.with_answer("lacking_error", "DHCP 20010")
    assert ids(run(lab, "Invoke-DhcpServerv4FailoverReplication", **REPLICATE)) == ["DHCP 20010"]
    lab.switches = lab.switches.with_answer("replication_checks_class", False)
    assert ids(run(lab, "Invoke-DhcpServerv4FailoverReplication", **REPLICATE)) == []
    copies = [lab.servers[server].scopes[CLIENTS].options for server in ("DHCP01", "DHCP02")]
    assert copies[0] == copies[1] != {}


def test_a_replication_while_the_services_do_not_talk() -> None:
    lab = awkward()
    lab.cut_link("DHCP01", "DHCP02", "failover")
    assert "DHCP 20120" in ids(run(lab, "Invoke-DhcpServerv4FailoverReplication", Name=("Standing",), Force=True))
    lab.switches = lab.switches.with_answer("replication_needs_normal", False)
    assert ids(run(lab, "Invoke-DhcpServerv4FailoverReplication", Name=("Standing",), Force=True)) == []


@pytest.mark.parametrize(("answer", "kept"), [("later_end", ["b", "b"]), ("own", ["a", "b"])])
def test_two_leases_of_one_address(answer: str, kept: list[str]) -> None:
    lab = company(same_address_keeps=answer)
    lab.clock = NOON
    add(lab, CLIENTS)
    lab.cut_link("DHCP01", "DHCP02")
    lab.meet()
    for server, client, days in (("DHCP01", "a", 1), ("DHCP02", "b", 2)):
        lab.servers[server].scopes[CLIENTS].leases[FREE] = Lease(FREE, client, expires=NOON + timedelta(days=days))
        lab.servers[server].relationships[NAME].behind = True
    lab.mend_link("DHCP01", "DHCP02")
    lab.meet()
    assert [lab.servers[server].scopes[CLIENTS].leases[FREE].client_id for server in ("DHCP01", "DHCP02")] == kept


@pytest.mark.parametrize(("answer", "split"), [("by_percent", True), ("all_here", False)])
def test_statistics_of_two_servers(answer: str, split: bool) -> None:
    lab = company(statistics_split=answer)
    add(lab, CLIENTS)
    (one,) = run(lab, "Get-DhcpServerv4ScopeStatistics", ScopeId=(CLIENTS,), Failover=True).objects
    about = one.properties
    assert (about["AddressesFreeOnPartnerServer"] != 0) is split
    assert (about["AddressesInUseOnPartnerServer"] != 0) is split


@pytest.mark.parametrize("is_open", [True, False])
def test_who_may_write_into_program_data(is_open: bool) -> None:
    files = made_for(company(program_data_open=is_open))
    path = f"{PROGRAM_DATA}\\x.txt"
    files.write(path, b"", NOON)
    assert "BU" in files.access(path)
    folder = f"{PROGRAM_DATA}\\folder"
    files.make_folder(folder)
    assert ("DCLCRPCR" in files.access(folder)) is is_open
