# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The advice of what refuses a change, a name, a removal or a write, followed to the letter: see test_advice."""

from __future__ import annotations

import copy
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

import pytest
from advice import FROM_SECOND, HQ, INFO, REPLICATE, ROUTES, SECOND, THIRD, followed, healthy, reserve, told
from lab.core.server import OptionDefinition, OptionKey
from nothing_lost.shown import state
from pairs import ONE, RELATIONSHIP, SCOPE, TWO, Pair, pair

# --- what Windows cannot change in place -----------------------------------------------------------------------------


@ROUTES
def test_a_role_that_is_exchanged(route: dict[str, str]) -> None:
    servers = Pair()
    standby = {"mode": "hot_standby", "server_role": "active"}
    servers.ok(RELATIONSHIP, **HQ, **standby, reserve_percent=20)
    followed(
        servers,
        RELATIONSHIP,
        {**HQ, **route, "mode": "hot_standby", "server_role": "standby", "scopes": []},
        (
            "recreate: when_needed (failover_recreate of the role and the playbooks) does it",
            {"recreate": "when_needed"},
        ),
        ("keep_scopes_on: this_server", {"keep_scopes_on": "this_server"}),
        ("have to go before they can be copied anew: other_copy: delete", {"other_copy": "delete"}),
        ("Add scopes: 10.0.1.0, reserve_percent: 20", {"scopes": ["10.0.1.0"], "reserve_percent": 20}),
    )
    healthy(servers, ONE)
    assert servers.run(INFO)["relationships"][0]["server_role"] == "standby"


def test_another_partner() -> None:
    servers = pair(ONE)
    words = "If both names mean the same server, write one of those it has here"
    told(servers, RELATIONSHIP, words, **{**HQ, "partner_server": THIRD})
    followed(
        servers,
        RELATIONSHIP,
        {**HQ, "partner_server": THIRD},
        (
            "recreate: when_needed (failover_recreate of the role and the playbooks) does it",
            {"recreate": "when_needed"},
        ),
        ("are deleted or disabled: other_copy", {"keep_scopes_on": "this_server", "other_copy": "disable"}),
    )
    healthy(servers, ONE, partner="DHCP03")
    assert state(servers.lab, "DHCP02", ONE) == "inactive"


@pytest.mark.parametrize("module", [RELATIONSHIP, SCOPE])
def test_a_scope_of_another_relationship_moves_or_that_is_renamed(module: str) -> None:
    servers = pair(ONE)
    new = {"create_relationship": {"partner_server": SECOND}} if module == SCOPE else {"partner_server": SECOND}
    name = "relationship" if module == SCOPE else "name"
    wanted = {name: "Lab", "scopes": ["10.0.1.0"], "wait_timeout": 1, **new}
    words = "move: true of dhcp_failover_scope takes it from there", "previous_name of dhcp_failover_relationship"
    told(servers, module, *words, **wanted)
    if module == SCOPE:
        servers.reached(SCOPE, **wanted, move=True)
    else:
        renamed = {**wanted, "previous_name": "HQ"}
        followed(
            servers,
            RELATIONSHIP,
            renamed,
            (
                "recreate: when_needed (failover_recreate of the role and the playbooks) does it",
                {"recreate": "when_needed"},
            ),
            ("other_copy: delete", {"keep_scopes_on": "this_server", "other_copy": "delete"}),
        )
        assert "HQ" not in servers.server("DHCP01").relationships
    healthy(servers, ONE, name="Lab")


def test_options_of_the_other_mode_take_the_mode_along() -> None:
    servers = pair(ONE)
    more = {"reserve_percent": 20}
    told(servers, RELATIONSHIP, "belongs to mode hot_standby", "leave it out or give mode", **HQ, **more)
    assert servers.reached(RELATIONSHIP, **HQ, **more, mode="hot_standby")["changed"]


def test_authentication_that_is_to_be_turned_on_takes_the_secret() -> None:
    servers = pair(ONE)
    followed(
        servers,
        RELATIONSHIP,
        {**HQ, "enable_auth": True},
        ("shared_secret: needed", {"shared_secret": "Winter-2026-Lamp", "partner_host": "dhcp02"}),
    )


# --- names -----------------------------------------------------------------------------------------------------------


def test_a_name_in_other_letters_is_written_as_it_is_there() -> None:
    servers = pair(ONE)
    told(servers, RELATIONSHIP, "write the name as it is there", **{**HQ, "name": "hq"})
    assert not servers.ok(RELATIONSHIP, **HQ)["changed"]


