# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Import-DhcpServer: what of a file becomes configuration, and what it says of the rest."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from copy import deepcopy
from dataclasses import replace

import pytest
from core_calls import CLIENTS, MUNICH, PHONES, PRINTERS, A, add, awkward, company, ids
from export_calls import LEVEL, change_the_level, emptied, exported, import_, xml
from lab.core.export_file import BadFile, read
from lab.core.server import DhcpClass, Lease, OptionKey, Policy


def test_a_scope_that_exists_is_left_alone_with_a_warning_or_replaced() -> None:
    lab = company()
    content = exported(lab, Leases=True)
    lab.servers["DHCP02"].scopes[PHONES] = replace(lab.servers["DHCP01"].scopes[PHONES], name="mine", leases={})
    outcome = import_(lab, content, ScopeId=(PHONES, PRINTERS))
    assert (outcome.errors, len(outcome.warnings)) == ((), 1)
    assert str(PHONES) in outcome.warnings[0]
    assert (lab.servers["DHCP02"].scopes[PHONES].name, set(lab.servers["DHCP02"].scopes)) == (
        "mine",
        {PHONES, PRINTERS},
    )
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
        assert [(one.id, one.swallowed_of) for one in outcome.errors] == [
            ("DHCP 20014", "Add-DhcpServerv4Lease")
        ] * shows
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
