# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The first door: a real PowerShell runs the command line and standard input that the client sent."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO

from lab.core import access_lists
from lab.core.api import Session
from lab.core.lab import Lab
from lab.core.server import Server
from lab.core.versions import Version
from lab.door import Finished
from lab.powershell import dhcpsapi
from lab.powershell.access import AccessLists
from lab.powershell.bridge import Bridge
from lab.powershell.command_line import NotPowerShell, powershell_arguments
from lab.powershell.engine import base_environment, find_engine, names_folder, write_programs
from lab.powershell.stub import write_module

POLL_SECONDS = 0.1  # how often a running process is asked to end


class PowerShellDoor:
    """Raises NoEngine if there is no PowerShell."""

    name = "powershell"

    def __init__(self, lab: Lab) -> None:
        self._engine = find_engine()
        self._root = Path(tempfile.mkdtemp(prefix="windhcp-lab-"))
        self._making = threading.Lock()
        self._names = names_folder(self._engine, self._root / "bin")
        for version in {server.version() for server in lab.servers.values()}:
            write_module(self._modules(version), version)
        self._libraries = self._root / "libraries"
        self._libraries.mkdir()
        library = dhcpsapi.library()
        if library:
            (self._libraries / dhcpsapi.LIBRARY).write_bytes(library)
        self.access, self._program_data = AccessLists(self._root, lab.new_file_owner), lab.program_data
        self._bridge = Bridge(lab, self._root / "bridge", self.access)

    @property
    def description(self) -> str:
        return f"PowerShell {self._engine.version}"

    def run(self, server: Server, session: Session, command_line: str, stdin: bytes, stop: threading.Event) -> Finished:
        try:
            program, arguments = powershell_arguments(command_line)
        except NotPowerShell as error:
            return Finished(1, stderr=f"{error}\n".encode())
        name = "PowerShell" if program == "powershell" else "pwsh"
        with self._bridge.session(session) as access:
            environment = self._environment(server, session) | access
            return _run([str(self._names / name), *arguments], stdin, environment, stop)

    def data_folder(self, server: Server) -> Path:
        """ProgramData of a server."""
        return self._windows(server, "programdata", self._program_data())

    def system_folder(self, server: Server) -> Path:
        """System32 of a server, with the programs that it has."""
        folder = self._windows(server, "windows", access_lists.SYSTEM_ROOT) / "System32"
        if not folder.exists():
            write_programs(folder, server)
        return folder

    def _modules(self, version: Version) -> Path:
        return self._root / "modules" / ".".join(map(str, version))

    def _windows(self, server: Server, name: str, sddl: str) -> Path:
        folder = self._root / "servers" / server.name / name
        if not folder.exists():
            folder.mkdir(parents=True)
            self.access.set(folder, sddl)
        return folder

    def close(self) -> None:
        self._bridge.close()
        self.access.close()
        shutil.rmtree(self._root, ignore_errors=True)

    def _environment(self, server: Server, session: Session) -> dict[str, str]:
        home, temp = self._root / "servers" / server.name / "home", self._root / "servers" / server.name / "temp"
        with self._making:
            data, system = self.data_folder(server), self.system_folder(server)
        for folder in (home, temp):
            folder.mkdir(parents=True, exist_ok=True)
        domain, _slash, user = session.user.rpartition("\\")
        base = base_environment()
        libraries = [str(self._libraries)] if server.management_api else []
        return base | {
            "LD_LIBRARY_PATH": ":".join([*libraries, base.get("LD_LIBRARY_PATH", "")]).strip(":"),
            "PATH": f"{self._names}:{base['PATH']}",
            "HOME": str(home),
            "TEMP": str(temp),
            "TMP": str(temp),
            "TMPDIR": str(temp),
            "ProgramData": str(data),
            "SystemRoot": str(system.parent),
            "COMPUTERNAME": server.computer_name,
            "USERNAME": user,
            "USERDOMAIN": domain or server.computer_name,
            "PSModulePath": str(self._modules(server.version())),
        }


def _run(command: list[str], stdin: bytes, environment: dict[str, str], stop: threading.Event) -> Finished:
    """In a process group of its own, of which nothing is left afterwards."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=environment["HOME"],
        start_new_session=True,
    )
    # communicate() with a timeout loses what it has not written by then, so the input goes its own way
    pipe, process.stdin = process.stdin, None
    feeder = threading.Thread(target=_feed, args=(pipe, stdin), name="standard input", daemon=True)
    feeder.start()
    try:
        while True:
            try:
                stdout, stderr = process.communicate(timeout=POLL_SECONDS)
                return Finished(process.returncode, stdout, stderr, processes=1)
            except subprocess.TimeoutExpired:
                if stop.is_set():
                    return Finished(1, processes=1)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        feeder.join()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()


def _feed(pipe: IO[bytes] | None, data: bytes) -> None:
    assert pipe is not None  # Popen was told to make it
    with contextlib.suppress(OSError), pipe:  # the process may end before it has read all
        pipe.write(data)
