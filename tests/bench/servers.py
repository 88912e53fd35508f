# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pairs of simulated servers of a size, and what is declared of them."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from lab.core.lab import Lab
from lab.core.server import AddressRange, Credential, OptionKey, Relationship, Reservation, Scope, Server
from lab.halves import Joint, join

from bench.sizes import Size

PERCENT, OTHER_PERCENT = 50, 60
MASK = IPv4Address("255.255.255.0")
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Estate:
    """`lab`: the servers as they are. `declared`: by the primary's name in the inventory, the entries of its task."""

    lab: Lab
    declared: Mapping[str, Sequence[Entry]]

    @property
    def site(self) -> Sequence[Entry]:
        """The same as the role's data."""
        return [
            {**entry, "primary": primary, "partner": entry["partner_server"].partition(".")[0]}
            for primary, entries in self.declared.items()
            for entry in entries
        ]


class Kept:
    """The servers as they were, for the next run."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._state = copy.deepcopy(_state(lab))

    def restore(self) -> None:
        for name, (scopes, relationships) in copy.deepcopy(self._state).items():
            self._lab.servers[name].scopes = scopes
            self._lab.servers[name].relationships = relationships


def _state(lab: Lab) -> dict[str, tuple[dict[IPv4Address, Scope], dict[str, Relationship]]]:
    return {name: (server.scopes, server.relationships) for name, server in lab.servers.items()}


def estate(size: Size) -> Estate:
    """The odd servers are primaries, each with all of its relationships with the next one."""
    lab = Lab()
    accounts = (Credential("administrator", secrets.token_urlsafe(18)),)
    declared = {}
    for pair in range(size.pairs):
        primary, secondary = (_server(number, accounts) for number in (2 * pair + 1, 2 * pair + 2))
        lab.servers.update({primary.name: primary, secondary.name: secondary})
        first = pair * (size.scopes + 1)  # each network is on one pair only
        primary.scopes = {one.scope_id: one for one in (_scope(first + number) for number in range(size.scopes))}
        members = [list(primary.scopes)[number :: size.relationships] for number in range(size.relationships)]
        names = [f"Site {number:02}" for number in range(1, size.relationships + 1)]
        entries = [_entry(name, secondary.fqdn, scopes) for name, scopes in zip(names, members, strict=True)]
        if size.change == "setting":
            entries[0]["load_balance_percent"] = OTHER_PERCENT
        if size.change == "scope":
            new = _scope(first + size.scopes)
            primary.scopes[new.scope_id] = new
            entries[0]["scopes"].append(str(new.scope_id))
        for name, scopes in zip(names, members, strict=True):
            join(lab, Joint(name, primary.name, secondary.name, percentage=PERCENT, scopes=scopes))
        declared[primary.name.lower()] = entries
    return Estate(lab, declared)


def hub(partners: int, relationships: int) -> Estate:
    """One server with relationships with several others, in turn, each of two scopes; and a scope that is in none."""
    accounts = (Credential("administrator", secrets.token_urlsafe(18)),)
    here, *others = (_server(number, accounts) for number in range(1, partners + 2))
    lab = Lab()
    lab.servers.update({server.name: server for server in (here, *others)})
    here.scopes = {one.scope_id: one for one in map(_scope, range(2 * relationships + 1))}
    entries: list[Entry] = []
    for number in range(relationships):
        name, partner, scopes = f"Site {number + 1:02}", others[number % partners], list(here.scopes)[2 * number :][:2]
        join(lab, Joint(name, here.name, partner.name, percentage=PERCENT, scopes=scopes))
        entries.append(_entry(name, partner.fqdn, scopes))
    return Estate(lab, {here.name.lower(): entries})


def _entry(name: str, partner: str, scopes: Sequence[IPv4Address]) -> dict[str, Any]:
    return {
        "name": name,
        "partner_server": partner,
        "mode": "load_balance",
        "load_balance_percent": PERCENT,
        "scopes": [str(scope) for scope in scopes],
    }


def _server(number: int, accounts: tuple[Credential, ...]) -> Server:
    name = f"dhcp{number:03}"
    address = IPv4Address(f"10.10.{number // 250}.{number % 250 + 1}")
    return Server(name.upper(), f"{name}.corp.example", "127.0.0.1", address, credentials=accounts)


def _scope(number: int) -> Scope:
    """With what a scope usually has: a router, a name server, an exclusion, a reservation."""
    net = f"10.{100 + number // 250}.{number % 250}"
    reserved = IPv4Address(f"{net}.40")
    return Scope(
        IPv4Address(f"{net}.0"),
        MASK,
        IPv4Address(f"{net}.20"),
        IPv4Address(f"{net}.250"),
        f"Building {number % 40 + 1}, floor {number // 40 + 1}",
        description=f"Clients of network {number + 1}",
        exclusions=[AddressRange(IPv4Address(f"{net}.20"), IPv4Address(f"{net}.29"))],
        options={OptionKey(3): (f"{net}.1",), OptionKey(6): ("10.10.0.21", "10.10.0.22")},
        reservations={
            reserved: Reservation(reserved, f"00-1e-8f-{number // 250:02x}-{number % 250:02x}-28", "printer")
        },
    )
