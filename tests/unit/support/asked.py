# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A Reader over simulated servers that notes what is asked of whom: one entry for each remote command."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import lab_client
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.reader import Reader
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import Remote
from lab.core.lab import Lab

SHOWN = ["who", "bindings", "failover", "scopes"]  # of every server that is read
FOLDERS = [
    "folder_kept",
    "folder_safety-copies",
    "folder_backups",
    "find_texts",
]  # where something may be written later


@dataclass
class Asked:
    """`commands`: the server that ran each remote command, and what it was asked, in order."""

    lab: Lab
    commands: list[tuple[str, list[str]]] = field(default_factory=list)

    def remote(self, server: str) -> Remote:
        """One of the servers, over a connection of its own."""
        plain = lab_client.remote(self.lab, server)

        def execute(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
            request = json.loads(arguments["request"])
            self.commands.append((server, [_said(operation) for operation in request["before"]]))
            return plain._execute(arguments)

        return Remote(execute, server.lower(), check_mode=False)

    def reader(
        self, partner_host: str = "", *, ahead: Callable[[World], World] = lambda world: world, writes: bool = True
    ) -> Reader:
        """That of a task on DHCP01; what every task reads first is read."""
        partner = self.remote(partner_host) if partner_host else None
        reader = Reader(self.remote("DHCP01"), partner, ahead=ahead, writes=writes)
        reader.know(lab_client.everything)
        self.commands.clear()
        return reader

    def more(self, server: str) -> list[list[str]]:
        """What a server was asked beside its relationships, scopes, folders and notes, for each command that it ran."""
        plain = {*SHOWN, *FOLDERS}
        return [[said for said in asked if said not in plain] for name, asked in self.commands if name == server]


def _said(operation: Mapping[str, Any]) -> str:
    """The operation, the scopes of an export, and the server where another one is asked: "export@dhcp02 10.0.1.0"."""
    parameters = operation.get("parameters", {})
    computer = parameters.get("ComputerName") or operation.get("server")
    name = operation["id"].removesuffix(f"_{computer}")
    scopes = parameters.get("ScopeId", ()) if operation["op"] == "export" else ()
    return " ".join([f"{name}@{computer}" if computer else name, *scopes])
