# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the notes of runs that did not end tell the next one: what it has to set right, as far as it is about the same.
No I/O.

    revive      what nobody serves any more since a run was broken off serves again, before all else
    go_on       what was claimed or made by broken runs serves again, but never beside another copy outside of failover
    serve_kept  so do copies that are to be kept
    left_of     what is still left of a note, by what the two servers show

What an addition left on the partner alone is taken back by `additions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from .._model.note import Note
from .._model.refusal import Refused
from .._model.texts import few
from .actions import Kind, Stage
from .draft import Draft
from .plan_proof import in_common
from .read_request import PartnerRead, Unread
from .spec import Spec, named
from .world import ServerView, World


@dataclass(frozen=True)
class About:
    """What a plan is about: relationships, and scopes."""

    names: frozenset[str]
    scopes: frozenset[IPv4Address]

    @staticmethod
    def all_of(desired: Sequence[Spec]) -> About:
        """Of a list."""
        scopes = (scope for spec in desired for scope in (*spec.members, *(spec.leaving or ())))
        return About(frozenset(named(desired)), frozenset(scopes))

    def concerns(self, note: Note) -> bool:
        """Whether a note is about the same."""
        names = {name.casefold() for name in self.names}
        return note.relationship.casefold() in names or not self.scopes.isdisjoint(note.scopes)


def revive(d: Draft, about: About) -> None:
    """Before all else: where nobody serves what a broken run had put out of service on one of two servers that have it
    in common (replication carries that on), the other one does."""
    for note, there in _broken_off(d, about):
        for scope in sorted(note.claimed):
            both = (d.here, d.view(there.source))
            if in_common(*both, scope, d.world) and not any(view.serves(scope) for view in both):
                kept, other = both[::-1] if note.claimed[scope] == d.here.name else both
                d.add(Kind.SERVE_ON, kept, note.relationship, [scope], other=other.source, stage=Stage.MAKE)


def serve_kept(scopes: Sequence[IPv4Address], keeper: ServerView, other: ServerView, d: Draft) -> None:
    """The kept copies serve, which were found out of service where a claim was undone (`carried_on`), and still are
    later."""
    for note in d.world.broken_off:
        called = d.here.name if keeper.source == d.here.source else note.partner
        for scope in scopes:
            off = note.claimed.get(scope) == called and not keeper.serves(scope)
            if off and in_common(keeper, other, scope, d.world):
                d.add(Kind.SERVE_ON, keeper, note.relationship, [scope], other=other.source, stage=Stage.MAKE)


def go_on(d: Draft, about: About, stage: Stage = Stage.SETTLE) -> None:
    """What a run that did not end put out of service, or made, serves again where both servers have it as a member;
    what this plan takes out stays as it leaves it."""
    for note, there in _broken_off(d, about):
        _switch_on(note, d.view(there.source), stage, d)
    for note in d.world.broken_off:
        if about.concerns(note):
            _serve_made(note, stage, d)
            if not (note.claimed or note.made) and not _is_with(d.here, note):
                d.ask(PartnerRead.noted(note))  # a former partner, which nobody asks any more, settles it


def partner_of(note: Note, now: World) -> ServerView | None:
    """The server that a note names, if it was read."""
    return next(
        (view for view in now.views.values() if view is not now.here and now.calls_it(note.partner, view)), None
    )


def left_of(note: Note, now: World) -> Note | None:
    """What is still to be gone on with of a note, by what the two servers show now; None: nothing. All of it, where the
    partner was not read, and is the relationship's still."""
    name, there = note.relationship, partner_of(note, now)
    if there is None:
        left = note.claimed or note.coming or note.made or note.incomplete
        return replace(note, until=None) if left or (note.scopes and _is_with(now.here, note)) else None
    here = now.facing(there)
    claimed = {
        scope: server
        for scope, server in note.claimed.items()
        if not (here.serves(scope) or there.serves(scope))
        or (in_common(here, there, scope, now) and not (here.serves(scope) and there.serves(scope)))
    }
    made = tuple(
        scope
        for scope in note.made
        if scope in here.copies
        and not (here.serves(scope) and (there.serves(scope) or not in_common(here, there, scope, now)))
    )
    incomplete = tuple(
        scope
        for scope in note.incomplete
        if scope in made or (scope in here.copies and not here.serves(scope) and scope not in here.owners)
    )
    apart = (here.members(name) ^ there.members(name)).intersection(note.scopes)
    scopes = tuple(sorted({*apart, *claimed, *made, *incomplete}))
    half_alone = bool(note.coming) and here.half(name) is None and there.half(name) is not None
    if not scopes and not half_alone:
        return None
    coming = note.coming if half_alone or alone_at_partner(note, here, there) else ()
    return replace(note, scopes=scopes, claimed=claimed, coming=coming, made=made, incomplete=incomplete, until=None)


def alone_at_partner(note: Note, here: ServerView, there: ServerView) -> tuple[IPv4Address, ...]:
    """The scopes of this server that the run was adding, and that its partner alone has in the relationship."""
    mine, theirs = here.members(note.relationship), there.members(note.relationship)
    return tuple(scope for scope in note.coming if scope in theirs and scope not in mine and scope in here.copies)


def copied_to(name: str, keeper: ServerView, other: ServerView, now: World) -> frozenset[IPv4Address]:
    """The scopes whose copies on the other server broken runs made of those of this one."""
    if keeper.source != now.here.source:
        return frozenset()
    notes = (note for note in now.broken_off if note.relationship == name and now.calls_it(note.partner, other))
    return frozenset(scope for note in notes for scope in note.coming)


def lacking(d: Draft) -> frozenset[IPv4Address]:
    """Scopes that may not serve yet, since what an earlier run was to put into them may be missing."""
    return frozenset(d.start.incomplete).difference(d.complete)


def is_settled(note: Note, now: World) -> bool:
    """Whether the partner that the note names was looked at, and nothing is half done."""
    there = partner_of(note, now)
    if there is None or left_of(note, now):
        return False
    mine = now.facing(there).half(note.relationship)
    return (mine is None) == (there.half(note.relationship) is None)


def _is_with(here: ServerView, note: Note) -> bool:
    """Whether the relationship is not with another partner by now."""
    half = here.half(note.relationship)
    return half is None or half.relationship.partner.is_called(note.partner)


def _serve_made(note: Note, stage: Stage, d: Draft) -> None:
    """What the run made serves where it is by now, which may be with another partner."""
    for scope in sorted({*note.made} - lacking(d)):
        half = d.here.half(d.here.owners.get(scope, ""))
        if half is None or half.relationship.partner.is_called(note.partner):
            continue
        there = d.ask(PartnerRead(half.relationship.partner.names, half.name))
        if not isinstance(there, ServerView):
            continue
        both = (d.here, d.view(there.source))
        if in_common(*both, scope, d.world):
            for one, other in (both, both[::-1]):
                if not one.serves(scope):
                    d.add(Kind.SERVE_ON, one, half.name, [scope], other=other.source, stage=stage)


def _broken_off(d: Draft, about: About) -> Iterator[tuple[Note, ServerView]]:
    """The notes of broken runs that have something to go on with, and the partners that they name, as far as those are
    known."""
    for note in d.world.broken_off:
        if about.concerns(note) and (note.claimed or note.made):
            there = d.ask(PartnerRead.noted(note))
            if isinstance(there, Unread):
                d.warn(
                    f"an earlier run ({note.whose}) was broken off while it took "
                    f"{few(sorted(note.claimed))} out of '{note.relationship}', and whether its partner "
                    f"{note.partner} still serves is not known: {there.failure}"
                )
            elif there is not None:
                yield note, d.view(there.source)


def _switch_on(note: Note, there: ServerView, stage: Stage, d: Draft) -> None:
    left = lacking(d)
    for scope in sorted({*note.claimed, *note.made}):
        both = (d.here, d.view(there.source))
        common = in_common(*both, scope, d.world)
        for view, other in (both, both[::-1]):
            on = d.here if note.claimed.get(scope) == d.here.name else there  # the partner has other names
            claimed = (scope in note.claimed and view.source == on.source) or scope in note.made
            off = scope in view.copies and not view.serves(scope)
            if claimed and off and common and scope not in left:
                d.add(Kind.SERVE_ON, view, note.relationship, [scope], other=other.source, stage=stage)
        if scope in left and common:
            d.warn(
                f"an earlier run that was broken off created {scope} on {d.here.name}, where it is out of service, and "
                f"options, exclusions or reservations may be missing: compare it with its definition in create_scopes, "
                f"on both servers of '{note.relationship}', and activate it on both (Set-DhcpServerv4Scope)"
            )
        alone = scope in d.here.copies and scope not in d.here.owners
        if scope in note.made and alone and not d.here.serves(scope):
            d.warn(
                f"an earlier run that was broken off created {scope} on {d.here.name}, where it is out of service and "
                f"in no relationship yet: declare it in '{note.relationship}'"
            )
        copies = [view.name for view in both if scope in view.copies]
        idle = not any(d.view(view.source).serves(scope) for view in both)
        if scope in note.claimed and copies and idle and not common:
            d.warnings.append(
                f"{scope} is in service neither on {both[0].name} nor on {both[1].name} since a run was broken off: "
                f"where no other server serves it, activate the copy that is right, on {' or '.join(copies)} "
                "(Set-DhcpServerv4Scope -State Active)"
            )


def check_unfinished(name: str, scopes: Sequence[IPv4Address], note: Note, there: ServerView) -> None:
    """Raises Refused for scopes that a run which was broken off left behind in the relationship that they left."""
    left = [scope for scope in scopes if scope in note.scopes and (scope in there.owners or there.serves(scope))]
    if left:
        raise Refused(
            f"scopes: an earlier run ({note.whose}) that took {few(left)} out of "
            f"'{note.relationship}' was broken off, and {there.name} still has it there or serves it: put into "
            f"'{name}' it would be served by servers that do not have it in common. Finish that first: state: absent "
            f"for '{note.relationship}', with keep_scopes_on and other_copy as then."
        )
