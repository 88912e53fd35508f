# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs requests on a server through dhcp_cmdlets.ps1 and counts them. Decides nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from . import reply as replies
from .cmdlets import Operation
from .errors import ERRORS_TOLD, RemoteFailure, UnexpectedReply
from .reply import Place, Reply
from .texts import short

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


class Remote:
    """One server. `execute` runs the module with the given options and returns its result; `hide` takes secrets out of a text."""

    def __init__(
        self,
        execute: Callable[[Mapping[str, Any]], Mapping[str, Any]],
        host: str,
        check_mode: bool,
        hide: Callable[[str], str] = str,
    ) -> None:
        self._execute = execute
        self._check_mode = check_mode
        self._hide = hide
        self.host = host
        self.calls = 0

    def read(self, reads: Sequence[Operation]) -> Reply:
        return self._run({"before": reads}, replies.Request(reads))

    def write(self, reads: Sequence[Operation], fingerprint: str, calls: Sequence[Operation], again: Sequence[Operation] = ()) -> Reply:
        """Repeats the reads, compares them with the fingerprint, runs the calls, and then reads `again`, whatever happened."""
        request = {"before": reads, "fingerprint": fingerprint, "calls": calls, "finally": again, "mutex": MUTEX_SECONDS}
        try:
            return self._run(request, replies.Request(reads, calls, again, fingerprint))
        except UnexpectedReply as unreadable:
            raise UnexpectedReply(f"{unreadable} Whether something was written is not known; run again.") from unreadable

    def _run(self, request: Mapping[str, Any], asked: replies.Request) -> Reply:
        text = json.dumps({"check_mode": self._check_mode, **request}, separators=(",", ":"))
        if len(text) > REQUEST_LIMIT:
            raise RemoteFailure(
                f"The request has {len(text)} bytes, and {REQUEST_LIMIT} is the most sent at once; nothing was changed. Use smaller lists."
            )
        self.calls += 1
        result = self._execute({"request": text})
        received = _now()
        reply, place = result.get("reply"), Place(self.host, "the script", self._hide)
        if not isinstance(reply, Mapping):
            said = short(_said(result) or "the output was empty", hide=self._hide)
            raise UnexpectedReply(f"{self.host} gave no reply: {said}")
        status = str(reply.get("status"))
        if status in _STATUS:
            errors = "; ".join(f"{short(one.id)}: {short(one.message)}" for one in replies.failures(reply, place)[:ERRORS_TOLD])
            raise RemoteFailure(f"On {self.host}: " + _STATUS[status].format(errors=errors))
        return replies.parse(reply, asked, place, received)


def _now() -> datetime:
    """The controller's clock."""
    return datetime.now(timezone.utc)


def _said(result: Mapping[str, Any]) -> str | None:
    """The first that says something; all of them are texts, or nothing that can be shown."""
    texts = (result.get(key) for key in ("msg", "module_stderr", "module_stdout"))
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), None)
