# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Windows and a network cost and the lab does not: modelled, and added to the seconds of a row."""

from __future__ import annotations

from dataclasses import dataclass

from bench.running import FORKS, Measured


@dataclass(frozen=True)
class Costs:
    """Seconds: of one start of PowerShell, of one compiling of C#, of one round trip."""

    startup: float = 0.0
    compiling: float = 0.0
    round_trip: float = 0.0

    def added(self, one: Measured) -> float:
        """Seconds that a row takes longer by them. Servers are worked on at once, as many as there are forks; what
        one server has to do is done one after the other."""
        counts = one.counts
        all_servers = (
            self.startup * counts.starts + self.compiling * counts.compiles + self.round_trip * counts.requests
        )
        return all_servers / min(one.hosts, FORKS)

    @property
    def words(self) -> str:
        return (
            f"{self.startup:g} s a start of PowerShell, {self.compiling:g} s a compiling of C#, "
            f"{self.round_trip:g} s a round trip"
        )


NONE = Costs()
# a usual server in the same building: see docs/benchmark.md for where the numbers come from
USUAL = Costs(0.25, 0.4, 0.001)
