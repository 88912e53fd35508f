# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must never be, looked for after every change and at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from nothing_lost.broken_runs import served_twice
from nothing_lost.watched import held

from races.clients import Clients
from races.servers import RacedLab, active
from races.wishes import Wish


@dataclass
class Promise:
    """Of one run. `held`: whether what its ok promises was so at a moment since its own last change; the run's end is
    the last such moment. `held_here`: the same of its own server alone."""

    wish: Wish
    here: str
    there: str
    held: bool = False
    held_here: bool = False
    over: bool = False

    def look(self, lab: RacedLab, *, mine: bool) -> None:
        if not self.over:
            now, now_here = self.wish(lab, self.here, self.there), self.wish(lab, self.here, self.here)
            self.held = now if mine else self.held or now
            self.held_here = now_here if mine else self.held_here or now_here


@dataclass
class Judge:
    """`lost`: scopes that were on no server at some moment, and leases at the end."""

    lab: RacedLab
    unserved: frozenset[IPv4Address]
    promises: list[Promise]
    clients: Clients
    lost: list[str] = field(default_factory=list)
    own_doing: int = 0

    def __post_init__(self) -> None:
        self.before = held(self.lab)
        for promise in self.promises:
            promise.look(self.lab, mine=True)

    def seen(self, who: int) -> None:
        """The actor of this number has just changed something; NOBODY: one has ended."""
        now = {scope for server in self.lab.servers.values() for scope in server.scopes}
        self.lost += [
            f"scope {scope} is on no server"
            for scope in sorted(self.before.scopes - now)
            if f"scope {scope} is on no server" not in self.lost
        ]
        actors = self.lab.scheduler.actors if self.lab.scheduler else ()
        for number, promise in enumerate(self.promises):
            promise.look(self.lab, mine=number == who)
            promise.over |= any(one.number == number and one.name and one.ended for one in actors)

    def leases(self, told: Sequence[str]) -> Iterator[str]:
        """Those that no server has any more, or none that serves their scope and nobody was `told` of: a copy that is
        out of service keeps them for a person. `told`: what runs said that failed, at any time."""
        known = [*((scope, address, client) for scope, address, client in self.before.leases)]
        known += [(scope, lease.ip, lease.client_id) for scope, lease in self.clients.given]
        for scope, address, client in sorted(known):
            copies = [server.scopes[scope] for server in self.lab.servers.values() if scope in server.scopes]
            serving = [copy for copy in copies if copy.state == "Active"] or copies
            if any(address in copy.leases for copy in serving):
                continue
            if any(address in copy.leases for copy in copies) and any(_tells_of(said, scope, address) for said in told):
                continue
            if client in self.clients.late:
                self.own_doing += 1
            else:
                yield f"the lease {address} of {client} is lost"

    def nobody(self) -> Iterator[str]:
        for scope in sorted(self.before.scopes - self.unserved):
            if not active(self.lab, scope):
                yield f"{scope} is served by nobody"

    def twice(self, told: Sequence[str]) -> Iterator[str]:
        """But what nobody may mend without a person, who was `told` of it."""
        for what in served_twice(self.lab):
            scope = what.partition(" ")[0]
            if not any(scope in said and "both serve it" in said for said in told):
                yield what


def _tells_of(said: str, scope: IPv4Address, address: IPv4Address) -> bool:
    """Of the lease, or of the copy that has it and is left."""
    return f"lease {address} of" in said or (f"the copy of {scope} on" in said and "leases" in said)
