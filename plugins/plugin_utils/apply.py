# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan -> the operations of one remote call: probe the partner, wait for the state, write, wait again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import cmdlets, guards
from .model import Server
from .plan import Plan, Step


@dataclass(frozen=True)
class Waiting:
    """How long to wait for Normal (seconds, for each wait), whether to at the end, and what else is allowed."""

    timeout: int = 180
    at_end: bool = True
    allow_state: tuple[str, ...] = ()
    allow_clock_skew: bool = False


def operations(plan: Plan, server: Server, waiting: Waiting) -> Sequence[cmdlets.Operation]:
    """In order; the script stops after the first that had an error, so nothing is written when a probe or a wait fails."""
    calls: list[cmdlets.Operation] = []
    unsettled = {relationship.name for relationship in server.relationships}  # there, and not seen Normal since the last write
    probed: set[str] = set()
    for step in plan.steps:
        if step.partner not in probed:
            probed.add(step.partner)
            calls.append(cmdlets.probe_partner(step.partner))
        if step.relationship in unsettled:
            calls.append(_wait(step.relationship, waiting))
            unsettled.remove(step.relationship)
        calls.append(step.operation)
        if not step.here_only:
            unsettled.add(step.relationship)
    if waiting.at_end:
        gone = {step.relationship for step in plan.steps if step.removes}
        calls += [_wait(name, waiting) for name in plan.touched() if name not in gone]
    return calls


def under_way(plan: Plan, calls: Sequence[cmdlets.Operation], results: Sequence[Mapping[str, Any]]) -> Step | None:
    """The first step that was not carried out, given the results of the operations that ran."""
    done = [id(call) for call, result in zip(calls, results, strict=False) if not result["errors"]]
    return next((step for step in plan.steps if id(step.operation) not in done), None)


def done(plan: Plan, step: Step | None) -> Sequence[Step]:
    """The steps before the one that is under way."""
    return plan.steps if step is None else plan.steps[: plan.steps.index(step)]


def _wait(name: str, waiting: Waiting) -> cmdlets.Operation:
    allowed: Collection[str] = {guards.NORMAL, *waiting.allow_state}
    return cmdlets.wait_for_state(name, allowed, guards.PASSING - set(allowed), waiting.timeout)
