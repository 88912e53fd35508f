# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One schedule: two tasks meet, each is run again where it did not end well, and what came of it is judged."""

from __future__ import annotations

import itertools
import random
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.standin.files import Files
from nothing_lost.task import perform
from nothing_lost.watched import Killed

from races.clients import Clients
from races.judge import Judge, Promise
from races.scenes import Scene, scene
from races.scheduler import REST, Actor, Endless, Operation, Scheduler
from races.schedules import Schedule
from races.servers import RacedLab, RacedWire
from races.tasks import TASKS
from races.virtual import process

PARTNER = {"dhcp01": "dhcp02", "dhcp02": "dhcp01"}
LEASES = 3
FAULTS = ("Please report", "that Ansible cannot read", "Traceback")  # a fault of the product, or of this proof
NOTHING = "nothing"  # a task that does nothing


@dataclass(frozen=True)
class Pair:
    """Two tasks, by name, each on a host; `route`: own (a connection to the partner) or hop, or that of
    each; `scene`: see scenes."""

    first: str
    first_host: str
    second: str
    second_host: str
    route: str
    scene: str = "pair"

    def __str__(self) -> str:
        return f"{self.first}@{self.first_host}+{self.second}@{self.second_host}/{self.route}/{self.scene}"

    def goes_by(self, who: int) -> str:
        """The route of one of the two."""
        both = self.route.split("-")
        return both[who % len(both)]

    @property
    def is_of_two_servers(self) -> bool:
        """Whether each of the two has a server of its own."""
        return self.first_host != self.second_host

    @property
    def names(self) -> tuple[str, str]:
        return f"{self.first}@{self.first_host}", f"{self.second}@{self.second_host}"


def pair(text: str) -> Pair:
    """The reverse of str."""
    tasks, route, where = text.split("/")
    (first, first_host), (second, second_host) = (one.split("@") for one in tasks.split("+"))
    return Pair(first, first_host, second, second_host, route, where)


@dataclass
class Outcome:
    """What became of one schedule. `wrong`: kind (lost, nobody, twice, silent, endless) and what; `persons`: what the
    runs said in the end that did not get where they wanted; `trace`: the operations before anything was run again."""

    schedule: Schedule
    wrong: list[tuple[str, str]] = field(default_factory=list)
    persons: list[tuple[str, str]] = field(default_factory=list)  # who, and what it said
    killed: bool = False
    own_doing: int = 0
    trace: list[Operation] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    promised: tuple[bool, ...] = ()  # of each run, whether what its ok promises is so in the end
    at_once: tuple[bool, ...] = ()  # whether it said ok
    well: tuple[bool, ...] = ()  # the same, at the latest when it was run again


@dataclass
class Meeting:
    """The servers, and what is on them, while a schedule runs."""

    scene: Scene
    pair: Pair
    lab: RacedLab
    files: dict[str, Files]
    judge: Judge
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def run(self, who: int, lose_at: int | None = None) -> Mapping[str, Any]:
        """The task of this number. Raises Killed."""
        if self.pair.second == NOTHING and who == 1:
            return {}
        name, host = ((self.pair.first, self.pair.first_host), (self.pair.second, self.pair.second_host))[who]
        task, other = TASKS[name], PARTNER[host]
        options = dict(task.options(host, other))
        if "path" in options:
            options["path"] = self.scene.saved[host.upper()]
        if task.routes and self.pair.goes_by(who) == "own":
            options["partner_host"] = task.partner or other
        wire = RacedWire(self.lab, lose_at=lose_at, files=self.files)
        return perform(wire, task.module, options, host)


def meet(pair: Pair, schedule: Schedule) -> Outcome:
    """Runs it. Raises what is a fault of the lab or of this proof."""
    outcome = Outcome(schedule)
    place = scene(pair.scene)
    lab, files = place.fresh()
    lab.unserved = place.unserved
    clients = Clients(lab, random.Random(schedule.seed))
    promises = [
        Promise(TASKS[name].wish, host.upper(), PARTNER[host].upper())
        for name, host in ((pair.first, pair.first_host), (pair.second, pair.second_host))
        if name != NOTHING
    ]
    meeting = Meeting(place, pair, lab, files, Judge(lab, place.unserved, promises, clients))
    actors = _actors(meeting, schedule, clients)
    ended = _run(meeting, actors, schedule.segments, outcome, schedule.ticks)
    outcome.trace = ended.trace
    outcome.at_once = tuple(map(_is_ok, actors[:2]))
    outcome.well = tuple(ok or _again(meeting, number, outcome) for number, ok in enumerate(outcome.at_once))
    clients.deliver()
    judge, told = meeting.judge, [said for _who, said in outcome.persons]
    outcome.wrong += [("lost", what) for what in (*judge.lost, *judge.leases(outcome.said))]
    outcome.wrong += [("nobody", what) for what in judge.nobody()]
    outcome.wrong += [("twice", what) for what in judge.twice(told)]
    outcome.own_doing = judge.own_doing
    outcome.promised = tuple(promise.wish(lab, promise.here, promise.there) for promise in promises)
    return outcome


