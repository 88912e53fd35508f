# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who claimed a copy looks before it acts, undoes what it may undo, and looks again in the end.

Servers are written as `worlds.side` tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Hop
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import action_table, claims
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Action, Kind, Stage
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Departure, Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import ReadRequest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import view
from worlds import (
    HERE,
    HOP,
    KEEP_HERE,
    ONE,
    OWN,
    PARTNER,
    THREE,
    TWO,
    content_of,
    in_words,
    lease,
    plan_of,
    servers,
    side,
    world,
)

LEAVES = Spec("HQ", leaving=(ONE,), policy=replace(KEEP_HERE, keep_days=None))
STILL = "is still there, with leases that it may have given meanwhile"
DELETED = Departure(ONE, keeper=HERE, loser=OWN, deletes=True, served=True, returns=False, acted=True)
DISABLED = replace(DELETED, deletes=False)
IDLE = replace(DELETED, served=False)
DISABLES = replace(KEEP_HERE, other_copy="disable", keep_days=None)


def looked_at(departure: Departure, here: str, there: str) -> claims.LastLook:
    look = claims.last_look([departure], servers(here, there))
    assert isinstance(look, claims.LastLook)
    return look


def action(kind: Kind, stage: Stage) -> Action:
    return Action(0, kind, OWN, "HQ", (ONE, TWO), stage=stage)


def test_a_claim_is_what_is_put_out_of_service_before_both_are_looked_at() -> None:
    other = [action(Kind.SAVE, Stage.CLAIM), action(Kind.SERVE_OFF, Stage.LOSER), action(Kind.SERVE_ON, Stage.CLAIM)]
    assert claims.made_by(other) == {}
    assert claims.made_by([*other, action(Kind.SERVE_OFF, Stage.CLAIM)]) == {ONE: OWN, TWO: OWN}


# --- the look ---------------------------------------------------------------------------------------------------------

MORE = {"": {"name": "Clients"}, "reservation 10.0.1.9": {"client_id": "bb"}}


@pytest.mark.parametrize(
    ("here", "there", "known", "found", "is_as_planned"),
    [
        ("1+HQ 2+HQ", "1-HQ 2+HQ", {}, {}, True),
        ("1+HQ 2-HQ", "1-HQ 2+HQ", {}, {}, True),
        ("1+HQ 2+HQ", "1+HQ 2+HQ", {}, {}, False),
        ("1+ 2+HQ", "1-HQ 2+HQ", {}, {}, False),
        ("1+HQ 2+HQ", "1- 2+HQ", {}, {}, False),
        ("1+HQ 2+HQ", "2+HQ", {}, {}, False),
        ("1+HQ 2+HQ", "1-HQ 2+HQ", {}, MORE, False),
        ("1+HQ 2+HQ", "1-HQ 2+HQ", MORE, MORE, True),
        ("1+HQ 2+HQ", "1-HQ 2+HQ", MORE, {}, True),
    ],
    ids=[
        "as planned",
        "what it is not about",
        "it serves again",
        "the kept one left",
        "it left already",
        "it is gone",
        "more would be lost",
        "the same would be lost",
        "less would be lost",
    ],
)
def test_what_is_left_has_to_be_what_was_planned(
    here: str, there: str, known: Mapping[str, Any], found: Mapping[str, Any], *, is_as_planned: bool
) -> None:
    empty = {"": {"name": "Clients"}}
    kept = content_of(ONE, empty)
    before = servers("1+HQ 2+HQ", "1+HQ 2+HQ", exported_here=kept, exported_there=content_of(ONE, {**empty, **known}))
    planned = plan_of(before, LEAVES)
    now = plan_of(servers(here, there, exported_here=kept, exported_there=content_of(ONE, {**empty, **found})), LEAVES)
    claim, *left = planned.actions
    assert (claim.kind, claim.stage, left[0].stage) == (Kind.SERVE_OFF, Stage.CLAIM, Stage.KEEPER)
    assert claims.is_looked_at(planned, left, now) is is_as_planned


def test_a_client_that_came_meanwhile_is_a_loss_of_its_own() -> None:
    named = content_of(ONE, {"": {}})
    planned = plan_of(servers("1+HQ", "1+HQ", exported_here=named, exported_there=named), LEAVES)
    came = content_of(ONE, {"": {}}, _50=lease())
    now = plan_of(servers("1+HQ", "1-HQ", exported_here=named, exported_there=came), LEAVES)
    assert not claims.is_looked_at(planned, planned.actions[1:], now)


