# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes how long the tasks of a run took, from the first that begins to the end of the last."""

from __future__ import annotations

import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: stopwatch
    type: aggregate
    short_description: Seconds of the tasks
    description: Writes seconds to the file that the environment variable STOPWATCH_FILE names.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc] # ansible has no types
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "stopwatch"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._begin: float | None = None

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        if self._begin is None:
            self._begin = time.monotonic()

    def v2_playbook_on_stats(self, stats: Any) -> None:
        if self._begin is not None:
            with open(os.environ["STOPWATCH_FILE"], "w", encoding="utf-8") as file:
                file.write(str(time.monotonic() - self._begin))
