# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Get-WinEvent answers, for both doors, and the script's operation that asks it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from lab.core import event_log
from lab.core.api import Session
from lab.core.lab import Lab
from lab.standin.results import Result, failure, result

# C PowerShell (GetEventCommand.cs): nothing found is an error that does not end it, and no access is an exception
_READER = "System.Diagnostics.Eventing.Reader.EventLogException"
FAILURES: Mapping[str, tuple[str, str, str]] = {
    "none": (
        "NoMatchingEventsFound",
        "ObjectNotFound",
        "No events were found that match the specified selection criteria.",
    ),
    event_log.CLOSED: (_READER, "NotSpecified", "The RPC server is unavailable"),
    event_log.DENIED: (
        "System.UnauthorizedAccessException",
        "NotSpecified",
        "Attempted to perform an unauthorized operation.",
    ),
    event_log.ABSENT: (
        "NoMatchingProvidersFound",
        "ObjectNotFound",
        'There is not an event provider on the localhost computer that matches "Microsoft-Windows-DHCP-Server".',
    ),
}
ENDING = (event_log.CLOSED, event_log.DENIED)


def get(lab: Lab, session: Session, query: event_log.Query) -> tuple[list[Mapping[str, Any]], str]:
    """The events, or the word of what there is instead."""
    found = lab.read_events(session, query)
    if isinstance(found, str):
        return [], found
    return [_shown(one) for one in found], "" if found else "none"


def _shown(one: event_log.Event) -> Mapping[str, Any]:
    sid, user = event_log.account(one.user)
    return {"id": one.id, "time": one.time, "sid": sid, "user": user, "values": list(one.values)}


def find(lab: Lab, session: Session, call: Mapping[str, Any]) -> Result:
    """The script's operation."""
    since = lab.now(session.server) - timedelta(days=call["days"])
    computer = str((call.get("parameters") or {}).get("ComputerName", ""))
    objects: list[Mapping[str, Any]] = []
    errors: list[Mapping[str, str]] = []
    for asked in call["queries"]:
        found, problem = get(lab, session, event_log.Query(computer, asked["ids"], since, asked["most"]))
        objects += found
        if problem:
            error_id, category, message = FAILURES[problem]
            errors.append(failure(f"{error_id},Get-WinEvent", category, "", message))
        if problem in ENDING:
            break
    return result(objects, errors)
