# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..plugin_utils import cmdlets, guards, prerequisites, replicate_plan, snapshot
from ..plugin_utils.action import FailoverAction
from ..plugin_utils.arguments import PARTNER, SAFETY_COPY, WAITING, keep_days
from ..plugin_utils.errors import RemoteFailure
from ..plugin_utils.export import Export
from ..plugin_utils.gather import Seen
from ..plugin_utils.model import Refused, scope_ids
from ..plugin_utils.replicate_plan import Chosen, Overwriting, Route
from ..plugin_utils.reply import Result
from ..plugin_utils.sides import Connection, Side


class ActionModule(FailoverAction):
    """Replicates what differs, in the direction that is asked for: see replicate_plan.

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
        has_partner_host = "partner" in convergence.remotes
        here = convergence.look(also=[cmdlets.export(scopes)] if scopes and has_partner_host else [])
        chosen = replicate_plan.members(here.server, scopes, options["relationship"])
        if not chosen:
            return {"plan": [], "differences": [], "replicated": []}
        exports = [cmdlets.export(sorted(chosen))] if has_partner_host else [cmdlets.export(sorted(chosen)), *_partner_exports(chosen)]
        if not has_partner_host:
            probes = {partner: prerequisites.probes(partner) for partner in replicate_plan.by_partner(chosen)}
            here = convergence.look(also=[*itertools.chain(*probes.values()), *exports])
            convergence.check_reached("this_server", {partner: [here.answer(one) for one in reads] for partner, reads in probes.items()})
        elif not scopes:
            here = convergence.look(also=exports)
        there = convergence.look("partner", also=exports) if has_partner_host else None
        if there:
            guards.check_is_partner(dict.fromkeys(chosen.values()), there.server)
        giver: Connection = "partner" if there and not from_here else "this_server"
        route = Route(from_here, convergence.seen[giver].server, hop=not from_here and there is None, connection=giver)
        far = self._far((there or here).reply.before, chosen)
        plan, found = replicate_plan.plan(
            chosen,
            here.server.name,
            route,
            snapshot.exported(here.reply.before, self.host),
            far,
            options["force"],
            Overwriting(options["allow_overwrite"], keep_days(options), self._destinations(chosen, here, there, from_here)),
        )
        for seen in convergence.seen.values():
            guards.check(plan, seen.server, options["allow_state"])
        if there and plan.steps:
            guards.check_clocks(here.server, there.server, options["allow_clock_skew"])
        convergence.prerequisites(plan)
        convergence.announce(plan, "content of the destination")
        if plan.steps and not self.check_mode:
            convergence.carry_out(plan, again=exports)
            self._verify(giver, chosen, from_here)
        return {
            "differences": [one.public() for one in found],
            "replicated": [scope for step in plan.steps if step.copies for scope in map(str, step.copies)],
        }

    def _destinations(self, chosen: Chosen, here: Seen, there: Seen | None, from_here: bool) -> Mapping[str, Side]:
        """The server whose copies are overwritten, for each partner."""
        names = replicate_plan.by_partner(chosen)
        if not from_here:
            return dict.fromkeys(names, Side(here.server))
        if there:
            return dict.fromkeys(names, Side(there.server, "partner"))
        return {name: Side(replace(here.server, name=name), computer=name, via=here.server.name) for name in names}

    def _far(self, results: Sequence[Result], chosen: Chosen) -> Mapping[str, Export]:
        """Each partner's content, by the partner's name as this server has it."""
        partner = self.convergence.remotes.get("partner")
        if partner:
            export = snapshot.exported(results, partner.host)
            return dict.fromkeys(replicate_plan.by_partner(chosen), export)
        return {partner: snapshot.exported(results, self.host, partner) for partner in replicate_plan.by_partner(chosen)}

    def _verify(self, giver: Connection, chosen: Chosen, from_here: bool) -> None:
        """Both ends once more: the giver's was read with the write, the other's is read now."""
        seen = self.convergence.seen
        for connection in list(seen):
            if connection != giver:
                self.convergence.look(connection, also=[cmdlets.export(sorted(chosen))])
        here, far = seen["this_server"].reply.before, seen.get("partner", seen["this_server"]).reply.before
        left = replicate_plan.differences(chosen, from_here, snapshot.exported(here, self.host), self._far(far, chosen))
        if left:
            fields = "; ".join(f"{one.scope_id} {one.field}" for one in left)
            raise RemoteFailure(f"The scopes were replicated, and they still differ: {fields}.")


def _partner_exports(chosen: Chosen) -> list[cmdlets.Operation]:
    return [cmdlets.export(sorted(group), partner) for partner, group in replicate_plan.by_partner(chosen).items()]
