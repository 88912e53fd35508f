# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Export-DhcpServer and Import-DhcpServer: the file, and what comes out of it again."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from core_calls import CLIENTS, GUESTS, MUNICH, PHONES, PRINTERS, A, add, awkward, company, ids, run
from lab.core.api import Outcome, Session
from lab.core.export_file import BadFile, read
from lab.core.exporting import NAMESPACE
from lab.core.lab import Lab
from lab.core.server import DhcpClass, DnsSetting, Filter, Lease, OptionDefinition, OptionKey, Policy, Server

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
    server.classes["Büro"] = DhcpClass("Büro", "Vendor", "buero", "<&>")
    server.classes["Süd"] = DhcpClass("Süd", "User", "sued")
    server.option_definitions[OptionKey(225, "Büro")] = OptionDefinition("List", "Word", True, ("1", "2"), "Two & more")
    server.option_values[OptionKey(225, "Büro", "Süd")] = ("3", "4")
    server.policies["All"] = Policy("All", criteria={"ClientId": ("NE", "01-02*")}, options={OptionKey(15): ("all.example",)})
    server.filters["02-00-00-*"] = Filter("02-00-00-*", "Allow", "Büro")
    server.allow_list, server.deny_list = True, True


def xml(content: bytes) -> ET.Element:
    root = ET.fromstring(content)  # noqa: S314 - our own file
    assert root.tag == f"{{{NAMESPACE}}}DHCPServer"
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def scopes_in(content: bytes) -> list[str | None]:
    return [element.findtext("ScopeId") for element in xml(content).iterfind("IPv4/Scopes/Scope")]


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
    assert [element.tag for element in ipv4][4:] == ["Classes", "OptionDefinitions", "OptionValues", "Filters", "Scopes"]
    data = {element.findtext("Name"): element.findtext("Data") for element in ipv4.iterfind("Classes/Class")}
    assert data["PXEClient"] == "0x505845436c69656e74"
    assert data["Default BOOTP Class"] == "0x424f4f54502e4d6963726f736f6674"
    (policy,) = ipv4.iterfind("Scopes/Scope/Policies/Policy")
    assert [element.text for element in policy.iterfind("UserClass")] == ["EQ", "Kiosk"]
    assert policy.findtext("Condition") == "AND"
    assert [element.tag for element in policy][-1] == "OptionValues"
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
    """C MIG: the mark, the line ends, where a namespace is taken back, and the blank before the end of an empty element."""
    lab = company()
    lab.servers["DHCP01"].os = "6.3.9600"
    content = exported(lab, ScopeId=(PHONES,), Leases=True)
    assert content.startswith(
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>\r\n<DHCPServer xmlns="http://schemas.microsoft.com/windows/DHCPServer">\r\n'
        b'  <MajorVersion xmlns="">6</MajorVersion>\r\n  <MinorVersion xmlns="">3</MinorVersion>\r\n  <IPv4 xmlns="">\r\n'
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
    assert [states[str(one)] for one in (used, idle, A("10.10.30.90"))] == ["ActiveReservation", "InactiveReservation", "Offered"]
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


def test_overwriting_takes_dns_records_along_and_without_leases_nothing_but_the_configuration() -> None:
    lab = company()
    leases = dict(lab.servers["DHCP01"].scopes[CLIENTS].leases)
    content = exported(lab, Leases=True)
    lab.servers["DHCP01"].scopes[CLIENTS].options.clear()
    import_(lab, content, "DHCP01", ScopeId=(CLIENTS,), ScopeOverwrite=True)
    assert lab.lost_dns == []
    assert lab.servers["DHCP01"].scopes[CLIENTS].leases == leases
    assert lab.servers["DHCP01"].scopes[CLIENTS].options
    import_(lab, content, "DHCP01", ScopeId=(CLIENTS,), ScopeOverwrite=True, Leases=True)
    assert lab.servers["DHCP01"].scopes[CLIENTS].leases == leases
    assert lab.lost_dns


def test_a_scope_in_failover_is_not_removed_by_overwriting() -> None:
    lab = company()
    content = exported(lab, Leases=True)
    add(lab, CLIENTS)
    outcome = import_(lab, content, ScopeId=(CLIENTS, PHONES), ScopeOverwrite=True, Leases=True)
    assert ids(outcome)[:2] == ["DHCP 20113", "DHCP 20052"]
    assert lab.servers["DHCP02"].relationships
    assert PHONES in lab.servers["DHCP02"].scopes


def test_scope_ids_choose_and_unknown_ones_are_reported_in_the_end() -> None:
    lab = company()
    outcome = import_(lab, exported(lab), ScopeId=(A("10.99.0.0"), PHONES))
    assert (ids(outcome), list(lab.servers["DHCP02"].scopes)) == (["ObjectNotFound"], [PHONES])
    assert not outcome.errors[0].terminating


@pytest.mark.parametrize(("answer", "all_of_it"), [("missing_only", False), ("all", True)])
def test_what_comes_along_with_a_scope(answer: str, all_of_it: bool) -> None:
    """C MIG: classes and definitions that are missing, and nothing that is there is changed; or PSDOC's reading."""
    lab = company(import_server_level=answer)
    source, target = lab.servers["DHCP01"], lab.servers["DHCP02"]
    change_the_level(source)
    source.classes["Renamed"] = DhcpClass("Renamed", "User", target.classes["Kiosk"].data)
    source.option_definitions[OptionKey(160)] = replace(source.option_definitions[OptionKey(160)], type="Byte")
    before = deepcopy(target)
    import_(lab, exported(lab, ScopeId=(PHONES,)), ScopeId=(PHONES,))
    assert set(target.classes) - set(before.classes) == {"Büro", "Süd"}
    assert set(target.option_definitions) - set(before.option_definitions) == {OptionKey(225, "Büro")}
    assert target.option_definitions[OptionKey(160)] == before.option_definitions[OptionKey(160)]
    for name in set(LEVEL) - {"classes", "option_definitions"}:
        assert (getattr(target, name) == getattr(before, name)) is not all_of_it, name


def test_the_server_level_alone() -> None:
    lab = company()
    import_(lab, exported(lab), ServerConfigOnly=True)
    assert lab.servers["DHCP02"].scopes == {}
    assert lab.servers["DHCP02"].filters == lab.servers["DHCP01"].filters


def test_a_whole_import_keeps_classes_and_replaces_the_rest() -> None:
    lab = company()
    source, target = lab.servers["DHCP01"], lab.servers["DHCP02"]
    target.classes["Own"] = replace(target.classes["Kiosk"], name="Own", data="own")
    target.option_values[OptionKey(2)] = ("1",)
    target.policies["Own"] = Policy("Own", criteria={"ClientId": ("EQ", "01*")})
    source.policies.clear()
    import_(lab, exported(lab))
    assert "Own" in target.classes
    assert (target.option_values, target.policies) == (source.option_values, {})


def test_a_state_that_was_edited_is_honoured() -> None:
    lab = company()
    content = exported(lab, ScopeId=(PHONES,)).replace(b"<State>Active</State>", b"<State>InActive</State>")
    assert ids(import_(lab, content)) == []
    assert lab.servers["DHCP02"].scopes[PHONES].state == "InActive"


def test_a_class_that_is_nowhere_costs_what_needs_it_and_nothing_else() -> None:
    lab = company()
    lab.servers["DHCP02"] = emptied(lab.servers["DHCP02"])
    root = xml(exported(lab, ScopeId=(MUNICH, PHONES)))
    ipv4 = root.find("IPv4")
    assert ipv4 is not None
    for name in ("Classes", "OptionDefinitions", "OptionValues", "Filters"):
        ipv4.remove(ipv4.find(name))  # type: ignore[arg-type]
    outcome = import_(lab, ET.tostring(root))
    source, target = lab.servers["DHCP01"].scopes, lab.servers["DHCP02"].scopes
    assert set(ids(outcome)) == {"DHCP 20044", "DHCP 20111", "DHCP 20010"}
    assert set(target) == {MUNICH, PHONES}
    assert (target[MUNICH].policies, target[PHONES].options[OptionKey(3)]) == ({}, source[PHONES].options[OptionKey(3)])
    assert OptionKey(150) not in target[PHONES].options
    assert target[MUNICH].exclusions == source[MUNICH].exclusions


def test_reservations_come_first_and_their_leases_are_ignored() -> None:
    """C MIG, 13.15: 20014 is posted by nobody; the caller's -ErrorVariable may have it."""
    for shows in (True, False):
        lab = company(inner_errors_show=shows)
        scope = lab.servers["DHCP01"].scopes[PRINTERS]
        used, *_others = scope.reservations
        scope.leases = {used: Lease(used, scope.reservations[used].client_id)}
        outcome = import_(lab, exported(lab, ScopeId=(PRINTERS,), Leases=True), Leases=True)
        assert [(one.id, one.swallowed_of) for one in outcome.errors] == [("DHCP 20014", "Add-DhcpServerv4Lease")] * shows
        copy = lab.servers["DHCP02"].scopes[PRINTERS]
        assert (copy.reservations, copy.leases) == (scope.reservations, {})
        assert {one.address_state for one in copy.all_leases()} == {"InactiveReservation"}


def test_an_offered_address_is_an_error_and_the_rest_comes() -> None:
    lab = company()
    leases = lab.servers["DHCP01"].scopes[CLIENTS].leases
    first, *others = leases
    leases[first] = replace(leases[first], address_state="Offered")
    outcome = import_(lab, exported(lab, ScopeId=(CLIENTS,), Leases=True), Leases=True)
    assert ids(outcome) == ["ParameterArgumentValidationError"]
    assert list(lab.servers["DHCP02"].scopes[CLIENTS].leases) == others


@pytest.mark.parametrize(
    ("server", "file", "taken"),
    [("6.3.9600", "10.0", False), ("6.2.9200", "6.3", True), ("10.0.14393", "6.2", True), ("6.2.9200", "10.0", False)],
)
def test_a_file_of_a_newer_server_is_refused(server: str, file: str, taken: bool) -> None:
    lab = company()
    lab.servers["DHCP01"].os, lab.servers["DHCP02"].os = f"{file}.1", server
    outcome = import_(lab, exported(lab, ScopeId=(PHONES,)))
    assert (ids(outcome), PHONES in lab.servers["DHCP02"].scopes) == ([] if taken else ["InvalidOperation"], taken)


@pytest.mark.parametrize("shows", [True, False])
def test_a_backup_that_fails_is_no_reason_to_stop(shows: bool) -> None:
    lab = company(inner_errors_show=shows)
    lab.fail_next("DHCP02", "Backup-DhcpServer", "WIN32 5")
    outcome = import_(lab, exported(lab, ScopeId=(PHONES,)))
    assert [(one.id, one.swallowed_of) for one in outcome.errors] == [("WIN32 5", "Backup-DhcpServer")] * shows
    assert (PHONES in lab.servers["DHCP02"].scopes, dict(outcome.files)) == (True, {})
    assert list(import_(lab, exported(lab)).files) == [r"C:\temp\backup\DhcpCfg"]


def test_a_definition_that_is_nowhere() -> None:
    lab = awkward()
    content = exported(lab, ScopeId=(A("10.1.6.0"),)).replace(b"OptionDefinition>", b"Other>")
    assert set(ids(import_(lab, content, "BERLIN"))) == {"DHCP 20010"}


def test_a_scope_that_overlaps_another() -> None:
    lab = awkward()
    outcome = import_(lab, exported(lab, ScopeId=(A("10.1.4.0"), A("10.1.1.0"))))
    assert ids(outcome) == ["DHCP 20023"]
    assert A("10.1.1.0") in lab.servers["DHCP02"].scopes


BOMB = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><DHCPServer><IPv4>&b;</IPv4></DHCPServer>'


@pytest.mark.parametrize(
    ("content", "error_id", "words"),
    [
        (None, "ResourceUnavailable", "does not exist"),
        (b"no xml", "InvalidOperation", "no XML"),
        (b"", "InvalidOperation", "no XML"),
        (b"\xff\xfe\x00", "InvalidOperation", "no XML"),
        (BOMB, "InvalidOperation", "entities are refused"),
        (b"<Other/>", "InvalidOperation", "Other"),
        (b"<DHCPServer><IPv4><Scopes><Scope/></Scopes></IPv4></DHCPServer>", "InvalidOperation", ""),
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
    version = "<MajorVersion>6</MajorVersion><MinorVersion>2</MinorVersion>"
    content = read(f"<DHCPServer>{version}<IPv6/><IPv4>{classes}<Scopes>{scope}</Scopes></IPv4></DHCPServer>".encode())
    assert (content.version, [one.data for one in content.classes]) == ((6, 2), ["MSFT"])
    (lease,) = content.scopes[A("10.5.0.0")].leases.values()
    assert lease.expires is not None
    assert lease.expires.isoformat() == "2026-03-08T08:00:00.123456+00:00"
