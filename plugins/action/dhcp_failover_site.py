# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from ansible.plugins.action import ActionBase

from ..plugin_utils._engine.action import readable_by_all, validated
from ..plugin_utils._engine.arguments import CREATE_SCOPES
from ..plugin_utils._model import secret, site, site_sets, variables
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.relationship_settings import SITE
from ..plugin_utils._model.texts import in_sight
from ..plugin_utils._model.variable_names import misspelt
from ..plugin_utils._planning.declared import check_keys

Read = Sequence[Mapping[str, Any]] | None  # what dhcp_failover_info returned
_PURPOSES: Mapping[str, tuple[str, ...]] = {
    "failover": (
        "failover_only",
        "failover_shared_secret",
        "failover_update_secret",
        "failover_wait_timeout",
        "failover_max_removals_percent",
    ),
    "replicate": ("replicate_relationships", "replicate_scopes", "replicate_source"),
    "decommission": (
        "failover_keep",
        "failover_leaving",
        "failover_other_copy",
        "failover_orphan",
        "failover_partner_is_off",
        "failover_relationships_to_end",
        "failover_dry_run",
        "failover_max_removals_percent",
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
    ),
    "maintenance": (
        "failover_server",
        "failover_partner",
        "failover_maintenance",
        "failover_maintenance_tasks",
        "failover_wait_timeout",
    ),
    "partner_down": ("failover_server", "failover_partner", "failover_partner_is_off", "failover_dry_run"),
}


def _raw(names: Sequence[str]) -> dict[str, Any]:
    """They are taken as the user wrote them, so that what is wrong can be told in full."""
    return {name: {"type": "raw", **({"no_log": True} if name in secret.OPTIONS else {})} for name in names}


class ActionModule(ActionBase):  # type: ignore[misc]
    """A site's data, checked as a whole: what the task's host writes, or what a playbook does. No server is read."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

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
    }
    CONDITIONS: Mapping[str, Any] = {
        "mutually_exclusive": [tuple(_PURPOSES)],
        "required_one_of": [("relationships", "decommission", "remove", "partner_down", "maintenance")],
    }

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The task, from its options to its result. Data that is wrong fails it; no secret is in the result."""
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        options: Mapping[str, Any] = {}
        hosts = (task_vars.get("groups") or {}).get("all") or ()
        try:
            site.check_kind(self._task.args.get("relationships"))
            check_keys(self._task.args.get("relationships"), self.ARGUMENT_SPEC["relationships"]["options"])
            options = validated(self, self.ARGUMENT_SPEC, self.CONDITIONS)
            secret.check_kinds(self._task.args)
            options = secret.with_empty(self._task.args, options)
            answer = _answer(options, hosts, str(task_vars.get("inventory_hostname", "")))
            if doubts := [*misspelt(task_vars), *answer.get("warnings", ())]:
                answer = {**answer, "warnings": doubts}
        except Refused as error:
            # one line for each problem, and no other
            answer = {"failed": True, "msg": "\n".join(map(in_sight, str(error).split("\n")))}
        result.update(readable_by_all({"changed": False, **answer}, secret.all_of(options)))
        return result


def _answer(options: Mapping[str, Any], hosts: Collection[str], host: str) -> dict[str, Any]:
    """What the task returns. Raises Refused."""
    entries = site.entries(options["relationships"] or (), hosts)
    if options["decommission"] is not None:
        return _decommission(variables.decommission(options["decommission"], hosts), options["existing"])
    if options["remove"] is not None:
        return _remove(variables.remove(options["remove"], hosts), options["existing"])
    if options["partner_down"] is not None:
        return _partner_down(variables.partner_down(options["partner_down"], hosts), options["existing"])
    if options["maintenance"] is not None:
        return _maintenance(variables.maintenance(options["maintenance"], hosts), options["existing"])
    if options["migrate"] is not None:
        asked = variables.migrate(options["migrate"], hosts, entries)
        return _migrate(asked, site.share(entries, host), options["existing"])
    if options["swap_roles"] is not None:
        return {"to_swap": list(variables.swap_roles(options["swap_roles"], entries))}
    return _declared(options, entries, host)


