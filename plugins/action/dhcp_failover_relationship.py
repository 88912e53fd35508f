# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..plugin_utils import desired, recreate_plan, removal_plan
from ..plugin_utils.action import FailoverAction
from ..plugin_utils.arguments import JOINING, PARTNER, RELATIONSHIP, REMOVAL, SAFETY_COPY, WAITING, joining, removing
from ..plugin_utils.gather import Planner
from ..plugin_utils.model import Definition
from ..plugin_utils.recreate_plan import Recreating


class ActionModule(FailoverAction):
    """One relationship, present or absent: see relationship_plan, recreate_plan and removal_plan."""

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
        name, how = options["name"], removing(options)
        self.convergence.relationships = [one for one in (name, options["previous_name"]) if one]
        if options["state"] == "absent":
            desired.partner_server(options)
            plan, after = self.converge(lambda sides: removal_plan.relationship_absent(name, sides, how))
            return {"relationship": self.shown(name, plan, after), "pending": False, **self.carried(name, options, plan, after)}
        wanted = desired.definition(name, options)
        self.convergence.brings = wanted.scopes
        sent = replace(wanted, update_secret="on_create")  # whether a secret arrived cannot be read back
        plan, after = self.converge(self._planner(wanted, options), self._planner(sent, options))
        carried = self.carried(name, options, plan, after)
        return {"relationship": self.shown(name, plan, after), "pending": plan.pending, **carried}

    def _planner(self, wanted: Definition, options: Mapping[str, Any]) -> Planner:
        recreating = Recreating(options["recreate"] == "when_needed", options["previous_name"], removing(options))
        return lambda sides: recreate_plan.present(wanted, sides, joining(options), recreating)
