# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A declared relationship that is not Normal is a warning in every run, whether the run has something to change or
not."""

from __future__ import annotations

from typing import Any

import pytest
from pairs import ONE, RELATIONSHIP, SCOPE, TWO, Pair, pair

PARTNER = "dhcp02.contoso.example"
INFO, REPLICATE = "dhcp_failover_info", "dhcp_failover_replicate"
NOTHING_TO_DO: list[tuple[str, dict[str, Any]]] = [
    (RELATIONSHIP, {"name": "HQ", "partner_server": PARTNER, "scopes": ["10.0.1.0"]}),
    (SCOPE, {"relationship": "HQ", "scopes": ["10.0.1.0"]}),
    (SCOPE, {"relationship": "HQ", "scopes": ["10.0.3.0"], "state": "absent"}),
    (REPLICATE, {"all": True}),
    (INFO, {}),
    (INFO, {"gather": ["drift"]}),
]
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])


def warned(servers: Pair, module: str, **options: Any) -> list[str]:
    result = servers.ok(module, **options)
    assert not result["changed"]
    return list(result.get("warnings", []))


@ROUTES
@pytest.mark.parametrize(("module", "options"), NOTHING_TO_DO)
def test_a_run_without_anything_to_do_warns(module: str, options: dict[str, Any], route: dict[str, str]) -> None:
    servers = pair(ONE)
    assert warned(servers, module, **options, **route) == []
    for name in ("DHCP01", "DHCP02"):
        servers.lab.set_state(name, "HQ", "CommunicationInterrupted")
    (warning,) = warned(servers, module, **options, **route)
    assert warning.startswith("relationship 'HQ' is in state CommunicationInterrupted on DHCP01")
    assert "TCP 647" in warning


def test_the_words_of_both_servers_where_both_were_read() -> None:
    servers = pair(ONE)
    servers.lab.set_state("DHCP02", "HQ", "PotentialConflict")
    named: dict[str, Any] = {"relationship": "HQ", "scopes": ["10.0.1.0"]}
    assert warned(servers, SCOPE, **named) == []  # this server shows Normal, and the partner is not asked
    (warning,) = warned(servers, SCOPE, **named, partner_host="dhcp02")
    assert warning.startswith("relationship 'HQ' is in state Normal on DHCP01, and PotentialConflict on DHCP02: both ")


def test_a_partner_that_lost_its_half() -> None:
    servers = pair(ONE)
    del servers.server("DHCP02").relationships["HQ"]
    servers.lab.set_state("DHCP01", "HQ", "CommunicationInterrupted")
    (warning,) = warned(servers, INFO, gather=["drift"], partner_host="dhcp02")
    assert "DHCP02 does not have it: dhcp_failover_relationship with partner_host makes it anew" in warning
    declared = {"name": "HQ", "partner_server": PARTNER, "scopes": ["10.0.1.0"], "partner_host": "dhcp02"}
    servers.server("DHCP02").scopes.clear()
    assert servers.reached(RELATIONSHIP, wait_timeout=1, **declared)["changed"]
    assert warned(servers, INFO, gather=["drift"], partner_host="dhcp02") == []


def test_a_run_that_changes_something_warns_of_what_there_is_afterwards() -> None:
    servers = Pair()
    servers.lab.switches = servers.lab.switches.with_answer("settle_polls", 50)
    result = servers.ok(
        SCOPE,
        relationship="HQ",
        scopes=["10.0.1.0"],
        create_relationship={"partner_server": PARTNER},
        wait_for_normal=False,
    )
    assert result["changed"]
    (warning,) = result["warnings"]
    assert warning.startswith("relationship 'HQ' is in state Startup on DHCP01")
    assert "on their way to Normal" in warning


def test_a_relationship_that_nobody_declared_is_told_by_info_alone() -> None:
    servers = pair(ONE)
    servers.ok(
        SCOPE, relationship="Lab", scopes=["10.0.2.0"], create_relationship={"partner_server": PARTNER}, wait_timeout=1
    )
    servers.lab.set_state("DHCP01", "HQ", "PotentialConflict")
    assert warned(servers, SCOPE, relationship="Lab", scopes=[str(TWO)]) == []
    assert [words[:17] for words in warned(servers, INFO)] == ["relationship 'HQ'"]
    assert warned(servers, INFO, name="Lab") == []
    servers.lab.set_state("DHCP01", "Lab", "PotentialConflict")
    assert len(warned(servers, INFO)) == 2


def test_what_has_no_name_on_any_page_is_told_all_the_same() -> None:
    servers = pair(ONE)
    servers.server("DHCP01").relationships["HQ"].state = "Daydreaming"
    (warning,) = warned(servers, INFO)
    assert "is in state Daydreaming on DHCP01: what that means is not known" in warning
