# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Following the advice of a refusal: what it says, what is done for it, and what there is then."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import pytest
from lab.core.server import Reservation
from nothing_lost.shown import state
from pairs import ONE, Pair

REPLICATE, INFO = "dhcp_failover_replicate", "dhcp_failover_info"
FIRST, SECOND, THIRD = (f"dhcp0{number}.contoso.example" for number in (1, 2, 3))
HQ: dict[str, Any] = {"name": "HQ", "partner_server": SECOND, "scopes": ["10.0.1.0"], "wait_timeout": 1}
FROM_SECOND: dict[str, Any] = {**HQ, "partner_server": FIRST, "host": "dhcp02", "partner_host": "dhcp01"}
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])


def told(servers: Pair, module: str, *words: str, **options: Any) -> None:
    """The task is refused, changes nothing, and its text says all of this."""
    message = servers.refused(module, **options)
    assert [word for word in words if word not in message] == [], message


def healthy(servers: Pair, *scopes: IPv4Address, name: str = "HQ", partner: str = "DHCP02") -> None:
    """Both servers have the relationship, Normal, with these members, each with its content."""
    for server, other in (("DHCP01", partner), (partner, "DHCP01")):
        half = servers.server(server).relationships[name]
        assert (half.peer, sorted(half.scopes)) == (other, list(scopes))
        assert servers.lab.state(servers.server(server), half) == "Normal"
        assert [state(servers.lab, server, scope) for scope in scopes] == ["member"] * len(scopes)


def followed(servers: Pair, module: str, options: dict[str, Any], *steps: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The task says what is missing, which is added, and then what else is, until it is done."""
    for words, added in steps:
        told(servers, module, words, **options)
        options = {**options, **added}
    return servers.reached(module, **options)


def reserve(servers: Pair, name: str, address: str) -> None:
    ip = IPv4Address(address)
    servers.server(name).scopes[ONE].reservations[ip] = Reservation(ip, f"02-00-00-00-00-{ip.packed[3]}")
