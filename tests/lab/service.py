# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The running lab: what each simulated server offers, and the door behind it."""

from __future__ import annotations

import contextlib
import importlib
import ipaddress
import selectors
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from lab import transports
from lab.commands import Commands
from lab.core.lab import Lab
from lab.core.server import Server
from lab.door import Door
from lab.doors import choose
from lab.winrm.endpoint import Endpoint
from lab.winrm.shells import Shells


class NotLoopback(ValueError):
    """The lab runs what it is sent, so it listens on loopback addresses only."""


class LabService:
    """Listens between start() and stop(), or inside a `with`.

    ``door``: a name of doors.NAMES or a door, which the service then owns. ``linger_seconds``: how long a command
    goes on after its client hung up. Raises NoDoor, NotLoopback, ImportError for a transport whose library is missing,
    and OSError for an address that is in use.
    """

    def __init__(self, lab: Lab, door: str | Door = "auto", linger_seconds: float = 5.0) -> None:
        self.lab = lab
        self.door: Door = choose(door, lab) if isinstance(door, str) else door
        self.endpoints: dict[str, Endpoint] = {}  # HTTP, by server
        self.secure: dict[str, Endpoint] = {}  # HTTPS
        self.ssh_ports: dict[str, int] = {}
        self._linger = linger_seconds
        self._folder: Path | None = None  # what clients need beside a password
        self._authority: Any = None
        self._ssh: Any = None

    def start(self) -> None:
        try:
            for server in self.lab.servers.values():
                try:
                    self._listen(server)
                except OSError as error:
                    why = f"{server.name} cannot listen on {server.address} ({error.strerror or error}); is another lab"
                    raise OSError(error.errno, f"{why} running?") from error
        except BaseException:
            self._close()
            raise
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, name="lab", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Kills what runs, closes what is open and removes what lies on disk."""
        self._wake.send(b"x")
        self._thread.join()
        self._wake.close()
        self._woken.close()
        self._close()

    def switch_off(self, name: str) -> None:
        """As if the server had no power: no way in, and the others do not reach it. Raises ValueError."""
        if name not in self.lab.servers:
            raise ValueError(f"there is no server {name}; there are {', '.join(self.lab.servers)}")
        self.lab.servers[name].reachable = False
        for endpoints in (self.endpoints, self.secure):
            if name in endpoints:
                endpoints[name].close()
        if name in self.ssh_ports:
            self._ssh.switch_off(self.lab.servers[name])

    def ready(self) -> dict[str, Any]:
        """How to log on: {"door", "servers": {NAME: {host, port, user, password, ports}}, "ca", "ssh"}. It holds
        passwords.

        ``port``: that of HTTP if it is open, ``ports``: by transport, ``ca`` and ``ssh``: files of HTTPS and SSH
        clients."""
        ready: dict[str, Any] = {"door": self.door.name, "servers": {}}
        for name, server in self.lab.servers.items():
            ports = {one: self._port(one, name) for one in server.transports}
            account = server.credentials[0] if server.credentials else None
            ready["servers"][name] = {
                "host": server.address,
                "port": next(iter(ports.values()), None),
                "user": account.user if account else None,
                "password": account.password if account else None,
                "ports": ports,
            }
        if self._authority:
            ready["ca"] = str(self._authority.certificate)
        if self._ssh:
            ready["ssh"] = {"key": str(self._ssh.key), "known_hosts": str(self._ssh.known_hosts)}
        return ready

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Where each server listens: (name, URL)."""
        for name, server in self.lab.servers.items():
            for endpoints in (self.endpoints, self.secure):
                if name in endpoints:
                    yield name, endpoints[name].url
            if name in self.ssh_ports:
                yield name, f"ssh://{server.address}:{self.ssh_ports[name]}"

    def __enter__(self) -> LabService:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _listen(self, server: Server) -> None:
        if not ipaddress.ip_address(server.address).is_loopback:
            raise NotLoopback(f"{server.name}: {server.address} is no loopback address")
        commands = Commands(self.lab, server, self.door)
        # libraries that the lab needs for some transports only are imported with them
        powershell = importlib.import_module("lab.psrp.pool").RunspacePool if "psrp" in server.transports else None
        methods = transports.http_methods(server.transports)
        if methods:
            shells = Shells(commands, self._linger, powershell)
            self.endpoints[server.name] = Endpoint(server, shells, self.lab.audit, methods)
        if "https" in server.transports:
            if self._authority is None:
                self._authority = importlib.import_module("lab.winrm.tls").Authority(self._client_folder() / "ca.pem")
            tls = self._authority.server_context(server.address, server.fqdn, server.computer_name)
            shells = Shells(commands, self._linger)
            self.secure[server.name] = Endpoint(server, shells, self.lab.audit, {transports.BASIC}, tls)
        if "ssh" in server.transports:
            if self._ssh is None:
                self._ssh = importlib.import_module("lab.ssh.server").SshServers(self._client_folder())
            self.ssh_ports[server.name] = self._ssh.listen(server, commands)

    def _client_folder(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="windhcp-lab-"))
        return self._folder

    def _port(self, transport: str, name: str) -> int:
        if transport == "ssh":
            return self.ssh_ports[name]
        return (self.secure if transport == "https" else self.endpoints)[name].port

    def _all(self) -> list[Endpoint]:
        return [*self.endpoints.values(), *self.secure.values()]

    def _close(self) -> None:
        # at once: each waits for its own processes
        closing = [threading.Thread(target=endpoint.close) for endpoint in self._all()]
        if self._ssh:
            closing.append(threading.Thread(target=self._ssh.close))
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
        self.door.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _accept(self) -> None:
        """One thread for all listening sockets; each connection then has its own."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            for endpoint in self._all():
                with contextlib.suppress(ValueError):  # a test has closed it already
                    selector.register(endpoint, selectors.EVENT_READ, endpoint)
            while True:
                for key, _events in selector.select():
                    if key.data is None:
                        return
                    with contextlib.suppress(OSError):
                        key.data.handle_request()
