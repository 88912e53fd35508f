# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is on a server: its relationships, how the partner's half and content differ, how full the scopes are, since
when it is so. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from ipaddress import IPv4Address
from typing import Any

from .._model.relationship import Relationship
from .._model.render import relationship_result, scope_result
from .._model.scope import Utilisation
from .._windows.safety_copies import SafetyCopies
from .capacity_verdicts import Rates, of_capacity
from .comparison import Difference
from .pair_verdicts import Pair, members_apart, of_pair
from .read_request import OwnRead, PartnerRead, ReadRequest, Unread
from .recognising import unknown_half, unknown_partner
from .server_verdicts import of_double_service, of_others, of_server
from .timeline import Logs, timeline
from .two_servers import of_two_servers, without_repeats
from .verdict import HEALTH, SYNC, Verdict, decided, without
from .world import ServerView, World


@dataclass(frozen=True)
class Inspection:
    """What to look at. `name`: of one relationship; None: all of them. `off`: verdicts that nobody wants. `rates`: new
    clients an hour, where they are told. `scopes`: every scope of the server, with what it gives away."""

    name: str | None = None
    drift: bool = False
    health: bool = False
    off: frozenset[str] = frozenset()
    rates: Rates = field(default_factory=Rates)
    scopes: bool = False
    events: bool = False
    safety_copies: bool = False

    def read_of(self, current: Relationship) -> PartnerRead | None:
        """What is asked of the partner of a relationship."""
        if not (self.drift or self.events):
            return None
        scopes = current.scopes if self.drift else ()
        asked = PartnerRead(current.partner.names, current.name, scopes, leases=False)
        return replace(asked, service=self.health and self.drift, events=self.events)


@dataclass(frozen=True)
class Inspected:
    """The relationships as dhcp_failover_info returns them, and what is to be said of them and of the server. `scopes`,
    `copies`: the scopes of the server and the safety copies on it, where they were asked for."""

    relationships: Sequence[Mapping[str, Any]]
    verdicts: Sequence[Verdict]
    scopes: Sequence[Mapping[str, Any]] | None = None
    copies: SafetyCopies | None = None


def inspect(wanted: Inspection, world: World) -> Inspected | ReadRequest:
    """What is there, and what is wrong with it. A partner that cannot be read is a finding and no failure."""
    if not world.views:
        own = OwnRead(statistics=wanted.health, level=wanted.health, service=wanted.health or wanted.scopes)
        return ReadRequest(replace(own, events=wanted.events, copies=wanted.safety_copies))
    shown = [current for current in world.here.relationships.values() if wanted.name in (None, current.name)]
    reads = {current.name: read for current in shown if (read := wanted.read_of(current))}
    unknown = tuple(read for read in reads.values() if world.asked(read) is None)
    if unknown:
        return ReadRequest(partners=unknown)
    seen = [(read, there) for read in reads.values() if isinstance(there := world.asked(read), ServerView)]
    waits = [
        name
        for read, there in seen
        for name in (*unknown_partner(read, world.here, there), *unknown_half(read.relationship, world.here, there))
    ]
    if waits:
        return ReadRequest(resolve=tuple(waits))
    partners = {name: there for name, read in reads.items() if (there := world.asked(read)) is not None}
    pairs = [Pair(one, world.here, partners[one.name] if wanted.drift else None) for one in shown]
    verdicts = without_repeats(without(_verdicts(pairs, wanted, world), wanted.off))
    entries = [_entry(pair, verdicts, wanted, world) for pair in pairs]
    if wanted.events:
        logs = (_logs(pair, partners[pair.name]) for pair in pairs)
        entries = [{**entry, **timeline(log)} for entry, log in zip(entries, logs, strict=True)]
    scopes = _scopes(world) if wanted.scopes else None
    return Inspected(entries, verdicts, scopes, world.here.kept if wanted.safety_copies else None)


def _logs(pair: Pair, there: ServerView | Unread) -> Logs:
    return Logs(pair.relationship, pair.here, there, replace(pair, there=there).problem)


def _verdicts(pairs: Sequence[Pair], wanted: Inspection, world: World) -> Iterator[Verdict]:
    for pair in pairs:
        yield from of_pair(pair)
        if wanted.health:
            yield from of_capacity(pair, world.statistics or {}, wanted.rates)
    yield from of_two_servers(pairs)
    yield from of_server(world, drift=wanted.drift, health=wanted.health)
    if wanted.drift and wanted.health:
        yield from of_double_service(world.here, pairs)
        yield from of_others(world.here, pairs)


