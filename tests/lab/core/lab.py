# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lab's core: one entry point that runs a cmdlet for a session, one call at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from lab.audit import Audit, Entry
from lab.core import event_log, management_api, metadata
from lab.core.api import Outcome, Session, Value
from lab.core.call import Call, service_error
from lab.core.errors import Refused
from lab.core.registry import SIMULATED
from lab.core.server import Server
from lab.core.world import World


@dataclass(frozen=True)
class Function:
    """A cmdlet, or one of the management API. ``run`` None: the lab knows it and does not simulate it."""

    name: str
    run: Callable[[Call], None] | None
    writes: bool


@dataclass
class Lab(World):
    """The simulated servers, and the audit of what was done to them. The methods of World set the scene for a test."""

    audit: Audit = field(default_factory=Audit)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def invoke(
        self, session: Session, cmdlet: str, parameters: Mapping[str, Value], files: Mapping[str, bytes] | None = None
    ) -> Outcome:
        """Runs one cmdlet. ``parameters``: what was bound, as values of api.py, ComputerName included, never WhatIf.

        ``files``: what the door found at the path of the parameter File, if it is there.

        Failures of the simulated server are error records in the outcome; raises KeyError for a server and
        BindingError for a cmdlet or parameter that does not exist, since a door never lets these through.
        """
        about = metadata.find(cmdlet)
        bound = {about.parameter(name).name: value for name, value in parameters.items()}
        function = Function(about.name, SIMULATED.get(about.name), about.writes)
        return self._perform(session, function, bound, files)

    def call_api(
        self,
        session: Session,
        function: str,
        relationship: str | None,
        scopes: tuple[IPv4Address, ...] = (),
        server: str = "",
    ) -> Outcome:
        """Calls one function of the management API, there or on ``server``. What it returns:
        management_api.code(outcome).

        ``relationship`` None: a null pointer. Raises KeyError for a server or function that does not exist.
        """
        given: dict[str, Value] = {"Name": relationship, "ScopeId": scopes, "ComputerName": server}
        bound = {name: value for name, value in given.items() if value not in (None, (), "")}
        called = Function(function, management_api.FUNCTIONS[function], function in management_api.WRITES)
        return self._perform(session, called, bound)

    def read_events(self, session: Session, query: event_log.Query) -> list[event_log.Event] | str:
        """What Get-WinEvent finds, the newest first; or why it does not: a word of event_log."""
        with self._lock:
            self.meet()
            here = self.servers[session.server]
            there = self.find(query.computer, here) if query.computer else here
            if there is None or (there is not here and not self.reaches(here.name, there.name)):
                return event_log.CLOSED
            if there.event_log == event_log.ABSENT or (there is not here and there.event_log == event_log.CLOSED):
                return there.event_log
            trusted = there is here or session.delegated
            if there.event_log == event_log.DENIED or not (
                trusted and Call(self, session, "Get-WinEvent", {}, here, there).has_rights(there)
            ):
                return event_log.DENIED
            return self.logs.found(there, query)

    def switch_service(self, server: str, state: str) -> None:
        """Somebody stops the DHCP service of a server, or starts it: running, stopped."""
        with self._lock:
            self.meet()
            self.servers[server].service = state
            self.meet()

    def lock(self) -> threading.RLock:
        """Hold it to read or change several things at once while the lab runs."""
        return self._lock

    def _perform(
        self,
        session: Session,
        function: Function,
        bound: Mapping[str, Value],
        files: Mapping[str, bytes] | None = None,
    ) -> Outcome:
        with self._lock:
            self.meet()
            self.pass_time(function.name)
            here = self.servers[session.server]
            call = Call(self, session, function.name, bound, here, here, files=files or {})
            try:
                self._run(call, function.run)
            except Refused as refusal:
                call.report(refusal)
            if function.writes or function.name == "Get-DhcpServerv4Failover":  # which lets what is under way go on
                self.logs.look(self, session.user)
            self.audit.cmdlet(
                Entry(
                    server=call.server.name,
                    user=session.user,
                    cmdlet=function.name,
                    parameters=bound,
                    write=function.writes,
                    errors=tuple(record.id for record in call.errors),
                    via="session" if call.server is here else here.name,
                )
            )
            return call.outcome()

    def _run(self, call: Call, run: Callable[[Call], None] | None) -> None:
        call.server = self._target(call)
        text = {"Get-DhcpServerv4Scope": "list_scopes", "Get-DhcpServerv4Failover": "list_failover"}.get(
            call.cmdlet, "version"
        )
        problem = service_error(call.server) if call.server is call.here else call.reach(call.server)
        if not problem and not call.needs_no_rights() and not call.has_rights(call.server):
            problem = "WIN32 5"  # M WEAVE: without rights every cmdlet answers so
        if problem:
            raise call.refused(problem, text)
        if run is None:
            raise call.refused("LAB NotSimulated", "not_simulated", cmdlet=call.cmdlet)
        call.fault = self.take_fault(call.server.name, call.cmdlet)
        if call.fault is not None and not call.fault.half_applied:
            raise call.fail(call.fault.error_id, "run", call.cmdlet)
        run(call)
        if call.fault is not None and not call.errors:  # no partner half: all of it was done, then it failed
            raise call.fail(call.fault.error_id, "run", call.cmdlet)

    def _target(self, call: Call) -> Server:
        """Where -ComputerName points; for a name that nobody has the error is L 8.2."""
        name = call.text("ComputerName")
        if name.lower() in ("", ".", "localhost", "127.0.0.1"):
            return call.here
        server = self.find(name, call.here)
        if server is None:
            raise call.refused(self.switches.unknown_name_error, "version", host=name)
        return server
