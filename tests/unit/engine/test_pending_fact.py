# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run's earlier tasks have left: of this run and server only, and what check mode takes for there already."""

from __future__ import annotations

import json
from typing import Any

import builders
import pytest
from ansible.utils.vars import get_unique_id
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import pending_fact
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs, task_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from worlds import HOP, ONE, PARTNER, partner, world

RUN, OTHER_RUN = (pending_fact.run_id(f"0242ac11-0002-{drawn}-00000000002a") for drawn in ("9f31-77c0", "1b02-08ee"))
WAITS = pending_fact.entry({"partner_server": "dhcp02"}, [])
CREATED = pending_fact.entry({"partner_server": "dhcp02"}, ["10.0.1.0"])


def test_an_entry_has_the_definition_and_never_the_secret() -> None:
    options = {
        "partner_server": "dhcp02",
        "mode": None,
        "reserve_percent": 0,
        "shared_secret": "s3cret",
        "wait_timeout": 5,
    }
    facts = {"HQ": pending_fact.entry(options, [])}
    assert facts == {
        "HQ": {"options": {"partner_server": "dhcp02", "reserve_percent": 0, "enable_auth": True}, "scopes": []}
    }
    assert pending_fact.options_of(facts, "HQ", {"reserve_percent": 9, "mode": None}) == {
        "partner_server": "dhcp02",
        "reserve_percent": 9,
        "enable_auth": True,
    }
    assert pending_fact.options_of(facts, "Other", None) is None


# --- of one run, one server, and what was only checked ------------------------------------------------------------


def recalled(*places: object, run: str = RUN, server: str = "dhcp01") -> pending_fact.Pending:
    return pending_fact.recall(places, run, server)


def test_a_fact_is_of_one_run() -> None:
    """A cache gives it back in any later run, whose tasks are counted from another beginning."""
    fact = recalled().with_entry("HQ", WAITS, check_mode=False).fact("HQ")
    cached = json.loads(json.dumps(fact))
    assert recalled(cached).seen(check_mode=False) == {"HQ": WAITS}
    assert recalled(cached, run=OTHER_RUN) == recalled(run=OTHER_RUN)


def test_all_tasks_of_a_run_have_one_id() -> None:
    """Also in worker processes that are forked from it: the ids of tasks are Ansible's."""
    first, second = (get_unique_id() for _fact in range(2))
    assert first != second
    assert pending_fact.run_id(first) == pending_fact.run_id(second) != ""


def test_a_fact_is_of_one_server() -> None:
    """run_once sets it for all hosts of the play, and a play of localhost that delegates has those of several."""
    here = recalled().with_entry("HQ", WAITS, check_mode=False).fact("HQ")
    there = recalled(server="dhcp02").with_entry("Branch", WAITS, check_mode=False).fact("Branch")
    for facts in ({**here, **there}, {**there, **here}):
        assert recalled(facts).seen(check_mode=False) == {"HQ": WAITS}
        assert recalled(facts, server="dhcp02").seen(check_mode=False) == {"Branch": WAITS}
    twins = [
        recalled(server=name).with_entry("HQ", WAITS, check_mode=False).fact("HQ") for name in ("dhcp-1", "dhcp.1")
    ]
    assert recalled(twins[0], server="dhcp.1").seen(check_mode=False) == {}
    assert len({**twins[0], **twins[1]}) == 2, "neither replaces the other"


def test_what_was_only_checked_never_gets_into_a_task_that_writes() -> None:
    """In a run of both kinds (check_mode: true or false at a task)."""
    waits = recalled().with_entry("HQ", WAITS, check_mode=False)
    checked = waits.with_entry("HQ", CREATED, check_mode=True).with_entry("Branch", CREATED, check_mode=True)
    assert checked.seen(check_mode=True) == {"HQ": CREATED, "Branch": CREATED}
    assert checked.seen(check_mode=False) == {"HQ": WAITS}
    assert checked.with_entry("HQ", None, check_mode=True).seen(check_mode=False) == {"HQ": WAITS}
    made = checked.with_entry("HQ", None, check_mode=False)
    assert (made.seen(check_mode=False), made.seen(check_mode=True)) == ({}, {"Branch": CREATED})


def test_the_newest_of_two_places_counts() -> None:
    """With delegate_facts it is a fact of the server, and without of the play's host: tasks of both kinds alternate."""
    first = recalled().with_entry("HQ", WAITS, check_mode=False).fact("HQ")
    second = recalled(first, {}).with_entry("HQ", None, check_mode=False).fact("HQ")
    for places in ((first, second), (second, first)):
        assert recalled(*places).seen(check_mode=False) == {}


def test_items_that_begin_with_the_same_facts_replace_nothing_of_each_other() -> None:
    """As those of a loop do, and hosts that one server's facts are delegated to at once."""
    before = recalled().with_entry("First", WAITS, check_mode=False).fact("First")
    items = [recalled(before).with_entry(name, WAITS, check_mode=False).fact(name) for name in ("Second", "Third")]
    forgets = recalled(before).with_entry("First", None, check_mode=False).fact("First")
    together = {**before, **items[0], **items[1]}
    assert list(recalled(together).seen(check_mode=False)) == ["First", "Second", "Third"]
    assert list(recalled({**together, **forgets}).seen(check_mode=False)) == ["Second", "Third"]


