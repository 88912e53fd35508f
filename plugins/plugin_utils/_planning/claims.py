# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What keeps two runs from taking a scope from both servers of a pair. No I/O.

No lock spans two servers. So the copy that is to go is put out of service first: a *claim*, which every other run sees,
by a connection of its own as over a hop. Only then it is looked whether the kept copy serves, and whether all is as it
was when it was planned. Of two runs of which each would keep what the other takes away, at least one finds the other's
claim there, and undoes its own.

    is_looked_at  whether what is left to be done after the claims is what was planned
    undo          where it is not: what was claimed serves again, but never beside the kept copy outside of failover
    turn          one of two runs that undo at the same moment, so that not both copies serve, apart from each other
    yielding      what goes out of service again, where they do nevertheless
    last_look     in the end: the copies that were to go are gone or out of service, and the kept ones serve
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from .._model.identity import Connection, Hop, Source, is_address
from .._model.refusal import NotServing
from .._model.texts import few
from .action_table import KINDS
from .actions import Action, Kind, Stage
from .draft import Draft
from .plan import Departure, Plan
from .plan_proof import finished, in_common, serving
from .read_request import PartnerRead, ReadRequest, Unread
from .world import Half, ServerView, World

Claims = Mapping[IPv4Address, Source]  # scope -> the server whose copy was put out of service


def made_by(actions: Iterable[Action]) -> Claims:
    """The claims among some actions."""
    off = (action for action in actions if action.kind is Kind.SERVE_OFF and action.stage is Stage.CLAIM)
    return {scope: action.where for action in off for scope in action.scopes}


def made_in_service(actions: Iterable[Action]) -> Sequence[IPv4Address]:
    """The scopes among some actions that are created, and are to serve in the end."""
    makes = (action for action in actions if action.kind is Kind.MAKE and action.detail.active)
    return [scope for action in makes for scope in action.scopes]


def is_looked_at(planned: Plan, left: Sequence[Action], now: Plan) -> bool:
    """Whether the plan that is made after the claims says the same as what is left of the first: the same actions, no
    other losses, and the kept copies serve."""
    served = (each for each in planned.departures if each.served)
    if not all(each.keeper in now.start.views and now.start.views[each.keeper].serves(each.scope) for each in served):
        return False
    lost = {(removal.scope_id, what) for removal in now.removals for what in removal.loses}
    known = {(removal.scope_id, what) for removal in planned.removals for what in removal.loses}
    return lost <= known and are_equal(now.actions, left)


def are_equal(some: Iterable[Action], others: Iterable[Action]) -> bool:
    """Whether two lists of actions do the same; safety copies do nothing."""
    one, other = ([_told(action) for action in each if action.kind is not Kind.SAVE] for each in (some, others))
    return one == other


def beyond(some: Iterable[Action], others: Iterable[Action]) -> list[Action]:
    """What of some actions is none of the others, scope by scope: what is left of a plan is part of it, in other pieces
    too. Safety copies do nothing."""
    known = [_told(piece) for action in others for piece in _pieces(action)]
    listed = (action for action in some if action.kind is not Kind.SAVE)
    return [piece for action in listed for piece in _pieces(action) if _told(piece) not in known]


def _pieces(action: Action) -> Iterator[Action]:
    return (replace(action, scopes=(scope,)) for scope in action.scopes) if action.scopes else iter((action,))


def _told(action: Action) -> Action:
    """What a look may have otherwise is left out: the partner of a setting is read only where a note leads there."""
    other = None if action.kind is Kind.MODIFY else action.other
    return replace(action, id=0, normal=False, stage=Stage.MAKE, other=other)


def undo(claimed: Claims, departures: Iterable[Departure], world: World) -> Plan | ReadRequest:
    """What serves again of this run's claims."""
    d = Draft(world)
    for departure in departures:
        scope, loser = departure.scope, departure.loser
        if claimed.get(scope) == loser and {departure.keeper, loser} <= d.world.views.keys():
            view = d.view(loser)
            if scope in view.copies and not view.serves(scope) and _may_serve(scope, view, d.world):
                d.add(Kind.SERVE_ON, view, "", [scope], other=departure.keeper, stage=Stage.CLAIM)
    return finished(d)


