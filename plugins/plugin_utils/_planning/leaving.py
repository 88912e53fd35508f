# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every way out of a relationship. No I/O.

The *keeper* is the server that keeps the scopes, always named by the task; the *other* loses its copies. Windows has
two ways to take scopes out: the keeper's removal cmdlet, which needs members on both servers and deletes the other's
copies at once, and the DHCP management API, which takes them out on one server and leaves the copy there. So where both
have a scope as a member, in service, and the other copy is to be deleted, the cmdlet does it; all else (copies that
stay, InActive, and what a broken run left on one server) goes by the API, the other server first.

What is done first is the claim (see `claims`): the other's copy is off. Of a scope that nobody serves it is out of the
relationship instead, and goes while the kept one still is a member.

    resolve_members   which of the chosen scopes are members on either server; the partner is read for it
    leave             other: save, off, out, delete; keeper: out. At no step does a scope lose its last copy
    dissolve          all members leave, and the two halves end (wind_up: once the members are resolved)
    abandon           on this server alone, where the partner is gone for good
    delete_last       copies of a former partner, once the scopes are members of their new relationship
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from .._model.failover_states import CUT_OFF, PARTNER_DOWN
from .._model.identity import Hop
from .._model.refusal import Refused
from .._model.relationship import Relationship
from .._model.texts import few, variable
from .._windows.errors import NothingDone
from .actions import Action, Expendable, Kind, Membership, Stage
from .broken_runs import copied_to, serve_kept
from .checks import check_elsewhere, check_kept, check_said
from .claims import check_in_service, check_not_last
from .draft import Draft, stays
from .plan import Plan
from .read_request import PartnerRead, Scopes, Unread
from .silence import Asking, listen, warn_of_unserved
from .spec import Policy, Spec
from .world import ServerView

_ALONE = (CUT_OFF, PARTNER_DOWN)  # states of a relationship whose partner may be gone for good


@dataclass(frozen=True)
class Leaving:
    """Scopes that leave a relationship, and the partner as it was read for it."""

    name: str
    scopes: Scopes
    partner: ServerView | Unread
    policy: Policy

    def ends(self, d: Draft) -> tuple[ServerView, ServerView]:
        """The server that keeps them and the other one, as they are by now. Raises RemoteFailure for an Unread one."""
        if isinstance(self.partner, Unread):
            raise self.partner.failure
        there = d.view(self.partner.source)
        here = d.world.facing(there)
        return (there, here) if self.policy.keep_scopes_on == "partner" else (here, there)


@dataclass(frozen=True)
class Choice:
    """Which members: those `of` a list (None: all), `but` those of another."""

    of: Collection[IPv4Address] | None = None
    but: Collection[IPv4Address] = ()

    def among(self, members: Iterable[IPv4Address]) -> Scopes:
        """The chosen ones of some members, sorted."""
        chosen = (scope for scope in members if scope not in self.but and (self.of is None or scope in self.of))
        return tuple(sorted(chosen))


def resolve_members(name: str, choice: Choice, policy: Policy, d: Draft, *, elsewhere: bool = False) -> Leaving | None:
    """Which of the chosen scopes are members on either server. None: the partner has to be read first.

    A partner that cannot be read is an answer only where this server has nothing to remove. Raises Refused.
    """
    mine = choice.among(d.here.members(name))
    check_said(name, mine, policy)
    read = PartnerRead(
        d.world.partner_names(name),
        name,
        mine,
        api=bool(mine) and policy.other_copy == "disable",
        first=policy.first,
        elsewhere=elsewhere,
    )
    there = d.ask(read)
    if there is None:
        return None
    if isinstance(there, Unread):
        if mine or choice.of is None:
            gone = (
                ""
                if answers(there)
                else " If the partner is gone for good: orphan: remove_here (failover_orphan: true in the role and "
                "windhcp.failover.decommission). If it got another address or name: partner_host, and the guide's "
                "section about that."
            )
            raise NothingDone(f"{there.failure} Both servers are read before anything is removed.{gone}")
        return Leaving(name, (), there, policy)
    joint = d.here.members(name) & there.members(name)
    going = choice.among(d.here.members(name) | there.members(name))
    check_said(name, going, policy)
    alone = not set(going) <= joint or (choice.of is None and is_half_made(name, d.here, there))
    keeper = there if policy.keep_scopes_on == "partner" else d.here
    idle = not all(map(keeper.serves, going))
    api = alone or idle or (bool(going) and policy.other_copy == "disable")
    partner = d.need(replace(read, scopes=going, api=api))
    return None if partner is None else Leaving(name, going, partner, policy)


