# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is on a server: its relationships, how the partner's half and content differ, how full the scopes are. No
I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from ipaddress import IPv4Address
from typing import Any

from .._model.relationship import Relationship
from .._model.render import relationship_result
from .._model.scope import Utilisation
from .._windows.export import NOTHING, Export
from . import comparison
from .read_request import OwnRead, PartnerRead, ReadRequest, Unread
from .world import ServerView, World, not_the_partner


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
        return ReadRequest(OwnRead(statistics=wanted.health))
    shown = [it for it in world.here.relationships.values() if wanted.name in (None, it.name)]
    reads = {it.name: PartnerRead(it.partner.names, it.name, it.scopes, leases=False) for it in shown if wanted.drift}
    unknown = tuple(read for read in reads.values() if world.asked(read) is None)
    if unknown:
        return ReadRequest(partners=unknown)
    return [_entry(relationship, reads.get(relationship.name), wanted, world) for relationship in shown]


def _entry(relationship: Relationship, read: PartnerRead | None, wanted: Inspection, world: World) -> Mapping[str, Any]:
    entry = dict(relationship_result(relationship))
    if read is not None:
        there = world.asked(read)
        entry["drift"] = drift(relationship, world.here, there) if there is not None else None
    if wanted.health:
        entry["health"] = health(relationship, world.statistics or {})
    return entry


def drift(relationship: Relationship, here: ServerView, there: ServerView | Unread) -> Mapping[str, Any]:
    """As dhcp_failover_info returns it. What could not be looked at is null and never looks healthy."""
    if isinstance(there, Unread):
        return _problem(str(there.failure))
    if wrong := not_the_partner(relationship.name, relationship.partner.names, there.server):
        return _problem(wrong)
    half = there.half(relationship.name)
    if half is None:
        return _problem(f"the partner has no relationship '{relationship.name}'")
    mine, theirs = set(relationship.scopes), set(half.scopes)
    common = sorted(mine & theirs)
    differs = comparison.differences(_export(here, common), _export(there, common), common)
    return {
        "partner_state": half.relationship.state,
        "in_sync": not differs and mine == theirs,
        "scopes_only_here": [str(scope) for scope in sorted(mine - theirs)],
        "scopes_only_at_partner": [str(scope) for scope in sorted(theirs - mine)],
        "differences": [
            {
                "scope_id": str(difference.scope_id),
                "field": difference.field,
                "this_server": difference.source,
                "partner": difference.destination,
            }
            for difference in differs
        ],
        "problem": None,
    }


def _export(view: ServerView, scopes: Sequence[IPv4Address]) -> Export:
    read = view.content(scopes[0]) if scopes else None
    return read.export if read else NOTHING


_KEYS = ("partner_state", "in_sync", "scopes_only_here", "scopes_only_at_partner", "differences")


def _problem(words: str) -> Mapping[str, Any]:
    return {**dict.fromkeys(_KEYS), "problem": words}


def health(relationship: Relationship, statistics: Mapping[IPv4Address, Utilisation]) -> Mapping[str, Any]:
    """How full the relationship's scopes are, the fullest first, and what each server can still give."""
    known = {scope: statistics[scope] for scope in relationship.scopes if scope in statistics}
    fullest = sorted(known, key=lambda scope: (-(known[scope].percent_in_use or 0), scope))
    return {
        "healthy": relationship.state == "Normal" and all(one.free for one in known.values()),
        "in_use": sum(one.in_use for one in known.values()),
        "free": sum(one.free for one in known.values()),
        "free_here": sum(one.free_here or 0 for one in known.values()),
        "free_at_partner": sum(one.free_at_partner or 0 for one in known.values()),
        "scopes": [{"scope_id": str(scope), **asdict(known[scope])} for scope in fullest],
    }
