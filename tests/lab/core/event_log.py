# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the DHCP services log of failover, in the Windows event log of each server, and who may read it.

C DHCP-EVENTS: ids and insertion strings, but of 20240. C DHCP-FAILOVER-EVENTS: the Admin channel has state changes of
the server and, told by it, of its partner; the Operational channel has changes of the configuration.

Nothing is logged at the time of a change: the halves are compared with what they were when somebody looked last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from lab.core.server import STATES, Relationship, Server

if TYPE_CHECKING:
    from lab.core.world import World

SERVICE = ("S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE")
GONE = "gone"  # an account that no name can be found for
OPEN, CLOSED, DENIED, ABSENT = "open", "closed", "denied", "absent"
AVAILABILITY = (OPEN, CLOSED, DENIED, ABSENT)  # closed: to other servers, by a firewall; absent: there is no provider
MOST = 1000
_ERRORS = ("CommunicationInterrupted", "PartnerDown", "PotentialConflict", "ResolutionInterrupted")
_FSM = {"CommunicationInterrupted": "COMMUNICATION_INT", "ResolutionInterrupted": "RESOLUTION_INT"}


@dataclass(frozen=True)
class Event:
    """``time``: by the clock of the server that logged it. ``user`` "": the service itself."""

    time: datetime
    id: int
    values: tuple[str, ...]
    user: str = ""


@dataclass(frozen=True)
class Query:
    """What is asked for: of which server (``computer`` "": that of the session), and no more than ``most``."""

    computer: str
    ids: Collection[int]
    since: datetime
    most: int


@dataclass(frozen=True)
class Shown:
    """A half, as far as a change of it is logged."""

    peer: str
    state: str
    mode: str
    percentage: int
    mclt: int
    interval: int
    secret: str | None
    scopes: tuple[object, ...]


@dataclass
class EventLogs:
    """``events``: by server, the oldest first. ``seen``: by server and name, the halves when they were looked at
    last; None: nobody did yet."""

    events: dict[str, list[Event]] = field(default_factory=dict)
    seen: dict[tuple[str, str], Shown] | None = None

    def look(self, world: World, user: str = "") -> None:
        """Logs what has changed since the last look. ``user``: who changed it.

        L EVENT-DUMP: that account is the event's user."""
        user = user if world.switches.changes_logged_as == "account" else ""
        now = {
            (server.name, name): _shown(world, server, half)
            for server in world.servers.values()
            for name, half in server.relationships.items()
        }
        before, self.seen = self.seen, now
        if before is None or before == now:
            return
        for key in dict.fromkeys([*before, *now]):
            old, new = before.get(key), now.get(key)
            if old != new and key[0] in world.servers:
                self._log(world, key, old, new, user)

    def _log(self, world: World, key: tuple[str, str], old: Shown | None, new: Shown | None, user: str) -> None:
        server, name = world.servers[key[0]], key[1]
        for number, values in _changes(world, server, name, old, new):
            self.add(world, server, number, values, user)
        half = server.relationships.get(name)
        if new is None or half is None or (old is not None and old.state == new.state):
            return
        number, values = _transition(world, server, name, old.state if old else None, new.state)
        self.add(world, server, number, values)
        peer = world.at(server, half)
        if peer is not None and world.contact(server, half):
            self.add(world, peer, number, values)

    def add(self, world: World, server: Server, number: int, values: tuple[str, ...], user: str = "") -> None:
        """One more, now."""
        logged = self.events.setdefault(server.name, [])
        logged.append(Event(world.now(server.name), number, values, user))
        del logged[:-MOST]

    def found(self, server: Server, query: Query) -> list[Event]:
        """The newest first."""
        there = [one for one in self.events.get(server.name, ()) if one.id in query.ids and one.time >= query.since]
        return there[::-1][: query.most]


def account(user: str) -> tuple[str, str]:
    """The SID of an event's user, and the account where one can be found for it."""
    if not user:
        return SERVICE
    number = int(hashlib.sha256(user.lower().encode()).hexdigest()[:7], 16)
    return f"S-1-5-21-1004336348-1177238915-682003330-{number}", "" if user == GONE else user


def _shown(world: World, server: Server, half: Relationship) -> Shown:
    inverted = half.mode == "LoadBalance" and half.primary != server.name and world.switches.partner_percent_inverts
    return Shown(
        half.peer,
        world.state(server, half),
        half.mode,
        100 - half.percentage if inverted else half.percentage,
        int(half.mclt.total_seconds()),
        int(half.safe_period.total_seconds()) if half.safe_period else 0,
        half.secret,
        tuple(half.scopes),
    )


def _name(world: World, server: str) -> str:
    """U: how a server is told."""
    known = world.servers[server]
    shown = {"fqdn": known.fqdn, "netbios": known.computer_name, "address": str(known.ip)}
    return shown[world.switches.event_names_show]


def _word(world: World, state: str) -> str:
    """U: how a state is told."""
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in state).strip().upper()
    shown = {"upper": spaced, "windows": state, "fsm": _FSM.get(state, spaced.replace(" ", "_"))}
    number = str(STATES.index(state)) if state in STATES else state  # a test may make up a word
    return {**shown, "numbers": number}[world.switches.event_states_show]


def _transition(world: World, server: Server, name: str, old: str | None, new: str) -> tuple[int, tuple[str, ...]]:
    """I DHCP-EVENTS: which of the two ids of each change it is."""
    error = new in _ERRORS if world.switches.error_events == "interruptions" else new != "Normal"
    about = (_name(world, server.name), name)
    if old is None:
        return 20260 if error else 20259, (*about, _word(world, new))
    return 20252 if error else 20251, (*about, _word(world, old), _word(world, new))


def _changes(
    world: World, server: Server, name: str, old: Shown | None, new: Shown | None
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The changes of the configuration, as the Operational channel has them."""
    shown = new or old
    assert shown is not None
    own, peer = _name(world, server.name), _name(world, shown.peer)
    if old is None:
        yield from _created(world, shown, (own, peer, name))
        return
    if new is None:
        yield 20242, (name, own, peer)
        return
    for scope in new.scopes:
        if scope not in old.scopes:
            yield 20243, (str(scope), name, peer)
    for scope in old.scopes:
        if scope not in new.scopes:
            yield 20244, (str(scope), name, peer)
    if old.mclt != new.mclt:
        yield 20245, (name, peer, str(old.mclt), str(new.mclt))
    if old.interval != new.interval:
        yield 20246, (name, peer, str(old.interval), str(new.interval))
    if old.mode != new.mode:
        yield 20249 if new.mode == "LoadBalance" else 20250, (name, peer)
    elif old.percentage != new.percentage:
        number = 20248 if new.mode == "LoadBalance" else 20247
        yield number, (name, peer, str(old.percentage), str(new.percentage))
    if old.secret != new.secret:
        yield 20313 if new.secret is None else 20312 if old.secret is None else 20311, (peer, name)


def _created(world: World, new: Shown, names: tuple[str, str, str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """L EVENT-DUMP: 20240, and what it says. ``names``: of this server, its partner and the relationship."""
    values = (*names, str(new.mclt), str(new.percentage), str(new.interval))
    if new.mode != "LoadBalance":
        yield 20241, (*values, names[0])
    elif world.switches.load_balance_event == "20240":
        yield 20240, values
