# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans the replication of scopes: which of them, in which direction, and what speaks against it. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any

from . import cmdlets, content, guards
from .copies import safety_copy
from .export import Export
from .model import Refused, Relationship, Server
from .plan import Plan, Step, chunks, find, list_scopes
from .sides import Connection, Side
from .texts import few

Chosen = Mapping[IPv4Address, Relationship]  # scopes, each with its relationship as this server shows it


@dataclass(frozen=True)
class Route:
    """How the source is told to replicate. `runs_on`: the server that runs the cmdlet; `hop`: it is this one, asking the partner."""

    from_here: bool
    runs_on: Server
    hop: bool = False
    connection: Connection = "this_server"


@dataclass(frozen=True)
class Overwriting:
    """Whether content that the destination alone has may go, and the safety copies that are made before: None for `keep_days` makes none.

    `destinations`: each partner's, by the partner's name as this server has it.
    """

    allowed: bool = False
    keep_days: int | None = None
    destinations: Mapping[str, Side] = field(default_factory=dict)


def members(server: Server, scopes: Sequence[IPv4Address], relationship: str | None) -> Chosen:
    """The scopes to look at: those named, those of one relationship, or all. Raises Refused."""
    if scopes:
        return {scope: _membership(server, scope) for scope in scopes}
    if relationship is not None:
        found = find(server, relationship, "relationship")
        if found is None:
            raise Refused(f"relationship: '{relationship}' does not exist on {server.name}.")
        return dict.fromkeys(found.scopes, found)
    return {scope: one for one in server.relationships for scope in one.scopes}


def _membership(server: Server, scope: IPv4Address) -> Relationship:
    found = server.relationship_of(scope)
    if found is None:
        what = "in no failover relationship" if server.scope(scope) else "no scope"
        raise Refused(f"scopes: {scope} is {what} of {server.name}, so there is no partner to replicate it with.")
    return found


def by_partner(chosen: Chosen) -> Mapping[str, Chosen]:
    """The scopes of each partner, by the partner's name as this server has it."""
    groups: dict[str, dict[IPv4Address, Relationship]] = {}
    for scope, relationship in sorted(chosen.items()):
        groups.setdefault(relationship.partner_server, {})[scope] = relationship
    return groups


def differences(chosen: Chosen, from_here: bool, here: Export, far: Mapping[str, Export]) -> Sequence[content.Difference]:
    """`here`: this server's content, `far`: each partner's."""
    found: list[content.Difference] = []
    for partner, group in by_partner(chosen).items():
        source, destination = _ends(from_here, here, far[partner])
        found += content.differences(source, destination, group)
    return found


def plan(
    chosen: Chosen,
    name: str,
    route: Route,
    here: Export,
    far: Mapping[str, Export],
    found: Sequence[content.Difference],
    force: bool,
    overwriting: Overwriting,
) -> Plan:
    """`name` is this server's, `found` every difference. Raises Refused for what would stop half-way or be lost."""
    differing = {difference.scope_id for difference in found}
    steps: list[Step] = []
    for partner, group in by_partner(chosen).items():
        going = [scope for scope in group if force or scope in differing]
        source, destination = _ends(route.from_here, name, partner)
        _check(going, source, destination, *_ends(route.from_here, here, far[partner]))
        for relationship in dict.fromkeys(group.values()):
            steps += _steps(relationship, [scope for scope in going if group[scope] == relationship], route, source, destination)
    lost = content.vanishing(found)
    _check_lost(lost, overwriting.allowed, *_ends(route.from_here, name, "the partner"))
    return Plan((*_copies(chosen, lost, overwriting), *steps), _shown(found, "destination"), _shown(found, "source"))


def _copies(chosen: Chosen, lost: Sequence[content.Difference], overwriting: Overwriting) -> Sequence[Step]:
    """Safety copies of the scopes of which something goes that only the destination has."""
    losing = {one.scope_id for one in lost}
    steps: list[Step] = []
    for partner, group in by_partner(chosen).items():
        scopes = [scope for scope in group if scope in losing]
        if scopes:
            steps += safety_copy(group[scopes[0]].name, scopes, overwriting.destinations[partner], overwriting.keep_days)
    return steps


def _ends(from_here: bool, here: Any, there: Any) -> Any:
    return (here, there) if from_here else (there, here)


def _check(going: Sequence[IPv4Address], source: str, destination: str, given: Export, had: Export) -> None:
    gone = [scope for scope in going if scope not in given.scopes]
    if gone:
        raise Refused(
            f"scopes: {few(gone)} does not exist on {source}, although it is in failover there; replicating would "
            f"take it from {destination} too. Replicate in the other direction, or look at both servers."
        )
    guards.check_lacking(given, had, going, destination)


def _check_lost(lost: Sequence[content.Difference], allow_overwrite: bool, source: str, destination: str) -> None:
    if lost and not allow_overwrite:
        told = few((f"{one.scope_id} {one.field} ({one.destination})" for one in lost), "differences")
        raise Refused(
            f"{destination} has what {source} has not, and replicating would remove it: {told}. Replicate in the other "
            "direction, or say allow_overwrite: true; nothing was changed."
        )


def _steps(relationship: Relationship, scopes: Sequence[IPv4Address], route: Route, source: str, destination: str) -> Sequence[Step]:
    seen = route.runs_on.relationship(relationship.name) or relationship
    return [
        Step(
            server=source if route.hop else route.runs_on.name,
            text=f"replicate from {source} to {destination}, overwriting there: {list_scopes(chunk)}",
            operation=cmdlets.replicate(chunk, seen.partner_server if route.hop else None),
            relationship=relationship.name,
            partner=seen.partner_server,
            copies=tuple(chunk),
            connection=route.connection,
        )
        for chunk in chunks(scopes)
    ]


def _shown(found: Sequence[content.Difference], side: str) -> Mapping[str, Any]:
    shown: dict[str, dict[str, Any]] = {}
    for one in found:
        shown.setdefault(str(one.scope_id), {})[one.field] = getattr(one, side)
    return shown
