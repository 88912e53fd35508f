# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is on a server: its relationships, how the partner's half and content differ, how full the scopes are. No
I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from ipaddress import IPv4Address
from typing import Any

from .._model.failover_states import NORMAL, TOLD
from .._model.relationship import Relationship
from .._model.render import relationship_result
from .._model.scope import Utilisation
from . import comparison
from .comparison import Difference
from .read_request import OwnRead, PartnerRead, ReadRequest, Unread
from .recognising import not_the_partner, unknown_half, unknown_partner
from .world import Half, ServerView, World


@dataclass(frozen=True)
class Inspection:
    """What to look at. `name`: of one relationship; None: all of them."""

    name: str | None = None
    drift: bool = False
    health: bool = False


def inspect(wanted: Inspection, world: World) -> Sequence[Mapping[str, Any]] | ReadRequest:
    """The relationships as dhcp_failover_info returns them. A partner that cannot be read is a finding and no
    failure."""
    if not world.views:
        return ReadRequest(OwnRead(statistics=wanted.health, level=wanted.health))
    shown = [current for current in world.here.relationships.values() if wanted.name in (None, current.name)]
    reads = {
        current.name: PartnerRead(current.partner.names, current.name, current.scopes, leases=False)
        for current in shown
        if wanted.drift
    }
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
    return [_entry(relationship, reads.get(relationship.name), wanted, world) for relationship in shown]


def _entry(relationship: Relationship, read: PartnerRead | None, wanted: Inspection, world: World) -> Mapping[str, Any]:
    entry = dict(relationship_result(relationship))
    if read is not None:
        there = world.asked(read)
        entry["drift"] = drift(relationship, world.here, there) if there is not None else None
    if wanted.health:
        level = world.here.level
        entry["health"] = health(relationship, world.statistics or {}, level.authorized if level else None)
    return entry


def drift(relationship: Relationship, here: ServerView, there: ServerView | Unread) -> Mapping[str, Any]:
    """As dhcp_failover_info returns it. What could not be looked at is null and never looks healthy."""
    if isinstance(there, Unread):
        return _problem(str(there.failure))
    if wrong := not_the_partner(PartnerRead(relationship.partner.names, relationship.name), here, there):
        return _problem(wrong)
    half = there.half(relationship.name)
    if half is None:
        return _problem(f"the partner has no relationship '{relationship.name}'")
    mine, theirs = set(relationship.scopes), set(half.scopes)
    common = sorted(mine & theirs, key=int)
    ours, other = here.exported(common), there.exported(common)
    differs = comparison.differences(ours, other, common)
    return {
        "partner_state": half.relationship.state,
        "in_sync": not differs and mine == theirs,
        "scopes_only_here": [str(scope) for scope in sorted(mine - theirs)],
        "scopes_only_at_partner": [str(scope) for scope in sorted(theirs - mine)],
        "differences": [{"scope_id": str(difference.scope_id), **_ends(difference)} for difference in differs],
        "server_differences": list(map(_ends, comparison.level_differences(ours, other))) if common else None,
        "problem": None,
    }


_KEYS = (
    "partner_state",
    "in_sync",
    "scopes_only_here",
    "scopes_only_at_partner",
    "differences",
    "server_differences",
)


def _ends(difference: Difference) -> Mapping[str, str | None]:
    return {"field": difference.field, "this_server": difference.source, "partner": difference.destination}


def _problem(words: str) -> Mapping[str, Any]:
    return {**dict.fromkeys(_KEYS), "problem": words}


def partners_to_ask(names: Iterable[str], world: World) -> ReadRequest | None:
    """Of relationships that are not Normal: their partners that were not asked, where partner_host is auto. None:
    there are none."""
    halves = [half for name in names if (half := world.here.half(name)) and half.relationship.state != NORMAL]
    reads = [PartnerRead(half.relationship.partner.names, half.name, guarded=False) for half in halves]
    reads = [read for read in reads if world.source(read.key) is None]
    return ReadRequest(partners=tuple(reads)) if world.finds_partners and reads else None


def not_normal(names: Iterable[str], world: World) -> Sequence[str]:
    """Warnings of those of the relationships that are there and not Normal, on this server or on a partner that was
    looked at."""
    return [warning for name in names if (half := world.here.half(name)) and (warning := _not_normal(half, world))]


def _not_normal(half: Half, world: World) -> str | None:
    state, there = half.relationship.state, world.partner(half.name)
    theirs = there.half(half.name) if there else None
    other = theirs.relationship.state if theirs else None
    telling = other if state == NORMAL and other else state
    if telling == NORMAL:
        return None
    words = f"relationship '{half.name}' is in state {state} on {half.server}"
    if there is not None and other is None:
        return f"{words}, and {there.name} does not have it: dhcp_failover_relationship with partner_host makes it anew"
    also = f", and {other} on {there.name}" if there else ""
    source = world.source(half.relationship.partner.names[0])
    if there is not None:
        more = ""
    elif isinstance(source, Unread):
        more = f"; its partner could not be looked at: {source.failure}"
    else:
        more = "; with partner_host it is told as well what the partner shows"
    return f"{words}{also}: {TOLD.get(telling, 'what that means is not known')}{more}"


def health(
    relationship: Relationship, statistics: Mapping[IPv4Address, Utilisation], authorized: bool | None = None
) -> Mapping[str, Any]:
    """How full the relationship's scopes are, the fullest first, and what each server can still give. `authorized`:
    whether this server may serve at all; None: that is not known."""
    known = {scope: statistics[scope] for scope in relationship.scopes if scope in statistics}
    fullest = sorted(known, key=lambda scope: (-(known[scope].percent_in_use or 0), scope))
    return {
        "healthy": relationship.state == NORMAL
        and authorized is not False
        and all(scope.free for scope in known.values()),
        "authorized": authorized,
        "in_use": sum(scope.in_use for scope in known.values()),
        "free": sum(scope.free for scope in known.values()),
        "free_here": sum(scope.free_here or 0 for scope in known.values()),
        "free_at_partner": sum(scope.free_at_partner or 0 for scope in known.values()),
        "scopes": [{"scope_id": str(scope), **asdict(known[scope])} for scope in fullest],
    }
