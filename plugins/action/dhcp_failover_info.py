# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.inventory import host_of
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.relationship import Relationship
from ..plugin_utils._model.render import scope_result, site_entry
from ..plugin_utils._planning.capacity_verdicts import rates
from ..plugin_utils._planning.inspecting import Inspection, inspect
from ..plugin_utils._planning.verdict import check_off

GATHER = ["drift", "health", "events", "safety_copies"]


class ActionModule(FailoverAction):
    """What is on the server, how the partner differs, how full the scopes are, since when it is so, which safety copies
    there are, and what is to be said of it. Writes nothing."""

    WRITES = False
    ARGUMENT_SPEC = {
        "name": {"type": "str"},
        "gather": {"type": "list", "elements": "str", "choices": GATHER, "default": []},
        "partner_host": {"type": "str"},
        "verdicts_off": {"type": "list", "elements": "str", "default": []},
        "new_clients_per_hour": {"type": "raw"},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Reads, and returns the relationships, the scopes that are in none, both as the role's data, and the verdicts.
        Raises TaskFailure."""
        wanted = Inspection(
            options["name"],
            "drift" in options["gather"],
            "health" in options["gather"],
            check_off(options["verdicts_off"]),
            rates(options["new_clients_per_hour"]),
            "events" in options["gather"],
            "safety_copies" in options["gather"],
        )
        found = self.reader.know(lambda world: inspect(wanted, world))
        self.warn_of_states(entry["name"] for entry in found.relationships)
        server = self.reader.here
        shown = [current for current in server.relationships if wanted.name in (None, current.name)]
        kept: dict[str, Any] = {}
        if found.copies is not None:
            kept["safety_copies"] = found.copies.public([current.name for current in server.relationships])
            kept["safety_copies_problem"] = found.copies.problem
        return {
            "server": server.name,
            "relationships": found.relationships,
            "unprotected_scopes": [
                scope_result(scope) for scope in server.scopes if not server.relationship_of(scope.scope_id)
            ],
            "config": {
                "failover_relationships": [
                    site_entry(current, self.host, inventory_name(current, task_vars, self.host)) for current in shown
                ]
            },
            "verdicts": [verdict.public() for verdict in found.verdicts],
            **kept,
        }


def inventory_name(relationship: Relationship, task_vars: Mapping[str, Any], own: str) -> str:
    """The partner's name in the inventory, or the name that Windows has for it where the inventory lacks it, or has two
    of that name."""
    try:
        return host_of(relationship.partner.names, task_vars, own) or relationship.partner_server
    except Refused:
        return relationship.partner_server
