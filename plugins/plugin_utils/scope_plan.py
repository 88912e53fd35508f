# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans for the membership of scopes in one relationship. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address

from . import cmdlets, durations, scope_definitions
from .model import Definition, Refused, ScopeDefinition, Server
from .plan import Plan, Step, add_steps, check_members, missing_members
from .relationship_plan import create, find
from .view import settings


def present(
    name: str,
    scopes: Sequence[IPv4Address],
    definition: Definition | None,
    server: Server,
    create_scopes: Sequence[ScopeDefinition] = (),
) -> Plan:
    """The scopes and the defined ones are members; a defined one that is not there is created before.

    A relationship that does not exist yet is created of `definition` with them.
    """
    new = scope_definitions.missing(create_scopes, server)
    with_new = replace(server, scopes=(*server.scopes, *map(scope_definitions.would_be, new)))
    plan = _members(name, sorted({*scopes, *(one.scope_id for one in create_scopes)}), definition, with_new)
    if not new:
        return plan
    actual = server.relationship(name)
    partner = actual.partner_server if actual else plan.steps[0].partner
    creations = (_creation(server, name, partner, one) for one in new)
    return replace(plan, steps=(*creations, *plan.steps), creates=new)


def _members(name: str, scopes: Sequence[IPv4Address], definition: Definition | None, server: Server) -> Plan:
    actual = find(server, name)
    if actual is None:
        if definition is None:
            raise Refused(
                f"relationship: '{name}' does not exist on {server.name}, and no task of this play declared it; "
                "give create_relationship, or declare it with dhcp_failover_relationship before."
            )
        if not scopes:
            raise Refused("scopes: at least one is needed, since the relationship does not exist yet.")
        return create(definition, scopes, server)
    missing = missing_members(actual, scopes)
    check_members(server, name, missing)
    after = replace(actual, scopes=tuple(sorted((*actual.scopes, *missing))))
    return Plan(tuple(add_steps(server, name, actual.partner_server, missing)), settings(actual), settings(after))


def _creation(server: Server, name: str, partner: str, definition: ScopeDefinition) -> Step:
    lease = "" if definition.lease_duration is None else f", leases of {durations.timespan(definition.lease_duration)}"
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