@ROUTES
def test_a_name_that_the_partner_has_with_another_server(route: dict[str, str]) -> None:
    servers = Pair()
    servers.server("DHCP02").scopes[TWO] = copy.deepcopy(servers.server("DHCP01").scopes[TWO])
    other = {"relationship": "HQ", "scopes": ["10.0.2.0"], "create_relationship": {"partner_server": THIRD}}
    servers.ok(SCOPE, host="dhcp02", **other, wait_timeout=1)
    words = "DHCP02 has a relationship 'HQ', and DHCP01 has not" if route else "has a relationship 'HQ', and DHCP01"
    told(servers, RELATIONSHIP, words, "choose another name, or remove it there (state: absent", **HQ, **route)
    servers.reached(RELATIONSHIP, **{**HQ, "name": "Lab"}, **route)
    healthy(servers, ONE, name="Lab")
    gone = {"name": "HQ", "state": "absent", "keep_scopes_on": "this_server", "other_copy": "delete"}
    servers.ok(RELATIONSHIP, host="dhcp02", **gone, wait_timeout=1)
    del servers.server("DHCP02").scopes[TWO]  # by hand: it was made by hand
    servers.reached(RELATIONSHIP, **{**HQ, "scopes": ["10.0.2.0"]}, **route)
    healthy(servers, TWO)


@ROUTES
def test_a_half_that_the_partner_alone_has_is_removed_there(route: dict[str, str]) -> None:
    servers = pair(ONE)
    servers.server("DHCP01").relationships.clear()
    for name in ("DHCP01", "DHCP02"):
        del servers.server(name).scopes[ONE]
    servers.server("DHCP02").relationships["HQ"].scopes.clear()
    wanted = {**HQ, "scopes": ["10.0.2.0"], **route}
    told(
        servers, RELATIONSHIP, "has a relationship 'HQ', and DHCP01 has not", "remove it there (state: absent", **wanted
    )
    servers.ok(RELATIONSHIP, host="dhcp02", name="HQ", state="absent", wait_timeout=1)
    servers.reached(RELATIONSHIP, **wanted)
    healthy(servers, TWO)


# --- scopes that leave -----------------------------------------------------------------------------------------------


@ROUTES
def test_what_has_to_be_said_of_scopes_that_leave(route: dict[str, str]) -> None:
    servers = pair(ONE, TWO)
    options = {"relationship": "HQ", "scopes": ["10.0.1.0"], "state": "absent", "wait_timeout": 1, **route}
    added = {"keep_scopes_on": "this_server", "other_copy": "delete"}
    followed(servers, SCOPE, options, ("keep_scopes_on and other_copy: needed", added))
    assert [state(servers.lab, name, ONE) for name in ("DHCP01", "DHCP02")] == ["standalone", "absent"]


@ROUTES
def test_a_copy_that_has_more_is_kept_or_replicated_first(route: dict[str, str]) -> None:
    for cure in ("keep", "replicate"):
        servers = pair(ONE, TWO)
        reserve(servers, "DHCP02", "10.0.1.52")
        options = {"relationship": "HQ", "scopes": ["10.0.1.0"], "state": "absent", "wait_timeout": 1, **route}
        here, there = ({"keep_scopes_on": who, "other_copy": "delete"} for who in ("this_server", "partner"))
        words = "Keep the scopes on the server that is right, or replicate from it first"
        told(servers, SCOPE, words, "10.0.1.0 reservation 10.0.1.52", **options, **here)
        if cure == "replicate":
            servers.ok(REPLICATE, relationship="HQ", source="partner", wait_timeout=1, **route)
        servers.reached(SCOPE, **options, **(here if cure == "replicate" else there))
        kept = servers.server("DHCP01" if cure == "replicate" else "DHCP02")
        assert [str(address) for address in kept.scopes[ONE].reservations] == ["10.0.1.52"]


@ROUTES
def test_a_partner_that_is_gone_for_good_is_left_behind(route: dict[str, str]) -> None:
    servers = pair(ONE)
    servers.server("DHCP02").reachable = False
    gone: dict[str, Any] = {"name": "HQ", "state": "absent", "wait_timeout": 1, **route}
    added = {"keep_scopes_on": "this_server", "other_copy": "delete"}
    told(
        servers,
        RELATIONSHIP,
        "If the partner is gone for good: orphan: remove_here (failover_orphan: true",
        **gone,
        **added,
    )
    assert "say partner_is_off: true" in servers.run(RELATIONSHIP, **gone, orphan="remove_here").get("msg", "") or route
    servers.reached(RELATIONSHIP, **gone, orphan="remove_here", partner_is_off=True)
    assert state(servers.lab, "DHCP01", ONE) == "standalone"


