# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs the planners of this package in the engine that stands (gather, converge, apply), until that reads and writes
worlds itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from .._model.identity import Connection, Hop, Source, are_one
from .._model.relationship import Relationship
from .._model.scope import Scope
from .._model.server import Server
from .._model.unknown import UnknownPartner
from .._planning.actions import Action, Kind
from .._planning.kinds import KINDS, operation, words
from .._planning.plan import Plan
from .._planning.planner import plan
from .._planning.restoring import ACTIVE, saved_state
from .._planning.spec import Spec
from .._planning.world import Content, PartnerRead, ReadRequest, ServerView, Unread, World, mirrored, view
from .._windows.errors import RemoteFailure
from .._windows.export import Export
from . import steps as steps
from .sides import Needed, Side, Sides

_COPIED = (Kind.CREATE, Kind.JOIN, Kind.REPLICATE)
_REACHES_PARTNER = (*_COPIED, Kind.MODIFY, Kind.WITHDRAW_MEMBERS, Kind.WITHDRAW_RELATIONSHIP, Kind.FORGET, Kind.MAKE)


# --- Sides -> World ---------------------------------------------------------------------------------------------------


def world_of(sides: Sides, names: Iterable[str] | None = None) -> World:
    """What the engine read (`names`: of these partners), with each server once, whatever it was called when it was
    asked for."""
    here = _view(sides.here, Connection.THIS_SERVER)
    views: dict[Source, ServerView] = {here.source: here}
    known: dict[str, Source | Unread] = {}
    for name in sides.partners if names is None else names:
        side = sides.partners.get(name)
        if side is None:
            continue
        if isinstance(side, RemoteFailure):
            known[name] = Unread(side)
            continue
        source = _source(name, side, known, sides.here.server)
        found = _view(side, source)
        if source in views:
            found = replace(
                views[source], contents=(*views[source].contents, *found.contents), api=views[source].api or found.api
            )
        views[source], known[name] = found, source
    return World(views, known, sides.has_partner_host, sides.unfinished, sides.kept, sides.at_once)


def _source(name: str, side: Side, known: dict[str, Source | Unread], here: Server) -> Source:
    if side.connection == "partner":
        return Connection.PARTNER
    for other, source in known.items():
        if isinstance(source, Hop) and are_one(name, other, [one.partner for one in here.relationships]):
            return source
    return Hop(side.computer or name, side.via)


def as_exported(name: str, members: Mapping[IPv4Address, Relationship], export: Export, here: Server) -> Side:
    """A partner over the second hop of which nothing but the content of scopes was read."""
    copies = [
        Scope(scope, "", "255.255.255.0", "", "", saved_state(export, scope) == ACTIVE, "Dhcp")
        for scope in export.scopes
    ]
    server = Server(
        name, (), tuple(mirrored(half, here.name) for half in dict.fromkeys(members.values())), tuple(copies)
    )
    return Side(server, computer=name, via=here.name, content=export, looked_at=frozenset(members))


def _view(side: Side, source: Source) -> ServerView:
    content = () if side.content is None else (Content(side.looked_at, side.content, side.read_at),)
    return replace(view(side.server, source, side.opposite), contents=content, api=side.api)


# --- ReadRequest -> Needed --------------------------------------------------------------------------------------------


def _asked(request: ReadRequest) -> UnknownPartner | Needed:
    if request.resolve:
        return UnknownPartner(request.resolve[0])
    first, *also = map(_needed, request.partners)
    first.also = tuple(also)
    return first


def _needed(read: PartnerRead) -> Needed:
    more: dict[str, Any] = {"first": read.first.value, "elsewhere": read.elsewhere, "guarded": read.guarded}
    return Needed(read.names, read.relationship, read.scopes, api=read.api, **more)


# --- Action -> Step ---------------------------------------------------------------------------------------------------


def step(action: Action, world: World) -> steps.Step:
    """`world`: before the plan."""
    where, row = world.views[action.where], KINDS[action.kind]
    return steps.Step(
        server=where.name if action.kind is Kind.REPLICATE else where.runs_on,
        text=words(action, world),
        operation=operation(action, world),
        relationship=action.name,
        partner=action.partner if action.kind in _REACHES_PARTNER else where.computer or "",
        removes=row.ends,
        copies=action.scopes if action.kind in _COPIED else (),
        here_only=row.alone,
        settled=action.normal,
        proofs=row.proofs(action),
        then=row.then(action, world),
        connection="partner" if where.source is Connection.PARTNER else "this_server",
    )


def as_steps(made: Plan | ReadRequest) -> steps.Plan:
    """The plan as the engine runs it. Raises Needed or UnknownPartner for a request."""
    if isinstance(made, ReadRequest):
        raise _asked(made)
    before, after = made.shown
    return steps.Plan(
        steps=tuple(step(action, made.start) for action in made.actions),
        before=before,
        after=after,
        pending=bool(made.pending),
        creates=made.creates,
        removals=made.removals,
        members=made.members,
        warnings=made.warnings,
    )


def declared(*specs: Spec) -> Callable[[Sides], steps.Plan]:
    """What brings a server to what is declared, for the engine."""
    return planner(lambda world: plan(specs, world))


def planner(typed: Callable[[World], Plan | ReadRequest]) -> Callable[[Sides], steps.Plan]:
    """A planner of worlds as the engine calls it."""
    return lambda sides: as_steps(_found(typed, sides))


def _found(typed: Callable[[World], Plan | ReadRequest], sides: Sides) -> Plan | ReadRequest:
    """What it comes to with these sides, also where they have a partner under whatever name it is asked for."""
    names = list(sides.partners)
    while True:
        made = typed(world_of(sides, names))
        reads = made.partners if isinstance(made, ReadRequest) else ()
        more = [read.key for read in reads if read.key not in names and sides.partners.get(read.key) is not None]
        if not more:
            return made
        names += more
