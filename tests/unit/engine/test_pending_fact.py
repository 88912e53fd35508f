# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What check mode takes for there already: what earlier tasks of the play would have created."""

from __future__ import annotations

from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import pending_fact
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from worlds import HOP, ONE, PARTNER, partner, world


def test_a_fact_carries_the_definition_and_never_the_secret() -> None:
    options = {
        "partner_server": "dhcp02",
        "mode": None,
        "reserve_percent": 0,
        "shared_secret": "s3cret",
        "wait_timeout": 5,
    }
    facts = pending_fact.remembering({}, "HQ", options, [])
    assert facts == {
        "HQ": {"options": {"partner_server": "dhcp02", "reserve_percent": 0, "enable_auth": True}, "scopes": []}
    }
    assert pending_fact.options_of(facts, "HQ", {"reserve_percent": 9, "mode": None}) == {
        "partner_server": "dhcp02",
        "reserve_percent": 9,
        "enable_auth": True,
    }
    assert pending_fact.options_of(facts, "Other", None) is None
    assert pending_fact.forgetting(facts, "HQ") == {}


GOOD: dict[str, Any] = {"options": {"partner_server": "dhcp02"}, "scopes": ["10.0.1.0"]}


@pytest.mark.parametrize(
    "fact",
    [
        "HQ",
        ["HQ"],
        5,
        {"HQ": "x"},
        {"HQ": {}},
        {"HQ": {**GOOD, "options": 3}},
        {"HQ": {**GOOD, "options": {"partner_server": 3}}},
        {"HQ": {**GOOD, "scopes": 5}},
        {"HQ": {**GOOD, "create_scopes": [3]}},
        {"HQ": {**GOOD, "create_scopes": [{}]}},
    ],
)
def test_a_fact_that_no_task_of_ours_left_is_none(fact: Any) -> None:
    def told(left: Any) -> pending_fact.Facts:
        return pending_fact.facts_of({"ansible_facts": {pending_fact.FACT: left}})

    assert told(fact) == {}
    more = fact if isinstance(fact, dict) else {}
    assert told({**more, "Lab": GOOD}) == {"Lab": GOOD}


def ahead(here: Server, facts: pending_fact.Facts, there: Server | None = None) -> World:
    return pending_fact.ahead(world(here, there), facts)


def test_check_mode_plans_on_what_earlier_tasks_would_have_created() -> None:
    waiting = pending_fact.remembering({}, "Waits", {"partner_server": "dhcp02"}, [])
    created = pending_fact.remembering(waiting, "HQ", {"partner_server": "dhcp02", "shared_secret": "x"}, ["10.0.1.0"])
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
    facts = pending_fact.remembering({}, "HQ", {"partner_server": PARTNER}, ["10.0.1.0"])
    after = ahead(builders.server(), facts, partner()).views[HOP]
    assert after.members("HQ") == {ONE}
    assert after.serves(ONE)


def test_scopes_that_would_have_been_made_are_members_too() -> None:
    (new,) = scope_specs.parse([builders.definition("10.0.9.0")])
    facts = pending_fact.remembering({}, "HQ", {}, ["10.0.1.0", "10.0.9.0"], [new])
    after = ahead(builders.server([builders.relationship("HQ", ["10.0.1.0"])]), facts, partner({"HQ": ["10.0.1.0"]}))
    assert after.here.members("HQ") == after.views[HOP].members("HQ") == {ONE, new.scope_id}
    assert after.here.copies[new.scope_id].name == new.name
