# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What hangs together in a plan: an error ends its strand, and the others go on. No I/O."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from .actions import Action


def with_strands(actions: Sequence[Action]) -> tuple[Action, ...]:
    """Each action with its strand: those that share a relationship or a scope, at however many removes, have the same
    one."""
    leader: dict[Hashable, Hashable] = {}

    def find(key: Hashable) -> Hashable:
        while leader.setdefault(key, key) != key:
            key = leader[key]
        return key

    for action in actions:
        first, *rest = _keys(action)
        for key in rest:
            leader[find(key)] = find(first)
    numbers: dict[Hashable, str] = {}
    return tuple(
        replace(action, strand=numbers.setdefault(find(_keys(action)[0]), f"strand {len(numbers) + 1}"))
        for action in actions
    )


def _keys(action: Action) -> list[Hashable]:
    return [f"relationship {action.name}", *action.scopes] if action.name else [*action.scopes, "relationship "]
