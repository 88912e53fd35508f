# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The planner of typed actions comes to what the planners that stand come to, but for what is listed here."""

from __future__ import annotations

import os
import random
import re
from dataclasses import replace
from typing import Any

import planners
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils.plan import Plan

RUNS = int(os.environ.get("PLANNER_RUNS", "600"))
MENDED = [
    (r"(?:relationship|previous_name): (\S+ has a relationship '\w+', which differs)", r"name: \1"),  # the option that was written
    (r"its name was '(\w+)' Windows", r"its name was '\1'. Windows"),  # two sentences
    (r"the partner alone has it Windows", "the partner alone has it. Windows"),
    (r"\.\)\. keep_scopes_on", "). keep_scopes_on"),
]


@pytest.mark.parametrize("part", range(4))
def test_it_plans_what_was_planned_before(part: int) -> None:
    for seed in range(part * RUNS // 4, (part + 1) * RUNS // 4):
        assert compared(seed) is not None, f"seed {seed} differs in a way that nothing explains"


def compared(seed: int) -> str | None:
    """What explains that the two planners differ; "": they do not; None: nothing does."""
    rng = random.Random(seed)
    scene = planners.scene(rng)
    task = planners.task(rng)
    before, now = planners.outcome(scene, planners.old(*task)), planners.outcome(scene, planners.typed(*task))
    if "Please report" in str(now[1]):
        return None
    if before[0] == now[0] == "plan":
        return explained_plans(before[1], now[1])
    reason = explained_texts(said(before), said(now))
    if reason is None and is_renamed_into_another(scene, *task):
        return "whether the partner stays is judged by the relationship that the scopes go to, which is there already"
    return reason


def is_renamed_into_another(scene: planners.Scene, kind: str, told: tuple[Any, ...]) -> bool:
    names = (told[0].name, told[2].previous_name) if kind == "relationship" else ()
    return len(set(names)) == 2 and all(name and scene.here.relationship(name) for name in names)


def said(outcome: planners.Outcome) -> str:
    text = "a plan" if outcome[0] == "plan" else str(outcome[1])
    for pattern, mended in MENDED:
        text = re.sub(pattern, mended, text)
    return text


def explained_texts(before: str, now: str) -> str | None:
    if before == now:
        return ""
    if "so it is not down" in before and "so it is not down, although it says" in now:
        return "what a server said that is there is told"
    if "the copies on dhcp01.contoso.example" in before and "the copies on" in now:
        return "what the partner alone has was taken for ours, and the wrong server named"
    if re.search(r"has a relationship '\w+', and DHCP01 has not", now):
        return "a name that is taken at a partner that is known is refused by the plan, and no more by a guard"
    if re.search(r"scopes: \S+ exists on \S+ already", now):
        return "the partner is known, by another of its names, so that what is there is refused before a write"
    if re.search(r"scopes: \S+ is in '\w+' on \S+, and not on DHCP01: a removal did not end", now) and before == "a plan":
        return "a scope would have been created that the partner still serves"
    if re.search(r"scopes: \S+ exists on \S+ already", before) and now == "a plan":
        return "what the partner alone has is taken apart there too"
    return None


def explained_plans(before: Plan, now: Plan) -> str | None:
    """Fields that differ, each with its reason."""
    reasons = []
    if before.steps != now.steps:
        if sorted(map(repr, before.steps)) != sorted(map(repr, now.steps)):
            return None
        reasons.append("neighbours on one connection stand together")
    if before.before != now.before:
        if before.before.get("partner_server") != "dhcp01.contoso.example":
            return None
        reasons.append("what the partner alone has is shown as this server would see it")
    if before.after != now.after:
        if sorted(set(before.after["scopes"])) != now.after["scopes"]:
            return None
        reasons.append("a member that was one-sided was shown twice")
    if before.pending != now.pending:
        if not now.pending or now.after.get("state") != "Empty":
            return None
        reasons.append("a re-creation that leaves no scope is pending")
    if removals(before) != removals(now):
        if removals(replace(before, removals=tuple(told(one) for one in before.removals))) != removals(
            replace(now, removals=tuple(told(one) for one in now.removals))
        ):
            return None
        reasons.append("a copy that nobody brings back is deleted, and not replaced")
    same = (before.creates, before.warnings) == (now.creates, now.warnings)
    members = before.members == now.members or not now.removals
    return "; ".join(reasons) if same and members else None


def removals(plan: Plan) -> list[str]:
    return sorted(map(repr, plan.removals))


def told(removal: Any) -> Any:
    return replace(removal, replaced=False, loses=())
