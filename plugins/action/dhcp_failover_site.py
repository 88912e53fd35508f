# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ..plugin_utils._engine.action import readable_by_all, secrets
from ..plugin_utils._model import site
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.settings import SETTING, SITE


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
                **{setting.option: setting.argument for setting in SITE},
                "mode": {**SETTING["mode"].argument, "default": "load_balance"},
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
