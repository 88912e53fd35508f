# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Export-DhcpServer: the file, and that an import of it brings everything back."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from core_calls import CLIENTS, GUESTS, MUNICH, PHONES, PRINTERS, A, awkward, company, ids
from export_calls import FILE, LEVEL, change_the_level, emptied, export, exported, import_, scopes_in, xml
from lab.core.api import Session
from lab.core.export_file import read
from lab.core.server import Lease


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16"])
@pytest.mark.parametrize(("topology", "target"), [(company, "DHCP02"), (awkward, "BERLIN")])
def test_a_whole_server_comes_out_as_it_went_in(topology: Any, target: str, encoding: str) -> None:
    lab = topology()
    lab.servers[target] = emptied(lab.servers[target])
    change_the_level(lab.servers["DHCP01"])
    outcome = import_(lab, exported(lab, Leases=True).decode("utf-8-sig").encode(encoding), target, Leases=True)
    assert (outcome.errors, outcome.warnings) == ((), ())
    source, copy = lab.servers["DHCP01"], lab.servers[target]
    assert source.scopes
    assert copy.scopes == source.scopes
    for name in LEVEL:
        assert getattr(copy, name) == getattr(source, name) != getattr(emptied(copy), name), name


def test_the_layout_of_a_scope() -> None:
    lab = company()
    lab.servers["DHCP01"].scopes[PHONES].superscope = "Berlin & annex"
    (scope,) = xml(exported(lab, ScopeId=(PHONES,))).iterfind("IPv4/Scopes/Scope")
    assert [element.tag for element in scope] == [
        "ScopeId",
        "Name",
        "SubnetMask",
        "StartRange",
        "EndRange",
        "LeaseDuration",
        "State",
        "Type",
        "MaxBootpClients",
        "NapEnable",
        "Delay",
        "NapProfile",
        "Description",
        "ActivatePolicies",
        "SuperScopeName",
        "OptionValues",
    ]
    assert [scope.findtext(name) for name in ("LeaseDuration", "MaxBootpClients", "NapEnable", "SuperScopeName")] == [
        "1.00:00:00",
        "4294967295",
        "false",
        "Berlin & annex",
    ]
    options = {element.findtext("OptionId"): element for element in scope.iterfind("OptionValues/OptionValue")}
    assert [element.text for element in options["150"].iterfind("Value")] == ["10.10.0.31", "10.10.0.32"]
    assert options["51"].findtext("Value") == "86400"
    assert options["1"].findtext("VendorClass") == "Polycom"


def test_the_layout_of_a_server_and_of_policies() -> None:
    root = xml(exported(company(), ScopeId=(MUNICH, GUESTS)))
    assert [root.findtext("MajorVersion"), root.findtext("MinorVersion")] == ["10", "0"]
    ipv4 = root.find("IPv4")
    assert ipv4 is not None
    assert [element.tag for element in ipv4][4:] == [
        "Classes",
        "OptionDefinitions",
        "OptionValues",
        "Filters",
        "Scopes",
    ]
    data = {element.findtext("Name"): element.findtext("Data") for element in ipv4.iterfind("Classes/Class")}
    assert data["PXEClient"] == "0x505845436c69656e74"
    assert data["Default BOOTP Class"] == "0x424f4f54502e4d6963726f736f6674"
    (policy,) = ipv4.iterfind("Scopes/Scope/Policies/Policy")
    assert [element.text for element in policy.iterfind("UserClass")] == ["EQ", "Kiosk"]
    assert policy.findtext("Condition") == "AND"
    assert [element.tag for element in policy][-1] == "OptionValues"
    values = {
        element.findtext("OptionId"): element.findtext("Value")
        for element in policy.iterfind("OptionValues/OptionValue")
    }
    assert values == {"51": "7200", "6": "9.9.9.9"}
    guests = next(element for element in ipv4.iterfind("Scopes/Scope") if element.findtext("ScopeId") == str(GUESTS))
    assert {
        element.findtext("OptionId"): element.findtext("Value")
        for element in guests.iterfind("OptionValues/OptionValue")
    }["81"] == "4"


def test_leases_only_when_asked_for_on_both_ways() -> None:
    lab = company()
    without, with_leases = exported(lab, ScopeId=(CLIENTS,)), exported(lab, ScopeId=(CLIENTS,), Leases=True)
    assert list(xml(without).iter("Lease")) == []
    assert len(list(xml(with_leases).iter("Lease"))) == 120
    import_(lab, with_leases)
    assert lab.servers["DHCP02"].scopes[CLIENTS].leases == {}
    import_(lab, with_leases, Leases=True, ScopeOverwrite=True)
    assert lab.servers["DHCP02"].scopes[CLIENTS].leases == lab.servers["DHCP01"].scopes[CLIENTS].leases


def test_an_unknown_scope_is_an_error_and_the_others_are_written() -> None:
    lab = company()
    outcome = export(lab, ScopeId=(A("10.99.0.0"), PHONES))
    assert ids(outcome) == ["DHCP 20005"]
    assert (outcome.errors[0].posted, "(20005)" in outcome.errors[0].details) == (True, True)
    assert scopes_in(outcome.files[FILE]) == [str(PHONES)]
    none_left = export(lab, ScopeId=(A("10.99.0.0"),))
    assert (ids(none_left), dict(none_left.files)) == (["DHCP 20005"], {})


