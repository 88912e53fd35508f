# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is in a scope and on a server: options, classes, reservations, leases, policies, statistics, settings."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from core_calls import CLIENTS, GUESTS, MUNICH, PHONES, PRINTERS, A, add, company, ids, run
from lab.core.lab import Lab


def options(lab: Lab, **parameters: Any) -> dict[tuple[Any, Any], Any]:
    found = run(lab, "Get-DhcpServerv4OptionValue", **parameters).objects
    return {(one.properties["OptionId"], one.properties["VendorClass"]): one.properties["Value"] for one in found}


def test_options_of_every_level() -> None:
    lab = company()
    assert options(lab)[(15, "")] == ("contoso.example",)
    assert options(lab, ScopeId=PHONES)[(150, "")] == ("10.10.0.31", "10.10.0.32")
    assert (1, "Polycom") not in options(lab, ScopeId=PHONES)
    assert options(lab, ScopeId=PHONES, All=True)[(1, "Polycom")] == ("standard",)
    assert options(lab, ScopeId=PHONES, OptionId=(51,)) == {(51, ""): ("86400",)}
    assert options(lab, ScopeId=GUESTS, OptionId=(81,)) == {(81, ""): ("4",)}
    assert options(lab, ReservedIP=A("10.10.30.13"))[(12, "")] == ("plot-ber-01",)
    assert options(lab, ScopeId=CLIENTS, PolicyName="pxe uefi")[(66, "")] == ("boot.berlin.contoso.example",)
    assert options(lab, ScopeId=MUNICH, PolicyName="Kiosks", UserClass="kiosk") == {(6, ""): ("9.9.9.9",)}


def test_an_option_that_is_not_set() -> None:
    outcome = run(company(), "Get-DhcpServerv4OptionValue", ScopeId=CLIENTS, OptionId=(6, 3))
    assert (ids(outcome), len(outcome.objects)) == (["DHCP 20010"], 1)
    assert outcome.errors[0].message == "Failed to get option value of 6 on DHCP server DHCP01."


def test_options_are_set_and_removed() -> None:
    lab = company()
    about: dict[str, Any] = {
        "ScopeId": CLIENTS,
        "DnsServer": (A("10.0.0.1"), A("10.0.0.2")),
        "DnsDomain": "berlin.example",
    }
    assert ids(run(lab, "Set-DhcpServerv4OptionValue", **about)) == ["WIN32 87"], "nobody answers DNS there"
    assert ids(run(lab, "Set-DhcpServerv4OptionValue", **about, Force=True)) == []
    assert options(lab, ScopeId=CLIENTS)[(6, "")] == ("10.0.0.1", "10.0.0.2")
    run(lab, "Set-DhcpServerv4OptionValue", ScopeId=CLIENTS, DnsDomain=None)
    assert (15, "") not in options(lab, ScopeId=CLIENTS)
    outcome = run(lab, "Remove-DhcpServerv4OptionValue", ScopeId=CLIENTS, OptionId=(6, 99))
    assert ids(outcome) == ["DHCP 20010"]
    assert (6, "") not in options(lab, ScopeId=CLIENTS)


@pytest.mark.parametrize(
    ("about", "error"),
    [
        ({"OptionId": 200, "Value": ("x",)}, "DHCP 20010"),
        ({"OptionId": 3, "Value": ("no address",)}, "WIN32 87"),
        ({"OptionId": 2, "Value": ("1", "2")}, "WIN32 87"),
        ({"OptionId": 3, "Value": ("10.0.0.1",), "UserClass": "none"}, "DHCP 20044"),
        ({"OptionId": 3, "Value": ("10.0.0.1",), "PolicyName": "none"}, "DHCP 20111"),
        ({"OptionId": 3, "Value": ("10.0.0.1",), "ReservedIP": A("10.10.30.99")}, "DHCP 20018"),
    ],
)
def test_options_that_are_refused(about: dict[str, Any], error: str) -> None:
    assert ids(run(company(), "Set-DhcpServerv4OptionValue", ScopeId=CLIENTS, **about)) == [error]


