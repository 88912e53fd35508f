# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._engine import pending_fact
from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.arguments import (
    JOINING,
    PARTNER,
    RECREATE,
    RELATIONSHIP,
    REMOVAL,
    SAFETY_COPY,
    UPDATE_SECRET,
    WAITING,
)
from ..plugin_utils._model import task_options
from ..plugin_utils._planning.declared import policy
from ..plugin_utils._planning.planner import plan
from ..plugin_utils._planning.spec import Spec


class ActionModule(FailoverAction):
    """One relationship, present or absent."""

    DECLARES = True
    ARGUMENT_SPEC = {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **RELATIONSHIP,
        "update_secret": {"type": "str", "choices": UPDATE_SECRET, "default": "on_create"},
        "scopes": {"type": "list", "elements": "str", "default": []},
        "recreate": {"type": "str", "choices": RECREATE, "default": "never"},
        "previous_name": {"type": "str"},
        **JOINING,
        **REMOVAL,
        **SAFETY_COPY,
        **WAITING,
        **PARTNER,
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Brings the relationship to what the options say. Raises Refused and RemoteFailure."""
        known = pending_fact.options_of(self.facts, options["name"], options) or {}
        name, recreate = options["name"], options["recreate"] == "when_needed"
        how = policy(options, recreate=recreate, previous_name=options["previous_name"])
        if options["state"] == "absent":
            task_options.partner_server(options)
            wanted = sent = Spec(name, absent=True, policy=how, one_by_one=options["max_removals_percent"] is None)
        else:
            # one that only waits is not there to be changed: this is more of its definition
            waits = not self.facts.get(name, {}).get("scopes")
            settings = task_options.parse(name, known if waits else options)
            wanted = Spec(name, settings, settings.scopes, policy=how)
            sent = wanted.once_sent()
        applied = self.reconcile(lambda world: plan([wanted], world), lambda _applied, world: plan([sent], world))
        self.warn_of_states([name], applied)
        carried = self.carried(name, known, applied)
        return {"relationship": self.shown(name, applied), "pending": bool(applied.pending), **carried}
