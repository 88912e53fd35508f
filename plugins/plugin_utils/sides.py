# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The two servers of a relationship as a plan sees them, each with the way on which it is reached. No I/O, nothing of Ansible.

A planner that cannot decide without the partner raises Needed; it is called again when that was read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from ipaddress import IPv4Address
from typing import Literal

from .errors import RemoteFailure
from .export import Export
from .kept_secret import Kept
from .model import Relationship, Server

AT_ONCE = 30  # scopes a call; how many Windows takes is not known (error 20130), public tools send 30

Connection = Literal["this_server", "partner"]  # the task's own, or that of partner_host


@dataclass(frozen=True)
class Side:
    """A server, the connection that acts on it, and over a second hop (`computer`, from the server `via`) its name there.

    `content`: of the scopes in `looked_at`, leases included, as of `read_at`. `api`: the DHCP management API answers there.
    `opposite`: of a partner, the server whose partner it is; its relationships with others are none of the plan's.
    """

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
    def runs_on(self) -> str:
        """The server that runs what is done on this one."""
        return self.via or self.name

    @property
    def name(self) -> str:
        return self.server.name

    def half(self, relationship: str) -> Relationship | None:
        """This server's half of a relationship between the two."""
        found = self.server.relationship(relationship)
        if found is None or self.opposite is None:
            return found
        return found if any(self.opposite.is_called(name) for name in found.partner_names) else None

    def members(self, relationship: str) -> frozenset[IPv4Address]:
        found = self.half(relationship)
        return frozenset(found.scopes) if found else frozenset()

    def elsewhere(self, scope: IPv4Address, relationship: str) -> str | None:
        """The other relationship that a scope is in on this server."""
        found = self.server.relationship_of(scope)
        return None if found is None or found == self.half(relationship) else found.name

    def covers(self, needed: Needed) -> bool:
        return set(needed.scopes) <= self.looked_at and (self.api or not needed.api)


class Needed(Exception):
    """What has to be read before the plan can be made.

    `names`: what the other server is called; none: the one of partner_host. `scopes`: whose content on both sides, that of the side
    in `first` before the other's, so that a lease that is just being given to the partner does not look lost. `elsewhere`: it may be
    another server than the one of partner_host. Not `guarded`: what somebody else changes there meanwhile is for Windows to refuse.
    """

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
    """This server and those of its partners that were read, by the name that it has for them, or why one could not be."""

    here: Side
    partners: Mapping[str, Side | RemoteFailure] = field(default_factory=dict)
    has_partner_host: bool = False
    unfinished: Mapping[str, str] = field(default_factory=dict)  # relationship -> partner, of earlier runs that did not end
    at_once: int = AT_ONCE  # scopes that are added in one call
    kept: Kept = field(default_factory=Kept)  # by this server, of secrets that were sent

    def are_both_read(self, relationship: str) -> bool:
        """Whether the partner is looked at although this server shows nothing that would have to be done."""
        return self.has_partner_host or relationship in self.unfinished

    def partner_names(self, relationship: str) -> tuple[str, ...]:
        """What the partner is called; none: it is the server of partner_host."""
        found = self.here.half(relationship)
        noted = self.unfinished.get(relationship)
        return found.partner_names if found else (noted,) if noted and not self.has_partner_host else ()

    def partner(self, needed: Needed) -> Side:
        """Raises Needed until it was read, and RemoteFailure when it cannot be."""
        found = self.partner_or_failure(needed)
        if isinstance(found, RemoteFailure):
            if needed.relationship in self.unfinished:
                raise RemoteFailure(
                    f"An earlier run that wrote to '{needed.relationship}' was broken off, so its partner is looked at. {found}"
                )
            raise found
        return found

    def partner_or_failure(self, needed: Needed) -> Side | RemoteFailure:
        found = self.partners.get(needed.key)
        if found is None or not self.here.covers(needed):
            raise needed
        if isinstance(found, Side) and not found.covers(needed):
            raise needed
        return found


def without(sides: Sides, source: Relationship, scopes: Collection[IPv4Address], *, copies: bool, whole: bool = False) -> Sides:
    """As if these scopes had left `source` on this server (`whole`: and it was removed); `copies`: as if its partner's had gone too."""
    here = replace(sides.here, server=_without(sides.here.server, source.name, scopes, whole=whole))
    sides = replace(sides, here=here, kept=sides.kept.without(source.name) if whole else sides.kept)
    if not copies:
        return sides
    partners = {
        key: replace(side, server=_without(side.server, source.name, scopes, copies=True, whole=whole))
        if isinstance(side, Side) and (not key or source.has_partner(key))
        else side
        for key, side in sides.partners.items()
    }
    return replace(sides, partners=partners)


def _without(server: Server, name: str, scopes: Collection[IPv4Address], *, copies: bool = False, whole: bool = False) -> Server:
    relationships = tuple(
        replace(one, scopes=tuple(scope for scope in one.scopes if scope not in scopes)) if one.name == name else one
        for one in server.relationships
        if not (whole and one.name == name)
    )
    kept = tuple(scope for scope in server.scopes if not (copies and scope.scope_id in scopes))
    return replace(server, relationships=relationships, scopes=kept)
