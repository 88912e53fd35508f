# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a relationship and its scopes come to be: created, changed in place, joined by scopes. No I/O.

Windows copies a scope that joins to the partner, and refuses one that is there already, or that needs a class or an
option definition which is not. What it would refuse is found before, as far as it can be known: the partner is read
when scopes come.

    settle  the relationship is created with its first scopes, or what differs is modified; then scopes join

What is in the way of a scope goes before, after a safety copy: an inactive copy on the partner, where the task allows
to replace it, and a *one-sided* membership, which a broken run left on this server alone. A relationship without a
scope cannot be on Windows: it is pending, and the task that brings the first scope creates it.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

from .._model.identity import is_own_of_partner
from .._model.refusal import Refused
from .._model.relationship_settings import DeclaredSettings
from . import broken_runs, checks, claims, defining, partner_copies, recognising, setting_changes
from .actions import Expendable, Kind, Modification, Stage
from .draft import Draft
from .leaving import is_orphan
from .plan_proof import in_common
from .read_request import PartnerRead, Scopes, Unread
from .removals import removal
from .spec import Spec
from .world import Half, ServerView


def settle(spec: Spec, d: Draft) -> None:
    """The relationship exists as declared, created or changed in place, with at least the declared scopes. Raises
    Refused."""
    if not spec.is_present:
        return
    current = d.here.find(spec.name, spec.option)
    declared = d.settings.get(spec.name, spec.settings)
    if current is None:
        _create(spec, declared, d)
        return
    differs = _changes(spec, current, d)
    coming = _join(spec, current.relationship.partner.names, d)
    if coming is None:
        return
    there, partner = d.world.partner(spec.name), current.relationship.partner_server
    more: dict[str, Any] = {"other": there and there.source, "partner": partner, "normal": True}
    if not spec.create_only:
        differs = {**differs, **_not_at_partner(declared, current, there, differs, d)}
    if declared and differs:
        if setting_changes.touches_secret(differs):
            d.forget_secret(spec.name, Stage.SETTLE, partner)
        _warn_unseen(spec.name, current, d)
        d.add(Kind.MODIFY, d.here, spec.name, detail=Modification(differs, declared), **more)
    d.add(Kind.JOIN, d.here, spec.name, coming, **more)
    _serve(spec, there, d)


def _not_at_partner(
    declared: DeclaredSettings | None,
    current: Half,
    there: ServerView | None,
    differs: setting_changes.Changes,
    d: Draft,
) -> setting_changes.Changes:
    """What beside the changes has not reached the partner, which is sent once more: as far as that was looked at, and
    over the hop where a broken run may have left it."""
    name = current.name
    half = there.half(name) if there else None
    if declared is None or there is None or half is None:
        return {}
    is_noted = any(note.relationship.casefold() == name.casefold() for note in d.world.broken_off)
    if not (is_own_of_partner(there.source) or is_noted):
        return {}
    return setting_changes.not_at_partner(declared, current.relationship, half.relationship, differs)


def _warn_unseen(name: str, half: Half, d: Draft) -> None:
    """Of a partner that was asked for, before a setting is changed, and could not be read."""
    there = d.world.asked(PartnerRead(half.relationship.partner.names, name, guarded=False))
    if d.world.finds_partners and isinstance(there, Unread):
        d.warn(f"nobody looks whether the change to '{name}' reaches its partner: {there.failure}")


def _serve(spec: Spec, there: ServerView | None, d: Draft) -> None:
    """Scopes that are made, also by this run or by one that was broken off, serve as soon as both servers have them;
    each is switched on by itself."""
    made = {scope for note in d.world.journal for scope in note.made} - broken_runs.lacking(d)
    made |= _made_at_partner(spec, there, d)
    new = [each.scope_id for each in spec.define if each.active]
    new = [scope for scope in new if scope not in d.start.here.copies or scope in made]
    for view, other in ((d.here, there), (there, d.here)) if there is not None else ():
        off = [scope for scope in new if not d.view(view.source).serves(scope)]
        d.add(Kind.SERVE_ON, view, spec.name, off, other=other.source)


