# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.arguments import PARTNER, WAITING
from ..plugin_utils._model.refusal import TaskFailure
from ..plugin_utils._planning import maintaining, maintenance_words
from ..plugin_utils._planning.maintained_pairs import CANCELLED, FINISHED, STARTED, Wanted
from ..plugin_utils._planning.plan import Plan
from ..plugin_utils._windows.errors import RemoteFailure
from ..plugin_utils._windows.script_request import who

_MOST_OF_REASON = 1000  # characters: every task that writes reads it


class ActionModule(FailoverAction):
    """A server's maintenance is begun, finished or cancelled: see maintaining."""

    MAINTAINS = True
    ARGUMENT_SPEC = {
        "state": {"type": "str", "choices": [STARTED, FINISHED, CANCELLED], "required": True},
        "relationships": {"type": "list", "elements": "str"},
        "reason": {"type": "str", "default": ""},
        "only_new": {"type": "bool", "default": False},
        "wait_timeout": WAITING["wait_timeout"],
        "allow_state": WAITING["allow_state"],
        **PARTNER,
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Brings it to the state that is asked for. Raises Refused and RemoteFailure."""
        names, allowed = options["relationships"], tuple(options["allow_state"])
        wanted = Wanted(
            options["state"],
            None if names is None else tuple(names),
            who(),
            options["reason"][:_MOST_OF_REASON],
            allowed,
            uuid.uuid4().hex,
            options["only_new"],
        )
        try:
            plan = self._brought(wanted)
        except TaskFailure as failure:
            failure.shows["sentences"] = [*maintenance_words.failed(wanted.state, self.reconciliation.has_written)]
            raise
        if wanted.state != FINISHED:
            self.warn_of_states(wanted.names or self.reader.world().here.relationships, plan)
        return dict(maintenance_words.told(wanted, plan, self.check_mode))

    def _brought(self, wanted: Wanted) -> Plan:
        """To cancel does not wait for two servers that do not reach each other: their switchover stays off then."""
        try:
            return self.reconcile(
                lambda world: maintaining.plan(wanted, world),
                lambda applied, world: maintaining.verify(wanted, applied, world),
            )
        except RemoteFailure as failure:
            none_new = failure.partner in ("", *wanted.unreached)
            if wanted.state != CANCELLED or none_new or self.reconciliation.has_written:
                raise
            why = str(failure).rstrip(".")
            wanted = replace(wanted, unreached={**wanted.unreached, failure.partner: why})
        self.reconciliation.begin_anew()
        return self._brought(wanted)
