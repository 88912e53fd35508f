# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._planning import partner_down


class ActionModule(FailoverAction):
    """Declares a partner down: see partner_down."""

    ARGUMENT_SPEC = {
        "name": {"type": "str", "required": True},
        "partner_host": {"type": "str"},
        "partner_is_off": {"type": "bool", "default": False},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Refused where the partner may be there, and RemoteFailure."""
        name, is_off = options["name"], options["partner_is_off"]
        plan = self.reconcile(lambda world: partner_down.declare_down(name, world, is_off=is_off))
        return {"relationship": self.shown(name, plan)}
