# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clients that get an address, from whichever server serves, while tasks run.

A server tells its partner of a lease after it has given it (MS-DHCPF: lazy update). So the lease of a server that is in
contact is at the partner at once, or still queued: then it arrives later, if by then the two still have the scope in
common, and is lost with its server's copy otherwise, as it would be without any of our tasks.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from lab.core.lab import Lab
from lab.core.server import Lease, Server

from races.scheduler import Scheduler
from races.servers import RacedLab
from races.tasks import ONE


@dataclass(frozen=True)
class Queued:
    server: str
    scope: IPv4Address
    lease: Lease


@dataclass
class Clients:
    """`given`: (scope, lease) of all; `queued`: of which the partner does not know yet."""

    lab: RacedLab
    rng: random.Random
    given: list[tuple[IPv4Address, Lease]] = field(default_factory=list)
    queued: list[Queued] = field(default_factory=list)
    late: set[str] = field(default_factory=set)  # clients of leases that only one server knows

    def live(self, scheduler: Scheduler, leases: int) -> None:
        """The body of an actor: a lease each time that it is let."""
        for _number in range(leases):
            scheduler.at("", "a client")
            if self.queued and self.rng.random() < 0.5:
                self.deliver()
            self.get()
            self.lab.changed()

    def get(self) -> None:
        """One client gets a lease."""
        offers = [
            (server, scope)
            for server in self.lab.servers.values()
            if server.reachable
            for scope in server.scopes.values()
            if scope.state == "Active"
        ]
        offers = [offer for offer in offers if offer[1].scope_id == ONE] or offers  # the scope that the tasks are about
        if not offers:
            return
        server, scope = self.rng.choice(offers)
        number = 50 + len(self.given)
        address = IPv4Address(int(scope.scope_id) + number)
        lease = Lease(address, f"00-00-00-00-01-{number:02}", expires=self.lab.now(server.name) + scope.lease_duration)
        scope.leases[address] = lease
        self.given.append((scope.scope_id, lease))
        if self.rng.random() < 0.5 and server.relationship_of(scope.scope_id) is not None:
            self.queued.append(Queued(server.name, scope.scope_id, lease))
            self.late.add(lease.client_id)
        else:
            _tell(self.lab, server, scope.scope_id, lease)

    def deliver(self) -> None:
        """What is queued arrives: seconds later, at the latest."""
        if self.queued:
            self.lab.forget_state()
        for one in self.queued:
            server = self.lab.servers[one.server]
            copy = server.scopes.get(one.scope)
            if copy is not None and one.lease.ip in copy.leases and _tell(self.lab, server, one.scope, one.lease):
                self.late.discard(one.lease.client_id)
        self.queued.clear()


def _tell(lab: Lab, server: Server, scope: IPv4Address, lease: Lease) -> bool:
    """Whether the partner knows it now."""
    half = server.relationship_of(scope)
    if half is None or lab.state(server, half) != "Normal":
        return False
    peer = lab.servers[half.peer]
    other = peer.relationship_of(scope)
    if other is None or other.name != half.name or scope not in peer.scopes:
        return False
    peer.scopes[scope].leases[lease.ip] = lease
    return True
