# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scopes: as a server has them, as a playbook declares them, how full they are. Durations are seconds. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from .refusal import Refused
from .scope_details import NO_DETAILS, ScopeDetails


def scope_ids(texts: Iterable[object], option: str = "scopes") -> tuple[IPv4Address, ...]:
    """Scope ids as addresses: sorted as numbers, each once. Raises Refused."""
    addresses = set()
    for text in texts:
        try:
            addresses.add(IPv4Address(str(text).strip()))
        except AddressValueError:
            if "/" in str(text):
                raise Refused(
                    f"{option}: {text!r}: write the scope id without its prefix, for example 10.1.20.0."
                ) from None
            raise Refused(
                f"{option}: {text!r} is no IPv4 address; failover exists for IPv4 scopes only, write the scope id, for "
                "example 10.1.20.0."
            ) from None
    return tuple(sorted(addresses))


def is_subnet_mask(address: IPv4Address) -> bool:
    """Ones, and behind them zeros. No scope has one of zeros alone."""
    hosts = int(address) ^ 0xFFFFFFFF
    return bool(int(address)) and not hosts & (hosts + 1)


@dataclass(frozen=True)
class Scope:
    """A scope as a server has it. `lease_duration`: seconds, or durations.UNLIMITED."""

    scope_id: IPv4Address
    name: str
    subnet_mask: str
    start_range: str
    end_range: str
    active: bool
    type: str
    description: str = ""
    lease_duration: int | None = None


@dataclass(frozen=True)
class Utilisation:
    """How full a scope is. The four that split it between the servers are None outside failover."""

    in_use: int
    free: int
    percent_in_use: float | None  # None: a scope without any address
    in_use_here: int | None
    in_use_at_partner: int | None
    free_here: int | None
    free_at_partner: int | None


@dataclass(frozen=True)
class ScopeSpec:
    """A scope as a playbook declares it, used to create it and for nothing else. None is an omitted option. `details`:
    what it has in it when it begins to serve."""

    scope_id: IPv4Address
    subnet_mask: IPv4Address
    start_range: IPv4Address
    end_range: IPv4Address
    name: str
    description: str | None = None
    lease_duration: int | None = None
    active: bool = True
    details: ScopeDetails = NO_DETAILS
