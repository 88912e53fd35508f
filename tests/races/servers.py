# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab in which runs meet: each of their operations asks the scheduler first, and every change is looked at."""

from __future__ import annotations

import contextlib
import json
import pickle
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from typing import Any, cast

from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from lab.audit import Audit
from lab.core.api import Outcome, Session
from lab.core.lab import Function, Lab
from lab.standin import script
from lab.standin.files import Files
from nothing_lost.task import Wire
from nothing_lost.watched import Killed
from races.scheduler import Scheduler, Thing

NOON = datetime(2026, 1, 5, 12, tzinfo=timezone.utc)
STATIC = ("Get-DhcpServerVersion", "Get-DhcpServerv4Binding")  # what they answer does not change here
NOTES = ("prove_text", "find_texts", "keep_text", "drop_text")


class RacedLab(Lab):
    """`scheduler`: while runs are under way. `known`, `replies`: what reads and requests that only read answered, for
    each state of the servers: many schedules begin alike."""

    scheduler: Scheduler | None = None
    known: dict[tuple[Any, ...], Outcome]
    replies: dict[tuple[Any, ...], tuple[str, frozenset[Thing]]]
    _state: dict[Thing, bytes] | None = None

    def between(self) -> None:
        if self.scheduler is not None:
            self.changed()
            self.scheduler.at("", "the other half")
            self.scheduler.reads(*self._all())

    def changed(self) -> None:
        """Something was written."""
        before, self._state = self._pieces(), None
        if self.scheduler is not None and self.scheduler.current is not None:
            now = self._pieces()
            self.scheduler.writes(*(thing for thing in now if now[thing] != before[thing]))
            self.scheduler.written()

    def _all(self) -> Iterator[Thing]:
        return ((what, name) for name in self.servers for what in ("relationships", "scopes"))

    def now(self, server: str) -> datetime:
        return NOON + timedelta(seconds=self.elapsed()) + self.servers[server].clock_offset

    def elapsed(self) -> float:
        return self.scheduler.clock if self.scheduler else 0

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        assert self.scheduler is not None
        self.scheduler.sleep(seconds)
        return False

    def _perform(self, session: Session, function: Function, *given: Any) -> Outcome:
        if function.writes and function.name != "Export-DhcpServer":
            self._pieces()
            if self.scheduler is not None:
                self.scheduler.reads(*self._all())
            outcome = super()._perform(session, function, *given)
            self.changed()
            return outcome
        self._note_read(session, function, given[0])
        path = given[0].get("File")
        bound = tuple(sorted((name, value) for name, value in given[0].items() if name != "File"))
        key = (self.seen(), session, function.name, bound)
        if (known := self.known.get(key)) is not None:
            return replace(known, files={path: content for content in known.files.values()})
        before = self.seen()
        outcome = super()._perform(session, function, *given)
        self._state = None
        if self.seen() == before:
            self.known[key] = outcome
        return outcome

    def _note_read(self, session: Session, function: Function, bound: Mapping[str, Any]) -> None:
        if self.scheduler is None:
            return
        target = self.find(str(bound.get("ComputerName", session.server)))
        if function.name == "Get-DhcpServerv4Failover" or target is None:  # its State depends on the other's half
            self.scheduler.reads(*(("relationships", name) for name in self.servers))
        elif function.name not in STATIC:
            self.scheduler.reads(("scopes", target.name))

    def seen(self) -> tuple[bytes, ...]:
        """All that a read may depend on, the time apart: nothing that is read tells of it but the time itself."""
        return tuple(self._pieces().values())

    def _pieces(self) -> Mapping[Thing, bytes]:
        if self._state is None:
            self._state = {("links", ""): pickle.dumps(self.cut_links)}
            for server in self.servers.values():
                self._state["scopes", server.name] = pickle.dumps(server.scopes)
                rest = [getattr(server, one.name) for one in fields(server) if one.name != "scopes"]
                self._state["relationships", server.name] = pickle.dumps(rest)
        return self._state


def raced(lab: Lab) -> RacedLab:
    """A copy that is this schedule's own. What its reads answer is shared between the copies."""
    copy = RacedLab(**{one.name: getattr(lab, one.name) for one in fields(lab)})
    copy.servers, copy.cut_links = pickle.loads(pickle.dumps((lab.servers, lab.cut_links)))
    copy.audit = Audit()
    copy._lock = cast(threading.RLock, contextlib.nullcontext())  # one run at a time, and it may stop in a write
    copy.known, copy.replies = (lab.known, lab.replies) if isinstance(lab, RacedLab) else ({}, {})
    return copy


@dataclass(frozen=True)
class Mutex:
    """Of one server, as the script asks for it."""

    scheduler: Scheduler
    server: str

    def acquire(self, timeout: float) -> bool:
        return self.scheduler.acquire(self.server, timeout)

    def release(self) -> None:
        with contextlib.suppress(KeyError):  # who was killed holds nothing any more
            self.scheduler.release(self.server)


@dataclass
class RacedWire(Wire):
    """A run's remote commands."""

    scheduler: Scheduler | None = None

    def pause(self, seconds: float) -> None:
        assert self.scheduler is not None
        self.scheduler.sleep(seconds)

    def execute(self, server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        number, self.calls = self.calls, self.calls + 1
        scheduler = self.scheduler
        assert scheduler is not None
        scheduler.at(server, "request")
        if not self.lab.servers[server].reachable:
            raise RemoteFailure(f"{server} cannot be reached")

        def step(call: Mapping[str, Any]) -> None:
            if server in mine.holds:
                scheduler.at(server, _words(call))
            if call["op"] in NOTES:
                (scheduler.reads if call["op"] in NOTES[:2] else scheduler.writes)(("notes", server))

        mine = scheduler.current
        assert mine is not None
        account = self.lab.servers[server].credentials[0]
        files = self.files.setdefault(server, Files())
        mutex = cast(threading.Lock, Mutex(scheduler, server))
        process = script.Process(files, arguments["secrets"], mutex=mutex, step=step)
        session = Session(server, account.user, account.delegated)
        said = self._said(session, arguments["request"], process)
        if self.lose_at == number:
            raise Killed
        reply: Mapping[str, Any] = json.loads(said)
        return reply

    def _said(self, session: Session, request: str, process: script.Process) -> str:
        """The reply. One that only reads is known, while nothing that it may depend on has changed."""
        lab, scheduler = self.lab, self.scheduler
        assert isinstance(lab, RacedLab) and scheduler is not None
        if '"mutex"' in request:
            return script.run(lab, session, request, process)
        seen = (lab.seen(), _content(process.files))
        key = (session, request, *process.secrets, *seen, scheduler.clock)
        if (known := lab.replies.get(key)) is not None:
            said, reads = known
            scheduler.reads(*reads)
            return said
        said = script.run(lab, session, request, process)
        if (lab.seen(), _content(process.files)) == seen:
            lab.replies[key] = said, scheduler.read()
        return said


def _content(files: Files) -> bytes:
    return pickle.dumps([value for name, value in vars(files).items() if name != "_owner"])


def _words(call: Mapping[str, Any]) -> str:
    parameters = call.get("parameters") or {}
    named = [parameters.get(key) for key in ("Name", "ScopeId", "State")] + [call.get("relationship"), call.get("name")]
    return " ".join([call["op"], call.get("cmdlet", ""), *(str(one) for one in named if one)])


def active(lab: Lab, scope: IPv4Address) -> list[str]:
    """The servers that serve it."""
    return [
        server.name
        for server in lab.servers.values()
        if server.reachable and scope in server.scopes and server.scopes[scope].state == "Active"
    ]
