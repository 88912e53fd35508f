# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab in which runs meet: each of their operations asks the scheduler first, and every change is looked at."""

from __future__ import annotations

import contextlib
import copyreg
import json
import pickle
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from typing import Any, cast

from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from lab.audit import Audit
from lab.core.api import Outcome, Session
from lab.core.lab import Function, Lab
from lab.standin import script
from lab.standin.files import Files, made_for
from lab.standin.results import Result
from nothing_lost.task import NO_REPLY, Wire
from nothing_lost.watched import Killed

from races.scheduler import Scheduler, ScriptEnded, Thing

NOON = datetime(2026, 1, 5, 12, tzinfo=timezone.utc)
STATIC = ("Get-DhcpServerVersion", "Get-DhcpServerv4Binding")  # what they answer does not change here
NOTE_READS, NOTE_WRITES = ("prove_text", "find_texts"), ("keep_text", "drop_text")
READS = (*NOTE_READS, "who_when", "probe_partner", "probe_api", "check_folder", "read_copy", "export")

copyreg.pickle(IPv4Address, lambda one: (IPv4Address, (int(one),)))  # its own way by text takes five times as long


class RacedLab(Lab):
    """`scheduler`: while runs are under way. `remembered`: what reads answered, and on what that depends, for each
    state of the servers: many schedules begin alike. `unserved`: scopes that nobody serves when the runs begin."""

    scheduler: Scheduler | None = None
    remembered: dict[tuple[Any, ...], tuple[Any, frozenset[Thing]]]
    unserved: frozenset[IPv4Address] = frozenset()
    _state: dict[Thing, bytes]

    @property
    def running(self) -> Scheduler:
        """The scheduler, of a lab in which runs are under way."""
        assert self.scheduler is not None
        return self.scheduler

    # --- time ------------------------------------------------------------------------------------------------------

    def now(self, server: str) -> datetime:
        return NOON + timedelta(seconds=self.elapsed()) + self.servers[server].clock_offset

    def elapsed(self) -> float:
        return self.scheduler.clock if self.scheduler else 0

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        self.running.sleep(seconds)
        return False

    # --- what happens ----------------------------------------------------------------------------------------------

    def between(self) -> None:
        if self.scheduler is not None:
            self.changed()
            self.scheduler.at("", "the other half")
            self.scheduler.reads(*self._all())

    def changed(self) -> None:
        """Something was written."""
        before, self._state = self._pieces(), {}
        if self.scheduler is not None and self.scheduler.current is not None:
            now = self._pieces()
            self.scheduler.writes(*(thing for thing in now if now[thing] != before[thing]))
            self.scheduler.written()

    def _perform(self, session: Session, function: Function, *given: Any) -> Outcome:
        if self.scheduler is None:
            return super()._perform(session, function, *given)
        if function.name == "Export-DhcpServer":
            return self._export(session, function, *given)
        if not function.writes:
            self._note_read(session, function, given[0])
            return super()._perform(session, function, *given)
        self._pieces()
        self.scheduler.reads(*self._all())
        outcome = super()._perform(session, function, *given)
        self.changed()
        return outcome

    def _export(self, session: Session, function: Function, bound: Mapping[str, Any], *given: Any) -> Outcome:
        def ask() -> Outcome:
            self._note_read(session, function, bound)
            return Lab._perform(self, session, function, bound, *given)

        about = {name: value for name, value in bound.items() if name != "File"}
        outcome: Outcome = self.answer((session, function.name, repr(about)), ask)
        return replace(outcome, files=dict(zip([bound["File"]], outcome.files.values(), strict=False)))

    def _note_read(self, session: Session, function: Function, bound: Mapping[str, Any]) -> None:
        target = self.find(str(bound.get("ComputerName", session.server)))
        if function.name == "Get-DhcpServerv4Failover" or target is None:  # its State depends on the other's half
            self.running.reads(*(("relationships", name) for name in self.servers))
        elif function.name not in STATIC:
            self.running.reads(("scopes", target.name))

    # --- what is remembered ----------------------------------------------------------------------------------------

    def answer(self, question: tuple[Any, ...], ask: Callable[[], Any], servers: Collection[str] = ()) -> Any:
        """What `ask` gives, which only reads; from memory where it was asked before and nothing has changed since.
        `servers`: on which it depends, if not on all."""
        scheduler, asked = self.running, servers or self.servers
        key = (*question, *self._pieces_of(asked), scheduler.clock)
        if (known := self.remembered.get(key)) is not None:
            scheduler.reads(*known[1])
            return known[0]
        answer = ask()
        self._state = {}  # a Get lets time pass: a relationship comes to Normal, and leases travel
        if (*question, *self._pieces_of(asked), scheduler.clock) == key:
            self.remembered[key] = answer, scheduler.read()
        return answer

    def forget_state(self) -> None:
        """It is about to change, without an operation of a run."""
        self._state = {}

    def _all(self) -> Iterator[Thing]:
        return ((what, name) for name in self.servers for what in ("relationships", "scopes"))

    def _pieces_of(self, servers: Collection[str]) -> Iterator[bytes]:
        return (piece for (_what, name), piece in self._pieces().items() if not name or name in servers)

    def _pieces(self) -> dict[Thing, bytes]:
        """All that a read may depend on, the time and the files apart."""
        if not self._state:
            self._state["links", ""] = pickle.dumps(self.cut_links)
            for server in self.servers.values():
                self._state["scopes", server.name] = pickle.dumps(server.scopes)
                rest = [getattr(server, one.name) for one in fields(server) if one.name != "scopes"]
                self._state["relationships", server.name] = pickle.dumps(rest)
        return self._state


