# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of kinds: how an action is shown, what runs for it, what it needs and leaves, what undoes it. No I/O.

| kind | needs | undo |
| --- | --- | --- |
| SAVE | the copies are there | - |
| MAKE | the id is free | stays |
| SERVE on, off | a copy; off: the kept one is there | the reverse |
| DETACH members, half | members there; no members left | none, the next run goes on |
| WITHDRAW members, relationship | members on both; empty on both | IMPORT of SAVE, by a person |
| DELETE | off, in no relationship, kept elsewhere | IMPORT, by a person |
| FORGET | something is kept of the secret | it is sent once more |
| CREATE, JOIN | name free, half there; copy here in no relationship, none there | next run: DETACH, again |
| MODIFY | the half is there | next run |
| REPLICATE, IMPORT, DOWN | a copy; ids free; CommunicationInterrupted | SAVE; -; - |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .. import cmdlets, durations, kept_secret
from ..cmdlets import Operation
from ..model import Definition, ScopeDefinition
from . import effects, settings
from .actions import Action, Kind, list_scopes
from .effects import Effect, Needs
from .world import ServerView, World


@dataclass(frozen=True)
class Row:
    """`alone`: it touches one server's part and leaves the relationship as it is. `ends`: the relationship is gone
    after it.

    `proofs`: reads that have to succeed before it. `then`: what holds only when everything was written.
    """

    words: Callable[[Action, World], str]
    operation: Callable[[Action, ServerView], Operation]
    needs: Needs
    effect: Effect
    alone: bool = False
    ends: bool = False
    proofs: Callable[[Action], tuple[Operation, ...]] = lambda action: ()
    then: Callable[[Action, World], tuple[Operation, ...]] = lambda action, world: ()
    undo: Kind | None = None


def words(action: Action, world: World) -> str:
    """The action as a user is shown it."""
    return KINDS[action.kind].words(action, world)


def operation(action: Action, world: World) -> Operation:
    """What the server that runs the action is sent."""
    return KINDS[action.kind].operation(action, world.views[action.where])


def effect(world: World, action: Action) -> World:
    """The servers after the action."""
    return KINDS[action.kind].effect(action, world)


def needs(world: World, action: Action) -> str | None:
    """What the action needs and does not find, in words; None: it can be done."""
    return next(iter(KINDS[action.kind].needs(action, world)), None)


# --- words -----------------------------------------------------------------------------------------------------------


def _name(action: Action, world: World) -> str:
    return world.views[action.where].name


def _other_name(action: Action, world: World) -> str:
    return world.views[action.other].name if action.other is not None else action.partner


def _save_words(action: Action, world: World) -> str:
    where = world.views[action.where]
    return (
        f"keep a safety copy on {where.runs_on} of what is on {where.name}, with leases: {list_scopes(action.scopes)}"
    )


def _make_words(action: Action, world: World) -> str:
    spec: ScopeDefinition = action.detail
    lease = ""
    if spec.lease_duration is not None:
        unlimited = spec.lease_duration == durations.UNLIMITED
        lease = ", unlimited leases" if unlimited else f", leases of {durations.timespan(spec.lease_duration)}"
    state = "" if spec.active else ", inactive"
    addresses = f"mask {spec.subnet_mask}, {spec.start_range} to {spec.end_range}"
    return f"create scope {spec.scope_id} '{spec.name}' ({addresses}{lease}{state})"


def _switch_words(word: str) -> Callable[[Action, World], str]:
    return lambda action, world: f"{word} {list_scopes(action.scopes)} on {_name(action, world)}"


def _detach_words(action: Action, world: World) -> str:
    return f"take out of relationship '{action.name}' on {_name(action, world)} alone: {list_scopes(action.scopes)}"


def _half_words(action: Action, world: World) -> str:
    return f"remove the relationship '{action.name}' on {_name(action, world)} alone"


def _withdraw_words(action: Action, world: World) -> str:
    ends = f"keeping on {_name(action, world)} and deleting on {_other_name(action, world)}"
    return f"remove from relationship '{action.name}', {ends}: {list_scopes(action.scopes)}"


def _end_words(action: Action, world: World) -> str:
    return f"remove the empty relationship '{action.name}' on {_name(action, world)} and {_other_name(action, world)}"


def _delete_words(action: Action, world: World) -> str:
    copy = f"{list_scopes(action.scopes)} on {_name(action, world)}"
    return f"delete the copy of {copy}, with its leases (DNS records of its clients may go too)"


def _forget_words(action: Action, world: World) -> str:
    return f"forget what {_name(action, world)} keeps of the secret of '{action.name}'"


def _create_words(action: Action, world: World) -> str:
    how = settings.described(action.detail)
    scopes = list_scopes(action.scopes)
    return f"create relationship '{action.name}' with {action.partner} ({how}), copying there: {scopes}"


def _join_words(action: Action, world: World) -> str:
    return f"add to relationship '{action.name}', copying to {action.partner}: {list_scopes(action.scopes)}"


def _modify_words(action: Action, world: World) -> str:
    current = world.views[action.where].relationships[action.name]
    return f"modify relationship '{action.name}': {settings.in_words(current, action.detail.changes)}"


def _replicate_words(action: Action, world: World) -> str:
    ends = action.detail
    return f"replicate from {ends.source} to {ends.destination}, overwriting there: {list_scopes(action.scopes)}"


