# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the servers have to show when a scenario is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from typing import Any

from lab.core.lab import Lab

Problems = list[str]

NINE = IPv4Address("10.0.9.0")
DEFINED: dict[str, Any] = {
    "scope_id": "10.0.9.0",
    "name": "Visitors",
    "subnet_mask": "255.255.255.0",
    "start_range": "10.0.9.10",
    "end_range": "10.0.9.90",
    "router": "10.0.9.1",
    "dns_servers": ["10.10.0.53", "10.10.0.54"],
    "dns_domain": "contoso.example",
    "options": [{"id": 42, "value": ["10.10.0.1"]}],
    "exclusions": [{"start_range": "10.0.9.10", "end_range": "10.0.9.19"}],
    "reservations": [{"ip": "10.0.9.15", "client_id": "00:15:5D:0A:14:01", "name": "printer"}],
    "delay": 500,
}
INSIDE_IT: Mapping[str, Any] = {
    "delay": 500,
    "options": [(3, "10.0.9.1"), (6, "10.10.0.53", "10.10.0.54"), (15, "contoso.example"), (42, "10.10.0.1")],
    "exclusions": [("10.0.9.10", "10.0.9.19")],
    "reservations": [("10.0.9.15", "00-15-5d-0a-14-01", "printer")],
}


def state(lab: Lab, server: str, scope: IPv4Address) -> str:
    """member, standalone, inactive (and in no relationship), or absent."""
    found = lab.servers[server]
    if scope not in found.scopes:
        return "absent"
    if found.relationship_of(scope) is not None:
        return "member"
    return "standalone" if found.scopes[scope].state == "Active" else "inactive"


def shows(**expected: Mapping[IPv4Address, str]) -> Callable[[Lab], Problems]:
    """`expected`: for each server its scopes' states; several that are right are separated by a stroke."""

    def problems(lab: Lab) -> Problems:
        return [
            f"{scope} is {seen} on {server}, and not {wanted}"
            for server, scopes in expected.items()
            for scope, wanted in scopes.items()
            if (seen := state(lab, server, scope)) not in wanted.split("|")
        ]

    return problems


def with_share(done: Callable[[Lab], Problems], percent: int) -> Callable[[Lab], Problems]:
    """Both halves have the primary's share, and HQ is what they are of."""

    def problems(lab: Lab) -> Problems:
        shares = [server.relationships["HQ"].percentage for server in list(lab.servers.values())[:2]]
        return done(lab) + ([f"the shares are {shares}"] if set(shares) != {percent} else [])

    return problems


def without_relationship(done: Callable[[Lab], Problems], *names: str) -> Callable[[Lab], Problems]:
    def problems(lab: Lab) -> Problems:
        left = [
            f"{server.name} still has '{name}'"
            for server in lab.servers.values()
            for name in names
            if name in server.relationships
        ]
        return done(lab) + left

    return problems


def active_on(server: str, done: Callable[[Lab], Problems]) -> Callable[[Lab], Problems]:
    def problems(lab: Lab) -> Problems:
        half = lab.servers[server].relationships.get("HQ")
        is_active = half is not None and (half.primary == server) == (half.active == "primary")
        return done(lab) + ([] if is_active else [f"{server} is not active"])

    return problems


def lacks(lab: Lab, server: str) -> Problems:
    """What DEFINED says of the new scope, and a server that has it does not have in it."""
    scope = lab.servers[server].scopes[NINE]
    has: Mapping[str, Any] = {
        "delay": scope.delay,
        "options": sorted((key.option_id, *values) for key, values in scope.options.items()),
        "exclusions": sorted((str(one.start), str(one.end)) for one in scope.exclusions),
        "reservations": sorted((str(one.ip), one.client_id.lower(), one.name) for one in scope.reservations.values()),
    }
    return [f"{server} has in 10.0.9.0 the {name} {has[name]}" for name in has if has[name] != INSIDE_IT[name]]


def half_made(lab: Lab) -> Problems:
    """Servers that serve the new scope before it is whole."""
    serving = [name for name, one in lab.servers.items() if NINE in one.scopes and one.scopes[NINE].state == "Active"]
    return [f"in service: {problem}" for name in serving for problem in lacks(lab, name)]


def whole(done: Callable[[Lab], Problems], state: str) -> Callable[[Lab], Problems]:
    """Both have the new scope with all that was defined, in this state."""

    def problems(lab: Lab) -> Problems:
        wrong = [f"{name} has it {shown}" for name in ("DHCP01", "DHCP02") if (shown := _state_of(lab, name)) != state]
        return done(lab) or wrong or [problem for name in ("DHCP01", "DHCP02") for problem in lacks(lab, name)]

    return problems


def _state_of(lab: Lab, server: str) -> str:
    return lab.servers[server].scopes[NINE].state


def keeps_secret(lab: Lab) -> bool:
    """Whether a new secret reaches the server alone that it is sent to (U): its partner is cut off then."""
    return lab.switches.set_propagates_fields == "all_but_secret"


def with_secret(secret: str, done: Callable[[Lab], Problems]) -> Callable[[Lab], Problems]:
    """On the partner as well, unless a Set does not take it there."""

    def problems(lab: Lab) -> Problems:
        names = ("DHCP01",) if keeps_secret(lab) else ("DHCP01", "DHCP02")
        wrong = [name for name in names if lab.servers[name].relationships["HQ"].secret != lab.hash_secret(secret)]
        return done(lab) + [f"{name} has another secret" for name in wrong]

    return problems
