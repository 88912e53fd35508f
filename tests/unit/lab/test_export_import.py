# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Export-DhcpServer and Import-DhcpServer: the file, and what comes out of it again."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from core_calls import CLIENTS, GUESTS, MUNICH, PHONES, PRINTERS, A, add, awkward, company, ids, run
from lab.core.api import Outcome, Session
from lab.core.export_file import BadFile, read
from lab.core.exporting import NAMESPACE
from lab.core.lab import Lab
from lab.core.server import DhcpClass, DnsSetting, Filter, OptionDefinition, OptionKey, Policy, Server

FILE = r"C:\temp\export.xml"
# the fields of Server that an export holds beside the scopes
LEVEL = (
    "conflict_detection_attempts",
    "activate_policies",
    "classes",
    "option_definitions",
    "option_values",
    "dns",
    "policies",
    "filters",
    "allow_list",
    "deny_list",
)


def export(lab: Lab, on: str = "DHCP01", **parameters: Any) -> Outcome:
    return run(lab, "Export-DhcpServer", on=on, File=FILE, **parameters)


def exported(lab: Lab, on: str = "DHCP01", **parameters: Any) -> bytes:
    outcome = export(lab, on, **parameters)
    assert outcome.errors == ()
    return outcome.files[FILE]


def import_(lab: Lab, content: bytes | None, on: str = "DHCP02", **parameters: Any) -> Outcome:
    files = {} if content is None else {FILE: content}
    about = {"File": FILE, "BackupPath": r"C:\temp\backup", "Force": True, **parameters}
    return lab.invoke(Session(on, "administrator"), "Import-DhcpServer", about, files)


def emptied(server: Server) -> Server:
    kept = {name: getattr(server, name) for name in ("name", "fqdn", "address", "ip", "credentials", "language")}
    return Server(**kept)


def change_the_level(server: Server) -> None:
    """Nothing at the level of the server is as it is on an empty one."""
    server.conflict_detection_attempts, server.activate_policies = 2, False
    server.dns = DnsSetting("Always", name_protection=True)
    server.classes["Büro"] = DhcpClass("Büro", "User", "buero", "<&>")
    server.option_definitions[OptionKey(225, "Büro")] = OptionDefinition("List", "Word", True, ("1", "2"), "Two & more")
    server.option_values[OptionKey(225, "Büro", "Büro")] = ("3", "4")
    server.policies["All"] = Policy("All", criteria={"ClientId": ("NE", "01-02*")}, options={OptionKey(15): ("all.example",)})
    server.filters["02-00-00-*"] = Filter("02-00-00-*", "Allow", "Büro")
    server.allow_list, server.deny_list = True, True


def xml(content: bytes) -> ET.Element:
    root = ET.fromstring(content)  # noqa: S314 - our own file
    assert root.tag == f"{{{NAMESPACE}}}DHCPServer"
    for element in root.iter():
        element.tag = element.tag.partition("}")[2]
    return root


