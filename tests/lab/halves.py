# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The relationships of a topology: two halves of one entry, which may differ."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

from lab.codec import TopologyError
from lab.core.lab import Lab
from lab.core.server import STATES, Relationship, Server

SECRET_IS_SET = "set"
ANOTHER_IS_SET = "set, another"  # of the second of two halves that do not have the same
_WORDS = {"mode": ("LoadBalance", "HotStandby"), "active": ("primary", "secondary")}


@dataclass
class Half:
    """What the secondary's half has otherwise. ``safe_period`` 0, ``secret`` "": none."""

    partner_server: str | None = None
    mode: str | None = None
    percentage: int | None = None
    active: str | None = None
    mclt: timedelta | None = None
    safe_period: timedelta | None = None
    secret: str | None = None
    scopes: list[IPv4Address] | None = None
    state: str | None = None


@dataclass
class Joint:
    """A relationship as a user writes it: once, for both servers. ``partner_server``: how the creator spelled it,
    ``primary_ip`` and so on: what it was made with, where a server has changed it since."""

    name: str = field(metadata={"key": True})
    primary: str
    secondary: str
    mode: str = "LoadBalance"
    percentage: int = 50
    active: str = "primary"
    mclt: timedelta = timedelta(hours=1)
    safe_period: timedelta | None = None
    secret: str | None = None
    scopes: list[IPv4Address] = field(default_factory=list)
    state: str = "Normal"
    partner_server: str = ""
    primary_ip: IPv4Address | None = None
    secondary_ip: IPv4Address | None = None
    primary_name: str = ""
    secondary_name: str = ""
    secondary_half: Half = field(default_factory=Half)


def join(lab: Lab, joint: Joint) -> None:
    """Both halves of a relationship, and the copies of its scopes on the secondary where the file has none. Raises
    TopologyError."""
    place = f"relationships.{joint.name}"
    check_words(place, joint)
    for name in (joint.primary, joint.secondary):
        if name not in lab.servers:
            raise TopologyError(place, f"there is no server {name!r}", f"Write one of {', '.join(lab.servers)}")
    primary, secondary = lab.servers[joint.primary], lab.servers[joint.secondary]
    half = Relationship(
        name=joint.name,
        peer=secondary.name,
        partner_server=joint.partner_server or secondary.fqdn,
        primary=primary.name,
        secondary=secondary.name,
        mode=joint.mode,
        percentage=joint.percentage,
        active=joint.active,
        mclt=joint.mclt,
        safe_period=joint.safe_period,
        secret=_secret(lab, joint.secret),
        scopes=list(joint.scopes),
        state=joint.state,
        primary_ip=joint.primary_ip,
        secondary_ip=joint.secondary_ip,
        primary_name=joint.primary_name,
        secondary_name=joint.secondary_name,
    )
    primary.relationships[joint.name] = half
    secondary.relationships[joint.name] = _other(lab, joint.secondary_half, lab.mirror(primary, half))
    for scope_id in joint.scopes:
        if scope_id in primary.scopes and scope_id not in secondary.scopes:
            secondary.scopes[scope_id] = deepcopy(primary.scopes[scope_id])


def _other(lab: Lab, otherwise: Half, half: Relationship) -> Relationship:
    given = {one.name: getattr(otherwise, one.name) for one in fields(otherwise)}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if "safe_period" in changes:
        changes["safe_period"] = changes["safe_period"] or None
    if "secret" in changes:
        changes["secret"] = _secret(lab, changes["secret"])
    return replace(half, **changes)


def _secret(lab: Lab, text: str | None) -> str | None:
    kept = text in (SECRET_IS_SET, ANOTHER_IS_SET)
    return text if kept else (lab.hash_secret(text) if text else None)


def without_secret(lab: Lab, server: Server, half: Relationship) -> Relationship:
    """As it is saved: the secret is not told, and still differs where it did."""
    other = lab.opposite(server, half)
    if half.secret is None:
        return half
    differs = other is not None and other.secret not in (None, half.secret) and half.secondary == server.name
    return replace(half, secret=ANOTHER_IS_SET if differs else SECRET_IS_SET)


def check_words(place: str, one: Joint | Relationship) -> None:
    """Raises TopologyError."""
    for name, words in _WORDS.items():
        if getattr(one, name) not in words:
            problem = f"unknown word {getattr(one, name)!r}"
            raise TopologyError(f"{place}.{name}", problem, f"Write one of {', '.join(words)}")


def check_halves(lab: Lab, servers: Iterable[Server]) -> None:
    """Raises TopologyError for what no server could have."""
    for server in servers:
        taken: dict[IPv4Address, str] = {}
        for half in server.relationships.values():
            _check_half(lab, server, half)
            place = f"servers.{server.name}.relationships.{half.name}"
            for scope_id in half.scopes:
                if taken.setdefault(scope_id, half.name) != half.name:
                    raise TopologyError(place, f"{scope_id} is also in {taken[scope_id]}", "Keep one of them")


def _check_half(lab: Lab, server: Server, half: Relationship) -> None:
    place = f"servers.{server.name}.relationships.{half.name}"
    check_words(place, half)
    if half.state not in STATES:
        raise TopologyError(place, f"unknown state {half.state!r}", f"Write one of {', '.join(STATES)}")
    for name in (half.peer, half.primary, half.secondary):
        if name not in lab.servers:
            raise TopologyError(place, f"there is no server {name!r}", f"Write one of {', '.join(lab.servers)}")
    if not 0 <= half.percentage <= 100:
        raise TopologyError(place, f"percentage {half.percentage}", "Write 0 to 100")
    for scope_id in half.scopes:
        if scope_id not in server.scopes:
            raise TopologyError(place, f"{scope_id} is no scope of {server.name}", "Add the scope, or leave it out")
