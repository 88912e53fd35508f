# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the copy of a scope that goes has and the kept one has not. No I/O."""

from __future__ import annotations

from ipaddress import IPv4Address

from .._engine.steps import Removal
from . import content
from .world import ServerView


def departure(
    scope: IPv4Address, keeper: ServerView, other: ServerView, *, deleted: bool, replaced: bool = False
) -> Removal:
    """The other's copy, and how it differs from the keeper's. One that is replaced loses what it has to lose by being
    told to."""
    kept, going = keeper.content(scope), other.content(scope)
    if kept is None or going is None:
        raise AssertionError("a planner asks for the content before it plans a removal")
    differs = content.differences(kept.export, going.export, [scope])
    words = {
        each: f"{each.field}: {_text(each.destination)} on {other.name}, {_text(each.source)} on {keeper.name}"
        for each in differs
    }
    leases: list[str] = []
    if going.read_at is not None:
        lost = content.lost_leases(kept.export, going.export, [scope], going.read_at)
        leases = [f"lease {lease.address} of {lease.client_id}: on {other.name} only" for lease in lost]
    losses = [words[each] for each in differs if _is_lost(each, deleted) and not replaced]
    return Removal(scope, other.name, keeper.name, deleted, (*words.values(), *leases), (*losses, *leases), replaced)


def _is_lost(difference: content.Difference, deleted: bool) -> bool:
    """Out of service is right for the copy that goes, and wrong for the one that stays. A copy that stays loses nothing
    else."""
    if difference.field == "state":
        return difference.destination == "Active"
    return deleted and difference.destination is not None


def _text(value: str | None) -> str:
    return "none" if value is None else value
