# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every plan is proven by the fold before it is shown, independently of the planner that made it. No I/O.

Each action finds what it needs where it stands, and after none of them is a scope on no server, served by nobody that
was served, or served by two servers that do not have it in common.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from ipaddress import IPv4Address

from ..model import Refused
from . import kinds
from .actions import Action
from .world import ServerView, World


class Unsafe(Refused):
    """A plan that would lose something: a fault of the planner, found before the first write."""

    def __init__(self, action: Action, world: World, lack: str) -> None:
        super().__init__(
            f"'{kinds.words(action, world)}' cannot be done where the plan has it: {lack}. Please report this with the "
            "task. Nothing was changed."
        )


def proven(start: World, actions: Sequence[Action], idle: Collection[IPv4Address] = ()) -> World:
    """The servers after the actions. Raises Unsafe.

    `idle`: scopes whose kept copy is out of service already; that a guard asks for, and it names what is lost.
    """
    world = start
    scopes = frozenset(scope for action in actions for scope in action.scopes)
    twice = {(scope, pair) for scope in scopes for pair in _served_apart(start, scope)}
    for action in actions:
        if lack := kinds.needs(world, action):
            raise Unsafe(action, world, lack)
        after = kinds.effect(world, action)
        if wrong := next(_broken(start, after, action.scopes, twice, idle), None):
            raise Unsafe(action, world, wrong)
        world = after
    return world


def _broken(
    start: World,
    now: World,
    scopes: Collection[IPv4Address],
    twice: Collection[tuple[IPv4Address, tuple[str, str]]],
    idle: Collection[IPv4Address],
) -> Iterator[str]:
    for scope in scopes:
        if _exists(start, scope) and not _exists(now, scope):
            yield f"{scope} would be on no server"
        if scope not in idle and _is_served(start, scope) and not _is_served(now, scope):
            yield f"{scope} would be served by nobody"
        for pair in _served_apart(now, scope):
            if (scope, pair) not in twice:
                yield f"{scope} would be served by {' and '.join(pair)}, which do not have it in common"


def _exists(world: World, scope: IPv4Address) -> bool:
    return any(scope in view.copies for view in world.views.values())


def _is_served(world: World, scope: IPv4Address) -> bool:
    return any(view.serves(scope) for view in world.views.values())


def _served_apart(world: World, scope: IPv4Address) -> Iterator[tuple[str, str]]:
    """Pairs of servers that serve a scope without having it in one relationship."""
    serving = [view for view in world.views.values() if view.serves(scope)]
    for index, view in enumerate(serving):
        for other in serving[index + 1 :]:
            if not _in_common(view, other, scope, world.here):
                yield view.name, other.name


def _in_common(view: ServerView, other: ServerView, scope: IPv4Address, here: ServerView) -> bool:
    name = view.owners.get(scope)
    return (
        name is not None
        and any(one.source == here.source for one in (view, other))
        and scope in view.members(name)
        and scope in other.members(name)
    )
