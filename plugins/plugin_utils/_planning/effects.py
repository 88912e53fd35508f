# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What actions leave behind, and what they need where they stand: for the rows of the table in `action_table`. No I/O.

An *effect* is what Windows does with an action, as a function of the world: on the view of the server that it is done
on (`where`), and on that of the second one (`other`), if that was read. It changes halves and their settings, members,
copies and whether they serve, and what is kept of secrets; leases, and states that pass by themselves, are not
foreseen. *Needs* are what has to be there before, as words for what is lacking; the proof asks them of every action, in
the world where it stands.

Draft, check mode, diff, removals and proof all believe the effects. A wrong one misleads everything, so they are held
by what servers show after each plan of the suite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from ipaddress import IPv4Address

from .._model.failover_states import CUT_OFF, PARTNER_DOWN
from .._model.maintenance_note import Maintenance
from .._model.relationship_settings import SETTINGS
from .._model.scope import Scope
from .._model.scope_specs import would_be as scope_would_be
from .._model.server import RELATIONSHIP_LIMIT
from . import setting_changes
from .actions import Action, Expendable, Membership, list_scopes
from .world import ServerView, World, mirrored

Effect = Callable[[Action, World], World]
Needs = Callable[[Action, World], Iterable[str]]  # what is lacking, in words
Check = Callable[[Action, ServerView], Iterable[str]]  # the same, of one server


def _where(action: Action, world: World) -> ServerView:
    return world.views[action.where]


def _other(action: Action, world: World) -> ServerView | None:
    return None if action.other is None else world.views[action.other]


# --- effects ---------------------------------------------------------------------------------------------------------


def unchanged(action: Action, world: World) -> World:
    """SAVE leaves everything as it is."""
    return world


def _at(change: Callable[[Action, ServerView], ServerView]) -> Effect:
    """It changes the one server that it is done on."""
    return lambda action, world: world.having(change(action, _where(action, world)))


@_at
def made(action: Action, view: ServerView) -> ServerView:
    """MAKE: the scope with all that is in it, which serves only when both servers have it."""
    after = view.with_copies([replace(scope_would_be(action.detail), active=False)])
    return after.with_details(action.detail.scope_id, action.detail.details)


completed = _at(lambda action, view: view.with_details(action.scopes[0], action.detail))
switched_on = _at(lambda action, view: view.switched(action.scopes, True))
switched_off = _at(lambda action, view: view.switched(action.scopes, False))
members_detached = _at(lambda action, view: view.with_members(action.name, going=action.scopes))  # the copies stay
half_detached = _at(lambda action, view: view.without_half(action.name))
deleted = _at(lambda action, view: view.without_copies(action.scopes))


def members_withdrawn(action: Action, world: World) -> World:
    """WITHDRAW_MEMBERS: no members on either server, and no copies on the other one."""
    after = members_detached(action, world)
    other = _other(action, after)
    if other is None:
        return after
    return after.having(other.with_members(action.name, going=action.scopes).without_copies(action.scopes))


def relationship_withdrawn(action: Action, world: World) -> World:
    """WITHDRAW_RELATIONSHIP: no relationship on either server."""
    after = half_detached(action, world)
    other = _other(action, after)
    return after if other is None or other.half(action.name) is None else after.having(other.without_half(action.name))


def forgotten(action: Action, world: World) -> World:
    """FORGET: nothing is kept of the secret."""
    return replace(world, secrets=world.secrets.without(action.name))


def created(action: Action, world: World) -> World:
    """CREATE: both servers have the relationship, and the other one copies of its scopes."""
    here = _where(action, world)
    new = setting_changes.would_be(replace(action.detail, partner_server=action.partner), action.scopes)
    after = world.having(here.with_half(new))
    other = _other(action, after)
    if other is None:
        return after
    return after.having(_copied(here, other.with_half(mirrored(new, here.name)), action.scopes))


