# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, ClassVar

from ..plugin_utils._engine.fleet_action import FleetAction
from ..plugin_utils._engine.written_files import written
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.texts import few, in_sight, shown
from ..plugin_utils._planning.fleet import Seen, is_at_least, report
from ..plugin_utils._planning.verdict import CRITICAL, WARNING, check_off
from ..plugin_utils._report.formats import FORMATS
from ..plugin_utils._report.table import safety_copies, scopes, sentences, table

_FAIL_ON = (WARNING, CRITICAL)


class ActionModule(FleetAction):
    """What dhcp_failover_info returned of several hosts as one report. No server is reached."""

    ARGUMENT_SPEC: ClassVar[dict[str, Any]] = {
        **FleetAction.HOSTS,
        "directory": {"type": "path"},
        "formats": {"type": "list", "elements": "str", "choices": list(FORMATS), "default": list(FORMATS)},
        "fail_on": {"type": "str"},
        "verdicts_off": {"type": "list", "elements": "str", "default": []},
    }

    def perform(self, options: Mapping[str, Any], fleet: list[Seen]) -> dict[str, Any]:
        """Writes the files, and fails on what it is told to. Raises TaskFailure."""
        problems, off = [*_wrong(options["fail_on"])], frozenset[str]()
        try:
            off = check_off(options["verdicts_off"], "verdicts_off (failover_verdicts_off of the playbooks)")
        except Refused as refused:
            problems.append(str(refused))
        made = report(fleet, datetime.now(timezone.utc).isoformat(timespec="seconds"), off)
        answer: dict[str, Any] = {
            "changed": False,
            "status": made["status"],
            "counts": made["counts"],
            "table": list(table(made)),
            "sentences": list(sentences(made)),
            "scopes": list(scopes(made)),
            "safety_copies": list(safety_copies(made)),
            "verdicts": made["verdicts"],
            "files": [],
        }
        if options["directory"] and not self._task.check_mode:
            texts = {FORMATS[name].file: FORMATS[name].text(made) for name in options["formats"]}
            files, problem = written(Path(options["directory"]), texts)
            answer.update(files=files, changed=bool(files))
            problems += [problem] if problem else []
        if options["fail_on"] in _FAIL_ON and is_at_least(made["status"], options["fail_on"]):
            bad = [verdict["sentence"] for verdict in made["verdicts"] if is_at_least(verdict["severity"], WARNING)]
            told = few(map(in_sight, bad), "verdicts", between="; ") if fleet else "hosts: there is none"
            problems.append(f"the fleet is {made['status']}: {told}.")
        if problems:
            answer.update(failed=True, msg=" ".join(problems))
        return answer


def _wrong(fail_on: str | None) -> Iterator[str]:
    """It is told with the report, which was asked for all the same."""
    if fail_on not in (None, *_FAIL_ON):
        yield f"fail_on (failover_fail_on of the playbooks): is {shown(fail_on)}; it should be {' or '.join(_FAIL_ON)}."