def test_a_later_item_of_a_loop_sees_what_an_earlier_one_has_left() -> None:
    waits = recalled().with_entry("HQ", WAITS, check_mode=False).fact("HQ")
    pending_fact.leave("task-1", waits)
    assert recalled(pending_fact.left("task-1"), {}).seen(check_mode=True) == {"HQ": WAITS}
    assert pending_fact.left("task-2") == {}


@pytest.mark.parametrize(
    ("before", "now", "together"),
    [
        ({"mode": "hot_standby", "reserve_percent": 7}, {"mode": "load_balance"}, {"mode": "load_balance"}),
        ({"reserve_percent": 7}, {"mode": "hot_standby"}, {"mode": "hot_standby", "reserve_percent": 7}),
        ({"state_switch_interval": "3600"}, {"auto_state_transition": False}, {"auto_state_transition": False}),
        ({"state_switch_interval": "0"}, {"auto_state_transition": True}, {"auto_state_transition": True}),
        ({"auto_state_transition": False}, {"state_switch_interval": "3600"}, {"state_switch_interval": "3600"}),
        ({"enable_auth": False}, {"shared_secret": "Kx7-never"}, {"shared_secret": "Kx7-never"}),
    ],
)
def test_of_what_was_said_before_only_that_stays_which_goes_with_what_is_said_now(
    before: dict[str, Any], now: dict[str, Any], together: dict[str, Any]
) -> None:
    options = pending_fact.options_of({"HQ": pending_fact.entry(before, [])}, "HQ", now)
    assert options == together
    task_options.parse("HQ", options)


FACT = recalled().with_entry("HQ", CREATED, check_mode=False).fact("HQ")
NAME = next(iter(FACT))
NOTHING: list[Any] = [None, "text", [], {}, 7, {"HQ": CREATED}, {"run": RUN}]


@pytest.mark.parametrize(
    "facts",
    [
        None,
        "text",
        [],
        *({NAME: value} for value in NOTHING),
        *({NAME: {key: value for key, value in FACT[NAME].items() if key != lost}} for lost in FACT[NAME]),
        {f"{NAME}0": FACT[NAME]},
        *(
            {NAME: {**FACT[NAME], view: entry}}
            for view in ("declared", "check_mode")
            for entry in (
                *NOTHING[1:],
                {**CREATED, "options": "text"},
                {**CREATED, "options": {"shared_secret": 7}},
                {**CREATED, "options": {"partner_server": 7}},
                {**CREATED, "options": {"partner_server": "no name!"}},
                {**CREATED, "options": {"reserve_percent": "many"}},
                {**CREATED, "options": {"mode": ["hot_standby"]}},
                {**CREATED, "options": {"mode": "ring"}},
                {**CREATED, "options": {"colour": "blue"}},
                {**CREATED, "scopes": 7},
                {**CREATED, "scopes": ["everywhere"]},
                {**CREATED, "scopes": [None]},
                {**CREATED, "create_scopes": [{}]},
                {**CREATED, "create_scopes": "text"},
            )
        ),
        {NAME: {**FACT[NAME], "name": 7}},
    ],
)
def test_a_fact_that_cannot_be_read_is_none(facts: Any) -> None:
    assert recalled(FACT).seen(check_mode=False) == {"HQ": CREATED}
    assert recalled(facts) == recalled()


# --- what check mode goes on from ---------------------------------------------------------------------------------


def ahead(here: Server, facts: pending_fact.Facts, there: Server | None = None) -> World:
    return pending_fact.ahead(world(here, there), facts)


def test_check_mode_plans_on_what_earlier_tasks_would_have_created() -> None:
    secret = pending_fact.entry({"partner_server": "dhcp02", "shared_secret": "x"}, ["10.0.1.0"])
    created = {"Waits": WAITS, "HQ": secret}
    (relationship,) = ahead(builders.server(), created).here.relationships.values()
    assert (relationship.name, relationship.partner_server, relationship.enable_auth, relationship.scopes) == (
        "HQ",
        "dhcp02",
        True,
        (ONE,),
    )
    there = builders.server([builders.relationship()])
    assert ahead(there, created).here.relationships == {"HQ": builders.relationship()}


def test_the_partner_has_by_then_what_was_created_with_it() -> None:
    facts = {"HQ": pending_fact.entry({"partner_server": PARTNER}, ["10.0.1.0"])}
    after = ahead(builders.server(), facts, partner()).views[HOP]
    assert after.members("HQ") == {ONE}
    assert after.serves(ONE)


def test_scopes_that_would_have_been_made_are_members_too() -> None:
    (new,) = scope_specs.parse([builders.definition("10.0.9.0")])
    facts = {"HQ": pending_fact.entry({}, ["10.0.1.0", "10.0.9.0"], [new])}
    after = ahead(builders.server([builders.relationship("HQ", ["10.0.1.0"])]), facts, partner({"HQ": ["10.0.1.0"]}))
    assert after.here.members("HQ") == after.views[HOP].members("HQ") == {ONE, new.scope_id}
    assert after.here.copies[new.scope_id].name == new.name


def test_without_a_partner_nothing_is_taken_for_created() -> None:
    facts = {"HQ": pending_fact.entry({"reserve_percent": 7}, ["10.0.1.0"])}
    assert ahead(builders.server(), facts).here.relationships == {}
