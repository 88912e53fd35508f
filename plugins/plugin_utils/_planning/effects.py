# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What actions leave behind, and what they need where they stand: for the rows of the table in `kinds`. No I/O.

A wrong effect misleads everything, so it is held by what servers show after each plan of the suite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from ipaddress import IPv4Address

from .._model.scope import Scope
from .._model.scope_specs import would_be as scope_would_be
from .._model.server import RELATIONSHIP_LIMIT
from .._model.settings import SETTINGS
from . import setting_changes
from .actions import Action, list_scopes
from .world import ServerView, World, mirrored

Effect = Callable[[Action, World], World]
Needs = Callable[[Action, World], Iterable[str]]  # what is lacking, in words


def _where(action: Action, world: World) -> ServerView:
    return world.views[action.where]


def _other(action: Action, world: World) -> ServerView | None:
    return None if action.other is None else world.views[action.other]


# --- effects ---------------------------------------------------------------------------------------------------------


def unchanged(action: Action, world: World) -> World:
    return world


def made(action: Action, world: World) -> World:
    return world.having(_where(action, world).with_copies([scope_would_be(action.detail)]))


def switched(active: bool) -> Effect:
    return lambda action, world: world.having(_where(action, world).switched(action.scopes, active))


def members_detached(action: Action, world: World) -> World:
    return world.having(_where(action, world).with_members(action.name, going=action.scopes))


def half_detached(action: Action, world: World) -> World:
    return world.having(_where(action, world).without_half(action.name))


def members_withdrawn(action: Action, world: World) -> World:
    after = members_detached(action, world)
    other = _other(action, after)
    if other is None:
        return after
    return after.having(other.with_members(action.name, going=action.scopes).without_copies(action.scopes))


def relationship_withdrawn(action: Action, world: World) -> World:
    after = half_detached(action, world)
    other = _other(action, after)
    return after if other is None or other.half(action.name) is None else after.having(other.without_half(action.name))


def deleted(action: Action, world: World) -> World:
    return world.having(_where(action, world).without_copies(action.scopes))


def forgotten(action: Action, world: World) -> World:
    return replace(world, secrets=world.secrets.without(action.name))


def created(action: Action, world: World) -> World:
    here = _where(action, world)
    made = setting_changes.would_be(replace(action.detail, partner_server=action.partner), action.scopes)
    after = world.having(here.with_half(made))
    other = _other(action, after)
    return (
        after
        if other is None
        else after.having(_copied(here, other.with_half(mirrored(made, here.name)), action.scopes))
    )


def joined(action: Action, world: World) -> World:
    here = _where(action, world)
    after = world.having(here.with_members(action.name, coming=action.scopes))
    other = _other(action, after)
    if other is None or other.half(action.name) is None:
        return after
    return after.having(_copied(here, other.with_members(action.name, coming=action.scopes), action.scopes))


def _copied(source: ServerView, destination: ServerView, scopes: Iterable[IPv4Address]) -> ServerView:
    return destination.with_copies(source.copies[scope] for scope in scopes if scope in source.copies)


def modified(action: Action, world: World) -> World:
    here = _where(action, world)
    before = here.relationships[action.name]
    after = setting_changes.modified(before, action.detail.changes)
    changed = [
        setting.option for setting in SETTINGS if getattr(after, setting.option) != getattr(before, setting.option)
    ]
    world = world.having(here.with_half(after))
    other = _other(action, world)
    half = other.half(action.name) if other else None
    if other is None or half is None:
        return world
    arrived = mirrored(after, here.name)  # that each setting arrives is likely, and verified afterwards
    theirs = replace(half.relationship, **{option: getattr(arrived, option) for option in changed})
    return world.having(other.with_half(theirs))


def replicated(action: Action, world: World) -> World:
    other = _other(action, world)
    return world if other is None else world.having(_copied(_where(action, world), other, action.scopes))


def imported(action: Action, world: World) -> World:
    made = [Scope(scope, "", "255.255.255.0", "", "", not action.detail.inactive, "Dhcp") for scope in action.scopes]
    return world.having(_where(action, world).with_copies(made))


def declared_down(action: Action, world: World) -> World:
    here = _where(action, world)
    return world.having(here.with_half(replace(here.relationships[action.name], state="PartnerDown")))


# --- needs -----------------------------------------------------------------------------------------------------------


