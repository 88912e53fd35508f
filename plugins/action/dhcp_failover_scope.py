# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from ..plugin_utils._engine import pending_fact
from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.arguments import (
    CREATE_SCOPES,
    JOINING,
    PARTNER,
    RELATIONSHIP,
    REMOVAL,
    SAFETY_COPY,
    WAITING,
)
from ..plugin_utils._model import scope_specs, task_options
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.scope import scope_ids
from ..plugin_utils._planning.declared import policy
from ..plugin_utils._planning.planner import plan
from ..plugin_utils._planning.spec import Spec, empty_list


class ActionModule(FailoverAction):
    """Membership of scopes in one relationship."""

    DECLARES = True
    ARGUMENT_SPEC = {
        "relationship": {"type": "str", "required": True},
        "scopes": {"type": "list", "elements": "str"},
        **CREATE_SCOPES,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "purge": {"type": "bool", "default": False},
        "move": {"type": "bool", "default": False},
        "create_relationship": {"type": "dict", "options": RELATIONSHIP},
        **JOINING,
        **REMOVAL,
        **SAFETY_COPY,
        **WAITING,
        **PARTNER,
    }
    CONDITIONS = {"required_one_of": [["scopes", "create_scopes"]]}

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Brings the members to what the options say. Raises Refused and RemoteFailure."""
        name, scopes = options["relationship"], scope_ids(options["scopes"] or ())
        if options["state"] == "absent":
            return self._absent(name, scopes, options)
        if options["purge"] and options["scopes"] == []:  # whatever is to be created: a query that found nothing
            raise Refused(empty_list(name))
        known = pending_fact.options_of(self.facts, name, options["create_relationship"])
        wanted = Spec(
            name,
            None if known is None else task_options.parse(name, known, "relationship"),
            scopes,
            scope_specs.parse(options["create_scopes"] or ()),
            exact=options["purge"],
            create_only=True,
            policy=policy(options, move=options["move"]),
            option="relationship",
        )
        applied = self.reconcile(lambda world: plan([wanted], world))
        self.warn_of_states([name], applied)
        return {
            "relationship": self.shown(name, applied),
            "definition_differences": self.definition_differences(wanted.define, applied),
            **self.carried(name, known or {}, applied),
        }

    def _absent(self, name: str, scopes: tuple[IPv4Address, ...], options: Mapping[str, Any]) -> dict[str, Any]:
        for option in ("create_scopes", "create_relationship", "purge", "move"):
            if options[option]:
                raise Refused(f"{option}: has no meaning together with state: absent; leave it out.")
        one_by_one = options["max_removals_percent"] is None
        wanted = Spec(name, leaving=scopes, policy=policy(options), option="relationship", one_by_one=one_by_one)
        applied = self.reconcile(lambda world: plan([wanted], world))
        self.warn_of_states([name], applied)
        return {"relationship": self.shown(name, applied), "definition_differences": []}
