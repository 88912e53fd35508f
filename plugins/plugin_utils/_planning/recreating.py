# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Windows cannot change in place: role, partner and name of a relationship, and the relationship of a scope. No
I/O.

Such a relationship is a *misfit*: it is taken apart, keeping every scope on this server, and created anew by `joining`.
So that a run that died in between is completed by the next one, which may find nothing of the old relationship, the
task has to declare all that there is.

    find_misfit  notes what has to end: by its old name, its role or partner, or because the partner alone has it
    move         takes scopes out of other relationships, before those may end
    take_apart   ends the misfits, a half-made relationship (one that this server alone has), and what is to be absent

The same partner: its copies go before, since Windows adds no scope that the partner has. Another partner: the *former*
one's copies stay, InActive, until the scope is seen to be a member on both new servers; they go in the last stage.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

from .._model.refusal import Refused
from .._model.relationship import Relationship
from .._model.relationship_settings import DeclaredSettings
from .._model.texts import few, variable
from . import checks, partner_copies, recognising, setting_changes
from .actions import Membership, Stage
from .draft import Draft, Misfit, stays
from .joining import are_joinable, asks_partner, look_at_partner
from .leaving import Choice, abandon, delete_last, dissolve, is_orphan, leave, resolve_members, wind_up
from .read_request import PartnerRead, Unread
from .spec import Policy, Spec
from .world import Half, ServerView, mirrored


def find_misfit(spec: Spec, d: Draft) -> None:
    """Notes the relationships that have to end before the declared one can be."""
    if not spec.is_present:
        return
    current = d.here.find(spec.name, spec.option)
    renamed = _renamed(spec, d)
    unfit = None if renamed and current is None else _unfit(spec, d)
    misfits = tuple(misfit for misfit in (renamed, unfit) if misfit)
    there = d.world.partner(spec.name)
    if there is not None and (words := recognising.other_address(spec.name, d.here, there)):
        d.warnings.append(words)
    if misfits:
        d.unfit[spec.name] = misfits


def _renamed(spec: Spec, d: Draft) -> Misfit | None:
    previous = spec.policy.previous_name
    if previous is None or previous.casefold() == spec.name.casefold() or d.start.here.half(spec.name):
        return None  # it has its name: another one may have the former by now
    old = _find_previous(previous, "previous_name", spec, d)
    return old and replace(old, reason=f"its name was '{previous}'.")


def _unfit(spec: Spec, d: Draft) -> Misfit | None:
    current = d.here.find(spec.name, spec.option)
    if current is None:
        alone = _find_previous(spec.name, spec.option, spec, d) if spec.policy.recreate else None
        return alone and replace(alone, reason="the partner alone has it.")
    if spec.create_only or spec.settings is None:
        return None
    reason = _cannot_become(spec.settings, current.relationship, d)
    if reason is None:
        _check_role(spec, spec.settings, current, d)
    return Misfit(current, reason) if reason else None


def _find_previous(name: str, option: str, spec: Spec, d: Draft) -> Misfit | None:
    """The relationship of this name here, or what a run that was broken off left of it on the partner."""
    current = d.here.find(name, option)
    if current is not None:
        return Misfit(current)
    if not d.world.reads_both(name):
        return None
    there = d.ask(PartnerRead(d.world.partner_names(name), name))
    if isinstance(there, ServerView):
        half = there.half(name)
        partner = next((noted for noted in d.world.noted(name) if d.world.calls_it(noted, there)), there.name)
        return Misfit(Half(mirrored(half.relationship, partner), there.name), there=there) if half else None
    if isinstance(there, Unread) and not spec.policy.orphan:  # gone for good: what it may have does not matter
        raise there.failure
    return None


def _cannot_become(declared: DeclaredSettings, current: Relationship, d: Draft) -> str | None:
    """Why Windows cannot make the relationship what is declared. Raises Refused for options of a mode that it is not
    in."""
    spelling = declared.partner_server
    partner = None if spelling is None else checks.other_partner(spelling, current, d.here, d)
    setting_changes.check_mode_options(declared, current)
    return partner or setting_changes.other_role(declared, current, d.here.name)