def _copies(action: Action, view: ServerView | None, *, there: bool) -> Iterable[str]:
    """The scopes of which a server has a copy that it must not have, or none."""
    wrong = [scope for scope in action.scopes if view is not None and (scope in view.copies) is not there]
    if view is not None and wrong:
        yield (
            f"{view.name} has no copy of {list_scopes(wrong)}"
            if there
            else f"{view.name} has {list_scopes(wrong)} already"
        )


def has_copies(action: Action, world: World) -> Iterable[str]:
    yield from _copies(action, _where(action, world), there=True)


def has_none(action: Action, world: World) -> Iterable[str]:
    yield from _copies(action, _where(action, world), there=False)


def kept_elsewhere(action: Action, world: World) -> Iterable[str]:
    """The other server has what goes here."""
    yield from has_copies(action, world)
    yield from _copies(action, _other(action, world), there=True)


def has_members(action: Action, world: World) -> Iterable[str]:
    yield from _members_lacking(action, _where(action, world))


def _members_lacking(action: Action, view: ServerView | None) -> Iterable[str]:
    lacking = [scope for scope in action.scopes if view is not None and scope not in view.members(action.name)]
    if view is not None and lacking:
        yield f"{list_scopes(lacking)} is no member of '{action.name}' on {view.name}"


def members_on_both(action: Action, world: World) -> Iterable[str]:
    yield from has_copies(action, world)
    yield from _members_lacking(action, _where(action, world))
    yield from _members_lacking(action, _other(action, world))


def _empty_half(action: Action, view: ServerView | None) -> Iterable[str]:
    if view is None:
        return
    if view.half(action.name) is None:
        yield f"{view.name} has no relationship '{action.name}'"
    elif view.members(action.name):
        yield f"'{action.name}' on {view.name} still has members: {list_scopes(sorted(view.members(action.name)))}"


def half_is_empty(action: Action, world: World) -> Iterable[str]:
    yield from _empty_half(action, _where(action, world))


def empty_on_both(action: Action, world: World) -> Iterable[str]:
    yield from _empty_half(action, _where(action, world))
    yield from _empty_half(action, _other(action, world))


def left_over(action: Action, world: World) -> Iterable[str]:
    where, waits = _where(action, world), action.detail
    for words, wrong in (("in service", where.serves), ("in failover", where.owners.__contains__)):
        found = list(filter(wrong, action.scopes))
        if found:
            yield f"{list_scopes(found)} is {words} on {where.name}"
    yield from kept_elsewhere(action, world)
    if waits and not set(action.scopes) <= world.here.members(waits.relationship):
        yield f"{list_scopes(action.scopes)} is not yet a member of '{waits.relationship}' on {world.here.name}"


def secret_kept(action: Action, world: World) -> Iterable[str]:
    if not world.secrets.exists(action.name):
        yield f"nothing is kept of the secret of '{action.name}'"


def name_is_free(action: Action, world: World) -> Iterable[str]:
    for view in (_where(action, world), _other(action, world)):
        if view is not None and action.name in view.relationships:
            yield f"{view.name} has a relationship '{action.name}' already"
        if view is not None and len(view.relationships) >= RELATIONSHIP_LIMIT:
            yield f"{view.name} has {RELATIONSHIP_LIMIT} relationships already"
    yield from _free_to_come(action, world)


def can_join(action: Action, world: World) -> Iterable[str]:
    yield from has_half(action, world)
    yield from _free_to_come(action, world)


def _free_to_come(action: Action, world: World) -> Iterable[str]:
    yield from has_copies(action, world)
    here, other = _where(action, world), _other(action, world)
    taken = [f"{scope} ('{here.owners[scope]}')" for scope in action.scopes if scope in here.owners]
    if taken:
        yield f"{', '.join(taken)} is in failover on {here.name}"
    yield from _copies(action, other, there=False)


def has_half(action: Action, world: World) -> Iterable[str]:
    where = _where(action, world)
    if where.half(action.name) is None:
        yield f"{where.name} has no relationship '{action.name}'"


def cut_off(action: Action, world: World) -> Iterable[str]:
    yield from has_half(action, world)
    current = _where(action, world).half(action.name)
    if current is not None and current.relationship.state != "CommunicationInterrupted":
        yield f"'{action.name}' is in state {current.relationship.state}"
