# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_replicate: the destination's scopes become those of the source, where they differ."""

from __future__ import annotations

import copy
from ipaddress import IPv4Address
from typing import Any

import pytest
from lab.core.server import Reservation
from pairs import ONE, TWO, Pair, pair, steps

REPLICATE, PARTNER = "dhcp_failover_replicate", "dhcp02.contoso.example"
RESERVED = IPv4Address("10.0.1.150")
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])


def renamed(*scopes: IPv4Address) -> Pair:
    """HQ with two scopes, of which these have another name on DHCP01 by now."""
    servers = pair(ONE, TWO)
    for scope in scopes:
        servers.server("DHCP01").scopes[scope].name = "Clients, new"
    return servers


def reserved() -> Pair:
    """DHCP02 alone has a reservation."""
    servers = pair(ONE, TWO)
    servers.server("DHCP02").scopes[ONE].reservations[RESERVED] = Reservation(RESERVED, "02-00-00-00-00-01")
    return servers


@ROUTES
@pytest.mark.parametrize(
    ("options", "replicated"),
    [
        ({"all": True}, ["10.0.1.0"]),
        ({"relationship": "HQ"}, ["10.0.1.0"]),
        ({"scopes": ["10.0.1.0", "10.0.2.0"]}, ["10.0.1.0"]),
        ({"scopes": ["10.0.2.0"]}, []),
    ],
    ids=["all", "of a relationship", "named", "one that does not differ"],
)
def test_what_differs_is_replicated(options: dict[str, Any], replicated: list[str], route: dict[str, str]) -> None:
    servers = renamed(ONE)
    result = servers.reached(REPLICATE, wait_timeout=1, **options, **route)
    assert result["replicated"] == replicated
    assert steps(result) == [f"replicate from DHCP01 to {PARTNER}, overwriting there: 10.0.1.0"] * bool(replicated)
    name = "Clients, new" if replicated else "Clients"
    assert (servers.server("DHCP02").scopes[ONE].name, servers.server("DHCP02").scopes[TWO].name) == (name, "Clients")


def test_force_replicates_what_does_not_differ() -> None:
    servers = renamed()
    assert not servers.ok(REPLICATE, all=True)["changed"]
    assert servers.ok(REPLICATE, all=True, force=True, wait_timeout=1)["replicated"] == ["10.0.1.0", "10.0.2.0"]


@ROUTES
def test_from_the_partner(route: dict[str, str]) -> None:
    servers = renamed(ONE)
    result = servers.reached(REPLICATE, all=True, source="partner", wait_timeout=1, **route)
    assert servers.server("DHCP01").scopes[ONE].name == "Clients"
    assert result["differences"] == [
        {
            "scope_id": "10.0.1.0",
            "field": "name",
            "source": "Clients",
            "destination": "Clients, new",
            "source_server": "dhcp02.contoso.example",
            "destination_server": "DHCP01",
        }
    ]


@ROUTES
def test_what_the_destination_has_alone_goes_only_when_told(route: dict[str, str]) -> None:
    servers = reserved()
    message = servers.refused(REPLICATE, all=True, **route)
    assert f"replicating would remove it: 10.0.1.0 reservation {RESERVED} (present)." in message
    assert "allow_overwrite: true" in message
    result = servers.reached(REPLICATE, all=True, allow_overwrite=True, wait_timeout=1, **route)
    assert [copy["scopes"] for copy in result["safety_copies"]] == [["10.0.1.0"]]
    assert servers.server("DHCP02").scopes[ONE].reservations == {}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"relationship": "Lab"}, "relationship: 'Lab' does not exist on DHCP01."),
        ({"scopes": ["10.0.3.0"]}, "scopes: 10.0.3.0 is in no failover relationship of DHCP01, so there is no partner"),
        ({"all": False}, "all: false says nothing; give scopes, a relationship, or all: true."),
    ],
)
def test_it_takes_scopes_that_are_in_failover(options: dict[str, Any], message: str) -> None:
    assert renamed().refused(REPLICATE, **options).startswith(message)


