# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils.action import FailoverAction
from ..plugin_utils.model import Relationship, same_server
from ..plugin_utils.view import relationship_result, scope_result, site_entry


class ActionModule(FailoverAction):
    """What is on the server. Writes nothing."""

    ARGUMENT_SPEC = {"name": {"type": "str"}}

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        server = self.look().server
        shown = [r for r in server.relationships if options["name"] in (None, r.name)]
        return {
            "server": server.name,
            "relationships": [relationship_result(relationship) for relationship in shown],
            "unprotected_scopes": [scope_result(s) for s in server.scopes if server.relationship_of(s.scope_id) is None],
            "config": {"failover_relationships": [site_entry(r, self.host, inventory_name(r, task_vars)) for r in shown]},
        }


def inventory_name(relationship: Relationship, task_vars: Mapping[str, Any]) -> str:
    """The partner's name in the inventory, or the name that Windows has for it where the inventory lacks it."""
    names = relationship.partner_names
    hosts = (task_vars.get("groups") or {}).get("all") or ()
    found = [host for host in hosts if any(same_server(host, name) for name in names)]
    if not found:
        hostvars = task_vars.get("hostvars") or {}
        found = [host for host in hosts if hostvars[host].get("ansible_host") in names]
    return str(found[0]) if len(found) == 1 else relationship.partner_server