def _actors(meeting: Meeting, schedule: Schedule, clients: Clients) -> list[Actor]:
    def body(who: int, lose_at: int | None) -> Any:
        return lambda: meeting.run(who, lose_at)

    actors = []
    for who, name in enumerate(meeting.pair.names):
        lose_at = schedule.loses[1] if schedule.loses and schedule.loses[0] == who else None
        dies_at = schedule.dies[1] if schedule.dies and schedule.dies[0] == who else None
        ends_at = schedule.ends[1] if schedule.ends and schedule.ends[0] == who else None
        actors.append(Actor(name, body(who, lose_at), dies_at, ends_at))
    if schedule.seed is not None:
        actors.append(Actor("clients", lambda: clients.live(_scheduler(meeting), LEASES)))
    return actors


def _scheduler(meeting: Meeting) -> Scheduler:
    assert meeting.lab.scheduler is not None
    return meeting.lab.scheduler


def _run(meeting: Meeting, actors: list[Actor], segments: Any, outcome: Outcome, ticks: int | None = None) -> Scheduler:
    lasts = None if ticks is None else _lasts(random.Random(ticks))
    scheduler = Scheduler(actors, segments, meeting.judge.seen, meeting.judge.clients.deliver, lasts)
    meeting.lab.scheduler = scheduler
    with process(scheduler, meeting.numbers):
        scheduler.run()
    meeting.lab.scheduler = None
    outcome.killed |= any(isinstance(actor.failure, Killed) for actor in actors)
    for actor in actors:
        if isinstance(actor.failure, Endless):
            outcome.wrong.append(("endless", f"{actor.name} does not come to its end"))
        elif actor.failure is None and isinstance(actor.result, Mapping):
            said = actor.result.get("msg") if actor.result.get("failed") else "ok"
            outcome.said.append(f"{actor.name}: {said}")
            _check_said(actor.name, str(said), outcome)
            if actor.number == len(meeting.judge.promises):
                continue  # it was asked for nothing
            promise = meeting.judge.promises[actor.number]
            is_known = _is_told(actor.result) or _is_blind(meeting, actor, outcome.killed)
            if not actor.result.get("failed") and not promise.held and not is_known:
                outcome.wrong.append(("silent", f"{actor.name} said ok, and what it was asked for was never so"))
        elif actor.failure is not None and not isinstance(actor.failure, Killed):
            outcome.wrong.append(("faults", f"{actor.name}: {_fault(actor.failure)}"))
        elif actor.failure is not None:
            outcome.said.append(f"{actor.name}: killed")
    return scheduler


def _is_told(result: Mapping[str, Any]) -> bool:
    """Whether a warning tells that a scope is out of service that is defined to serve, and why that may be."""
    return any(one["field"] == "state" for one in result.get("definition_differences", ()))


def _is_blind(meeting: Meeting, actor: Actor, killed: bool) -> bool:
    """Whether a run over the hop found on its own server all as it was asked to, which tells it of no partner, unless
    it replicates. What a broken run left there is not known to it; what another one is in the middle of there has to
    come after it."""
    promise, lab = meeting.judge.promises[actor.number], meeting.lab
    if meeting.pair.goes_by(actor.number) != "hop":
        return False
    if killed:
        return promise.wish(lab, promise.here, promise.here)
    task = TASKS[actor.name.partition("@")[0]]
    found_so = promise.held_here and not actor.result.get("changed") and meeting.pair.is_of_two_servers
    return found_so and task.kind != "replicating" and promise.wish(lab, promise.here, promise.there)


def _lasts(rng: random.Random) -> Callable[[str], float]:
    """Seconds: a remote command takes some, and one of them long; what it does takes little."""
    slow = rng.choice((1, 1, 5))
    return lambda what: rng.uniform(0.3, 8) * slow if what == "request" else rng.uniform(0.05, 0.5)


def _fault(failure: Exception) -> str:
    """What was raised, and where."""
    last = traceback.extract_tb(failure.__traceback__)[-1]
    return f"{type(failure).__name__}: {failure}, in {last.name} ({Path(last.filename).name}, {last.lineno})"


def _check_said(name: str, said: str, outcome: Outcome) -> None:
    if any(words in said for words in FAULTS):
        outcome.wrong.append(("faults", f"{name} said: {said}"))


def _is_ok(actor: Actor) -> bool:
    return actor.failure is None and not actor.result.get("failed")


def _again(meeting: Meeting, who: int, outcome: Outcome) -> bool:
    """The same task once more, alone; whether it says ok now."""
    promise = meeting.judge.promises[who]
    promise.over = False
    promise.look(meeting.lab, mine=True)
    actor = Actor(meeting.pair.names[who], lambda: meeting.run(who))
    actors = [actor] if who == 0 else [Actor("", lambda: None), actor]
    _run(meeting, actors, ((who, REST),), outcome)
    if actor.failure is None and actor.result.get("failed"):
        outcome.persons.append((actor.name, str(actor.result["msg"])))
    return _is_ok(actor)
