# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What happened in the lab: an append-only list that a test can count while the lab runs. It never holds a secret."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from lab.core.api import Value
from lab.core.metadata import format_timespan

HIDDEN = "********"
SECRET_PARAMETERS = frozenset(("sharedsecret", "credential"))


@dataclass(frozen=True)
class Entry:
    """``kind``: cmdlet, command or request; the fields that do not belong to the kind keep their empty value.

    cmdlet: user, cmdlet, parameters (as JSON values), write, errors (ids), via ("session", or the server the call came
    through with -ComputerName). command: one remote command started: user, become_user, door, processes. request:
    operation, bytes."""

    number: int = 0
    kind: str = ""
    server: str = ""
    user: str = ""
    cmdlet: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    write: bool = False
    errors: tuple[str, ...] = ()
    via: str = ""
    door: str = ""
    become_user: str = ""
    processes: int = 0
    operation: str = ""
    bytes_in: int = 0
    bytes_out: int = 0


@dataclass(frozen=True)
class Counts:
    commands: int = 0
    requests: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    processes: int = 0
    writes: int = 0


class Audit:
    """Thread-safe. ``path``: a file that gets each entry as one JSON line as well."""

    def __init__(self, path: Path | None = None) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()
        self._path = path

    @property
    def entries(self) -> tuple[Entry, ...]:
        with self._lock:
            return tuple(self._entries)

    def cmdlet(self, entry: Entry) -> None:
        """``entry``: with the parameters as they were bound. What is secret in them is hidden here."""
        shown = {name: _shown(name, value) for name, value in entry.parameters.items()}
        self._add(replace(entry, kind="cmdlet", parameters=shown))

    def command(self, server: str, *, door: str, processes: int, user: str = "", become_user: str = "") -> None:
        self._add(Entry(0, "command", server, user, door=door, processes=processes, become_user=become_user))

    def request(self, server: str, operation: str, *, bytes_in: int, bytes_out: int) -> None:
        self._add(Entry(0, "request", server, operation=operation, bytes_in=bytes_in, bytes_out=bytes_out))

    def mark(self) -> int:
        """A point in time for ``since``."""
        with self._lock:
            return len(self._entries)

    def since(self, mark: int, kind: str = "") -> tuple[Entry, ...]:
        """The entries after ``mark``, all or those of one kind."""
        return tuple(entry for entry in self.entries[mark:] if kind in ("", entry.kind))

    def counts(self, server: str = "", since: int = 0) -> Counts:
        """Of one server, or of all."""
        chosen = [entry for entry in self.since(since) if server in ("", entry.server)]
        return Counts(
            commands=sum(entry.kind == "command" for entry in chosen),
            requests=sum(entry.kind == "request" for entry in chosen),
            bytes_in=sum(entry.bytes_in for entry in chosen),
            bytes_out=sum(entry.bytes_out for entry in chosen),
            processes=sum(entry.processes for entry in chosen),
            writes=sum(entry.write for entry in chosen),
        )

    def _add(self, entry: Entry) -> None:
        with self._lock:
            entry = replace(entry, number=len(self._entries) + 1)
            self._entries.append(entry)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")


def _shown(name: str, value: Value) -> Any:
    """A parameter as JSON; SharedSecret and Credential are hidden, except that null shows as null.

    An empty text is null as well: that is what PowerShell makes of $null for a parameter of type string.
    """
    if name.lower() in SECRET_PARAMETERS:
        return HIDDEN if value else None
    if isinstance(value, tuple):
        return [_shown(name, element) for element in value]
    if isinstance(value, timedelta):
        return format_timespan(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, IPv4Address) else value