def test_definitions_and_classes() -> None:
    lab = company()
    new: dict[str, Any] = {"Name": "Site", "OptionId": 224, "Type": "String"}
    assert ids(run(lab, "Add-DhcpServerv4OptionDefinition", **new)) == []
    assert ids(run(lab, "Add-DhcpServerv4OptionDefinition", **new)) == ["DHCP 20009"]
    (one,) = run(lab, "Get-DhcpServerv4OptionDefinition", OptionId=(224,)).objects
    assert (one.properties["Name"], one.properties["Type"]) == ("Site", "String")
    assert ids(run(lab, "Remove-DhcpServerv4OptionDefinition", OptionId=(224, 225))) == ["DHCP 20010"]
    assert len(run(lab, "Get-DhcpServerv4OptionDefinition", VendorClass="polycom").objects) == 1
    assert len(run(lab, "Get-DhcpServerv4Class", Type="User", Name=("Kiosk",)).objects) == 1
    assert ids(run(lab, "Add-DhcpServerv4Class", Name="kiosk", Type="User", Data="k")) == ["DHCP 20045"]
    names = ("Kiosk", "Default BOOTP Class", "none")
    assert ids(run(lab, "Remove-DhcpServerv4Class", Type="User", Name=names)) == ["DHCP 20089", "DHCP 20044"]
    assert "Kiosk" not in lab.servers["DHCP01"].classes


def test_reservations() -> None:
    lab = company()
    assert len(run(lab, "Get-DhcpServerv4Reservation", ScopeId=PRINTERS).objects) == 3
    about: dict[str, Any] = {"ScopeId": PRINTERS, "IPAddress": A("10.10.30.20"), "ClientId": "001E8F110009"}
    assert ids(run(lab, "Add-DhcpServerv4Reservation", **about)) == []
    assert ids(run(lab, "Add-DhcpServerv4Reservation", **about)) == ["DHCP 20022"]
    assert ids(run(lab, "Add-DhcpServerv4Reservation", **{**about, "IPAddress": A("10.10.30.21")})) == ["DHCP 20014"]
    run(lab, "Set-DhcpServerv4Reservation", IPAddress=A("10.10.30.20"), Name="prn-new")
    outcome = run(lab, "Get-DhcpServerv4Reservation", ScopeId=PRINTERS, ClientId=("00-1e-8f-11-00-09", "aa"))
    assert (ids(outcome), outcome.objects[0].properties["Name"]) == (["DHCP 20018"], "prn-new")
    run(lab, "Remove-DhcpServerv4Reservation", IPAddress=(A("10.10.30.20"),))
    assert len(lab.servers["DHCP01"].scopes[PRINTERS].reservations) == 3


def test_leases() -> None:
    lab = company()
    lab.clock = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
    printers = run(lab, "Get-DhcpServerv4Lease", ScopeId=PRINTERS).objects
    assert {one.properties["AddressState"] for one in printers} == {"InactiveReservation"}
    bad: dict[str, Any] = {
        "ScopeId": PRINTERS,
        "IPAddress": A("10.10.30.40"),
        "ClientId": "bb",
        "AddressState": "Declined",
    }
    (lease,) = run(lab, "Add-DhcpServerv4Lease", PassThru=True, **bad).objects
    assert lease.properties["LeaseExpiryTime"] == datetime(2026, 3, 31, 8, tzinfo=timezone.utc)
    assert ids(run(lab, "Add-DhcpServerv4Lease", **bad)) == ["DHCP 20014"]
    assert len(run(lab, "Get-DhcpServerv4Lease", ScopeId=PRINTERS).objects) == 3
    assert len(run(lab, "Get-DhcpServerv4Lease", ScopeId=PRINTERS, AllLeases=True).objects) == 4
    assert len(run(lab, "Get-DhcpServerv4Lease", ScopeId=PRINTERS, BadLeases=True).objects) == 1
    outcome = run(lab, "Get-DhcpServerv4Lease", IPAddress=(A("10.10.30.40"), A("10.10.30.41")))
    assert (ids(outcome), len(outcome.objects)) == (["DHCP 20011"], 1)
    run(lab, "Remove-DhcpServerv4Lease", IPAddress=(A("10.10.30.40"),))
    assert lab.servers["DHCP01"].scopes[PRINTERS].leases == {}


