# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes every task result of a run as one JSON line, for the tests to read."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: recorder
    type: aggregate
    short_description: Task results as JSON lines
    description: Writes every task result to the file that the environment variable RECORDER_FILE names.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc] # ansible has no types
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "recorder"
    CALLBACK_NEEDS_ENABLED = True

    def _record(self, status: str, result: Any) -> None:
        # the attributes are called _host, _task and _result before 2.19
        host = getattr(result, "host", None) or result._host
        task = getattr(result, "task", None) or result._task
        said = getattr(result, "result", None) or result._result
        line = {"task": task.get_name().split(" : ")[-1], "host": host.get_name(), "status": status, "result": said}
        with open(os.environ["RECORDER_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def v2_runner_on_ok(self, result: Any, **kwargs: Any) -> None:
        self._record("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False, **kwargs: Any) -> None:
        self._record("failed", result)

    def v2_runner_on_unreachable(self, result: Any, **kwargs: Any) -> None:
        self._record("unreachable", result)

    def v2_runner_on_skipped(self, result: Any, **kwargs: Any) -> None:
        self._record("skipped", result)
