# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, ClassVar

from ..plugin_utils._engine import plan_files
from ..plugin_utils._engine.fleet_action import ControllerAction, held
from ..plugin_utils._model.refusal import Refused, TaskFailure, showing
from ..plugin_utils._model.site import refusal
from ..plugin_utils._model.texts import few, in_sight
from ..plugin_utils._planning.reviewed_plan import HELD, Planned, document, planned
from ..plugin_utils._report.plan_text import headline, one_line, plan_text


class ActionModule(ControllerAction):
    """What dhcp_failover would do on several hosts as a plan to be reviewed. No server is reached."""

    ARGUMENT_SPEC: ClassVar[dict[str, Any]] = {
        **ControllerAction.HOSTS,
        "variables": {"type": "str", "required": True},
        "site": {"type": "str", "default": "failover_site"},
        "refused": {"type": "str", "default": "failover_refused"},
        "file": {"type": "path", "required": True},
    }

    def answer(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Writes the files, unless there are some. Raises Refused, and TaskFailure."""
        try:
            return self._written(options, task_vars["hostvars"])
        except TaskFailure as failure:
            failure.shows.setdefault("sentences", [f"No plan was written. {in_sight(str(failure))}"])
            raise

    def _written(self, options: Mapping[str, Any], hostvars: Any) -> dict[str, Any]:
        text, data = plan_files.paths(options["file"])
        plan = document(self._hosts(options, hostvars), datetime.now(timezone.utc).isoformat(timespec="seconds"))
        if self._task.check_mode:
            told = [f"Next: to have it in {text}, and as data in {data.name}, the same command without --check."]
        else:
            plan_files.write(options["file"], plan)
            given = shlex.quote(f"failover_plan_file={text}")
            told = [
                f"The plan is in {text}, and as data in {data.name}. In a workflow the next job gets it from this one.",
                f"Next: to carry it out, ansible-playbook windhcp.failover.apply -e {given}",
            ]
        return {
            "changed": not self._task.check_mode,
            "file": str(text),
            "data": str(data),
            "plan": plan,
            "content": plan_text(plan),
            "one_line": one_line(plan),
            "sentences": [headline(plan), *map(in_sight, told)],
        }

    @staticmethod
    def _hosts(options: Mapping[str, Any], hostvars: Any) -> Sequence[Planned]:
        """What each host has for the plan. Raises Refused."""
        hosts: list[Planned] = []
        problems: dict[str, str] = {}
        for host in options["hosts"]:
            try:
                hosts.append(planned(host, *(held(host, options[name], hostvars) for name in HELD)))
            except Refused as refused:
                problems[host] = str(refused)
        if problems:
            told = f"No plan was written: it would be one of all hosts, and is not known of {few(problems)}."
            cure = "Next: mend that, or leave them out (failover_hosts), and run the same command again."
            with showing(sentences=[*map(in_sight, (told, cure))]):
                raise refusal("A plan is one of all hosts (failover_hosts leaves some out)", [*problems.values()])
        return hosts
