# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A Remote without a wire, for tests of one part: its requests go to the lab's stand-in in this process."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import batch, prerequisites
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.sides import Side, Sides
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.steps import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import guards
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import server_reads
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.client import Remote
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import Reply
from lab.core.api import Session
from lab.core.lab import Lab
from lab.standin import script
from lab.standin.files import Files


def remote(lab: Lab, server: str = "DHCP01", check_mode: bool = False) -> Remote:
    account = lab.servers[server].credentials[0]
    session = Session(server, account.user, account.delegated)
    files = Files()

    def execute(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        message = script.run(
            lab, session, arguments["request"], threading.Lock(), threading.Event(), files, arguments["secrets"]
        )
        reply: Mapping[str, Any] = json.loads(message)
        return reply

    return Remote(execute, server.lower(), check_mode)


def read(lab: Lab, server: str = "DHCP01") -> tuple[Server, str]:
    reply = remote(lab, server).read(server_reads.reads())
    return server_reads.parse(reply.before, server.lower()), reply.fingerprint


PARTNER = "dhcp02.contoso.example"


def sides(lab: Lab) -> tuple[Sides, str]:
    """DHCP01, and DHCP02 over a second hop."""
    here = remote(lab)
    reads = (*server_reads.reads(), *prerequisites.reads(PARTNER, guarded=False))
    reply = here.read(reads)
    prerequisites.check(reply.before[-3:], here.host, PARTNER, here.goes_on())
    server = server_reads.parse(reply.before, here.host)
    there = Side(server_reads.hop(reply.before, here.host, PARTNER), computer=PARTNER, via=server.name, opposite=server)
    return Sides(Side(server), {PARTNER: there}), reply.fingerprint


def carry_out(lab: Lab, plan: Plan, server: Server, fingerprint: str, waiting: batch.Waiting | None = None) -> Reply:
    guards.check(plan, server)
    calls = batch.operations(plan.steps, server, waiting or batch.Waiting(timeout=5))
    return remote(lab, server.name).write(server_reads.reads(), fingerprint, calls, server_reads.reads())
