# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The SSH servers of the lab: each command of a client goes to the server's door as a whole.

The lab makes one key for its clients, good for every account of a server, and one host key for each server. A logon
with a key has no credentials for a second server (C ANSIBLE, "Windows SSH")."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncssh
from lab.commands import Commands
from lab.core.api import Session
from lab.core.server import Server
from lab.ssh.shell import command_line

KEY = "ssh-ed25519"
COMMANDS = 64  # that run at once
SECONDS = 20.0  # how long starting and stopping may take


class SshServers:
    """An event loop in a thread of its own. ``folder`` gets what a client needs: ``key`` and ``known_hosts``."""

    def __init__(self, folder: Path) -> None:
        self.key, self.known_hosts = folder / "ssh_key", folder / "ssh_known_hosts"
        client = asyncssh.generate_private_key(KEY)
        client.write_private_key(str(self.key))
        self.key.chmod(0o600)
        self._public = client.convert_to_public()
        self._listeners: dict[str, Any] = {}  # by server
        self._clients: set[Any] = set()
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(COMMANDS, "ssh command"))
        self._thread = threading.Thread(target=self._loop.run_forever, name="ssh", daemon=True)
        self._thread.start()

    def listen(self, server: Server, commands: Commands) -> int:
        """Opens the SSH port of a server and returns it. Raises OSError for an address in use."""
        host_key = asyncssh.generate_private_key(KEY)
        listener = self._do(
            asyncssh.create_server(
                lambda: Accounts(server, self._public, self._clients),
                server.address,
                server.ssh_port,
                server_host_keys=[host_key],
                process_factory=lambda process: _serve(process, server, commands),
                encoding=None,
                line_editor=False,
                sftp_factory=None,
                allow_scp=False,
                agent_forwarding=False,
            )
        )
        self._listeners[server.name] = listener
        port = int(listener.get_port())
        with self.known_hosts.open("a", encoding="ascii") as file:
            file.write(f"[{server.address}]:{port} {host_key.export_public_key().decode()}")
        return port

    def switch_off(self, server: Server) -> None:
        """It takes no more connections."""
        self._loop.call_soon_threadsafe(self._listeners[server.name].close)

    def close(self) -> None:
        """Ends every command and connection."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        for listener in self._listeners.values():
            listener.close()
        for client in list(self._clients):
            client.abort()
        for listener in self._listeners.values():
            await listener.wait_closed()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.gather(*rest, return_exceptions=True)

    def _do(self, work: Awaitable[Any]) -> Any:
        async def waiting() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(waiting(), self._loop).result(SECONDS)


class Accounts(asyncssh.SSHServer):
    """Lets in the accounts of one server, with the key."""

    def __init__(self, server: Server, key: Any, clients: set[Any]) -> None:
        self._server, self._key, self._clients = server, key, clients
        self._connection: Any = None

    def connection_made(self, conn: Any) -> None:
        self._connection = conn
        self._clients.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        self._clients.discard(self._connection)

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: Any) -> bool:
        return _account(self._server, username) is not None and bool(key == self._key)

    def password_auth_supported(self) -> bool:
        return False


async def _serve(process: Any, server: Server, commands: Commands) -> None:
    """One command: its input to the end, then the door, then its output."""
    user = _account(server, process.get_extra_info("username"))
    if user is None or process.command is None:
        process.stderr.write(b"The lab runs commands and no interactive shell.\r\n")
        process.exit(1)
        return
    stdin = await process.stdin.read()
    session, stop = Session(server.name, user, delegated=False), threading.Event()
    line = command_line(process.command)
    running = asyncio.get_running_loop().run_in_executor(None, commands.run, session, line, stdin, stop)
    hung_up = asyncio.ensure_future(process.channel.wait_closed())
    await asyncio.wait((running, hung_up), return_when=asyncio.FIRST_COMPLETED)
    stop.set()  # a client that hung up ends its command
    finished = await running
    hung_up.cancel()
    with contextlib.suppress(OSError):
        process.stdout.write(finished.stdout)
        process.stderr.write(finished.stderr)
        process.exit(finished.exit_code)


def _account(server: Server, name: str) -> str | None:
    """As the server spells it."""
    return next((one.user for one in server.credentials if one.user.casefold() == name.casefold()), None)