def scopes_in(content: bytes) -> list[str | None]:
    return [element.findtext("ScopeId") for element in xml(content).iterfind("IPv4/Scopes/Scope")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16"])
@pytest.mark.parametrize(("topology", "target"), [(company, "DHCP02"), (awkward, "BERLIN")])
def test_a_whole_server_comes_out_as_it_went_in(topology: Any, target: str, encoding: str) -> None:
    lab = topology(export_encoding=encoding)
    lab.servers[target] = emptied(lab.servers[target])
    change_the_level(lab.servers["DHCP01"])
    outcome = import_(lab, exported(lab, Leases=True), target, Leases=True)
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
        "NapProfile",
        "Delay",
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
    assert [root.findtext("MajorVersion"), root.findtext("MinorVersion")] == ["6", "2"]
    ipv4 = root.find("IPv4")
    assert ipv4 is not None
    assert [element.tag for element in ipv4][4:] == ["Classes", "OptionDefinitions", "OptionValues", "Policies", "Filters", "Scopes"]
    data = {element.findtext("Name"): element.findtext("Data") for element in ipv4.iterfind("Classes/Class")}
    assert data["PXEClient"] == "0x505845436c69656e74"
    assert data["Default BOOTP Class"] == "0x424f4f54502e4d6963726f736f6674"
    (policy,) = ipv4.iterfind("Scopes/Scope/Policies/Policy")
    assert [element.text for element in policy.iterfind("UserClass")] == ["EQ", "Kiosk"]
    assert policy.findtext("Condition") == "AND"
    values = {element.findtext("OptionId"): element.findtext("Value") for element in policy.iterfind("OptionValues/OptionValue")}
    assert values == {"51": "7200", "6": "9.9.9.9"}
    guests = next(element for element in ipv4.iterfind("Scopes/Scope") if element.findtext("ScopeId") == str(GUESTS))
    assert {element.findtext("OptionId"): element.findtext("Value") for element in guests.iterfind("OptionValues/OptionValue")}["81"] == "4"


def test_leases_only_when_asked_for_on_both_ways() -> None:
    lab = company()
    without, with_leases = exported(lab, ScopeId=(CLIENTS,)), exported(lab, ScopeId=(CLIENTS,), Leases=True)
    assert list(xml(without).iter("Lease")) == []
    assert len(list(xml(with_leases).iter("Lease"))) == 120
    import_(lab, with_leases)
    assert lab.servers["DHCP02"].scopes[CLIENTS].leases == {}
    import_(lab, with_leases, Leases=True, ScopeOverwrite=True)
    assert lab.servers["DHCP02"].scopes[CLIENTS].leases == lab.servers["DHCP01"].scopes[CLIENTS].leases


@pytest.mark.parametrize(("stops", "written"), [(False, [str(PHONES)]), (True, None)])
def test_an_unknown_scope_is_reported(stops: bool, written: list[str] | None) -> None:
    outcome = export(company(export_unknown_scope_stops=stops), ScopeId=(A("10.99.0.0"), PHONES))
    assert ids(outcome) == ["DHCP 20005"]
    assert (scopes_in(outcome.files[FILE]) if outcome.files else None) == written


def test_an_existing_file_is_kept_without_force() -> None:
    lab, session = company(), Session("DHCP01", "administrator")
    outcome = lab.invoke(session, "Export-DhcpServer", {"File": FILE}, {FILE: b"old"})
    assert (ids(outcome), dict(outcome.files)) == (["WIN32 80"], {})
    assert lab.invoke(session, "Export-DhcpServer", {"File": FILE, "Force": True}, {FILE: b"old"}).files[FILE] != b"old"


def test_another_server_is_exported_to_a_file_here_and_needs_the_hop() -> None:
    lab = company()
    assert scopes_in(exported(lab, "DHCP02", ComputerName="dhcp01.contoso.example", ScopeId=(PHONES,))) == [str(PHONES)]
    outcome = export(lab, "DHCP02", ComputerName="dhcp01.contoso.example", user="nohop")
    assert (ids(outcome), dict(outcome.files)) == (["WIN32 5"], {})


def test_a_prefix_alone_names_no_scope_of_ipv4() -> None:
    assert scopes_in(exported(company(), Prefix=(A("1.2.3.4"),))) == []


def test_a_character_that_xml_has_not() -> None:
    lab = company()
    lab.servers["DHCP01"].scopes[PHONES].description = "bell \a"
    assert ids(export(lab)) == ["WIN32 87"]


# --- import ------------------------------------------------------------------------------------------------------------


def test_a_scope_that_exists_is_left_alone_with_a_warning_or_replaced() -> None:
    lab = company()
    content = exported(lab, Leases=True)
    lab.servers["DHCP02"].scopes[PHONES] = replace(lab.servers["DHCP01"].scopes[PHONES], name="mine", leases={})
    outcome = import_(lab, content, ScopeId=(PHONES, PRINTERS))
    assert (outcome.errors, len(outcome.warnings)) == ((), 1)
    assert str(PHONES) in outcome.warnings[0]
    assert (lab.servers["DHCP02"].scopes[PHONES].name, set(lab.servers["DHCP02"].scopes)) == ("mine", {PHONES, PRINTERS})
    assert import_(lab, content, ScopeId=(PHONES,), ScopeOverwrite=True).warnings == ()
    assert lab.servers["DHCP02"].scopes[PHONES].name == "Berlin phones"


@pytest.mark.parametrize("keeps", [True, False])
def test_overwriting_and_dns(keeps: bool) -> None:
    lab = company(import_overwrite_keeps_dns=keeps)
    import_(lab, exported(lab), "DHCP01", ScopeId=(CLIENTS,), ScopeOverwrite=True)
    assert (lab.lost_dns == []) is keeps


def test_a_scope_in_failover_is_not_overwritten() -> None:
    lab = company()
    content = exported(lab)
    add(lab, CLIENTS)
    assert ids(import_(lab, content, ScopeId=(CLIENTS, PHONES), ScopeOverwrite=True)) == ["DHCP 20113"]
    assert PHONES in lab.servers["DHCP02"].scopes


def test_scope_ids_choose_and_unknown_ones_are_reported() -> None:
    lab = company()
    outcome = import_(lab, exported(lab), ScopeId=(A("10.99.0.0"), PHONES))
    assert (ids(outcome), list(lab.servers["DHCP02"].scopes)) == (["DHCP 20005"], [PHONES])


def test_the_server_level_comes_along_with_a_scope() -> None:
    lab = company()
    lab.servers["DHCP01"].option_values[OptionKey(15)] = ("other.example",)
    import_(lab, exported(lab, ScopeId=(PHONES,)), ScopeId=(PHONES,))
    assert lab.servers["DHCP02"].option_values[OptionKey(15)] == ("other.example",)


def test_the_server_level_alone() -> None:
    lab = company()
    import_(lab, exported(lab), ServerConfigOnly=True)
    assert lab.servers["DHCP02"].scopes == {}
    assert lab.servers["DHCP02"].filters == lab.servers["DHCP01"].filters


@pytest.mark.parametrize(("answer", "left"), [("merge", {"Kiosk", "Own"}), ("replace", {"Kiosk"})])
def test_classes_that_are_not_in_the_file(answer: str, left: set[str]) -> None:
    lab = company(import_server_level=answer)
    mine = lab.servers["DHCP02"].classes
    mine["Own"] = replace(mine["Kiosk"], name="Own", data="own")
    import_(lab, exported(lab))
    assert set(lab.servers["DHCP02"].classes) & {"Kiosk", "Own"} == left


@pytest.mark.parametrize(("honours", "state"), [(True, "InActive"), (False, "Active")])
def test_a_state_that_was_edited(honours: bool, state: str) -> None:
    lab = company(import_honours_state=honours)
    content = exported(lab, ScopeId=(PHONES,)).replace(b"<State>Active</State>", b"<State>Inactive</State>")
    assert ids(import_(lab, content)) == []
    assert lab.servers["DHCP02"].scopes[PHONES].state == state


@pytest.mark.parametrize("answer", ["scope_without_it", "no_scope"])
def test_a_class_that_is_nowhere(answer: str) -> None:
    lab = company(import_lacking_class=answer)
    lab.servers["DHCP02"] = emptied(lab.servers["DHCP02"])
    root = xml(exported(lab, ScopeId=(MUNICH, PHONES)))
    ipv4 = root.find("IPv4")
    assert ipv4 is not None
    for name in ("Classes", "OptionDefinitions", "OptionValues", "Filters"):
        ipv4.remove(ipv4.find(name))  # type: ignore[arg-type]
    outcome = import_(lab, ET.tostring(root))
    assert sorted(ids(outcome)) == ["DHCP 20044", "DHCP 20044"]
    assert set(lab.servers["DHCP02"].scopes) == ({MUNICH, PHONES} if answer == "scope_without_it" else set())


def test_a_definition_that_is_nowhere() -> None:
    lab = awkward()
    content = exported(lab, ScopeId=(A("10.1.6.0"),)).replace(b"OptionDefinition>", b"Other>")
    assert ids(import_(lab, content, "BERLIN")) == ["DHCP 20010"]


def test_a_scope_that_overlaps_another() -> None:
    lab = awkward()
    outcome = import_(lab, exported(lab, ScopeId=(A("10.1.4.0"), A("10.1.1.0"))))
    assert ids(outcome) == ["DHCP 20023"]
    assert A("10.1.1.0") in lab.servers["DHCP02"].scopes


BOMB = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><DHCPServer><IPv4>&b;</IPv4></DHCPServer>'


@pytest.mark.parametrize(
    ("content", "error_id", "words"),
    [
        (None, "WIN32 2", "does not exist"),
        (b"no xml", "WIN32 13", "no XML"),
        (b"", "WIN32 13", "no XML"),
        (b'<?xml version="1.0" encoding="klingon"?><DHCPServer/>', "WIN32 13", "no XML"),
        (BOMB, "WIN32 13", "entities are refused"),
        (b"<Other/>", "WIN32 13", "Other"),
        (b"<DHCPServer><IPv4><Scopes><Scope/></Scopes></IPv4></DHCPServer>", "WIN32 13", ""),
    ],
)
def test_a_file_that_is_no_export(content: bytes | None, error_id: str, words: str) -> None:
    lab = company()
    before = deepcopy(lab.servers["DHCP02"])
    outcome = import_(lab, content)
    assert ids(outcome) == [error_id]
    assert words in outcome.errors[0].message
    assert lab.servers["DHCP02"] == before


def test_wrong_words_and_numbers_are_named() -> None:
    content = exported(company(), ScopeId=(PHONES,))
    for old, new, words in (
        (b"<State>Active<", b"<State>Sleepy<", "State is 'Sleepy'"),
        (b"<NapEnable>false<", b"<NapEnable>no<", "NapEnable is 'no'"),
        (b"<Delay>0<", b"<Delay>x<", "'x'"),
        (b"<StartRange>10.10.20.10<", b"<StartRange>10.10<", "'10.10'"),
    ):
        assert old in content
        with pytest.raises(BadFile, match=words):
            read(content.replace(old, new))


def test_an_import_may_ask_for_confirmation() -> None:
    lab = company(prompt_without_force="error")
    assert ids(import_(lab, exported(lab, Force=True), Force=False)) == ["LAB NonInteractive"]


def test_what_windows_also_writes_is_read() -> None:
    """An unknown element, IPv6, no namespace, the real texts of built-in classes, an expiry time with a zone."""
    scope = """<Scope><ScopeId>10.5.0.0</ScopeId><Name>n</Name><SubnetMask>255.255.255.0</SubnetMask><New>1</New>
        <StartRange>10.5.0.1</StartRange><EndRange>10.5.0.9</EndRange><LeaseDuration>8.00:00:00</LeaseDuration><State>Active</State>
        <Type>Dhcp</Type><NapEnable>false</NapEnable><ActivatePolicies>true</ActivatePolicies><Leases><Lease><IPAddress>10.5.0.2</IPAddress>
        <ClientId>aa</ClientId><LeaseExpiryTime>2026-03-08T09:00:00.1234567+01:00</LeaseExpiryTime></Lease></Leases></Scope>"""
    about = "<Name>Microsoft Options</Name><Type>Vendor</Type><Data>0x4d534654</Data><Description>other</Description>"
    classes = f"<Classes><Class>{about}</Class></Classes>"
    content = read(f"<DHCPServer><IPv6/><IPv4>{classes}<Scopes>{scope}</Scopes></IPv4></DHCPServer>".encode())
    assert content.server_level == {"classes": {}}
    (lease,) = content.scopes[A("10.5.0.0")].leases.values()
    assert lease.expires is not None
    assert lease.expires.isoformat() == "2026-03-08T08:00:00.123456+00:00"
