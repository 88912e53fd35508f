# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run leaves on a server while it writes to a relationship, for other runs and for the one after a run that did
not end. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import AddressValueError, IPv4Address
from typing import Any

LONGEST = timedelta(minutes=5)  # that any run may have to go, and the clocks of a reply may err


@dataclass(frozen=True)
class Note:
    """Of what a run does about one relationship with one partner: it may end it with one, and make it anew with
    another. `scopes`: those that leave it or come to it.

    `claimed`: scope -> the server whose copy, which is to go, was put out of service by the run: this one by its name,
    or the partner as `partner`. `made`: scopes that the run creates, out of service until both servers have them.
    `incomplete`: those that it creates with something in them, of which it is not known whether all of that is there.
    `coming`: those that it copies to the partner, which may have got them alone. `run`: its id; `who`: user@controller.
    `until`: by the server's clock, when the run will have gone on at the latest; a run that is older is dead. None:
    nobody knows, so it is.
    """

    relationship: str
    partner: str
    scopes: tuple[IPv4Address, ...] = ()
    claimed: Mapping[IPv4Address, str] = field(default_factory=dict)
    made: tuple[IPv4Address, ...] = ()
    incomplete: tuple[IPv4Address, ...] = ()
    run: str = ""
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None
    coming: tuple[IPv4Address, ...] = ()

    @property
    def about(self) -> tuple[str, str]:
        """The relationship and its partner: a run has one note about both."""
        return self.relationship, self.partner

    @property
    def whose(self) -> str:
        """Who left it, in words."""
        return self.who or "nobody knows whose"

    def is_alive(self, now: datetime | None, own: Collection[str]) -> bool:
        """Whether a run that is none of one's `own` may still be at work, by the server's clock. No run has as long to
        go as a note says that was written before the clock was set back."""
        if self.run in own or self.until is None or now is None:
            return False
        return now < self.until <= now + LONGEST

    def text(self) -> str:
        """In one line of ASCII."""
        return json.dumps(
            {
                "relationship": self.relationship,
                "partner": self.partner,
                "scopes": [str(scope) for scope in self.scopes],
                "claimed": {str(scope): server for scope, server in self.claimed.items()},
                "made": [str(scope) for scope in self.made],
                "incomplete": [str(scope) for scope in self.incomplete],
                "coming": [str(scope) for scope in self.coming],
                "run": self.run,
                "who": self.who,
                "since": self.since and self.since.isoformat(),
                "until": self.until and self.until.isoformat(),
            }
        )


def from_text(text: str) -> Note | None:
    """The note of a line; None for anything else: a run can be killed while it writes it, before all that it is
    about."""
    try:
        return _note(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, AddressValueError, RecursionError):
        return None


def _note(found: Any) -> Note:
    return Note(
        str(found["relationship"]),
        str(found["partner"]),
        _scopes(found["scopes"]),
        {IPv4Address(scope): str(server) for scope, server in found["claimed"].items()},
        _scopes(found["made"]),
        _scopes(found["incomplete"]),
        str(found["run"]),
        str(found["who"]),
        _moment(found["since"]),
        _moment(found["until"]),
        _scopes(found.get("coming", ())),  # an older one does not tell it
    )


def _scopes(texts: Sequence[str]) -> tuple[IPv4Address, ...]:
    return tuple(IPv4Address(text) for text in texts)


def _moment(text: Any) -> datetime | None:
    moment = datetime.fromisoformat(text) if text else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError(text)
    return moment
