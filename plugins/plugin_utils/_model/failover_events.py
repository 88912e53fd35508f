# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a DHCP server logs of failover, by the id and the values of an event and never by its text, which is translated.
Pure.

Confirmed (learn.microsoft.com, "DHCP server events", and the older page dn800668 of the same; for all but 20240): the
ids, and what stands at which place of the text, %1 being the first value. Likely: 20240, which a dump of the provider's
manifest has (github.com/scheatkode/brain) and no page of Microsoft's; that an event has just the values of its text;
and that its user is the account that made a change, since it is so of a captured event 71. Unknown: how the values tell
a server, a scope and a state, so an event that does not fit is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import AddressValueError, IPv4Address

from .failover_states import CUT_OFF, NORMAL, PARTNER_DOWN

STATE, CONFIGURATION, CLOCK = "state", "configuration", "clock"
# the numbers of FSM_STATE (MS-DHCPM 2.2.1.1.20), should an event tell those
_NUMBERED = (
    "NoState",
    "Init",
    "Startup",
    NORMAL,
    CUT_OFF,
    PARTNER_DOWN,
    "PotentialConflict",
    "ConflictDone",
    "ResolutionInterrupted",
    "Recover",
    "RecoverWait",
    "RecoverDone",
)
# the same in the spelling of that list, of MS-DHCPF and of the drafts of the protocol
_SPELLED = {
    "communicationint": CUT_OFF,
    "commint": CUT_OFF,
    "communicationsinterrupted": CUT_OFF,
    "resolutionint": "ResolutionInterrupted",
}
_STATES = {**{state.casefold(): state for state in _NUMBERED}, **_SPELLED}
# LOCAL SYSTEM, LOCAL SERVICE, NETWORK SERVICE: a service that did it by itself; and what it is called in its own right
_SERVICES = ("S-1-5-18", "S-1-5-19", "S-1-5-20")
_OF_A_SERVICE = "S-1-5-80-"
_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", re.ASCII)


@dataclass(frozen=True)
class EventKind:
    """One id. `values`: how many it has. The others are places, from 0, of what it is about: `old` and `new` are of a
    state or a setting, or what these are by the id itself (`was`, `became`). `words`: {server} is whom it names,
    {0} the first value."""

    id: int
    kind: str
    values: int
    relationship: int
    words: str
    server: int | None = None
    scope: int | None = None
    old: int | None = None
    new: int | None = None
    was: str | None = None
    became: str | None = None


_LB, _HS = "load_balance", "hot_standby"
_CREATED = "relationship created between {0} and {1}: %s, maximum client lead time {3} s, %s {4} %%, interval {5} s"
_CHANGED = "%s changed from {2} to {3}"
_ROWS = (
    EventKind(20251, STATE, 4, 1, "state of {server} changed from {old} to {new}", 0, old=2, new=3),
    EventKind(20252, STATE, 4, 1, "state of {server} changed from {old} to {new}", 0, old=2, new=3),
    EventKind(20259, STATE, 3, 1, "state of {server} changed to {new}", 0, new=2),
    EventKind(20260, STATE, 3, 1, "state of {server} changed to {new}", 0, new=2),
    EventKind(20253, CLOCK, 3, 1, "clock out of sync with that of {server}, by {2} s", 0),
    EventKind(20240, CONFIGURATION, 6, 2, _CREATED % ("load balance", "share of the server"), 1, became=_LB),
    EventKind(20241, CONFIGURATION, 7, 2, _CREATED % ("hot standby", "reserve") + ", standby {6}", 1, became=_HS),
    EventKind(20242, CONFIGURATION, 3, 0, "relationship between {1} and {2} removed", 2),
    EventKind(20243, CONFIGURATION, 3, 1, "scope {0} added", 2, scope=0),
    EventKind(20244, CONFIGURATION, 3, 1, "scope {0} removed", 2, scope=0),
    EventKind(20245, CONFIGURATION, 4, 0, _CHANGED % "maximum client lead time" + " seconds", 1, old=2, new=3),
    EventKind(20246, CONFIGURATION, 4, 0, _CHANGED % "state switch interval" + " seconds", 1, old=2, new=3),
    EventKind(20247, CONFIGURATION, 4, 0, _CHANGED % "reserve percent", 1, old=2, new=3),
    EventKind(20248, CONFIGURATION, 4, 0, _CHANGED % "load balance percent of the server", 1, old=2, new=3),
    EventKind(20249, CONFIGURATION, 2, 0, "mode changed from hot standby to load balance", 1, was=_HS, became=_LB),
    EventKind(20250, CONFIGURATION, 2, 0, "mode changed from load balance to hot standby", 1, was=_LB, became=_HS),
    EventKind(20311, CONFIGURATION, 2, 1, "shared secret changed", 0),
    EventKind(20312, CONFIGURATION, 2, 1, "authentication of messages switched on", 0),
    EventKind(20313, CONFIGURATION, 2, 1, "authentication of messages switched off", 0),
)
BEGINS_OR_ENDS = frozenset({20240, 20241, 20242})  # a relationship is created, or removed
EVENTS: Mapping[int, EventKind] = {row.id: row for row in _ROWS}