@ROUTES
def test_what_is_put_out_of_service_by_it_is_told_with_its_cure(route: dict[str, str]) -> None:
    """As from a copy that a run which was broken off was to take away."""
    servers = pair(ONE)
    servers.server("DHCP01").scopes[ONE].state = "InActive"
    assert "nobody would serve it after replicating" in servers.refused(REPLICATE, all=True, wait_timeout=1, **route)
    result = servers.ok(REPLICATE, all=True, allow_overwrite=True, wait_timeout=1, **route)
    (told,) = result["warnings"]
    assert told.startswith("10.0.1.0 is out of service on DHCP01, and so on dhcp02.contoso.example after replicating")
    assert told.endswith("or activate it on both servers (Set-DhcpServerv4Scope -State Active)")


def test_where_nothing_is_in_failover_there_is_nothing_to_do() -> None:
    assert Pair().reached(REPLICATE, all=True)["replicated"] == []


@ROUTES
@pytest.mark.parametrize("source", ["this_server", "partner"])
@pytest.mark.parametrize("options", [{"all": True}, {"relationship": "HQ"}])
@pytest.mark.parametrize("left", [[ONE], []], ids=["one of two", "all"])
def test_a_member_that_the_partner_alone_has_is_not_passed_over(
    left: list[Any], options: dict[str, Any], source: str, route: dict[str, str]
) -> None:
    servers = pair(ONE, TWO)
    servers.server("DHCP01").relationships["HQ"].scopes = list(left)
    message = servers.refused(REPLICATE, source=source, **options, **route)
    assert message.startswith(f"scopes: {'10.0.2.0' if left else '10.0.1.0, 10.0.2.0'} is in 'HQ' on ")
    servers.server("DHCP01").scopes[TWO].state = "InActive"
    more = {"replace_partner_copy": "inactive_only", "partner_host": "dhcp01"}
    if left:  # what it says to do
        servers.ok("dhcp_failover_scope", host="dhcp02", relationship="HQ", scopes=["10.0.2.0"], wait_timeout=1, **more)
        servers.ok(REPLICATE, source=source, **options, **route)


@ROUTES
def test_a_relationship_of_the_same_name_with_a_third_server_is_another_one(route: dict[str, str]) -> None:
    """The partner was set up anew meanwhile."""
    servers = renamed(ONE)
    for name, other in (("DHCP02", "DHCP03"), ("DHCP03", "DHCP02")):
        half = copy.deepcopy(servers.server("DHCP02").relationships["HQ"])
        half.peer, half.partner_server = other, f"{other.lower()}.contoso.example"
        half.primary, half.secondary = "DHCP02", "DHCP03"
        servers.server(name).relationships["HQ"] = half
        servers.server(name).scopes = copy.deepcopy(servers.server("DHCP02").scopes)
    allowed = {"allow_state": ["CommunicationInterrupted"], "scopes": ["10.0.1.0"], "wait_timeout": 1}
    message = servers.refused(REPLICATE, **allowed, **route)
    assert " is with dhcp03.contoso.example = 10.10.0.13, and that is not DHCP01: it is another relationship" in message


@pytest.mark.parametrize(
    "what", [{"relationship": "Branch"}, {"scopes": ["10.0.3.0", "10.0.1.0"]}, {"all": True}], ids=str
)
def test_what_this_run_would_create_is_replicated_with_nothing_in_check_mode(what: dict[str, Any]) -> None:
    servers = pair()
    new = {"name": "Branch", "partner_server": PARTNER, "scopes": ["10.0.3.0"], "wait_timeout": 1}
    for check_mode in (True, False):
        made = servers.ok("dhcp_failover_relationship", **new, check_mode=check_mode)
        servers.wire.facts.update(made.get("ansible_facts", {}))
        assert not servers.ok(REPLICATE, **what, check_mode=check_mode, wait_timeout=1)["changed"]


def test_what_nobody_would_create_is_refused_in_check_mode_too() -> None:
    assert "'Branch' does not exist on DHCP01" in pair().refused(REPLICATE, relationship="Branch")