def unseen(claimed: Claims, departures: Iterable[Departure], world: World) -> Claims:
    """Those of which one of the two servers cannot be looked at any more, so that nobody knows what has become of them,
    or whether they may be undone."""
    ends = {each.scope: {each.keeper, each.loser} for each in departures}
    return {
        scope: server for scope, server in claimed.items() if not {server, *ends.get(scope, ())} <= world.views.keys()
    }


def yielding(undone: Plan, world: World) -> Plan:
    """What goes out of service again of what was just put back, since another server serves it by now, too, and does
    not have it in common: somebody has put that copy back at the same time."""
    d = Draft(world)
    for action in undone.actions:
        view = d.view(action.where)
        twice = [scope for scope in action.scopes if view.serves(scope) and not _may_serve(scope, view, d.world)]
        d.add(Kind.SERVE_OFF, view, "", twice, other=action.other, stage=Stage.LOSER)
    return finished(d)


def is_contended(back: Plan) -> bool:
    """Whether what would serve again is one of two copies that are out of service and not in common: another run may
    be at the same with the other one."""
    return any(
        scope in other.copies and not other.serves(scope) and not in_common(own, other, scope, back.start)
        for action, own, other in _sides(back)
        for scope in action.scopes
    )


def turn(plan: Plan, before: World) -> int:
    """Of two runs that do the same on both servers the one that is at the primary of a relationship of the two goes on
    at once (0), and the other one after it (1). Both know that, wherever they run and whatever they call the servers.
    Where no half tells, the server's name decides that comes last; and where one is known by an address only nobody
    can tell whose turn it is, and goes on after either (2). `before`: what the runs began with, when the two servers
    still had a relationship."""
    return max((_turn(own, other, before) for _action, own, other in _sides(plan)), default=0)


def _turn(own: ServerView, other: ServerView, before: World) -> int:
    if (is_primary := _is_primary(own, other, before)) is not None:
        return int(not is_primary)
    mine, theirs = (_rank(view.server.host_name or view.name) for view in (own, other))
    return 2 if mine is None or theirs is None else int(mine > theirs)


def _is_primary(own: ServerView, other: ServerView, before: World) -> bool | None:
    """Whether it is, in the first by name of the relationships that the two have, or else had. None: they have none,
    or its halves do not tell (Windows Server 2012) or contradict."""
    for views in ({}, before.views):
        told: dict[str, set[bool]] = {}
        for one, far in ((own, other), (other, own)):
            for half in views.get(one.source, one).server.relationships:
                if half.partner.is_called(far.name) or half.partner.is_same(far.server.identity):
                    is_own = half.is_primary if one is own or half.is_primary is None else not half.is_primary
                    told.setdefault(half.name.casefold(), set()).update(() if is_own is None else (is_own,))
        known = [told[name] for name in sorted(told) if len(told[name]) == 1]
        if known:
            return known[0].pop()
    return None


def _rank(name: str) -> tuple[str, ...] | None:
    """A name in an order that both servers know. None: it is an address."""
    name = name.casefold()
    label = name.partition(".")[0]
    return None if is_address(name) else (label[:15], label, name)  # Windows may cut a name after 15 characters


def _sides(plan: Plan) -> Iterator[tuple[Action, ServerView, ServerView]]:
    """The actions of which both servers were read."""
    views = plan.start.views
    for action in plan.actions:
        if action.other is not None and action.other in views:
            yield action, views[action.where], views[action.other]


def carried_on(claimed: Claims, departures: Iterable[Departure], world: World) -> Claims:
    """The kept copies that are out of service where both servers have the scope in common: replication has carried the
    claim on, or another run claims them. Nobody can tell the two apart at once, so they are left to a later plan."""
    return {
        each.scope: each.keeper
        for each in departures
        if claimed.get(each.scope) == each.loser
        and {each.keeper, each.loser} <= world.views.keys()
        and each.scope in world.views[each.keeper].copies
        and not world.views[each.keeper].serves(each.scope)
        and in_common(world.views[each.keeper], world.views[each.loser], each.scope, world)
    }


def _may_serve(scope: IPv4Address, view: ServerView, world: World) -> bool:
    """Whether nobody serves the scope, or who does has it in common with this server."""
    others = [other for other in serving(world, scope) if other.source != view.source]
    return all(in_common(view, other, scope, world) for other in others)


# --- what is refused --------------------------------------------------------------------------------------------------


