# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The two copies of a scope: what one that goes has and the other has not, and the steps that touch one copy alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address
from typing import Any

from . import cmdlets, content
from .export import Export
from .plan import Removal, Step, chunks, list_scopes
from .sides import Side


def removal(scope: IPv4Address, keeper: Side, loser: Side, deleted: bool, replaced: bool = False) -> Removal:
    """The loser's copy, and how it differs from the keeper's. One that is replaced loses what it has to lose by being told to."""
    if keeper.content is None or loser.content is None:
        raise AssertionError("a planner asks for the content before it plans a removal")
    found = content.differences(keeper.content, loser.content, [scope])
    told = {one: f"{one.field}: {_told(one.destination)} on {loser.name}, {_told(one.source)} on {keeper.name}" for one in found}
    leases = _lost_leases(scope, keeper.content, loser)
    lost = [told[one] for one in found if _is_lost(one, deleted) and not replaced]
    return Removal(scope, loser.name, keeper.name, deleted, (*told.values(), *leases), (*lost, *leases), replaced)


def _is_lost(one: content.Difference, deleted: bool) -> bool:
    """Out of service is right for the copy that goes, and wrong for the one that stays. A copy that stays loses nothing else."""
    if one.field == "state":
        return one.destination == "Active"
    return deleted and one.destination is not None


def _lost_leases(scope: IPv4Address, kept: Export, loser: Side) -> list[str]:
    """Leases that run and that the keeper does not know."""
    if loser.content is None or loser.read_at is None:
        return []
    found = content.lost_leases(kept, loser.content, [scope], loser.read_at)
    return [f"lease {one.address} of {one.client_id}: on {loser.name} only" for one in found]


def on_one_side(side: Side, relationship: str, text: str, operation: cmdlets.Operation, **more: Any) -> Step:
    """A step that touches this server and no other; over a second hop, that is what it reaches."""
    return Step(
        server=side.runs_on,
        text=text,
        operation=operation,
        relationship=relationship,
        partner=side.computer or "",
        connection=side.connection,
        **{"here_only": True, "settled": False, **more},
    )


def safety_copy(name: str, scopes: Sequence[IPv4Address], side: Side, keep_days: int | None) -> Sequence[Step]:
    """An export with leases, kept on the server that makes it. None for `keep_days`: none is wanted."""
    if keep_days is None or not scopes:
        return []
    text = f"keep a safety copy on {side.runs_on} of what is on {side.name}, with leases: {list_scopes(scopes)}"
    return [on_one_side(side, name, text, cmdlets.safety_copy(scopes, name, keep_days, side.computer))]


def delete_copy(name: str, scope: IPv4Address, side: Side, proofs: tuple[cmdlets.Operation, ...] = ()) -> Step:
    """One server's instance of a scope that is in no relationship there."""
    text = f"delete the copy of {scope} on {side.name}, with its leases (DNS records of its clients may go too)"
    return on_one_side(side, name, text, cmdlets.remove_scope(scope, side.computer), settled=bool(proofs), proofs=proofs)


def leave_here(name: str, scopes: Sequence[IPv4Address], side: Side, *, settled: bool) -> Sequence[Step]:
    return [
        on_one_side(
            side,
            name,
            f"take out of relationship '{name}' on {side.name} alone: {list_scopes(chunk)}",
            cmdlets.remove_member_here(name, chunk, side.computer),
            settled=settled,
        )
        for chunk in chunks(scopes)
    ]


def proofs(name: str, scope: IPv4Address, partner: str) -> tuple[cmdlets.Operation, ...]:
    """That the scope is a member on this server and on the partner."""
    return (cmdlets.prove_member(name, scope), cmdlets.prove_member(name, scope, partner))


def _told(value: str | None) -> str:
    return "none" if value is None else value
