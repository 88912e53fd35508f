# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The schedules of a pair: all with at most two context switches, and random ones.

Two schedules that differ only in the order of two operations, neither of which changes what the other looks at or
changes, are one: the later of the two is not run again.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence

from races.runs import Outcome, Pair, meet
from races.scheduler import REST, Operation
from races.schedules import Schedule, at_random, switched

FIRST, SECOND = 0, 1


def two_switches(pair: Pair) -> Iterator[Outcome]:
    """The first of the pair begins, the second interrupts it, and is interrupted in turn."""
    whole = meet(pair, switched(FIRST, 0))  # the second, then the first
    yield whole
    block = _until(whole.trace, 0, FIRST)
    alone = meet(pair, Schedule(((FIRST, REST), (SECOND, REST))))
    mine = [one for one in alone.trace if one.actor == FIRST]
    yield from _interrupted(pair, 0, block)
    for before in range(1, len(mine) + 1):
        last = mine[before - 1]
        if before < len(mine) and all(last.commutes(one) for one in block):
            continue  # as if it had been interrupted before that, whatever the second does then
        whole = meet(pair, switched(FIRST, before))
        yield whole
        block = _until(whole.trace, before, FIRST)
        if before < len(mine):
            yield from _interrupted(pair, before, block, last)


def _interrupted(
    pair: Pair, before: int, block: Sequence[Operation], last: Operation | None = None
) -> Iterator[Outcome]:
    """The second has done some of its operations when the first goes on."""
    tail: Sequence[Operation] | None = None
    for between in range(1, len(block)):
        if last is not None and all(last.commutes(one) for one in block[:between]):
            continue
        if tail is not None and all(block[between - 1].commutes(one) for one in tail):
            continue
        found = meet(pair, switched(FIRST, before, between))
        yield found
        tail = _until(found.trace, before + between, SECOND)


def _until(trace: Sequence[Operation], before: int, actor: int) -> list[Operation]:
    """What is done after so many operations, before this run goes on."""
    return list(itertools.takewhile(lambda one: one.actor != actor, trace[before:]))


def randomly(pair: Pair, seed: int, count: int) -> Iterator[Outcome]:
    """Any number of switches, clients that get leases in half of them; in every fourth both go on in step after a
    few."""
    rng = random.Random(f"{seed} {pair}")
    for number in range(count):
        yield meet(pair, at_random(rng.randrange(1 << 30), "in_step" if number % 4 == 3 else ""))
