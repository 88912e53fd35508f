# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How scopes come into a relationship: what Windows would refuse, what a broken run left, which copy has to go before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Literal

from .copies import delete_copy, leave_here, removal, safety_copy
from .model import Refused, Scope, Server
from .plan import Removal, Step, list_scopes
from .sides import Needed, Side, Sides


@dataclass(frozen=True)
class Joining:
    """What a task says of scopes that join: its options of these names."""

    replace_partner_copy: Literal["inactive_only"] | None = None
    keep_days: int | None = 0  # of the safety copies: 0 keeps all, None makes none


@dataclass(frozen=True)
class Joined:
    """`first`: what has to be done before scopes can come, in order; `coming`: the scopes; `removals`: copies that are replaced."""

    first: tuple[Step, ...] = ()
    coming: tuple[IPv4Address, ...] = ()
    removals: tuple[Removal, ...] = ()


def join(name: str, names: tuple[str, ...], scopes: Sequence[IPv4Address], sides: Sides, how: Joining) -> Joined:
    """What brings these scopes into relationship `name`, whose partner is called `names`."""
    here = sides.here
    mine = here.members(name)
    missing = tuple(scope for scope in scopes if scope not in mine)
    there = asked(name, names, scopes, sides)
    if there is None:
        return Joined()
    theirs = there.members(name)
    _check_reverse(name, [scope for scope in missing if scope in theirs], here, there)
    half = [scope for scope in scopes if scope in mine and scope not in theirs and here.half(name)]
    coming = tuple(sorted({*missing, *half}))
    taken = tuple(scope for scope in coming if there.server.scope(scope))
    _check_ranges([scope for scope in coming if scope not in taken], here.server, there.server)
    if half or taken:
        there = sides.partner(Needed(names, name, taken, api=bool(half)))
    replaced = _replaced(name, taken, here, there, how)
    first = (*safety_copy(name, taken, there, how.keep_days), *(delete_copy(name, scope, there) for scope in taken))
    return Joined((*first, *leave_here(name, half, here, settled=False)), coming, replaced)


def asked(name: str, names: tuple[str, ...], scopes: Sequence[IPv4Address], sides: Sides) -> Side | None:
    """The partner, which is always looked at before scopes come; None: nothing comes, and this server is enough."""
    missing = [scope for scope in scopes if scope not in sides.here.members(name)]
    check_members(sides.here.server, name, missing)
    if not (missing or sides.are_both_read(name)):
        return None
    return sides.partner(Needed(names, name, guarded=False))


def _check_reverse(name: str, scopes: Sequence[IPv4Address], here: Side, there: Side) -> None:
    if scopes:
        raise Refused(
            f"scopes: {list_scopes(scopes)} is in '{name}' on {there.name}, and not on {here.name}: a removal did not end. Finish it with "
            "state: absent, keep_scopes_on and other_copy, and add it then. Nothing was changed."
        )


def _check_ranges(scopes: Sequence[IPv4Address], here: Server, there: Server) -> None:
    """Refuses scopes whose addresses the partner gives away in another scope: Windows copies none of them."""
    problems = [
        f"scopes: {scope.scope_id} ({scope.start_range} to {scope.end_range}) overlaps scope {other.scope_id} of {there.name} "
        f"({other.start_range} to {other.end_range}); correct one of the two ranges."
        for scope in map(here.scope, scopes)
        for other in there.scopes
        if scope is not None and _first(scope) <= _last(other) and _first(other) <= _last(scope)
    ]
    if problems:
        raise Refused(" ".join(problems) + " Nothing was changed.")


def _first(scope: Scope) -> IPv4Address:
    return IPv4Address(scope.start_range)


def _last(scope: Scope) -> IPv4Address:
    return IPv4Address(scope.end_range)


def _replaced(name: str, taken: Sequence[IPv4Address], here: Side, there: Side, how: Joining) -> tuple[Removal, ...]:
    """The copies that the partner has already. Raises Refused, showing what differs, unless they may be replaced."""
    found = [removal(scope, here, there, deleted=True, replaced=True) for scope in taken]
    problems = []
    for one in found:
        copy = there.server.scope(one.scope_id)
        active = copy is not None and (copy.active or there.elsewhere(one.scope_id, name) is not None)
        if active or how.replace_partner_copy is None:
            differs = "; ".join(one.differences) or "equal to the one here"
            cure = (
                "it is in service there: compare both, and deactivate, remove or renumber one of them"
                if active
                else "replace_partner_copy: inactive_only replaces it, after a safety copy"
            )
            problems.append(f"scopes: {one.scope_id} exists on {there.name} already ({differs}); {cure}.")
    if problems:
        raise Refused(" ".join(problems) + " Nothing was changed.")
    return tuple(found)


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
            "move: true of dhcp_failover_scope takes it from there. "
            f"If '{name}' is meant to be the new name of '{other.name}': previous_name of dhcp_failover_relationship."
        )
    return None


def _containing(server: Server, address: IPv4Address) -> Scope | None:
    return next(
        (s for s in server.scopes if int(address) & int(IPv4Address(s.subnet_mask)) == int(s.scope_id)),
        None,
    )
