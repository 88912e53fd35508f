# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..plugin_utils._engine import plan_files
from ..plugin_utils._engine.fleet_action import ControllerAction, held
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.texts import few, in_sight
from ..plugin_utils._planning import reviewed_plan
from ..plugin_utils._planning.reviewed_plan import Comparison, Document, Planned


class ActionModule(ControllerAction):
    """A reviewed plan, read of its files or of a variable, and compared with what would be done now. No server is
    reached."""

    BEFORE_WRITES = True
    ARGUMENT_SPEC: ClassVar[dict[str, Any]] = {
        "file": {"type": "path"},
        "data": {"type": "raw"},
        "hosts": {"type": "list", "elements": "str", "required": True},
        "variable": {"type": "str"},
        "variables": {"type": "str"},
        "site": {"type": "str", "default": "failover_site"},
        "refused": {"type": "str", "default": "failover_refused"},
        "fingerprint": {"type": "str"},
    }
    CONDITIONS: ClassVar[dict[str, Any]] = {"required_together": [("variable", "variables")]}

    def answer(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """What is in the plan, and what of it is to be done. Raises Refused where that is something else."""
        plan = _read(options)
        reviewed_plan.check_same(plan, options["fingerprint"])
        reviewed_plan.check_hosts(plan, options["hosts"])
        hosts = reviewed_plan.hosts_of(plan)
        answer: dict[str, Any] = {
            "changed": False,
            "created": plan["created"],
            "fingerprint": plan["fingerprint"],
            "hosts": list(hosts),
        }
        if options["variable"] is None:
            taken = {
                host: {**one.taken, "expected_plan": reviewed_plan.shown_plan(one.plan)} for host, one in hosts.items()
            }
            return {**answer, "planned": taken}
        found = reviewed_plan.compare(plan, {host: _now(host, options, task_vars["hostvars"]) for host in hosts})
        return {**answer, "to_do": list(found.to_do), "done": list(found.done), "sentences": _sentences(plan, found)}


def _read(options: Mapping[str, Any]) -> Document:
    """Raises Refused."""
    if options["data"] in (None, ""):  # a survey's empty answer
        if not options["file"]:
            raise Refused(
                f"{reviewed_plan.PLAN}: is not given; it should be the file that windhcp.failover.plan wrote, "
                "or, in a workflow, what the job of that playbook has handed on."
            )
        return plan_files.read(options["file"])
    if options["file"] is not None:
        raise Refused(f"{reviewed_plan.PLAN}: is given as a file and as data; give one of them.")
    return plan_files.handed_on(options["data"])


def _now(host: str, options: Mapping[str, Any], hostvars: Any) -> Planned | Refused:
    try:
        return reviewed_plan.planned(host, *(held(host, options[name], hostvars) for name in reviewed_plan.HELD))
    except Refused as refused:
        return refused


def _sentences(plan: Document, found: Comparison) -> list[str]:
    steps = {entry["host"]: len(entry["steps"]) for entry in plan["hosts"]}
    made = f"The plan of {plan['created']}"
    if found.to_do:
        told = [f"{made}: its steps are to be done on {few(f'{host} ({steps[host]})' for host in found.to_do)}."]
    else:
        told = [f"{made}: nothing is to be done."]
    if found.done:
        told.append(f"On {few(found.done)} everything that it would do is there already.")
    return list(map(in_sight, told))
