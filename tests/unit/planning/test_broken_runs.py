# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run left that did not end is gone on with by the next one that is about the same, where that is safe.

Servers are written as `worlds.side` tells.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import broken_runs
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Stage
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.draft import Draft
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan_proof import finished
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from worlds import (
    HOP,
    KEEP_HERE,
    ONE,
    OWN,
    PARTNER,
    TWO,
    asked_of,
    in_words,
    partner_off,
    plan_of,
    servers,
    side,
    world,
)

LEAVES = Spec("HQ", leaving=(ONE,), policy=replace(KEEP_HERE, keep_days=None))
OFF_THERE = Note("HQ", PARTNER, (ONE,), {ONE: PARTNER}, run="dead", who="tester@controller")
BY_HAND = (
    "10.0.1.0 is in service neither on DHCP01 nor on DHCP02 since a run was broken off: where no other server serves "
    "it, activate the copy that is right, on {} "
    "(Set-DhcpServerv4Scope -State Active)"
)
OFF_HERE = replace(OFF_THERE, claimed={ONE: "DHCP01"})
MADE_HERE = (
    "an earlier run that was broken off created 10.0.1.0 on DHCP01, where it is out of service and in no relationship "
    "yet: declare it in 'HQ'"
)
MADE = Note("HQ", PARTNER, (ONE,), made=(ONE,), run="dead")


def gone_on(start: World, note: Note, *desired: Spec, run: str = "mine") -> Draft:
    d = Draft(replace(start, journal=(note,), run=run))
    broken_runs.go_on(d, broken_runs.About.all_of(desired or (Spec("HQ", scopes=(TWO,)),)))
    return d


@pytest.mark.parametrize(
    ("note", "here", "there", "expected", "warnings"),
    [
        (OFF_THERE, "1+HQ", "1-HQ", ["activate 10.0.1.0 on DHCP02"], []),
        (OFF_THERE, "1-HQ", "1-HQ", ["activate 10.0.1.0 on DHCP02"], []),
        (OFF_THERE, "", "1-", [], [BY_HAND.format("DHCP02")]),
        (OFF_HERE, "1-HQ", "1+HQ", ["activate 10.0.1.0 on DHCP01"], []),
        (OFF_HERE, "1+HQ", "1-HQ", [], []),
        (OFF_THERE, "1+", "1-", [], []),
        (OFF_THERE, "1+", "1-HQ", [], []),
        (OFF_THERE, "1+HQ", "1+HQ", [], []),
        (OFF_THERE, "1+HQ", "", [], []),
        (OFF_THERE, "1-", "1-", [], [BY_HAND.format("DHCP01 or DHCP02")]),
        (OFF_THERE, "1-", "", [], [BY_HAND.format("DHCP01")]),
        (OFF_THERE, "", "", [], []),
        (MADE, "1-HQ", "1-HQ", ["activate 10.0.1.0 on DHCP01", "activate 10.0.1.0 on DHCP02"], []),
        (MADE, "1+HQ", "1-HQ", ["activate 10.0.1.0 on DHCP02"], []),
        (MADE, "1-", "", [], [MADE_HERE]),
        (MADE, "1-", "1+", [], [MADE_HERE]),
    ],
    ids=[
        "in common",
        "in common, and nobody serves it",
        "this server lacks it: another one may serve it",
        "of this server",
        "somebody else put the other one out of service",
        "the kept one serves",
        "the kept one serves, and it is still a member",
        "it serves",
        "it is gone",
        "two that nobody serves",
        "the kept one does not serve",
        "nobody has it",
        "made and copied",
        "half switched on",
        "made and not copied",
        "made here, and there is another one",
    ],
)
def test_what_a_broken_run_left_out_of_service_serves_again_where_it_may(
    note: Note, here: str, there: str, expected: list[str], warnings: list[str]
) -> None:
    d = gone_on(servers(here, there), note)
    assert (in_words(finished(d)), d.warnings) == (expected, warnings)


@pytest.mark.parametrize(
    ("desired", "run", "is_its_own"),
    [
        (Spec("hq", scopes=(TWO,)), "mine", True),
        (Spec("Lab", scopes=(ONE,)), "mine", True),
        (Spec("Lab", leaving=(ONE,)), "mine", True),
        (Spec("Lab", scopes=(TWO,)), "mine", False),
        (Spec("HQ", scopes=(TWO,)), "dead", False),
    ],
    ids=["its relationship", "a scope comes", "a scope leaves", "another matter", "this run wrote it"],
)
def test_only_what_the_task_is_about_is_gone_on_with(desired: Spec, run: str, *, is_its_own: bool) -> None:
    d = gone_on(servers("1+HQ", "1-HQ"), OFF_THERE, desired, run=run)
    assert bool(d.actions) is is_its_own


def test_a_note_is_understood_whatever_way_the_partner_is_reached_by() -> None:
    """Over a hop it is called as it is asked for, over its own connection as it calls itself."""
    for source in (HOP, OWN):
        start = world(side("1+HQ", PARTNER), partner_off(), source)
        assert len(gone_on(start, OFF_THERE).actions) == 1


def test_what_this_plan_takes_out_stays_as_it_leaves_it() -> None:
    start = replace(servers("1+HQ 2+HQ", "1-HQ 2+HQ"), journal=(OFF_THERE,), run="mine")
    assert in_words(plan_of(start, LEAVES)) == [
        "remove from relationship 'HQ', keeping on DHCP01 and deleting on DHCP02: 10.0.1.0"
    ]


def test_the_partner_that_a_note_names_is_read_for_it() -> None:
    start = replace(world(side("1+HQ", PARTNER)), journal=(OFF_THERE,), run="mine")
    (read,) = asked_of(start, Spec("HQ", scopes=(ONE,))).partners
    assert (read.names, read.relationship) == ((PARTNER,), "HQ")


def test_a_partner_that_is_not_read_is_a_warning() -> None:
    start = world(side("1+HQ", PARTNER), RemoteFailure("On dhcp01: the partner is not reachable."))
    assert gone_on(start, OFF_THERE).warnings == [
        "an earlier run (tester@controller) was broken off while it took 10.0.1.0 out of 'HQ', and whether its partner "
        f"{PARTNER} still serves is not known: On dhcp01: the partner is not reachable."
    ]
    assert gone_on(start, Note("HQ", PARTNER, (ONE,), run="dead")).warnings == []


@pytest.mark.parametrize(
    ("note", "here", "there", "expected"),
    [
        (OFF_THERE, "1-HQ", "1-HQ", ["activate 10.0.1.0 on DHCP01"]),
        (OFF_HERE, "1-HQ", "1-HQ", ["activate 10.0.1.0 on DHCP02"]),
        (OFF_THERE, "1+HQ", "1-HQ", []),
        (OFF_THERE, "1-", "1-", []),
        (OFF_THERE, "1-", "1-HQ", []),
    ],
    ids=["the claim was replicated", "that of this server was", "the kept one serves", "both left", "one left"],
)
def test_where_nobody_serves_any_more_the_kept_one_does_before_all_else(
    note: Note, here: str, there: str, expected: list[str]
) -> None:
    d = Draft(replace(servers(here, there), journal=(note,), run="mine"))
    broken_runs.revive(d, broken_runs.About.all_of([Spec("HQ", scopes=(TWO,))]))
    assert in_words(finished(d)) == expected
    assert {action.stage for action in d.actions} <= {Stage.MAKE}
