# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.adapter import as_steps
from ..plugin_utils._engine.arguments import keep_days
from ..plugin_utils._engine.reader import Seen
from ..plugin_utils._engine.steps import Plan
from ..plugin_utils._model.scope import scope_ids
from ..plugin_utils._model.texts import few
from ..plugin_utils._planning import restoring
from ..plugin_utils._planning.restoring import Here, Wanted
from ..plugin_utils._windows import cmdlets, server_reads
from ..plugin_utils._windows.errors import RemoteFailure
from ..plugin_utils._windows.export import NOTHING, Export


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
        reads = (*server_reads.level_reads(), cmdlets.read_copy(wanted.path))
        seen = convergence.look(also=reads)
        copy = server_reads.read_copy(seen.reply.before, self.host)
        scopes = restoring.chosen(wanted, copy)
        there = [scope for scope in scopes if seen.server.scope(scope)]
        if there:  # compared with their leases
            seen = convergence.look(also=[*reads, cmdlets.export(there, leases=True)])
        here = self._here(seen)
        self._differences(wanted, copy, here)  # also when it is refused
        plan = as_steps(restoring.restore(wanted, copy, here))
        convergence.check_folders(plan)
        convergence.announce(plan, f"scopes on {seen.server.name}")
        coming = [scope for scope in scopes if scope not in there]
        if plan.steps and not self.check_mode:
            self._bring_back(plan, wanted, copy, coming)
        else:
            self._tell(coming, copy)
        return {"server_additions": restoring.additions(copy, here.level) if plan.steps else []}

    def _here(self, seen: Seen, *, there_only: bool = False) -> Here:
        results = seen.reply.before
        asked = any(result.id == cmdlets.export_id() for result in results)
        export = server_reads.exported(results, self.host, there_only=there_only) if asked else NOTHING
        return Here(seen.server, export, server_reads.server_level(results, self.host), seen.reply.now)

    def _tell(self, scopes: Sequence[IPv4Address], export: Export) -> None:
        """What came, or would come: also in the result of a run that fails after it."""
        found = restoring.counts(scopes, export)
        self.convergence.result.update(
            restored=[str(scope) for scope in scopes], counts=found, total=restoring.total(found)
        )

    def _differences(self, wanted: Wanted, copy: Export, here: Here) -> None:
        found = restoring.differences(wanted, copy, here)
        self.convergence.result["differences"] = [one.public() for one in found]

    def _bring_back(self, plan: Plan, wanted: Wanted, copy: Export, coming: Sequence[IPv4Address]) -> None:
        before = self.convergence.seen["this_server"]
        try:
            again = [*server_reads.level_reads(), cmdlets.export(restoring.chosen(wanted, copy), leases=True)]
            self.convergence.carry_out(plan, again=again)
        except RemoteFailure as failure:
            seen = self.convergence.seen["this_server"]
            raise RemoteFailure(
                f"{failure}{self._came_all_the_same(seen, copy, coming) if seen is not before else ''}"
            ) from failure
        self._verify(wanted, copy, coming)

    def _came_all_the_same(self, seen: Seen, copy: Export, coming: Sequence[IPv4Address]) -> str:
        """After an import that failed: what came is told in the result, and what is lost of it in words."""
        try:
            here = self._here(seen, there_only=True)
        except RemoteFailure:
            return ""
        came = [scope for scope in coming if scope in here.export.scopes]
        self._tell(came, here.export)
        lost = restoring.lost(copy, here, came)
        return f" {lost}" if lost else ""

    def _verify(self, wanted: Wanted, copy: Export, coming: Sequence[IPv4Address]) -> None:
        """Everything is there, as it was saved, in the state that was asked for."""
        try:
            here = self._here(self.convergence.seen["this_server"])
        except RemoteFailure as failure:
            raise RemoteFailure(
                f"The scopes were imported, and reading them afterwards failed: {failure} Run again, to compare them "
                "with the copy; the "
                "leases of a scope that is active are not compared then."
            ) from failure
        self._tell([scope for scope in coming if scope in here.export.scopes], here.export)
        self._differences(wanted, copy, here)
        problems = []
        if left := restoring.left(wanted, copy, here):
            problems.append(f"They are not what was asked for: {few(left, 'differences', between='; ')}.")
        if lost := restoring.lost(copy, here, coming):
            problems.append(lost)
        if problems:
            raise RemoteFailure(" ".join([f"The scopes were imported on {here.server.name}.", *problems]))
