# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The remote shells of one simulated server: the one of cmd.exe here, the runspace pool in psrp/pool.py."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from typing import Protocol

from lab.commands import Commands
from lab.core.api import Session
from lab.door import Finished
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


class Shell(Protocol):
    """``connection``: the TCP connection that used it last."""

    session: Session
    connection: object

    def handle(self, request: wsman.Request, gone: Callable[[], bool]) -> bytes:
        """The reply to Command, Send, Receive or Signal. ``gone``: whether the client hung up. Raises wsman.Fault."""

    def stop(self) -> None:
        """Ends what runs in it."""


ShellMaker = Callable[[wsman.Create, Session, Commands], Shell]


class CommandShell:
    """Runs command lines."""

    def __init__(self, request: wsman.Create, session: Session, commands: Commands) -> None:
        self.session = session
        self.connection: object = None
        self._commands = commands
        self._running: dict[str, RunningCommand] = {}

    def handle(self, request: wsman.Request, gone: Callable[[], bool]) -> bytes:
        if isinstance(request, wsman.Command):
            return self._command(request)
        assert isinstance(request, wsman.Send | wsman.Receive | wsman.Signal)
        command = self._running.get(request.command_id)
        if isinstance(request, wsman.Signal):  # of a command that is gone already: as Windows, no fault
            if command:
                command.stop()
                del self._running[request.command_id]
            return wsman.signalled(request)
        if command is None:
            raise wsman.malformed(f"the shell has no command {request.command_id}")
        if isinstance(request, wsman.Send):
            return _send(request, command)
        return _receive(request, command, gone)

    def stop(self) -> None:
        for command in list(self._running.values()):
            command.stop()

    def _command(self, request: wsman.Command) -> bytes:
        command_id = _new_id()
        command = RunningCommand(request.line, lambda *given: self._commands.run(self.session, *given))
        self._running[command_id] = command
        # pywinrm says with it that it will send no input
        if request.header.options.get("WINRS_CONSOLEMODE_STDIN", "").upper() == "TRUE":
            command.start()
        return wsman.command_started(request, command_id)


class Shells:
    """``linger_seconds``: how long a shell stays after its client's connection broke, for the client to come back.

    ``powershell``: makes the shells of PowerShell Remoting, if the server offers it.
    """

    def __init__(self, commands: Commands, linger_seconds: float = 5.0, powershell: ShellMaker | None = None) -> None:
        self._commands, self._linger, self._powershell = commands, linger_seconds, powershell
        self._shells: dict[str, Shell] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def handle(self, request: wsman.Request, session: Session, connection: object, gone: Callable[[], bool]) -> bytes:
        """The reply to one request of ``session``. ``gone``: whether its client hung up. Raises wsman.Fault."""
        if isinstance(request, wsman.Create):
            return self._create(request, session, connection)
        shell = self._shell(request.shell_id, session)
        shell.connection = connection
        if isinstance(request, wsman.Delete):
            self._remove(request.shell_id)
            return wsman.deleted(request)
        return shell.handle(request, gone)

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

    def _create(self, request: wsman.Create, session: Session, connection: object) -> bytes:
        maker: ShellMaker | None = self._powershell if request.header.powershell else CommandShell
        if maker is None:
            raise wsman.malformed("this server does not offer PowerShell Remoting")
        shell = maker(request, session, self._commands)
        shell.connection = connection
        shell_id = request.shell_id or _new_id()
        with self._lock:
            if shell_id in self._shells:
                raise wsman.malformed(f"there is a shell {shell_id} already")
            self._shells[shell_id] = shell
        return wsman.created(request, shell_id)

    def _shell(self, shell_id: str, session: Session) -> Shell:
        with self._lock:
            shell = self._shells.get(shell_id)
        if shell is None or shell.session != session:
            raise wsman.unknown_shell(shell_id)
        return shell

    def _remove(self, shell_id: str) -> None:
        with self._lock:
            shell = self._shells.pop(shell_id, None)
        if shell:
            shell.stop()


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
