# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The running lab: one endpoint for each simulated server, and the door behind them."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from lab.core.lab import Lab
from lab.door import Door
from lab.doors import choose
from lab.winrm.endpoint import Endpoint


class LabService:
    """Listens between start() and stop(), or inside a `with`.

    ``door``: a name of doors.NAMES or a door, which the service then owns. ``linger_seconds``: how long a command
    goes on after its client hung up. Raises NoDoor, NotLoopback, and OSError for an address that is in use.
    """

    def __init__(self, lab: Lab, door: str | Door = "auto", linger_seconds: float = 5.0) -> None:
        self.lab = lab
        self.door: Door = choose(door, lab) if isinstance(door, str) else door
        self.endpoints: Mapping[str, Endpoint] = {}
        self._linger = linger_seconds

    def start(self) -> None:
        endpoints: dict[str, Endpoint] = {}
        try:
            for name, server in self.lab.servers.items():
                endpoints[name] = Endpoint(server, self.door, self.lab.audit, self._linger)
        except BaseException:
            for endpoint in endpoints.values():
                endpoint.close()
            self.door.close()
            raise
        self.endpoints = endpoints
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, name="lab", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Kills what runs, closes what is open and removes what lies on disk."""
        self._wake.send(b"x")
        self._thread.join()
        self._wake.close()
        self._woken.close()
        # at once: each waits for its own processes
        closing = [threading.Thread(target=endpoint.close) for endpoint in self.endpoints.values()]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
        self.door.close()

    def ready(self) -> dict[str, Any]:
        """How to log on: {"door": ..., "servers": {NAME: {host, port, user, password}}}. It holds passwords."""
        servers = {
            name: {
                "host": endpoint.simulated.address,
                "port": endpoint.port,
                "user": endpoint.simulated.credentials[0].user if endpoint.simulated.credentials else None,
                "password": endpoint.simulated.credentials[0].password if endpoint.simulated.credentials else None,
            }
            for name, endpoint in self.endpoints.items()
        }
        return {"door": self.door.name, "servers": servers}

    def __enter__(self) -> LabService:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _accept(self) -> None:
        """One thread for all listening sockets; each connection then has its own."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            for endpoint in self.endpoints.values():
                selector.register(endpoint, selectors.EVENT_READ, endpoint)
            while True:
                for key, _events in selector.select():
                    if key.data is None:
                        return
                    with contextlib.suppress(OSError):
                        key.data.handle_request()
