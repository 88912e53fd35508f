# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab that looks after every single write whether a scope or a lease is gone, and that can die in the middle of
one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Address
from typing import Any

from lab.core.api import Outcome, Session
from lab.core.lab import Function, Lab
from lab.core.management_api import WRITES

REMOVALS = frozenset(
    {"Remove-DhcpServerv4Failover", "Remove-DhcpServerv4FailoverScope", "Remove-DhcpServerv4Scope", *WRITES}
)

Leases = frozenset[tuple[IPv4Address, IPv4Address, str]]  # scope, address, client


class Killed(Exception):
    """The process on the server, or the play, ended here. Nothing after it happens."""


@dataclass
class Held:
    """What exists on at least one server."""

    scopes: frozenset[IPv4Address]
    leases: Leases

    def lost(self, now: Held) -> list[str]:
        scopes = [f"scope {scope}" for scope in sorted(self.scopes - now.scopes)]
        leases = [f"lease {address} of {scope}" for scope, address, _client in sorted(self.leases - now.leases)]
        return scopes + leases


def held(lab: Lab) -> Held:
    scopes = [scope for server in lab.servers.values() for scope in server.scopes.values()]
    return Held(
        frozenset(scope.scope_id for scope in scopes),
        frozenset((scope.scope_id, lease.ip, lease.client_id) for scope in scopes for lease in scope.leases.values()),
    )


@dataclass
class Watch:
    """What is looked after, and which write goes wrong: its number, counted from 0.

    `die_at`: the process ends there, before the write or `after` it. `halved_at`: it ends once one of two servers was
    written to. `cut_at`: the two servers lose each other before it. `fail_at`: its partner half fails, with this
    server's half done (`half_applied`) or not. `under_way`: is called with each number before the write. `never`: what
    is wrong at any moment, beside what is lost. `sabotage`: the first removal takes one scope away everywhere, to prove
    that this is noticed."""

    before: Held
    die_at: int | None = None
    after: bool = False
    halved_at: int | None = None
    cut_at: int | None = None
    fail_at: int | None = None
    half_applied: bool = False
    sabotage: bool = False
    never: Callable[[Lab], list[str]] = lambda lab: []
    under_way: Callable[[int], object] = lambda number: None
    writes: list[tuple[str, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


class WatchedLab(Lab):
    """`watch` is set when the scene is."""

    watch: Watch | None = None

    def _perform(self, session: Session, function: Function, *given: Any) -> Outcome:
        watch, name = self.watch, function.name
        if watch is None or not function.writes or name == "Export-DhcpServer":
            return super()._perform(session, function, *given)
        number = len(watch.writes)
        watch.under_way(number)
        if watch.die_at == number and not watch.after:
            watch.die_at = None  # the run may go on, where only the process on the server ended
            raise Killed
        if watch.cut_at == number:
            one, other, *_others = self.servers
            self.cut_link(one, other)
        if watch.fail_at == number:
            self.fail_next(session.server, name, "DHCP 20133", half_applied=watch.half_applied)
        outcome = super()._perform(session, function, *given)
        watch.writes.append((session.server, name))
        if watch.sabotage and name in REMOVALS:
            watch.sabotage = False
            victim = min(watch.before.scopes)
            for server in self.servers.values():
                server.scopes.pop(victim, None)
        now = [*watch.before.lost(held(self)), *watch.never(self)]
        watch.lost += [what for what in now if what not in watch.lost]
        if watch.die_at == number:
            watch.die_at = None
            raise Killed
        return outcome

    def between(self) -> None:
        if self.watch is not None and self.watch.halved_at == len(self.watch.writes):
            self.watch.halved_at = None
            raise Killed


def shape(lab: Lab) -> Mapping[str, object]:
    """Of each server its scopes, whether they serve, and its relationships with their members."""
    return {
        server.name: (
            {scope.scope_id: scope.state for scope in server.scopes.values()},
            {name: (half.peer, sorted(half.scopes)) for name, half in server.relationships.items()},
        )
        for server in lab.servers.values()
    }


def watched(lab: Lab) -> WatchedLab:
    return WatchedLab(**{one.name: getattr(lab, one.name) for one in fields(lab)})
