# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What keeps two runs from taking a scope from both servers of a pair. No I/O.

No lock spans two servers. So the copy that is to go is put out of service first: a *claim*, which every other run sees,
by a connection of its own as over a hop. Only then it is looked whether the kept copy serves, and whether all is as it
was when it was planned. Of two runs of which each would keep what the other takes away, at least one finds the other's
claim there, and undoes its own.

    is_looked_at  whether what is left to be done after the claims is what was planned
    undo          where it is not: what was claimed serves again, but never beside the kept copy outside of failover
    go_on         the same for the claims of broken runs, and for scopes that such a run made
    last_look     in the end: the copies that were to go are gone or out of service, and the kept ones serve
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from .._model.identity import Hop, Source
from .._model.note import Note
from .._model.refusal import NotServing, Refused
from .._model.texts import few
from .actions import Action, Kind, Stage
from .draft import Draft
from .plan import Departure, Plan
from .plan_proof import finished, in_common, serving
from .read_request import PartnerRead, ReadRequest, Unread
from .spec import Spec, named
from .world import ServerView, World

Claims = Mapping[IPv4Address, Source]  # scope -> the server whose copy was put out of service


def made_by(actions: Iterable[Action]) -> Claims:
    """The claims among some actions."""
    off = (action for action in actions if action.kind is Kind.SERVE_OFF and action.stage is Stage.CLAIM)
    return {scope: action.where for action in off for scope in action.scopes}


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


def _told(action: Action) -> Action:
    return replace(action, id=0, normal=False, stage=Stage.MAKE)


def undo(claimed: Claims, world: World) -> Plan | ReadRequest:
    """What serves again of this run's claims."""
    d = Draft(world)
    for scope, source in claimed.items():
        view = d.view(source)
        if scope in view.copies and not view.serves(scope) and _may_serve(scope, view, d.world):
            d.add(Kind.SERVE_ON, view, "", [scope], other=_opposite(view, d.world), stage=Stage.CLAIM)
    return finished(d)


def _may_serve(scope: IPv4Address, view: ServerView, world: World) -> bool:
    """Whether nobody serves the scope, or who does has it in common with this server."""
    others = [other for other in serving(world, scope) if other.source != view.source]
    return all(in_common(view, other, scope, world.here) for other in others)


def _opposite(view: ServerView, world: World) -> Source | None:
    return next((source for source in world.views if source != view.source), None)


# --- what is refused --------------------------------------------------------------------------------------------------


def check_in_service(scopes: Sequence[IPv4Address], keeper: ServerView, other: ServerView) -> None:
    """Raises NotServing for scopes that the server which is to lose them serves alone."""
    alone = [scope for scope in scopes if other.serves(scope) and not keeper.serves(scope)]
    if alone:
        raise NotServing(
            f"keep_scopes_on: {few(alone)} is in service on {other.name} and not on {keeper.name}, which is to keep "
            "it, so nobody would serve it. Where another task is at work on the two servers, run again when it has "
            f"ended; else keep it on {other.name}, or activate it on {keeper.name} first. Nothing was changed."
        )


def check_not_last(scopes: Sequence[IPv4Address], name: str, keeper: ServerView, other: ServerView) -> None:
    """Raises NotServing for copies that are to be deleted, where the kept ones neither serve nor are members: of two
    such copies nobody knows which one is right."""
    alone = [
        scope for scope in scopes if not keeper.serves(scope) and scope not in {*keeper.members(name), *keeper.owners}
    ]
    if alone:
        raise NotServing(
            f"{few(alone)} is in service on no server, and {keeper.name} and {other.name} both have a copy outside of "
            f"failover: compare them, activate the one that is right (on {keeper.name}, where it is to be kept), and "
            "run again. Nothing was changed."
        )


def check_unfinished(name: str, scopes: Sequence[IPv4Address], note: Note, there: ServerView) -> None:
    """Raises Refused for scopes that a run which was broken off left behind in the relationship that they left."""
    left = [scope for scope in scopes if scope in note.scopes and (scope in there.owners or there.serves(scope))]
    if left:
        raise Refused(
            f"scopes: an earlier run ({note.who or 'nobody knows whose'}) that took {few(left)} out of "
            f"'{note.relationship}' was broken off, and {there.name} still has it there or serves it: put into "
            f"'{name}' it would be served by servers that do not have it in common. Finish that first: state: absent "
            f"for '{note.relationship}', with keep_scopes_on and other_copy as then. Nothing was changed."
        )


# --- what broken runs left --------------------------------------------------------------------------------------------


