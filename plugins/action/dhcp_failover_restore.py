# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.scope import scope_ids
from ..plugin_utils._planning import restoring
from ..plugin_utils._planning.declared import keep_days
from ..plugin_utils._planning.restoring import Restoration
from ..plugin_utils._windows.errors import RemoteFailure

_CURES = {"path": "write it as the task that made the copy returned it", "scopes": "leave it out for all of the copy"}


class ActionModule(FailoverAction):
    """Brings scopes of a safety copy back on this server: see restoring."""

    ARGUMENT_SPEC = {
        "path": {"type": "str", "required": True},
        "scopes": {"type": "list", "elements": "str"},
        "state": {"type": "str", "choices": ["inactive", "as_saved"], "default": "inactive"},
        "safety_copy_days": {"type": "int", "default": 0},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Imports what is not there, and verifies it. Raises Refused and RemoteFailure."""
        for option in ("path", "scopes"):
            if options[option] in ("", []):
                raise Refused(f"{option}: is empty; {_CURES[option]}.")
        days = keep_days({**options, "safety_copy": True}) or 0
        wanted = Restoration(options["path"], scope_ids(options["scopes"] or ()), options["state"] == "inactive", days)
        try:
            plan = self.reconcile(
                lambda world: restoring.restore(wanted, world),
                lambda applied, world: restoring.verify(wanted, applied.rereads, world),
            )
        except RemoteFailure as failure:
            restoring.add_what_came(failure, wanted, self.reconciliation.plan, self.reader.world())
            raise
        return restoring.result(wanted, plan, self.reader.world(), imported=not self.check_mode)
