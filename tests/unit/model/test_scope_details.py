# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an entry of create_scopes may say of what is in a scope, and how that compares with a server."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope_details import (
    Exclusion,
    OptionValue,
    Reservation,
    ScopeDetails,
    shown_client,
)

NEW = "10.0.9.0"
WHOLE: dict[str, Any] = {
    "delay": 0,
    "router": ["10.0.9.1"],
    "dns_servers": ["10.10.0.53", "10.10.0.54"],
    "dns_domain": "contoso.example",
    "options": [
        {"id": 42, "value": ["10.10.0.1"]},
        {"id": 43, "value": ["0x01", "0x04"], "vendor_class": "Phones", "user_class": "Desk"},
    ],
    "exclusions": [
        {"start_range": "10.0.9.10", "end_range": "10.0.9.19"},
        {"start_range": "10.0.9.30", "end_range": "10.0.9.30"},
    ],
    "reservations": [
        {"ip": "10.0.9.15", "client_id": "00-15-5d-0a-14-01", "name": "printer", "type": "Both"},
        {"ip": "10.0.9.250", "client_id": "00-15-5d-0a-14-02", "description": ""},
    ],
}


def details(**said: Any) -> ScopeDetails:
    (spec,) = scope_specs.parse([builders.definition(NEW, **said)])
    return spec.details


def problems(**said: Any) -> str:
    with pytest.raises(Refused) as refused:
        details(**said)
    return str(refused.value)


def reserved(*entries: Any) -> list[dict[str, str]]:
    return [{"ip": ip, "client_id": client} for ip, client in entries]


def excluded(*ranges: Any) -> list[dict[str, str]]:
    return [{"start_range": start, "end_range": end} for start, end in ranges]


def test_a_definition_is_its_options() -> None:
    (spec,) = scope_specs.parse([builders.definition(NEW, **WHOLE)])
    assert scope_specs.options(spec) == builders.definition(NEW, **WHOLE)
    assert spec.details.words() == [
        *("router", "DNS servers", "DNS domain", "2 options", "2 exclusions", "2 reservations", "delay 0 ms")
    ]


def test_nothing_said_is_nothing() -> None:
    assert not details()
    assert not details(options=[], exclusions=[], reservations=[])
    assert details(delay=0)


@pytest.mark.parametrize("client", ["00155D0A1401", "00:15:5D:0a:14:01", " 00-15-5d-0A-14-01 ", "0015.5d0a.1401"])
def test_a_client_id_has_one_spelling(client: str) -> None:
    assert shown_client(client) == "00-15-5d-0a-14-01"


