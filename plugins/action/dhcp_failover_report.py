# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, ClassVar

from ansible.plugins.action import ActionBase

from ..plugin_utils._engine.action import validated
from ..plugin_utils._engine.written_files import write
from ..plugin_utils._model.refusal import TaskFailure
from ..plugin_utils._model.texts import few, in_sight
from ..plugin_utils._planning.fleet import Seen, is_at_least, report
from ..plugin_utils._planning.verdict import CRITICAL, WARNING, check_off
from ..plugin_utils._report.formats import FORMATS
from ..plugin_utils._report.table import sentences, table


class ActionModule(ActionBase):  # type: ignore[misc]
    """What dhcp_failover_info returned of several hosts as one report. No server is reached."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    ARGUMENT_SPEC: ClassVar[dict[str, Any]] = {
        "hosts": {"type": "list", "elements": "str", "required": True},
        "variable": {"type": "str", "required": True},
        "directory": {"type": "path"},
        "formats": {"type": "list", "elements": "str", "choices": list(FORMATS), "default": list(FORMATS)},
        "fail_on": {"type": "str", "choices": [WARNING, CRITICAL]},
        "verdicts_off": {"type": "list", "elements": "str", "default": []},
    }

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The task, from its options to its result."""
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        options = validated(self, self.ARGUMENT_SPEC, {})
        try:
            result.update(self._reported(options, task_vars))
        except TaskFailure as failure:
            result.update(failed=True, changed=False, msg=in_sight(str(failure)))
        return result

    def _reported(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        fleet = [_seen(host, options["variable"], task_vars["hostvars"]) for host in options["hosts"]]
        off = check_off(options["verdicts_off"])
        made = report(fleet, datetime.now(timezone.utc).isoformat(timespec="seconds"), off)
        answer: dict[str, Any] = {
            "changed": False,
            "status": made["status"],
            "counts": made["counts"],
            "table": list(table(made)),
            "sentences": list(sentences(made)),
            "verdicts": made["verdicts"],
            "files": [],
        }
        if options["directory"] and not self._task.check_mode:
            texts = {FORMATS[name].file: FORMATS[name].text(made) for name in options["formats"]}
            answer.update(files=write(Path(options["directory"]), texts), changed=True)
        if is_at_least(made["status"], options["fail_on"]):
            bad = [verdict["sentence"] for verdict in made["verdicts"] if is_at_least(verdict["severity"], "warning")]
            told = few(map(in_sight, bad), "verdicts", between="; ")
            answer.update(failed=True, msg=f"the fleet is {made['status']}: {told}.")
        return answer


def _seen(host: str, variable: str, hostvars: Any) -> Seen:
    """What a host's variable holds, as plain data: it may be a task's failure, or nothing."""
    found: Any = None
    if host in hostvars:
        found = json.loads(json.dumps(hostvars[host].get(variable), default=str))
    if not isinstance(found, Mapping):
        return Seen(host, problem=f"there is no result of dhcp_failover_info in the variable '{variable}'")
    if found.get("unreachable") or found.get("failed") or "verdicts" not in found:
        return Seen(host, problem=_first_line(found.get("msg")))
    return Seen(host, found)


def _first_line(message: Any) -> str:
    lines: Sequence[str] = str(message or "").strip().splitlines()
    return lines[0] if lines else "it gave no reason"
