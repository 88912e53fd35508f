# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What runs a remote command on a simulated server: a door. doors.py chooses one."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

from lab.core.api import Session
from lab.core.server import Server


@dataclass(frozen=True)
class Finished:
    """The end of a remote command. ``processes``: how many the door started for it."""

    exit_code: int
    stdout: bytes = b""
    stderr: bytes = b""
    processes: int = 0


class Door(Protocol):
    @property
    def description(self) -> str:
        """As the lab prints it: "PowerShell 7.4.6", "built-in stand-in"."""

    @property
    def name(self) -> str:
        """As the audit log shows it: "powershell", "standin"."""

    def run(self, server: Server, session: Session, command_line: str, stdin: bytes, stop: threading.Event) -> Finished:
        """Runs the command to its end; called from a thread of its own for each command.

        When ``stop`` is set the command is ended at once, with everything it started. Never raises for what the
        client sent: that is an exit code and a text on stderr.
        """

    def close(self) -> None:
        """Removes what the door keeps on disk. No command runs any more when it is called."""