def _entry(pair: Pair, verdicts: Sequence[Verdict], wanted: Inspection, world: World) -> Mapping[str, Any]:
    entry = {
        **relationship_result(pair.relationship),
        "is_primary": pair.relationship.is_primary,
        "partner_names": list(_partner_names(pair)),
    }
    if pair.there is not None:
        entry["drift"] = {**drift(pair), "in_sync": decided(verdicts, SYNC, pair.name)}
    if wanted.health:
        level = world.here.level
        shown = health(pair.relationship, world.statistics or {}, level.authorized if level else None)
        entry["health"] = {"healthy": decided(verdicts, HEALTH, pair.name), **shown}
    return entry


def _partner_names(pair: Pair) -> Sequence[str]:
    """What the relationship calls the partner, and what that calls itself where it was read and is the one."""
    own = pair.there.server.identity.names if isinstance(pair.there, ServerView) and not pair.problem else ()
    return tuple(dict.fromkeys((*pair.relationship.partner.names, *own)))


def _scopes(world: World) -> Sequence[Mapping[str, Any]]:
    """Every scope of the server, with its exclusions and how full it is, where that is known."""
    here = world.here
    excluded, statistics = here.service.exclusions if here.service else None, world.statistics or {}
    unknown = dict.fromkeys(column.name for column in fields(Utilisation))
    return [
        {
            **scope_result(scope),
            "relationship": here.owners.get(scope.scope_id),
            "exclusions": None
            if excluded is None
            else [
                {"start_range": str(one.start), "end_range": str(one.end)} for one in excluded.get(scope.scope_id, ())
            ],
            **(asdict(statistics[scope.scope_id]) if scope.scope_id in statistics else unknown),
        }
        for scope in here.server.scopes
    ]


def drift(pair: Pair) -> Mapping[str, Any]:
    """What the two servers do not have in common, in full. What could not be looked at is null."""
    if pair.problem or not isinstance(pair.there, ServerView):
        return _problem(pair.problem)
    half = pair.there.half(pair.name)
    if half is None:
        return _problem(f"the partner has no relationship '{pair.name}'")
    here_only, there_only = members_apart(pair.relationship, half.relationship)
    return {
        "partner_state": half.relationship.state,
        "scopes_only_here": list(map(str, here_only)),
        "scopes_only_at_partner": list(map(str, there_only)),
        "differences": [{"scope_id": str(difference.scope_id), **_ends(difference)} for difference in pair.differences],
        "server_differences": list(map(_ends, pair.level_differences)) if pair.common else None,
        "problem": None,
    }


_KEYS = (
    "partner_state",
    "scopes_only_here",
    "scopes_only_at_partner",
    "differences",
    "server_differences",
)


def _ends(difference: Difference) -> Mapping[str, str | None]:
    return {"field": difference.field, "this_server": difference.source, "partner": difference.destination}


def _problem(words: str | None) -> Mapping[str, Any]:
    return {**dict.fromkeys(_KEYS), "problem": words}


def health(
    relationship: Relationship, statistics: Mapping[IPv4Address, Utilisation], authorized: bool | None = None
) -> Mapping[str, Any]:
    """How full the relationship's scopes are, the fullest first, and what each server can still give. `authorized`:
    whether this server may serve at all; None: that is not known. A count is null where not all of it is known."""
    known = {scope: statistics[scope] for scope in relationship.scopes if scope in statistics}
    fullest = sorted(known, key=lambda scope: (-(known[scope].percent_in_use or 0), scope))
    complete = len(known) == len(relationship.scopes)

    def total(count: Callable[[Utilisation], int | None]) -> int | None:
        counts = [count(use) for use in known.values()]
        return sum(filter(None, counts)) if complete and None not in counts else None

    return {
        "authorized": authorized,
        "in_use": total(lambda use: use.in_use),
        "free": total(lambda use: use.free),
        "free_here": total(lambda use: use.free_here),
        "free_at_partner": total(lambda use: use.free_at_partner),
        "scopes": [{"scope_id": str(scope), **asdict(known[scope])} for scope in fullest],
    }
