# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lab's door, with a count of what a server has to start for each command. Behind the stand-in, which runs the
collection's one script, it runs the benchmark's own two as well."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from lab import payload
from lab.core import api
from lab.core.api import Session
from lab.core.lab import Lab
from lab.core.metadata import format_timespan
from lab.core.server import Server
from lab.door import Door, Finished
from lab.doors import choose
from lab.standin.recordings import script_hash

MODULES = Path(__file__).with_name("modules")
STANDIN, POWERSHELL = "standin", "powershell"
_ENCODED = re.compile(r"powershell(?:\.exe)?\s.*-EncodedCommand\s+([A-Za-z0-9+/=]+)", re.IGNORECASE | re.DOTALL)
_TEXTS = frozenset(("Mode", "State", "ServerRole", "MaxClientLeadTime", "StateSwitchInterval", "ServerType"))
_FAILOVER = (
    *("Name", "PartnerServer", "Mode", "State", "LoadBalancePercent", "ServerRole", "ReservePercent"),
    *("MaxClientLeadTime", "StateSwitchInterval", "AutoStateTransition", "EnableAuth", "ServerType"),
    *("PrimaryServerName", "SecondaryServerName", "PrimaryServerIP", "SecondaryServerIP", "ScopeId"),
)
_SCOPE = (
    *("ScopeId", "Name", "SubnetMask", "State", "StartRange", "EndRange", "Type", "Description", "LeaseDuration"),
)


@dataclass
class Started:
    """`powershells`: by the command lines; `compiles`: commands for which the wrapper compiles C#, as Ansible.Basic;
    `unknown`: scripts that the stand-in was not asked to run."""

    powershells: int = 0
    compiles: int = 0
    unknown: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class BenchDoor:
    """`name`: as of lab.doors. A script that the stand-in does not know is not run: it is told at once that nothing
    changed, which is less than it would cost. Raises NoDoor."""

    def __init__(self, name: str, lab: Lab) -> None:
        self._door: Door = choose(name, lab)
        self._lab = lab
        self.started = Started()
        own = {"bench_floor.ps1": lambda session: '{"changed":false}', "bench_reads.ps1": self._reads}
        self._own: Mapping[str, Callable[[Session], str]] = {
            script_hash((MODULES / file).read_bytes()): run for file, run in own.items()
        }

    @property
    def name(self) -> str:
        return self._door.name

    @property
    def description(self) -> str:
        return self._door.description

    def run(self, server: Server, session: Session, command_line: str, stdin: bytes, stop: threading.Event) -> Finished:
        sent = payload.decode(stdin)
        with self.started.lock:
            self.started.powershells += powershells(command_line)
            self.started.compiles += bool(sent.csharp)
        if self.name != STANDIN:
            return self._door.run(server, session, command_line, stdin, stop)
        run = self._own.get(script_hash(sent.script))
        if run is not None:
            return Finished(0, run(session).encode("ascii") + b"\r\n")
        if "request" in sent.arguments:
            return self._door.run(server, session, command_line, stdin, stop)
        with self.started.lock:
            self.started.unknown += 1
        return Finished(0, b'{"changed":false}\r\n')

    def close(self) -> None:
        self._door.close()

    def _reads(self, session: Session) -> str:
        return reads(self._lab, session)


def powershells(command_line: str) -> int:
    """How many a command line starts: some versions of Ansible start one in the other."""
    found = _ENCODED.search(command_line)
    if found is None:
        return 0
    return 1 + powershells(base64.b64decode(found[1]).decode("utf-16-le"))


def reads(lab: Lab, session: Session) -> str:
    """What bench_reads.ps1 prints."""

    def asked(cmdlet: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
        objects = (one.properties for one in lab.invoke(session, cmdlet, {}).objects)
        return [{name: _plain(name, one[name]) for name in names} for one in objects]

    said = {
        "changed": False,
        "computer": lab.servers[session.server].computer_name,
        "bindings": asked("Get-DhcpServerv4Binding", ("IPAddress", "BindingState")),
        "relationships": asked("Get-DhcpServerv4Failover", _FAILOVER),
        "scopes": asked("Get-DhcpServerv4Scope", _SCOPE),
    }
    return json.dumps(said, separators=(",", ":"))


def _plain(name: str, value: api.Value) -> Any:
    if isinstance(value, tuple):
        return [str(one) for one in value]
    if isinstance(value, timedelta):
        return format_timespan(value)
    if value is None:
        return "" if name in _TEXTS else None
    return value if isinstance(value, bool | int) else str(value)
