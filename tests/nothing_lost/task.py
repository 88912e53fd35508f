# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One task against a lab in this process: the real action plugin, its requests run by the lab's stand-in.

Without sockets, so that thousands of broken runs take minutes; the integration tests do the same over the wire.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from ansible.utils.vars import get_unique_id
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import reconcile
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.reconcile import Reconciliation
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import Heard, RemoteFailure, Unreachable
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import Execute
from lab.core.api import Session
from lab.core.lab import Lab
from lab.standin import script
from lab.standin.files import Files, made_for

from nothing_lost.watched import Killed

NO_REPLY = {"failed": True, "msg": "MODULE FAILURE\nSee stdout/stderr for the exact error", "rc": 1}
ACTIONS = "ansible_collections.windhcp.failover.plugins.action"


class Hurry(threading.Event):
    """What the stand-in waits with. The lab's states pass with each look at them, so nobody has to sleep; who waits for
    some seconds has waited them."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab

    def wait(self, timeout: float | None = None) -> bool:
        self._lab.hurried += timeout or 0
        return self.is_set()


@dataclass
class Wire:
    """Counts the remote calls of a task. `die_at`: the play is killed before that call; `lose_at`: its reply never
    arrives, and the play is killed. `lives_on`: it goes on without the reply, also where the process on the server
    ends. `plan`: what the task that ran last has carried out, or would in check mode; none: it came to no plan."""

    lab: Lab
    die_at: int | None = None
    lose_at: int | None = None
    lives_on: bool = False
    calls: int = 0
    files: dict[str, Files] = field(default_factory=dict)
    plan: Plan | None = None
    facts: dict[str, Any] = field(default_factory=dict)  # of the host, as its tasks begin
    fails: dict[str, RemoteFailure] = field(default_factory=dict)  # what the connection of partner_host gives
    inventory: Sequence[str] = ()  # its hosts, for partner_host: auto
    hostvars: dict[str, dict[str, Any]] = field(default_factory=dict)  # what tasks registered on the hosts

    def pause(self, seconds: float) -> None:
        """The task waits before it plans anew, and takes none of our time."""
        for server in self.lab.servers.values():
            server.clock_offset += timedelta(seconds=seconds)

    def execute(self, server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        number, self.calls = self.calls, self.calls + 1
        if self.die_at == number:
            raise Killed
        account = self.lab.servers[server].credentials[0]
        session = Session(server, account.user, account.delegated)
        files = self.files.setdefault(server, made_for(self.lab))
        process = script.Process(files, arguments["secrets"], Hurry(self.lab))
        try:
            said = script.run(self.lab, session, arguments["request"], process)
            if self.lose_at == number:
                raise Killed
        except Killed:
            if self.lives_on:
                return NO_REPLY
            raise
        reply: Mapping[str, Any] = json.loads(said)
        return reply

    def reach(self, server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """As PartnerAction does: a server that is gone is a failure of the task."""
        if server in self.fails:
            raise self.fails[server]
        if not self.lab.servers[server].reachable:
            asked = f"TCP 5985 of {server.lower()} does not answer the controller (ETIMEDOUT)"
            raise Unreachable(f"partner_host: {server} cannot be reached.", Heard.NOTHING, asked, (server.lower(),))
        return self.execute(server, arguments)


def perform(
    wire: Wire, module: str, options: Mapping[str, Any], host: str = "dhcp01", check_mode: bool = False
) -> dict[str, Any]:
    """Runs the task on a host; servers are called like the hosts, in capitals. Raises Killed."""
    task = SimpleNamespace(
        check_mode=check_mode, diff=True, async_val=0, delegate_to=None, args=dict(options), _uuid=get_unique_id()
    )
    plugin = importlib.import_module(f"{ACTIONS}.{module}").ActionModule

    class Action(plugin):  # type: ignore[misc, valid-type]
        def _execute_module(self, name: str, arguments: Mapping[str, Any], task_vars: Any = None) -> Mapping[str, Any]:
            return wire.execute(host.upper(), arguments)

        @contextlib.contextmanager
        def connect(self, partner: str, task_vars: Any) -> Iterator[tuple[Execute, Callable[[], bool]]]:
            yield lambda arguments: wire.reach(partner.upper(), arguments), lambda: False

    connection = SimpleNamespace(become=None, transport="local", _shell=SimpleNamespace(tmpdir=None, _IS_WINDOWS=True))
    action = Action(task, connection, None, None, None, None)
    wire.plan = None
    with patch.object(reconcile, "sleep", wire.pause):
        known = {"inventory_hostname": host, "ansible_facts": wire.facts, "groups": {"all": wire.inventory}}
        known["hostvars"] = wire.hostvars
        result: dict[str, Any] = action.run(task_vars=known)
    if isinstance(reconciliation := getattr(action, "reconciliation", None), Reconciliation):
        wire.plan = reconciliation.plan
    return result