def _made_at_partner(spec: Spec, there: ServerView | None, d: Draft) -> frozenset[IPv4Address]:
    """The scopes that a run on the partner made, which was broken off, and that both have with all that belongs in
    them."""
    noted = {scope for note in d.world.partner_journal if note.relationship == spec.name for scope in note.made}
    whole = (each.scope_id for each in spec.define if defining.is_whole(each, d))
    return frozenset(scope for scope in whole if scope in noted and there and in_common(d.here, there, scope, d.world))


def _create(spec: Spec, declared: DeclaredSettings | None, d: Draft) -> None:
    if declared is None:
        raise Refused(
            f"relationship: '{spec.name}' does not exist on {d.here.name}, and no task of this play declared it; "
            "give create_relationship, or declare it with dhcp_failover_relationship before."
        )
    if spec.create_only and not spec.members:
        raise Refused("scopes: at least one is needed, since the relationship does not exist yet.")
    checks.check_name(spec.name, spec.option, d.here)
    partner = checks.check_partner(declared, d.here)
    if not spec.members:
        d.pending[spec.name] = declared  # Windows holds none that never had a scope
        return
    checks.check_secret(declared)
    checks.check_room(d.here, spec.option)
    if d.world.has_partner_host:
        d.resolve(*recognising.unknown_address(partner, d.here))  # together with what is read of the scopes
    coming = _join(spec, (partner,), d)
    there = d.need(PartnerRead((partner,), spec.name, guarded=False))
    if coming is None or there is None:
        return
    unknown = recognising.check_another(partner, d.here, there)
    if unknown:
        d.resolve(*unknown)
        return
    checks.check_new_at_partner(spec.name, spec.option, d.here, there)
    more: dict[str, Any] = {"other": there.source, "partner": partner, "normal": True}
    first, rest = coming[: d.world.at_once], coming[d.world.at_once :]
    d.forget_secret(spec.name, Stage.SETTLE, partner)
    d.add(Kind.CREATE, d.here, spec.name, first, detail=setting_changes.complete(declared), **more)
    d.add(Kind.JOIN, d.here, spec.name, rest, **more)
    _serve(spec, there, d)


def _join(spec: Spec, names: tuple[str, ...], d: Draft) -> Scopes | None:
    """The scopes that come, with what is in their way gone before. None: the partner has to be read first. Raises
    Refused."""
    name, here = spec.name, d.here
    missing = here.lacking(name, spec.members)
    if not are_joinable(spec, names, d):
        return None
    if not asks_partner(spec, d):
        return ()
    there = look_at_partner(spec, names, d)
    if there is None:
        return None
    theirs = there.members(name)
    partner_copies.check_not_left(name, [scope for scope in missing if scope in theirs], here, there)
    one_sided = [scope for scope in there.lacking(name, spec.members) if scope not in missing]
    coming = tuple(sorted({*missing, *one_sided}))
    taken = tuple(scope for scope in coming if scope in there.copies)
    checks.check_ranges(coming, here, there)
    copied = [scope for scope in coming if scope in d.start.here.copies]  # one that is made needs nothing
    if one_sided or taken:
        api = bool(one_sided)
        there = d.need(PartnerRead(names, name, taken, api=api, level=True, guarded=True))
    if not _is_finished(spec, there, coming, d) or not d.knows_needs(copied) or there is None:
        return None
    new = _new_on_both(name, taken, there, d)
    others = [scope for scope in taken if scope not in new]
    partner_copies.check_made([scope for scope in taken if scope not in d.start.here.copies], there)
    partner_copies.check_replaced(name, others, here, there, spec.policy)
    claims.check_not_last(others, name, here, there)
    claims.check_first(new, here, there, d.start)
    defining.check_complete(coming, d)
    defining.check_options(spec, d, there)
    checks.check_lacking(copied, d.start.here, there)
    for warning in checks.warnings(coming, here, there) if coming else ():
        d.warn(warning)
    stage = Stage.SETTLE if name in d.unfit else Stage.CLEAR  # what was taken apart may be what is in the way
    in_the_way: dict[str, Any] = {"other": here.source, "stage": stage}
    d.save(there, name, taken, spec.policy.keep_days, **in_the_way)
    d.add(Kind.DELETE, there, name, others, **in_the_way)
    d.add(Kind.DELETE, there, name, new, detail=Expendable(), **in_the_way)
    d.add(Kind.DETACH_MEMBERS, here, name, one_sided, stage=stage)
    return coming


