# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans for what Windows cannot change in place: role, partner and name of a relationship. No I/O, nothing of Ansible.

The relationship is taken apart, keeping every scope on this server, and created anew. So that a run that died in between is
completed by the next one, which may find nothing of the old relationship, the task has to declare all that there is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address

from . import relationship_plan
from .guards import differs_at_partner
from .membership import Joining, asked
from .model import (
    DEFAULT_LOAD_BALANCE_PERCENT,
    DEFAULT_MAX_CLIENT_LEAD_TIME,
    DEFAULT_RESERVE_PERCENT,
    Definition,
    Refused,
    Relationship,
    Server,
)
from .plan import Plan, find, list_scopes
from .removal_plan import Leaving, Removing, deleted_last, dissolve, going_on, orphaned
from .sides import Needed, Side, Sides, without
from .view import settings

_DEFAULTS = {
    "load_balance_percent": DEFAULT_LOAD_BALANCE_PERCENT,
    "reserve_percent": DEFAULT_RESERVE_PERCENT,
    "max_client_lead_time": DEFAULT_MAX_CLIENT_LEAD_TIME,
    "state_switch_interval": 0,
}


@dataclass(frozen=True)
class Recreating:
    """What a task says of a relationship that cannot become what is declared: whether it may be re-created, and how that goes."""

    when_needed: bool = False
    previous_name: str | None = None
    removing: Removing = field(default_factory=Removing)


def present(wanted: Definition, sides: Sides, joining: Joining, recreating: Recreating) -> Plan:
    """The relationship exists as declared: changed in place, or created, or re-created where that is told and needed."""
    server, previous = sides.here.server, recreating.previous_name
    actual = find(server, wanted.name)
    old = _left(previous, sides, recreating.removing) if previous and previous != wanted.name else None
    if old is not None:
        return _recreate(wanted, old, actual, f"its name was '{old.name}'", sides, joining, recreating)
    if actual is None and recreating.when_needed:
        half = _left(wanted.name, sides, recreating.removing)
        if half is not None:
            return _recreate(wanted, half, None, "the partner alone has it", sides, joining, recreating)
    if actual is None:
        return relationship_plan.create(wanted, wanted.scopes, sides, joining)
    reason = relationship_plan.what_cannot_change(wanted, actual, server)
    if reason is not None:
        return _recreate(wanted, actual, None, reason, sides, joining, recreating)
    there = asked(actual.name, actual.partner_names, wanted.scopes, sides)
    if there is None:
        return relationship_plan.present(wanted, sides, joining)
    if there.half(actual.name) is None:
        return complete_half(wanted, actual, sides, joining)
    plan = relationship_plan.present(wanted, sides, joining)
    differs = differs_at_partner(actual, there.server)
    told = f"{there.name} does not show of '{actual.name}': {'; '.join(differs)}"
    return plan if plan.steps or not differs else replace(plan, warnings=(told,))


def _left(name: str, sides: Sides, how: Removing) -> Relationship | None:
    """The relationship of this name here, or what a run that was broken off left of it on the partner."""
    found = find(sides.here.server, name)
    if found is not None or not sides.are_both_read(name):
        return found
    there = sides.partner_or_failure(Needed(sides.partner_names(name), name))
    if isinstance(there, Side):
        return there.half(name)
    if how.orphan:  # the partner is gone, and what it may have does not matter
        return None
    raise there


def _recreate(
    wanted: Definition, old: Relationship, new: Relationship | None, reason: str, sides: Sides, joining: Joining, recreating: Recreating
) -> Plan:
    """`new`: the relationship of the wanted name, where an earlier run has created it already."""
    server, how = sides.here.server, recreating.removing
    if not recreating.when_needed:
        raise Refused(
            f"{reason} Windows cannot change this in place. Re-creating the relationship would remove it on both servers, keep its "
            f"{len(old.scopes)} scopes on one of them, and delete them on the other with leases and reservations before they "
            "are copied anew; recreate: when_needed does it. Nothing was changed."
        )
    is_here = server.relationship(old.name) is not None
    same = not is_here or wanted.partner_server is None or _same_partner(wanted.partner_server, old, server)
    if not wanted.partner_server:
        wanted = replace(wanted, partner_server=old.partner_server)
    _check_keeper(old, reason, same, how)
    if is_here:
        _check_declared(wanted, old, sides.here.members(old.name))
    leaving, there = _taken_apart(old, same, sides, how)
    rest = without(sides, old, {*old.scopes, *leaving.scopes}, copies=same, whole=True)
    created = relationship_plan.present(wanted, rest, joining) if new else relationship_plan.create(wanted, wanted.scopes, rest, joining)
    last = deleted_last(wanted.name, wanted.partner_server or "", leaving, there, how) if there and not same else ()
    return Plan(
        (*leaving.steps, *created.steps, *last),
        settings(old),
        created.after,
        removals=(*leaving.removals, *created.removals),
    )


