# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.arguments import REMOVAL, SAFETY_COPY
from ..plugin_utils._model.identity import computer_name
from ..plugin_utils._model.scope import scope_ids
from ..plugin_utils._planning import leftover_copies
from ..plugin_utils._planning.declared import keep_days


class ActionModule(FailoverAction):
    """One server's instance of scopes, left over by a removal, goes: see leftover_copies."""

    ARGUMENT_SPEC = {
        "scopes": {"type": "list", "elements": "str", "required": True},
        "state": {"type": "str", "choices": ["absent"], "default": "absent"},
        "partner_server": {"type": "str"},
        "partner_host": {"type": "str"},
        **{option: REMOVAL[option] for option in ("allow_content_loss", "max_removals_percent")},
        **SAFETY_COPY,
    }
    CONDITIONS = {"required_one_of": [["partner_server", "partner_host"]]}

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Deletes the copies, and verifies it. Raises Refused and RemoteFailure."""
        scopes = scope_ids(options["scopes"])
        names = tuple(computer_name(name.strip(), "partner_server") for name in (options["partner_server"],) if name)
        days = keep_days(options)
        plan = self.reconcile(lambda world: leftover_copies.remove_copies(scopes, names, days, world))
        return {"removed": [str(removal.scope_id) for removal in plan.removals]}
