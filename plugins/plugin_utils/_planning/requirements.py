# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What scopes need of the server level before they can come to a partner, as far as it was read. No I/O, nothing of
Ansible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from .._windows.export import Export
from . import guards


@dataclass
class Requirements:
    """`used`: exports of scopes on this server. `levels`: classes and definitions of partners, by the names they were
    asked for."""

    used: list[Export] = field(default_factory=list)
    levels: dict[str, Export] = field(default_factory=dict)

    def unknown(self, scopes: Iterable[IPv4Address]) -> Sequence[IPv4Address]:
        return sorted({scope for scope in scopes if not any(scope in export.uses for export in self.used)})

    def check(self, partner: str, name: str, scopes: Iterable[IPv4Address]) -> None:
        """Raises Refused when the partner, whose name is `name`, lacks something. Scopes without an export need
        nothing."""
        left = set(scopes)
        for export in self.used:
            guards.check_lacking(export, self.levels[partner], sorted(left & export.uses.keys()), name)
            left -= export.uses.keys()
