# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the action plugins have in common that work with what hosts have in variables, and reach no server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.plugins.action import ActionBase

from .._model import kinds
from .._model.refusal import TaskFailure
from .._model.texts import in_sight, plain_causes
from .._planning.fleet import Seen, not_understood
from .action import validated


class ControllerAction(ActionBase):  # type: ignore[misc]
    """A module that runs on the controller alone. A subclass names its argument spec and says in `answer` what it
    does."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    HOSTS: ClassVar[dict[str, Any]] = {
        "hosts": {"type": "list", "elements": "str", "required": True},
        "variable": {"type": "str", "required": True},
    }
    ARGUMENT_SPEC: ClassVar[dict[str, Any]]
    CONDITIONS: ClassVar[dict[str, Any]] = {}
    BEFORE_WRITES: ClassVar[bool] = False  # others write by what it answers, and do not where it refuses

    def options(self) -> Mapping[str, Any]:
        """Those of the task. Raises Refused, and AnsibleError for what does not fit."""
        kinds.check(self.ARGUMENT_SPEC, self._task.args)
        return validated(self, self.ARGUMENT_SPEC, self.CONDITIONS)

    def answer(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the module does with its options and the variables of the hosts, and returns. Raises TaskFailure."""
        raise NotImplementedError

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The task, from its options to its result."""
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            result.update(self.answer(self.options(), task_vars))
        except TaskFailure as failure:
            said = failure.message() if self.BEFORE_WRITES else str(failure)
            told = "\n".join(map(in_sight, said.split("\n")))  # one line for each problem, and no other
            result.update(failure.shows, failed=True, changed=False, msg=told)
        return result


class FleetAction(ControllerAction):
    """One that works with results of dhcp_failover_info. A subclass says in `perform` what it does."""

    def perform(self, options: Mapping[str, Any], fleet: list[Seen]) -> dict[str, Any]:
        """What the module does with its options, and returns. Raises TaskFailure."""
        raise NotImplementedError

    def answer(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Mapping[str, Any]:
        """What `perform` makes of the results. Raises TaskFailure."""
        hosts = dict.fromkeys(options["hosts"])
        return self.perform(options, [seen(host, options["variable"], task_vars["hostvars"]) for host in hosts])


def held(host: str, variable: str, hostvars: Any) -> Any:
    """What a host's variable holds, as plain data; None: nothing."""
    return json.loads(json.dumps(hostvars[host].get(variable), default=str)) if host in hostvars else None


def seen(host: str, variable: str, hostvars: Any) -> Seen:
    """What a host's variable holds, as plain data: it may be a task's failure, or nothing."""
    found = held(host, variable, hostvars)
    if not isinstance(found, Mapping):
        return Seen(host, problem=f"there is no result of dhcp_failover_info in the variable '{variable}'")
    if found.get("unreachable") or found.get("failed") or "verdicts" not in found:
        return Seen(host, problem=first_line(found.get("msg")))
    if lacking := not_understood(found):
        return Seen(host, problem=f"its result is not one of this version of dhcp_failover_info: {in_sight(lacking)}")
    return Seen(host, found)


def first_line(message: Any) -> str:
    """What a task that failed says first."""
    lines = plain_causes(str(message or "")).strip().splitlines()
    return lines[0] if lines else "it gave no reason"
