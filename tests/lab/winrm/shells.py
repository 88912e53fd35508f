# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The remote shells of one simulated server and the commands that run in them."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from lab.audit import Audit
from lab.core.api import Session
from lab.core.server import Server
from lab.door import Door, Finished
from lab.winrm import wsman

POLL_SECONDS = 0.25  # how often a waiting Receive looks whether its client is still there
KILL_SECONDS = 10.0  # how long Signal and Delete wait for a command to end


class RunningCommand:
    """One command. It starts when its input is complete, since a door gets the whole of it."""

    def __init__(self, line: str, run: Callable[[str, bytes, threading.Event], Finished]) -> None:
        self.line = line
        self.stdin = bytearray()
        self.finished: Finished | None = None
        self._run = run
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._done = threading.Event()
        self._given = 0  # how much of stdout + stderr the client has

    @property
    def started(self) -> bool:
        return self._thread is not None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="remote command", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it and waits until nothing of it runs any more."""
        self._stop.set()
        if self._thread:
            self._thread.join(KILL_SECONDS)

    def wait(self, seconds: float) -> bool:
        return self._done.wait(seconds)

    def take(self, capacity: int) -> tuple[bytes, bytes, int | None]:
        """The next bytes of stdout and stderr, and the exit code with the last of them."""
        assert self.finished is not None  # only called after wait()
        out, err = self.finished.stdout, self.finished.stderr
        end = self._given + capacity
        stdout = out[self._given : end]
        stderr = err[max(0, self._given - len(out)) : max(0, end - len(out))]
        self._given += len(stdout) + len(stderr)
        return stdout, stderr, self.finished.exit_code if self._given == len(out) + len(err) else None

    def _work(self) -> None:
        try:
            self.finished = self._run(self.line, bytes(self.stdin), self._stop)
        except Exception as error:  # a fault of the lab: the client must hear of it and not wait for ever
            self.finished = Finished(1, stderr=f"The lab failed: {error!r}".encode())
        self._done.set()


@dataclass
class Shell:
    """``connection``: the TCP connection that used it last."""

    session: Session
    connection: object
    commands: dict[str, RunningCommand] = field(default_factory=dict)


class Shells:
    """``linger_seconds``: how long a shell stays after its client's connection broke, for the client to come back."""

    def __init__(self, server: Server, door: Door, audit: Audit, linger_seconds: float = 5.0) -> None:
        self._server, self._door, self._audit, self._linger = server, door, audit, linger_seconds
        self._shells: dict[str, Shell] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def handle(self, request: wsman.Request, session: Session, connection: object, gone: Callable[[], bool]) -> bytes:
        """The reply to one request of ``session``. ``gone``: whether its client hung up. Raises wsman.Fault."""
        if isinstance(request, wsman.Create):
            shell_id = _new_id()
            with self._lock:
                self._shells[shell_id] = Shell(session, connection)
            return wsman.created(request, shell_id)
        shell = self._shell(request.shell_id, session)
        shell.connection = connection
        if isinstance(request, wsman.Delete):
            self._remove(request.shell_id)
            return wsman.deleted(request)
        if isinstance(request, wsman.Command):
            return self._command(request, shell)
        command = shell.commands.get(request.command_id)
        if isinstance(request, wsman.Signal):  # of a command that is gone already: as Windows, no fault
            if command:
                command.stop()
                del shell.commands[request.command_id]
            return wsman.signalled(request)
        if command is None:
            raise wsman.malformed(f"the shell has no command {request.command_id}")
        if isinstance(request, wsman.Send):
            return _send(request, command)
        return _receive(request, command, gone)

    def disconnected(self, connection: object) -> None:
        """Ends the shells of a broken connection, unless another connection uses them meanwhile."""
        with self._lock:
            left = [key for key, shell in self._shells.items() if shell.connection is connection]
        if not left or self._closed.wait(self._linger):
            return
        for shell_id in left:
            with self._lock:
                shell = self._shells.get(shell_id)
            if shell and shell.connection is connection:
                self._remove(shell_id)

    def close(self) -> None:
        self._closed.set()
        for shell_id in list(self._shells):
            self._remove(shell_id)

    def _shell(self, shell_id: str, session: Session) -> Shell:
        with self._lock:
            shell = self._shells.get(shell_id)
        if shell is None or shell.session != session:
            raise wsman.unknown_shell(shell_id)
        return shell

    def _remove(self, shell_id: str) -> None:
        with self._lock:
            shell = self._shells.pop(shell_id, None)
        for command in list(shell.commands.values()) if shell else ():
            command.stop()

    def _command(self, request: wsman.Command, shell: Shell) -> bytes:
        command_id = _new_id()
        command = RunningCommand(request.line, lambda *given: self._run(shell.session, *given))
        shell.commands[command_id] = command
        # pywinrm says with it that it will send no input
        if request.header.options.get("WINRS_CONSOLEMODE_STDIN", "").upper() == "TRUE":
            command.start()
        return wsman.command_started(request, command_id)

    def _run(self, session: Session, line: str, stdin: bytes, stop: threading.Event) -> Finished:
        stop.wait(self._server.startup_seconds)
        finished = Finished(1) if stop.is_set() else self._door.run(self._server, session, line, stdin, stop)
        self._audit.command(self._server.name, door=self._door.name, processes=finished.processes, user=session.user)
        return finished


def _send(request: wsman.Send, command: RunningCommand) -> bytes:
    if command.started:
        raise wsman.malformed(f"the input of command {request.command_id} is closed")
    command.stdin += request.data
    if request.end:
        command.start()
    return wsman.sent(request)


def _receive(request: wsman.Receive, command: RunningCommand, gone: Callable[[], bool]) -> bytes:
    end = time.monotonic() + request.header.timeout
    while not command.wait(min(POLL_SECONDS, max(0.0, end - time.monotonic()))):
        if time.monotonic() >= end or gone():
            raise wsman.timed_out()
    return wsman.received(request, *command.take(wsman.receive_capacity(request)))


def _new_id() -> str:
    return str(uuid.uuid4()).upper()
