# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils import cmdlets, restore_plan, snapshot
from ..plugin_utils.action import FailoverAction
from ..plugin_utils.errors import RemoteFailure
from ..plugin_utils.export import Export
from ..plugin_utils.gather import Seen
from ..plugin_utils.model import scope_ids
from ..plugin_utils.restore_plan import Here, Wanted


class ActionModule(FailoverAction):
    """Brings scopes of a safety copy back on this server: see restore_plan."""

    ARGUMENT_SPEC = {
        "path": {"type": "str", "required": True},
        "scopes": {"type": "list", "elements": "str"},
        "state": {"type": "str", "choices": ["inactive", "as_saved"], "default": "inactive"},
        "accept_server_config": {"type": "bool", "default": False},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        wanted = Wanted(options["path"], scope_ids(options["scopes"] or ()), options["state"] == "inactive")
        convergence, reading = self.convergence, cmdlets.read_copy(wanted.path)
        seen = convergence.look(also=[cmdlets.export(), reading])
        copy = snapshot.read_copy(seen.reply.before, self.host)
        scopes = restore_plan.chosen(wanted, copy)
        there = [scope for scope in scopes if seen.server.scope(scope)]
        if there:  # compared with their leases
            seen = convergence.look(also=[cmdlets.export(there, leases=True), reading])
        here = self._here(seen)
        plan = restore_plan.restore(wanted, copy, here)
        found = restore_plan.server_config(plan, copy, here)
        convergence.result["server_config_differences"] = restore_plan.public(found)
        if not options["accept_server_config"]:
            restore_plan.check_server_config(found, seen.server.name)
        convergence.announce(plan, f"scopes on {seen.server.name}")
        if plan.steps and not self.check_mode:
            convergence.carry_out(plan, again=[cmdlets.export(scopes, leases=True)])
            self._verify(wanted, copy)
        return {"restored": [str(scope) for scope in scopes if scope not in there]}

    def _here(self, seen: Seen) -> Here:
        return Here(seen.server, snapshot.exported(seen.reply.before, self.host), seen.reply.received + seen.server.clock)

    def _verify(self, wanted: Wanted, copy: Export) -> None:
        """Everything is there, as it was saved, in the state that was asked for."""
        here = self._here(self.convergence.seen["this_server"])
        if left := restore_plan.problems(wanted, copy, here):
            raise RemoteFailure(f"The scopes were imported, and they are not what was asked for: {' '.join(left)}")
        if missing := restore_plan.restore(wanted, copy, here).steps:
            raise RemoteFailure(f"The scopes were imported, and this is still to do: {'; '.join(step.text for step in missing)}.")
