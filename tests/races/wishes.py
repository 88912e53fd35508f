# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the "ok" of a task promises: a predicate of the servers, of the task's host and of its partner, by their names
in the lab."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from typing import TypeAlias

from lab.core.server import Relationship

from races.servers import RacedLab, active

Wish: TypeAlias = Callable[[RacedLab, str, str], bool]


def serves(lab: RacedLab, scope: IPv4Address) -> bool:
    """Somebody does; what nobody served at first is not asked for."""
    return bool(active(lab, scope)) or scope in lab.unserved


def left(*scopes: IPv4Address) -> Wish:
    """In HQ on neither of the two servers, and there is one that serves."""

    def wish(lab: RacedLab, here: str, there: str) -> bool:
        members = {scope for half in _halves(lab, "HQ", here, there) for scope in half.scopes}
        return all(scope not in members and serves(lab, scope) for scope in scopes)

    return wish


def ended(name: str, *scopes: IPv4Address) -> Wish:
    """There is no such relationship between the two, and its scopes are served."""

    def wish(lab: RacedLab, here: str, there: str) -> bool:
        return not _halves(lab, name, here, there) and all(serves(lab, scope) for scope in scopes)

    return wish


def _halves(lab: RacedLab, name: str, here: str, there: str) -> list[Relationship]:
    """Of the host, and that of its partner if it is with the host: by then the partner may have another one."""
    mine, theirs = (lab.servers[server].relationships.get(name) for server in (here, there))
    return [half for half in (mine, theirs if theirs and theirs.peer == here else None) if half is not None]


ANY = "any"  # partner of a relationship


def joined(name: str, *scopes: IPv4Address, partner: str = "") -> Wish:
    """Members on both, and both mean the same relationship. `partner`: its server, if it is not the one of the scene;
    {here} in the name stands for the host. Of the host alone: members there."""

    def wish(lab: RacedLab, here: str, there: str) -> bool:
        called = name.format(here=here.lower())
        mine = lab.servers[here].relationships.get(called)
        if here == there:
            return mine is not None and {*scopes} <= {*mine.scopes}
        other = (mine.peer if mine else there) if partner == ANY else partner or there
        theirs = lab.servers[other].relationships.get(called)
        return all(
            half is not None and half.peer == peer and {*scopes} <= {*half.scopes} and {*scopes} <= {*server.scopes}
            for half, peer, server in ((mine, other, lab.servers[here]), (theirs, here, lab.servers[other]))
        )

    return wish


def made_and_joined(name: str, scope: IPv4Address, called: str) -> Wish:
    """The same of a scope, and both serve it, if it is the one that the task made, which is `called` so: one that was
    there before stays as it is."""
    member = joined(name, scope, partner=ANY)

    def wish(lab: RacedLab, here: str, there: str) -> bool:
        if not member(lab, here, there):
            return False
        both = {here} if here == there else {here, lab.servers[here].relationships[name].peer}
        copies = [lab.servers[server].scopes.get(scope) for server in both]
        return all(copy is not None and (copy.state == "Active" or copy.name != called) for copy in copies)

    return wish


def own_joined(name: str, scope: Mapping[str, IPv4Address], partner: str = "") -> Wish:
    """The same of the host's own scope."""
    return lambda lab, here, there: joined(name, scope[here], partner=partner)(lab, here, there)


def is_active(roles: Mapping[str, bool]) -> Wish:
    """Whether the host is the active server of HQ, as `roles` says."""

    def wish(lab: RacedLab, here: str, _there: str) -> bool:
        half = lab.servers[here].relationships.get("HQ")
        return half is not None and ((half.primary == here) == (half.active == "primary")) == roles[here]

    return wish


def reserves(name: str, percent: int) -> Wish:
    """So much is reserved by the relationship, on both servers."""

    def wish(lab: RacedLab, here: str, there: str) -> bool:
        halves = _halves(lab, name, here, there)
        return bool(halves) and all(half.percentage == percent for half in halves)

    return wish


def gone(scope: Mapping[str, IPv4Address]) -> Wish:
    """The host does not have its scope any more."""
    return lambda lab, here, _there: scope[here] not in lab.servers[here].scopes


def is_there(scope: IPv4Address) -> Wish:
    """The host has the scope."""
    return lambda lab, here, _there: scope in lab.servers[here].scopes


def alike(scope: IPv4Address) -> Wish:
    """A member is on both as it is on the other, leases apart."""

    def wish(lab: RacedLab, here: str, there: str) -> bool:
        halves = [lab.servers[server].relationship_of(scope) for server in (here, there)]
        if None in halves:
            return True
        copies = [lab.servers[server].scopes[scope] for server in (here, there)]
        return len({(copy.state, copy.description) for copy in copies}) == 1

    return wish


def is_down(lab: RacedLab, here: str, _there: str) -> bool:
    """The host has declared its partner in HQ down."""
    half = lab.servers[here].relationships.get("HQ")
    return half is not None and half.state == "PartnerDown"


def every(*wishes: Wish) -> Wish:
    """All of them."""
    return lambda lab, here, there: all(wish(lab, here, there) for wish in wishes)