def test_a_router_elsewhere_is_said_as_an_option() -> None:
    said = {"options": [{"id": 3, "value": ["192.0.2.1"]}]}
    (spec,) = scope_specs.parse([builders.definition(NEW, **said)])
    assert scope_specs.options(spec) == builders.definition(NEW, **said)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"router": ["10.0.8.1"]}, "router: 10.0.8.1 is no address of a host in the subnet 10.0.9.0/24"),
        ({"router": ["10.0.9.255"]}, "router: 10.0.9.255 is no address of a host in the subnet"),
        ({"router": ["gateway"]}, "router: 'gateway' is no IPv4 address"),
        ({"router": []}, "router: is empty"),
        ({"dns_servers": ["10.0.9"]}, "dns_servers: '10.0.9' is no IPv4 address"),
        ({"dns_domain": " "}, "dns_domain: is empty"),
        ({"options": [{"id": 0, "value": ["x"]}]}, "options: 0 is no option; they go from 1 to 254"),
        ({"options": [{"id": 255, "value": ["x"]}]}, "options: 255 is no option"),
        ({"options": [{"id": 1, "value": ["255.0.0.0"]}]}, "Windows takes the subnet mask from the scope"),
        ({"options": [{"id": 51, "value": ["60"]}]}, "options: 51 is not set as an option: lease_duration says"),
        ({"options": [{"id": 81, "value": ["1"]}]}, "options: 81 is not set as an option: that is the DNS setting"),
        ({"options": [{"id": 54, "value": ["1"]}]}, "options: 54 is not set as an option: a DHCP message says that"),
        ({"options": [{"id": 42, "value": []}]}, "options: 42: value is empty"),
        ({"options": [{"id": 42, "value": [""]}]}, "options: 42: value is empty"),
        (
            {"router": ["10.0.9.1"], "options": [{"id": 3, "value": ["10.0.9.2"]}]},
            "options: 3 is given 2 times (it is router, too); keep one of them",
        ),
        (
            {"options": [{"id": 42, "value": ["1"], "user_class": name} for name in ("Desk", "DESK", "")]},
            "options: 42 is given 2 times; keep one of them",
        ),
        ({"exclusions": excluded(("10.0.9.30", "10.0.9.20"))}, "10.0.9.30 comes after 10.0.9.20"),
        (
            {"exclusions": excluded(("10.0.9.5", "10.0.9.12"))},
            "exclusions: 10.0.9.5 to 10.0.9.12 lies outside the range 10.0.9.10 to 10.0.9.200",
        ),
        (
            {"exclusions": excluded(("10.0.9.20", "10.0.9.29"), ("10.0.9.29", "10.0.9.40"))},
            "exclusions: 10.0.9.29 to 10.0.9.40 overlaps 10.0.9.20 to 10.0.9.29",
        ),
        ({"exclusions": excluded(("x", "10.0.9.12"))}, "exclusions: start_range: 'x' is no IPv4 address"),
        ({"reservations": reserved(("10.0.8.5", "aa"))}, "reservations: 10.0.8.5 is no address of a host in"),
        ({"reservations": reserved(("10.0.9.0", "aa"))}, "reservations: 10.0.9.0 is no address of a host in"),
        ({"reservations": reserved(("10.0.9.5", "printer"))}, "10.0.9.5: client_id 'printer' is none; write its bytes"),
        ({"reservations": reserved(("10.0.9.5", "0"))}, "10.0.9.5: client_id '0' is none"),
        (
            {"reservations": reserved(("10.0.9.5", "aa"), ("10.0.9.5", "bb"))},
            "reservations: 2 have the address 10.0.9.5",
        ),
        (
            {"reservations": reserved(("10.0.9.5", "aabb"), ("10.0.9.6", "AA-BB"))},
            "reservations: 2 have the client_id aa-bb",
        ),
        ({"delay": 1001}, "delay: is 1001; 0 to 1000 milliseconds are possible"),
        ({"delay": -1}, "delay: is -1"),
    ],
)
def test_what_is_refused_without_looking_at_a_server(said: dict[str, Any], message: str) -> None:
    told = problems(**said)
    assert told.startswith("create_scopes: 10.0.9.0: ")
    assert message in told
    assert told.endswith(".")


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = {
        "name": " ",
        "lease_duration": "0",
        "router": ["10.0.8.1"],
        "delay": 5000,
        "reservations": reserved(("10.0.7.5", "x")),
        "options": [{"id": 51, "value": ["1"]}],
    }
    told = problems(**{**WHOLE, **wrong})
    for message in ("name:", "lease_duration:", "router:", "delay:", "10.0.7.5 is no address", "client_id 'x'", "51"):
        assert message in told


def test_what_hangs_on_a_wrong_range_is_not_told_as_well() -> None:
    told = problems(end_range="10.0.8.200", router=["10.0.9.1"], exclusions=excluded(("10.0.9.5", "10.0.9.6")))
    assert told.count("create_scopes") == 1


def test_a_reservation_in_an_exclusion_is_right() -> None:
    """Microsoft KB 196066: reservations can be in excluded ranges, and outside of the range within the subnet."""
    found = details(exclusions=excluded(("10.0.9.10", "10.0.9.19")), reservations=reserved(("10.0.9.15", "aa")))
    assert found.reservations[0].ip == IPv4Address("10.0.9.15")
    assert details(reservations=reserved(("10.0.9.250", "aa"))).reservations


# --- against a server ------------------------------------------------------------------------------------------------

PRINTER = Reservation(IPv4Address("10.0.9.15"), "00-15-5d-0a-14-01", "printer", "", "Both")


