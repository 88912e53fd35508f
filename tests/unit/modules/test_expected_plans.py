# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan that somebody has agreed to is carried out as a whole, and no other one: also where a server changes between
the last look and the write, and once a part of it is written."""

from __future__ import annotations

from typing import Any

import pytest
from interrupted import a_person, meanwhile, notes, states
from pairs import ONE, TWO, Pair, pair

WHOLE = "dhcp_failover"
THIRD = "dhcp03.contoso.example"
HQ: dict[str, Any] = {"name": "HQ", "load_balance_percent": 60, "max_client_lead_time": "2:00:00"}
FAR: dict[str, Any] = {"name": "Far", "partner_server": THIRD, "scopes": ["10.0.3.0"]}
KEEP = {"keep_scopes_on": "this_server", "other_copy": "delete", "purge_scopes": True, "max_removals_percent": 100}
SINCE = "expected_plan (failover_plan_file of the playbooks): what would be done is not what was agreed to: "


def agreed(servers: Pair, *entries: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Options of a task that carries out what a check run says now."""
    asked = {"relationships": list(entries), "wait_timeout": 60, **options}
    said = servers.run(WHOLE, check_mode=True, **asked)
    assert not said.get("failed"), said
    return {**asked, "expected_plan": {"plan": said["plan"], "removals": said["removals"]}}


def test_what_was_agreed_to_is_done_and_done_again_it_is_nothing() -> None:
    servers = pair()
    asked = agreed(servers, HQ, FAR)
    assert servers.reached(WHOLE, **asked)["plan"] == asked["expected_plan"]["plan"]


def test_another_plan_is_refused_with_what_is_new_and_what_is_gone() -> None:
    servers = pair()
    asked = agreed(servers, HQ)
    a_person(servers)
    said = servers.refused(WHOLE, **asked)
    change = (
        "DHCP01: modify relationship 'HQ': load_balance_percent {} -> 60, max_client_lead_time 01:00:00 -> 02:00:00"
    )
    assert said == (
        f"{SINCE}new: {change.format(70)}; gone: {change.format(50)}. Make a new plan. Nothing was changed."
    )


@pytest.mark.parametrize("number", [1, 2], ids=["before the last read", "between the last read and the write"])
def test_a_plan_that_is_made_anew_is_compared_too(number: int) -> None:
    servers = pair()
    asked = agreed(servers, HQ, FAR)
    meanwhile(servers, {number: a_person})
    with servers.unchanged():
        result = servers.run(WHOLE, **asked)
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].startswith(f"{SINCE}new: DHCP01: modify relationship 'HQ': load_balance_percent 70 -> 60")


def test_one_that_is_made_anew_and_says_the_same_is_carried_out() -> None:
    servers = pair()
    asked = agreed(servers, {**HQ, "load_balance_percent": 50})

    def of_no_matter(servers: Pair) -> None:
        servers.server("DHCP01").relationships["HQ"].percentage = 70
        servers.server("DHCP02").relationships["HQ"].percentage = 30

    del asked["relationships"][0]["load_balance_percent"]
    meanwhile(servers, {1: of_no_matter})
    result = servers.ok(WHOLE, **asked)
    assert result["changed"]
    assert result["remote_calls"] > 2, "it was planned twice"


def test_a_copy_that_has_more_to_lose_is_another_plan() -> None:
    servers = pair()
    asked = agreed(servers, {"name": "HQ", "scopes": ["10.0.1.0"]}, **KEEP, allow_content_loss=True)
    servers.server("DHCP02").scopes[TWO].name = "Renamed there"
    said = servers.refused(WHOLE, **asked)
    assert "new: 10.0.2.0 is kept on DHCP01, and deleted on dhcp02.contoso.example, with its leases; the copies" in said
    assert "differ: name: Renamed there on dhcp02.contoso.example, Clients on DHCP01." in said
    now = agreed(servers, {"name": "HQ", "scopes": ["10.0.1.0"]}, **KEEP, allow_content_loss=True)
    servers.server("DHCP02").scopes[TWO].name = servers.server("DHCP01").scopes[TWO].name
    assert servers.ok(WHOLE, **now)["changed"], "one that has less to lose is none"


@pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])
def test_a_claim_is_undone_where_the_plan_is_another_one_by_then(route: dict[str, str]) -> None:
    servers = pair()
    asked = agreed(servers, {"name": "HQ", "scopes": ["10.0.2.0"]}, **KEEP, **route)
    done: list[bool] = []

    def a_person_has_more(servers: Pair) -> None:
        if states(servers) == ["Active", "InActive"] and not done:
            done.append(True)
            servers.server("DHCP01").scopes[ONE].name = "Renamed here"

    meanwhile(servers, dict.fromkeys(range(30), a_person_has_more))
    result = servers.run(WHOLE, **asked)
    assert done
    assert (result["failed"], result["changed"]) == (True, False)
    assert states(servers) == ["Active", "Active"]
    assert notes(servers) == []


def test_where_one_relationship_is_refused_nothing_of_the_others_is_done() -> None:
    servers = pair()
    asked = agreed(servers, HQ, FAR)
    for server in ("DHCP01", "DHCP02"):
        servers.server(server).relationships["HQ"].state = "CommunicationInterrupted"
    said = servers.refused(WHOLE, **{**asked, "wait_timeout": 0})
    assert "relationship 'HQ'" in said
    assert "Far" not in servers.server("DHCP01").relationships
    rest = servers.run(WHOLE, relationships=[HQ, FAR], wait_timeout=0)
    assert rest["failed"]
    assert "Far" in servers.server("DHCP01").relationships, "without an agreement it is done"


@pytest.mark.parametrize("interferes", [False, True], ids=["as it was left", "changed by a person"])
def test_after_a_write_what_is_left_of_it_goes_on_and_nothing_else_does(interferes: bool) -> None:
    """The second step fails as if somebody else had been faster, so the task plans anew."""
    servers, done = pair(), list[bool]()
    asked = agreed(servers, HQ, FAR)
    servers.lab.fail_next("DHCP01", "Add-DhcpServerv4Failover", "DHCP 20005")

    def a_person_in_between(servers: Pair) -> None:
        if servers.server("DHCP01").relationships["HQ"].percentage == 60 and not done:
            done.append(True)
            servers.server("DHCP01").relationships["HQ"].percentage = 70 if interferes else 60

    meanwhile(servers, dict.fromkeys(range(20), a_person_in_between))
    result = servers.run(WHOLE, **asked)
    assert done
    assert result["changed"]
    assert bool(result.get("failed")) == interferes
    assert ("Far" in servers.server("DHCP01").relationships) is not interferes
    if interferes:
        assert result["msg"].startswith(f"{SINCE}new: DHCP01: modify relationship 'HQ': load_balance_percent 70 -> 60.")
        assert "Written before: relationship 'HQ': load_balance_percent 50 -> 60; " in result["msg"]