def _import_words(action: Action, world: World) -> str:
    state = "inactive" if action.detail.inactive else "active"
    also = f"; adds to {_name(action, world)}: {', '.join(action.detail.added)}" if action.detail.added else ""
    return f"bring back from the safety copy, with leases, {state}: {list_scopes(action.scopes)}{also}"


def _down_words(action: Action, world: World) -> str:
    partner = world.views[action.where].relationships[action.name].partner_server
    return f"declare {partner}, the partner of relationship '{action.name}', down"


# --- what runs -------------------------------------------------------------------------------------------------------


def _save(action: Action, where: ServerView) -> Operation:
    return cmdlets.safety_copy(action.scopes, action.name, action.detail, where.computer)


def _modify(action: Action, where: ServerView) -> Operation:
    return cmdlets.set_failover(action.name, action.detail.changes, action.detail.settings.shared_secret)


def _replicate(action: Action, where: ServerView) -> Operation:
    return cmdlets.replicate(action.scopes, where.computer)


def _import(action: Action, where: ServerView) -> Operation:
    copy = action.detail
    return cmdlets.import_copy(copy.path, action.scopes, inactive=copy.inactive, keep_days=copy.keep_days)


def _membership(action: Action) -> tuple[Operation, ...]:
    """That the scope is a member here and on its new partner, where its former partner's copy goes."""
    waits = action.detail
    if waits is None:
        return ()
    (scope,) = action.scopes
    return (
        cmdlets.prove_member(waits.relationship, scope),
        cmdlets.prove_member(waits.relationship, scope, waits.partner),
    )


def _keeps(spec: Definition, world: World) -> tuple[Operation, ...]:
    """What follows the sending of a secret."""
    if not spec.shared_secret or spec.update_secret != "on_change":
        return ()
    return (world.secrets.keep(spec.name, spec.shared_secret),)


def _keeps_if_sent(action: Action, world: World) -> tuple[Operation, ...]:
    return _keeps(action.detail.settings, world) if settings.touches_secret(action.detail.changes) else ()


KINDS: Mapping[Kind, Row] = {
    Kind.SAVE: Row(_save_words, _save, effects.has_copies, effects.unchanged, alone=True),
    Kind.MAKE: Row(
        _make_words,
        lambda action, where: cmdlets.add_scope(action.detail),
        effects.has_none,
        effects.made,
        alone=True,
    ),
    Kind.SERVE_ON: Row(
        _switch_words("activate"),
        lambda action, where: cmdlets.activate_scope(action.scopes[0], where.computer),
        effects.has_copies,
        effects.switched(True),
        alone=True,
        undo=Kind.SERVE_OFF,
    ),
    Kind.SERVE_OFF: Row(
        _switch_words("deactivate"),
        lambda action, where: cmdlets.deactivate_scope(action.scopes[0], where.computer),
        effects.kept_elsewhere,
        effects.switched(False),
        alone=True,
        undo=Kind.SERVE_ON,
    ),
    Kind.DETACH_MEMBERS: Row(
        _detach_words,
        lambda action, where: cmdlets.remove_member_here(action.name, action.scopes, where.computer),
        effects.has_members,
        effects.members_detached,
        alone=True,
    ),
    Kind.DETACH_HALF: Row(
        _half_words,
        lambda action, where: cmdlets.remove_relationship_here(action.name, where.computer),
        effects.half_is_empty,
        effects.half_detached,
        ends=True,
    ),
    Kind.WITHDRAW_MEMBERS: Row(
        _withdraw_words,
        lambda action, where: cmdlets.remove_failover_scopes(action.name, action.scopes, where.computer),
        effects.members_on_both,
        effects.members_withdrawn,
    ),
    Kind.WITHDRAW_RELATIONSHIP: Row(
        _end_words,
        lambda action, where: cmdlets.remove_failover(action.name, where.computer),
        effects.empty_on_both,
        effects.relationship_withdrawn,
        ends=True,
    ),
    Kind.DELETE: Row(
        _delete_words,
        lambda action, where: cmdlets.remove_scope(action.scopes[0], where.computer),
        effects.left_over,
        effects.deleted,
        alone=True,
        proofs=_membership,
    ),
    Kind.FORGET: Row(
        _forget_words,
        lambda action, where: kept_secret.drop(action.name),
        effects.secret_kept,
        effects.forgotten,
        alone=True,
    ),
    Kind.CREATE: Row(
        _create_words,
        lambda action, where: cmdlets.add_failover(action.detail, action.partner, action.scopes),
        effects.name_is_free,
        effects.created,
        then=lambda action, world: _keeps(action.detail, world),
    ),
    Kind.JOIN: Row(
        _join_words,
        lambda action, where: cmdlets.add_failover_scopes(action.name, action.scopes),
        effects.can_join,
        effects.joined,
    ),
    Kind.MODIFY: Row(_modify_words, _modify, effects.has_half, effects.modified, then=_keeps_if_sent),
    Kind.REPLICATE: Row(_replicate_words, _replicate, effects.has_copies, effects.replicated),
    Kind.IMPORT: Row(_import_words, _import, effects.has_none, effects.imported, alone=True),
    Kind.DOWN: Row(
        _down_words,
        lambda action, where: cmdlets.partner_down(action.name),
        effects.cut_off,
        effects.declared_down,
        alone=True,
    ),
}
