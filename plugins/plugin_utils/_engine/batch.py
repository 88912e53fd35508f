# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Steps -> the operations of one remote call: probe the partner, wait for the state, write, wait again, and then what
follows."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from .._model.server import Server
from .._planning import guards
from .._windows import cmdlets
from .._windows.reply import Result
from .sides import Connection
from .steps import Plan, Step

GRACE = (
    90  # seconds; two servers that lost contact over a change of secret connect again after a minute (MS-DHCPF 3.1.2.2)
)


@dataclass(frozen=True)
class Waiting:
    """How long to wait for Normal (seconds, for each wait), whether to at the end, and what else is allowed.

    `grace`: how long, after a write, a state may last that is refused before one.
    """

    timeout: int = 180
    at_end: bool = True
    allow_state: tuple[str, ...] = ()
    grace: int = GRACE


def groups(plan: Plan) -> Sequence[tuple[Connection, Sequence[Step]]]:
    """The steps that follow each other on one connection: each group is one remote call."""
    return [
        (connection, tuple(steps))
        for connection, steps in itertools.groupby(plan.steps, key=lambda step: step.connection)
    ]


def partners(steps: Sequence[Step]) -> Sequence[str]:
    """The servers that these steps reach from the one that runs them."""
    return list(dict.fromkeys(step.partner for step in steps if step.partner))


def operations(
    steps: Sequence[Step],
    server: Server,
    waiting: Waiting,
    probes: Sequence[cmdlets.Operation] = (),
    before: Collection[str] = (),
) -> Sequence[cmdlets.Operation]:
    """In order; the script stops after the first that had an error, so nothing is written when a probe or a wait fails.

    `before`: relationships that the task has written to already, over another connection.
    """
    calls: list[cmdlets.Operation] = [*probes]
    unsettled = {
        relationship.name for relationship in server.relationships
    }  # there, and not seen Normal since the last write
    written = set(before)
    for step in steps:
        if step.settled and step.relationship in unsettled:
            calls.append(_wait(step.relationship, waiting, step.relationship in written))
            unsettled.remove(step.relationship)
        calls += [*step.proofs, step.operation]
        if step.removes:
            unsettled.discard(step.relationship)
        elif not step.here_only:
            unsettled.add(step.relationship)
        written |= touched([step])
    if waiting.at_end:
        calls += [_wait(name, waiting, True) for name in _there_at_the_end(steps)]
    return [*calls, *(one for step in steps for one in step.then)]


def touched(steps: Iterable[Step]) -> frozenset[str]:
    """The relationships that the steps write to, and leave there."""
    return frozenset(step.relationship for step in steps if not step.removes and not step.here_only)


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


def _wait(name: str, waiting: Waiting, after_a_write: bool) -> cmdlets.Operation:
    allowed: Collection[str] = {guards.NORMAL, *waiting.allow_state}
    grace = min(waiting.grace, waiting.timeout) if after_a_write else 0
    passing = guards.PASSING - set(allowed)
    states = cmdlets.AwaitedStates(allowed, passing, guards.PASSING_AFTER_A_WRITE, grace)
    return cmdlets.wait_for_state(name, states, waiting.timeout)
