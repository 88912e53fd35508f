# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What becomes of a pair of tasks when one follows the other: what a meeting of the two is measured by.

An ok promises something (`tasks.Wish`), and the other task may want the contrary: then what the first said is true and
does not last. A task undoes another one if it does when it is run after it has ended. So:

    at the end of a run that said ok, what it promises was so at a moment since its own last change (judge.Promise)
    at the end of all, what both promise is so, but for a task that the other one undoes in sequence, or that was broken
    off in the middle of it and is refused when it is run again, which tells a person

A task that is refused when it is run again needs a person, but where it is refused in sequence too.
"""

from __future__ import annotations

from dataclasses import dataclass

from races.runs import Outcome, Pair, meet
from races.scheduler import REST
from races.schedules import Schedule


@dataclass(frozen=True)
class Usual:
    """`lasts`: of each run, whether what it promises is still so after the other one. `refused`: runs that are refused
    after the other one."""

    lasts: tuple[bool, ...]
    refused: frozenset[str]


def sequence(pair: Pair) -> Usual:
    """Both orders of the two."""
    orders = [meet(pair, Schedule(((first, REST), (1 - first, REST)))) for first in (0, 1)]
    return Usual(
        tuple(all(order.at_once) and order.promised[who] for who, order in enumerate(orders)),
        frozenset(who for order in orders for who, _said in order.persons),
    )


def undone(outcome: Outcome, usual: Usual, pair: Pair) -> list[str]:
    """Of runs that said ok, those whose promise is broken in the end by one that does not want the contrary, and that
    tells nobody."""
    told = {who for who, _said in outcome.persons}
    return [
        f"{name} said ok, and in the end it is not so, which the other task does not do when it follows it"
        for name, well, promised, lasts in zip(pair.names, outcome.well, outcome.promised, usual.lasts, strict=False)
        if well and lasts and not promised and not told - {name}
    ]
