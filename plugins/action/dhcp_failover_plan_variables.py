# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from ..plugin_utils._engine.fleet_action import ControllerAction
from ..plugin_utils._model.role_variables import VARIABLES, taken_down


class ActionModule(ControllerAction):
    """What the role failover is given on a host, without its secrets. No server is reached."""

    ARGUMENT_SPEC: ClassVar[dict[str, Any]] = {
        "variables": {"type": "dict", "required": True, "options": {name: {"type": "raw"} for name in VARIABLES}},
        "site": {"type": "dict", "required": True},
    }

    def answer(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """What is taken down, as plain data."""
        plain = json.loads(json.dumps(options["variables"], default=str))
        return {"changed": False, **taken_down(plain, options["site"])}
