# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Exports are read as flat content and compared: every field of the list that "in sync" means, and nothing by
accident."""

from __future__ import annotations

import base64
import gzip
from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import content
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import export
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import UnexpectedReply
from lab import topology
from lab.core import metadata
from lab.core.api import Session
from lab.core.lab import Lab

SCOPE = "10.10.30.0"
WITH_POLICY = "10.30.10.0"


def company() -> Lab:
    return topology.load(topology.TOPOLOGIES / "company.yml")


def call(lab: Lab, cmdlet: str, **parameters: Any) -> Any:
    account = lab.servers["DHCP01"].credentials[0]
    outcome = lab.invoke(Session("DHCP01", account.user), cmdlet, metadata.from_json(cmdlet, parameters))
    assert not outcome.errors, outcome.errors
    return outcome


def exported(lab: Lab) -> export.Export:
    (raw,) = call(lab, "Export-DhcpServer", File="x.xml", Force=True).files.values()
    return export.read(base64.b64encode(gzip.compress(raw)).decode(), "dhcp01")


def difference(before: Lab, after: Lab) -> list[tuple[str, str | None, str | None]]:
    scopes = [IPv4Address(SCOPE), IPv4Address(WITH_POLICY)]
    found = content.differences(exported(after), exported(before), scopes)
    return [(one.field, one.destination, one.source) for one in found]


def test_a_server_equals_itself() -> None:
    assert difference(company(), company()) == []


CHANGES: list[tuple[str, dict[str, Any], list[Any]]] = [
    ("Set-DhcpServerv4Scope", {"Name": "New"}, [("name", "Berlin printers", "New")]),
    ("Set-DhcpServerv4Scope", {"Description": "Other"}, [("description", "Printers have reservations", "Other")]),
    ("Set-DhcpServerv4Scope", {"State": "InActive"}, [("state", "Active", "InActive")]),
    ("Set-DhcpServerv4Scope", {"Delay": 100}, [("delay", "0", "100")]),
    ("Set-DhcpServerv4Scope", {"ActivatePolicies": False}, [("activate_policies", "true", "false")]),
    ("Set-DhcpServerv4Scope", {"MaxBootpClients": 5}, [("max_bootp_clients", "4294967295", "5")]),
    (
        "Set-DhcpServerv4Scope",
        {"LeaseDuration": "1.00:00:00"},
        [("lease_duration", "30.00:00:00", "1.00:00:00"), ("option 51", "2592000", "86400")],
    ),
    (
        "Add-DhcpServerv4ExclusionRange",
        {"StartRange": "10.10.30.50", "EndRange": "10.10.30.55"},
        [("exclusion 10.10.30.50-10.10.30.55", None, "present")],
    ),
    (
        "Set-DhcpServerv4OptionValue",
        {"OptionId": 6, "Value": ["1.1.1.1", "9.9.9.9"]},
        [("option 6", None, "1.1.1.1, 9.9.9.9")],
    ),
    (
        "Set-DhcpServerv4OptionValue",
        {"OptionId": 3, "Value": ["10.10.30.2"]},
        [("option 3", "10.10.30.1", "10.10.30.2")],
    ),
    ("Remove-DhcpServerv4OptionValue", {"OptionId": [3]}, [("option 3", "10.10.30.1", None)]),
    (
        "Add-DhcpServerv4Reservation",
        {"IPAddress": "10.10.30.40", "ClientId": "AA-BB-CC-DD-EE-FF", "Name": "new"},
        [("reservation 10.10.30.40", None, "present")],
    ),
    (
        "Remove-DhcpServerv4Reservation",
        {"ClientId": ["00-1e-8f-11-00-01"]},
        [("reservation 10.10.30.11", "present", None)],
    ),
]


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "expected"), CHANGES, ids=[f"{c} {next(iter(p))}" for c, p, _e in CHANGES]
)
def test_each_change_is_one_difference(cmdlet: str, parameters: dict[str, Any], expected: list[Any]) -> None:
    changed = company()
    call(changed, cmdlet, ScopeId=SCOPE, **parameters)
    assert difference(company(), changed) == expected


def test_a_reservation_s_fields_and_options() -> None:
    changed = company()
    call(changed, "Set-DhcpServerv4Reservation", IPAddress="10.10.30.12", Name="other", ClientId="00-1e-8f-11-00-99")
    call(changed, "Set-DhcpServerv4OptionValue", ReservedIP="10.10.30.13", OptionId=3, Value=["10.10.30.9"])
    assert difference(company(), changed) == [
        ("reservation 10.10.30.12 client_id", "001e8f110002", "001e8f110099"),
        ("reservation 10.10.30.12 name", "prn-ber-02", "other"),
        ("reservation 10.10.30.13 option 3", "10.10.30.2", "10.10.30.9"),
    ]


def test_policies() -> None:
    changed = company()
    call(changed, "Remove-DhcpServerv4Policy", ScopeId=WITH_POLICY, Name=["Kiosks"])
    call(
        changed, "Add-DhcpServerv4Policy", ScopeId=WITH_POLICY, Name="New", Condition="Or", MacAddress=["EQ", "AABBCC*"]
    )
    assert difference(company(), changed) == [("policy Kiosks", "present", None), ("policy New", None, "present")]


def test_what_would_vanish_is_content_and_not_a_field() -> None:
    changed = company()
    for cmdlet, parameters, _expected in CHANGES:
        if cmdlet != "Remove-DhcpServerv4Reservation":
            call(changed, cmdlet, ScopeId=SCOPE, **parameters)
    lost = content.vanishing(content.differences(exported(company()), exported(changed), [IPv4Address(SCOPE)]))
    assert [one.field for one in lost] == ["exclusion 10.10.30.50-10.10.30.55", "option 6", "reservation 10.10.30.40"]


def test_classes_and_definitions_that_the_destination_lacks() -> None:
    poor = company()
    del poor.servers["DHCP01"].classes["Kiosk"]
    kiosks, phones = IPv4Address(WITH_POLICY), IPv4Address("10.10.20.0")
    rich = exported(company())
    assert content.lacking(rich, exported(poor), [kiosks]) == ["user class 'Kiosk'"]
    assert content.lacking(rich, exported(poor), [phones]) == []
    definitions = {key: kind for key, kind in rich.definitions.items() if key != ("150", "")}
    without = export.Export(rich.classes, definitions, rich.scopes, rich.uses)
    other_type = export.Export(rich.classes, {**rich.definitions, ("150", ""): "String"}, rich.scopes, rich.uses)
    assert content.lacking(rich, without, [phones]) == ["definition of option 150"]
    assert content.lacking(rich, other_type, [phones]) == ["definition of option 150 as IPv4Address (it has String)"]


def scope(inside: str) -> export.Export:
    return export.read(
        packed(
            f"<DHCPServer><IPv4><Scopes><Scope><ScopeId>{SCOPE}</ScopeId>{inside}</Scope></Scopes></IPv4></DHCPServer>"
        ),
        "x",
    )


def fields(one: str, other: str) -> list[str]:
    return [found.field for found in content.differences(scope(one), scope(other), [IPv4Address(SCOPE)])]


def option(value: str, vendor_class: str = "") -> str:
    inside = f"<OptionId>67</OptionId><Value>{value}</Value><VendorClass>{vendor_class}</VendorClass>"
    return f"<OptionValues><OptionValue>{inside}</OptionValue></OptionValues>"


def policy(tag: str, *words: str) -> str:
    return f"<Policies><Policy><Name>P</Name>{''.join(f'<{tag}>{word}</{tag}>' for word in words)}</Policy></Policies>"


@pytest.mark.parametrize(
    ("one", "other", "field"),
    [
        (option("boot"), option("boot "), "option 67"),
        (option("a b"), option("a  b"), "option 67"),
        (option("True"), option("true"), "option 67"),
        (option("x", "Ac"), option("x", "Ac "), "option 67 (vendor class Ac)"),
        ("<Name>true</Name>", "<Name>True</Name>", "name"),
        ("<Name>Floor</Name>", "<Name> Floor</Name>", "name"),
        ("<Description />", "<Description> </Description>", "description"),
        (
            policy("VendorClass", "EQ", "a*", "NE", "b*"),
            policy("VendorClass", "EQ", "b*", "NE", "a*"),
            "policy P vendor_class",
        ),
        (
            policy("VendorClass", "EQ", "a*", "b*"),
            policy("VendorClass", "EQ", "a*", "NE", "b*"),
            "policy P vendor_class",
        ),
        (policy("MacAddress", "EQ", "02-00*"), policy("MacAddress", "NE", "02-00*"), "policy P mac_address"),
        (
            "<LeaseDuration>8.00:00:00</LeaseDuration>",
            "<LeaseDuration>49710.06:28:15</LeaseDuration>",
            "lease_duration",
        ),
    ],
)
def test_what_differs_by_little_differs(one: str, other: str, field: str) -> None:
    assert field in fields(one, other)
    assert fields(one, one) == fields(other, other) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<NapEnable>False</NapEnable>", "<NapEnable>false</NapEnable>"),
        (policy("Enabled", "TRUE"), policy("Enabled", "true")),
        (policy("VendorClass", "EQ", "b*", "a*"), policy("VendorClass", "EQ", "a*", "b*")),
        (policy("VendorClass", "NE", "c", "EQ", "b", "a"), policy("VendorClass", "EQ", "a", "b", "NE", "c")),
        (policy("MacAddress", "EQ", "02-00-AA*"), policy("MacAddress", "EQ", "0200aa*")),
        *(
            ("<LeaseDuration>10675199.02:48:05.4775807</LeaseDuration>", f"<LeaseDuration>{text}</LeaseDuration>")
            for text in ("10675199.02:48:05", "10675199.02:48:05.4775800", "49710.06:28:15")
        ),
    ],
)
def test_two_spellings_of_one_thing_are_equal(one: str, other: str) -> None:
    assert fields(one, other) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_every_encoding_is_read(encoding: str) -> None:
    (raw,) = call(company(), "Export-DhcpServer", File="x.xml", Force=True).files.values()
    recoded = gzip.compress(raw.decode("utf-8-sig").encode(encoding))
    assert export.read(base64.b64encode(recoded).decode(), "dhcp01") == exported(company())


def packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


COLOURED = "<Scope><ScopeId>10.0.1.0</ScopeId><Colour>blue</Colour></Scope>"
WHOLE = f"<DHCPServer><IPv4><Scopes>{COLOURED}</Scopes></IPv4></DHCPServer>"


def test_an_unknown_element_is_data_to_compare() -> None:
    found = export.read(packed(WHOLE), "dhcp01")
    assert found.scopes[IPv4Address("10.0.1.0")][("", "colour")] == ("blue",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (packed(WHOLE[:-10]), "is not the XML of a DHCP server"),
        (packed("no XML at all"), "is not the XML of a DHCP server"),
        (packed("<Other/>"), "the root is 'Other'"),
        (packed("<DHCPServer/>"), "no IPv4 part"),
        (packed(WHOLE.replace("10.0.1.0", "nowhere")), "is not the XML of a DHCP server"),
        (packed('<!DOCTYPE a [<!ENTITY b "c">]>' + WHOLE), "has a document type"),
        (packed(WHOLE)[:40], "did not arrive whole"),
        ("%%%", "did not arrive whole"),
        ("", "did not arrive whole"),
    ],
)
def test_what_is_no_whole_export_is_refused_with_the_server_named(text: str, said: str) -> None:
    with pytest.raises(UnexpectedReply, match=f"dhcp01.*{said}"):
        export.read(text, "dhcp01")
