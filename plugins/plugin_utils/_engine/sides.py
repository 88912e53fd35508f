# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The two servers of a relationship as a plan sees them, each with the way on which it is reached. No I/O, nothing of
Ansible.

A planner that cannot decide without the partner raises Needed; it is called again when that was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address
from typing import Literal

from .._model.server import Server
from .._windows.errors import RemoteFailure
from .._windows.export import Export
from .._windows.secret_record import SecretRecord

AT_ONCE = 30  # scopes a call; how many Windows takes is not known (error 20130), public tools send 30

Connection = Literal["this_server", "partner"]  # the task's own, or that of partner_host


@dataclass(frozen=True)
class Side:
    """A server, the connection that acts on it, and over a second hop (`computer`, from the server `via`) its name
    there.

    `content`: of the scopes in `looked_at`, leases included, as of `read_at` by the clock of the server that ran the
    read. `api`: the DHCP management API answers there. `opposite`: of a partner, the server whose partner it is; its
    relationships with others are none of the plan's."""

    server: Server
    connection: Connection = "this_server"
    computer: str | None = None
    via: str = ""
    content: Export | None = None
    looked_at: frozenset[IPv4Address] = frozenset()
    read_at: datetime | None = None
    api: bool = False
    opposite: Server | None = None

    @property
    def name(self) -> str:
        return self.server.name


class Needed(Exception):
    """What has to be read before the plan can be made.

    `names`: what the other server is called; none: the one of partner_host. `scopes`: whose content on both sides, that
    of the side in `first` before the other's, so that a lease that is just being given to the partner does not look
    lost. `elsewhere`: it may be another server than the one of partner_host. Not `guarded`: what somebody else changes
    there meanwhile is for Windows to refuse."""

    def __init__(
        self,
        names: tuple[str, ...],
        relationship: str,
        scopes: tuple[IPv4Address, ...] = (),
        *,
        api: bool = False,
        first: Connection = "partner",
        elsewhere: bool = False,
        guarded: bool = True,
    ) -> None:
        super().__init__(names)
        self.names, self.relationship, self.scopes = names, relationship, scopes
        self.api, self.first, self.elsewhere, self.guarded = api, first, elsewhere, guarded
        self.also: tuple[Needed, ...] = ()  # further partners, so that all are read at once

    @property
    def key(self) -> str:
        return self.names[0] if self.names else ""

    def merged(self, other: Needed | None) -> Needed:
        """What both need together."""
        if other is None:
            return self
        return Needed(
            self.names,
            self.relationship,
            tuple(sorted({*self.scopes, *other.scopes})),
            api=self.api or other.api,
            first=self.first,
            elsewhere=self.elsewhere,
            guarded=self.guarded or other.guarded,
        )


@dataclass(frozen=True)
class Sides:
    """This server and those of its partners that were read, by the name that it has for them, or why one could not
    be."""

    here: Side
    partners: Mapping[str, Side | RemoteFailure] = field(default_factory=dict)
    has_partner_host: bool = False
    unfinished: Mapping[str, str] = field(
        default_factory=dict
    )  # relationship -> partner, of earlier runs that did not end
    at_once: int = AT_ONCE  # scopes that are added in one call
    kept: SecretRecord = field(default_factory=SecretRecord)  # by this server, of secrets that were sent
