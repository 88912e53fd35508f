# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan as a value: what there is, what there will be, and the steps between. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any

from . import cmdlets, kept_secret
from .model import Definition, Refused, Relationship, ScopeDefinition, Server
from .sides import AT_ONCE, Connection, Sides


@dataclass(frozen=True)
class Step:
    """One write. `server` runs it, `partner` is the server that it reaches from there ("": none).

    `settled`: the relationship has to be Normal before it. `proofs`: reads that have to succeed before it.
    `then`: what holds only when everything was written, and the relationship is Normal again where that is waited for.
    """

    server: str
    text: str
    operation: cmdlets.Operation
    relationship: str
    partner: str
    removes: bool = False
    copies: tuple[IPv4Address, ...] = ()  # scopes that the partner gets
    here_only: bool = False  # prepares the relationship's next step and does not touch the relationship itself
    settled: bool = True
    proofs: tuple[cmdlets.Operation, ...] = ()
    then: tuple[cmdlets.Operation, ...] = ()
    connection: Connection = "this_server"

    def public(self) -> Mapping[str, str]:
        return {"server": self.server, "step": self.text}


@dataclass(frozen=True)
class Removal:
    """A scope's copy on `server` that goes (deleted), or stays there InActive; `kept_on` has the other one.

    `differences`: what the copy that goes has otherwise, or alone; `loses`: those of them that nobody has afterwards.
    """

    scope_id: IPv4Address
    server: str
    kept_on: str
    deleted: bool
    differences: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    replaced: bool = False  # the kept one is copied there anew

    def public(self) -> Mapping[str, Any]:
        return {
            "scope_id": str(self.scope_id),
            "server": self.server,
            "kept_on": self.kept_on,
            "other_copy": "replace" if self.replaced else "delete" if self.deleted else "disable",
            "differences": list(self.differences),
        }


@dataclass(frozen=True)
class Plan:
    """`before` and `after` are what a diff shows. `pending`: nothing to do until the relationship gets a scope.

    `creates`: scopes that come into being on this server. `removals`: copies that go, of so many `members`.
    """

    steps: tuple[Step, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    pending: bool = False
    creates: tuple[ScopeDefinition, ...] = ()
    removals: tuple[Removal, ...] = ()
    members: int = 0
    warnings: tuple[str, ...] = ()

    def touched(self) -> Sequence[str]:
        """Names of the relationships that the steps write to, in order."""
        return tuple(dict.fromkeys(step.relationship for step in self.steps))


def find(server: Server, name: str, option: str = "name") -> Relationship | None:
    """The relationship of exactly this name; one that differs in case only is refused, since nobody knows if it is the same."""
    exact = server.relationship(name)
    if exact is not None:
        return exact
    alike = next((r.name for r in server.relationships if r.name.casefold() == name.casefold()), None)
    if alike is not None:
        raise Refused(
            f"{option}: {server.name} has a relationship '{alike}', which differs from '{name}' in upper and lower case only; write the "
            "name as it is there. A relationship cannot be renamed: it would have to be removed and created anew."
        )
    return None


def list_scopes(scopes: Sequence[IPv4Address]) -> str:
    return ", ".join(str(scope) for scope in scopes)


def chunks(scopes: Sequence[IPv4Address], at_once: int = AT_ONCE) -> Sequence[Sequence[IPv4Address]]:
    return [scopes[start : start + at_once] for start in range(0, len(scopes), at_once)]


def add_steps(sides: Sides, name: str, partner: str, scopes: Sequence[IPv4Address]) -> Sequence[Step]:
    """Steps that put scopes into a relationship that exists by then."""
    return [
        Step(
            server=sides.here.name,
            text=f"add to relationship '{name}', copying to {partner}: {list_scopes(chunk)}",
            operation=cmdlets.add_failover_scopes(name, chunk),
            relationship=name,
            partner=partner,
            copies=tuple(chunk),
        )
        for chunk in chunks(scopes, sides.at_once)
    ]


def forget_secret(name: str, sides: Sides, partner: str = "") -> Sequence[Step]:
    """Before a secret is sent or goes: what this server keeps of the last one, if anything. Not without the `partner`, if one is given."""
    if not sides.kept.holds(name):
        return ()
    return [
        Step(
            server=sides.here.name,
            text=f"forget what {sides.here.name} keeps of the secret of '{name}'",
            operation=kept_secret.drop(name),
            relationship=name,
            partner=partner,
            here_only=True,
            settled=bool(partner),
        )
    ]


def check_room(server: Server, limit: int, option: str = "name") -> None:
    if len(server.relationships) >= limit:
        raise Refused(
            f"{option}: {server.name} has {len(server.relationships)} failover relationships, and {limit} is the most a server can have; "
            "remove one that is not needed (empty ones count)."
        )


def check_partner(server: Server, definition: Definition) -> str:
    """The partner of a definition that is about to be created."""
    if not definition.partner_server:
        raise Refused(f"partner_server: needed, since relationship '{definition.name}' does not exist on {server.name} yet.")
    if server.is_called(definition.partner_server):
        raise Refused(f"partner_server: '{definition.partner_server}' is {server.name} itself; name the other server.")
    return definition.partner_server
