# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A random pair of servers with failover between them, made by the cmdlets that an administrator would have used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from ipaddress import IPv4Address
from random import Random
from typing import Any

import yaml
from lab import topology
from lab.core.api import Session
from lab.core.lab import Lab
from lab.core.open_questions import Switches
from lab.core.server import Server

USER = "administrator"
NAMES = ("DHCP01 DHCP02", "SRV-A SRV-B", "BER-DHCP-1 MUC-DHCP-1")
RELATIONSHIPS = (
    "Berlin",
    "Büro Köln 2",
    'Zweigstelle "Süd"',
    "O'Hara",
    "HQ & Lager",
    "a  b",
    "back\\slash",
    "100 %",
    "Größe [1]",
    "$env:TEMP; dir",
    "dhcp01.contoso.example-dhcp02",
    "no",
    "12",
    "Straße #3: -rot-",
)
# what nobody knows about Windows, and what must make no difference here
OPEN = (
    "standby_creator",
    "partner_server_shows",
    "partner_percent_inverts",
    "active_after_lb_to_hs",
    "empty_server_errors",
    "settle_polls",
)


@dataclass
class Pair:
    """``free``: for each server, scopes that are there, in no relationship, and not on the other one."""

    lab: Lab
    free: dict[str, list[str]] = field(default_factory=dict)

    @property
    def servers(self) -> tuple[Server, Server]:
        one, other = list(self.lab.servers.values())
        return one, other

    def other(self, server: Server) -> Server:
        one, other = self.servers
        return other if server is one else one

    def call(self, server: Server, cmdlet: str, **parameters: Any) -> None:
        """Runs a cmdlet as the administrator. A pair that cannot be made is a mistake of the proof."""
        outcome = self.lab.invoke(Session(server.name, USER), cmdlet, parameters)
        if outcome.errors:
            raise AssertionError(f"{cmdlet} {parameters}: {outcome.errors[0].message}")


def make(random: Random) -> Pair:
    """One to six relationships of all kinds, and scopes that are in none."""
    pair = Pair(_servers(random))
    scopes = {server.name: [str(scope) for scope in server.scopes] for server in pair.servers}
    count = random.randint(1, 6)
    for number, name in enumerate(random.sample(RELATIONSHIPS, count)):
        server = random.choice(pair.servers)
        chosen = [scopes[server.name].pop() for _scope in range(random.randint(1, 3))]
        _relate(pair, server, name, chosen, random)
        if number == 1:
            _empty(pair, server, name, chosen)
    _settle(pair)
    for server in pair.servers:
        there = pair.other(server).scopes
        pair.free[server.name] = [scope for scope in scopes[server.name] if IPv4Address(scope) not in there]
    return pair


def _servers(random: Random) -> Lab:
    names = random.choice(NAMES).split()
    servers = {
        name: {
            "fqdn": f"{name.lower()}.contoso.example",
            "address": f"127.0.0.{11 + index}",
            "ip": f"10.10.0.{11 + index}",
            "scopes": {f"10.{20 + index}.{third}.0": _scope(f"10.{20 + index}.{third}") for third in range(20)},
        }
        for index, name in enumerate(names)
    }
    lab = topology.loads(yaml.safe_dump({"credentials": [{"user": USER, "password": "random"}], "servers": servers}))
    for rule in fields(Switches):
        if rule.name in OPEN:
            lab.switches = lab.switches.with_answer(rule.name, random.choice(rule.metadata["answers"]))
    return lab


def _scope(network: str) -> Mapping[str, str]:
    return {
        "name": network,
        "subnet_mask": "255.255.255.0",
        "start_range": f"{network}.10",
        "end_range": f"{network}.200",
    }


def _relate(pair: Pair, server: Server, name: str, scopes: list[str], random: Random) -> None:
    partner = pair.other(server)
    parameters: dict[str, Any] = {
        "Name": name,
        "PartnerServer": random.choice(
            (partner.name, partner.name.lower(), partner.fqdn, partner.fqdn.upper(), str(partner.ip))
        ),
        "ScopeId": tuple(IPv4Address(scope) for scope in scopes),
        "MaxClientLeadTime": timedelta(seconds=random.choice((1, 60, 3600, 5430, 86400, 93784))),
        "Force": True,
        "Confirm": False,
    }
    hot_standby = random.random() < 0.5
    if hot_standby:
        parameters |= {
            "ServerRole": random.choice(("Active", "Standby")),
            "ReservePercent": random.choice((0, 5, 12, 100)),
        }
    else:
        parameters |= {"LoadBalancePercent": random.choice((0, 1, 50, 70, 100))}
    if random.random() < 0.5:
        parameters["StateSwitchInterval"] = timedelta(seconds=random.choice((60, 3600, 86399, 90000)))
    if random.random() < 0.4:
        parameters["SharedSecret"] = f"never told {random.random()}"
    pair.call(server, "Add-DhcpServerv4Failover", **parameters)
    if random.random() < 0.3:  # the mode was changed later, which leaves the primary where it was
        mode = "LoadBalance" if hot_standby else "HotStandby"
        percent = {"LoadBalancePercent" if hot_standby else "ReservePercent": random.randint(0, 100)}
        setter = random.choice(pair.servers)
        pair.call(setter, "Set-DhcpServerv4Failover", Name=name, Mode=mode, Force=True, Confirm=False, **percent)


def _empty(pair: Pair, server: Server, name: str, scopes: list[str]) -> None:
    addresses = tuple(IPv4Address(scope) for scope in scopes)
    pair.call(server, "Remove-DhcpServerv4FailoverScope", Name=name, ScopeId=addresses, Force=True, Confirm=False)


def _settle(pair: Pair) -> None:
    """Time passes: what was just created is Normal when someone adopts it."""
    for _poll in range(int(pair.lab.switches.settle_polls)):
        pair.call(pair.servers[0], "Get-DhcpServerv4Failover")
