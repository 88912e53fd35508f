# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of kinds: how an action is shown, what runs for it, what it needs and leaves. No I/O.

What each kind is for, and what undoes it, stands in docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from .._model import durations
from .._model.maintenance_note import Maintenance
from .._model.relationship_settings import DeclaredSettings
from .._model.scope import ScopeSpec
from .._model.texts import few
from .._windows import cmdlets, kept_files, maintenance_notes, scope_cmdlets, secret_record
from .._windows.cmdlets import Operation
from . import effects, setting_changes
from .actions import Action, Kind, Lifting, Membership, SafetyCopy, list_scopes
from .effects import Effect, Needs
from .world import World


class AtOnce(Enum):
    """How many scopes an action of a kind is about."""

    NONE = "it is about the relationship"
    ONE = "one"
    CALL = "as many as Windows takes in one call"
    ALL = "all"


@dataclass(frozen=True)
class Row:
    """`words`: as a user is shown it; `detail`: what of them depends on the action's detail. `alone`: it touches one
    server's part and leaves the relationship as it is. `ends`: the relationship is gone after it.

    `by_name`: it finds the relationship by its name alone. `scopes_at_once`: how many scopes one action is about.
    `reaches_partner`: the server that runs it reaches the partner by itself. `ends_copies`: copies go by it, or are put
    out of service. `changes_content`: of copies that are compared. `proofs`: reads that have to succeed before it.
    `more`: what the same action does after its operation. `then`: what holds only when everything was written."""

    words: str
    operation: Callable[[Action, str | None], Operation]
    needs: Needs
    effect: Effect
    detail: Callable[[Action, World], str] = lambda action, world: ""
    alone: bool = False
    ends: bool = False
    by_name: bool = False
    scopes_at_once: AtOnce = AtOnce.ALL
    reaches_partner: bool = False
    ends_copies: bool = False
    changes_content: bool = False
    proofs: Callable[[Action], tuple[Operation, ...]] = lambda action: ()
    more: Callable[[Action], tuple[Operation, ...]] = lambda action: ()
    then: Callable[[Action, World], tuple[Operation, ...]] = lambda action, world: ()


def words(action: Action, world: World) -> str:
    """The action as a user is shown it."""
    row, where = KINDS[action.kind], world.views[action.where]
    return row.words.format(
        name=action.name,
        where=where.name,
        runs_on=where.runs_on,
        other=world.views[action.other].name if action.other is not None else action.partner,
        partner=action.partner,
        scopes=list_scopes(action.scopes),
        detail=row.detail(action, world),
    )


def operations(action: Action, world: World) -> tuple[Operation, ...]:
    """What the server that runs the action is sent; it is done when the last of them is."""
    row, view = KINDS[action.kind], world.views[action.where]
    operation = row.operation(action, view.computer)
    half = view.half(action.name) if row.by_name else None
    if view.computer and half is not None:  # no mutex and no fingerprint keeps it there as it was read
        operation = cmdlets.only_with(operation, action.name, half.relationship.partner_server, view.computer)
    if view.computer and action.kind is Kind.DELETE:
        operation = cmdlets.only_idle(operation, action.scopes[0], view.computer)
    return (operation, *row.more(action))


def effect(world: World, action: Action) -> World:
    """The servers after the action."""
    return KINDS[action.kind].effect(action, world)


def needs(world: World, action: Action) -> str | None:
    """What the action needs and does not find, in words; None: it can be done."""
    return next(iter(KINDS[action.kind].needs(action, world)), None)


# --- what words and operations take from the detail ------------------------------------------------------------------


def _definition(action: Action, world: World) -> str:
    spec: ScopeSpec = action.detail
    lease = ""
    if spec.lease_duration is not None:
        unlimited = spec.lease_duration == durations.UNLIMITED
        lease = ", unlimited leases" if unlimited else f", leases of {durations.timespan(spec.lease_duration)}"
    state = "" if spec.active else ", inactive"
    inside = "".join(f", {word}" for word in spec.details.words())
    where = f"on {world.views[action.where].name} (mask {spec.subnet_mask}"
    return f"'{spec.name}' {where}, {spec.start_range} to {spec.end_range}{lease}{state}{inside})"


def _changes(action: Action, world: World) -> str:
    return setting_changes.in_words(world.views[action.where].relationships[action.name], action.detail.changes)