def _new_on_both(name: str, taken: Scopes, there: ServerView, d: Draft) -> Scopes:
    """The scopes that a run made here, as a note tells, and another one on the partner, where nothing else is in them:
    neither has got into the relationship, nor ever served."""
    made = {scope for note in d.world.broken_off if note.relationship == name for scope in note.made}
    idle = [scope for scope in taken if scope in made and not (d.here.serves(scope) or there.serves(scope))]
    new = (scope for scope in idle if scope in d.start.here.copies and scope not in there.owners)
    return tuple(scope for scope in new if not removal(scope, d.here, there, deleted=True).loses)


def _is_finished(spec: Spec, partner: ServerView | None, coming: Scopes, d: Draft) -> bool:
    """Whether no run that was broken off left a scope that comes where it came from. False: that has to be read first.
    Raises Refused."""
    known = True
    for note in d.world.broken_off:
        if set(coming).isdisjoint(note.scopes):
            continue
        read = PartnerRead.noted(note)
        if spec.policy.orphan and isinstance(d.ask(read), Unread):
            continue  # gone for good, with what it may have
        there = d.need(read)
        known = known and there is not None
        another = note.relationship != spec.name or (there and partner and there.source != partner.source)
        if there is not None and another:
            broken_runs.check_unfinished(spec.name, coming, note, there)
    return known


def are_joinable(spec: Spec, names: tuple[str, ...], d: Draft) -> bool:
    """Whether Windows would take the scopes that come. False: the partner has to be asked first. Raises Refused.

    A scope that is not here may be one that the partner serves, of a server that was set up anew: nobody is told to
    create that one here before the partner was asked."""
    missing = d.here.lacking(spec.name, spec.members)
    absent = any(scope not in d.here.copies and not checks.containing(d.here, scope) for scope in missing)
    asks = bool(names) or d.world.has_partner_host
    there = d.ask(PartnerRead(names, spec.name, guarded=False)) if absent and asks else None
    if absent and asks and there is None:
        return False
    checks.check_members(d.here, spec, missing, there)
    return True


def look_at_partner(spec: Spec, names: tuple[str, ...], d: Draft) -> ServerView | None:
    """The partner, with all that scopes which come there may need. None: it has to be read first."""
    coming = d.here.lacking(spec.name, spec.members)
    copied = [scope for scope in coming if scope in d.start.here.copies]
    there = d.need(PartnerRead(names, spec.name, level=bool(coming), guarded=False))
    is_known = [d.knows_needs(copied), defining.knows_level(spec, d)]  # all of it is read at once
    return there if all(is_known) else None


def asks_partner(spec: Spec, d: Draft) -> bool:
    """Whether the partner is looked at: before scopes come to it, and where it is read anyway, unless it is gone for
    good and does not answer; with partner_host: auto before a setting is changed, if it answers."""
    if d.here.lacking(spec.name, spec.members):
        return True
    half = d.here.half(spec.name)
    if d.world.reads_both(spec.name):
        if half is None or not is_orphan(spec.name, spec.policy, d):
            return True
    elif half is None or not (d.world.finds_partners and _changes(spec, half, d)):
        return False
    return not isinstance(d.ask(PartnerRead(half.relationship.partner.names, spec.name, guarded=False)), Unread)


def _changes(spec: Spec, half: Half, d: Draft) -> setting_changes.Changes:
    """The settings that are declared otherwise than they are."""
    declared = d.settings.get(spec.name, spec.settings)
    if declared is None or spec.create_only:
        return {}
    return setting_changes.changes(declared, half.relationship, d.world.secrets)