def ids(kind: str) -> tuple[int, ...]:
    """The events of one kind."""
    return tuple(row.id for row in _ROWS if row.kind == kind)


def state_of(text: str) -> str | None:
    """The state that a value tells, in Windows' words for it; None: it tells none that is known."""
    plain = text.strip()
    if plain.isascii() and plain.isdigit():
        return _NUMBERED[int(plain)] if len(plain) <= 2 and int(plain) < len(_NUMBERED) else None
    return _STATES.get(re.sub(r"[\s_-]", "", plain).casefold())


@dataclass(frozen=True)
class LoggedEvent:
    """An event as a server logged it. `time`: by that server's clock; None: it cannot be read. `sid`, `user`: whose
    account, and what it is called where that is known."""

    time: datetime | None
    id: int
    values: tuple[str, ...] = ()
    sid: str = ""
    user: str = ""

    @property
    def fits(self) -> EventKind | None:
        """What it tells, where it has the values that such an event has."""
        kind = EVENTS.get(self.id)
        return kind if kind is not None and kind.values == len(self.values) else None

    @property
    def kind(self) -> str:
        """Of its id, whatever its values."""
        kind = EVENTS.get(self.id)
        return kind.kind if kind else CONFIGURATION

    @property
    def relationship(self) -> str | None:
        """The name of the relationship that it is about; None: it does not fit."""
        kind = self.fits
        return self.values[kind.relationship] if kind else None

    @property
    def server(self) -> str | None:
        """The server that it names: whose state it is, or the other one."""
        return self._at(self.fits.server) if self.fits else None

    @property
    def before(self) -> str | None:
        """The state or the setting that was."""
        return self._told(self.fits.old, self.fits.was) if self.fits else None

    @property
    def after(self) -> str | None:
        """The state or the setting that came."""
        return self._told(self.fits.new, self.fits.became) if self.fits else None

    @property
    def scope(self) -> IPv4Address | None:
        """The scope. Other events of this provider tell one with brackets and its name around the address."""
        text = self._at(self.fits.scope) if self.fits else None
        found = _ADDRESS.search(text or "")
        try:
            return IPv4Address(found[0]) if found else None
        except AddressValueError:
            return None

    @property
    def by(self) -> str | None:
        """The account that did it; None: the service by itself, or nobody knows."""
        own = self.sid in _SERVICES or self.sid.startswith(_OF_A_SERVICE)
        return None if own else self.user or self.sid or None

    @property
    def words(self) -> str:
        """What happened."""
        kind = self.fits
        if kind is None:
            told = ", ".join(self.values) or "none"
            return f"event {self.id}, which cannot be read; its values: {told}"
        named = {"server": self.server, "old": self.before, "new": self.after}
        return kind.words.format(*self.values, **named)

    def _at(self, place: int | None) -> str | None:
        return None if place is None else self.values[place]

    def _told(self, place: int | None, fixed: str | None) -> str | None:
        text = self._at(place)
        if text is None:
            return fixed
        return (state_of(text) or text) if self.kind == STATE else text
