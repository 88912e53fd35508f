# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans for the membership of scopes in one relationship. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address

from . import cmdlets, durations, scope_definitions
from .errors import RemoteFailure
from .membership import Joining, asked, join
from .model import Definition, Refused, Relationship, ScopeDefinition, Server
from .plan import Plan, Removal, Step, add_steps, find, list_scopes
from .recreate_plan import complete_half
from .relationship_plan import create
from .removal_plan import Leaving, Removing, deleted_last, going_on, leave, look
from .sides import Needed, Sides, without
from .view import settings


@dataclass(frozen=True)
class Wanted:
    """What a task says of the scopes of a relationship. `purge`: no others are members; `move`: they may come from another one."""

    relationship: str
    scopes: tuple[IPv4Address, ...] = ()
    create_scopes: tuple[ScopeDefinition, ...] = ()
    definition: Definition | None = None
    purge: bool = False
    move: bool = False
    joining: Joining = field(default_factory=Joining)
    removing: Removing = field(default_factory=Removing)

    @property
    def members(self) -> tuple[IPv4Address, ...]:
        return tuple(sorted({*self.scopes, *(one.scope_id for one in self.create_scopes)}))


@dataclass(frozen=True)
class Moving:
    """Scopes that come out of other relationships: the steps before they are added, those after, and the copies that go."""

    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()
    removals: tuple[Removal, ...] = ()
    rest: Sides | None = None  # the servers as they are after `before`


def present(wanted: Wanted, sides: Sides) -> Plan:
    """The scopes and the defined ones are members; a defined one that is not there is created before.

    A relationship that does not exist yet is created of the definition with them.
    """
    server = sides.here.server
    new = scope_definitions.missing(wanted.create_scopes, server)
    with_new = replace(server, scopes=(*server.scopes, *map(scope_definitions.would_be, new)))
    plan = _members(wanted, replace(sides, here=replace(sides.here, server=with_new)))
    if not new:
        return plan
    actual = server.relationship(wanted.relationship)
    partner = _partner_of(wanted, actual) or ""
    creations = (_creation(server, wanted.relationship, partner, one) for one in new)
    return replace(plan, steps=(*creations, *plan.steps), creates=new)


def _members(wanted: Wanted, sides: Sides) -> Plan:
    name, server = wanted.relationship, sides.here.server
    actual = find(server, name)
    moving = _moving(wanted, actual, sides) if wanted.move else Moving()
    sides = moving.rest or sides
    if actual is None:
        if wanted.definition is None:
            raise Refused(
                f"relationship: '{name}' does not exist on {server.name}, and no task of this play declared it; "
                "give create_relationship, or declare it with dhcp_failover_relationship before."
            )
        if not wanted.members:
            raise Refused("scopes: at least one is needed, since the relationship does not exist yet.")
        created = create(wanted.definition, wanted.members, sides, wanted.joining)
        steps = (*moving.before, *created.steps, *moving.after)
        return replace(created, steps=steps, removals=(*moving.removals, *created.removals))
    half = _half_made(wanted, actual, sides)
    if half is not None:
        return replace(half, steps=(*moving.before, *half.steps, *moving.after), removals=(*moving.removals, *half.removals))
    joined = join(name, actual.partner_names, wanted.members, sides, wanted.joining)
    leaving, gone = _purged(wanted, sides) if wanted.purge else (Leaving(), ())
    adding = add_steps(sides, name, actual.partner_server, joined.coming)
    after = replace(actual, scopes=tuple(sorted({*actual.scopes, *joined.coming} - set(gone))))
    return Plan(
        (*moving.before, *joined.first, *leaving.steps, *adding, *moving.after),
        settings(actual),
        settings(after),
        removals=(*moving.removals, *joined.removals, *leaving.removals),
        members=len(actual.scopes) if wanted.purge else 0,
    )


def _half_made(wanted: Wanted, actual: Relationship, sides: Sides) -> Plan | None:
    """What completes a relationship that a broken run left on this server alone."""
    there = asked(actual.name, actual.partner_names, wanted.members, sides)
    if there is None or there.half(actual.name) is not None:
        return None
    definition = wanted.definition or Definition(actual.name)
    return complete_half(replace(definition, scopes=wanted.members), actual, sides, wanted.joining)