def test_what_goes_beyond_a_plan_is_told_scope_by_scope() -> None:
    planned = [action(Kind.SAVE, Stage.CLAIM), action(Kind.JOIN, Stage.SETTLE)]
    left = [replace(planned[1], scopes=(TWO,), id=7), replace(planned[0], scopes=(THREE,))]
    assert claims.beyond(left, planned) == []
    more = replace(planned[1], scopes=(TWO, THREE))
    assert [one.scopes for one in claims.beyond([more], planned)] == [(THREE,)]
    ends = replace(action(Kind.DETACH_HALF, Stage.KEEPER), scopes=())
    assert claims.beyond([ends], planned) == [ends]
    assert claims.beyond([ends], [ends]) == []


# --- undone -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("1+HQ", "1-HQ", ["activate 10.0.1.0 on DHCP02"]),
        ("1-HQ", "1-HQ", ["activate 10.0.1.0 on DHCP02"]),
        ("1-", "1-HQ", ["activate 10.0.1.0 on DHCP02"]),
        ("", "1-", ["activate 10.0.1.0 on DHCP02"]),
        ("1+", "1-HQ", []),
        ("1+", "1-", []),
        ("1+Far", "1-HQ", []),
        ("1+HQ", "1+HQ", []),
        ("1+HQ", "", []),
    ],
    ids=[
        "in common",
        "in common, and nobody serves it",
        "the kept one left and does not serve",
        "the kept one is gone",
        "the kept one left and serves",
        "both left",
        "the kept one is in failover elsewhere",
        "somebody has undone it",
        "the copy is gone",
    ],
)
def test_a_claim_is_undone_but_never_beside_a_copy_that_serves_outside(
    here: str, there: str, expected: list[str]
) -> None:
    plan = claims.undo({ONE: OWN}, [DISABLED], servers(here, there))
    assert isinstance(plan, Plan)
    assert in_words(plan) == expected


@pytest.mark.parametrize(
    ("here", "there", "off"),
    [("1-HQ", "1+HQ", {ONE: HERE}), ("1+HQ", "1+HQ", {}), ("1-", "1+HQ", {}), ("", "1+HQ", {}), ("1-HQ", "1+", {})],
    ids=["in common", "it serves", "the kept one left", "it is gone", "the other one left"],
)
def test_a_kept_copy_that_is_off_is_left_to_a_later_plan(here: str, there: str, off: Mapping[Any, Any]) -> None:
    """It may be what another run claims."""
    assert claims.carried_on({ONE: OWN}, [DISABLED], servers(here, there)) == off


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("1+HQ", "1+HQ", []),
        ("1-", "1+", []),
        ("1+", "1-", []),
        ("1+", "1+HQ", ["deactivate 10.0.1.0 on DHCP02"]),
        ("1+", "1+", ["deactivate 10.0.1.0 on DHCP02"]),
        ("1+Far", "1+", ["deactivate 10.0.1.0 on DHCP02"]),
    ],
    ids=["in common", "only this one", "it is off again", "one left", "both left", "elsewhere"],
)
def test_what_was_put_back_while_somebody_put_the_other_one_back_goes_again(
    here: str, there: str, expected: list[str]
) -> None:
    undone = claims.undo({ONE: OWN}, [DISABLED], servers("1-", "1-"))
    assert isinstance(undone, Plan)
    assert in_words(claims.yielding(undone, servers(here, there))) == expected


@pytest.mark.parametrize(
    ("here", "there", "is_contended"),
    [("1-HQ", "1-HQ", False), ("1-", "1-HQ", True), ("1-", "1-", True), ("", "1-", False), ("1+HQ", "1-HQ", False)],
    ids=["in common", "one left", "both left", "only one is there", "the other one serves"],
)
def test_two_copies_that_nobody_serves_apart_may_be_put_back_by_two_runs(
    here: str, there: str, *, is_contended: bool
) -> None:
    undone = claims.undo({ONE: OWN}, [DISABLED], servers(here, there))
    assert isinstance(undone, Plan)
    assert claims.is_contended(undone) is is_contended


def test_of_several_claims_each_is_undone_for_itself() -> None:
    other = replace(DISABLED, scope=TWO, keeper=OWN, loser=HERE)
    plan = claims.undo({ONE: OWN, TWO: HERE}, [DISABLED, other], servers("1+HQ 2-HQ 3-", "1-HQ 2+HQ 3+"))
    assert isinstance(plan, Plan)
    assert in_words(plan) == ["activate 10.0.1.0 on DHCP02", "activate 10.0.2.0 on DHCP01"]


# --- in the end -------------------------------------------------------------------------------------------------------

