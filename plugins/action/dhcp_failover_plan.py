# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, ClassVar

from ..plugin_utils._engine import plan_files
from ..plugin_utils._engine.fleet_action import ControllerAction, held
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.site import refusal
from ..plugin_utils._model.texts import in_sight
from ..plugin_utils._planning.reviewed_plan import Planned, document, planned
from ..plugin_utils._report.plan_text import headline, plan_text


class ActionModule(ControllerAction):
    """What dhcp_failover would do on several hosts as a plan to be reviewed. No server is reached."""

    ARGUMENT_SPEC: ClassVar[dict[str, Any]] = {
        **ControllerAction.HOSTS,
        "variables": {"type": "str", "required": True},
        "file": {"type": "path", "required": True},
    }

    def answer(self, options: Mapping[str, Any], hostvars: Any) -> dict[str, Any]:
        """Writes the files, unless there are some. Raises Refused."""
        text, data = plan_files.paths(options["file"])
        problems: list[str] = []
        hosts: list[Planned] = []
        for host in options["hosts"]:
            try:
                found = (held(host, options[name], hostvars) for name in ("variable", "variables"))
                hosts.append(planned(host, *found))
            except Refused as refused:
                problems.append(str(refused))
        if problems:
            raise refusal("A plan is one of all hosts (failover_hosts leaves some out)", problems)
        plan = document(hosts, datetime.now(timezone.utc).isoformat(timespec="seconds"))
        if not self._task.check_mode:
            plan_files.write(options["file"], plan)
        steps = [f"{server}: {words}" for one in hosts for server, words in one.plan.steps]
        return {
            "changed": not self._task.check_mode,
            "file": str(text),
            "data": str(data),
            "plan": plan,
            "content": plan_text(plan),
            "sentences": [
                *map(in_sight, steps),
                headline(plan),
                f"The plan {'would be' if self._task.check_mode else 'is'} in {text}, and as data in {data.name}.",
                f"To carry it out: ansible-playbook windhcp.failover.apply -e failover_plan_file={text}",
            ],
        }
