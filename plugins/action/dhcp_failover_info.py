# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

from ..plugin_utils._engine import prerequisites
from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._model.identity import same_server
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.relationship import Relationship
from ..plugin_utils._model.render import relationship_result, scope_result, site_entry
from ..plugin_utils._model.server import Server
from ..plugin_utils._planning import guards
from ..plugin_utils._planning.drift import PartnerView, drift, health
from ..plugin_utils._windows import cmdlets, server_reads
from ..plugin_utils._windows.errors import RemoteFailure
from ..plugin_utils._windows.export import NOTHING, Export
from ..plugin_utils._windows.reply import Result


class ActionModule(FailoverAction):
    """What is on the server, and, when it is asked for, how the partner differs and how full the scopes are. Writes
    nothing."""

    ARGUMENT_SPEC = {
        "name": {"type": "str"},
        "gather": {"type": "list", "elements": "str", "choices": ["drift", "health"], "default": []},
        "partner_host": {"type": "str"},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        wanted = options["gather"]
        seen = self.convergence.look(also=[cmdlets.get_statistics()] if "health" in wanted else [])
        server, results = seen.server, seen.reply.before
        shown = [r for r in server.relationships if options["name"] in (None, r.name)]
        entries = {relationship.name: dict(relationship_result(relationship)) for relationship in shown}
        if "drift" in wanted and shown:
            here, partners = self._drifting(server, shown)
            for relationship in shown:
                entries[relationship.name]["drift"] = drift(relationship, here, partners[relationship.partner_server])
        if "health" in wanted:
            statistics = server_reads.statistics(results, self.host)
            for relationship in shown:
                entries[relationship.name]["health"] = health(relationship, statistics)
        return {
            "server": server.name,
            "relationships": list(entries.values()),
            "unprotected_scopes": [
                scope_result(s) for s in server.scopes if server.relationship_of(s.scope_id) is None
            ],
            "config": {
                "failover_relationships": [site_entry(r, self.host, inventory_name(r, task_vars)) for r in shown]
            },
        }

    def _drifting(self, server: Server, shown: Sequence[Relationship]) -> tuple[Export, Mapping[str, PartnerView]]:
        """The content of this server's members, and each partner, by its name on this server.

        A partner that cannot be read is a finding and no failure. Only scopes that are compared are exported.
        """
        members = {
            name: [r for r in shown if r.partner_server == name]
            for name in dict.fromkeys(r.partner_server for r in shown)
        }
        scopes = {name: sorted({scope for r in members[name] for scope in r.scopes}) for name in members}
        own = sorted({scope for group in scopes.values() for scope in group if server.scope(scope)})
        far = (
            {} if "partner" in self.convergence.remotes else {name: _hop_reads(name, scopes[name]) for name in members}
        )
        reads = [*([cmdlets.export(own)] if own else []), *itertools.chain(*far.values())]
        results = self.convergence.remotes["this_server"].read(reads).before if reads else ()
        here = server_reads.exported(results, self.host, there_only=True) if own else NOTHING
        if "partner" in self.convergence.remotes:
            return here, {name: self._own_connection(members[name], scopes[name]) for name in members}
        answers = iter(results[1:] if own else results)
        return here, {
            name: self._second_hop(list(itertools.islice(answers, len(far[name]))), name, scopes[name])
            for name in members
        }

    def _own_connection(self, relationships: Sequence[Relationship], scopes: Sequence[IPv4Address]) -> PartnerView:
        try:
            there = self.convergence.look("partner", also=[cmdlets.export(scopes)] if scopes else [])
            guards.check_is_partner(relationships, there.server)
            export = (
                server_reads.exported(there.reply.before, there.remote.host, there_only=True) if scopes else NOTHING
            )
            return PartnerView(there.server.relationships, export)
        except (Refused, RemoteFailure) as problem:
            return PartnerView(problem=str(problem))

    def _second_hop(self, results: Sequence[Result], partner: str, scopes: Sequence[IPv4Address]) -> PartnerView:
        try:
            asked = len(prerequisites.reads(partner))
            prerequisites.check(results[:asked], self.host, partner, self.convergence.remotes["this_server"].goes_on())
            export = server_reads.exported(results, self.host, partner, there_only=True) if scopes else NOTHING
            return PartnerView(server_reads.relationships(results, self.host, partner), export)
        except RemoteFailure as problem:
            return PartnerView(problem=str(problem))


def _hop_reads(partner: str, scopes: Sequence[IPv4Address]) -> Sequence[cmdlets.Operation]:
    export = [cmdlets.export(scopes, partner)] if scopes else []
    return [*prerequisites.reads(partner), *export]


def inventory_name(relationship: Relationship, task_vars: Mapping[str, Any]) -> str:
    """The partner's name in the inventory, or the name that Windows has for it where the inventory lacks it."""
    names = relationship.partner.names
    hosts = (task_vars.get("groups") or {}).get("all") or ()
    found = [host for host in hosts if any(same_server(host, name) for name in names)]
    if not found:
        hostvars = task_vars.get("hostvars") or {}
        found = [host for host in hosts if hostvars[host].get("ansible_host") in names]
    return str(found[0]) if len(found) == 1 else relationship.partner_server