def _check_role(spec: Spec, declared: DeclaredSettings, current: Half, d: Draft) -> None:
    """Which server a change of mode makes the active one is not known: re-creating may follow it, and has to be
    said in full before."""
    old = current.relationship
    if declared.server_role is None or old.mode == "hot_standby":
        return
    expected = setting_changes.modified(old, {"mode": "hot_standby"}).server_role
    if not spec.policy.recreate and expected != declared.server_role:
        raise Refused(
            f"server_role: is {declared.server_role}, and the change of mode most likely makes {d.here.name} "
            f"{expected}; recreate: when_needed ({variable('recreate')}) makes the relationship anew then. Or change "
            "the mode alone first, and look at what Windows makes of it."
        )
    if not spec.policy.recreate:
        return
    reason = (
        "server_role: which server the change of mode makes active is not known beforehand, and "
        f"{declared.server_role} is declared"
    )
    checks.check_keeper(Misfit(current, reason), old.partner_server, True, spec.policy)
    members = d.here.members(old.name)
    if not spec.policy.orphan:
        there = d.need(PartnerRead(old.partner.names, old.name))
        if there is None:
            return
        members |= there.members(old.name)
    checks.check_declared(spec, declared, replace(old, mode="hot_standby"), members)


def give_up(spec: Spec, d: Draft) -> None:
    """What is to be absent and lost its partner for good ends before anything moves: its scopes go where they are
    declared as those of no relationship do."""
    if spec.absent and spec.policy.orphan:
        abandon(spec, None, spec.policy, d)


def take_apart(spec: Spec, d: Draft) -> None:
    """What is unfit ends, and what is to be absent."""
    if spec.absent:
        if not spec.policy.orphan:
            _remove(spec, d)
        return
    if not spec.is_present:
        return
    for misfit in d.unfit.get(spec.name, ()):
        _retire(spec, misfit, d)
    if spec.name not in d.unfit and (half_made := _half_made(spec, d)):
        d.unfit[spec.name] = (half_made,)
        _complete(spec, half_made, d)


def _remove(spec: Spec, d: Draft) -> None:
    """The relationship exists on neither server. Its members leave it first, by the same rules."""
    current = d.here.find(spec.name, spec.option)
    if current is None and not d.world.reads_both(spec.name):
        d.forget_secret(spec.name, Stage.KEEPER)
    else:
        dissolve(spec.name, spec.policy, d)


def _half_made(spec: Spec, d: Draft) -> Misfit | None:
    """A creation that reached this server alone."""
    current = d.here.find(spec.name, spec.option)
    if current is None:
        return None
    if not are_joinable(spec, current.relationship.partner.names, d) or not asks_partner(spec, d):
        return None
    there = look_at_partner(spec, current.relationship.partner.names, d)
    if there is not None:
        recognising.check_halves(spec.name, d.here, there)
    return Misfit(current, there=there) if there is not None and there.half(spec.name) is None else None


def _complete(spec: Spec, misfit: Misfit, d: Draft) -> None:
    """This server's half goes, by the API, and the relationship is created anew."""
    there, old = misfit.there, misfit.half
    if there is None:
        raise AssertionError("a half-made relationship is one of which the partner was read")
    checks.check_not_at_partner(old.name, old.scopes, d.here, there)
    declared = _declared(spec, old.relationship.partner_server)
    checks.check_declared(spec, declared, old.relationship, d.here.members(old.name) | there.members(old.name))
    if dissolve(old.name, Policy(keep_scopes_on="this_server", other_copy="disable", keep_days=None), d):
        d.settings[spec.name] = declared


def _retire(spec: Spec, misfit: Misfit, d: Draft) -> None:
    """A relationship that cannot become the declared one ends, on both servers; with another partner, the old one's
    copies stay there, inactive, until the new ones are there."""
    old, policy = misfit.half.relationship, spec.policy
    checks.check_recreation(misfit, policy)
    declared = _declared(spec, old.partner_server)
    is_here = misfit.there is None
    names = _target(spec, d)
    same = not is_here or not names or checks.is_partner(names, old, d.here, d, is_gone=policy.orphan)
    if same is None:
        return
    checks.check_keeper(misfit, old.partner_server, same, policy)
    if is_here:
        checks.check_declared(spec, declared, old, d.here.members(old.name))
    d.settings[spec.name] = declared
    if policy.orphan:
        abandon(spec, None, policy, d, old.name)
        return
    if spec.exact and not _leaves_for_good(spec, old, d, elsewhere=not same):
        return
    if names and spec.members:
        d.ask(PartnerRead(names, spec.name, level=True, guarded=False))  # together with the former one
    leaving = resolve_members(old.name, Choice(), _going_on(policy, same), d, elsewhere=not same)
    if leaving is None:
        return
    checks.check_declared(spec, declared, old, frozenset(leaving.scopes))  # on either server
    wind_up(leaving, d)
    if not same and policy.other_copy == "delete":
        delete_last(leaving, Membership(spec.name, names[0]), d)