NOT_BEGUN = replace(DISABLED, acted=False)


@pytest.mark.parametrize(
    ("here", "there", "wrong"),
    [
        ("1+", "1-", []),
        ("1-", "1-", ["10.0.1.0 is in service neither on DHCP01, where it was to be kept, nor on DHCP02"]),
        ("1+", "1+", ["10.0.1.0 is in service on DHCP01 and on DHCP02, which do not have it in common"]),
    ],
    ids=["it came so", "nobody serves", "both serve"],
)
def test_what_this_run_has_not_begun_is_told_and_not_mended(here: str, there: str, wrong: list[str]) -> None:
    look = looked_at(NOT_BEGUN, here, there)
    assert (look.plan.actions, list(look.wrong)) == ((), wrong)


def test_a_server_of_an_earlier_plan_is_read_for_the_last_look() -> None:
    asked = claims.last_look([replace(DISABLED, loser=HOP)], world(side("1+", PARTNER)))
    assert isinstance(asked, ReadRequest)
    assert [read.names for read in asked.partners] == [(HOP.computer,)]


def test_a_scope_that_came_while_its_relationship_ended_has_to_be_on_one_server() -> None:
    ended = plan_of(servers("1+HQ", "1+HQ"), Spec("HQ", absent=True, policy=DISABLES))
    assert claims.joined_meanwhile(ended, ended.end) == ()
    (late,) = claims.joined_meanwhile(ended, servers("1+ 2+", "1- 2+"))
    assert (late.scope, late.keeper, late.loser, late.acted) == (TWO, HERE, OWN, True)
    served = plan_of(servers("1+HQ 2+", "1+HQ 2+"), Spec("HQ", absent=True, policy=DISABLES))
    assert claims.joined_meanwhile(served, servers("1+ 2+", "1- 2+")) == (), "it was so before"


@pytest.mark.parametrize(
    ("there", "is_as_foreseen"),
    [("1-HQ 2+HQ", True), ("1+HQ 2+HQ", False), ("1-HQ", False), ("1-Far 2+HQ", False), ("2+HQ", False)],
    ids=["as foreseen", "it serves again", "another one left", "in another one", "it is gone"],
)
def test_a_server_that_is_written_to_again_shows_what_the_plan_says(there: str, *, is_as_foreseen: bool) -> None:
    foreseen, seen = servers("1+HQ 2+HQ", "1-HQ 2+HQ"), servers("1+HQ 2+HQ", there)
    detach = Action(0, Kind.DETACH_MEMBERS, OWN, "HQ", (ONE,))
    assert claims.is_as_foreseen(foreseen, seen, OWN, [detach]) is is_as_foreseen


@pytest.mark.parametrize(
    ("departure", "here", "there", "expected", "wrong"),
    [
        (DELETED, "1+", "", [], []),
        (DISABLED, "1+", "1-", [], []),
        (IDLE, "1-", "", [], []),
        (DELETED, "1+HQ", "1+HQ", [], []),
        (DELETED, "1-HQ", "1-HQ", ["activate 10.0.1.0 on DHCP01", "activate 10.0.1.0 on DHCP02"], []),
        (IDLE, "1-HQ", "1-HQ", [], []),
        (DELETED, "1-", "", ["activate 10.0.1.0 on DHCP01"], []),
        (DISABLED, "1-", "1-", ["activate 10.0.1.0 on DHCP01"], []),
        (DISABLED, "1+", "1+", ["deactivate 10.0.1.0 on DHCP02"], []),
        (DISABLED, "1+", "1+HQ", ["deactivate 10.0.1.0 on DHCP02"], []),
        (DELETED, "1+", "1-", [], [f"the copy of 10.0.1.0 on DHCP02 {STILL}"]),
        (DELETED, "1+", "1-Far", [], []),
        (
            DISABLED,
            "1+",
            "1+Far",
            [],
            ["10.0.1.0 is in service on DHCP01 and on DHCP02, which do not have it in common"],
        ),
        (
            DISABLED,
            "1-",
            "1+",
            [],
            ["10.0.1.0 was to be kept on DHCP01, where it is out of service, and DHCP02 serves it"],
        ),
        (
            DISABLED,
            "1-",
            "1-Far",
            [],
            ["10.0.1.0 is in service neither on DHCP01, where it was to be kept, nor on DHCP02"],
        ),
        (DELETED, "", "", [], ["10.0.1.0 was to be kept on DHCP01, which does not have it any more"]),
        (DELETED, "", "1+", [], ["10.0.1.0 was to be kept on DHCP01, which does not have it any more"]),
        (IDLE, "1-", "1-", [], [f"the copy of 10.0.1.0 on DHCP02 {STILL}"]),
    ],
    ids=[
        "deleted",
        "disabled",
        "of no service before",
        "both have it again",
        "both have it again, and nobody serves it",
        "both have it again, of no service before",
        "the kept one is out of service",
        "both are out of service",
        "both serve",
        "both serve, and one side alone has it as a member",
        "it is still there",
        "it is in failover elsewhere",
        "it serves elsewhere",
        "the wrong one serves",
        "both are out of service, and it is in failover elsewhere, where a third one may serve it",
        "it is nowhere",
        "the kept one is gone",
        "of no service before, and still there",
    ],
)
def test_in_the_end_the_kept_one_serves_and_the_other_does_not(
    departure: Departure, here: str, there: str, expected: list[str], wrong: list[str]
) -> None:
    look = looked_at(departure, here, there)
    assert (in_words(look.plan), list(look.wrong)) == (expected, wrong)


