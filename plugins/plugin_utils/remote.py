# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs requests on a server through dhcp_cmdlets.ps1 and counts them. Decides nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .cmdlets import Operation
from .errors import RemoteFailure, UnexpectedReply

Execute = Callable[[Mapping[str, Any]], Mapping[str, Any]]
REQUEST_LIMIT = 1_000_000  # bytes; Windows PowerShell 5.1 reads JSON up to 2 MB
MUTEX_SECONDS = 120

_STATUS = {
    "busy": f"Another run is writing to this server and did not finish within {MUTEX_SECONDS} s; nothing was changed. "
    "Run again when it has ended.",
    "no_module": "The DhcpServer module could not be loaded ({errors}). Install it: Install-WindowsFeature DHCP -IncludeManagementTools.",
    "constrained_language": "PowerShell runs in Constrained Language Mode there (application control), where the script cannot "
    "work; nothing was changed. Allow the collection's dhcp_cmdlets.ps1 in the policy (WDAC or AppLocker), or use an account "
    "that the policy exempts.",
    "script_error": "The script failed: {errors}. Please report it.",
}


@dataclass(frozen=True)
class Reply:
    """`status`: done, stopped (a call had an error) or changed_meanwhile (nothing was written)."""

    status: str
    fingerprint: str
    before: Sequence[Mapping[str, Any]]
    calls: Sequence[Mapping[str, Any]]
    after: Sequence[Mapping[str, Any]]
    received: datetime


class Remote:
    """One server. `execute` runs the module with the given options and returns its result.

    `goes_on`: whether its logon is known to reach a second server.
    """

    def __init__(
        self,
        execute: Execute,
        host: str,
        check_mode: bool,
        goes_on: Callable[[], bool] = lambda: False,
    ) -> None:
        self._execute = execute
        self.goes_on = goes_on
        self._check_mode = check_mode
        self.host = host
        self.calls = 0

    def read(self, reads: Sequence[Operation]) -> Reply:
        return self._run({"before": reads})

    def write(self, reads: Sequence[Operation], fingerprint: str, calls: Sequence[Operation], again: Sequence[Operation] = ()) -> Reply:
        """Repeats the reads, compares them with the fingerprint, runs the calls, and then reads `again`, whatever happened."""
        return self._run({"before": reads, "fingerprint": fingerprint, "calls": calls, "finally": again, "mutex": MUTEX_SECONDS})

    def _run(self, request: Mapping[str, Any]) -> Reply:
        text = json.dumps({"check_mode": self._check_mode, **request}, separators=(",", ":"))
        if len(text) > REQUEST_LIMIT:
            raise RemoteFailure(
                f"The request has {len(text)} bytes, and {REQUEST_LIMIT} is the most sent at once; nothing was changed. Use smaller lists."
            )
        self.calls += 1
        result = self._execute({"request": text})
        reply = result.get("reply")
        if not isinstance(reply, Mapping):
            raise UnexpectedReply(f"{self.host} gave no reply: {_said(result) or 'the output was empty'}")
        status = str(reply.get("status"))
        if status in _STATUS:
            errors = "; ".join(f"{e['id']}: {e['message']}" for e in reply.get("errors") or ())
            raise RemoteFailure(f"On {self.host}: " + _STATUS[status].format(errors=errors))
        return Reply(status, str(reply["fingerprint"]), reply["before"], reply["calls"], reply["finally"], datetime.now(timezone.utc))


def _said(result: Mapping[str, Any]) -> str | None:
    return next((str(result[key]).strip() for key in ("msg", "module_stderr", "module_stdout") if result.get(key)), None)
