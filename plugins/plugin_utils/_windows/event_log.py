# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is read of a server's event log, and what the answer says. Pure.

Confirmed (learn.microsoft.com, "DHCP failover events"): state changes are in the Admin channel of the provider,
changes of the configuration in its Operational one. The channels' names differ from source to source, so none is
named. Confirmed (PowerShell's GetEventCommand.cs): to find nothing is an error, and what keeps a session from reading
is an exception. Unknown: whether a log that an account may not read is such an exception, or has no events.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .._model import moments
from .._model.failover_events import CLOCK, CONFIGURATION, STATE, LoggedEvent, ids
from .._model.texts import few, short
from . import cmdlets
from .cmdlets import Operation
from .reply import Failure, ReplyObject, Result

DAYS = 30
MOST = {STATE: 200, CONFIGURATION: 200, CLOCK: 20}  # of a server; so none of a kind hides those of another
_NONE_FOUND = "NoMatchingEventsFound"
_CURES = {
    "System.Diagnostics.Eventing.Reader.EventLogException": "does the firewall there let in what Windows calls Remote "
    "Event Log Management? partner_host reads it over a connection of its own",
    "System.UnauthorizedAccessException": "the account needs to be an administrator there, or in Event Log Readers",
}


@dataclass(frozen=True)
class EventLog:
    """The events, the oldest first. `problem`: why they, or some of them, are not known."""

    events: tuple[LoggedEvent, ...] = ()
    problem: str | None = None

    @property
    def known(self) -> bool:
        """Whether there is anything to be said of the log."""
        return self.problem is None or bool(self.events)


def read(computer: str | None = None) -> Operation:
    """Asks for the events of the server, or of `computer` over the second hop."""
    queries = [{"ids": list(ids(kind)), "most": most} for kind, most in MOST.items()]
    operation = cmdlets.own("find_events", days=DAYS, queries=queries, parameters=dict(cmdlets.at(computer)))
    return {**operation, "id": cmdlets.call_id_of("events", computer)}


def found(answer: Result) -> EventLog:
    """What the answer says. Raises UnexpectedReply."""
    errors = [error for error in answer.errors if _id(error) != _NONE_FOUND]
    oldest_first = [_event(one) for one in answer.objects][::-1]  # of one second, as they happened
    events = sorted(oldest_first, key=lambda event: event.time.timestamp() if event.time else 0)
    return EventLog(tuple(events), _problem(errors))


def _event(one: ReplyObject) -> LoggedEvent:
    return LoggedEvent(
        moments.read(one.optional_text("time") or ""),
        one.number("id"),
        one.texts("values"),
        one.optional_text("sid") or "",
        one.optional_text("user") or "",
    )


def _problem(errors: Collection[Failure]) -> str | None:
    if not errors:
        return None
    said = few(dict.fromkeys(f"{_id(error)}: {short(error.message).rstrip('.')}" for error in errors), between="; ")
    cures = dict.fromkeys(_CURES[_id(error)] for error in errors if _id(error) in _CURES)
    return f"the event log cannot be read ({said})" + "".join(f"; {cure}" for cure in cures)


def _id(error: Failure) -> str:
    return error.id.split(",")[0]