@pytest.mark.parametrize(
    ("said", "there", "field", "values"),
    [
        ({"router": ["10.0.9.1"]}, ScopeDetails(), "router", (["10.0.9.1"], None)),
        (
            {"dns_servers": ["10.0.0.1", "10.0.0.2"]},
            ScopeDetails((OptionValue(6, ("10.0.0.2", "10.0.0.1")),)),
            "dns_servers",
            (["10.0.0.1", "10.0.0.2"], ["10.0.0.2", "10.0.0.1"]),
        ),
        (
            {"options": [{"id": 46, "value": ["8"], "user_class": "Desk"}]},
            ScopeDetails((OptionValue(46, ("8",)),)),
            "option 46 (user class Desk)",
            (["8"], None),
        ),
        (
            {"exclusions": excluded(("10.0.9.10", "10.0.9.19"))},
            ScopeDetails(exclusions=(Exclusion(IPv4Address("10.0.9.10"), IPv4Address("10.0.9.20")),)),
            "exclusion 10.0.9.10 to 10.0.9.19",
            ("present", None),
        ),
        (
            {"reservations": reserved(("10.0.9.15", "aa"))},
            ScopeDetails(reservations=(PRINTER,)),
            "reservation 10.0.9.15",
            ({"client_id": "aa"}, {"client_id": "00-15-5d-0a-14-01"}),
        ),
        ({"delay": 5}, ScopeDetails(delay=0), "delay", (5, 0)),
    ],
)
def test_a_difference_is_told(said: dict[str, Any], there: ScopeDetails, field: str, values: tuple[Any, Any]) -> None:
    assert details(**said).differences(there) == [(field, *values)]


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ({}, ScopeDetails((OptionValue(3, ("10.0.9.1",)),), (), (PRINTER,), 7)),
        ({"options": [{"id": 46, "value": ["8"]}]}, ScopeDetails((OptionValue(46, ("0x08",)),))),
        (
            {"options": [{"id": 46, "value": ["8"], "user_class": "Desk"}]},
            ScopeDetails((OptionValue(46, ("0x8",), user_class="DESK"),)),
        ),
        ({"reservations": reserved(("10.0.9.15", "00155D0A1401"))}, ScopeDetails(reservations=(PRINTER,))),
        (
            {"exclusions": excluded(("10.0.9.10", "10.0.9.19"))},
            ScopeDetails(
                exclusions=tuple(
                    Exclusion(IPv4Address(f"10.0.9.{start}"), IPv4Address(f"10.0.9.{start + 9}")) for start in (10, 30)
                )
            ),
        ),
    ],
    ids=["what is not said", "another spelling", "of a class", "a client's spelling", "one more"],
)
def test_what_is_no_difference(said: dict[str, Any], there: ScopeDetails) -> None:
    assert details(**said).differences(there) == []
    assert not details(**said).lacking(there)


def test_what_a_half_made_scope_lacks_is_what_it_can_be_given() -> None:
    whole = details(**WHOLE)
    assert whole.lacking(ScopeDetails()).given(ScopeDetails(delay=0)) == whole
    other = OptionValue(3, ("10.0.9.2",))
    there = ScopeDetails((other, *whole.options[1:]), whole.exclusions[:1], whole.reservations, 7)
    assert whole.lacking(there) == ScopeDetails(whole.options[:1], whole.exclusions[1:])
    assert there.given(whole.lacking(there)).lacking(ScopeDetails()) == ScopeDetails(
        whole.options, whole.exclusions, whole.reservations
    )


def test_what_is_reserved_otherwise_is_left_to_a_person() -> None:
    wanted = details(reservations=reserved(("10.0.9.15", "aa"), ("10.0.9.16", "00155d0a1401"), ("10.0.9.17", "bb")))
    (left,) = wanted.lacking(ScopeDetails(reservations=(PRINTER,))).reservations
    assert str(left.ip) == "10.0.9.17"


@pytest.mark.parametrize(
    ("kind", "values", "wrong"),
    [
        ("IPv4Address", ["10.0.0.1"], None),
        ("IPv4Address", ["10.0.0.1", "10.0.0.2"], "2 values, where it takes one"),
        ("IPv4Address (MultiValued)", ["10.0.0.1", "10.0.0.2"], None),
        ("IPv4Address (MultiValued)", ["10.0.0.1", "ntp"], "'ntp', where the type is IPv4Address: write 10.1.20.1"),
        ("Byte", ["255"], None),
        ("Byte", ["0xff"], None),
        ("Byte", ["256"], "'256', where the type is Byte: write 8 or 0x8"),
        ("Word", ["65536"], "'65536', where the type is Word: write 8 or 0x8"),
        ("DWord", ["0xffffffff"], None),
        ("DWord", ["-1"], "'-1', where the type is DWord: write 8 or 0x8"),
        ("DWordDWord", ["18446744073709551615"], None),
        ("DWord", ["08"], "'08', where the type is DWord: write 8 or 0x8"),
        ("BinaryData", ["0x01", "0xFF"], None),
        ("BinaryData", ["10"], "'10', where the type is BinaryData: write 0x1f, one for each byte"),
        ("EncapsulatedData", ["0x100"], "'0x100', where the type is EncapsulatedData: write 0x1f, one for each byte"),
        ("String", ["anything at all"], None),
        ("SomethingNew", ["anything at all"], None),
    ],
)
def test_a_value_goes_with_its_definition(kind: str, values: list[str], wrong: str | None) -> None:
    assert OptionValue(200, tuple(values)).misfit(kind) == wrong
