# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The simulated network: the servers, their names, who reaches whom and by what, and the time."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from typing import NamedTuple

from lab.core.open_questions import Switches
from lab.core.server import Lease, Scope, Server

EVERYTHING, RPC, FAILOVER = "everything", "rpc", "failover"  # what a cut takes away


class Cut(NamedTuple):
    """Packets of ``one`` that do not get to ``other``. C 7: RPC is what cmdlets go over, TCP 647 (``failover``) what
    the two services talk over, and a firewall can close one of them, RPC also in one direction."""

    one: str
    other: str
    what: str = EVERYTHING


@dataclass
class Network:
    """``clock``: a fixed instant, or None for the real clock. ``simulated_waits``: what waits on a server (door 2)
    takes the time of such a clock, and none of ours. ``takes``: how much of it each call of a cmdlet takes.
    ``leads``: a name or an address, in lower case, that leads to another server than its owner, or to none ("")."""

    servers: dict[str, Server] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)
    clock: datetime | None = None
    cut_links: set[Cut] = field(default_factory=set)
    takes: dict[str, timedelta] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)
    simulated_waits: bool = False
    hurried: float = 0  # seconds that somebody would have waited, and a test did not

    # --- time ------------------------------------------------------------------------------------------------------

    def now(self, server: str) -> datetime:
        """UTC as this server's clock shows it."""
        return self.true_time() + self.servers[server].clock_offset

    def true_time(self) -> datetime:
        """UTC, whatever the servers' clocks show."""
        return self.clock or datetime.now(timezone.utc)

    def leases(self, server: Server, scope: Scope) -> list[Lease]:
        """As that server lists them. Under the real clock none ends: those of a topology are of a day of its own."""
        return scope.all_leases(self.now(server.name) if self.clock else None)

    def advance(self, span: timedelta) -> None:
        """Time passes for all servers. Raises ValueError without a clock of the lab's own."""
        if self.clock is None:
            raise ValueError("this lab has the real clock; give it one of its own")
        self.clock += span

    def pass_time(self, cmdlet: str) -> None:
        if self.clock is not None:
            self.clock += self.takes.get(cmdlet, timedelta(0))

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """What runs on a server sleeps, until ``stop`` is set: whether it is."""
        if not self.simulated_waits or stop.is_set():
            return stop.wait(seconds)
        self.advance(timedelta(seconds=seconds))
        return stop.is_set()

    def elapsed(self) -> float:
        """Seconds of a clock that nobody sets, for those that wait: only differences mean something."""
        if self.simulated_waits and self.clock is not None:
            return self.clock.timestamp()
        return time.monotonic() + self.hurried

    # --- names -----------------------------------------------------------------------------------------------------

    def find(self, name: str, asker: Server | None = None) -> Server | None:
        """By fully qualified name, address or alias, in any case (DNS). A short name is that of the asker's own
        domain; else (L) whose NetBIOS name it is, if one server alone has it. ``asker`` None: a test."""
        wanted = name.strip().rstrip(".").lower()
        if wanted in self.leads:
            return self.servers.get(self.leads[wanted])
        for server in self.servers.values():
            if wanted in server.dns_names():
                return server
        if asker is not None and "." not in wanted:
            for server in self.servers.values():
                if server.domain == asker.domain and wanted in server.short_names():
                    return server
        if asker is not None and not self.switches.short_names_reach_other_domains:
            return None
        called = [server for server in self.servers.values() if wanted in server.short_names()]
        return called[0] if len(called) == 1 else None

    def resolve(self, name: str, asker: Server | None = None) -> list[str]:
        """What DNS says: the addresses of a name or an alias. An address is its own."""
        found = self.find(name, asker)
        if found is not None and name in map(str, found.addresses()):
            return [name]
        return [] if found is None else [str(address) for address in found.resolves_to or found.addresses()]

    # --- links -----------------------------------------------------------------------------------------------------

    def cut_link(self, one: str, other: str, what: str = EVERYTHING, *, one_way: bool = False) -> None:
        """Takes away the network between two servers, or RPC or the failover connection alone.

        ``one_way``: of RPC, the calls of ``one`` on ``other`` only."""
        here, there = self.servers[one].name, self.servers[other].name
        if what not in (EVERYTHING, RPC, FAILOVER) or (one_way and what != RPC):
            raise ValueError(f"no cut of {what!r}")
        self.cut_links.add(Cut(here, there, what))
        if not one_way:
            self.cut_links.add(Cut(there, here, what))

    def mend_link(self, one: str, other: str) -> None:
        """Everything gets through again."""
        pair = {self.servers[one].name, self.servers[other].name}
        self.cut_links -= {cut for cut in self.cut_links if {cut.one, cut.other} == pair}

    def _passes(self, one: str, other: str, what: str) -> bool:
        if one == other:
            return True
        if one not in self.servers or other not in self.servers:
            return False
        up = self.servers[one].reachable and self.servers[other].reachable
        return up and self.cut_links.isdisjoint({Cut(one, other), Cut(one, other, what)})

    def reaches(self, one: str, other: str) -> bool:
        """Whether RPC of one server gets to another one, whatever then answers there."""
        return self._passes(one, other, RPC)

    def answers(self, one: str, other: str) -> bool:
        """Whether the DHCP service of ``other`` answers RPC of ``one``: C DN338982, paused is good enough."""
        return self.reaches(one, other) and self._runs(other)

    def in_contact(self, one: str, other: str) -> bool:
        """Whether two services have a failover connection between them (TCP 647): C 7, it is none of RPC's."""
        both = self._passes(one, other, FAILOVER) and self._passes(other, one, FAILOVER)
        return both and self._runs(one) and self._runs(other)

    def serves(self, server: str, scope_id: IPv4Address) -> bool:
        """Whether a client gets an address of the scope from this server: C DHCP-EVENTS 1046, none does from one that
        is not authorised; nor from a service that is paused (C SDK 20017)."""
        asked = self.servers[server]
        scope = asked.scopes.get(scope_id)
        ready = asked.reachable and asked.service == "running" and asked.may_serve()
        return ready and scope is not None and scope.state == "Active"

    def _runs(self, server: str) -> bool:
        return self.servers[server].service in ("running", "paused")
