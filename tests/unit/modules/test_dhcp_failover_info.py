# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_info: what is on the server and, when it is asked for, how the partner differs and how full the scopes
are."""

from __future__ import annotations

from typing import Any

import pytest
from lab.core.server import DhcpClass, Filter, OptionDefinition, OptionKey, Policy
from pairs import ONE, TWO, Pair, pair

INFO, PARTNER = "dhcp_failover_info", "dhcp02.contoso.example"
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])


def info(servers: Pair, **options: Any) -> dict[str, Any]:
    """It writes nothing and changes nothing."""
    with servers.unchanged():
        result = servers.ok(INFO, **options)
    assert not result["changed"]
    return result


def test_relationships_with_their_settings_and_members() -> None:
    (relationship,) = info(pair(ONE, TWO))["relationships"]
    assert {field: relationship[field] for field in ("name", "partner_server", "mode", "state", "scopes")} == {
        "name": "HQ",
        "partner_server": PARTNER,
        "mode": "load_balance",
        "state": "Normal",
        "scopes": ["10.0.1.0", "10.0.2.0"],
    }


def test_scopes_in_no_relationship() -> None:
    result = info(pair(ONE))
    assert [scope["scope_id"] for scope in result["unprotected_scopes"]] == ["10.0.2.0", "10.0.3.0"]


@pytest.mark.parametrize(("name", "shown"), [("HQ", ["HQ"]), ("Lab", [])])
def test_one_relationship_by_its_name(name: str, shown: list[str]) -> None:
    assert [relationship["name"] for relationship in info(pair(ONE), name=name)["relationships"]] == shown


def test_what_is_there_as_the_data_of_the_role() -> None:
    (entry,) = info(pair(ONE))["config"]["failover_relationships"]
    assert (entry["name"], entry["primary"], entry["partner"], entry["scopes"]) == (
        "HQ",
        "dhcp01",
        PARTNER,
        ["10.0.1.0"],
    )


def test_a_partner_that_was_reached_over_its_own_connection_is_named_as_it_calls_itself() -> None:
    servers = pair(ONE, TWO)
    assert info(servers, gather=["drift"], partner_host="dhcp02")["partners_reached"] == [
        {"host": "dhcp02", "name": PARTNER}
    ]
    for without in ({"gather": ["drift"]}, {"partner_host": "auto"}):
        assert "partners_reached" not in info(servers, **without)


@ROUTES
def test_drift_names_what_the_two_servers_do_not_have_in_common(route: dict[str, str]) -> None:
    servers = pair(ONE, TWO)
    (before,) = info(servers, gather=["drift"], **route)["relationships"]
    assert (before["drift"]["in_sync"], before["drift"]["differences"]) == (True, [])
    servers.server("DHCP02").scopes[ONE].name = "Visitors"
    servers.server("DHCP02").relationships["HQ"].scopes.remove(TWO)
    (relationship,) = info(servers, gather=["drift"], **route)["relationships"]
    assert relationship["drift"] == {
        "partner_state": "Normal",
        "in_sync": False,
        "scopes_only_here": ["10.0.2.0"],
        "scopes_only_at_partner": [],
        "differences": [{"scope_id": "10.0.1.0", "field": "name", "this_server": "Clients", "partner": "Visitors"}],
        "server_differences": [],
        "problem": None,
    }


@ROUTES
def test_what_the_servers_have_otherwise_for_all_scopes_is_told_and_is_no_drift(route: dict[str, str]) -> None:
    servers = pair(ONE)
    here, there = servers.server("DHCP01"), servers.server("DHCP02")
    here.option_values[OptionKey(6)], there.option_values[OptionKey(6)] = ("10.0.0.1",), ("10.0.0.2",)
    here.conflict_detection_attempts = 2
    here.allow_list, here.filters["phone"] = True, Filter("AA-BB-CC-00-00-01", "Allow")
    there.classes["Phones"] = DhcpClass("Phones", "User", "phones")
    there.option_definitions[OptionKey(224)] = OptionDefinition("Site", "String")
    there.policies["PXE"] = Policy("PXE", criteria={"MacAddress": ("EQ", "AA*")})
    (relationship,) = info(servers, gather=["drift"], **route)["relationships"]
    drift = relationship["drift"]
    assert drift["in_sync"]
    assert [(each["field"], each["this_server"], each["partner"]) for each in drift["server_differences"]] == [
        ("conflict_detection_attempts", "2", "0"),
        ("filter allow aa-bb-cc-00-00-01", "present", None),
        ("filter list allow", "true", "false"),
        ("option 6", "10.0.0.1", "10.0.0.2"),
        ("policy PXE", None, "present"),
        ("user class 'Phones'", None, "0x70686f6e6573"),
        ("definition of option 224", None, "String"),
    ]


@ROUTES
def test_a_partner_that_cannot_be_read_is_a_finding_and_no_failure(route: dict[str, str]) -> None:
    servers = pair(ONE)
    servers.server("DHCP02").reachable = False
    (relationship,) = info(servers, gather=["drift"], **route)["relationships"]
    assert relationship["drift"]["in_sync"] is None
    assert relationship["drift"]["problem"]


def test_health_says_how_full_each_scope_is() -> None:
    (relationship,) = info(pair(ONE), gather=["health"])["relationships"]
    (scope,) = relationship["health"]["scopes"]
    assert relationship["health"]["healthy"] is None, "nobody looked at the partner"
    assert (scope["scope_id"], scope["in_use"], scope["free"]) == ("10.0.1.0", 4, 86)


def test_a_server_without_failover() -> None:
    result = info(Pair())
    assert (result["server"], result["relationships"], result["config"]) == (
        "DHCP01",
        [],
        {"failover_relationships": []},
    )
