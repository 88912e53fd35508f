# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.arguments import (
    CREATE_SCOPES,
    JOINING,
    PARTNER,
    RECREATE,
    RELATIONSHIP,
    REMOVAL,
    SAFETY_COPY,
    UPDATE_SECRET,
    WAITING,
)
from ..plugin_utils._engine.inventory import AUTO, PartnerHosts
from ..plugin_utils._model import site
from ..plugin_utils._model.refusal import TaskFailure, showing
from ..plugin_utils._model.texts import sentences
from ..plugin_utils._planning import declared
from ..plugin_utils._planning.plan import Plan
from ..plugin_utils._windows.errors import RemoteFailure

ENTRY: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    **RELATIONSHIP,
    "partner_host": {"type": "str"},
    "update_secret": {"type": "str", "choices": UPDATE_SECRET},
    "scopes": {"type": "list", "elements": "str"},
    **CREATE_SCOPES,
    "previous_name": {"type": "str"},
    "recreate": {"type": "str", "choices": RECREATE},
    **{option: {"type": "str", "choices": REMOVAL[option]["choices"]} for option in declared.PER_ENTRY},
}

# as a result shows a plan
EXPECTED_PLAN: dict[str, Any] = {
    "plan": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {name: {"type": "str", "required": True} for name in ("server", "step")},
    },
    "removals": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            **{name: {"type": "str", "required": True} for name in ("scope_id", "server", "kept_on")},
            "other_copy": {"type": "str", "choices": ["delete", "disable", "replace"], "required": True},
            "differences": {"type": "list", "elements": "str", "required": True},
        },
    },
}


class ActionModule(FailoverAction):
    """All relationships of a server."""

    DECLARES = True
    ARGUMENT_SPEC = {
        "relationships": {"type": "list", "elements": "dict", "required": True, "options": ENTRY},
        "purge_scopes": {"type": "bool", "default": False},
        "purge_relationships": {"type": "bool", "default": False},
        "ignore": {"type": "list", "elements": "str", "default": []},
        "update_secret": {"type": "str", "choices": UPDATE_SECRET, "default": "on_create"},
        "recreate": {"type": "str", "choices": RECREATE, "default": "never"},
        **JOINING,
        **REMOVAL,
        **SAFETY_COPY,
        **WAITING,
        **PARTNER,
        "expected_plan": {"type": "dict", "options": EXPECTED_PLAN},
    }

    def check_given(self, given: Mapping[str, Any]) -> None:
        """Raises Refused for options of entries that there are not, too."""
        site.check_kind(given.get("relationships"))
        super().check_given(given)
        declared.check_keys(given.get("relationships"), ENTRY)

    def partner_hosts(self, options: Mapping[str, Any]) -> PartnerHosts:
        """What the entries say, and the task of the others."""
        others, own, mates = options["partner_host"] or "", dict[str, str](), dict[str, str]()
        partners: list[tuple[str, str]] = []
        for entry in options["relationships"]:
            host = entry["partner_host"] or ""
            if host:  # also for its former name: one server is reached in one way
                own.update(dict.fromkeys(filter(None, (entry["name"], entry["previous_name"])), host))
            if host and not entry["partner_server"]:
                mates[entry["name"]] = host
            if entry["partner_server"] and (host or others in ("", AUTO)):
                partners.append((entry["partner_server"], host or others))
        return PartnerHosts(others, own, partners, mates)

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Brings the server to the list. Raises Refused and RemoteFailure."""
        wanted = declared.whole_server(options)
        applied, failed = self._reached(wanted)
        self.warn_of_states([spec.name for spec in wanted.specs], applied)
        shown = {spec.name: self.shown(spec.name, applied) for spec in wanted.specs}
        steps = [(step.relationship, step.text) for step in self.reconciliation.steps]
        extra = wanted.undeclared(applied.end.here if self.check_mode else self.reader.world().here)
        facts: dict[str, Any] = {}
        for entry in options["relationships"]:
            facts |= self.carried(entry["name"], entry, applied).get("ansible_facts", {})
        defined = [scope for spec in applied.desired for scope in spec.define]
        result = {
            "definition_differences": self.definition_differences(defined, applied),
            "relationships": declared.outcomes(wanted, applied, shown, steps, failed),
            "extra": {
                "relationships": list(extra.relationships),
                "scopes": {name: [str(scope) for scope in scopes] for name, scopes in extra.scopes.items()},
            },
            **({"ansible_facts": facts} if facts else {}),
        }
        if failed:
            with showing(**result):
                told = sentences([f"'{name}': {message}" for name, message in failed.items()])
                raise RemoteFailure(f"{told} All that does not depend on it was done.")
        return result

    def _reached(self, wanted: declared.WholeServer) -> tuple[Plan, Mapping[str, str]]:
        """The server is as the list wants it, but for relationships that failed, each with its message, and what hangs
        together with them. Raises what it raises where that is not about one, or nothing else is left."""
        failed: dict[str, str] = {}
        while True:
            try:
                return self._reconciled(wanted), failed
            except TaskFailure as failure:
                name = failure.relationship
                as_agreed = self.reconciliation.agreed and not self.reconciliation.writing.done  # whole, or not at all
                if found := name or failure.entry:
                    failure.shows["refused_for"] = found
                if as_agreed or not name or name in failed:  # it is not known what hangs together with it
                    raise
                here, before = self.reader.world().here, wanted
                wanted = wanted.without(name, here)
                if not (wanted.specs or wanted.purge):
                    raise
                failed[name] = failure.message() if self.reconciliation.has_written else str(failure)
                self.reconciliation.begin_anew(without=before.scopes - wanted.scopes | here.members(name))

    def _reconciled(self, wanted: declared.WholeServer) -> Plan:
        sent = wanted.once_sent()
        return self.reconcile(wanted.plan, lambda _applied, world: sent.plan(world))
