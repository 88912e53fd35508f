# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""TEMPORARY: runs the planner of this package in the engine that stands (gather, converge, apply). Goes when they are
one.

WINDHCP_PLANNER=typed puts it in the place of the old planners.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from .. import partner_down_plan, recreate_plan, removal_plan, replicate_plan, scope_plan
from .. import plan as steps
from ..content import Difference
from ..errors import RemoteFailure
from ..export import Export
from ..membership import Joining
from ..model import Definition, Scope, Server, UnknownPartner
from ..recreate_plan import Recreating
from ..removal_plan import Removing
from ..replicate_plan import Chosen, Overwriting, Route
from ..sides import Needed, Side, Sides
from ..view import settings
from . import verbs
from .actions import Action, Kind
from .identity import Connection, Hop, Source, are_one
from .kinds import KINDS, operation, words
from .plan import Plan
from .planner import plan
from .replicating import Replication, by_partner, replicate
from .restoring import saved_state
from .spec import Policy, Spec
from .world import Content, PartnerRead, ReadRequest, ServerView, Unread, World, mirrored, view

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
        if isinstance(source, Hop) and are_one(name, other, here.relationships):
            return source
    return Hop(side.computer or name, side.via)


def _view(side: Side, source: Source) -> ServerView:
    content = () if side.content is None else (Content(side.looked_at, side.content, side.read_at),)
    return replace(view(side.server, source, side.opposite), contents=content, api=side.api)


# --- ReadRequest -> Needed --------------------------------------------------------------------------------------------


def _ask(request: ReadRequest) -> None:
    for spelling in request.resolve:
        raise UnknownPartner(spelling)
    first, *also = map(_needed, request.partners)
    first.also = tuple(also)
    raise first


def _needed(read: PartnerRead) -> Needed:
    more: dict[str, Any] = {"first": read.first.value, "elsewhere": read.elsewhere, "guarded": read.guarded}
    return Needed(read.names, read.relationship, read.scopes, api=read.api, **more)


# --- Action -> Step ---------------------------------------------------------------------------------------------------