def test_an_existing_file_is_kept_without_force() -> None:
    lab, session = company(), Session("DHCP01", "administrator")
    outcome = lab.invoke(session, "Export-DhcpServer", {"File": FILE}, {FILE: b"old"})
    assert (ids(outcome), dict(outcome.files)) == (["ResourceExists"], {})
    assert outcome.errors[0].terminating
    assert lab.invoke(session, "Export-DhcpServer", {"File": FILE, "Force": True}, {FILE: b"old"}).files[FILE] != b"old"


def test_another_server_is_exported_to_a_file_here_and_needs_the_hop() -> None:
    lab = company()
    assert scopes_in(exported(lab, "DHCP02", ComputerName="dhcp01.contoso.example", ScopeId=(PHONES,))) == [str(PHONES)]
    outcome = export(lab, "DHCP02", ComputerName="dhcp01.contoso.example", user="nohop")
    assert (ids(outcome), dict(outcome.files)) == (["WIN32 5"], {})


def test_a_prefix_of_ipv4_is_none() -> None:
    outcome = export(company(), Prefix=(A("1.2.3.4"),))
    assert (ids(outcome), dict(outcome.files)) == (["InvalidArgument"], {})


def test_the_bytes_are_those_of_an_xml_writer() -> None:
    """C MIG: the mark, the line ends, where a namespace is taken back, and the blank before the end of an empty
    element."""
    lab = company()
    lab.servers["DHCP01"].os = "6.3.9600"
    content = exported(lab, ScopeId=(PHONES,), Leases=True)
    assert content.startswith(
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>\r\n'
        b'<DHCPServer xmlns="http://schemas.microsoft.com/windows/DHCPServer">\r\n'
        b'  <MajorVersion xmlns="">6</MajorVersion>\r\n'
        b'  <MinorVersion xmlns="">3</MinorVersion>\r\n'
        b'  <IPv4 xmlns="">\r\n'
    )
    assert content.count(b"\n") == content.count(b"\r\n")
    lab.servers["DHCP01"].scopes[PHONES].leases.clear()
    assert b"<Leases />\r\n" in exported(lab, ScopeId=(PHONES,), Leases=True)
    assert b"<Leases" not in exported(lab, ScopeId=(PHONES,))
    lab.servers["DHCP01"].option_values.clear()
    assert b"  <OptionValues>\r\n      <OptionValue>\r\n        <OptionId>" not in exported(lab, ScopeId=(PHONES,))


def test_the_layout_of_a_lease() -> None:
    lab = company()
    scope = lab.servers["DHCP01"].scopes[PRINTERS]
    used, idle, *_others = scope.reservations
    expires = datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=timezone.utc)
    scope.leases = {
        used: Lease(used, scope.reservations[used].client_id),
        A("10.10.30.90"): Lease(A("10.10.30.90"), "aa", address_state="Offered", expires=expires),
    }
    leases = list(xml(exported(lab, ScopeId=(PRINTERS,), Leases=True)).iter("Lease"))
    states = {element.findtext("IPAddress"): element.findtext("AddressState") for element in leases}
    assert len(states) == len(scope.reservations) + 1
    assert [states[str(one)] for one in (used, idle, A("10.10.30.90"))] == [
        "ActiveReservation",
        "InactiveReservation",
        "Offered",
    ]
    assert [element.tag for element in leases[-1]] == [
        *("IPAddress", "ScopeId", "ClientId", "AddressState", "ClientType", "NapCapable", "DnsRR", "DnsRegistration"),
        *("LeaseExpiryTime", "NapStatus", "HostName", "PolicyName", "Description"),
    ]
    assert leases[-1].findtext("LeaseExpiryTime") == "2026-03-01 08:00:00Z"


def test_characters_that_xml_has_not_are_references_and_come_back() -> None:
    lab = company()
    lab.servers["DHCP01"].scopes[PHONES].description = "bell \a escape \x1b \uffff"
    content = exported(lab, ScopeId=(PHONES,))
    assert b"bell &#x7; escape &#x1B; &#xFFFF;" in content
    assert import_(lab, content).errors == ()
    assert lab.servers["DHCP02"].scopes[PHONES].description == "bell \a escape \x1b \uffff"


def test_half_a_surrogate_pair_ends_it() -> None:
    lab = company()
    lab.servers["DHCP01"].scopes[PHONES].description = "half \ud83d"
    outcome = export(lab)
    assert (ids(outcome), outcome.errors[0].terminating, dict(outcome.files)) == (["ArgumentException"], True, {})


@pytest.mark.parametrize(("kept", "left"), [(0, 0), (7, 7)])
def test_leases_that_could_not_be_enumerated_are_missing_and_nobody_says_so(kept: int, left: int) -> None:
    lab = company()
    lab.break_lease_export("DHCP01", CLIENTS, leases=kept)
    broken = exported(lab, ScopeId=(CLIENTS, PRINTERS), Leases=True)
    assert len(read(broken).scopes[CLIENTS].leases) == left
    assert len(read(exported(lab, ScopeId=(CLIENTS,), Leases=True)).scopes[CLIENTS].leases) == 120
