# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Exports are read as flat content and compared: every field of the list that "in sync" means, and nothing by
accident."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import comparison
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import export_elements
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_elements import Export, ServerLevel
from lab import topology
from lab.core import metadata
from lab.core.api import Session
from lab.core.lab import Lab
from lab.core.server import DhcpClass, Filter, OptionDefinition, OptionKey, Policy, Reservation, Server
from worlds import content_of

SCOPE = "10.10.30.0"
WITH_POLICY = "10.30.10.0"


def company() -> Lab:
    lab = topology.load(topology.TOPOLOGIES / "company.yml")
    lab.clock = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
    return lab


def call(lab: Lab, cmdlet: str, **parameters: Any) -> Any:
    account = lab.servers["DHCP01"].credentials[0]
    outcome = lab.invoke(Session("DHCP01", account.user), cmdlet, metadata.from_json(cmdlet, parameters))
    assert not outcome.errors, outcome.errors
    return outcome


def exported(lab: Lab, **more: Any) -> export_elements.Export:
    (raw,) = call(lab, "Export-DhcpServer", File="x.xml", Force=True, **more).files.values()
    return export_elements.read(base64.b64encode(gzip.compress(raw)).decode(), "dhcp01")


def difference(before: Lab, after: Lab) -> list[tuple[str, str | None, str | None]]:
    scopes = [IPv4Address(SCOPE), IPv4Address(WITH_POLICY)]
    found = comparison.differences(exported(after), exported(before), scopes)
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
        {"OptionId": 6, "Value": ["1.1.1.1", "9.9.9.9"], "Force": True},
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
    lost = comparison.vanishing(comparison.differences(exported(company()), exported(changed), [IPv4Address(SCOPE)]))
    assert [one.field for one in lost] == ["exclusion 10.10.30.50-10.10.30.55", "option 6", "reservation 10.10.30.40"]


def test_classes_and_definitions_that_the_destination_lacks() -> None:
    poor = company()
    del poor.servers["DHCP01"].classes["Kiosk"]
    kiosks, phones = IPv4Address(WITH_POLICY), IPv4Address("10.10.20.0")
    rich = exported(company())
    assert comparison.lacking(rich, exported(poor), [kiosks]) == ["user class 'Kiosk'"]
    assert comparison.lacking(rich, exported(poor), [phones]) == []
    definitions = {key: kind for key, kind in rich.definitions.items() if key != ("150", "")}
    without = Export(rich.classes, definitions, rich.scopes, rich.uses)
    other_type = Export(rich.classes, {**rich.definitions, ("150", ""): "String"}, rich.scopes, rich.uses)
    assert comparison.lacking(rich, without, [phones]) == ["definition of option 150"]
    one_value = Export(rich.classes, {**rich.definitions, ("150", ""): "IPv4Address"}, rich.scopes, rich.uses)
    needed = "definition of option 150 as IPv4Address (MultiValued)"
    assert comparison.lacking(rich, other_type, [phones]) == [f"{needed} (it has String)"]
    assert comparison.lacking(rich, one_value, [phones]) == [f"{needed} (it has IPv4Address)"]


