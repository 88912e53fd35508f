# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..plugin_utils import desired, relationship_plan
from ..plugin_utils.action import FailoverAction
from ..plugin_utils.arguments import PARTNER, RELATIONSHIP, WAITING


class ActionModule(FailoverAction):
    """One relationship, present or absent: see relationship_plan."""

    ARGUMENT_SPEC = {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **RELATIONSHIP,
        "update_secret": {"type": "str", "choices": ["on_create", "always"], "default": "on_create"},
        "scopes": {"type": "list", "elements": "str", "default": []},
        **WAITING,
        **PARTNER,
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        name = options["name"]
        if options["state"] == "absent":
            plan, after = self.converge(
                lambda server: relationship_plan.absent(name, server),
                lambda server: relationship_plan.absent(name, server),
                self.waiting(options),
            )
            return {"relationship": self.shown(name, plan, after), "pending": False, **self.carried(name, options, plan, after)}
        wanted = desired.definition(name, options)
        sent = replace(wanted, update_secret="on_create")  # whether a secret arrived cannot be read back
        plan, after = self.converge(
            lambda server: relationship_plan.present(wanted, server),
            lambda server: relationship_plan.present(sent, server),
            self.waiting(options),
        )
        carried = self.carried(name, options, plan, after)
        return {"relationship": self.shown(name, plan, after), "pending": plan.pending, **carried}
