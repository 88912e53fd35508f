# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Steps -> the operations of one remote call: probe the partner, wait for the state, write, wait again, and then what follows."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from . import cmdlets, guards
from .model import Server
from .plan import Plan, Step
from .reply import Result
from .sides import Connection


@dataclass(frozen=True)
class Waiting:
    """How long to wait for Normal (seconds, for each wait), whether to at the end, and what else is allowed."""

    timeout: int = 180
    at_end: bool = True
    allow_state: tuple[str, ...] = ()


def groups(plan: Plan) -> Sequence[tuple[Connection, Sequence[Step]]]:
    """The steps that follow each other on one connection: each group is one remote call."""
    return [(connection, tuple(steps)) for connection, steps in itertools.groupby(plan.steps, key=lambda step: step.connection)]


def operations(steps: Sequence[Step], server: Server, waiting: Waiting) -> Sequence[cmdlets.Operation]:
    """In order; the script stops after the first that had an error, so nothing is written when a probe or a wait fails."""
    calls: list[cmdlets.Operation] = []
    unsettled = {relationship.name for relationship in server.relationships}  # there, and not seen Normal since the last write
    probed: set[str] = set()
    for step in steps:
        if step.partner and step.partner not in probed:
            probed.add(step.partner)
            calls.append(cmdlets.probe_partner(step.partner))
        if step.settled and step.relationship in unsettled:
            calls.append(_wait(step.relationship, waiting))
            unsettled.remove(step.relationship)
        calls += [*step.proofs, step.operation]
        if step.removes:
            unsettled.discard(step.relationship)
        elif not step.here_only:
            unsettled.add(step.relationship)
    if waiting.at_end:
        calls += [_wait(name, waiting) for name in _there_at_the_end(steps)]
    return [*calls, *(one for step in steps for one in step.then)]


def _there_at_the_end(steps: Sequence[Step]) -> Sequence[str]:
    """The relationships that the steps leave behind, and that are more than one server's half."""
    last = {step.relationship: step for step in steps if step.settled or step.removes}
    return [name for name, step in last.items() if not step.removes]


def under_way(steps: Sequence[Step], calls: Sequence[cmdlets.Operation], results: Sequence[Result]) -> Step | None:
    """The first step that was not carried out, given the results of the operations that ran."""
    done = [id(call) for call, result in zip(calls, results, strict=False) if not result.errors]
    return next((step for step in steps if id(step.operation) not in done), None)


def done(steps: Sequence[Step], step: Step | None) -> Sequence[Step]:
    """The steps before the one that is under way."""
    return steps if step is None else steps[: steps.index(step)]


def _wait(name: str, waiting: Waiting) -> cmdlets.Operation:
    allowed: Collection[str] = {guards.NORMAL, *waiting.allow_state}
    return cmdlets.wait_for_state(name, allowed, guards.PASSING - set(allowed), waiting.timeout)
