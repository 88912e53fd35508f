# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every plan is proven before it is shown: no scope on no server, none that nobody serves, none served twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DeclaredSettings
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import plan_proof
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Action, Kind
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.draft import Draft
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from worlds import HERE, KEEP_HERE, ONE, OWN, PARTNER, THREE, TWO, pair, partner, plan_of, world

ANEW = replace(KEEP_HERE, recreate=True)
DISABLE = replace(ANEW, other_copy="disable")
HQ = {"HQ": ["10.0.1.0", "10.0.2.0"]}


def action(kind: Kind, *scopes: Any, where: Any = HERE, other: Any = OWN) -> Action:
    return Action(0, kind, where, "HQ", scopes, other)


APART = world(builders.server(), partner(None, [builders.scope("10.0.1.0", active=False)]), OWN)


@pytest.mark.parametrize(
    ("start", "actions", "lack"),
    [
        (
            world(builders.server(scopes=[]), partner(None, [builders.scope("10.0.1.0", active=False)]), OWN),
            [action(Kind.DELETE, ONE, where=OWN, other=None)],
            "10.0.1.0 would be on no server",
        ),
        (APART, [action(Kind.SERVE_OFF, ONE)], "10.0.1.0 would be served by nobody"),
        (
            APART,
            [action(Kind.SERVE_ON, ONE, where=OWN, other=HERE)],
            "10.0.1.0 would be served by DHCP01 and DHCP02, which do not have it in common",
        ),
        (
            pair(HQ, OWN),
            [action(Kind.DETACH_MEMBERS, ONE)],
            "10.0.1.0 would be served by DHCP01 and DHCP02, which do not have it in common",
        ),
        (pair(HQ, OWN), [action(Kind.DETACH_HALF)], "'HQ' on DHCP01 still has members: 10.0.1.0, 10.0.2.0"),
    ],
    ids=["lost", "not served", "served twice", "half a removal", "not ready"],
)
def test_what_would_lose_something_is_refused(start: World, actions: Sequence[Action], lack: str) -> None:
    with pytest.raises(plan_proof.Unsafe) as unsafe:
        plan_proof.proven(start, actions)
    assert str(unsafe.value).endswith(f"has it: {lack}. Please report this with the task.")


def test_a_scope_that_was_not_served_before_may_stay_so() -> None:
    idle = world(
        builders.server([builders.relationship("HQ", ["10.0.1.0"])], [builders.scope("10.0.1.0", active=False)]),
        partner({"HQ": []}, ["10.0.1.0"]),
        OWN,
    )
    off = [action(Kind.SERVE_OFF, ONE, where=OWN, other=HERE)]
    with pytest.raises(plan_proof.Unsafe, match=r"10\.0\.1\.0 would be served by nobody"):
        plan_proof.proven(idle, off)
    assert not plan_proof.proven(idle, off, idle=[ONE]).views[OWN].serves(ONE)


@pytest.mark.parametrize("kind", [Kind.SERVE_OFF, Kind.DETACH_MEMBERS, Kind.WITHDRAW_MEMBERS], ids=str)
def test_a_planner_that_leaves_something_out_is_refused(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a fault of the planner would do is found before the first write, whoever made the plan."""
    add = Draft.add

    def without(self: Draft, added: Kind, *given: Any, **more: Any) -> None:
        if added is not kind:
            add(self, added, *given, **more)

    monkeypatch.setattr(Draft, "add", without)
    policy = ANEW if kind is Kind.WITHDRAW_MEMBERS else DISABLE
    with pytest.raises(plan_proof.Unsafe, match="Please report this with the task"):
        plan_of(pair(HQ), Spec("HQ", absent=True, policy=policy))


def exact(name: str, *scopes: Any, policy: Policy = ANEW) -> Spec:
    return Spec(
        name, DeclaredSettings(name, PARTNER, scopes=scopes), scopes, exact=True, policy=replace(policy, move=True)
    )


@pytest.mark.parametrize(
    "desired",
    [
        [exact("HQ", ONE, policy=DISABLE)],
        [exact("HQ", ONE)],
        [Spec("HQ", absent=True, policy=ANEW), exact("Branch", ONE, TWO, THREE)],
        [Spec("HQ", absent=True, policy=DISABLE)],
        [exact("Branch", ONE, TWO, policy=replace(ANEW, previous_name="HQ"))],
    ],
    ids=["purge, disable", "purge, delete", "absent and move", "absent", "rename"],
)
def test_dependent_actions_that_change_places_are_refused(desired: list[Spec]) -> None:
    start = pair(HQ)
    plan = plan_of(start, *desired)
    dependent = [first for first in range(len(plan.actions) - 1) if not commutes(plan.actions, first)]
    assert dependent
    for first in dependent:
        with pytest.raises(plan_proof.Unsafe):
            plan_proof.proven(start, swapped(plan.actions, first), plan.idle)


def swapped(actions: Sequence[Action], first: int) -> list[Action]:
    return [*actions[:first], actions[first + 1], actions[first], *actions[first + 2 :]]


def commutes(actions: Sequence[Action], first: int) -> bool:
    """Whether two neighbours have nothing in common, change one half each, or one of them reads what the other leaves
    alone."""
    before, after = actions[first], actions[first + 1]
    shared = set(before.scopes) & set(after.scopes)
    apart = not shared and (bool(before.scopes and after.scopes) or before.name != after.name)
    detaches = {before.kind, after.kind} <= {Kind.DETACH_MEMBERS, Kind.DETACH_HALF} and before.where != after.where
    return apart or detaches or {before.kind, after.kind} == {Kind.SAVE, Kind.SERVE_OFF}