def _decommission(asked: variables.Decommission, read: Read) -> dict[str, Any]:
    if read is None:
        return {"servers_to_read": list(asked.servers_to_read)}
    chosen = site_sets.to_remove(site_sets.existing(read, asked.leaving), asked)
    limit = {} if asked.most is None else {"max_removals_percent": asked.most}
    return {
        "servers_to_read": list(asked.servers_to_read),
        "to_remove": [{"name": name, "state": "absent"} for name in chosen.names],
        "missing": list(chosen.missing),
        "staying": chosen.staying_as_data(),
        "warnings": site_sets.doubts(chosen, asked),
        **limit,
    }


def _remove(asked: variables.Removal, read: Read) -> dict[str, Any]:
    if not read:
        return {}
    leaving = site_sets.to_take_out(read[0], asked)
    return {
        "to_remove": [{"name": name, "state": "absent"} for name in asked.relationships],
        "to_take_out": [{"relationship": each.relationship, "scopes": each.scopes} for each in leaving.members],
        "missing": list(leaving.missing),
        "warnings": leaving.doubts,
        "in_the_data": leaving.in_the_data,
    }


def _partner_down(asked: variables.Declaring, read: Read) -> dict[str, Any]:
    if read is None:
        return {}
    chosen = site_sets.to_declare(site_sets.existing(read), asked)
    return {"to_declare": list(chosen.names), "staying": chosen.staying_as_data()}


def _maintenance(asked: variables.Maintaining, read: Read) -> dict[str, Any]:
    """Raises Refused where there is no such file of tasks: before anything is begun."""
    tasks = Path(asked.tasks).absolute() if asked.tasks else None
    if tasks is not None and not tasks.is_file():
        raise Refused(f"failover_maintenance_tasks: there is no file {tasks}; it should be a file of tasks.")
    answer = {"begins": asked.begins, "ends": asked.ends, "tasks_file": str(tasks or "")}
    if read is None:
        return answer
    return {**answer, "to_maintain": list(site_sets.to_declare(site_sets.existing(read), asked).names)}


def _migrate(asked: variables.Migration, declared: site.Share, read: Read) -> dict[str, Any]:
    if read is None:
        return {}
    chosen = site_sets.to_migrate(site_sets.existing(read), declared, asked)
    return {"to_migrate": list(chosen.names), "staying": chosen.staying_as_data()}


def _declared(options: Mapping[str, Any], entries: Sequence[site.Entry], host: str) -> dict[str, Any]:
    """What the host writes of the relationships that a run is about."""
    asked, shared, others, update_secret = None, None, entries, None
    if options["failover"] is not None:
        if options["failover"]["failover_only"] is None:
            site.check_named(entries, host)
        entries = variables.failover(options["failover"], entries)
        shared = options["failover"]["failover_shared_secret"]
        update_secret = options["failover"]["failover_update_secret"]
    if options["replicate"] is not None:
        asked = variables.replicate(options["replicate"], entries)
        entries = asked.entries
    declared = site.share(entries, host, shared)
    writes = site_sets.with_scopes(declared, asked.scopes) if asked and asked.scopes else declared.writes
    written = {relationship["name"] for relationship in writes}
    return {
        "writes": writes,
        "names": [relationship["name"] for relationship in writes],
        "written_by": declared.written_by,
        "not_written": [entry.name for entry in others if host in entry.servers and entry.name not in written],
        "secret_entries": declared.secret_entries,
        "with_secret": list(declared.with_secret),
        "notes": declared.notes(host, update_secret),
        **({"source": asked.source_on(host)} if asked else {}),
        **({"warnings": said} if (said := site.warnings(options["relationships"] or (), entries)) else {}),
    }