def _leaves_for_good(spec: Spec, old: Relationship, d: Draft, *, elsewhere: bool) -> bool:
    """Members that are not declared leave before the others go on. False: something has to be read first."""
    leaving = resolve_members(old.name, Choice(but=spec.members), spec.policy, d, elsewhere=elsewhere)
    if leaving is not None:
        leave(leaving, d)
    return leaving is not None


def _going_on(policy: Policy, same: bool) -> Policy:
    """For scopes that go on to another relationship: with the same partner its copies have to go before, since Windows
    adds none."""
    return replace(policy, keep_scopes_on="this_server", other_copy="delete" if same else "disable")


def _declared(spec: Spec, partner: str) -> DeclaredSettings:
    """The settings of what is created anew, with the `partner` that it had unless another one is declared."""
    declared = spec.settings or DeclaredSettings(spec.name)
    return replace(declared, partner_server=declared.partner_server or partner)


def _target(spec: Spec, d: Draft) -> tuple[str, ...]:
    """What the partner is called that the scopes go to: the declared one, where the relationship is not there as it has
    to be."""
    current, misfits = d.start.here.find(spec.name, spec.option), d.unfit.get(spec.name, ())
    if current is not None and stays(spec.name, misfits):
        return current.relationship.partner.names
    declared = spec.settings.partner_server if spec.settings else None
    partner = declared or next((misfit.half.relationship.partner_server for misfit in misfits), None)
    return (partner,) if partner else ()


# --- scopes that move -------------------------------------------------------------------------------------------------


def move(spec: Spec, d: Draft) -> None:
    """Takes scopes out of their relationships, keeping them here.

    The copies of another partner stay there, inactive, until the scope is a member on both new servers; those of the
    same partner have to go before, since Windows adds no scope that the partner has.
    """
    if not (spec.is_present and spec.policy.move):
        return
    names = _target(spec, d)
    if not names:  # there is nothing to move to, which `settle` refuses
        return
    for name, scopes in (_sources(spec, names, d) or {}).items():
        source = d.here.find(name, spec.option)
        if source is not None:
            _depart(source.relationship, scopes, spec, names, d)


def _sources(spec: Spec, names: tuple[str, ...], d: Draft) -> dict[str, list[IPv4Address]] | None:
    """The relationships that scopes come from, also where a broken run left them on the partner. None: it has to be
    read first."""
    views = [d.here]
    for owner in dict.fromkeys(d.here.owners[scope] for scope in spec.members if scope in d.here.owners):
        half = d.here.half(owner) if owner != spec.name else None
        if half is not None and not spec.policy.orphan:
            checks.is_partner(names, half.relationship, d.here, d)  # what that takes is asked together with the rest
    if names and asks_partner(spec, d):
        coming = d.here.lacking(spec.name, spec.members)
        if not d.world.has_partner_host:  # it is asked by this server, together with this
            d.knows_needs([scope for scope in coming if scope in d.start.here.copies])
        reads_both = d.world.reads_both(spec.name)
        there = d.need(PartnerRead(names, spec.name, level=bool(coming), guarded=reads_both))
        if there is None:
            return None
        views.append(there)
    own = {spec.name, *(misfit.half.name for misfit in d.unfit.get(spec.name, ()))}  # they end anyway
    sources: dict[str, list[IPv4Address]] = {}
    lacking = {scope for view in views for scope in view.lacking(spec.name, spec.members)}
    for scope in (scope for scope in spec.members if scope in lacking) if lacking else ():
        owner = next((name for view in views if (name := view.owners.get(scope))), spec.name)
        if owner not in own and (spec.move_from is None or owner in spec.move_from):
            sources.setdefault(owner, []).append(scope)
    return sources


def _depart(source: Relationship, scopes: list[IPv4Address], spec: Spec, names: tuple[str, ...], d: Draft) -> None:
    if is_orphan(source.name, spec.policy, d):
        abandon(spec, scopes, spec.policy, d, source.name)
        return
    same = checks.is_partner(names, source, d.here, d)
    if same is None:
        return
    checks.check_move(source, scopes, same, spec.policy)
    if same and spec.policy.other_copy == "disable":
        d.warnings.append(
            f"other_copy: disable is not for {few(scopes)}: '{source.name}' and '{spec.name}' have the same partner, "
            "whose copies are deleted and made anew"
        )
    leaving = resolve_members(source.name, Choice(scopes), _going_on(spec.policy, same), d, elsewhere=not same)
    if leaving is None:
        return
    if isinstance(leaving.partner, ServerView):
        new = [scope for scope in leaving.scopes if scope not in d.start.here.copies]
        partner_copies.check_not_left(source.name, new, d.here, leaving.partner)
    leave(leaving, d)
    if not same and spec.policy.other_copy == "delete":
        delete_last(leaving, Membership(spec.name, names[0]), d)
