# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils import desired, pending, scope_definitions, scope_plan
from ..plugin_utils.action import FailoverAction
from ..plugin_utils.arguments import PARTNER, RELATIONSHIP, WAITING
from ..plugin_utils.model import scope_ids


class ActionModule(FailoverAction):
    """Membership of scopes in one relationship: see scope_plan."""

    ARGUMENT_SPEC = {
        "relationship": {"type": "str", "required": True},
        "scopes": {"type": "list", "elements": "str"},
        "create_scopes": {
            "type": "list",
            "elements": "dict",
            "options": {
                "scope_id": {"type": "str", "required": True},
                "start_range": {"type": "str", "required": True},
                "end_range": {"type": "str", "required": True},
                "subnet_mask": {"type": "str", "required": True},
                "name": {"type": "str", "required": True},
                "description": {"type": "str"},
                "lease_duration": {"type": "str"},
                "state": {"type": "str", "choices": ["active", "inactive"], "default": "active"},
            },
        },
        "state": {"type": "str", "choices": ["present"], "default": "present"},
        "create_relationship": {"type": "dict", "options": RELATIONSHIP},
        **WAITING,
        **PARTNER,
    }
    CONDITIONS = {"required_one_of": [["scopes", "create_scopes"]]}

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        name = options["relationship"]
        scopes = scope_ids(options["scopes"] or ())
        create_scopes = scope_definitions.parse(options["create_scopes"] or ())
        declared = pending.options_of(self.facts, name, options["create_relationship"])
        definition = None if declared is None else desired.definition(name, declared)
        plan, after = self.converge(
            lambda server: scope_plan.present(name, scopes, definition, server, create_scopes),
            lambda server: scope_plan.present(name, scopes, definition, server, create_scopes),
            self.waiting(options),
        )
        return {
            "relationship": self.shown(name, plan, after),
            "definition_differences": scope_definitions.differences(create_scopes, after),
            **self.carried(name, declared or {}, plan, after),
        }