def test_policies() -> None:
    lab = company()
    (pxe,) = run(lab, "Get-DhcpServerv4Policy", ScopeId=CLIENTS).objects
    assert pxe.properties["VendorClass"] == ("EQ", "PXEClient*")
    (one,) = run(lab, "Get-DhcpServerv4PolicyIPRange", ScopeId=CLIENTS).objects
    assert (one.properties["Name"], one.properties["EndRange"]) == ("PXE UEFI", A("10.10.10.250"))
    about: dict[str, Any] = {"Name": "Macs", "Condition": "Or", "ScopeId": CLIENTS, "MacAddress": ("EQ", "0017F2*")}
    assert ids(run(lab, "Add-DhcpServerv4Policy", ProcessingOrder=1, **about)) == []
    names = [item.properties["Name"] for item in run(lab, "Get-DhcpServerv4Policy", ScopeId=CLIENTS).objects]
    assert names == ["Macs", "PXE UEFI"]
    assert ids(run(lab, "Add-DhcpServerv4Policy", **about)) == ["DHCP 20105"]
    assert ids(run(lab, "Add-DhcpServerv4Policy", Name="x", Condition="Or")) == ["DHCP 20109"]
    assert ids(run(lab, "Add-DhcpServerv4Policy", Name="x", Condition="Or", UserClass=("EQ", "no"))) == ["DHCP 20044"]
    assert ids(run(lab, "Remove-DhcpServerv4Policy", ScopeId=CLIENTS, Name=("Macs", "no"))) == ["DHCP 20111"]
    assert lab.servers["DHCP01"].scopes[CLIENTS].policies["PXE UEFI"].processing_order == 1


def test_statistics() -> None:
    lab = company()
    add(lab, CLIENTS, LoadBalancePercent=70)
    plain = run(lab, "Get-DhcpServerv4ScopeStatistics", ScopeId=(CLIENTS,)).objects[0].properties
    assert (plain["AddressesInUse"], plain["AddressesFree"], plain["AddressesFreeOnThisServer"]) == (120, 101, None)
    split = [
        run(lab, "Get-DhcpServerv4ScopeStatistics", on=on, ScopeId=(CLIENTS,), Failover=True).objects[0].properties
        for on in ("DHCP01", "DHCP02")
    ]
    assert [one["AddressesFreeOnThisServer"] for one in split] == [70, 31]
    assert [one["AddressesFreeOnPartnerServer"] for one in split] == [31, 70]
    assert [one["AddressesInUseOnThisServer"] for one in split] == [84, 36]
    assert [one["AddressesInUseOnPartnerServer"] for one in split] == [36, 84]
    assert [one["PercentageInUse"] for one in split] == [54.3, 54.3]


def test_statistics_of_a_hot_standby_and_of_a_scope_alone() -> None:
    lab = company()
    add(lab, CLIENTS, ServerRole="Standby", ReservePercent=10)
    split = [
        run(lab, "Get-DhcpServerv4ScopeStatistics", on=on, ScopeId=(CLIENTS,), Failover=True).objects[0].properties
        for on in ("DHCP01", "DHCP02")
    ]
    assert [one["AddressesFreeOnThisServer"] for one in split] == [10, 91]
    assert [one["AddressesInUseOnThisServer"] for one in split] == [0, 120]
    alone = run(lab, "Get-DhcpServerv4ScopeStatistics", ScopeId=(PRINTERS,), Failover=True).objects[0].properties
    assert (alone["AddressesFree"], alone["AddressesFreeOnThisServer"], alone["ReservedAddress"]) == (51, None, 3)


