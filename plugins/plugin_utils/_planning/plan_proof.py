# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every plan is proven by the fold before it is shown, independently of the planner that made it. No I/O.

The *fold* goes through the actions in the order in which they will run: a world, an action, the world after it. What is
true of each of these worlds is true wherever a run breaks off between two actions. Each action finds what it `needs`
where it stands, and after none of them is a scope on no server, served by nobody that was served, or served by two
servers that do not have it in common (members of one relationship on both).

It knows no planner and no phase, only the table of kinds: a planner that leaves an action out, or has two in the wrong
order, is refused before its plan is shown. What it cannot see are changes that others make meanwhile (the fingerprint
does), leases and settings (the guards do), and an effect that is wrong (the tests of whole runs do).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from ipaddress import IPv4Address

from .._model.refusal import Refused
from . import action_table
from .actions import Action
from .draft import Draft
from .plan import Plan
from .spec import Spec
from .world import ServerView, World


class Unsafe(Refused):
    """A plan that would lose something: a fault of the planner, found before the first write."""

    def __init__(self, action: Action, world: World, lack: str) -> None:
        super().__init__(
            f"'{action_table.words(action, world)}' cannot be done where the plan has it: {lack}. Please report this "
            "with the task."
        )


def finished(d: Draft, desired: Sequence[Spec] = ()) -> Plan:
    """The plan of a draft, in order and proven. Raises Unsafe."""
    actions = d.ordered()
    plan = Plan(actions, d.start, d.world, tuple(desired), tuple(d.warnings), dict(d.pending), dict(d.unfit))
    proven(d.start, actions, plan.idle)
    return plan


def proven(start: World, actions: Sequence[Action], idle: Collection[IPv4Address] = ()) -> World:
    """The servers after the actions. Raises Unsafe.

    `idle`: scopes that are replicated from a copy that is out of service.
    """
    world = start
    for action in actions:
        if lack := action_table.needs(world, action):
            raise Unsafe(action, world, lack)
        after = action_table.effect(world, action)
        if wrong := next(_broken(start, after, action.scopes, idle), None):
            raise Unsafe(action, world, wrong)
        world = after
    return world


def _broken(start: World, now: World, scopes: Collection[IPv4Address], idle: Collection[IPv4Address]) -> Iterator[str]:
    for scope in scopes:
        if _exists(start, scope) and not _exists(now, scope):
            yield f"{scope} would be on no server"
        before, after = serving(start, scope), serving(now, scope)
        if before and not after and scope not in idle:
            yield f"{scope} would be served by nobody"
        if len(after) > max(1, len(before)):
            apart = " and ".join(view.name for view in after)
            yield f"{scope} would be served by {apart}, which do not have it in common"


def _exists(world: World, scope: IPv4Address) -> bool:
    return any(scope in view.copies for view in world.views.values())


def serving(world: World, scope: IPv4Address) -> Sequence[ServerView]:
    """The servers that serve a scope, one of each two that have it in common."""
    apart: list[ServerView] = []
    for view in world.views.values():
        if view.serves(scope) and not any(in_common(view, other, scope, world) for other in apart):
            apart.append(view)
    return apart


def in_common(view: ServerView, other: ServerView, scope: IPv4Address, world: World) -> bool:
    """Whether both servers have a scope in one relationship of this server with the other one of the two."""
    name, here = view.owners.get(scope), world.here.source
    if name is None or here not in (view.source, other.source):
        return False
    if scope not in view.members(name) or scope not in other.members(name):
        return False
    return world.is_with(name, other if view.source == here else view)
