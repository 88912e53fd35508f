# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Additions that were broken off: a run was creating a relationship, or adding scopes to one, and only its partner has
them. No I/O.

Both servers serve such a scope then, and do not have it in common. Windows adds no scope that the partner has, so what
came there is taken back first, whatever the task goes on with: with that partner, with another one, or with none. It is
a copy of what this server has, as its own note tells, so this server keeps the scope; only a task that removes the
relationship, or these scopes from it, says itself who does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address

from .._model.note import Note
from .._model.refusal import NotServing, Refused
from .._model.texts import few
from . import broken_runs
from .broken_runs import About, alone_at_partner
from .checks import check_said
from .draft import Draft
from .leaving import Leaving, end_alone, leave
from .read_request import PartnerRead, Scopes, Unread
from .removals import removal
from .spec import Policy, Spec
from .world import ServerView, World


def take_back(spec: Spec, d: Draft) -> None:
    """What partners alone got from additions that were broken off goes out there again. Raises Refused, and
    RemoteFailure for a partner that cannot be read."""
    for note in [note for note in d.world.broken_off if note.coming]:
        if About.all_of([spec]).concerns(note):
            there = _partner(note, spec.policy, d)
            if there is not None:
                _take_back(note, there, spec, d)


def tell(refused: Refused, about: About, now: World) -> None:
    """What is refused for whatever reason leaves such scopes as they are, which a person has to know."""
    for note in now.broken_off:
        there = broken_runs.partner_of(note, now) if note.coming and about.concerns(note) else None
        if there is not None:
            here = now.facing(there)
            alone = alone_at_partner(note, here, there)
            if twice := [scope for scope in alone if here.serves(scope) and there.serves(scope)]:
                refused.say(
                    f"{refused} And {few(twice)} is in '{note.relationship}' on {there.name} "
                    f"alone, since an earlier run was broken off, and {here.name} and {there.name} both serve it: the "
                    f"next task about it that is not refused takes it out there, or state: absent for "
                    f"'{note.relationship}', with keep_scopes_on: this_server and other_copy: delete."
                )


def _partner(note: Note, policy: Policy, d: Draft) -> ServerView | None:
    read = PartnerRead.noted(note)
    there = d.ask(read)
    if policy.orphan and isinstance(there, Unread):
        d.warn(f"{_broken_off(note, note.coming)}, which may serve it, too, and cannot be read: {there.failure}")
        return None
    return d.need(read)


def _broken_off(note: Note, scopes: Sequence[IPv4Address]) -> str:
    to = f"{note.partner} ('{note.relationship}')"
    return f"an earlier run ({note.whose}) was broken off while it copied {few(scopes)} to {to}"


def _take_back(note: Note, there: ServerView, spec: Spec, d: Draft) -> None:
    name, here = note.relationship, d.world.facing(there)
    half_alone = here.half(name) is None and there.half(name) is not None
    members, copies = alone_at_partner(note, here, there), _left_copies(note, here, there, spec)
    if not (members or copies or half_alone):
        return
    if d.need(_reads(note, (*members, *copies), spec)) is None:
        return
    says = (
        here.half(name) is not None or d.here.half(name) is None
    )  # a third server may have it in common with this one
    said = [scope for scope in members if says and _is_said(scope, name, spec)]
    going = [scope for scope in members if scope not in said]
    going += [scope for scope in copies if not removal(scope, here, there, deleted=True).loses]
    _check_kept(going, note, here, there)
    kept = replace(spec.policy, keep_scopes_on="this_server", other_copy="delete")
    leave(Leaving(name, tuple(sorted(going)), there, kept), d)
    if half_alone:  # else they leave with what else is removed
        check_said(name, said, spec.policy)
        leave(Leaving(name, tuple(said), there, spec.policy), d)
        end_alone(name, d.view(there.source), keeps=bool(said) and spec.policy.keep_scopes_on == "partner", d=d)


def _reads(note: Note, scopes: Scopes, spec: Spec) -> PartnerRead:
    return replace(PartnerRead.noted(note, tuple(sorted(scopes))), api=True, first=spec.policy.first)


def _left_copies(note: Note, here: ServerView, there: ServerView, spec: Spec) -> Scopes:
    """What is out of the relationship already, since a run was broken off that took it back: copies there that are in
    the way of scopes which come, or that are to go. Not where nobody serves the scope: a run there may have made it."""
    policy, left = spec.policy, (scope for scope in note.coming if _is_idle(scope, there) and here.serves(scope))
    goes = policy.keep_scopes_on == "this_server" and policy.other_copy == "delete"
    return tuple(
        scope
        for scope in left
        if scope not in here.owners
        and ((spec.is_present and scope in spec.members) or (goes and _is_said(scope, note.relationship, spec)))
    )


def _is_idle(scope: IPv4Address, view: ServerView) -> bool:
    return scope in view.copies and scope not in view.owners and not view.serves(scope)


def _is_said(scope: IPv4Address, name: str, spec: Spec) -> bool:
    """Whether the task itself removes it from there."""
    return spec.name.casefold() == name.casefold() and (spec.absent or scope in (spec.leaving or ()))


def _check_kept(scopes: Sequence[IPv4Address], note: Note, here: ServerView, there: ServerView) -> None:
    """Raises NotServing where somebody has put this server's copy out of service since, and the other one serves."""
    alone = [scope for scope in scopes if there.serves(scope) and not here.serves(scope)]
    if alone:
        raise NotServing(
            f"{_broken_off(note, alone)}, which alone serves it by now: activate it on {here.name} "
            "(Set-DhcpServerv4Scope -State Active), and run again, which takes it out on the other server."
        )
