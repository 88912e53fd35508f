# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The same meetings where Windows answers an open question otherwise: some schedules under every single answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.core.open_questions import every_single_change, written

from races.meetings import sampled
from races.scenes import scene


@dataclass
class Sample:
    """Under one answer: how many schedules were run, and kind, what and replay of each that went wrong."""

    answer: str
    schedules: int = 0
    wrong: list[tuple[str, str, str]] = field(default_factory=list)


def every_answer() -> list[str]:
    """As `scenes` takes them."""
    return [written(name, answer) for name, answer, _switches in every_single_change()]


def sample(answer: str, seed: int, count: int) -> Sample:
    """``count`` schedules from anywhere, others under each answer."""
    found = Sample(answer)
    for pair, outcome in sampled(f"{seed} {answer}", count, under=answer):
        found.schedules += 1
        found.wrong += [(kind, what, f"PAIR={pair} SCHEDULE={outcome.schedule}") for kind, what in outcome.wrong]
    scene.cache_clear()
    return found