def check_in_service(scopes: Sequence[IPv4Address], keeper: ServerView, other: ServerView) -> None:
    """Raises NotServing for scopes that the server which is to lose them serves alone."""
    alone = [scope for scope in scopes if other.serves(scope) and not keeper.serves(scope)]
    if alone:
        raise NotServing(
            f"keep_scopes_on: {few(alone)} is in service on {other.name} and not on {keeper.name}, which is to keep "
            "it, so nobody would serve it. Where another task is at work on the two servers, run again when it has "
            f"ended; else keep it on {other.name}, or activate it on {keeper.name} first."
        )


def check_not_last(scopes: Sequence[IPv4Address], name: str, keeper: ServerView, other: ServerView) -> None:
    """Raises NotServing for copies that are to be deleted, where the kept ones neither serve nor are members: of two
    such copies nobody knows which one is right."""
    alone = [
        scope for scope in scopes if not keeper.serves(scope) and scope not in {*keeper.members(name), *keeper.owners}
    ]
    if alone:
        owner = other.owners.get(alone[0])
        theirs = f"the one on {other.name} is in '{owner}'" if owner else "both are outside of failover"
        raise NotServing(
            f"{few(alone)} is in service on no server, and {keeper.name} and {other.name} both have a copy ({theirs}): "
            f"compare them, activate the one that is right (on {keeper.name}, where it is to be kept), and run again."
        )


def check_first(scopes: Sequence[IPv4Address], here: ServerView, there: ServerView, now: World) -> None:
    """Raises NotServing for scopes that runs have made on both servers, where the other server's goes on: of two that
    would each remove the other's copy only one may."""
    if scopes and _turn(here, there, now):
        raise NotServing(
            f"create_scopes: {few(scopes)} is new and out of service on {here.name} and on {there.name}: two runs "
            "created it at once, or one that was broken off left it there. Where the task on "
            f"{there.name} creates it, too, run that again; else remove the one there (Remove-DhcpServerv4Scope), and "
            "run this one again."
        )


# --- in the end -------------------------------------------------------------------------------------------------------


def joined_meanwhile(plan: Plan, world: World) -> tuple[Departure, ...]:
    """Scopes that came into a relationship while the plan ended it: both servers serve them then, and it did not know
    of them."""
    found: list[Departure] = []
    for action in plan.actions:
        if not KINDS[action.kind].ends or action.sides is None:
            continue
        keeper, loser = action.sides
        if keeper in world.views and loser in world.views:
            found += [
                Departure(scope, keeper, loser, deletes=False, served=True, returns=False, acted=True)
                for scope in sorted(world.views[keeper].copies)
                if _serve_apart(scope, keeper, loser, world) and not _serve_apart(scope, keeper, loser, plan.start)
            ]
    return tuple(dict.fromkeys(found))


def _serve_apart(scope: IPv4Address, one: Source, other: Source, world: World) -> bool:
    both = [world.views[source] for source in (one, other)]
    return all(view.serves(scope) for view in both) and not in_common(both[0], both[1], scope, world)


def is_as_foreseen(expected: World, now: World, source: Source, actions: Iterable[Action]) -> bool:
    """Whether a server shows what the plan's fold says of it, as far as some actions are about it."""
    foreseen, seen = expected.views[source], now.views[source]
    for action in actions:
        wanted, shown = (view.half(action.name) for view in (foreseen, seen))
        if (wanted is None) != (shown is None) or (wanted and shown and not _are_alike(wanted, shown)):
            return False
        for scope in action.scopes:
            if (scope in foreseen.copies, foreseen.serves(scope)) != (scope in seen.copies, seen.serves(scope)):
                return False
    return True


def _are_alike(one: Half, other: Half) -> bool:
    """With the same partner, whatever Windows calls it, and of the same members."""
    same = one.relationship.partner.is_same(other.relationship.partner)
    return same and frozenset(one.scopes) == frozenset(other.scopes)


@dataclass(frozen=True)
class LastLook:
    """What is still to be done, what only a person can mend, and why a server could not be looked at."""

    plan: Plan
    wrong: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


