# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan that somebody has agreed to, as a task's result shows it, and what another one has otherwise. No I/O.

The words of a step name every scope, server and value that it is about, so that plans of the same data are the same
where their words are. The order is no matter: each plan is made, ordered and proven anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._model.refusal import Refused
from .._model.removal_list import becomes_of_copy
from .._model.texts import few

Shown = Mapping[str, Any]
_WHICH = ("scope_id", "server", "kept_on", "other_copy")  # what a removal is; what differs may become less


@dataclass(frozen=True)
class AgreedPlan:
    """`steps`: (server, words). `removals`: as a result has them."""

    steps: tuple[tuple[str, str], ...]
    removals: tuple[Shown, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be done."""
        return not self.steps

    def otherwise(self, now: AgreedPlan) -> list[str]:
        """What `now` has otherwise: what is new, and what is gone. A copy that has less to lose is none of it."""
        mine, theirs = Counter(self.steps), Counter(now.steps)
        new = [f"new: {_step(step)}" for step in (theirs - mine).elements()]
        gone = [f"gone: {_step(step)}" for step in (mine - theirs).elements()]
        return [*new, *self.lost_beyond(now), *gone, *_gone_removals(self.removals, now.removals)]

    def lost_beyond(self, now: AgreedPlan) -> list[str]:
        """The copies that go by `now`, or have something to lose, and did not."""
        known = {_which(removal): removal["differences"] for removal in self.removals}
        found: list[str] = []
        for removal in now.removals:
            which = _which(removal)
            more = [words for words in removal["differences"] if words not in known.get(which, ())]
            if which not in known or more:
                found.append(f"new: {becomes_of_copy({**removal, 'differences': more})}")
        return found


def of_result(shown: Shown, told: Callable[[str], str] = str) -> AgreedPlan:
    """The plan in a task's result. `told`: a text as a result has it."""
    steps = tuple((str(step["server"]), told(step["step"])) for step in shown.get("plan") or ())
    removals = tuple(
        {**removal, "differences": [told(words) for words in removal.get("differences") or ()]}
        for removal in shown.get("removals") or ()
    )
    return AgreedPlan(steps, removals)


def refusal(differences: Sequence[str]) -> Refused:
    """Why a plan is not carried out."""
    return Refused(
        "expected_plan (failover_plan_file of the playbooks): what would be done is not what was agreed to: "
        f"{few(differences, between='; ')}. Make a new plan."
    )


def _step(step: tuple[str, str]) -> str:
    server, words = step
    return f"{server}: {words}"


def _which(removal: Shown) -> tuple[str, ...]:
    return tuple(str(removal[key]) for key in _WHICH)


def _gone_removals(agreed: Iterable[Shown], now: Iterable[Shown]) -> list[str]:
    there = {_which(removal) for removal in now}
    return [f"gone: {becomes_of_copy(removal)}" for removal in agreed if _which(removal) not in there]
