# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A Remote without a wire: requests go to the lab's stand-in in this process."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils import apply, guards, prerequisites, snapshot
from ansible_collections.windhcp.failover.plugins.plugin_utils.model import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils.remote import Remote, Reply
from ansible_collections.windhcp.failover.plugins.plugin_utils.sides import Side, Sides
from lab.core.api import Session
from lab.core.lab import Lab
from lab.standin import script
from lab.standin.files import Files


def remote(lab: Lab, server: str = "DHCP01", check_mode: bool = False) -> Remote:
    account = lab.servers[server].credentials[0]
    session = Session(server, account.user, account.delegated)
    files = Files()

    def execute(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        said = script.run(lab, session, arguments["request"], threading.Lock(), threading.Event(), files, arguments["secrets"])
        reply: Mapping[str, Any] = json.loads(said)
        return reply

    return Remote(execute, server.lower(), check_mode)


def read(lab: Lab, server: str = "DHCP01") -> tuple[Server, str]:
    reply = remote(lab, server).read(snapshot.reads())
    return snapshot.parse(reply.before, server.lower()), reply.fingerprint


PARTNER = "dhcp02.contoso.example"


def sides(lab: Lab) -> tuple[Sides, str]:
    """DHCP01, and DHCP02 over a second hop."""
    here = remote(lab)
    reads = (*snapshot.reads(), *prerequisites.reads(PARTNER, guarded=False))
    reply = here.read(reads)
    prerequisites.check(reply.before[-3:], here.host, PARTNER, here.goes_on())
    server = snapshot.parse(reply.before, here.host)
    there = Side(snapshot.hop(reply.before, here.host, PARTNER), computer=PARTNER, via=server.name, opposite=server)
    return Sides(Side(server), {PARTNER: there}), reply.fingerprint


def carry_out(lab: Lab, plan: Plan, server: Server, fingerprint: str, waiting: apply.Waiting | None = None) -> Reply:
    guards.check(plan, server)
    calls = apply.operations(plan.steps, server, waiting or apply.Waiting(timeout=5))
    return remote(lab, server.name).write(snapshot.reads(), fingerprint, calls, snapshot.reads())
