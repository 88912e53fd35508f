# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils import cmdlets, snapshot
from ..plugin_utils._planning import restoring
from ..plugin_utils._planning.adapter import as_steps
from ..plugin_utils._planning.restoring import Here, Wanted
from ..plugin_utils.action import FailoverAction
from ..plugin_utils.arguments import keep_days
from ..plugin_utils.errors import RemoteFailure
from ..plugin_utils.export import NOTHING, Export
from ..plugin_utils.gather import Seen
from ..plugin_utils.model import scope_ids


class ActionModule(FailoverAction):
    """Brings scopes of a safety copy back on this server: see restoring."""

    ARGUMENT_SPEC = {
        "path": {"type": "str", "required": True},
        "scopes": {"type": "list", "elements": "str"},
        "state": {"type": "str", "choices": ["inactive", "as_saved"], "default": "inactive"},
        "safety_copy_days": {"type": "int", "default": 0},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        days = keep_days({**options, "safety_copy": True}) or 0
        wanted = Wanted(options["path"], scope_ids(options["scopes"] or ()), options["state"] == "inactive", days)
        convergence = self.convergence
        reads = (*snapshot.level_reads(), cmdlets.read_copy(wanted.path))
        seen = convergence.look(also=reads)
        copy = snapshot.read_copy(seen.reply.before, self.host)
        scopes = restoring.chosen(wanted, copy)
        there = [scope for scope in scopes if seen.server.scope(scope)]
        if there:  # compared with their leases
            seen = convergence.look(also=[*reads, cmdlets.export(there, leases=True)])
        here = self._here(seen)
        plan = as_steps(restoring.restore(wanted, copy, here))
        convergence.announce(plan, f"scopes on {seen.server.name}")
        coming = [scope for scope in scopes if scope not in there]
        export = copy
        if plan.steps and not self.check_mode:
            convergence.carry_out(plan, again=[*snapshot.level_reads(), cmdlets.export(scopes, leases=True)])
            export = self._verify(wanted, copy).export
        found = restoring.counts(coming, export)
        return {
            "restored": [str(scope) for scope in coming],
            "counts": found,
            "total": restoring.total(found),
            "server_additions": restoring.additions(copy, here.level) if plan.steps else [],
        }

    def _here(self, seen: Seen) -> Here:
        results = seen.reply.before
        asked = any(result.id == cmdlets.export_id() for result in results)
        export = snapshot.exported(results, self.host) if asked else NOTHING
        return Here(seen.server, export, snapshot.server_level(results, self.host), seen.reply.received + seen.server.clock)

    def _verify(self, wanted: Wanted, copy: Export) -> Here:
        """Everything is there, as it was saved, in the state that was asked for."""
        here = self._here(self.convergence.seen["this_server"])
        if left := restoring.problems(wanted, copy, here):
            raise RemoteFailure(f"The scopes were imported, and they are not what was asked for: {' '.join(left)}")
        if missing := as_steps(restoring.restore(wanted, copy, here)).steps:
            raise RemoteFailure(f"The scopes were imported, and this is still to do: {'; '.join(step.text for step in missing)}.")
        return here