def leave(leaving: Leaving, d: Draft) -> None:
    """The scopes are members on neither server then, and the other's copies are deleted or InActive. Raises Refused."""
    name, going, policy = leaving.name, leaving.scopes, leaving.policy
    keeper, other = leaving.ends(d)
    check_kept(going, keeper, other)
    check_elsewhere(name, going, other)
    serve_kept(going, keeper, other, d)
    keeper, other = leaving.ends(d)
    check_in_service(going, keeper, other)
    joint = keeper.members(name) & other.members(name)
    deletes = policy.other_copy == "delete"
    by_cmdlet = [scope for scope in going if scope in joint and deletes and keeper.serves(scope)]
    alone = [scope for scope in going if scope not in by_cmdlet]
    copied = copied_to(name, keeper, other, d.world)
    idle = [scope for scope in alone if scope in joint and deletes]
    copies = [scope for scope in going if scope in other.copies]
    both = not is_half_made(name, keeper, other)
    claim: dict[str, Any] = {"other": keeper.source, "stage": Stage.CLAIM, "normal": both}
    lose: dict[str, Any] = {"other": keeper.source, "stage": Stage.LOSER}
    keep: dict[str, Any] = {"other": other.source, "stage": Stage.KEEPER}
    d.save(other, name, copies, policy.keep_days, other=keeper.source, stage=Stage.CLAIM)
    d.add(Kind.SERVE_OFF, other, name, [scope for scope in going if other.serves(scope)], **claim)
    d.add(Kind.DETACH_MEMBERS, other, name, idle, **claim)
    mine = [scope for scope in alone if scope in other.members(name) and scope not in idle]
    d.add(Kind.DETACH_MEMBERS, other, name, mine, normal=both, **lose)
    if deletes:
        going_copies = [scope for scope in alone if scope in copies]
        check_not_last([scope for scope in going_copies if scope not in copied], name, keeper, other)
        for scope in going_copies:
            d.add(Kind.DELETE, other, name, [scope], detail=Expendable() if scope in copied else None, **lose)
    d.add(Kind.DETACH_MEMBERS, keeper, name, [scope for scope in alone if scope in keeper.members(name)], **keep)
    d.add(Kind.WITHDRAW_MEMBERS, keeper, name, by_cmdlet, partner=_reached(name, keeper), normal=True, **keep)
    if unserved := [scope for scope in going if not keeper.serves(scope)]:
        d.warnings.append(f"{few(unserved)} was in service on no server, and stays out of service on {keeper.name}")


def dissolve(name: str, policy: Policy, d: Draft, *, elsewhere: bool = False) -> Leaving | None:
    """All members leave, and then the relationship goes on both servers. None: the partner has to be read first."""
    leaving = resolve_members(name, Choice(), policy, d, elsewhere=elsewhere)
    if leaving is not None:
        wind_up(leaving, d)
    return leaving


def wind_up(leaving: Leaving, d: Draft) -> None:
    """All members, as they were resolved, leave, and then the relationship goes on both servers."""
    keeper, other = leaving.ends(d)
    by_api = is_half_made(leaving.name, keeper, other) or bool(
        leaving.scopes and leaving.policy.other_copy == "disable"
    )
    leave(leaving, d)
    _end(leaving.name, *leaving.ends(d), by_api=by_api, d=d)


def _end(name: str, keeper: ServerView, other: ServerView, *, by_api: bool, d: Draft) -> None:
    """The empty relationship goes, with what this server keeps of its secret."""
    if keeper.source == d.here.source:
        d.forget_secret(name, Stage.KEEPER, "" if by_api else _reached(name, keeper))
    else:
        d.forget_secret(name, Stage.LOSER)
    if by_api:
        # scopes that go on to another relationship leave later: by the cmdlet, which needs both halves, or from here
        later = any(action.name == name and _leaves_later(action, other) for action in d.actions)
        last = Stage.KEEPER if later else Stage.LOSER
        for view, stage, opposite in ((other, last, keeper), (keeper, Stage.KEEPER, other)):
            if view.half(name):
                d.add(Kind.DETACH_HALF, view, name, other=opposite.source, stage=stage)
    elif keeper.half(name):
        more: dict[str, Any] = {"partner": _reached(name, keeper), "normal": True, "stage": Stage.KEEPER}
        d.add(Kind.WITHDRAW_RELATIONSHIP, keeper, name, other=other.source, **more)


