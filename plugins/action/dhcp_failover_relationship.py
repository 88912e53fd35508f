# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.adapter import declared
from ..plugin_utils._engine.arguments import JOINING, PARTNER, RELATIONSHIP, REMOVAL, SAFETY_COPY, WAITING, policy
from ..plugin_utils._model import relationship_options
from ..plugin_utils._planning.spec import Spec


class ActionModule(FailoverAction):
    """One relationship, present or absent."""

    ARGUMENT_SPEC = {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **RELATIONSHIP,
        "update_secret": {"type": "str", "choices": ["on_create", "always", "on_change"], "default": "on_create"},
        "scopes": {"type": "list", "elements": "str", "default": []},
        "recreate": {"type": "str", "choices": ["never", "when_needed"], "default": "never"},
        "previous_name": {"type": "str"},
        **JOINING,
        **REMOVAL,
        **SAFETY_COPY,
        **WAITING,
        **PARTNER,
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        name, how = (
            options["name"],
            policy(options, recreate=options["recreate"] == "when_needed", previous_name=options["previous_name"]),
        )
        self.convergence.relationships = [one for one in (name, options["previous_name"]) if one]
        if options["state"] == "absent":
            relationship_options.partner_server(options)
            plan, after = self.converge(declared(Spec(name, absent=True, policy=how)))
            return {
                "relationship": self.shown(name, plan, after),
                "pending": False,
                **self.carried(name, options, plan, after),
            }
        wanted = relationship_options.parse(name, options)
        self.convergence.brings = wanted.scopes
        sent = replace(wanted, update_secret="on_create")  # whether a secret arrived cannot be read back
        plan, after = self.converge(*(declared(Spec(name, one, one.scopes, policy=how)) for one in (wanted, sent)))
        carried = self.carried(name, options, plan, after)
        return {"relationship": self.shown(name, plan, after), "pending": plan.pending, **carried}
