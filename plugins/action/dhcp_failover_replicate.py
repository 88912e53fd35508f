# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.arguments import PARTNER, SAFETY_COPY, WAITING
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.scope import scope_ids
from ..plugin_utils._planning.declared import keep_days
from ..plugin_utils._planning.replicating import Replication, members, replicate, verify


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
        """Replicates, and verifies it. Raises Refused and RemoteFailure."""
        if options["all"] is False:
            raise Refused("all: false says nothing; give scopes, a relationship, or all: true.")
        wanted = Replication(
            scope_ids(options["scopes"] or ()),
            options["relationship"],
            options["source"] == "this_server",
            options["force"],
            options["allow_overwrite"],
            keep_days(options),
            {name: scope_ids(entry["scopes"]) for name, entry in self.facts.items()} if self.check_mode else {},
        )
        plan = self.reconcile(lambda world: replicate(wanted, world), lambda _applied, world: verify(wanted, world))
        chosen = members(wanted, self.reader.world().here)
        self.warn_of_states(dict.fromkeys(current.name for current in chosen.values()), plan)
        return {"replicated": [str(scope) for scope in plan.rereads]}