def raced(lab: Lab) -> RacedLab:
    """A copy that is this schedule's own. What its reads answer is shared between the copies."""
    copy = RacedLab(**{one.name: getattr(lab, one.name) for one in fields(lab)})
    copy.servers, copy.cut_links = pickle.loads(pickle.dumps((lab.servers, lab.cut_links)))  # noqa: S301 # our own
    copy.audit = Audit()
    copy.forget_state()
    copy._lock = cast(threading.RLock, contextlib.nullcontext())  # one run at a time, and it may stop in a write
    copy.remembered = lab.remembered if isinstance(lab, RacedLab) else {}
    return copy


class RacedScript(script.Script):
    """The script of a run. In a request that writes, or in any, each operation asks the scheduler first."""

    def operation(self, call: Mapping[str, Any]) -> Result:
        lab, server, kind, run = self.lab, self.session.server, call["op"], super().operation
        assert isinstance(lab, RacedLab)
        scheduler = lab.running
        if scheduler.holds(server) or scheduler.is_fine:
            scheduler.at(server, _words(call))
        if kind in NOTE_READS:
            scheduler.reads(("notes", server))
        elif kind in NOTE_WRITES:
            scheduler.writes(("notes", server))
        if kind in READS or (kind == "cmdlet" and str(call["cmdlet"]).startswith("Get-")):
            question = (self.session, json.dumps(call), b"" if kind == "export" else _content(self.files))
            target = lab.find(str(call["parameters"].get("ComputerName", server))) if kind == "export" else None
            return cast(Result, lab.answer(question, lambda: run(call), {server, target.name} if target else ()))
        return run(call)


def _words(call: Mapping[str, Any]) -> str:
    parameters = call.get("parameters") or {}
    named = [parameters.get(key) for key in ("Name", "ScopeId", "State")] + [call.get("relationship"), call.get("name")]
    return " ".join([call["op"], call.get("cmdlet", ""), *(str(one) for one in named if one)])


def _content(files: Files) -> bytes:
    return pickle.dumps([value for name, value in vars(files).items() if name != "_owner"])


@dataclass(frozen=True)
class Mutex:
    """Of one server, as the script asks for it."""

    scheduler: Scheduler
    server: str

    def acquire(self, timeout: float) -> bool:
        return self.scheduler.acquire(self.server, timeout)

    def release(self) -> None:
        self.scheduler.release(self.server)


@dataclass
class RacedWire(Wire):
    """A run's remote commands."""

    def pause(self, seconds: float) -> None:
        self._scheduler.sleep(seconds)

    def execute(self, server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        number, self.calls = self.calls, self.calls + 1
        self._scheduler.at(server, "request")
        if not self.lab.servers[server].reachable:
            raise RemoteFailure(f"{server} cannot be reached")
        account = self.lab.servers[server].credentials[0]
        session = Session(server, account.user, account.delegated)
        try:
            said = self._said(session, arguments["request"], arguments["secrets"])
        except ScriptEnded:
            return NO_REPLY
        if self.lose_at == number:
            raise Killed
        reply: Mapping[str, Any] = json.loads(said)
        return reply

    def _said(self, session: Session, request: str, secrets: list[str]) -> str:
        """The reply."""
        lab, files = self.lab, self.files.setdefault(session.server, made_for(self.lab))
        assert isinstance(lab, RacedLab)
        mutex = cast(threading.Lock, Mutex(self._scheduler, session.server))

        def run() -> str:
            return script.run(lab, session, request, script.Process(files, secrets, mutex=mutex))

        if json.loads(request).get("mutex") or self._scheduler.is_fine:
            return run()
        return str(lab.answer((session, request, *secrets, _content(files)), run))

    @property
    def _scheduler(self) -> Scheduler:
        assert isinstance(self.lab, RacedLab)
        return self.lab.running


def active(lab: Lab, scope: IPv4Address) -> list[str]:
    """The servers that serve it."""
    return [
        server.name
        for server in lab.servers.values()
        if server.reachable and scope in server.scopes and server.scopes[scope].state == "Active"
    ]