MADE = Action(0, Kind.MAKE, HERE, "HQ", (ONE,), detail=scope_specs.parse([builders.definition("10.0.1.0")])[0])
JOINED = Action(1, Kind.JOIN, HERE, "HQ", (ONE,), other=OWN)
OFF = "10.0.1.0 was created in service, and is out of service on {}"


@pytest.mark.parametrize(
    ("here", "there", "expected", "wrong"),
    [
        ("1+HQ", "1+HQ", [], []),
        ("1-HQ", "1+HQ", [], [OFF.format("DHCP01")]),
        ("1-HQ", "1-HQ", [], [OFF.format("DHCP01"), OFF.format("DHCP02")]),
        ("1-", "1-", [], []),
        ("1+", "1-", [], []),
        ("1+", "1+", ["deactivate 10.0.1.0 on DHCP02"], []),
        ("1+HQ", "1+", ["deactivate 10.0.1.0 on DHCP02"], []),
    ],
    ids=[
        "both serve",
        "one does not",
        "none does",
        "it left meanwhile",
        "and one was put out of service",
        "it left while it was put into service",
        "on one side",
    ],
)
def test_what_came_serves_on_both_or_on_one(here: str, there: str, expected: list[str], wrong: list[str]) -> None:
    """What was created in service has to serve; who joins as it was may be out of service."""
    idle = replace(MADE, detail=replace(MADE.detail, active=False))
    for actions, told in (([MADE, JOINED], wrong), ([JOINED], []), ([idle, JOINED], [])):
        look = claims.last_look([], servers(here, there), actions)
        assert isinstance(look, claims.LastLook)
        assert (in_words(look.plan), list(look.wrong)) == (expected, told)


@pytest.mark.parametrize("shown", [("1-", "1-"), ("1-HQ", "1-HQ")], ids=["apart", "in common"])
def test_a_third_server_that_serves_it_by_now_is_told_and_stays_alone(shown: tuple[str, str]) -> None:
    third = replace(side("1+Far", PARTNER), name="DHCP03", addresses=("10.10.0.13",))
    now = servers(*shown)
    source = Hop("dhcp03.contoso.example", "DHCP01")
    now = now.having(view(third, source, now.here.server))
    look = claims.last_look([DISABLED], now)
    assert isinstance(look, claims.LastLook)
    assert in_words(look.plan) == []
    assert look.wrong == ("10.0.1.0 is in service on DHCP03, and not on DHCP01, where it was to be kept",)


def test_what_came_and_was_taken_elsewhere_meanwhile_is_a_persons() -> None:
    look = claims.last_look([], servers("1+", "1+Far"), [JOINED])
    assert isinstance(look, claims.LastLook)
    assert in_words(look.plan) == []
    assert look.wrong == ("10.0.1.0 is in service on DHCP01 and on DHCP02, which do not have it in common",)


def test_the_end_of_each_way_out_is_right() -> None:
    """What the plan ends with is what the last look wants: nothing is left to do."""
    for other_copy in ("delete", "disable"):
        for keeper in ("this_server", "partner"):
            policy = replace(KEEP_HERE, keep_scopes_on=keeper, other_copy=other_copy, keep_days=None)
            plan = plan_of(servers("1+HQ 2+HQ", "1+HQ 2+HQ"), replace(LEAVES, policy=policy))
            assert len(plan.departures) == 1
            for now in (plan.end, action_table.effect(plan.start, plan.actions[0])):  # then, and while both have it
                look = claims.last_look(plan.departures, now)
                assert isinstance(look, claims.LastLook)
                assert (look.plan.actions, look.wrong) == ((), ())