def go_on(d: Draft, desired: Sequence[Spec]) -> None:
    """What a run that did not end put out of service, or made, serves again where both servers have it as a member, or
    nobody else has it; what this plan takes out stays as it leaves it."""
    names = {name.casefold() for name in named(desired)}
    scopes = {scope for spec in desired for scope in (*spec.members, *(spec.leaving or ()))}
    for note in d.world.journal:
        concerned = note.relationship.casefold() in names or not scopes.isdisjoint(note.scopes)
        if concerned and note.run != d.world.run and (note.claimed or note.made):
            there = d.ask(PartnerRead((note.partner,), note.relationship, elsewhere=True))
            if isinstance(there, Unread):
                d.warnings.append(
                    f"an earlier run ({note.who or 'nobody knows whose'}) was broken off while it took "
                    f"{few(sorted(note.claimed))} out of '{note.relationship}', and whether its partner "
                    f"{note.partner} still serves is not known: {there.failure}"
                )
            elif there is not None:
                _switch_on(note, d.view(there.source), d)


def _switch_on(note: Note, there: ServerView, d: Draft) -> None:
    for scope in sorted({*note.claimed, *note.made}):
        both = (d.here, d.view(there.source))
        common = in_common(*both, scope, d.here)
        for view, other in (both, both[::-1]):
            on = d.here if note.claimed.get(scope) == d.here.name else there  # the partner has other names
            claimed = (scope in note.claimed and view.source == on.source) or scope in note.made
            off = scope in view.copies and not view.serves(scope)
            alone = scope not in other.copies and scope not in note.made
            if claimed and off and (common or alone):
                d.add(Kind.SERVE_ON, view, note.relationship, [scope], other=other.source, stage=Stage.SETTLE)
        copies = [view.name for view in both if scope in view.copies]
        idle = not any(d.view(view.source).serves(scope) for view in both)
        if scope in note.claimed and copies and idle and not common:
            d.warnings.append(
                f"{scope} is in service on no server since a run was broken off: activate the copy that is right, on "
                f"{' or '.join(copies)} (Set-DhcpServerv4Scope -State Active)"
            )


# --- in the end -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LastLook:
    """What is still to be done, and what only a person can mend, in sentences."""

    plan: Plan
    wrong: tuple[str, ...] = ()


def last_look(departures: Collection[Departure], world: World) -> LastLook | ReadRequest:
    """Each copy that was to go is gone or out of service and its kept one serves, as far as it was served before."""
    if not world.views:
        return ReadRequest()
    d = Draft(world)
    wrong: list[str] = []
    for departure in departures:
        keeper, loser = (_seen(source, d) for source in (departure.keeper, departure.loser))
        unread = [str(each.failure) for each in (keeper, loser) if isinstance(each, Unread)]
        wrong += [f"what has become of {departure.scope} is not known: {failure}" for failure in unread]
        if isinstance(keeper, ServerView) and isinstance(loser, ServerView):
            wrong += _settle(departure, keeper, loser, d)
    return d.request() if d.is_waiting else LastLook(finished(d), tuple(wrong))


def _seen(source: Source, d: Draft) -> ServerView | Unread | None:
    """A server of an earlier plan of the task, which this one may not have read."""
    if source in d.world.views:
        return d.view(source)
    hop = isinstance(source, Hop)
    return d.ask(PartnerRead((source.computer,) if isinstance(source, Hop) else (), "", elsewhere=hop))


def _settle(departure: Departure, keeper: ServerView, loser: ServerView, d: Draft) -> Iterable[str]:
    scope = departure.scope
    if in_common(keeper, loser, scope, d.here):
        return  # both have it again
    if scope not in keeper.copies:
        yield f"{scope} was to be kept on {keeper.name}, which does not have it any more"
        return
    if departure.deletes and scope in loser.copies and scope not in loser.owners:
        yield f"the copy of {scope} on {loser.name} is still there"
    if not departure.served:
        return
    mends = departure.acted
    if keeper.serves(scope):
        if loser.serves(scope) and scope not in loser.owners and mends:
            d.add(Kind.SERVE_OFF, loser, "", [scope], other=keeper.source, stage=Stage.LOSER)
        elif loser.serves(scope):
            yield f"{scope} is in service on {keeper.name} and on {loser.name}, which do not have it in common"
    elif loser.serves(scope):
        yield f"{scope} was to be kept on {keeper.name}, where it is out of service, and {loser.name} serves it"
    elif mends:
        d.add(Kind.SERVE_ON, keeper, "", [scope], other=loser.source, stage=Stage.KEEPER)
    else:
        yield f"{scope} is in service neither on {keeper.name}, where it was to be kept, nor on {loser.name}"