def last_look(departures: Collection[Departure], world: World, joined: Iterable[Action] = ()) -> LastLook | ReadRequest:
    """Each copy that was to go is gone or out of service and its kept one serves, as far as it was served before; what
    was created serves on both servers. Raises Unsafe."""
    if not world.views:
        return ReadRequest()
    d = Draft(world)
    wrong, unseen = [*_settle_joined(tuple(joined), d)], list[str]()
    for departure in departures:
        keeper, loser = (_seen(source, d) for source in (departure.keeper, departure.loser))
        unseen += [str(each.failure) for each in (keeper, loser) if isinstance(each, Unread)]
        if isinstance(keeper, ServerView) and isinstance(loser, ServerView):
            wrong += _settle(departure, keeper, loser, d)
    if d.is_waiting:
        return d.request()
    return LastLook(finished(d), tuple(dict.fromkeys(wrong)), tuple(dict.fromkeys(unseen)))


def _settle_joined(actions: Sequence[Action], d: Draft) -> Iterator[str]:
    """What came into a relationship, and is no more in common, serves on one server; what was created in service, and
    is, on both."""
    made = made_in_service(actions)
    for action in actions:
        if action.kind not in (Kind.JOIN, Kind.CREATE) or action.other is None or action.other not in d.world.views:
            continue
        for scope in action.scopes:
            there = d.view(action.other)
            pair = (d.here, there)
            if in_common(*pair, scope, d.world):
                off = [view.name for view in pair if scope in made and not view.serves(scope)]
                yield from (f"{scope} was created in service, and is out of service on {name}" for name in off)
            elif all(view.serves(scope) for view in pair):
                if _is_elsewhere(scope, there, d.here):
                    yield _twice(scope, *pair)
                else:
                    d.add(Kind.SERVE_OFF, there, "", [scope], other=d.here.source, stage=Stage.LOSER)


def _seen(source: Source, d: Draft) -> ServerView | Unread | None:
    """A server of an earlier plan of the task, which this one may not have read."""
    if source in d.world.views:
        return d.view(source)
    called = source.computer if isinstance(source, Hop) else source.host
    named = () if source == Connection.PARTNER else (called,)
    return d.ask(PartnerRead(named, "", elsewhere=bool(named)))


def _settle(departure: Departure, keeper: ServerView, loser: ServerView, d: Draft) -> Iterable[str]:
    scope = departure.scope
    others = [view.name for view in serving(d.world, scope) if view.source not in (keeper.source, loser.source)]
    if others and not (keeper.serves(scope) or loser.serves(scope)):
        yield f"{scope} is in service on {few(others)}, and not on {keeper.name}, where it was to be kept"
        return
    if in_common(keeper, loser, scope, d.world):  # both have it again
        if departure.served and departure.acted and not (keeper.serves(scope) or loser.serves(scope)):
            d.add(Kind.SERVE_ON, keeper, "", [scope], other=loser.source, stage=Stage.KEEPER)
            d.add(Kind.SERVE_ON, loser, "", [scope], other=keeper.source, stage=Stage.KEEPER)
        return
    if scope not in keeper.copies:
        yield f"{scope} was to be kept on {keeper.name}, which does not have it any more"
        return
    if departure.deletes and scope in loser.copies and scope not in loser.owners:
        yield f"the copy of {scope} on {loser.name} is still there, with leases that it may have given meanwhile"
    if not departure.served:
        return
    mends = departure.acted and not _is_elsewhere(scope, loser, keeper)
    if keeper.serves(scope):
        if loser.serves(scope) and mends:
            d.add(Kind.SERVE_OFF, loser, "", [scope], other=keeper.source, stage=Stage.LOSER)
        elif loser.serves(scope):
            yield _twice(scope, keeper, loser)
    elif loser.serves(scope):
        yield f"{scope} was to be kept on {keeper.name}, where it is out of service, and {loser.name} serves it"
    elif mends:
        d.add(Kind.SERVE_ON, keeper, "", [scope], other=loser.source, stage=Stage.KEEPER)
    else:
        yield f"{scope} is in service neither on {keeper.name}, where it was to be kept, nor on {loser.name}"


def _is_elsewhere(scope: IPv4Address, view: ServerView, other: ServerView) -> bool:
    """Whether a server has a scope in a relationship with a third one, which serves it, too."""
    owner = view.owners.get(scope)
    return owner is not None and not (other.half(owner) and view.half(owner))


def _twice(scope: IPv4Address, one: ServerView, other: ServerView) -> str:
    return f"{scope} is in service on {one.name} and on {other.name}, which do not have it in common"
