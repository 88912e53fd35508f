# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Failover relationships: as one of the two servers shows one, and as a playbook declares one. Durations are seconds.
Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address
from typing import Literal

from .identity import Identity

Mode = Literal["load_balance", "hot_standby"]
Role = Literal["active", "standby"]

DEFAULT_LOAD_BALANCE_PERCENT = 50
DEFAULT_RESERVE_PERCENT = 5
DEFAULT_MAX_CLIENT_LEAD_TIME = 3600
DEFAULT_STATE_SWITCH_INTERVAL = 3600  # what Windows takes when automatic transition is on and no interval is given
NAME_LIMIT = 126


@dataclass(frozen=True)
class Relationship:
    """A failover relationship as one server shows it (load_balance_percent and server_role are that server's own)."""

    name: str
    partner_server: str
    mode: Mode
    load_balance_percent: int | None
    reserve_percent: int | None
    server_role: Role | None
    max_client_lead_time: int
    state_switch_interval: int
    enable_auth: bool
    state: str
    scopes: tuple[IPv4Address, ...]
    primary_server: str | None = None
    secondary_server: str | None = None
    primary_ip: str | None = None
    secondary_ip: str | None = None
    is_primary: bool | None = None

    @cached_property
    def partner(self) -> Identity:
        """The other server, by every name and address under which this one knows it."""
        others = {
            True: (self.secondary_server, self.secondary_ip),
            False: (self.primary_server, self.primary_ip),
            None: (),
        }[self.is_primary]
        return Identity(tuple(dict.fromkeys(name for name in (self.partner_server, *others) if name)))


@dataclass(frozen=True)
class DeclaredSettings:
    """A relationship as a playbook declares it. None is an omitted option: left as it is, or Windows' default at
    creation."""

    name: str
    partner_server: str | None = None
    mode: Mode | None = None
    load_balance_percent: int | None = None
    reserve_percent: int | None = None
    server_role: Role | None = None
    max_client_lead_time: int | None = None
    state_switch_interval: int | None = None
    auto_state_transition: bool | None = None
    enable_auth: bool | None = None
    shared_secret: str | None = None
    update_secret: Literal["on_create", "always", "on_change"] = "on_create"
    scopes: tuple[IPv4Address, ...] = ()

    def __repr__(self) -> str:  # never the secret, wherever they are printed
        return f"DeclaredSettings({self.name!r})"
