# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..plugin_utils._engine.fleet_action import ControllerAction, first_line, held
from ..plugin_utils._model.texts import in_sight, result_in_sight
from ..plugin_utils._planning import data_checks
from ..plugin_utils._planning.checklist import FAIL, PASS, UNKNOWN, Row, completed, summary
from ..plugin_utils._planning.data_checks import Entry, Tried
from ..plugin_utils._planning.server_checks import no_connection
from ..plugin_utils._report.check_lines import check_lines

HELD = ("site", "result", "refused")  # options that name what `Tried` has of a host


class ActionModule(ControllerAction):
    """What dhcp_failover_check found on several hosts, and the role in check mode, as one table. No server is
    reached."""

    ARGUMENT_SPEC: ClassVar[dict[str, Any]] = {
        **ControllerAction.HOSTS,
        "site": {"type": "str", "default": "failover_site"},
        "result": {"type": "str", "default": "failover_result"},
        "refused": {"type": "str", "default": "failover_refused"},
    }

    def answer(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Mapping[str, Any]:
        """All checks, each with its status. What failed is counted, and the task does not fail for it."""
        hosts = options["hosts"]
        rows, ways, declared = list[Row](), list[tuple[str, str]](), dict[Entry, None]()
        for host in hosts:
            found = held(host, options["variable"], task_vars["hostvars"]) or {}
            if "rows" not in found:
                rows.append(no_connection(host, first_line(found.get("msg"))))
                continue
            rows += [Row.read(row) for row in found["rows"]]
            ways += map(tuple, found["ways"])
            declared.update({Entry(**entry): None for entry in found["declared"]})
        ways += [(other, one) for one, other in ways if other in hosts and (other, one) not in ways]
        everything = completed(rows, hosts, ways)
        for host in hosts:
            tried = Tried(*(held(host, options[name], task_vars["hostvars"]) or {} for name in HELD))
            rows += data_checks.of_host(host, list(declared), tried, everything)
        shown = completed([*rows, *data_checks.of_nobody(list(declared), hosts)], hosts, ways)
        public = result_in_sight({"rows": [row.public() for row in shown]})["rows"]
        counts = {status: sum(row.status == status for row in shown) for status in (PASS, FAIL, UNKNOWN)}
        return {
            "changed": False,
            "rows": public,
            "counts": {status.lower(): number for status, number in counts.items()},
            "table": list(check_lines(public)),
            "summary": in_sight(summary(shown)),
        }
