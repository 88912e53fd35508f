# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which of several runs does how many operations, and what happens meanwhile; each has a text that replays it."""

from __future__ import annotations

import random
from dataclasses import dataclass

from races.scheduler import REST

Segments = tuple[tuple[int, int], ...]
CLIENTS = 2  # the actor that is no task
DRAWN = "random-"
MOST_READS = 700  # operations of two runs, where each read is one
MOST_TURNS = 400  # of two runs in step
CALLS = 8  # remote commands of a run, about


@dataclass(frozen=True)
class Schedule:
    """`segments`: (run, operations). `dies`: the run that is killed, before this operation of its own; `ends`: the same
    of its process on the server, and it goes on without a reply. `loses`: the run that is killed when it gets no reply
    to this remote call. `ticks`: each operation takes time, drawn from this seed. `seed`: of what else is random:
    clients that get leases (none: none do). `name`: of one that was drawn as a whole."""

    segments: Segments
    dies: tuple[int, int] | None = None
    loses: tuple[int, int] | None = None
    ends: tuple[int, int] | None = None
    ticks: int | None = None
    seed: int | None = None
    name: str = ""

    def __str__(self) -> str:
        if self.name:
            return self.name
        words = [f"{'ABC'[who]}{'' if count == REST else count}" for who, count in self.segments]
        words += [f"kill-{'AB'[self.dies[0]]}{self.dies[1]}"] if self.dies else []
        words += [f"lose-{'AB'[self.loses[0]]}{self.loses[1]}"] if self.loses else []
        words += [f"end-{'AB'[self.ends[0]]}{self.ends[1]}"] if self.ends else []
        words += [f"ticks-{self.ticks}"] if self.ticks is not None else []
        words += [f"clients-{self.seed}"] if self.seed is not None else []
        return ",".join(words)


def parse(text: str) -> Schedule:
    """The reverse of str. Raises ValueError."""
    if text.startswith(DRAWN):
        _random, seed_text, *broken = text.split("-")
        return at_random(int(seed_text), *broken)
    segments: list[tuple[int, int]] = []
    dies = loses = ends = ticks = seed = None
    for word in text.split(","):
        kind, dash, rest = word.partition("-")
        if not dash:
            segments.append(("ABC".index(word[0]), int(word[1:] or REST)))
        elif kind == "kill":
            dies = ("AB".index(rest[0]), int(rest[1:]))
        elif kind == "lose":
            loses = ("AB".index(rest[0]), int(rest[1:]))
        elif kind == "end":
            ends = ("AB".index(rest[0]), int(rest[1:]))
        elif kind == "ticks":
            ticks = int(rest)
        elif kind == "clients":
            seed = int(rest)
        else:
            raise ValueError(f"{word} is no part of a schedule")
    return Schedule(tuple(segments), dies, loses, ends, ticks, seed)


def switched(first: int, before: int, between: int = REST) -> Schedule:
    """At most two context switches: the first run's operations, then the other's, then both to their ends."""
    other = 1 - first
    return Schedule(((first, before), (other, between), (first, REST), (other, REST)))


def at_random(seed: int, broken: str = "") -> Schedule:
    """Any number of switches; `broken`: dies, loses or ends, one of the two at some place; or in_step: after a few
    switches both go on by turns, operation by operation, also when both have waited; or ticks."""
    rng, operations = random.Random(seed), 40  # about how many a run has
    steps = rng.choice((2, 4, 10, max(2, operations // 2)))
    segments: list[tuple[int, int]] = []
    who, length = rng.randrange(2), 0
    while length < (MOST_READS if broken == "ticks" else 3 * operations):
        count = rng.randint(1, steps)
        segments.append((who, count))
        who, length = 1 - who, length + count
    if broken == "in_step":
        each = rng.choice((1, 1, 2, 3))
        segments = [*segments[: rng.randrange(2, 7)], *((0, each), (1, each)) * MOST_TURNS]
        return Schedule(tuple(segments), name=f"{DRAWN}{seed}-in_step")
    clients = rng.randrange(1 << 30) if rng.random() < 0.5 else None
    if clients is not None:
        for _lease in range(rng.randint(1, 3)):
            segments.insert(rng.randrange(len(segments)), (CLIENTS, 1))
    killed = (rng.randrange(2), rng.randrange(1, operations)) if broken == "dies" else None
    lost = (rng.randrange(2), rng.randrange(CALLS)) if broken == "loses" else None
    ended = (rng.randrange(2), rng.randrange(1, operations)) if broken == "ends" else None
    ticks = seed if broken == "ticks" else None
    name = f"{DRAWN}{seed}{f'-{broken}' if broken else ''}"
    return Schedule(tuple(segments), killed, lost, ended, ticks, clients, name)
