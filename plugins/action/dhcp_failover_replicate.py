# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..plugin_utils._engine import adapter, prerequisites
from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.arguments import PARTNER, SAFETY_COPY, WAITING, keep_days
from ..plugin_utils._engine.reader import Seen
from ..plugin_utils._engine.sides import Side, Sides
from ..plugin_utils._model.identity import Connection as Source
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.scope import scope_ids
from ..plugin_utils._model.texts import few
from ..plugin_utils._planning import guards
from ..plugin_utils._planning.plan import Plan
from ..plugin_utils._planning.replicating import Chosen, Replication, by_partner, members, replicate
from ..plugin_utils._planning.world import ReadRequest, view
from ..plugin_utils._windows import cmdlets, server_reads
from ..plugin_utils._windows.errors import RemoteFailure


class ActionModule(FailoverAction):
    """Replicates what differs, in the direction that is asked for: see replicating.

    The partner's content is read over its own connection (partner_host), or by this server over a second hop.
    """

    ARGUMENT_SPEC = {
        "scopes": {"type": "list", "elements": "str"},
        "relationship": {"type": "str"},
        "all": {"type": "bool"},
        "source": {"type": "str", "choices": ["this_server", "partner"], "default": "this_server"},
        "force": {"type": "bool", "default": False},
        "allow_overwrite": {"type": "bool", "default": False},
        **SAFETY_COPY,
        **WAITING,
        **PARTNER,
    }
    CONDITIONS = {
        "mutually_exclusive": [["scopes", "relationship", "all"]],
        "required_one_of": [["scopes", "relationship", "all"]],
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        if options["all"] is False:
            raise Refused("all: false says nothing; give scopes, a relationship, or all: true.")
        from_here, convergence = options["source"] == "this_server", self.convergence
        scopes = scope_ids(options["scopes"] or ())
        overwriting = (options["force"], options["allow_overwrite"], keep_days(options))
        wanted = Replication(scopes, options["relationship"], from_here, *overwriting)
        has_partner_host = "partner" in convergence.remotes
        here = convergence.look(also=[cmdlets.export(scopes)] if scopes and has_partner_host else [])
        chosen = members(wanted, view(here.server, Source.THIS_SERVER))
        if not chosen:
            return {"plan": [], "differences": [], "replicated": []}
        exports = (
            [cmdlets.export(sorted(chosen))]
            if has_partner_host
            else [cmdlets.export(sorted(chosen)), *_partner_exports(chosen)]
        )
        if not has_partner_host:
            probes = {partner: prerequisites.probes(partner) for partner in by_partner(chosen)}
            here = convergence.look(also=[*itertools.chain(*probes.values()), *exports])
            convergence.check_reached(
                "this_server", {partner: [here.answer(one) for one in reads] for partner, reads in probes.items()}
            )
        elif not scopes:
            here = convergence.look(also=exports)
        there = convergence.look("partner", also=exports) if has_partner_host else None
        if there:
            guards.check_is_partner(dict.fromkeys(chosen.values()), there.server)
        made = self._plan(wanted, chosen)
        plan = adapter.as_steps(made)
        for seen in convergence.seen.values():
            guards.check(plan, seen.server, options["allow_state"])
        if there and plan.steps:
            guards.check_clocks(here.server, there.server, options["allow_clock_skew"])
        convergence.check_folders(plan)
        convergence.prerequisites(plan)
        convergence.announce(plan, "content of the destination")
        if plan.steps and not self.check_mode:
            convergence.carry_out(plan, again=exports)
            self._verify(wanted, chosen)
        return {
            "differences": [one.public() for one in made.differences],
            "replicated": [scope for step in plan.steps if step.copies for scope in map(str, step.copies)],
        }

    def _plan(self, wanted: Replication, chosen: Chosen) -> Plan:
        """From what is known of both ends by now."""
        here, there = self.convergence.seen["this_server"], self.convergence.seen.get("partner")
        sides: dict[str, Side | RemoteFailure] = {}
        for partner, group in by_partner(chosen).items():
            if there:
                sides[partner] = replace(_side(there, chosen), connection="partner", opposite=here.server)
            else:
                export = server_reads.exported(here.reply.before, self.host, partner)
                sides[partner] = adapter.as_exported(partner, group, export, here.server)
        made = replicate(wanted, adapter.world_of(Sides(_side(here, chosen), sides)))
        if isinstance(made, ReadRequest):
            raise AssertionError("the content of all scopes was read")
        return made

    def _verify(self, wanted: Replication, chosen: Chosen) -> None:
        """Both ends once more: the giver's was read with the write, the other's is read now."""
        giver = "this_server" if wanted.from_here or "partner" not in self.convergence.seen else "partner"
        for connection in list(self.convergence.seen):
            if connection != giver:
                self.convergence.look(connection, also=[cmdlets.export(sorted(chosen))])
        left = self._plan(replace(wanted, allow_overwrite=True), chosen).differences
        if left:
            here_name, partners = self.convergence.seen["this_server"].server.name, few(by_partner(chosen))
            fields = few((f"{one.scope_id} {one.field}" for one in left), between="; ")
            raise RemoteFailure(
                f"The scopes of {here_name} and {partners} were replicated, and they still differ: {fields}."
            )


def _side(seen: Seen, chosen: Chosen) -> Side:
    """A server with the content of the scopes."""
    return Side(
        seen.server, content=server_reads.exported(seen.reply.before, seen.remote.host), looked_at=frozenset(chosen)
    )


def _partner_exports(chosen: Chosen) -> list[cmdlets.Operation]:
    return [cmdlets.export(sorted(group), partner) for partner, group in by_partner(chosen).items()]
