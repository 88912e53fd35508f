# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from ..plugin_utils._engine.action import mask, readable_by_all
from ..plugin_utils._engine.arguments import CREATE_SCOPES
from ..plugin_utils._engine.fleet_action import ControllerAction
from ..plugin_utils._model import secret, site, site_answers, variable_checks
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.relationship_settings import SITE
from ..plugin_utils._model.role_variables import VARIABLES
from ..plugin_utils._model.variable_names import misplaced, misspelt, unused
from ..plugin_utils._planning.declared import check_keys

_PURPOSES: Mapping[str, tuple[str, ...]] = {
    "failover": (
        *(name for name in VARIABLES if name != "failover_relationships"),  # that is an option of its own
        "failover_shared_secret",
        "failover_show_steps",
    ),
    "replicate": (
        "replicate_relationships",
        "replicate_scopes",
        "replicate_source",
        "replicate_allow_overwrite",
        "replicate_force",
        "replicate_use_partner_host",
        "failover_allow_state",
        "failover_wait_timeout",
        "replicate_show_steps",
    ),
    "decommission": (
        "failover_keep",
        "failover_leaving",
        "failover_other_copy",
        "failover_orphan",
        "failover_partner_is_off",
        "failover_relationships_to_end",
        "failover_dry_run",
        "failover_max_removals_percent",
        "failover_allow_content_loss",
        "failover_allow_state",
        "failover_wait_timeout",
    ),
    "migrate": (
        "failover_keep",
        "failover_leaving",
        "failover_new",
        "failover_other_copy",
        "failover_orphan",
        "failover_partner_is_off",
        "failover_dry_run",
        "failover_max_removals_percent",
    ),
    "swap_roles": ("failover_relationships_to_swap", "failover_dry_run"),
    "remove": (
        "failover_keep",
        "failover_other_copy",
        "failover_relationships_to_remove",
        "failover_scopes_to_remove",
        "failover_dry_run",
        "failover_max_removals_percent",
        "failover_allow_content_loss",
        "failover_allow_state",
        "failover_use_partner_host",
        "failover_wait_timeout",
    ),
    "maintenance": (
        "failover_server",
        "failover_partner",
        "failover_maintenance",
        "failover_maintenance_tasks",
        "failover_allow_state",
        "failover_use_partner_host",
        "failover_wait_timeout",
    ),
    "partner_down": ("failover_server", "failover_partner", "failover_partner_is_off", "failover_dry_run"),
    "restore": ("failover_server", "failover_copy"),
    "live_check": ("failover_live_server", "failover_live_partner", "failover_live_may_be_lost", "failover_live_clean"),
}
_ROLES = ("failover", "replicate")  # the other purposes are playbooks


def _raw(names: Sequence[str]) -> dict[str, Any]:
    """They are taken as the user wrote them, so that what is wrong can be told in full."""
    return {name: {"type": "raw", **({"no_log": True} if name in secret.OPTIONS else {})} for name in names}


class ActionModule(ControllerAction):
    """A site's data, checked as a whole: what the task's host writes, or what a playbook does. No server is read."""

    BEFORE_WRITES = True
    ARGUMENT_SPEC: ClassVar[dict[str, Any]] = {
        "relationships": {
            "type": "list",
            "elements": "dict",
            "options": {
                "name": {"type": "str", "required": True},
                "primary": {"type": "str", "required": True},
                "partner": {"type": "str", "required": True},
                "partner_server": {"type": "str"},
                **{setting.option: setting.argument for setting in SITE},
                "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
                "scopes": {"type": "list", "elements": "str"},
                **CREATE_SCOPES,
                "previous_name": {"type": "str"},
            },
        },
        "existing": {"type": "list", "elements": "dict"},
        **{purpose: {"type": "dict", "options": _raw(names)} for purpose, names in _PURPOSES.items()},
        "fixed": {"type": "dict", "default": {}},
    }
    CONDITIONS: ClassVar[dict[str, Any]] = {
        "mutually_exclusive": [tuple(_PURPOSES)],
        "required_one_of": [
            ("relationships", "decommission", "remove", "partner_down", "maintenance", "restore", "live_check")
        ],
    }

    def options(self) -> Mapping[str, Any]:
        """As the user wrote them. Raises Refused, and AnsibleError."""
        site.check_kind(self._task.args.get("relationships"))
        check_keys(self._task.args.get("relationships"), self.ARGUMENT_SPEC["relationships"]["options"])
        options = super().options()
        secret.check_kinds(self._task.args)
        whole: Mapping[str, Any] = secret.with_empty(self._task.args, options)
        return whole

    def answer(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """What the host writes, or the playbook does. Raises Refused; no secret is in what is told."""
        hidden = secret.all_of(options)
        hosts = (task_vars.get("groups") or {}).get("all") or ()
        try:
            self._check_given(options, task_vars)
            found = _with_file(site_answers.answer(options, hosts, str(task_vars.get("inventory_hostname", ""))))
        except Refused as refused:
            refused.say(str(mask(str(refused), hidden)))
            raise
        doubts = [*misspelt(task_vars), *(unused(task_vars) if _playbook(options) is None else ())]
        doubts += found.get("warnings", ())
        return readable_by_all({"changed": False, **found, **({"warnings": doubts} if doubts else {})}, hidden)

    def _check_given(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> None:
        """Raises Refused for what is given to the run and would not be heeded."""
        known = [name for name in ("failover_dry_run", *options["fixed"]) if name in task_vars]
        given = {name: self._templar.template(task_vars[name]) for name in known}
        problems, playbook = [*variable_checks.fixed(options["fixed"], given)], _playbook(options)
        if playbook is None or "failover_dry_run" not in _PURPOSES[playbook]:
            problems += variable_checks.dry_run(given.get("failover_dry_run"), bool(self._task.check_mode))
        if playbook:
            problems += misplaced(task_vars, playbook)
        variable_checks.refuse(problems)


def _playbook(options: Mapping[str, Any]) -> str | None:
    """The one that asks; None: a role."""
    return next((name for name in _PURPOSES if name not in _ROLES and options[name] is not None), None)


def _with_file(found: dict[str, Any]) -> dict[str, Any]:
    """Of the tasks of a maintenance. Raises Refused where there is none: before anything is begun."""
    if not found.get("tasks_file"):
        return found
    path = Path(found["tasks_file"]).expanduser().absolute()
    if not path.is_file():
        raise Refused(f"failover_maintenance_tasks: there is no file {path}; it should be a file of tasks.")
    return {**found, "tasks_file": str(path)}
