# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan as a value: what there is, what there will be, and the steps between. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any

from . import cmdlets
from .model import Definition, Refused, Relationship, Scope, ScopeDefinition, Server

CHUNK = 30  # scopes a call; how many Windows takes is not known (error 20130), public tools send 30


@dataclass(frozen=True)
class Step:
    """One write. `server` runs it, `partner` is the server that it reaches from there."""

    server: str
    text: str
    operation: cmdlets.Operation
    relationship: str
    partner: str
    removes: bool = False
    copies: tuple[IPv4Address, ...] = ()  # scopes that the partner gets
    here_only: bool = False  # prepares the relationship's next step and does not touch the relationship itself

    def public(self) -> Mapping[str, str]:
        return {"server": self.server, "step": self.text}


@dataclass(frozen=True)
class Plan:
    """`before` and `after` are what a diff shows. `pending`: nothing to do until the relationship gets a scope.

    `creates`: scopes that come into being on this server.
    """

    steps: tuple[Step, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    pending: bool = False
    creates: tuple[ScopeDefinition, ...] = ()

    def touched(self) -> Sequence[str]:
        """Names of the relationships that the steps write to, in order."""
        return tuple(dict.fromkeys(step.relationship for step in self.steps))


def list_scopes(scopes: Sequence[IPv4Address]) -> str:
    return ", ".join(str(scope) for scope in scopes)


def chunks(scopes: Sequence[IPv4Address]) -> Sequence[Sequence[IPv4Address]]:
    return [scopes[start : start + CHUNK] for start in range(0, len(scopes), CHUNK)]


def missing_members(relationship: Relationship | None, scopes: Sequence[IPv4Address]) -> tuple[IPv4Address, ...]:
    return tuple(scope for scope in scopes if relationship is None or scope not in relationship.scopes)


def add_steps(server: Server, name: str, partner: str, scopes: Sequence[IPv4Address]) -> Sequence[Step]:
    """Steps that put scopes into a relationship that exists by then."""
    return [
        Step(
            server=server.name,
            text=f"add to relationship '{name}', copying to {partner}: {list_scopes(chunk)}",
            operation=cmdlets.add_failover_scopes(name, chunk),
            relationship=name,
            partner=partner,
            copies=tuple(chunk),
        )
        for chunk in chunks(scopes)
    ]


def check_members(server: Server, name: str, scopes: Sequence[IPv4Address]) -> None:
    """Refuses scopes that Windows would refuse to put into relationship `name`, all of them in one text."""
    problems = [problem for scope in scopes if (problem := _member_problem(server, name, scope))]
    if problems:
        raise Refused(" ".join(problems))


def _member_problem(server: Server, name: str, scope_id: IPv4Address) -> str | None:
    scope = server.scope(scope_id)
    if scope is None:
        inside = _containing(server, scope_id)
        cure = f"it lies inside scope {inside.scope_id}, write that id" if inside else "create it there first, or correct the id"
        return f"scopes: {scope_id} is no scope of {server.name}; {cure}."
    other = server.relationship_of(scope_id)
    if other is not None and other.name != name:
        return (
            f"scopes: {scope_id} is in relationship '{other.name}' (partner {other.partner_server}); a scope can be in one only: "
            f"remove it there first. If '{name}' is meant to be the new name of '{other.name}': Windows cannot rename a relationship."
        )
    if scope.type != "Dhcp":
        return f"scopes: {scope_id} is of type {scope.type} and serves BOOTP clients, which failover excludes; set its type to Dhcp."
    return None


def _containing(server: Server, address: IPv4Address) -> Scope | None:
    return next(
        (s for s in server.scopes if int(address) & int(IPv4Address(s.subnet_mask)) == int(s.scope_id)),
        None,
    )


def check_room(server: Server, limit: int) -> None:
    if len(server.relationships) >= limit:
        raise Refused(
            f"name: {server.name} has {len(server.relationships)} failover relationships, and {limit} is the most a server can have; "
            "remove one that is not needed (empty ones count)."
        )


def check_partner(server: Server, definition: Definition) -> str:
    """The partner of a definition that is about to be created."""
    if not definition.partner_server:
        raise Refused(f"partner_server: needed, since relationship '{definition.name}' does not exist on {server.name} yet.")
    if server.is_called(definition.partner_server):
        raise Refused(f"partner_server: '{definition.partner_server}' is {server.name} itself; name the other server.")
    return definition.partner_server