def _taken_apart(old: Relationship, same: bool, sides: Sides, how: Removing) -> tuple[Leaving, Side | None]:
    """With another partner, the old one's copies stay, inactive, until the new ones are there."""
    if how.orphan:
        return Leaving(keeper=orphaned(old.name, None, sides, how), scopes=old.scopes), None
    leaving, there = dissolve(old.name, sides, replace(how, other_copy="delete" if same else "disable"), elsewhere=not same)
    return going_on(leaving, sides.here, there, how, same=same), there


def complete_half(wanted: Definition, actual: Relationship, sides: Sides, joining: Joining) -> Plan:
    """A creation that reached this server alone: its half goes, by the API, and the relationship is created anew."""
    here = sides.here
    there = sides.partner(Needed(actual.partner_names, actual.name))
    there_already = [scope for scope in actual.scopes if there.server.scope(scope)]
    if there_already:
        raise Refused(
            f"relationship '{actual.name}' exists on {here.name} alone, and {list_scopes(there_already)} on {there.name} as well, "
            "outside failover. Compare the copies; remove the relationship here (state: absent, keep_scopes_on, other_copy) and create "
            "it anew then. "
            "Nothing was changed."
        )
    wanted = wanted if wanted.partner_server else replace(wanted, partner_server=actual.partner_server)
    _check_declared(wanted, actual, here.members(actual.name))
    keeping = Removing(keep_scopes_on="this_server", other_copy="disable", keep_days=None)
    leaving, _there = dissolve(actual.name, sides, keeping)
    created = relationship_plan.create(wanted, wanted.scopes, without(sides, actual, actual.scopes, copies=False, whole=True), joining)
    return Plan((*leaving.steps, *created.steps), settings(actual), created.after, removals=created.removals)


def _same_partner(spelling: str, old: Relationship, server: Server) -> bool:
    return old.has_partner(spelling) or any(old.has_partner(address) for address in server.resolved.get(spelling, ()))


def _check_keeper(old: Relationship, reason: str, same: bool, how: Removing) -> None:
    if how.keep_scopes_on == "partner":
        raise Refused(
            "keep_scopes_on: re-creating copies the scopes from this server, so it has to keep them; run the task on the partner."
        )
    copies = ("delete",) if same else ("delete", "disable")
    if not how.orphan and (how.keep_scopes_on is None or how.other_copy not in copies):
        what = "have to go before they can be copied anew: other_copy: delete" if same else "are deleted or disabled: other_copy"
        raise Refused(
            f"keep_scopes_on and other_copy: needed to re-create '{old.name}' ({reason}). keep_scopes_on: this_server, since the scopes "
            f"are copied from here; the copies on {old.partner_server} {what}. Nothing was changed."
        )


def _check_declared(wanted: Definition, old: Relationship, members: frozenset[IPv4Address]) -> None:
    """Nothing that is there gets lost when a later run has to finish without seeing the old relationship."""
    lacking: list[str] = []
    left_out = sorted(members - set(wanted.scopes))
    if left_out:
        lacking.append(f"scopes: {list_scopes(left_out)}")
    mode = relationship_plan.mode_at_creation(wanted)
    if mode != old.mode and wanted.mode is None:
        lacking.append(f"mode: {old.mode}")
    for option, default in _DEFAULTS.items():
        value = getattr(old, option)
        told = wanted.auto_state_transition if option == "state_switch_interval" else None
        if getattr(wanted, option) is None and told is None and value not in (None, default) and old.mode == (wanted.mode or old.mode):
            lacking.append(f"{option}: {value}")
    if old.mode == "hot_standby" and mode == "hot_standby" and wanted.server_role is None and old.server_role == "standby":
        lacking.append("server_role: standby")
    if old.enable_auth and wanted.enable_auth is None and not wanted.shared_secret:
        lacking.append("shared_secret (or enable_auth: false)")
    if lacking:
        raise Refused(
            f"re-creating '{old.name}' takes a task that declares all of it, so that a run that is broken off can be finished by the "
            f"next. Add {', '.join(lacking)}. Nothing was changed."
        )