def _added(action: Action, world: World) -> str:
    copy: SafetyCopy = action.detail
    also = f"; adds to {world.views[action.where].name}: {', '.join(copy.added)}" if copy.added else ""
    return f"{'inactive' if copy.inactive else 'active'}: {list_scopes(action.scopes)}{also}"


def _import(action: Action, computer: str | None) -> Operation:
    copy: SafetyCopy = action.detail
    return kept_files.import_copy(copy.path, action.scopes, inactive=copy.inactive, keep_days=copy.keep_days)


def _modify(action: Action, computer: str | None) -> Operation:
    return cmdlets.set_failover(action.name, action.detail.changes, action.detail.settings.shared_secret, computer)


def _switched_on(action: Action) -> tuple[Operation, ...]:
    """That automatic switchover is on again, on both servers."""
    lifting: Lifting = action.detail
    ends = (None, lifting.partner)
    return tuple(cmdlets.prove_switchover(name, computer) for name in lifting.back for computer in ends)


def _noted(note: Maintenance) -> str:
    names = few(f"'{name}'" for name in note.relationships)
    if note.ended:
        return f"the maintenance of {note.server} is over ({names}), and automatic switchover is to be put back"
    return f"{note.server} is in maintenance ({names})"


def _membership(action: Action) -> tuple[Operation, ...]:
    """That the scope is a member here and on its new partner, where its former partner's copy goes."""
    waits = action.detail
    if not isinstance(waits, Membership):
        return ()
    (scope,) = action.scopes
    return (
        cmdlets.prove_member(waits.relationship, scope),
        cmdlets.prove_member(waits.relationship, scope, waits.partner),
    )


def _keeps(spec: DeclaredSettings, world: World) -> tuple[Operation, ...]:
    """What follows the sending of a secret."""
    if not spec.shared_secret or spec.update_secret != "on_change":
        return ()
    return (world.secrets.keep(spec.name, spec.shared_secret),)


def _keeps_if_sent(action: Action, world: World) -> tuple[Operation, ...]:
    return _keeps(action.detail.settings, world) if setting_changes.touches_secret(action.detail.changes) else ()


