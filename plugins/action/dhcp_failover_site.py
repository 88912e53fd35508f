# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ..plugin_utils._engine.action import readable_by_all, secrets
from ..plugin_utils._model import site
from ..plugin_utils._model.refusal import Refused


class ActionModule(ActionBase):  # type: ignore[misc]
    """A site's data, checked as a whole, and the part of it that the task's host writes. Reaches no server."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    ARGUMENT_SPEC = {
        "relationships": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {
                "name": {"type": "str", "required": True},
                "primary": {"type": "str", "required": True},
                "partner": {"type": "str", "required": True},
                "partner_server": {"type": "str"},
                "mode": {"type": "str", "choices": ["load_balance", "hot_standby"], "default": "load_balance"},
                "load_balance_percent": {"type": "int"},
                "reserve_percent": {"type": "int"},
                "max_client_lead_time": {"type": "str"},
                "state_switch_interval": {"type": "str"},
                "enable_auth": {"type": "bool"},
                "shared_secret": {"type": "str", "no_log": True},
                "scopes": {"type": "list", "elements": "str", "default": []},
            },
        }
    }

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(argument_spec=self.ARGUMENT_SPEC)
        hosts = (task_vars.get("groups") or {}).get("all") or ()
        try:
            share = site.share(options["relationships"], hosts, str(task_vars.get("inventory_hostname", "")))
            found = {"changed": False, "writes": share.writes, "written_by": share.written_by}
        except Refused as error:
            found = {"changed": False, "failed": True, "msg": str(error)}
        result.update(readable_by_all(found, secrets(options)))
        return result
