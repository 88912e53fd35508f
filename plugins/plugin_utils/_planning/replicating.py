# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The replication of scopes: which of them, in which direction, and what speaks against it. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from .. import content
from ..content import Difference
from ..export import Export
from ..model import Refused, Relationship
from .actions import Direction, Kind, Stage, list_scopes
from .draft import Draft
from .plan import Plan
from .planner import finished
from .world import PartnerRead, ReadRequest, Scopes, ServerView, World

Chosen = Mapping[IPv4Address, Relationship]  # scopes, each with its relationship as this server shows it


@dataclass(frozen=True)
class Replication:
    """The scopes named, those of one relationship, or all; from this server to the partners, or the other way round.

    `force`: also those that do not differ. `keep_days`: of safety copies where something goes; None makes none.
    """

    scopes: Scopes = ()
    relationship: str | None = None
    from_here: bool = True
    force: bool = False
    allow_overwrite: bool = False
    keep_days: int | None = None


def replicate(wanted: Replication, world: World) -> Plan | ReadRequest:
    """The destination's copies become those of the source. Raises Refused for what would stop half-way or be lost."""
    d = Draft(world)
    chosen = members(wanted, world.here)
    groups = by_partner(chosen)
    partners = {name: d.need(replace(_read(group), scopes=tuple(group))) for name, group in groups.items()}
    if d.is_waiting:
        return d.request()
    differs: list[Difference] = []
    steps: list[tuple[str, str, Scopes]] = []
    for name, group in groups.items():
        there = partners[name]
        if there is None:
            raise AssertionError("a partner that was read is a view")
        giver, taker = _ends(wanted, world.here, there)
        differing = content.differences(_export(giver, group), _export(taker, group), group)
        going = [scope for scope in group if wanted.force or scope in {difference.scope_id for difference in differing}]
        _check(going, _direction(wanted, world.here.name, name), _export(giver, group), _export(taker, group))
        differs += differing
        for relationship in dict.fromkeys(current.name for current in group.values()):
            steps.append((name, relationship, tuple(scope for scope in going if group[scope].name == relationship)))
    lost = content.vanishing(differs)
    _check_lost(lost, wanted.allow_overwrite, _direction(wanted, world.here.name, "the partner"))
    _save(wanted, d, groups, {difference.scope_id for difference in lost if difference.scope_id})
    for name, relationship, scopes in steps:
        _add(wanted, d, (name, relationship), scopes)
    return replace(
        finished(d), differences=tuple(differs), diff=(_shown(differs, "destination"), _shown(differs, "source"))
    )


def members(wanted: Replication, here: ServerView) -> Chosen:
    """The scopes to look at. Raises Refused."""
    if wanted.scopes:
        return {scope: _membership(here, scope) for scope in wanted.scopes}
    if wanted.relationship is None:
        return {scope: current for current in here.relationships.values() for scope in current.scopes}
    current = here.find(wanted.relationship, "relationship")
    if current is None:
        raise Refused(f"relationship: '{wanted.relationship}' does not exist on {here.name}.")
    return dict.fromkeys(current.scopes, current.relationship)


def by_partner(chosen: Chosen) -> Mapping[str, Chosen]:
    """The scopes of each partner, by the partner's name as this server has it."""
    groups: dict[str, dict[IPv4Address, Relationship]] = {}
    for scope, relationship in sorted(chosen.items(), key=lambda item: item[0]):
        groups.setdefault(relationship.partner_server, {})[scope] = relationship
    return groups


def _membership(here: ServerView, scope: IPv4Address) -> Relationship:
    if scope in here.owners:
        return here.relationships[here.owners[scope]]
    what = "in no failover relationship" if scope in here.copies else "no scope"
    raise Refused(f"scopes: {scope} is {what} of {here.name}, so there is no partner to replicate it with.")


def _read(group: Chosen) -> PartnerRead:
    relationship = next(iter(group.values()))
    return PartnerRead(relationship.partner_names, relationship.name)


def _ends(wanted: Replication, here: Any, there: Any) -> Any:
    return (here, there) if wanted.from_here else (there, here)


def _direction(wanted: Replication, here: str, there: str) -> Direction:
    return Direction(*_ends(wanted, here, there))


def _export(view: ServerView, group: Chosen) -> Export:
    read = view.content(next(iter(group)))
    if read is None:
        raise AssertionError("the content was asked for")
    return read.export


def _save(wanted: Replication, d: Draft, groups: Mapping[str, Chosen], losing: set[IPv4Address]) -> None:
    """Safety copies of the scopes of which something goes that only the destination has."""
    for group in groups.values():
        scopes = [scope for scope in group if scope in losing]
        if scopes and wanted.keep_days is not None:
            taker = _ends(wanted, d.here, _partner(group, d))[1]
            d.add(Kind.SAVE, taker, group[scopes[0]].name, scopes, detail=wanted.keep_days, stage=Stage.CLEAR)


def _add(wanted: Replication, d: Draft, pair: tuple[str, str], scopes: Scopes) -> None:
    name, relationship = pair
    there = _partner(dict.fromkeys(scopes, d.here.relationships[relationship]), d) if scopes else None
    if there is None:
        return
    giver, taker = _ends(wanted, d.here, there)
    shown = d.here if giver.computer else giver  # the server that runs it
    partner = shown.relationships.get(relationship, d.here.relationships[relationship]).partner_server
    direction = _direction(wanted, d.here.name, name)
    d.add(
        Kind.REPLICATE, giver, relationship, scopes, other=taker.source, partner=partner, normal=True, detail=direction
    )


def _partner(group: Chosen, d: Draft) -> ServerView:
    there = d.world.asked(_read(group))
    if not isinstance(there, ServerView):
        raise AssertionError("the partner was asked for")
    return there


def _check(going: Sequence[IPv4Address], ends: Direction, given: Export, had: Export) -> None:
    gone = [scope for scope in going if scope not in given.scopes]
    if gone:
        raise Refused(
            f"scopes: {list_scopes(gone)} does not exist on {ends.source}, although it is in failover there; "
            f"replicating would take it from {ends.destination} too. Replicate in the other direction, or look at both "
            "servers."
        )
    lacking = content.lacking(given, had, going)
    if lacking:
        raise Refused(
            f"{ends.destination} lacks what the scopes use, and Windows does not replicate it: {', '.join(lacking)}. "
            "Create it there first; nothing was changed."
        )


def _check_lost(lost: Iterable[Difference], allow_overwrite: bool, ends: Direction) -> None:
    if lost and not allow_overwrite:
        words = ", ".join(f"{loss.scope_id} {loss.field} ({loss.destination})" for loss in lost)
        raise Refused(
            f"{ends.destination} has what {ends.source} has not, and replicating would remove it: {words}. Replicate "
            "in the other direction, or say allow_overwrite: true; nothing was changed."
        )


def _shown(differs: Iterable[Difference], side: str) -> Mapping[str, Any]:
    shown: dict[str, dict[str, Any]] = {}
    for difference in differs:
        shown.setdefault(str(difference.scope_id), {})[difference.field] = getattr(difference, side)
    return shown
