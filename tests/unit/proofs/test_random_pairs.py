# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever two servers show, and whatever a task asks: it is refused for a reason of its own, or planned, and the plan
reaches it."""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pytest
import random_pairs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Connection
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Action, Kind
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import ReadRequest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World

RUNS = int(os.environ.get("PLANNER_RUNS", "1000"))


@pytest.mark.parametrize("part", range(4))
def test_a_plan_leaves_nothing_to_do(part: int) -> None:
    """That nothing is lost on the way is proven for each plan when it is made: a text that asks for a report says that
    it was not."""
    plans = 0
    for seed in range(part * RUNS // 4, (part + 1) * RUNS // 4):
        rng = random.Random(seed)
        scene = random_pairs.scene(rng)
        task = random_pairs.task(rng)
        found = random_pairs.outcome(scene, task)
        if isinstance(found, str):
            assert "Please report" not in found, f"seed {seed}"
            continue
        plans += bool(found.actions)
        assert left_to_do(task(seen_again(found.end))) == [], f"seed {seed}"
    assert plans > RUNS / 4 / 20


def seen_again(end: World) -> World:
    """The server of partner_host, if it was read, is known under no name too, since a relationship that is gone names
    no partner."""
    was_read = Connection.PARTNER in end.views
    known = {**end.known, "": Connection.PARTNER} if was_read else end.known
    return replace(end, known=known, has_partner_host=was_read or "" in end.known)


def left_to_do(found: Plan | ReadRequest) -> list[Action]:
    """Whether a secret arrived cannot be read back: it is sent as often as that is asked for."""
    assert isinstance(found, Plan)
    return [action for action in found.actions if action.kind is not Kind.FORGET and not sends_a_secret(action)]


def sends_a_secret(action: Action) -> bool:
    return action.kind is Kind.MODIFY and set(action.detail.changes) <= {"shared_secret", "enable_auth"}
