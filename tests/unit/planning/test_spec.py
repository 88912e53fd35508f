# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task declares: entries that contradict each other, and what a whole list implies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Connection
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import (
    Policy,
    Spec,
    check,
    whole,
    with_purged,
)
from worlds import HERE, KEEP_HERE, ONE, OWN, THREE, TWO, pair


@pytest.mark.parametrize(
    ("desired", "message"),
    [
        (
            [Spec("HQ", scopes=(ONE,)), Spec("Lab", scopes=(ONE,))],
            "scopes: 10.0.1.0 is listed in 'HQ' and in 'Lab'; a scope can be in one only.",
        ),
        (
            [
                Spec("HQ", policy=replace(KEEP_HERE, previous_name="Old")),
                Spec("Lab", policy=replace(KEEP_HERE, previous_name="old")),
            ],
            "relationships: 'HQ' and 'Lab' both have previous_name 'old'; one relationship becomes one other.",
        ),
        (
            [Spec("hq", absent=True), Spec("New", policy=replace(KEEP_HERE, previous_name="HQ"))],
            "relationships: 'HQ' is to be absent, and 'New' has it as previous_name; it ends, or becomes 'New': keep "
            "one of the two.",
        ),
        (
            [Spec("HQ", scopes=(ONE,)), Spec("hq", scopes=(TWO,))],
            "relationships: 'hq' is listed twice; keep one entry.",
        ),
        (
            [Spec("HQ", scopes=(ONE,)), Spec("Lab", define=scope_specs.parse([builders.definition("10.0.1.0")]))],
            "scopes: 10.0.1.0 is listed in 'HQ' and in 'Lab'; a scope can be in one only.",
        ),
    ],
)
def test_entries_that_contradict_each_other(desired: list[Spec], message: str) -> None:
    with pytest.raises(Refused) as refused:
        check(desired)
    assert str(refused.value) == message


def test_a_scope_may_leave_one_relationship_and_be_declared_in_another() -> None:
    check([Spec("HQ", leaving=(ONE,)), Spec("Lab", scopes=(ONE,)), Spec("Old", scopes=(ONE,), absent=True)])


def test_members_are_those_named_and_those_defined() -> None:
    defined = scope_specs.parse([builders.definition("10.0.3.0"), builders.definition("10.0.1.0")])
    assert Spec("HQ", scopes=(TWO, ONE), define=defined).members == (ONE, TWO, THREE)


def test_in_a_whole_list_scopes_move_between_its_own_relationships_and_from_no_other() -> None:
    hq, lab = whole([Spec("HQ"), Spec("Lab", policy=Policy(previous_name="Old"))])
    assert hq.move_from == lab.move_from == frozenset({"HQ", "Lab", "Old"})
    assert hq.policy.move
    assert lab.policy.move


def test_what_is_not_listed_is_absent_but_for_what_is_to_be_ignored() -> None:
    start = pair({"HQ": ["10.0.1.0"], "Lab": ["10.0.2.0"], "Old": [], "Theirs": ["10.0.3.0"]})
    desired = [Spec("HQ"), Spec("Branch", policy=Policy(previous_name="Old"))]
    purged = with_purged(desired, start, KEEP_HERE, ignore=["Theirs"])
    assert purged == (*desired, Spec("Lab", absent=True, policy=KEEP_HERE, one_by_one=False))


@pytest.mark.parametrize(("keeps", "first"), [("this_server", OWN), ("partner", HERE), (None, OWN)])
def test_the_server_that_loses_is_read_first(keeps: Any, first: Connection) -> None:
    assert replace(KEEP_HERE, keep_scopes_on=keeps).first is first