def test_a_copy_that_serves_is_no_left_over_copy_until_it_is_switched_off() -> None:
    servers = Pair()
    servers.server("DHCP02").scopes[ONE] = copy.deepcopy(servers.server("DHCP01").scopes[ONE])
    module = "dhcp_failover_scope_copy"
    options: dict[str, Any] = {"scopes": ["10.0.1.0"], "partner_host": "dhcp01"}
    assert "deactivate it when the other server serves it" in servers.run(module, host="dhcp02", **options)["msg"]
    servers.server("DHCP02").scopes[ONE].state = "InActive"
    assert servers.ok(module, host="dhcp02", **options)["changed"]
    assert [state(servers.lab, name, ONE) for name in ("DHCP01", "DHCP02")] == ["standalone", "absent"]


def test_a_scope_that_the_keeper_lacks_is_kept_by_the_other() -> None:
    servers = pair(ONE, TWO)
    del servers.server("DHCP02").scopes[ONE]
    options: dict[str, Any] = {"relationship": "HQ", "scopes": ["10.0.1.0"], "state": "absent", "wait_timeout": 1}
    told(servers, SCOPE, "keep them on DHCP01.", **options, keep_scopes_on="partner", other_copy="delete")
    servers.ok(SCOPE, **options, keep_scopes_on="this_server", other_copy="delete")
    assert [state(servers.lab, name, ONE) for name in ("DHCP01", "DHCP02")] == ["standalone", "absent"]


@ROUTES
def test_a_half_that_is_alone_where_the_partner_has_the_scope_ends_here_first(route: dict[str, str]) -> None:
    servers = pair(ONE)
    servers.server("DHCP02").relationships.clear()
    wanted = {**HQ, "partner_host": "dhcp02"}
    words = "exists on DHCP01 alone", "remove the relationship here (state: absent, keep_scopes_on, other_copy) and cre"
    told(servers, RELATIONSHIP, *words, **wanted)
    gone = {"name": "HQ", "state": "absent", "wait_timeout": 1, **route}
    servers.ok(RELATIONSHIP, **gone, keep_scopes_on="this_server", other_copy="delete")
    servers.reached(RELATIONSHIP, **wanted)
    healthy(servers, ONE)


def test_orphan_is_left_out_where_the_partner_answers() -> None:
    servers = pair(ONE)
    gone: dict[str, Any] = {"name": "HQ", "state": "absent", "wait_timeout": 1, "keep_scopes_on": "this_server"}
    told(servers, RELATIONSHIP, "is not gone; leave orphan (failover_orphan of", **gone, orphan="remove_here")
    servers.reached(RELATIONSHIP, **gone, other_copy="delete")
    assert [state(servers.lab, name, ONE) for name in ("DHCP01", "DHCP02")] == ["standalone", "absent"]


# --- what stops a write ----------------------------------------------------------------------------------------------


def test_clocks_that_differ_are_set() -> None:
    servers = Pair()
    servers.server("DHCP02").clock_offset = timedelta(minutes=3)
    told(servers, RELATIONSHIP, "set the time of both (w32tm)", **HQ, partner_host="dhcp02")
    servers.server("DHCP02").clock_offset = timedelta(0)
    servers.reached(RELATIONSHIP, **HQ, partner_host="dhcp02")


@ROUTES
def test_a_state_in_which_nothing_is_written(route: dict[str, str]) -> None:
    servers = pair(ONE)
    servers.lab.cut_link("DHCP01", "DHCP02")
    words = "bring the partner back, or look at the network between them (TCP 647)", "allow_state: [CommunicationInte"
    changed = {**HQ, "max_client_lead_time": "7200", **route}
    told(servers, RELATIONSHIP, *words, **changed)
    servers.lab.mend_link("DHCP01", "DHCP02")
    servers.reached(RELATIONSHIP, **changed)


@ROUTES
def test_a_partner_that_was_declared_down_comes_back_before_anything_is_written(route: dict[str, str]) -> None:
    servers = pair(ONE)
    servers.server("DHCP02").reachable = False
    servers.ok("dhcp_failover_partner_down", name="HQ", partner_is_off=True)
    more: dict[str, Any] = {"relationship": "HQ", "scopes": ["10.0.2.0"], "wait_timeout": 1, **route}
    result = servers.run(SCOPE, **more)
    assert result["failed"]
    servers.server("DHCP02").reachable = True
    assert "bring it back and wait until both show Normal" in servers.run(SCOPE, **more)["msg"]
    for _look in range(30):
        servers.run(INFO)
    servers.reached(SCOPE, **more)
    healthy(servers, ONE, TWO)


