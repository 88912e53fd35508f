# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from ..plugin_utils import cmdlets, guards, prerequisites, snapshot
from ..plugin_utils.action import FailoverAction
from ..plugin_utils.drift import PartnerView, drift, health
from ..plugin_utils.errors import RemoteFailure
from ..plugin_utils.model import Refused, Relationship, same_server
from ..plugin_utils.view import relationship_result, scope_result, site_entry


class ActionModule(FailoverAction):
    """What is on the server, and, when it is asked for, how the partner differs and how full the scopes are. Writes nothing."""

    ARGUMENT_SPEC = {
        "name": {"type": "str"},
        "gather": {"type": "list", "elements": "str", "choices": ["drift", "health"], "default": []},
        "partner_host": {"type": "str"},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        wanted = options["gather"]
        also = [*([cmdlets.export()] if "drift" in wanted else []), *([cmdlets.get_statistics()] if "health" in wanted else [])]
        seen = self.convergence.look(also=also)
        server, results = seen.server, seen.reply.before
        shown = [r for r in server.relationships if options["name"] in (None, r.name)]
        entries = {relationship.name: dict(relationship_result(relationship)) for relationship in shown}
        if "drift" in wanted and shown:
            here, partners = snapshot.exported(results, self.host), self._partners(shown)
            for relationship in shown:
                entries[relationship.name]["drift"] = drift(relationship, here, partners[relationship.partner_server])
        if "health" in wanted:
            statistics = snapshot.statistics(results, self.host)
            for relationship in shown:
                entries[relationship.name]["health"] = health(relationship, statistics)
        return {
            "server": server.name,
            "relationships": list(entries.values()),
            "unprotected_scopes": [scope_result(s) for s in server.scopes if server.relationship_of(s.scope_id) is None],
            "config": {"failover_relationships": [site_entry(r, self.host, inventory_name(r, task_vars)) for r in shown]},
        }

    def _partners(self, shown: Sequence[Relationship]) -> Mapping[str, PartnerView]:
        """Each partner, by its name on this server. One that cannot be read is a finding and no failure."""
        names = list(dict.fromkeys(relationship.partner_server for relationship in shown))
        if "partner" in self.convergence.remotes:
            return {name: self._own_connection([r for r in shown if r.partner_server == name]) for name in names}
        asked = {name: (*prerequisites.reads(name), cmdlets.export(computer=name)) for name in names}
        answers = iter(self.convergence.remotes["this_server"].read([*itertools.chain(*asked.values())]).before)
        return {name: self._second_hop(list(itertools.islice(answers, len(reads))), name) for name, reads in asked.items()}

    def _own_connection(self, relationships: Sequence[Relationship]) -> PartnerView:
        try:
            there = self.convergence.look("partner", also=[cmdlets.export()])
            guards.check_is_partner(relationships, there.server)
            return PartnerView(there.server.relationships, snapshot.exported(there.reply.before, there.remote.host))
        except (Refused, RemoteFailure) as problem:
            return PartnerView(problem=str(problem))

    def _second_hop(self, results: Sequence[Mapping[str, Any]], partner: str) -> PartnerView:
        try:
            prerequisites.check(results[:-1], self.host, partner, self.convergence.remotes["this_server"].goes_on())
            return PartnerView(snapshot.relationships(results, self.host, partner), snapshot.exported(results, self.host, partner))
        except RemoteFailure as problem:
            return PartnerView(problem=str(problem))


def inventory_name(relationship: Relationship, task_vars: Mapping[str, Any]) -> str:
    """The partner's name in the inventory, or the name that Windows has for it where the inventory lacks it."""
    names = relationship.partner_names
    hosts = (task_vars.get("groups") or {}).get("all") or ()
    found = [host for host in hosts if any(same_server(host, name) for name in names)]
    if not found:
        hostvars = task_vars.get("hostvars") or {}
        found = [host for host in hosts if hostvars[host].get("ansible_host") in names]
    return str(found[0]) if len(found) == 1 else relationship.partner_server
