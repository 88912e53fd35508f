# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, ClassVar

from ..plugin_utils._engine.fleet_action import ControllerAction
from ..plugin_utils._engine.written_files import check_new, create
from ..plugin_utils._live import findings


class ActionModule(ControllerAction):
    """What dhcp_failover_live_check and the tasks of the playbook found, as one new file. No server is reached."""

    ARGUMENT_SPEC: ClassVar[dict[str, Any]] = {
        "file": {"type": "path", "required": True},
        "asked": {"type": "dict", "required": True},
        "walk": {"type": "dict", "default": {}},
    }

    def answer(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Mapping[str, Any]:
        """Writes the file. Raises Refused where there is one."""
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        found = findings.findings(options["asked"], options["walk"], now)
        path = Path(options["file"]).absolute()
        if self._task.check_mode:
            check_new(path)
        else:
            create(path, findings.text(found))
        well = all(step["well"] for step in found["walk"])
        return {
            "changed": not self._task.check_mode,
            "file": str(path),
            "report": found,
            "well": well,
            "sentences": [*findings.sentences(found), f"All of it is in {path}."],
        }
