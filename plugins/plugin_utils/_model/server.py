# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A DHCP server at one moment: its names, its clock, its relationships and scopes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from ipaddress import IPv4Address

from .identity import Identity
from .relationship import Relationship
from .scope import Scope

RELATIONSHIP_LIMIT = 31  # a server; empty ones count


@dataclass(frozen=True)
class ClockOffset:
    """How far a server's clock is ahead of the controller's: between these two."""

    least: timedelta = timedelta(0)
    most: timedelta = timedelta(0)

    def narrowed(self, latest: ClockOffset) -> ClockOffset:
        """What both say; the latest alone where they do not meet, since a clock can be set."""
        least, most = max(self.least, latest.least), min(self.most, latest.most)
        return ClockOffset(least, most) if least <= most else latest

    def apart(self, other: ClockOffset) -> timedelta:
        """By how much the two clocks differ for certain."""
        return max(self.least - other.most, other.least - self.most, timedelta(0))


@dataclass(frozen=True)
class Server:
    """One server at one moment."""

    name: str  # what Windows cuts after 15 characters
    addresses: tuple[str, ...]
    relationships: tuple[Relationship, ...]
    scopes: tuple[Scope, ...]
    resolved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # names whose addresses were asked for
    host_name: str = ""  # in DNS, with its domain where that is known
    clock: ClockOffset = field(default_factory=ClockOffset)

    @cached_property
    def identity(self) -> Identity:
        """This server, by all that it is called."""
        names = tuple(name for name in (self.name, self.host_name, *self.addresses) if name)
        return Identity(names, own=True, resolved=self.resolved)

    def relationship(self, name: str) -> Relationship | None:
        """The one of exactly this name."""
        return next((r for r in self.relationships if r.name == name), None)

    def relationship_of(self, scope_id: IPv4Address) -> Relationship | None:
        """The one in which a scope is."""
        return self._relationship_of_id.get(scope_id)

    def scope(self, scope_id: IPv4Address) -> Scope | None:
        """The scope of this id, if the server has it."""
        return self._scope_of_id.get(scope_id)

    @cached_property
    def _relationship_of_id(self) -> Mapping[IPv4Address, Relationship]:
        return {scope: each for each in reversed(self.relationships) for scope in each.scopes}

    @cached_property
    def _scope_of_id(self) -> Mapping[IPv4Address, Scope]:
        return {scope.scope_id: scope for scope in reversed(self.scopes)}
