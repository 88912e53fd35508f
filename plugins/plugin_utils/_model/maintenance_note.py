# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""That a server is in maintenance, as both servers of a pair have it noted while it lasts. Pure.

Unlike the note of a run (`note`) it stands there on purpose, until a person ends it, and tells what has to be put back
then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .durations import MOST
from .identity import Identity
from .relationship import Relationship
from .texts import few, short

_MOST = 200  # characters of a text that somebody wrote


@dataclass(frozen=True)
class Maintenance:
    """What one server of a pair has noted. `server`: the one in maintenance, as it calls itself. `partner`: the other
    server than the one that keeps the note, by all the names that this one has for it.

    `relationships`: those of the two; `paused`: of which the automatic switchover was on -> its interval in seconds.
    `who`: user@controller; `since`: by the clock of the server in maintenance. `ended`: it keeps nobody from writing
    any more, and the switchover is not back yet. `own`: the server that keeps the note is itself the one in
    maintenance, whatever the two are called. `run`: the task that began it. `file`: what the server keeps the note as.
    """

    server: str
    partner: tuple[str, ...]
    relationships: tuple[str, ...] = ()
    paused: Mapping[str, int] = field(default_factory=dict)
    who: str = ""
    since: datetime | None = None
    reason: str = ""
    ended: bool = False
    file: str = ""
    own: bool = True
    run: str = ""

    @property
    def words(self) -> str:
        """Who is in maintenance since when, who said so, and why; or what one that has ended has not put back."""
        if self.ended:
            if not self.paused:
                return f"the maintenance of {self.server} is over, and nothing is left of it but its note"
            paused = few(f"'{name}'" for name in self.paused)
            return f"automatic switchover of {paused} is still off since {self.server} was in maintenance"
        since = f" since {self.since:%Y-%m-%d %H:%M:%S} (UTC)" if self.since else ""
        who = f", begun by {short(self.who, _MOST)}" if self.who else ""
        reason = f" ({short(self.reason, _MOST)})" if self.reason else ""
        return f"{self.server} is in maintenance{since}{who}{reason}"

    def is_of_another(self, current: Relationship) -> bool:
        """Whether a relationship is with another server by now, which has neither the name nor the address."""
        noted, partner = Identity(self.partner), current.partner
        return bool(noted.addresses) and noted.addresses.isdisjoint(partner.addresses) and not noted.is_named(partner)

    def seen(self, relationships: Mapping[str, Relationship]) -> Maintenance:
        """One that has ended, about no more than what is still off: somebody may have switched it on since."""
        if not self.ended:
            return self
        those = {name: relationships[name] for name in self.paused if name in relationships}
        those = {name: current for name, current in those.items() if not self.is_of_another(current)}
        off = {name: self.paused[name] for name, current in those.items() if not current.state_switch_interval}
        return replace(self, paused=off)

    def text(self) -> str:
        """In one line of ASCII."""
        return json.dumps(
            {
                "maintenance": self.server,
                "partner": list(self.partner),
                "relationships": list(self.relationships),
                "paused": dict(self.paused),
                "who": self.who,
                "since": self.since and self.since.isoformat(),
                "reason": self.reason,
                "ended": self.ended,
                "own": self.own,
                "run": self.run,
            }
        )


def from_text(file: str, text: str) -> Maintenance | None:
    """The note of a line; None for anything else: a run can be killed while it writes it, before it pauses anything."""
    try:
        return _note(file, json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _note(file: str, found: Any) -> Maintenance:
    since = datetime.fromisoformat(found["since"]) if found["since"] else None
    if (since is not None and since.tzinfo is None) or not found["partner"]:
        raise ValueError("it tells no moment, or not whose pair it is")
    paused = {str(name): int(interval) for name, interval in found["paused"].items()}
    return Maintenance(
        str(found["maintenance"]),
        tuple(map(str, found["partner"])),
        tuple(map(str, found["relationships"])),
        {name: interval for name, interval in paused.items() if 0 < interval <= MOST},
        str(found["who"]),
        since,
        str(found["reason"]),
        found["ended"] is True,
        file,
        found["own"] is True,
        str(found["run"]),
    )
