# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Failover relationships as one of the two servers shows them. Durations are seconds. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address

from .identity import Identity
from .relationship_settings import Mode, Settings

NAME_LIMIT = 126


@dataclass(frozen=True, kw_only=True)
class Relationship(Settings):
    """A failover relationship as one server shows it (load_balance_percent and server_role are that server's own)."""

    name: str
    partner_server: str
    mode: Mode = field()  # what every relationship has
    max_client_lead_time: int = field()
    state_switch_interval: int = field()
    enable_auth: bool = field()
    state: str
    scopes: tuple[IPv4Address, ...]
    primary_server: str | None = None
    secondary_server: str | None = None
    primary_ip: str | None = None
    secondary_ip: str | None = None
    is_primary: bool | None = None

    @cached_property
    def members(self) -> frozenset[IPv4Address]:
        """Its scopes, to look one up."""
        return frozenset(self.scopes)

    @cached_property
    def partner(self) -> Identity:
        """The other server, by every name and address under which this one knows it."""
        others = {
            True: (self.secondary_server, self.secondary_ip),
            False: (self.primary_server, self.primary_ip),
            None: (),
        }[self.is_primary]
        return Identity(tuple(dict.fromkeys(name for name in (self.partner_server, *others) if name)))
