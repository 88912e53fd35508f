# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.inventory import partner_host
from ..plugin_utils._model.render import scope_result, site_entry
from ..plugin_utils._planning.capacity_verdicts import rates
from ..plugin_utils._planning.inspecting import Inspection, inspect
from ..plugin_utils._planning.verdict import check_off

GATHER = ["drift", "health", "scopes", "events", "safety_copies"]  # the flags of Inspection


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
        flags: dict[str, Any] = dict.fromkeys(options["gather"], True)
        off, new_clients = check_off(options["verdicts_off"]), rates(options["new_clients_per_hour"])
        off |= frozenset() if new_clients else {"reserve_short"}  # nobody can tell without a rate
        wanted = Inspection(options["name"], off=off, rates=new_clients, **flags)
        found = self.reader.know(lambda world: inspect(wanted, world))
        self.warn_of_states(entry["name"] for entry in found.relationships)
        server = self.reader.here
        shown = [current for current in server.relationships if wanted.name in (None, current.name)]
        more: dict[str, Any] = {} if found.scopes is None else {"scopes": found.scopes}
        if found.copies is not None:
            more["safety_copies"] = found.copies.public([current.name for current in server.relationships])
            more["safety_copies_problem"] = found.copies.problem
        return {
            "server": server.name,
            "server_names": list(server.identity.names),
            "relationships": [
                {**entry, "partner_host": partner_host(current.partner.names, task_vars, self.host)}
                for entry, current in zip(found.relationships, shown, strict=True)
            ],
            "unprotected_scopes": [
                scope_result(scope) for scope in server.scopes if not server.relationship_of(scope.scope_id)
            ],
            "config": {
                "failover_relationships": [
                    site_entry(
                        current,
                        self.host,
                        partner_host(current.partner.names, task_vars, self.host) or current.partner_server,
                    )
                    for current in shown
                ]
            },
            "verdicts": [verdict.public() for verdict in found.verdicts],
            "verdicts_off": sorted(off),
            **more,
        }