def joined(action: Action, world: World) -> World:
    """JOIN: members on both servers, and copies on the other one."""
    here = _where(action, world)
    after = world.having(here.with_members(action.name, coming=action.scopes))
    other = _other(action, after)
    if other is None or other.half(action.name) is None:
        return after
    return after.having(_copied(here, other.with_members(action.name, coming=action.scopes), action.scopes))


def _copied(source: ServerView, destination: ServerView, scopes: Iterable[IPv4Address]) -> ServerView:
    return destination.with_copies(source.copies[scope] for scope in scopes if scope in source.copies)


def modified(action: Action, world: World) -> World:
    """MODIFY: both halves have the new values; that each arrives is likely, and verified afterwards."""
    here = _where(action, world)
    before = here.relationships[action.name]
    after = setting_changes.modified(before, action.detail.changes)
    sent = action.detail.changes
    changed = [
        it.option
        for it in SETTINGS
        if it.option in sent
        or (it.mode and "mode" in sent)  # the partner may have another one, where this server has it already
        or getattr(after, it.option) != getattr(before, it.option)
    ]
    world = world.having(here.with_half(after))
    other = _other(action, world)
    half = other.half(action.name) if other else None
    if other is None or half is None:
        return world
    arrived = mirrored(after, here.name)
    theirs = replace(half.relationship, **{option: getattr(arrived, option) for option in changed})
    return world.having(other.with_half(theirs))


def replicated(action: Action, world: World) -> World:
    """REPLICATE: the other server's copies are those of the source."""
    other = _other(action, world)
    return world if other is None else world.having(_copied(_where(action, world), other, action.scopes))


@_at
def imported(action: Action, view: ServerView) -> ServerView:
    """IMPORT: the scopes are there, as far as a plan has to know them."""
    active = not action.detail.inactive
    return view.with_copies(Scope(scope, "", "255.255.255.0", "", "", active, "Dhcp") for scope in action.scopes)


@_at
def declared_down(action: Action, view: ServerView) -> ServerView:
    """DOWN: this server's half is in state PartnerDown."""
    return view.with_half(replace(view.relationships[action.name], state=PARTNER_DOWN))


def note_laid(action: Action, world: World) -> World:
    """LAY_NOTE: the server has the note, in the place of one of its name."""
    note: Maintenance = action.detail
    return _with_notes(action, world, (*_without(note, action, world), note))


def note_lifted(action: Action, world: World) -> World:
    """LIFT_NOTE: the server has no note of its name."""
    return _with_notes(action, world, _without(action.detail.note, action, world))


def _without(gone: Maintenance, action: Action, world: World) -> tuple[Maintenance, ...]:
    return tuple(note for note in world.maintenance.get(action.where, ()) if note.file != gone.file)


def _with_notes(action: Action, world: World, notes: tuple[Maintenance, ...]) -> World:
    return replace(world, maintenance={**world.maintenance, action.where: notes})


# --- needs -----------------------------------------------------------------------------------------------------------


def _on_one(check: Check) -> Needs:
    """The server that it is done on has to pass."""
    return lambda action, world: check(action, _where(action, world))


def _on_both(check: Check) -> Needs:
    """The other server has to pass too, as far as it was read."""
    return lambda action, world: [
        words for view in (_where(action, world), _other(action, world)) if view for words in check(action, view)
    ]


def _all_of(*needs: Needs) -> Needs:
    return lambda action, world: [words for need in needs for words in need(action, world)]


def _copies(action: Action, view: ServerView) -> Iterable[str]:
    if absent := [scope for scope in action.scopes if scope not in view.copies]:
        yield f"{view.name} has no copy of {list_scopes(absent)}"


def _no_copies(action: Action, view: ServerView) -> Iterable[str]:
    if there := [scope for scope in action.scopes if scope in view.copies]:
        yield f"{view.name} has {list_scopes(there)} already"