def end_alone(name: str, there: ServerView, *, keeps: bool, d: Draft) -> None:
    """The half that the partner alone has goes, once it is empty. `keeps`: the partner keeps what was in it."""
    if there.half(name) is not None and not there.members(name):
        d.add(Kind.DETACH_HALF, there, name, other=d.here.source, stage=Stage.KEEPER if keeps else Stage.LOSER)


def _leaves_later(action: Action, other: ServerView) -> bool:
    from_it = action.kind is Kind.DETACH_MEMBERS and action.where == other.source
    return action.stage is Stage.KEEPER and (from_it or action.kind is Kind.WITHDRAW_MEMBERS)


def abandon(spec: Spec, scopes: Sequence[IPv4Address] | None, policy: Policy, d: Draft, name: str = "") -> None:
    """On this server alone, through the API, so that nothing is tried on a partner that may come back one day. Raises
    Refused.

    `scopes` None: all, and the relationship.
    """
    name = name or spec.name
    current = d.here.find(name, spec.option)
    going = Choice(scopes).among(d.here.members(name))
    if current is None and scopes is None:
        d.forget_secret(name, Stage.KEEPER)
    if current is None or (scopes is not None and not going):
        return
    if policy.keep_scopes_on == "partner":
        raise Refused(
            "orphan: remove_here keeps the scopes on this server, and keep_scopes_on says partner; leave one of them "
            "out."
        )
    knows_api = d.knows_api(name)  # asked together, since a dead server costs time
    if not (_is_gone(current.relationship, policy, d) and knows_api):
        return
    warn_of_unserved(name, going, d)
    d.add(Kind.DETACH_MEMBERS, d.here, name, going, stage=Stage.KEEPER)
    if scopes is None:
        d.forget_secret(name, Stage.KEEPER)
        d.add(Kind.DETACH_HALF, d.here, name, stage=Stage.KEEPER)


def is_orphan(name: str, policy: Policy, d: Draft) -> bool:
    """Whether what leaves this relationship, which is not to end, leaves it on this server alone."""
    half = d.here.half(name)
    return policy.orphan and half is not None and half.relationship.state in _ALONE


def _is_gone(current: Relationship, policy: Policy, d: Draft) -> bool:
    """Raises Refused where the partner is not; False: that has to be asked first."""
    if current.state not in _ALONE:
        raise Refused(
            f"orphan: '{current.name}' on {d.here.name} is in state {current.state}, so its partner "
            f"{current.partner_server} is not gone; leave orphan ({variable('orphan')}) out."
        )
    # who declared it down has said already that it is off, but nobody may have declared it
    word = current.state != PARTNER_DOWN or bool(current.state_switch_interval)
    so = f"it is not gone (leave orphan, {variable('orphan')}, out)"
    asking = Asking("orphan: ", so, policy.partner_is_off, word, policy.recreate)
    silence = listen(current, asking, d)
    if silence is None:
        return False
    d.warnings.append(
        f"orphan: {current.partner_server}, the partner in '{current.name}', is taken for gone: {silence.words}"
    )
    return True


def answers(there: ServerView | Unread) -> bool:
    """Whether a server is there, although it may refuse access."""
    return not isinstance(there, Unread) or there.answered


def delete_last(leaving: Leaving, goal: Membership, d: Draft) -> None:
    """The copies of a former partner go once each scope is seen to be a member of its new relationship here and on its
    new partner."""
    _keeper, former = leaving.ends(d)
    _delete_at(former, [scope for scope in leaving.scopes if scope in former.copies], goal, d)


def delete_former(spec: Spec, d: Draft) -> None:
    """The copies that a run which was broken off was to delete on a former partner, and left there out of service."""
    current = d.here.half(spec.name)
    if not spec.is_present or spec.policy.other_copy != "delete" or current is None:
        return
    for note in d.world.broken_off:
        scopes = tuple(scope for scope in spec.members if scope in note.claimed)
        if not scopes or current.relationship.partner.is_called(note.partner):
            continue
        there = d.need(PartnerRead.noted(note, scopes))
        if there is not None:
            former = d.view(there.source)
            left = [each for each in scopes if each in former.copies and each not in former.owners]
            goal = Membership(spec.name, current.relationship.partner_server)
            _delete_at(former, [each for each in left if not former.serves(each)], goal, d)