KINDS: Mapping[Kind, Row] = {
    Kind.SAVE: Row(
        "keep a safety copy on {runs_on} of what is on {where}, with leases: {scopes}",
        lambda action, computer: kept_files.safety_copy(action.scopes, action.name, action.detail, computer),
        effects.has_copies,
        effects.unchanged,
        alone=True,
    ),
    Kind.MAKE: Row(
        "create scope {scopes} {detail}",
        lambda action, computer: scope_cmdlets.add_scope(action.detail),
        effects.has_none,
        effects.made,
        _definition,
        alone=True,
        reaches_partner=True,
        more=lambda action: scope_cmdlets.complete(action.scopes[0], action.detail.details),
    ),
    Kind.COMPLETE: Row(
        "complete scope {scopes} on {where}, which a broken run has begun ({detail})",
        lambda action, computer: scope_cmdlets.complete(action.scopes[0], action.detail)[0],
        effects.is_idle,
        effects.completed,
        lambda action, world: ", ".join(action.detail.words()),
        alone=True,
        reaches_partner=True,
        more=lambda action: scope_cmdlets.complete(action.scopes[0], action.detail)[1:],
    ),
    Kind.SERVE_ON: Row(
        "activate {scopes} on {where}",
        lambda action, computer: cmdlets.activate_scope(action.scopes[0], computer),
        effects.has_copies,
        effects.switched_on,
        alone=True,
        scopes_at_once=AtOnce.ONE,
    ),
    Kind.SERVE_OFF: Row(
        "deactivate {scopes} on {where}",
        lambda action, computer: cmdlets.deactivate_scope(action.scopes[0], computer),
        effects.kept_elsewhere,
        effects.switched_off,
        alone=True,
        scopes_at_once=AtOnce.ONE,
        ends_copies=True,
    ),
    Kind.DETACH_MEMBERS: Row(
        "take out of relationship '{name}' on {where} alone: {scopes}",
        lambda action, computer: cmdlets.remove_member_here(action.name, action.scopes, computer),
        effects.has_members,
        effects.members_detached,
        alone=True,
        scopes_at_once=AtOnce.CALL,
        ends_copies=True,
        by_name=True,
    ),
    Kind.DETACH_HALF: Row(
        "remove the relationship '{name}' on {where} alone",
        lambda action, computer: cmdlets.remove_relationship_here(action.name, computer),
        effects.half_is_empty,
        effects.half_detached,
        ends=True,
        scopes_at_once=AtOnce.NONE,
        by_name=True,
    ),
    Kind.WITHDRAW_MEMBERS: Row(
        "remove from relationship '{name}', keeping on {where} and deleting on {other}: {scopes}",
        lambda action, computer: cmdlets.remove_failover_scopes(action.name, action.scopes, computer),
        effects.members_on_both,
        effects.members_withdrawn,
        scopes_at_once=AtOnce.CALL,
        reaches_partner=True,
        ends_copies=True,
        by_name=True,
    ),
    Kind.WITHDRAW_RELATIONSHIP: Row(
        "remove the empty relationship '{name}' on {where} and {other}",
        lambda action, computer: cmdlets.remove_failover(action.name, computer),
        effects.empty_on_both,
        effects.relationship_withdrawn,
        ends=True,
        scopes_at_once=AtOnce.NONE,
        reaches_partner=True,
        by_name=True,
    ),
    Kind.DELETE: Row(
        "delete the copy of {scopes} on {where}, with its leases (DNS records of its clients may go too)",
        lambda action, computer: cmdlets.remove_scope(action.scopes[0], computer),
        effects.left_over,
        effects.deleted,
        alone=True,
        proofs=_membership,
        scopes_at_once=AtOnce.ONE,
        ends_copies=True,
    ),
    Kind.FORGET: Row(
        "forget what {where} keeps of the secret of '{name}'",
        lambda action, computer: secret_record.drop(action.name),
        effects.secret_kept,
        effects.forgotten,
        alone=True,
        scopes_at_once=AtOnce.NONE,
        reaches_partner=True,
    ),
    Kind.CREATE: Row(
        "create relationship '{name}' with {partner} ({detail}), copying there: {scopes}",
        lambda action, computer: cmdlets.add_failover(action.detail, action.partner, action.scopes),
        effects.name_is_free,
        effects.created,
        lambda action, world: setting_changes.described(action.detail),
        then=lambda action, world: _keeps(action.detail, world),
        reaches_partner=True,
    ),
    Kind.JOIN: Row(
        "add to relationship '{name}', copying to {partner}: {scopes}",
        lambda action, computer: cmdlets.add_failover_scopes(action.name, action.scopes),
        effects.can_join,
        effects.joined,
        scopes_at_once=AtOnce.CALL,
        reaches_partner=True,
    ),
    Kind.MODIFY: Row(
        "modify relationship '{name}': {detail}",
        _modify,
        effects.has_half,
        effects.modified,
        _changes,
        then=_keeps_if_sent,
        scopes_at_once=AtOnce.NONE,
        reaches_partner=True,
    ),
    Kind.REPLICATE: Row(
        "replicate from {detail}, overwriting there: {scopes}",
        lambda action, computer: cmdlets.replicate(action.scopes, computer),
        effects.has_copies,
        effects.replicated,
        lambda action, world: f"{action.detail.source} to {action.detail.destination}",
        scopes_at_once=AtOnce.CALL,
        reaches_partner=True,
        changes_content=True,
    ),
    Kind.IMPORT: Row(
        "bring back from the safety copy, with leases, {detail}",
        _import,
        effects.has_none,
        effects.imported,
        _added,
        alone=True,
        changes_content=True,
    ),
    Kind.DOWN: Row(
        "declare {partner}, the partner of relationship '{name}', down, since it is silent: {detail}",
        lambda action, computer: cmdlets.partner_down(action.name),
        effects.cut_off,
        effects.declared_down,
        lambda action, world: action.detail,
        alone=True,
        scopes_at_once=AtOnce.NONE,
    ),
    Kind.LAY_NOTE: Row(
        "note on {where} that {detail}",
        lambda action, computer: maintenance_notes.keep(action.detail),
        effects.anything,
        effects.note_laid,
        lambda action, world: _noted(action.detail),
        alone=True,
        scopes_at_once=AtOnce.NONE,
    ),
    Kind.LIFT_NOTE: Row(
        "remove the note on {where} that {detail}",
        lambda action, computer: maintenance_notes.drop(action.detail.note),
        effects.has_note,
        effects.note_lifted,
        lambda action, world: _noted(action.detail.note),
        alone=True,
        proofs=_switched_on,
        scopes_at_once=AtOnce.NONE,
    ),
}