def test_the_server_itself() -> None:
    lab = company()
    assert dict(run(lab, "Get-DhcpServerVersion").objects[0].properties) == {"MajorVersion": 10, "MinorVersion": 0}
    assert run(lab, "Get-DhcpServerv4Binding").objects[0].properties["IPAddress"] == A("10.10.0.11")
    assert run(lab, "Get-DhcpServerSetting").objects[0].properties["ConflictDetectionAttempts"] == 0
    assert len(run(lab, "Get-DhcpServerv4Filter", List="Deny").objects) == 1
    assert run(lab, "Get-DhcpServerv4Filter", List="Allow").objects == ()
    assert dict(run(lab, "Set-DhcpServerv4FilterList", Deny=True, PassThru=True).objects[0].properties) == {
        "Allow": False,
        "Deny": True,
    }
    run(lab, "Set-DhcpServerv4FilterList", Allow=True, Deny=False)
    assert dict(run(lab, "Get-DhcpServerv4FilterList").objects[0].properties) == {"Allow": True, "Deny": False}
    updates = [
        run(lab, "Get-DhcpServerv4DnsSetting", ScopeId=scope).objects[0].properties["DynamicUpdates"]
        for scope in (CLIENTS, GUESTS)
    ]
    assert updates == ["OnClientRequest", "Never"]


def test_all_options_of_a_scope_are_those_of_its_policies_too() -> None:
    found = run(company(), "Get-DhcpServerv4OptionValue", ScopeId=CLIENTS, All=True, Brief=True).objects
    shown = {(one.properties["OptionId"], one.properties["PolicyName"]): one.properties["Name"] for one in found}
    assert shown[66, "PXE UEFI"] == shown[3, ""] == "", "brief is without names"
    plain = run(company(), "Get-DhcpServerv4OptionValue", ScopeId=CLIENTS).objects
    assert {one.properties["PolicyName"] for one in plain} == {""}
    assert "Router" in {one.properties["Name"] for one in plain}


@pytest.mark.parametrize(("answer", "shown"), [("as_set", "0x08"), ("decimal", "8"), ("hexadecimal", "0x8")])
def test_how_a_number_is_shown(answer: str, shown: str) -> None:
    lab = company()
    lab.switches = lab.switches.with_answer("option_numbers_show", answer)
    assert ids(run(lab, "Set-DhcpServerv4OptionValue", ScopeId=CLIENTS, OptionId=46, Value=("0x08",))) == []
    assert options(lab, ScopeId=CLIENTS)[46, ""] == (shown,)


@pytest.mark.parametrize(("answer", "where"), [("as_class", ("kiosk", "")), ("as_policy", ("", "kiosk"))])
def test_what_becomes_of_an_option_of_a_user_class(answer: str, where: tuple[str, str]) -> None:
    lab = company()
    lab.switches = lab.switches.with_answer("user_class_options_show", answer)
    about: dict[str, Any] = {"ScopeId": CLIENTS, "OptionId": 42, "Value": ("10.0.0.9",), "UserClass": "kiosk"}
    assert ids(run(lab, "Set-DhcpServerv4OptionValue", **about)) == []
    found = run(lab, "Get-DhcpServerv4OptionValue", ScopeId=CLIENTS, All=True).objects
    (shown,) = [one.properties for one in found if one.properties["OptionId"] == 42]
    assert (shown["UserClass"], shown["PolicyName"]) == where


@pytest.mark.parametrize(("answer", "expected"), [("empty", []), ("WIN32 259", ["WIN32 259"])])
def test_a_list_without_anything(answer: str, expected: list[str]) -> None:
    lab = company()
    lab.switches = lab.switches.with_answer("empty_lists_answer", answer)
    for scope in lab.servers["DHCP01"].scopes.values():
        scope.exclusions, scope.reservations = [], {}
    assert ids(run(lab, "Get-DhcpServerv4Reservation", ScopeId=CLIENTS)) == expected
    assert ids(run(lab, "Get-DhcpServerv4ExclusionRange")) == expected