@ROUTES
def test_what_the_partner_lacks_is_created_there_or_made_equal(route: dict[str, str]) -> None:
    servers = Pair()
    here, there = servers.server("DHCP01"), servers.server("DHCP02")
    site = OptionKey(224)
    here.option_definitions[site] = OptionDefinition("Site", "String")
    here.scopes[ONE].options[site] = ("Berlin",)
    told(servers, RELATIONSHIP, "definition of option 224", "Create it there first", **HQ, **route)
    there.option_definitions[site] = OptionDefinition("Site", "DWord")
    told(servers, RELATIONSHIP, "as String (it has DWord)", "or make equal what it has otherwise", **HQ, **route)
    there.option_definitions[site] = OptionDefinition("Site", "String")
    servers.reached(RELATIONSHIP, **HQ, **route)
    healthy(servers, ONE)


@ROUTES
def test_a_range_that_overlaps_is_corrected(route: dict[str, str]) -> None:
    servers = Pair()
    other = copy.deepcopy(servers.server("DHCP01").scopes[ONE])
    other.scope_id, other.subnet_mask = IPv4Address("10.0.0.0"), IPv4Address("255.255.0.0")
    other.leases.clear()
    servers.server("DHCP02").scopes[other.scope_id] = other
    told(servers, RELATIONSHIP, "correct one of the two ranges", **HQ, **route)
    other.start_range, other.end_range = IPv4Address("10.0.200.10"), IPv4Address("10.0.200.99")
    servers.reached(RELATIONSHIP, **HQ, **route)


def test_the_32nd_relationship_comes_once_an_empty_one_is_gone() -> None:
    servers = pair(ONE)
    for name in ("DHCP01", "DHCP02"):
        half = servers.server(name).relationships["HQ"]
        for number in range(30):
            empty = copy.deepcopy(half)
            empty.name, empty.scopes = f"R{number:02}", []
            servers.server(name).relationships[empty.name] = empty
    wanted = {**HQ, "name": "Lab", "scopes": ["10.0.2.0"]}
    told(servers, RELATIONSHIP, "remove one that is not needed (empty ones count)", **wanted)
    servers.ok(RELATIONSHIP, name="R07", state="absent", wait_timeout=1)
    servers.reached(RELATIONSHIP, **wanted)


def test_a_scope_task_without_a_relationship_takes_its_definition() -> None:
    followed(
        Pair(),
        SCOPE,
        {"relationship": "HQ", "scopes": ["10.0.1.0"], "wait_timeout": 1},
        ("give create_relationship", {"create_relationship": {"partner_server": SECOND, "enable_auth": True}}),
        (
            "a scope task takes it in create_relationship",
            {"create_relationship": {"partner_server": SECOND, "shared_secret": "Winter-2026-Lamp"}},
        ),
    )


def test_who_keeps_what_is_copied_from_here_is_this_server() -> None:
    servers = pair(ONE)
    options = {**HQ, "partner_server": THIRD, "recreate": "when_needed", "other_copy": "delete"}
    told(servers, RELATIONSHIP, "keep_scopes_on: re-creating copies the scopes", **options, keep_scopes_on="partner")
    servers.reached(RELATIONSHIP, **options, keep_scopes_on="this_server")
    healthy(servers, ONE, partner="DHCP03")


def test_the_host_of_partner_host_is_the_partner() -> None:
    servers = pair(ONE)
    told(servers, SCOPE, "name the right host", relationship="HQ", scopes=["10.0.2.0"], partner_host="dhcp03")
    servers.reached(SCOPE, relationship="HQ", scopes=["10.0.2.0"], partner_host="dhcp02", wait_timeout=1)


@pytest.mark.parametrize("answer", ["all_but_times", "all"])
def test_a_setting_that_did_not_travel_is_set_on_the_partner(answer: str) -> None:
    servers = pair(ONE)
    servers.lab.switches = servers.lab.switches.with_answer("set_propagates_fields", answer)
    wanted = {**HQ, "max_client_lead_time": "7200", "partner_host": "dhcp02"}
    result = servers.run(RELATIONSHIP, **wanted)
    if answer == "all_but_times":
        assert "has to be set by a task on the partner that declares it" in result["msg"]
        assert servers.run(RELATIONSHIP, **wanted)["failed"]
        servers.ok(RELATIONSHIP, **{**wanted, **FROM_SECOND, "max_client_lead_time": "7200"})
    assert "warnings" not in servers.ok(RELATIONSHIP, **wanted)
    for name in ("DHCP01", "DHCP02"):
        assert servers.server(name).relationships["HQ"].mclt == timedelta(hours=2)
