# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a test orders to go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address

from lab.core.network import Network
from lab.core.server import Lease, Scope


@dataclass
class Fault:
    """An ordered failure: the call after the next ``after`` calls of ``cmdlet`` on ``server`` fails with
    ``error_id``."""

    server: str
    cmdlet: str
    error_id: str
    after: int = 0
    half_applied: bool = False


@dataclass
class BrokenEnumeration:
    """An ordered failure: the next ``times`` exports of a scope hold the first ``leases`` of it and say nothing."""

    server: str
    scope_id: IPv4Address | None
    leases: int = 0
    times: int = 1


@dataclass
class Faults(Network):
    """The network, and the failures that are still to come."""

    faults: list[Fault] = field(default_factory=list)
    broken: list[BrokenEnumeration] = field(default_factory=list)

    def fail_next(self, server: str, cmdlet: str, error_id: str, after: int = 0, *, half_applied: bool = False) -> None:
        """Let a later call fail. ``half_applied``: only after this server's part of the work is done."""
        self.faults.append(Fault(self.servers[server].name, cmdlet, error_id, after, half_applied))

    def break_lease_export(
        self, server: str, scope_id: IPv4Address | None = None, leases: int = 0, times: int = 1
    ) -> None:
        """C MIG: Export-DhcpServer never posts what goes wrong while leases are enumerated. ``scope_id`` None: of every
        scope."""
        self.broken.append(BrokenEnumeration(self.servers[server].name, scope_id, leases, times))

    def exported_leases(self, server: str, scope: Scope) -> list[Lease]:
        """What an export holds of a scope's leases."""
        found = self.leases(self.servers[server], scope)
        for broken in self.broken:
            if broken.server == server and broken.scope_id in (None, scope.scope_id) and broken.times > 0:
                broken.times -= 1
                return found[: broken.leases]
        return found

    def take_fault(self, server: str, cmdlet: str) -> Fault | None:
        """The fault due for this call, if one is."""
        for fault in self.faults:
            if fault.server == server and fault.cmdlet.lower() == cmdlet.lower():
                if fault.after == 0:
                    self.faults.remove(fault)
                    return fault
                fault.after -= 1
                return None
        return None
