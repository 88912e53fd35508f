# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All meetings of two tasks: the pairs of the table, from where they are run, and the schedules of each."""

from __future__ import annotations

import gc
import itertools
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from races.exploring import randomly, two_switches
from races.runs import NOTHING, Outcome, Pair, meet
from races.scenes import SPELLINGS, scene
from races.scheduler import REST
from races.schedules import CLIENTS, Schedule, at_random, switched
from races.sequence import Usual, sequence, undone
from races.tasks import ABOUT_MEMBERS, TASKS

RANDOM = 200  # schedules of a pair beyond those with two switches
LEASES = 8  # draws of which server gives a lease, and whether its partner knows at once
BROKEN = 16  # random ones in which a run is killed, or one's reply is lost
TICKING = 10  # random ones in which time passes: each takes as long as three others
ENOUGH = 50
SCENES = ("pair", "half_first", "settling", "inactive", "silent")
ROUTES = ("own", "hop")
MIXED = tuple(itertools.product(itertools.product(("dhcp01", "dhcp02"), repeat=2), ("own-hop", "hop-own")))
PLACES = tuple(itertools.product((("dhcp01", "dhcp01"), ("dhcp01", "dhcp02")), ROUTES))


@dataclass
class Report:
    """Of one ordered pair of tasks: how many schedules of each dimension, how many are `wrong` of each kind, and the
    first of them that replays it; `persons`: what was said in the end; `well`: in how many a task came to its end."""

    first: str
    second: str
    schedules: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)
    persons: Counter[str] = field(default_factory=Counter)
    in_sequence: int = 0  # refused in the end, as they are when one task follows the other
    own_doing: int = 0
    well: int = 0

    def add(self, dimension: str, pair: Pair, outcome: Outcome, usual: Usual) -> None:
        """One schedule."""
        self.schedules[dimension] += 1
        self.own_doing += outcome.own_doing
        self.well += any(outcome.well)
        for kind in {kind for kind, _what in outcome.wrong}:
            self.wrong[kind] += 1
        for kind, what in outcome.wrong:
            self.examples.setdefault((kind, what), f"PAIR={pair} SCHEDULE={outcome.schedule}")
        for who, said in outcome.persons:
            if who in usual.refused:
                self.in_sequence += 1
            else:
                self.persons[f"{who}: {said}"] += 1


def holes(found: Sequence[Report], asked: int) -> Iterator[str]:
    """What was not proved: what is refused loses nothing either. ``asked``: for so many pairs."""
    for one in found:
        if one.schedules.total() < ENOUGH:
            yield f"{one.first}+{one.second} has {one.schedules.total()} schedules, and {ENOUGH} is the least"
        if not one.well:
            yield f"{one.first}+{one.second}: both were refused in every schedule"
    if len(found) < asked:
        yield f"{asked - len(found)} pairs were not run"


def pairs() -> list[tuple[str, str]]:
    """Every ordered pair of tasks, each with itself too."""
    return list(itertools.product(TASKS, TASKS))


