# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whom a half of a relationship means: what it was made with, and which server that is today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from lab.core.faults import Faults
from lab.core.server import Relationship, Server


@dataclass
class Identities(Faults):
    """The servers, and what their halves of relationships know of each other."""

    # --- halves ----------------------------------------------------------------------------------------------------

    def relationship(self, server: Server, name: str) -> Relationship | None:
        exact = self.switches.relationship_names == "case_sensitive"
        found = (one for key, one in server.relationships.items() if key == name or same(key, name, exact))
        return next(found, None)

    def counterpart(self, server: Server, half: Relationship) -> Relationship | None:
        """The half of the server that cmdlets reach as the partner, if it (still) has one with this server."""
        return self._half_of(self.partner(server, half), server, half)

    def opposite(self, server: Server, half: Relationship) -> Relationship | None:
        """The same of the server at the address that this half knows: the services do not go by names."""
        return self._half_of(self.at(server, half), server, half)

    def _half_of(self, peer: Server | None, server: Server, half: Relationship) -> Relationship | None:
        other = self.relationship(peer, half.name) if peer else None
        return other if other and other.peer == server.name else None

    def mirror(self, creator: Server, half: Relationship) -> Relationship:
        """The partner's half of a new relationship. M SCOPEAPI: it shows the creator's host name (its form: a
        switch)."""
        shown = {"netbios": creator.computer_name, "hostname": creator.host_name, "fqdn": creator.fqdn}[
            self.switches.partner_server_shows
        ]
        return replace(half, peer=creator.name, partner_server=shown, scopes=list(half.scopes))

    # --- whom they mean --------------------------------------------------------------------------------------------

    def address(self, server: Server, half: Relationship, side: str) -> IPv4Address:
        """``side``: primary or secondary. C DN338982: who gets another address makes its relationships anew, since the
        halves keep those that they were made with."""
        named, made_with = _side(half, side)
        kept = None if self._follows(server, named) else made_with
        return self.servers[named].ip if kept is None else kept

    def full_name(self, server: Server, half: Relationship, side: str) -> str:
        named = _side(half, side)[0]
        made_with = half.primary_name if side == "primary" else half.secondary_name
        return self.servers[named].fqdn if not made_with or self._follows(server, named) else made_with

    def _follows(self, server: Server, named: str) -> bool:
        return named == server.name and self.switches.own_half_follows_its_server

    def at(self, server: Server, half: Relationship) -> Server | None:
        """Who has the address that this half knows of its partner; it may be somebody else."""
        named, wanted = _side(half, other_side(server, half))
        if wanted is None:  # the one that it has
            return self.servers.get(named)
        return next((one for one in self.servers.values() if wanted in one.addresses()), None)

    def partner(self, server: Server, half: Relationship) -> Server | None:
        """Whom cmdlets reach as the partner: by its address, or by its name (U)."""
        if self.switches.partner_reached_by == "name":
            return self.find(half.partner_server, server)
        return self.at(server, half)

    def nobody(self, server: Server, half: Relationship) -> Server:
        """Stands for a partner that nobody is any more."""
        side = other_side(server, half)
        address, name = self.address(server, half, side), self.full_name(server, half, side)
        return Server(name="", fqdn=name, address="", ip=address, reachable=False)

    def contact(self, server: Server, half: Relationship) -> bool:
        """Whether the two services talk: each finds the other at the address that it knows, and (C MS-DHCPF 3.1.5)
        takes its messages for those of who has the same secret."""
        peer = self.at(server, half)
        if peer is None or peer is server or not self.in_contact(server.name, peer.name):
            return False
        if self.switches.unauthorized_state != "unaffected" and not (server.may_serve() and peer.may_serve()):
            return False
        other = self.opposite(server, half)
        if other is None:
            return True
        trusted = other.secret == half.secret or self.switches.differing_secrets == "normal"
        return trusted and self.at(peer, other) is server

    # --- a server changes ------------------------------------------------------------------------------------------

    def change_address(self, server: str, ip: IPv4Address) -> None:
        """Of the card that DHCP is bound to; DNS follows, the halves on both servers do not."""
        changed = self.servers[server]
        for half in self._halves():
            for side in ("primary", "secondary"):
                if getattr(half, side) == changed.name and getattr(half, f"{side}_ip") is None:
                    setattr(half, f"{side}_ip", changed.ip)
        changed.ip = ip

    def rename(self, server: str, fqdn: str) -> None:
        """Another name of the computer, as long as 15 characters allow; DNS follows, halves do not."""
        changed = self.servers[server]
        for half in self._halves():
            for side in ("primary", "secondary"):
                if getattr(half, side) == changed.name and not getattr(half, f"{side}_name"):
                    setattr(half, f"{side}_name", changed.fqdn)
        changed.fqdn, changed.netbios = fqdn, fqdn.partition(".")[0].upper()[:15]

    def _halves(self) -> list[Relationship]:
        return [half for server in self.servers.values() for half in server.relationships.values()]


def other_side(server: Server, half: Relationship) -> str:
    return "secondary" if half.primary == server.name else "primary"


def _side(half: Relationship, side: str) -> tuple[str, IPv4Address | None]:
    """The server of that side, and the address that it had."""
    return (half.primary, half.primary_ip) if side == "primary" else (half.secondary, half.secondary_ip)


def same(one: str, other: str, exact: bool = False) -> bool:
    """Whether two names are equal, in any case unless ``exact``."""
    return one == other or (not exact and one.lower() == other.lower())
