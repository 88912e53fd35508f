# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils import desired, pending, scope_plan
from ..plugin_utils.action import FailoverAction
from ..plugin_utils.arguments import PARTNER, RELATIONSHIP, WAITING
from ..plugin_utils.model import scope_ids


class ActionModule(FailoverAction):
    """Membership of scopes in one relationship: see scope_plan."""

    ARGUMENT_SPEC = {
        "relationship": {"type": "str", "required": True},
        "scopes": {"type": "list", "elements": "str", "required": True},
        "state": {"type": "str", "choices": ["present"], "default": "present"},
        "create_relationship": {"type": "dict", "options": RELATIONSHIP},
        **WAITING,
        **PARTNER,
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        name = options["relationship"]
        scopes = scope_ids(options["scopes"])
        declared = pending.options_of(self.facts, name, options["create_relationship"])
        definition = None if declared is None else desired.definition(name, declared)
        plan, after = self.converge(
            lambda server: scope_plan.present(name, scopes, definition, server),
            lambda server: scope_plan.present(name, scopes, definition, server),
            self.waiting(options),
        )
        return {"relationship": self.shown(name, plan, after), **self.carried(name, declared or {}, plan, after)}