def report(first: str, second: str, seed: int) -> Report:
    """All the schedules of a pair."""
    gc.disable()
    found = Report(first, second)
    rng = random.Random(f"{seed} {first} {second}")
    if "down" in (first, second):
        _silent(found, seed)
        return found
    for (one_host, other_host), route in PLACES:
        pair = Pair(first, one_host, second, other_host, route)
        _forget()
        _add(found, "two switches", pair, two_switches(pair))
        _add(found, "random", pair, randomly(pair, seed, RANDOM // len(PLACES) // 2))
        other = Pair(first, one_host, second, other_host, route, "half_first")
        _add(found, "random", other, randomly(other, seed, RANDOM // len(PLACES) // 2))
    (one_host, other_host), route = rng.choice(PLACES)
    other = Pair(first, one_host, second, other_host, route, "half_first")
    _add(found, "killed", other, _killed(other, rng))
    pair = Pair(first, one_host, second, other_host, route)
    _add(found, "killed", pair, _killed(pair, rng))
    _add(found, "timed out", pair, _broken(pair, rng, "loses"))
    _add(found, "no reply", pair, _broken(pair, rng, "ends"))
    (hosts, routes), where = rng.choice(MIXED), rng.choice(("pair", "half_first", "settling"))
    mixed = Pair(first, hosts[0], second, hosts[1], routes, where)
    _add(found, "mixed", mixed, randomly(mixed, seed, BROKEN))
    ticking = Pair(first, hosts[0], second, hosts[1], rng.choice((*ROUTES, routes)), where)
    _forget()
    _add(found, "ticking", ticking, _broken(ticking, rng, "ticks", TICKING))
    if first in ABOUT_MEMBERS and second in ABOUT_MEMBERS:
        pair = Pair(first, one_host, second, other_host, route, "inactive")
        _add(found, "inactive", pair, two_switches(pair))
    for _draw in range(2):
        (one_host, other_host), route = rng.choice(PLACES)
        spelled = Pair(first, one_host, second, other_host, route, rng.choice(tuple(SPELLINGS)))
        _add(found, "spelled", spelled, randomly(spelled, seed, BROKEN))
    if first == second:
        _add(found, "clients", pair, with_clients(pair))
    return found


def _silent(found: Report, seed: int) -> None:
    """The partner is gone: both are run on the server that is left."""
    for route in ("own", "hop"):
        pair = Pair(found.first, "dhcp01", found.second, "dhcp01", route, "silent")
        _forget()
        _add(found, "two switches", pair, two_switches(pair))
        _add(found, "random", pair, randomly(pair, seed, RANDOM // 2))


def _add(found: Report, dimension: str, pair: Pair, outcomes: Iterator[Outcome]) -> None:
    usual = sequence(pair)
    for outcome in outcomes:
        outcome.wrong += [("silent", what) for what in undone(outcome, usual, pair)]
        found.add(dimension, pair, outcome, usual)


def _killed(pair: Pair, rng: random.Random) -> Iterator[Outcome]:
    """The first ends at each of its operations, then the second runs; and at random places of random schedules."""
    for number in range(1, REST):
        outcome = meet(pair, Schedule(((0, REST), (1, REST)), dies=(0, number)))
        if not outcome.killed:
            break
        yield outcome
    for _number in range(BROKEN):
        yield meet(pair, at_random(rng.randrange(1 << 30), "dies"))


def _broken(pair: Pair, rng: random.Random, how: str, count: int = BROKEN) -> Iterator[Outcome]:
    for _number in range(count):
        yield meet(pair, at_random(rng.randrange(1 << 30), how))


def with_clients(pair: Pair) -> Iterator[Outcome]:
    """A task alone: a client gets a lease before each of its operations, from one server or the other, and its partner
    knows at once or later."""
    alone = Pair(pair.first, pair.first_host, NOTHING, pair.first_host, pair.route)
    length = len(meet(alone, Schedule(((0, REST),))).trace)
    for before, seed in itertools.product(range(length), range(LEASES)):
        yield meet(alone, Schedule(((0, before), (CLIENTS, 1), (0, REST)), seed=seed))


def _forget() -> None:
    """What reads answered takes memory, and what has ended is collected here: in between takes a tenth of the time."""
    for name in (*SCENES, *SPELLINGS):
        scene(name).lab.remembered.clear()
    gc.collect()


def sampled(
    seed: int | str, count: int, scenes: Sequence[str] = SCENES, under: str = ""
) -> Iterator[tuple[Pair, Outcome]]:
    """Some of all that, from anywhere; ``under`` another answer (see scenes)."""
    answer = f",{under}" if under else ""
    rng = random.Random(seed)
    for _number in range(count):
        first, second = rng.choice(pairs())
        (one_host, other_host), route = rng.choice((*PLACES, *MIXED))
        pair = Pair(first, one_host, second, other_host, route, rng.choice(scenes) + answer)
        if "down" in (first, second) and "silent" not in scenes:
            continue
        if "down" in (first, second):
            pair = Pair(first, "dhcp01", second, "dhcp01", route, f"silent{answer}")
        drawn = at_random(rng.randrange(1 << 30), rng.choice(("", "in_step", "dies", "loses", "ends")))
        two = switched(rng.randrange(2), rng.randrange(45), rng.randrange(1, 45))
        dies = Schedule(((0, REST), (1, REST)), dies=(0, rng.randrange(1, 60)))
        outcome = meet(pair, rng.choice((drawn, two, two, dies)))
        if outcome.persons or not all(outcome.promised):
            usual = sequence(pair)
            outcome.wrong += [("silent", what) for what in undone(outcome, usual, pair)]
            outcome.persons = [(who, said) for who, said in outcome.persons if who not in usual.refused]
        yield pair, outcome
