# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scopes that a task may create: read from its options, checked, compared with what a server has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from . import durations, scope_details
from .refusal import Refused
from .render import scope_result
from .scope import Scope, ScopeSpec, is_subnet_mask
from .scope_details import Definition, Exclusion, ScopeDetails
from .server import Server
from .texts import few, sentences

LEASE_LIMIT = durations.UNLIMITED - 1  # seconds; DHCP counts a lease in 32 bits
_RANGE = ("start_range", "end_range")


def parse(specs: Iterable[Mapping[str, Any]]) -> tuple[ScopeSpec, ...]:
    """The option create_scopes, sorted by scope id. Raises Refused, with everything that is wrong in one text."""
    problems: list[str] = []
    parsed = [spec for given in specs if (spec := _spec(given, problems))]
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
    said = {option: value for option, value in shown.items() if value is not None}
    return {**said, **scope_details.options(spec.details, network(spec.scope_id, spec.subnet_mask))}


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


def differences(
    specs: Sequence[ScopeSpec], copies: Mapping[IPv4Address, Scope], details: Mapping[IPv4Address, ScopeDetails]
) -> Sequence[Mapping[str, Any]]:
    """What scopes that exist have otherwise than declared; an option that was left out is no difference. `details`: of
    those of which they were read."""
    found: list[Mapping[str, Any]] = []
    for spec in specs:
        if (scope := copies.get(spec.scope_id)) is None:
            continue
        differs = spec.details.differences(details[spec.scope_id]) if spec.scope_id in details else ()
        actual = scope_result(scope)
        fields = [(field, said, actual[field]) for field, said in options(spec).items() if field in actual]
        found += [
            {"scope_id": str(spec.scope_id), "field": field, "declared": declared, "actual": there}
            for field, declared, there in (*fields, *differs)
            if declared != there
        ]
    return found


# the notes of a server are not read over a second hop
_OFF = (
    ". Where nobody has put it out of service, the task that created it was broken off: run that again, on its server, "
    "or activate the scope on both servers (Set-DhcpServerv4Scope -State Active)"
)


def warning(found: Sequence[Mapping[str, Any]], server: str) -> str:
    """The differences in a sentence."""
    words = (f"{one['scope_id']} {one['field']} is {_instead(one)}" for one in found)
    off = any(one["field"] == "state" and one["declared"] == "active" for one in found)
    return (
        f"create_scopes: a definition is used only to create, so what {server} has otherwise is left as it is: "
        f"{few(words, 'definition_differences', between='; ')}"
        f"{_OFF if off else ''}"
    )


def _instead(difference: Mapping[str, Any]) -> str:
    actual, declared = (_shown(difference[key]) for key in ("actual", "declared"))
    return "not there" if difference["actual"] is None else f"{actual}, not {declared}"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, Mapping):
        return " ".join(f"{name} {said!r}" for name, said in value.items())
    return str(value) or "empty"


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


def _spec(given: Mapping[str, Any], problems: list[str]) -> ScopeSpec | None:
    """None, and all that is wrong with the entry among the problems."""
    entry = Definition()
    addresses = {name: entry.address(given[name], name) for name in ("scope_id", "subnet_mask", *_RANGE)}
    name, lease = given["name"].strip(), _lease_duration(given, entry)
    if not name:
        entry.problems.append("name: must not be empty; Windows gives no scope without a name.")
    scope_id, mask, start, end = addresses.values()
    if mask is not None and not is_subnet_mask(mask):
        entry.problems.append(f"subnet_mask: {mask} is no subnet mask; write one as 255.255.255.0.")
        mask = None
    subnet = range_ = None
    if scope_id is not None and mask is not None and start is not None and end is not None:
        subnet, range_ = network(scope_id, mask), Exclusion(start, end)
        if wrong := _range_problem(scope_id, mask, start, end):
            entry.problems.append(wrong)
            subnet = range_ = None
    details = entry.details(given, subnet, range_)
    problems += [f"create_scopes: {given['scope_id']}: {problem}" for problem in entry.problems]
    if scope_id is None or mask is None or start is None or end is None or entry.problems:
        return None
    active = given.get("state") != "inactive"
    return ScopeSpec(scope_id, mask, start, end, name, given.get("description"), lease, active, details)


def _lease_duration(given: Mapping[str, Any], entry: Definition) -> int | None:
    if given.get("lease_duration") is None:
        return None
    try:
        seconds = durations.parse_lease(given["lease_duration"])
    except ValueError as error:
        entry.problems.append(f"lease_duration: {error}, or unlimited.")
        return None
    if seconds == 0:
        entry.problems.append("lease_duration: cannot be 0; leave it out for Windows' default.")
    if seconds > durations.UNLIMITED:
        entry.problems.append(
            f"lease_duration: is {seconds} seconds, and {LEASE_LIMIT} (136 years) is the most; give a shorter one, or "
            "unlimited."
        )
    return seconds


def _range_problem(scope_id: IPv4Address, mask: IPv4Address, start: IPv4Address, end: IPv4Address) -> str | None:
    gives = IPv4Address(int(start) & int(mask))
    if gives != scope_id:
        return f"scope_id: start_range {start} and subnet_mask {mask} give {gives}; correct one of the three."
    subnet = network(scope_id, mask)
    if end not in subnet:
        return f"end_range: {end} lies outside the subnet {subnet}; correct it or subnet_mask."
    if start > end:
        return f"start_range: {start} comes after end_range {end}; write them the other way round."
    for option, address in zip(_RANGE, (start, end), strict=True):
        if address in (subnet.network_address, subnet.broadcast_address):
            kind = "network" if address == subnet.network_address else "broadcast"
            return (
                f"{option}: {address} is the {kind} address of {subnet}, which no client can have; leave it out of the "
                "range."
            )
    return None
