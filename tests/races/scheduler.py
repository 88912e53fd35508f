# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Several runs in one process, one at a time, and who goes on is decided at each of their operations.

Each run is a thread, and only the one that holds the baton does anything. Before an operation it asks who is next; a
run that waits for a mutex or sleeps is none of those who can be. Time is virtual: it passes while everybody waits, and
where a schedule says so with each operation.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nothing_lost.watched import Killed

MOST_OPERATIONS = 1_500  # of one run
NOBODY = -1  # who has changed something, when a run has ended
REST = 1_000_000  # operations: to the end of the run


class ScriptEnded(Exception):
    """The process on the server ended here, and the run gets no reply."""


class Endless(Exception):
    """A run that does not come to its end."""


Thing = tuple[str, str]  # (what, server): its relationships, its scopes, its notes, its mutex


@dataclass
class Operation:
    """What was done, by the actor of this number, and what that looked at or changed."""

    actor: int
    server: str
    what: str
    reads: set[Thing] = field(default_factory=set)
    writes: set[Thing] = field(default_factory=set)

    def commutes(self, other: Operation) -> bool:
        """Whether it makes no difference which of the two is first."""
        mine, theirs = self.writes | self.reads, other.writes | other.reads
        return not (self.writes & theirs or other.writes & mine)


def _taken() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass
class Actor:
    """A run. `body`: what it does; `dies_at`, `ends_at`: the operation before which it is killed, or its script ends;
    `result`: what came of it; `failure`: what ended it otherwise."""

    name: str
    body: Callable[[], Any]
    dies_at: int | None = None
    ends_at: int | None = None
    operations: int = 0
    holds: set[str] = field(default_factory=set)
    until: float | None = None  # waits, at most to then
    wants: str | None = None  # the mutex that it waits for
    ended: bool = False
    result: Any = None
    failure: Exception | None = None
    number: int = 0
    baton: threading.Lock = field(default_factory=_taken)


Segments = Sequence[tuple[int, int]]


class Scheduler:
    """`segments`: (actor, how many operations), one after the other; one that cannot go on gives the rest of its
    segment away. After the last of them whoever runs runs on."""

    def __init__(
        self,
        actors: Sequence[Actor],
        segments: Segments,
        seen: Callable[[int], None] = lambda who: None,
        time_passes: Callable[[], None] = lambda: None,
        lasts: Callable[[str], float] | None = None,
    ) -> None:
        """`seen` is told who has changed something, or that one has ended (NOBODY); `time_passes`: that all wait.
        `lasts`: how many seconds what is about to be done takes; then each read is an operation of its own, too."""
        self.actors = actors
        self.trace: list[Operation] = []
        self.clock = 0.0  # seconds
        self.current: Actor | None = None
        self._left = [list(segment) for segment in segments]
        self._seen = seen
        self._time_passes = time_passes
        self._lasts = lasts
        self._over = _taken()
        self._owners: dict[str, Actor] = {}
        self._broken: Exception | None = None
        self._under_way: dict[int, Operation] = {}
        for number, actor in enumerate(actors):
            actor.number = number

    def run(self) -> None:
        """To the end of all. Raises what is wrong with who looks at the changes."""
        threads = [threading.Thread(target=self._live, args=(actor,), daemon=True) for actor in self.actors]
        for thread in threads:
            thread.start()
        self._pass_on()
        self._over.acquire()
        for thread in threads:
            thread.join()
        self.current = None
        if self._broken is not None:
            raise self._broken

    def _live(self, actor: Actor) -> None:
        actor.baton.acquire()
        try:
            actor.result = actor.body()
        except Exception as failure:  # of whatever kind: who judges it looks at it
            actor.failure = failure
        actor.ended = True
        for mutex in [name for name, owner in self._owners.items() if owner is actor]:
            self.release(mutex)
        try:
            self._seen(NOBODY)
        except Exception as failure:
            self._broken = failure
        self._pass_on()

    # --- what a run calls ----------------------------------------------------------------------------------------

    @property
    def is_fine(self) -> bool:
        """Whether others may come between two reads of one request."""
        return self._lasts is not None

    def at(self, server: str, what: str) -> None:
        """The run is about to do this. Raises Killed, ScriptEnded, Endless."""
        actor = self._me()
        if self._lasts is not None:
            self.clock = round(self.clock + self._lasts(what), 3)
        self._give_way(actor)
        if self._left and self._left[0][0] == actor.number:
            self._left[0][1] -= 1
        if actor.dies_at is not None and actor.operations >= actor.dies_at:
            raise Killed
        if actor.ends_at is not None and actor.holds and actor.operations >= actor.ends_at:
            actor.ends_at = None
            raise ScriptEnded
        actor.operations += 1
        self._under_way[actor.number] = Operation(actor.number, server, what)
        self.trace.append(self._under_way[actor.number])
        if actor.operations > MOST_OPERATIONS:
            raise Endless(actor.name)

    def reads(self, *things: Thing) -> None:
        """The operation that is under way depends on them."""
        self._under_way[self._me().number].reads.update(things)

    def read(self) -> frozenset[Thing]:
        """On what the operation that is under way depends so far."""
        return frozenset(self._under_way[self._me().number].reads)

    def writes(self, *things: Thing) -> None:
        """It may have changed them."""
        self._under_way[self._me().number].writes.update(things)

    def written(self) -> None:
        """The current run has just changed something."""
        self._seen(self._me().number)

    def sleep(self, seconds: float | None) -> None:
        """The others go on; time passes when nobody can."""
        actor = self._me()
        actor.until = self.clock + (seconds or 0)
        actor.operations += 1
        if actor.operations > MOST_OPERATIONS:
            raise Endless(actor.name)
        self._give_way(actor)
        actor.until = None

    def holds(self, mutex: str) -> bool:
        """Whether the current run does."""
        return mutex in self._me().holds

    def acquire(self, mutex: str, timeout: float) -> bool:
        """False: it was not free in time."""
        actor = self._me()
        self.writes(("mutex", mutex))
        latest = self.clock + timeout
        while mutex in self._owners:
            if self.clock >= latest:
                return False
            actor.wants, actor.until = mutex, latest
            self._give_way(actor)
            actor.wants = actor.until = None
        self._owners[mutex] = actor
        actor.holds.add(mutex)
        return True

    def release(self, mutex: str) -> None:
        if owner := self._owners.pop(mutex, None):  # who was killed holds nothing any more
            owner.holds.discard(mutex)

    # --- who is next ---------------------------------------------------------------------------------------------

    def _me(self) -> Actor:
        assert self.current is not None, "nothing runs"
        return self.current

    def _give_way(self, actor: Actor) -> None:
        following = self._next()
        if following is not actor:
            self.current = following
            following.baton.release()
            actor.baton.acquire()

    def _pass_on(self) -> None:
        if all(actor.ended for actor in self.actors):
            self._over.release()
            return
        self.current = self._next()
        self.current.baton.release()

    def _next(self) -> Actor:
        while not any(map(self._can, self.actors)):
            self._time_passes()
            self.clock = min(actor.until for actor in self.actors if actor.until is not None and not actor.ended)
        while self._left:
            number, count = self._left[0]
            if count > 0 and number < len(self.actors) and self._can(self.actors[number]):
                return self.actors[number]
            del self._left[0]
        if self.current is not None and self._can(self.current):
            return self.current
        return next(actor for actor in self.actors if self._can(actor))

    def _can(self, actor: Actor) -> bool:
        if actor.ended:
            return False
        if actor.until is None or actor.until <= self.clock:
            return True
        return actor.wants is not None and actor.wants not in self._owners