def _delete_at(former: ServerView, copies: Sequence[IPv4Address], goal: Membership, d: Draft) -> None:
    more: dict[str, Any] = {"other": d.here.source, "normal": True, "detail": goal, "stage": Stage.LAST}
    d.add(Kind.DELETE, former, goal.relationship, copies, **more)


def is_half_made(name: str, view: ServerView, other: ServerView) -> bool:
    """Whether one of the two servers has the relationship and the other has not."""
    return (view.half(name) is None) != (other.half(name) is None)


def is_half_done(plan: Plan) -> bool:
    """Whether this server and a partner over a hop, of whose runs no notes are read, differ in what the plan writes to:
    a run was broken off, or is in the middle of it."""
    hops = [view for view in plan.start.views.values() if isinstance(view.source, Hop)]
    scopes: dict[str, set[IPv4Address]] = {}
    for action in plan.actions if hops else ():
        scopes.setdefault(action.name, set()).update(action.scopes)
    for name, written in scopes.items():
        partner = plan.start.partner(name)
        for there in hops:
            here = plan.start.facing(there)
            one_sided = here.members(name) ^ there.members(name)
            is_about = there is partner or there.half(name) is not None
            if is_about and (is_half_made(name, here, there) or not one_sided.isdisjoint(written)):
                return True
    return False


def _reached(name: str, keeper: ServerView) -> str:
    """What the keeper's removal reaches from the server that runs it: the keeper itself over a second hop, else its
    partner."""
    current = keeper.half(name)
    return keeper.computer or (current.relationship.partner_server if current else "")


def purge(spec: Spec, d: Draft) -> None:
    """What is said to leave, and with `exact` every member that is not declared, on whichever of the two servers it is
    one."""
    if spec.leaving is not None:
        _leave_named(spec, spec.leaving, d)
    elif spec.exact and spec.is_present and _was_there_and_stays(spec, d):
        extra = d.here.members(spec.name) - set(spec.members)
        if is_orphan(spec.name, spec.policy, d):
            abandon(spec, tuple(sorted(extra)), spec.policy, d)
        elif extra or d.world.reads_both(spec.name):
            leaving = resolve_members(spec.name, Choice(but=spec.members), spec.policy, d)
            if leaving is not None:
                leave(leaving, d)


def _was_there_and_stays(spec: Spec, d: Draft) -> bool:
    return d.start.here.half(spec.name) is not None and stays(spec.name, d.unfit.get(spec.name, ()))


def _leave_named(spec: Spec, scopes: Scopes, d: Draft) -> None:
    current = d.here.find(spec.name, spec.option)
    if spec.policy.orphan:
        abandon(spec, scopes, spec.policy, d)
        return
    _warn_of_idle(spec, scopes, d)
    if current is None and not d.world.reads_both(spec.name):
        return
    leaving = resolve_members(spec.name, Choice(scopes), spec.policy, d)
    if leaving is not None and isinstance(leaving.partner, Unread):
        d.warnings.append(
            f"nothing had to be removed on {d.here.name}; whether its partner still has one in '{spec.name}' is not "
            f"known: {leaving.partner.failure}"
        )
    elif leaving is not None:
        leave(leaving, d)
        if current is None and leaving.scopes and isinstance(leaving.partner, ServerView):
            there = d.view(leaving.partner.source)
            end_alone(spec.name, there, keeps=spec.policy.keep_scopes_on == "partner", d=d)


def _warn_of_idle(spec: Spec, scopes: Scopes, d: Draft) -> None:
    """Scopes that left before, and that the server which was to keep them does not serve."""
    there = d.world.partner(spec.name)
    keeper, other = (there, d.here) if spec.policy.keep_scopes_on == "partner" else (d.here, there)
    if keeper is None:
        return
    idle = [each for each in scopes if each in keeper.copies and not keeper.serves(each) and each not in keeper.owners]
    if idle:
        served = [each for each in idle if other is not None and other.serves(each)]
        by = f"; {other.name} serves {few(served)}" if other is not None and served else ""
        out = f"{few(idle)} is out of failover, and {keeper.name}"
        d.warnings.append(f"{out}, which was to keep it, does not serve it{by}")