def step(action: Action, world: World) -> steps.Step:
    """`world`: before the plan."""
    where, row = world.views[action.where], KINDS[action.kind]
    return steps.Step(
        server=where.runs_on,
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


def as_steps(made: Plan | ReadRequest, specs: Sequence[Spec] = ()) -> steps.Plan:
    """The plan as the engine runs it. Raises Needed or UnknownPartner for a request."""
    if isinstance(made, ReadRequest):
        _ask(made)
        raise AssertionError
    before, after = made.shown
    if specs:
        before, after = ({spec.name: show(spec) for spec in specs} for show in (made.before, made.after))
    if len(specs) == 1:
        before, after = before[specs[0].name], after[specs[0].name]
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


def _found(planner: Callable[[World], Plan | ReadRequest], sides: Sides) -> Plan | ReadRequest:
    """What a planner comes to with these sides, also where they have a partner under whatever name it is asked for."""
    names = list(sides.partners)
    while True:
        made = planner(world_of(sides, names=names))
        reads = made.partners if isinstance(made, ReadRequest) else ()
        more = [read.key for read in reads if read.key not in names and sides.partners.get(read.key) is not None]
        if not more:
            return made
        names += more


def _planned(spec: Spec, sides: Sides) -> steps.Plan:
    return as_steps(_found(lambda world: plan([spec], world), sides), [spec])


# --- the planners of before -------------------------------------------------------------------------------------------


def _policy(how: Removing, **more: Any) -> Policy:
    return Policy(how.keep_scopes_on, how.other_copy, how.orphan, how.keep_days, **more)


def relationship_present(wanted: Definition, sides: Sides, joining: Joining, recreating: Recreating) -> steps.Plan:
    policy = _policy(
        replace(recreating.removing, keep_days=joining.keep_days),
        replace_partner_copy=joining.replace_partner_copy is not None,
        recreate=recreating.when_needed,
        previous_name=recreating.previous_name,
    )
    return _planned(Spec(wanted.name, wanted, wanted.scopes, policy=policy), sides)


def relationship_absent(name: str, sides: Sides, how: Removing) -> steps.Plan:
    return _planned(Spec(name, absent=True, policy=_policy(how)), sides)


def scopes_present(wanted: scope_plan.Wanted, sides: Sides) -> steps.Plan:
    policy = _policy(
        wanted.removing, replace_partner_copy=wanted.joining.replace_partner_copy is not None, move=wanted.move
    )
    return _planned(
        Spec(
            wanted.relationship,
            wanted.definition,
            wanted.scopes,
            wanted.create_scopes,
            exact=wanted.purge,
            create_only=True,
            policy=policy,
            option="relationship",
        ),
        sides,
    )


def scopes_absent(name: str, scopes: Sequence[IPv4Address], sides: Sides, how: Removing) -> steps.Plan:
    return _planned(Spec(name, leaving=tuple(scopes), policy=_policy(how), option="relationship"), sides)


def copies_absent(
    scopes: Sequence[IPv4Address], names: tuple[str, ...], sides: Sides, keep_days: int | None
) -> steps.Plan:
    found = _found(lambda world: verbs.remove_copies(tuple(scopes), names, keep_days, world), sides)
    made = as_steps(found)
    if isinstance(found, ReadRequest) or not made.steps:
        return made
    before, after = verbs.shown_copies(tuple(scopes), found)
    return replace(made, before={"scopes": before}, after={"scopes": after})


def partner_down(name: str, sides: Sides) -> steps.Plan:
    found = _found(lambda world: verbs.declare_down(name, world), sides)
    made = as_steps(found)
    if isinstance(found, ReadRequest):
        return made
    start, end = (world.here.relationships[name] for world in (found.start, found.end))
    return replace(made, before=settings(start), after=settings(end))


# --- replication and restoration, which had pipelines of their own ---


def replication(  # noqa: PLR0913
    chosen: Chosen,
    name: str,
    route: Route,
    here: Export,
    far: Mapping[str, Export],
    force: bool,
    overwriting: Overwriting,
) -> tuple[steps.Plan, Sequence[Difference]]:
    own = Connection.PARTNER if not route.from_here and not route.hop else None
    server = route.runs_on if own is None else next(iter(overwriting.destinations.values())).server
    local = _with_content(view(server, Connection.THIS_SERVER), chosen, here)
    local = replace(local, relationships={**{one.name: one for one in chosen.values()}, **local.relationships})
    views: dict[Source, ServerView] = {local.source: local}
    known: dict[str, Source | Unread] = {}
    for partner, group in by_partner(chosen).items():
        side = overwriting.destinations.get(partner) if route.from_here else None
        connection = own or (Connection.PARTNER if side and side.connection == "partner" else Hop(partner, name))
        there = route.runs_on if own else side.server if side else _as_exported(partner, group, far[partner], name)
        views[connection] = _with_content(view(there, connection), chosen, far[partner])
        known[partner] = connection
    wanted = Replication((), None, route.from_here, force, overwriting.allowed, overwriting.keep_days)
    found = replicate(replace(wanted, scopes=tuple(chosen)), World(views, known))
    made = as_steps(found)
    assert isinstance(found, Plan)
    runs = tuple(
        replace(one, server=action.detail.source) if action.kind is Kind.REPLICATE and route.hop else one
        for one, action in zip(made.steps, found.actions, strict=True)
    )
    before, after = found.shown
    return replace(made, steps=runs, before=before, after=after), found.differences


def _with_content(found: ServerView, scopes: Iterable[IPv4Address], export: Export) -> ServerView:
    return replace(found, contents=(Content(frozenset(scopes), export, None),))


def _as_exported(name: str, group: Chosen, export: Export, here: str) -> Server:
    """A partner of which the content alone was read."""
    copies = [
        Scope(scope, "", "255.255.255.0", "", "", saved_state(export, scope) == "active", "Dhcp")
        for scope in export.scopes
    ]
    return Server(name, (), tuple(mirrored(one, here) for one in dict.fromkeys(group.values())), tuple(copies))


def install(planner: str = os.environ.get("WINDHCP_PLANNER", "")) -> None:
    """Puts these in the place of the old planners, if that is asked for."""
    if planner != "typed":
        return
    recreate_plan.present = relationship_present
    removal_plan.relationship_absent = relationship_absent
    removal_plan.scopes_absent = scopes_absent
    removal_plan.copies_absent = copies_absent
    scope_plan.present = scopes_present
    partner_down_plan.partner_down = partner_down
    replicate_plan.plan = replication
