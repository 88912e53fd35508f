# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs the remote commands of one simulated server, whatever transport brought them."""

from __future__ import annotations

import threading

from lab.become import LogonFailed, failed, log_on
from lab.core.api import Session
from lab.core.lab import Lab
from lab.core.server import Server
from lab.door import Door, Finished
from lab.payload import take_become


class Commands:
    """Start-up cost, become, the door, the audit entry."""

    def __init__(self, lab: Lab, server: Server, door: Door) -> None:
        self._lab, self._server, self._door = lab, server, door

    def run(self, session: Session, line: str, stdin: bytes, stop: threading.Event) -> Finished:
        """As Door.run, after the logon that the payload may ask for."""
        stop.wait(self._server.startup_seconds)
        become, stdin = take_become(stdin)
        if stop.is_set():
            finished = Finished(1)
        else:
            try:
                acting = log_on(become, session, self._lab.servers.values(), self._server) if become else session
            except LogonFailed as error:
                assert become is not None  # only log_on raises it
                finished = failed(become, error)
            else:
                finished = self._door.run(self._server, acting, line, stdin, stop)
        self._lab.audit.command(
            self._server.name,
            door=self._door.name,
            processes=finished.processes,
            user=session.user,
            become_user=become.user if become else "",
        )
        return finished
