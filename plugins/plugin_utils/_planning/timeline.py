# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Since when: what the two servers of a relationship logged of it, as one timeline, and how long they have been in
their states. No I/O.

A server logs changes of its own state, and those of its partner that the partner tells it; so a change can be there
twice, once of each log. A time is by the clock of the server that logged it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._model import moments
from .._model.failover_events import BEGINS_OR_ENDS, STATE, LoggedEvent
from .._model.relationship import Relationship
from .._model.texts import short
from .._windows.event_log import EventLog
from .read_request import Unread
from .world import ServerView

KEYS = ("events", "state_since", "partner_state_since", "events_problem")


@dataclass(frozen=True)
class Logs:
    """A relationship of `here`, and what was logged of it. `there`: the partner, or why it could not be read. `wrong`:
    why that server is not the partner."""

    relationship: Relationship
    here: ServerView
    there: ServerView | Unread
    wrong: str | None = None

    @property
    def own(self) -> EventLog:
        """Of this server."""
        return _log(self.here)

    @property
    def partner(self) -> EventLog:
        """Of the partner."""
        if self.wrong is not None:
            return EventLog(problem=self.wrong)
        return EventLog(problem=str(self.there.failure)) if isinstance(self.there, Unread) else _log(self.there)

    def about(self, event: LoggedEvent) -> str | None:
        """The server that an event names, by its own name where it is one of the two; as it is named, else."""
        told = event.server
        if told is None:
            return None
        ours, theirs = self.here.server.identity.is_called(told), self._is_partner(told)
        if ours != theirs:
            return self.here.name if ours else self._partner_name
        return told

    def is_about(self, event: LoggedEvent) -> bool:
        """Whether an event belongs to this relationship. One that does not fit is shown where a value is its name, and
        everywhere where none is the name of any."""
        told = event.relationship
        if told is not None:
            return told.casefold() == self.relationship.name.casefold()
        values = {value.casefold() for value in event.values}
        known = {name.casefold() for name in self.here.relationships}
        return self.relationship.name.casefold() in values or values.isdisjoint(known)

    def states(self, log: EventLog, server: str) -> Sequence[LoggedEvent]:
        """The changes of one server's state in a log, the oldest first, since the relationship was created: one of its
        name may have been there before."""
        mine = [event for event in log.events if event.fits and self.is_about(event)]
        begins = [number for number, event in enumerate(mine) if event.id in BEGINS_OR_ENDS]
        first = begins[-1] if begins else 0
        since = [event for number, event in enumerate(mine) if number >= first or event.time == mine[first].time]
        return [event for event in since if event.kind == STATE and self.about(event) == server]

    @property
    def _partner_name(self) -> str:
        known = isinstance(self.there, ServerView) and self.wrong is None
        return self.there.name if known and isinstance(self.there, ServerView) else self.relationship.partner_server

    def _is_partner(self, told: str) -> bool:
        named = isinstance(self.there, ServerView) and self.wrong is None and self.there.server.identity.is_called(told)
        return named or self.relationship.partner.is_called(told)

    @property
    def state_since(self) -> datetime | None:
        """Since when this server has shown the state that it shows: by its own log, or by what it told the partner."""
        return self._since((self.own, self.partner), self.here.name, self.relationship.state)

    @property
    def partner_state_since(self) -> datetime | None:
        """The same of the partner: by its own log, or by what it told this server."""
        half = self.there.half(self.relationship.name) if isinstance(self.there, ServerView) else None
        if half is None or self.wrong is not None:
            return None
        return self._since((self.partner, self.own), self._partner_name, half.relationship.state)

    def _since(self, logs: Sequence[EventLog], server: str, state: str) -> datetime | None:
        """By the first of the logs that has changes of the server. When the last one happened, if it ended in the state
        that is shown now; another one was not logged, or is older than the log."""
        changes = next((changes for log in logs if (changes := self.states(log, server))), ())
        return changes[-1].time if changes and changes[-1].after == state else None

    def entries(self) -> Iterator[tuple[datetime | None, Mapping[str, Any]]]:
        """The events of both logs."""
        for log, server in ((self.own, self.here.name), (self.partner, self._partner_name)):
            for event in filter(self.is_about, log.events):
                yield event.time, self._entry(event, server)

    def _entry(self, event: LoggedEvent, server: str) -> Mapping[str, Any]:
        return {
            "time": moments.shown(event.time),
            "server": server,
            "kind": event.kind,
            "id": event.id,
            "text": short(event.words),
            "about": self.about(event),
            "from": event.before,
            "to": event.after,
            "scope_id": None if event.scope is None else str(event.scope),
            "by": event.by,
        }

    def problems(self) -> Collection[str]:
        """Why something is not known."""
        found = ((self.here.name, self.own), (self._partner_name, self.partner))
        return [f"{server}: {log.problem}" for server, log in found if log.problem is not None]


def timeline(logs: Logs) -> Mapping[str, Any]:
    """What dhcp_failover_info returns of it, by KEYS."""
    known = logs.own.known or logs.partner.known
    entries = sorted(logs.entries(), key=lambda entry: entry[0].timestamp() if entry[0] else 0)
    shown = (
        [entry for _time, entry in entries] if known else None,
        moments.shown(logs.state_since),
        moments.shown(logs.partner_state_since),
        "; ".join(logs.problems()) or None,
    )
    return dict(zip(KEYS, shown, strict=True))


def _log(server: ServerView) -> EventLog:
    return server.events or EventLog(problem="the event log was not asked for")
