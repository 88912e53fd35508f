# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A runspace pool (MS-PSRP) as a shell of WinRM: psrpcore speaks the protocol, the lab's door runs each pipeline.

Each pipeline is a command of its own, so variables do not live on from one to the next as they do on Windows.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lab.commands import Commands
from lab.core.api import Session
from lab.door import Finished
from lab.psrp import script
from lab.winrm import wsman
from psrpcore import (
    CreatePipelineEvent,
    EndOfPipelineInputEvent,
    GetAvailableRunspacesEvent,
    PipelineInputEvent,
    PSRPPayload,
    ServerPipeline,
    ServerRunspacePool,
    StreamType,
)

POLL_SECONDS = 0.25  # how often a waiting Receive looks whether its client is still there
STOP_SECONDS = 10.0  # how long Signal and Delete wait for a pipeline to end
ENVELOPE = 2_000  # bytes of a reply around the messages, with some to spare


@dataclass
class RunningPipeline:
    """``what``: the pipeline that the client described, ``input``: the objects that it sent so far."""

    handle: ServerPipeline
    what: Any = None
    input: list[Any] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None
    done: bool = False

    def end(self) -> None:
        self.stop.set()
        if self.thread:
            self.thread.join(STOP_SECONDS)


class RunspacePool:
    """See Shell in winrm/shells.py."""

    def __init__(self, request: wsman.Create, session: Session, commands: Commands) -> None:
        self.session = session
        self.connection: object = None
        self._commands = commands
        self._takes_scripts = request.header.configuration.lower() == script.DEFAULT_CONFIGURATION
        self._pool = ServerRunspacePool()
        self._running: dict[uuid.UUID, RunningPipeline] = {}
        self._outgoing: dict[uuid.UUID | None, list[bytes]] = defaultdict(list)
        self._size = (request.header.max_envelope - ENVELOPE) // 4 * 3
        self._changed = threading.Condition()  # guards all of the above
        with self._changed:
            self._take(request.messages, None)

    def handle(self, request: wsman.Request, gone: Callable[[], bool]) -> bytes:
        assert isinstance(request, wsman.Command | wsman.Send | wsman.Receive | wsman.Signal)
        target = _uuid(request.command_id)
        if isinstance(request, wsman.Receive):
            return self._receive(request, target, gone)
        if isinstance(request, wsman.Signal):
            self._end(target)
            return wsman.signalled(request)
        with self._changed:
            if isinstance(request, wsman.Command):
                assert target is not None  # wsman.parse made sure
                self._running[target] = RunningPipeline(ServerPipeline(self._pool, target))
            self._take(request.data if isinstance(request, wsman.Send) else request.messages, target)
        if isinstance(request, wsman.Command):
            return wsman.command_started(request, request.command_id)
        return wsman.sent(request)

    def stop(self) -> None:
        for one in list(self._running.values()):
            one.end()

    def _take(self, messages: bytes, target: uuid.UUID | None) -> None:
        """Hands the client's messages to the protocol and does what they ask for."""
        try:
            self._pool.receive_data(PSRPPayload(messages, StreamType.default, target))
            while event := self._pool.next_event():
                if isinstance(event, GetAvailableRunspacesEvent):
                    self._pool.runspace_availability_response(event.ci, self._pool.max_runspaces)
                elif isinstance(event, CreatePipelineEvent):
                    one = self._running[event.pipeline_id]
                    one.what = event.pipeline
                    if event.pipeline.no_input:
                        self._start(one)
                elif isinstance(event, PipelineInputEvent):
                    self._running[event.pipeline_id].input.append(event.data)
                elif isinstance(event, EndOfPipelineInputEvent):
                    self._start(self._running[event.pipeline_id])
        except Exception as error:  # psrpcore raises many kinds for messages that make no sense
            raise wsman.malformed(f"its PowerShell Remoting messages are wrong ({type(error).__name__})") from error
        self._collect()

    def _start(self, one: RunningPipeline) -> None:
        if one.thread is None:
            one.handle.start()
            one.thread = threading.Thread(target=self._work, args=(one,), name="pipeline", daemon=True)
            one.thread.start()

    def _work(self, one: RunningPipeline) -> None:
        finished: Finished | None
        try:
            line = script.command_line(one.what)
            if not self._takes_scripts:
                raise script.NoLanguage
            finished = self._commands.run(self.session, line, script.standard_input(one.input), one.stop)
        except script.NoLanguage:
            finished = None
        except script.NotAScript as refusal:
            finished = Finished(1, stderr=str(refusal).encode())
        except Exception as error:  # a fault of the lab: the client must hear of it and not wait for ever
            finished = Finished(1, stderr=f"The lab failed: {error!r}".encode())
        with self._changed:
            if one.stop.is_set():
                one.handle.stop()
            else:
                if finished is None:
                    script.report_no_language(one.handle)
                else:
                    script.report(finished, one.handle)
                one.handle.complete()
            one.done = True
            self._collect()

    def _collect(self) -> None:
        """Sorts what the protocol has to say by who asks for it, in pieces of whole fragments."""
        while payload := self._pool.data_to_send(self._size):
            self._outgoing[payload.pipeline_id].append(payload.data)
        self._changed.notify_all()

    def _receive(self, request: wsman.Receive, target: uuid.UUID | None, gone: Callable[[], bool]) -> bytes:
        end = time.monotonic() + request.header.timeout
        with self._changed:
            one = self._running.get(target) if target else None  # a Signal may take it away while this waits
            if target is not None and one is None:
                raise wsman.malformed(f"the pool has no pipeline {request.command_id}")
            while not self._outgoing[target]:
                self._changed.wait(min(POLL_SECONDS, max(0.0, end - time.monotonic())))
                if not self._outgoing[target] and (time.monotonic() >= end or gone()):
                    raise wsman.timed_out()
            messages = self._outgoing[target].pop(0)
            done = one is not None and one.done and not self._outgoing[target]
        return wsman.received_messages(request, messages, done)

    def _end(self, target: uuid.UUID | None) -> None:
        with self._changed:
            one = self._running.pop(target, None) if target else None
        if one:
            one.end()
        with self._changed:
            self._outgoing.pop(target, None)
            if one and one.handle.pipeline_id in self._pool.pipeline_table:
                one.handle.close()


def _uuid(command_id: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(command_id) if command_id else None
    except ValueError as error:
        raise wsman.malformed(f"{command_id} is no id of a pipeline") from error
