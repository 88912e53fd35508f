# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A Remote without a wire, for tests of one part: its requests go to the lab's stand-in in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.calls import Waiting
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.reader import Reader
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.reconcile import Reconciliation
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import ReadRequest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import server_replies
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import Remote
from lab.core.api import Session
from lab.core.lab import Lab
from lab.standin import script
from lab.standin.files import Files


def remote(lab: Lab, server: str = "DHCP01", check_mode: bool = False) -> Remote:
    account = lab.servers[server].credentials[0]
    session = Session(server, account.user, account.delegated)
    files = Files()

    def execute(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        said = script.run(lab, session, arguments["request"], script.Process(files, arguments["secrets"]))
        reply: Mapping[str, Any] = json.loads(said)
        return reply

    return Remote(execute, server.lower(), check_mode)


def read(lab: Lab, server: str = "DHCP01") -> tuple[Server, str]:
    reply = remote(lab, server).read(server_replies.reads())
    return server_replies.parse(reply.before, server.lower()), reply.fingerprint


def everything(world: World) -> World | ReadRequest:
    """A planner that asks for what every planner asks for first."""
    return world if world.views else ReadRequest()


def task(lab: Lab, server: str = "DHCP01", *, partner: str | None = None, check_mode: bool = False) -> Reconciliation:
    """What a module runs on a server, over the second hop or with its partner's own connection."""
    own = remote(lab, partner, check_mode) if partner else None
    return Reconciliation(
        Reader(remote(lab, server, check_mode), own), check_mode=check_mode, waiting=Waiting(timeout=5)
    )
