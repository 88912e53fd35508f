# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scopes that a task may create: read from its options, checked, compared with what a server has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Any

from . import durations
from .refusal import Refused
from .render import scope_result
from .scope import Scope, ScopeSpec, is_subnet_mask
from .server import Server
from .texts import few, sentences

LEASE_LIMIT = durations.UNLIMITED - 1  # seconds; DHCP counts a lease in 32 bits


def parse(specs: Iterable[Mapping[str, Any]]) -> tuple[ScopeSpec, ...]:
    """The option create_scopes, sorted by scope id. Raises Refused, with everything that is wrong in one text."""
    parsed: list[ScopeSpec] = []
    problems: list[str] = []
    for options in specs:
        try:
            parsed.append(_spec(options))
        except Refused as refused:
            problems.append(str(refused))
    ids = [spec.scope_id for spec in parsed]
    problems += [
        f"create_scopes: {scope} is defined {ids.count(scope)} times; keep one definition."
        for scope in sorted(set(ids))
        if ids.count(scope) > 1
    ]
    if problems:
        raise Refused(sentences(problems))
    return tuple(sorted(parsed, key=lambda spec: spec.scope_id))


def options(spec: ScopeSpec) -> Mapping[str, Any]:
    """The reverse of `parse`, for one of them; what was left out stays out."""
    shown = {
        "scope_id": str(spec.scope_id),
        "name": spec.name,
        "subnet_mask": str(spec.subnet_mask),
        "start_range": str(spec.start_range),
        "end_range": str(spec.end_range),
        "state": "active" if spec.active else "inactive",
        "description": spec.description,
        "lease_duration": durations.shown_lease(spec.lease_duration),
    }
    return {option: value for option, value in shown.items() if value is not None}


def missing(specs: Sequence[ScopeSpec], server: Server) -> tuple[ScopeSpec, ...]:
    """Those whose scope is not on the server. Raises Refused where its subnet is taken by another scope, there or
    defined."""
    new = tuple(spec for spec in specs if server.scope(spec.scope_id) is None)
    taken = overlaps([network(spec.scope_id, spec.subnet_mask) for spec in new], server)
    if taken:
        cure = "correct scope_id and subnet_mask, or use the scope that is there."
        raise Refused(sentences([f"create_scopes: {problem}; {cure}" for problem in taken]))
    return new


def overlaps(new: Iterable[IPv4Network], server: Server) -> Sequence[str]:
    """Which subnets of scopes that are to come are taken: by a scope of the server, or by another one of them."""
    taken = [
        (network(scope.scope_id, scope.subnet_mask), f"scope {scope.scope_id} of {server.name}")
        for scope in server.scopes
    ]
    problems = []
    for subnet in new:
        overlapped = [f"{other} ({used})" for used, other in taken if subnet.overlaps(used)]
        if overlapped:
            problems.append(f"{subnet.network_address}: its subnet {subnet} overlaps {few(overlapped, most=3)}")
        taken.append((subnet, f"{subnet.network_address} of the same list"))
    return problems


def differences(specs: Sequence[ScopeSpec], server: Server) -> Sequence[Mapping[str, Any]]:
    """What scopes that exist have otherwise than declared; an option that was left out is no difference."""
    return [
        {"scope_id": str(scope.scope_id), "field": field, "declared": declared, "actual": scope_result(scope)[field]}
        for spec in specs
        if (scope := server.scope(spec.scope_id))
        for field, declared in options(spec).items()
        if declared != scope_result(scope)[field]
    ]


def would_be(spec: ScopeSpec) -> Scope:
    """The scope that creating it gives, as far as it can be known beforehand."""
    return Scope(
        scope_id=spec.scope_id,
        name=spec.name,
        subnet_mask=str(spec.subnet_mask),
        start_range=str(spec.start_range),
        end_range=str(spec.end_range),
        active=spec.active,
        type="Dhcp",
        description=spec.description or "",
        lease_duration=spec.lease_duration,
    )


def network(scope_id: IPv4Address, subnet_mask: object) -> IPv4Network:
    """The subnet of a scope."""
    return IPv4Network(f"{scope_id}/{subnet_mask}", strict=False)


def _spec(given: Mapping[str, Any]) -> ScopeSpec:
    where = f"create_scopes: {given['scope_id']}"
    spec = ScopeSpec(
        scope_id=_address(given, "scope_id", where),
        subnet_mask=_mask(given, where),
        start_range=_address(given, "start_range", where),
        end_range=_address(given, "end_range", where),
        name=given["name"].strip(),
        description=given.get("description"),
        lease_duration=_lease_duration(given, where),
        active=given.get("state") != "inactive",
    )
    if not spec.name:
        raise Refused(f"{where}: name: must not be empty; Windows gives no scope without a name.")
    _check_range(spec, where)
    return spec


def _address(given: Mapping[str, Any], option: str, where: str) -> IPv4Address:
    try:
        return IPv4Address(str(given[option]).strip())
    except AddressValueError:
        raise Refused(f"{where}: {option}: {given[option]!r} is no IPv4 address; write one as 10.1.20.0.") from None


def _mask(given: Mapping[str, Any], where: str) -> IPv4Address:
    mask = _address(given, "subnet_mask", where)
    if not is_subnet_mask(mask):
        raise Refused(f"{where}: subnet_mask: {mask} is no subnet mask; write one as 255.255.255.0.")
    return mask


def _lease_duration(given: Mapping[str, Any], where: str) -> int | None:
    if given.get("lease_duration") is None:
        return None
    try:
        seconds = durations.parse_lease(given["lease_duration"])
    except ValueError as error:
        raise Refused(f"{where}: lease_duration: {error}, or unlimited.") from None
    if seconds == 0:
        raise Refused(f"{where}: lease_duration: cannot be 0; leave it out for Windows' default.")
    if seconds > durations.UNLIMITED:
        raise Refused(
            f"{where}: lease_duration: is {seconds} seconds, and {LEASE_LIMIT} (136 years) is the most; give a shorter "
            "one, or unlimited."
        )
    return seconds


def _check_range(spec: ScopeSpec, where: str) -> None:
    start, end = spec.start_range, spec.end_range
    gives = IPv4Address(int(start) & int(spec.subnet_mask))
    if gives != spec.scope_id:
        raise Refused(
            f"{where}: scope_id: start_range {start} and subnet_mask {spec.subnet_mask} give {gives}; correct "
            "one of the three."
        )
    subnet = network(spec.scope_id, spec.subnet_mask)
    if end not in subnet:
        raise Refused(f"{where}: end_range: {end} lies outside the subnet {subnet}; correct it or subnet_mask.")
    if start > end:
        raise Refused(f"{where}: start_range: {start} comes after end_range {end}; write them the other way round.")
    for option, address in (("start_range", start), ("end_range", end)):
        if address in (subnet.network_address, subnet.broadcast_address):
            kind = "network" if address == subnet.network_address else "broadcast"
            raise Refused(
                f"{where}: {option}: {address} is the {kind} address of {subnet}, which no client can have; leave it "
                "out of the range."
            )