def _purged(wanted: Wanted, sides: Sides) -> tuple[Leaving, Sequence[IPv4Address]]:
    """The members that are not in the list leave, on whichever of the two servers they are members."""
    name = wanted.relationship
    extra = sorted(sides.here.members(name) - set(wanted.members))
    if not extra and not sides.are_both_read(name):
        return Leaving(), ()
    there, going = look(name, None, sides, wanted.removing, but=wanted.members)
    if isinstance(there, RemoteFailure):
        raise there
    return leave(name, going, *wanted.removing.ends(sides, there), wanted.removing), going


def _moving(wanted: Wanted, actual: Relationship | None, sides: Sides) -> Moving:
    """Takes scopes out of their relationships, keeping them here.

    The copies of another partner stay there, inactive, until the scope is a member on both new servers; those of the same partner
    have to go before, since Windows adds no scope that the partner has.
    """
    sources: dict[str, list[IPv4Address]] = {}
    partner = _partner_of(wanted, actual)
    coming = set(wanted.members) - sides.here.members(wanted.relationship)
    both = coming or sides.are_both_read(wanted.relationship)
    there = sides.partner(Needed((partner,), wanted.relationship, guarded=False)) if partner and both else None
    for scope in wanted.members:
        servers = (sides.here.server, there.server) if there else (sides.here.server,)  # there: where a broken run left it
        source = next((found for server in servers if (found := server.relationship_of(scope))), None)
        if source is not None and source.name != wanted.relationship:
            sources.setdefault(source.name, []).append(scope)
    moved = Moving()
    for name, scopes in sources.items():
        source = find(sides.here.server, name)
        if source is not None:
            one = _from(source, scopes, wanted, actual, moved.rest or sides)
            moved = Moving((*moved.before, *one.before), (*moved.after, *one.after), (*moved.removals, *one.removals), one.rest)
    return moved


def _partner_of(wanted: Wanted, actual: Relationship | None) -> str | None:
    if actual is not None:
        return actual.partner_server
    return wanted.definition.partner_server if wanted.definition else None


def _from(source: Relationship, scopes: Sequence[IPv4Address], wanted: Wanted, actual: Relationship | None, sides: Sides) -> Moving:
    how, target = wanted.removing, _partner_of(wanted, actual)
    names = actual.partner_names if actual else (target,) if target else ()
    same = any(source.has_partner(one) for one in names)
    if how.keep_scopes_on == "partner":
        raise Refused("keep_scopes_on: a move copies the scopes from this server, so it has to keep them; run the task on the partner.")
    if how.other_copy is None and not same:
        raise Refused(
            f"other_copy: needed, since {list_scopes(scopes)} would move from '{source.name}', and {source.partner_server} has copies of "
            "them: delete, or disable (they stay there, inactive). Nothing was changed."
        )
    keeping = replace(how, keep_scopes_on="this_server", other_copy="delete" if same else "disable")
    there, going = look(source.name, scopes, sides, keeping, elsewhere=not same)
    if isinstance(there, RemoteFailure):
        raise there
    leaving = going_on(leave(source.name, going, sides.here, there, keeping), sides.here, there, how, same=same)
    last = () if same else deleted_last(wanted.relationship, target or "", leaving, there, how)
    return Moving(leaving.steps, last, leaving.removals, without(sides, source, going, copies=same))


def _creation(server: Server, name: str, partner: str, definition: ScopeDefinition) -> Step:
    if definition.lease_duration is None:
        lease = ""
    elif definition.lease_duration == durations.UNLIMITED:
        lease = ", unlimited leases"
    else:
        lease = f", leases of {durations.timespan(definition.lease_duration)}"
    state = "" if definition.active else ", inactive"
    return Step(
        server=server.name,
        text=f"create scope {definition.scope_id} '{definition.name}' (mask {definition.subnet_mask}, "
        f"{definition.start_range} to {definition.end_range}{lease}{state})",
        operation=cmdlets.add_scope(definition),
        relationship=name,
        partner=partner,
        here_only=True,
    )