def _members(action: Action, view: ServerView) -> Iterable[str]:
    if lacking := view.lacking(action.name, action.scopes):
        yield f"{list_scopes(lacking)} is no member of '{action.name}' on {view.name}"


def _half(action: Action, view: ServerView) -> Iterable[str]:
    if view.half(action.name) is None:
        yield f"{view.name} has no relationship '{action.name}'"


def _empty_half(action: Action, view: ServerView) -> Iterable[str]:
    yield from _half(action, view)
    if members := view.members(action.name):
        yield f"'{action.name}' on {view.name} still has members: {list_scopes(sorted(members))}"


def _cut_off(action: Action, view: ServerView) -> Iterable[str]:
    yield from _half(action, view)
    current = view.half(action.name)
    if current is not None and current.relationship.state != CUT_OFF:
        yield f"'{action.name}' is in state {current.relationship.state}"


def _room(action: Action, view: ServerView) -> Iterable[str]:
    if action.name in view.relationships:
        yield f"{view.name} has a relationship '{action.name}' already"
    if len(view.relationships) >= RELATIONSHIP_LIMIT:
        yield f"{view.name} has {RELATIONSHIP_LIMIT} relationships already"


def _no_owner(action: Action, view: ServerView) -> Iterable[str]:
    if taken := [f"{scope} ('{view.owners[scope]}')" for scope in action.scopes if scope in view.owners]:
        yield f"{', '.join(taken)} is in failover on {view.name}"


def _other_has_none(action: Action, world: World) -> Iterable[str]:
    other = _other(action, world)
    return [] if other is None else _no_copies(action, other)


def left_over(action: Action, world: World) -> Iterable[str]:
    """Out of service and in no relationship, kept by another server; what their end waits for is there."""
    waits = action.detail if isinstance(action.detail, Membership) else None
    yield from is_idle(action, world)
    yield from kept_elsewhere(action, world)
    yield from _kept_is_last(action, world)
    if waits and not set(action.scopes) <= world.here.members(waits.relationship):
        yield f"{list_scopes(action.scopes)} is not yet a member of '{waits.relationship}' on {world.here.name}"


def _kept_is_last(action: Action, world: World) -> Iterable[str]:
    other = None if isinstance(action.detail, Expendable) else _other(action, world)
    idle = [scope for scope in action.scopes if other and not other.serves(scope) and scope not in other.owners]
    if other and idle:
        yield f"{list_scopes(idle)} is on {other.name} neither in service nor in failover"


def secret_kept(action: Action, world: World) -> Iterable[str]:
    """Something is kept of the relationship's secret."""
    if not world.secrets.exists(action.name):
        yield f"nothing is kept of the secret of '{action.name}'"


def _idle(action: Action, view: ServerView) -> Iterable[str]:
    yield from _copies(action, view)
    for words, wrong in (("in service", view.serves), ("in failover", view.owners.__contains__)):
        if scopes := [scope for scope in action.scopes if wrong(scope)]:
            yield f"{list_scopes(scopes)} is {words} on {view.name}"


def anything(action: Action, world: World) -> Iterable[str]:
    """LAY_NOTE needs nothing."""
    return ()


def has_note(action: Action, world: World) -> Iterable[str]:
    """The note is there."""
    if action.detail.note.file not in {note.file for note in world.maintenance.get(action.where, ())}:
        yield f"{_where(action, world).name} has no such note"


is_idle = _on_one(_idle)
has_copies, has_none, has_members = _on_one(_copies), _on_one(_no_copies), _on_one(_members)
kept_elsewhere = _on_both(_copies)
has_half, half_is_empty, empty_on_both = _on_one(_half), _on_one(_empty_half), _on_both(_empty_half)
members_on_both = _all_of(has_copies, _on_both(_members))
_free_to_come = _all_of(has_copies, _on_one(_no_owner), _other_has_none)
name_is_free = _all_of(_on_both(_room), _free_to_come)
can_join = _all_of(has_half, _free_to_come)
cut_off = _on_one(_cut_off)
