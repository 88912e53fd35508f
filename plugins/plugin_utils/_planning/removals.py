# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Copies of scopes that go, and what they have that the kept ones have not. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from . import comparison
from .world import ServerView

MANY = 3  # from so many on, the share that goes counts


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
        """As the result shows it."""
        return {
            "scope_id": str(self.scope_id),
            "server": self.server,
            "kept_on": self.kept_on,
            "other_copy": "replace" if self.replaced else "delete" if self.deleted else "disable",
            "differences": list(self.differences),
        }


@dataclass(frozen=True)
class Count:
    """How many go of how many: members that leave failover or lose a copy for good, or copies. `what`: all of them, in
    words."""

    what: str
    all: int
    going: int


def removal(
    scope: IPv4Address, keeper: ServerView, other: ServerView, *, deleted: bool, replaced: bool = False
) -> Removal:
    """The other's copy, and how it differs from the keeper's. One that is replaced while it serves nobody and is in
    no relationship loses what it has to lose by being told to (replace_partner_copy)."""
    kept, going = keeper.content(scope), other.content(scope)
    if kept is None or going is None:
        raise AssertionError("a planner asks for the content before it plans a removal")
    differs = comparison.differences(kept.export, going.export, [scope])
    words = {each: _in_words(each, keeper, other) for each in differs}
    leases: list[str] = []
    if going.read_at is not None:
        lost = comparison.lost_leases(kept.export, going.export, [scope], going.read_at)
        leases = [f"lease {lease.address} of {lease.client_id}: on {other.name} only" for lease in lost]
    told_to = replaced and not other.serves(scope) and scope not in other.owners
    serves = keeper.serves(scope)
    losses = [words[each] for each in differs if _is_lost(each, deleted, serves) and not told_to]
    return Removal(scope, other.name, keeper.name, deleted, (*words.values(), *leases), (*losses, *leases), replaced)


def _is_lost(difference: comparison.Difference, deleted: bool, serves: bool) -> bool:
    """Out of service is right for the copy that goes, and wrong for the one that stays, unless it `serves` by then. A
    copy that stays loses nothing else."""
    if difference.field == "state":
        return difference.destination == "Active" and not serves
    return deleted and difference.destination is not None


def _in_words(difference: comparison.Difference, keeper: ServerView, other: ServerView) -> str:
    going, kept = comparison.in_words(difference.destination), comparison.in_words(difference.source)
    return f"{difference.field}: {going} on {other.name}, {kept} on {keeper.name}"
