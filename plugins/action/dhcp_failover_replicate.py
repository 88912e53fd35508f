# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils import cmdlets, guards, replicate_plan, snapshot
from ..plugin_utils.action import FailoverAction, Seen
from ..plugin_utils.arguments import PARTNER, WAITING
from ..plugin_utils.errors import RemoteError, RemoteFailure
from ..plugin_utils.export import Export
from ..plugin_utils.model import Refused, scope_ids
from ..plugin_utils.remote import Reply
from ..plugin_utils.replicate_plan import Chosen, Route


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
        waiting, from_here = self.waiting(options), options["source"] == "this_server"
        scopes = scope_ids(options["scopes"] or ())
        here = self.look(also=[cmdlets.export(scopes)])
        chosen = replicate_plan.members(here.server, scopes, options["relationship"])
        if not chosen:
            return {"plan": [], "differences": [], "replicated": []}
        there = self.look(self.partner, also=[cmdlets.export(sorted(chosen))]) if self.partner else None
        if there:
            guards.check_is_partner(dict.fromkeys(chosen.values()), there.server)
        giver = there if there and not from_here else here
        route = Route(from_here, giver.server, hop=not from_here and there is None)
        far = self._far(there.reply.before if there else self._ask_partners(chosen).before, chosen)
        plan, found = replicate_plan.plan(
            chosen,
            here.server.name,
            route,
            snapshot.exported(here.reply.before, self.host),
            far,
            options["force"],
            options["allow_overwrite"],
        )
        for seen in (here, there) if there else (here,):
            guards.check(plan, seen.server, waiting.allow_state)
        if there and plan.steps:
            guards.check_clocks(here.server, there.server, waiting.allow_clock_skew)
        self.announce(plan, "content of the destination")
        if plan.steps and not self.check_mode:
            _after, reply = self.carry_out(giver, plan, waiting, also=() if there else _partner_exports(chosen))
            self._verify(here, there, giver, reply, chosen, from_here)
        return {
            "differences": [one.public() for one in found],
            "replicated": [scope for step in plan.steps for scope in step.operation["parameters"]["ScopeId"]],
        }

    def _ask_partners(self, chosen: Chosen) -> Reply:
        """This server asks each partner for its content, over the second hop."""
        probes = [cmdlets.probe_partner(partner) for partner in replicate_plan.by_partner(chosen)]
        reply = self.remote.read([*probes, *_partner_exports(chosen)])
        for probe, partner in zip(reply.before, replicate_plan.by_partner(chosen), strict=False):
            if probe["errors"]:
                raise RemoteError(probe, self.host, partner)
        return reply

    def _far(self, results: Any, chosen: Chosen) -> Mapping[str, Export]:
        """Each partner's content, by the partner's name as this server has it."""
        if self.partner:
            export = snapshot.exported(results, self.partner.host)
            return dict.fromkeys(replicate_plan.by_partner(chosen), export)
        return {partner: snapshot.exported(results, self.host, partner) for partner in replicate_plan.by_partner(chosen)}

    def _verify(self, here: Seen, there: Seen | None, giver: Seen, reply: Reply, chosen: Chosen, from_here: bool) -> None:
        """Both ends once more: the giver's was read with the write, the other's is read now."""
        if there is None:
            ends = (reply.after, reply.after)
        elif giver is here:
            ends = (reply.after, there.remote.read(there.reads).before)
        else:
            ends = (here.remote.read(here.reads).before, reply.after)
        left = replicate_plan.differences(chosen, from_here, snapshot.exported(ends[0], self.host), self._far(ends[1], chosen))
        if left:
            fields = "; ".join(f"{one.scope_id} {one.field}" for one in left)
            raise RemoteFailure(f"The scopes were replicated, and they still differ: {fields}.")


def _partner_exports(chosen: Chosen) -> list[cmdlets.Operation]:
    return [cmdlets.export(sorted(group), partner) for partner, group in replicate_plan.by_partner(chosen).items()]
