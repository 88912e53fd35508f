# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What happens on two servers between the remote commands of a task, and what the task leaves on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import journal
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note, from_text
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import Remote
from pairs import ONE, Pair

PARTNER = "dhcp02.contoso.example"
KEEP: dict[str, Any] = {"keep_scopes_on": "this_server", "other_copy": "delete"}
OWN = {"partner_host": "dhcp02"}
CLAIM = 2  # the remote command over the hop that puts the copy out of service; two have read before
Change = Callable[[Pair], None]


def meanwhile(servers: Pair, changes: Mapping[int, Change]) -> None:
    """What happens just before each remote command of the next task."""
    plain, left = servers.wire.execute, dict(changes)

    def execute(server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if change := left.pop(servers.wire.calls, None):
            change(servers)
        return plain(server, arguments)

    servers.wire.execute = execute  # type: ignore[method-assign]


def a_person(servers: Pair) -> None:
    """Changes something that the next request finds out."""
    servers.server("DHCP01").relationships["HQ"].percentage = 70


def notes(servers: Pair, server: str = "DHCP01") -> list[Note | None]:
    """Those that stand on a server."""
    files = servers.wire.files[server]
    return [
        from_text(files.found(path)[path].decode().split("\n")[0]) for path in files.paths() if "unfinished." in path
    ]


def leave(servers: Pair, note: Note, server: str = "DHCP01") -> None:
    """The note of another run."""
    remote = Remote(lambda arguments: servers.wire.execute(server, arguments), server.lower(), check_mode=False)
    remote.write((), "", [journal.keep(note)])


def states(servers: Pair) -> list[str]:
    """Of the first scope on each server."""
    found = [servers.server(name).scopes.get(ONE) for name in ("DHCP01", "DHCP02")]
    return [scope.state if scope else "none" for scope in found]