@pytest.mark.parametrize(
    "name", ["Kio\u200bsk", "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "Fern\xadsprecher", "a\u200eb"]
)
def test_a_class_with_a_character_that_nobody_sees_is_the_one_that_a_cmdlet_tells(name: str) -> None:
    """An export is read with such characters by their codes."""
    servers = company()
    classes = servers.servers["DHCP01"].classes
    classes[name] = replace(classes.pop("Kiosk"), name=name)
    (policy,) = servers.servers["DHCP01"].scopes[IPv4Address(WITH_POLICY)].policies.values()
    policy.criteria["UserClass"] = ("EQ", name)
    rich = exported(servers)
    told = ServerLevel((10, 0), {("User", name): "x"}, rich.definitions)
    assert comparison.lacking(rich, told, [IPv4Address(WITH_POLICY)]) == []
    told = ServerLevel((10, 0), {}, rich.definitions)
    (lacks,) = comparison.lacking(rich, told, [IPv4Address(WITH_POLICY)])
    assert lacks.startswith("user class ")


def scope(inside: str) -> export_elements.Export:
    return export_elements.read(
        packed(
            f"<DHCPServer><IPv4><Scopes><Scope><ScopeId>{SCOPE}</ScopeId>{inside}</Scope></Scopes></IPv4></DHCPServer>"
        ),
        "x",
    )


def fields(one: str, other: str) -> list[str]:
    return [found.field for found in comparison.differences(scope(one), scope(other), [IPv4Address(SCOPE)])]


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


def packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


CLIENTS, PRINTERS = IPv4Address("10.10.10.0"), IPv4Address("10.10.30.0")
NOW = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(seconds=1)


def held(state: str = "Active", expires: datetime | None = LATER, client: str = "aa") -> export_elements.Lease:
    return export_elements.Lease(client, expires, state)


LOST = comparison.LostLease(CLIENTS, "10.10.10.50", "aa", LATER)


def lost(kept: export_elements.Lease | None, going: export_elements.Lease | None) -> list[comparison.LostLease]:
    def side(lease: export_elements.Lease | None) -> Export:
        return Export({}, {}, {}, {}, {CLIENTS: {"10.10.10.50": lease} if lease else {}})

    return list(comparison.lost_leases(side(kept), side(going), [CLIENTS], NOW))


@pytest.mark.parametrize(
    ("kept", "going", "expected"),
    [
        (None, held(), [LOST]),
        (None, held(expires=None), [replace(LOST, expires=None)]),
        (None, held("ActiveReservation"), [LOST]),
        (None, held("SomethingNew"), [LOST]),
        (held(client="bb"), held(), [LOST]),
        (held("Expired"), held(), [LOST]),
        (held(expires=EARLIER), held(), [LOST]),
        (held(), held(), []),
        (held(expires=None), held(), []),
        (held(), None, []),
        (None, held(expires=EARLIER), []),
        (None, held("Expired"), []),
        (None, held("Declined"), []),
        (None, held("Offered"), []),
        (None, held("InactiveReservation", None), []),
    ],
)
def test_a_client_is_lost_when_only_the_copy_that_goes_knows_it(
    kept: export_elements.Lease | None, going: export_elements.Lease | None, expected: list[comparison.LostLease]
) -> None:
    assert lost(kept, going) == expected


@pytest.mark.parametrize("state", ["ActiveReservation", "Active", "SomethingNew"])
@pytest.mark.parametrize(("client", "expected"), [("aa", []), ("bb", [LOST])])
def test_a_client_for_whom_the_keeper_reserves_the_address_is_not_lost(
    client: str, expected: list[comparison.LostLease], state: str
) -> None:
    reserved = content_of(CLIENTS, {"reservation 10.10.10.50": {"client_id": client}})
    for kept in ({}, {"10.10.10.50": held("InactiveReservation", None, client)}):
        keeper = replace(reserved, leases={CLIENTS: kept})
        loser = Export({}, {}, {}, {}, {CLIENTS: {"10.10.10.50": held(state)}})
        assert list(comparison.lost_leases(keeper, loser, [CLIENTS], NOW)) == expected


def test_every_client_of_a_scope_that_the_source_does_not_have_is_lost() -> None:
    lab = company()
    here = exported(lab, Leases=True)
    del lab.servers["DHCP01"].scopes[CLIENTS]
    found = comparison.lost_leases(exported(lab, Leases=True), here, [CLIENTS, PRINTERS], NOW)
    assert [lost_lease.address for lost_lease in found] == sorted(here.leases[CLIENTS], key=IPv4Address)
    assert comparison.lost_leases(here, here, here.scopes, NOW) == []


KEY = OptionKey(225, "Polycom")


LEVEL: list[Callable[[Server], Any]] = [
    lambda s: setattr(s, "conflict_detection_attempts", 2),
    lambda s: setattr(s, "activate_policies", False),
    lambda s: s.classes.update(New=DhcpClass("New", "User", "new")),
    lambda s: s.option_definitions.update({KEY: OptionDefinition("List", "Word", True, ("1", "2"))}),
    lambda s: s.option_values.update({OptionKey(15): ("other.example",)}),
    lambda s: setattr(s, "deny_list", not s.deny_list),
    lambda s: s.filters.update({"02-00-00-*": Filter("02-00-00-*", "Allow")}),
    lambda s: s.policies.update(
        All=Policy("All", criteria={"ClientId": ("EQ", "01-02*")}, options={OptionKey(15): ("a",)})
    ),
]


def test_the_server_level_and_the_leases_are_no_content_of_a_scope() -> None:
    lab = company()
    before = exported(lab, Leases=True)
    for change in LEVEL:
        change(lab.servers["DHCP01"])
    lab.servers["DHCP01"].scopes[CLIENTS].leases.clear()
    assert comparison.differences(before, exported(lab, Leases=True), before.scopes) == []
    lab.servers["DHCP01"].scopes[CLIENTS].reservations[IPv4Address("10.10.10.77")] = Reservation(
        IPv4Address("10.10.10.77"), "aa"
    )
    assert [difference.field for difference in comparison.differences(before, exported(lab), before.scopes)] == [
        "reservation 10.10.10.77"
    ]
