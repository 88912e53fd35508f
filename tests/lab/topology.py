# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab from a YAML file, and its state back into one.

    clock: 2026-03-01T08:00:00Z             # optional: a fixed instant
    credentials: [{user: lab, password: random, delegated: true, admin: true}]      # good on every server
    switches: {settle_polls: 0}             # see core/open_questions.py
    simulated_waits: true                   # optional, of such a clock: nobody sleeps, it goes on instead
    cut_links: [[DHCP01, DHCP02]]           # no packet passes; cut_failover_links: TCP 647 alone
    cut_rpc_links: [[DHCP01, DHCP02]]       # DHCP01 does not reach the management interface of DHCP02
    events: {DHCP01: [{time: ..., id: 20251, values: [...]}]}   # of a saved state: see core/event_log.py
    servers:
      DHCP01: {fqdn: ..., address: 127.0.0.11, ip: 10.10.0.11, os: 2022, scopes: {...}, ...}
    relationships:                          # optional: what exists already, on both servers
      NAME: {primary: DHCP01, secondary: DHCP02, mode: LoadBalance, percentage: 50, scopes: [10.1.1.0]}
      APART: {..., secondary_half: {mclt: 02:00:00}, primary_ip: 10.9.0.1}          # see halves.py

The fields are those of the dataclasses in core/server.py. ``leases: {count: 40}`` makes up that many, always the same
ones. A saved state holds no secret: passwords become ``random``, a relationship's secret becomes ``set``.
"""

from __future__ import annotations

import secrets as random_text
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import yaml
from lab import transports
from lab.audit import Audit
from lab.codec import TopologyError, read, write
from lab.core.event_log import AVAILABILITY, Event
from lab.core.lab import Lab
from lab.core.network import EVERYTHING, FAILOVER, RPC
from lab.core.open_questions import Switches
from lab.core.server import Credential, Lease, Scope, Server
from lab.core.versions import BUILDS
from lab.halves import Joint, check_halves, join, without_secret

TOPOLOGIES = Path(__file__).with_name("topologies")
_WORDS = {
    "event_log": AVAILABILITY,
    "service": ("running", "paused", "stopped", "starting"),
    "language": ("en", "de", "fr"),
}
_FIRST_LEASE_END = datetime(2026, 3, 8, 8, tzinfo=timezone.utc)


@dataclass
class _File:
    servers: dict[str, Server]
    clock: datetime | None = None
    credentials: tuple[Credential, ...] = ()
    switches: dict[str, Any] = field(default_factory=dict)
    simulated_waits: bool = False
    cut_links: list[list[str]] = field(default_factory=list)
    cut_rpc_links: list[list[str]] = field(default_factory=list)
    cut_failover_links: list[list[str]] = field(default_factory=list)
    relationships: dict[str, Joint] = field(default_factory=dict)
    lost_dns: list[str] = field(default_factory=list)
    events: dict[str, list[Event]] = field(default_factory=dict)


def load(path: Path, *, passwords: Mapping[str, str] | None = None, audit: Audit | None = None) -> Lab:
    """A topology or saved state from a file. ``passwords``: by user, instead of those in it. Raises TopologyError."""
    return loads(path.read_text(encoding="utf-8"), passwords=passwords, audit=audit)


def loads(text: str, *, passwords: Mapping[str, str] | None = None, audit: Audit | None = None) -> Lab:
    """The same from text."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise TopologyError("", f"no YAML: {error}", "Correct the line it names") from error
    if not isinstance(raw, dict):
        raise TopologyError("", "no mapping", "Start with servers:")
    raw = deepcopy(raw)
    switches = _switches(raw.pop("switches", None) or {})
    counts = _take_lease_counts(raw)
    _fill_in_passwords(raw)
    file = read(_File, raw, "")
    if file.simulated_waits and file.clock is None:
        raise TopologyError("simulated_waits", "there is no clock that could go on", "Write clock: as well")
    lab = Lab(switches=switches, clock=file.clock, audit=audit or Audit(), lost_dns=file.lost_dns)
    lab.simulated_waits = file.simulated_waits
    lab.logs.events = file.events
    known = dict(passwords or {})
    for name, server in file.servers.items():
        server.name = name.upper()
        server.netbios = server.netbios.upper()
        server.os = BUILDS.get(server.os, server.os)
        _check_server(server.computer_name, server, f"servers.{name}")
        server.credentials = _with_passwords(server.credentials + file.credentials, known)
        lab.servers[server.name] = server
    _check_names(lab)
    for (name, scope_id), count in counts.items():
        make_leases(lab.servers[name.upper()].scopes[IPv4Address(scope_id)], count, lab.clock)
    _cut_links(lab, file)
    for joint in file.relationships.values():
        join(lab, joint)
    check_halves(lab, lab.servers.values())
    return lab


def save(lab: Lab, path: Path) -> None:
    """Writes the state so that ``load`` gives the same servers again. No secret is in it."""
    path.write_text(dumps(lab), encoding="utf-8")


def dumps(lab: Lab) -> str:
    """The same as text."""
    with lab.lock():
        lab.logs.look(lab)  # what changed until now
        state = {
            "clock": lab.clock,
            "switches": write(lab.switches),
            "simulated_waits": lab.simulated_waits,
            "cut_links": _written_cuts(lab, EVERYTHING),
            "cut_rpc_links": _written_cuts(lab, RPC),
            "cut_failover_links": _written_cuts(lab, FAILOVER),
            "lost_dns": lab.lost_dns,
            "events": lab.logs.events,
            "servers": {name: _written_server(lab, server) for name, server in lab.servers.items()},
        }
        kept = {key: write(value) for key, value in state.items() if value}
    return yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=120)


def _cut_links(lab: Lab, file: _File) -> None:
    pairs = {
        "cut_links": (EVERYTHING, file.cut_links),
        "cut_rpc_links": (RPC, file.cut_rpc_links),
        "cut_failover_links": (FAILOVER, file.cut_failover_links),
    }
    for name, (what, cuts) in pairs.items():
        for index, pair in enumerate(cuts):
            if len(pair) != 2 or not set(pair) <= set(lab.servers):
                raise TopologyError(f"{name}[{index}]", f"{pair!r} is no pair of servers", "Write [DHCP01, DHCP02]")
            lab.cut_link(pair[0], pair[1], what, one_way=what == RPC)


def _written_cuts(lab: Lab, what: str) -> list[list[str]]:
    """Only RPC has directions."""
    cuts = (cut for cut in lab.cut_links if cut.what == what)
    return sorted([cut.one, cut.other] for cut in cuts if what == RPC or cut.one < cut.other)


def _written_server(lab: Lab, server: Server) -> Any:
    halves = {name: without_secret(lab, server, half) for name, half in server.relationships.items()}
    accounts = tuple(replace(one, password="random") for one in server.credentials)
    return write(replace(server, relationships=halves, credentials=accounts))


def _switches(raw: Any) -> Switches:
    known = sorted(rule.name for rule in fields(Switches))
    if not isinstance(raw, dict):
        raise TopologyError("switches", f"expected a mapping, found {raw!r}", f"Known: {', '.join(known)}")
    switches = Switches()
    for name, answer in raw.items():
        try:
            switches = switches.with_answer(name, answer)
        except ValueError as error:
            raise TopologyError(f"switches.{name}", str(error), f"Known: {', '.join(known)}") from error
    return switches


def _take_lease_counts(raw: dict[str, Any]) -> dict[tuple[str, str], int]:
    """Takes every ``leases: {count: N}`` out of the raw file."""
    counts: dict[tuple[str, str], int] = {}
    servers = raw.get("servers")
    for name, server in servers.items() if isinstance(servers, dict) else ():
        scopes = server.get("scopes") if isinstance(server, dict) else None
        for scope_id, scope in scopes.items() if isinstance(scopes, dict) else ():
            leases = scope.get("leases") if isinstance(scope, dict) else None
            if isinstance(leases, dict) and set(leases) == {"count"}:
                place = f"servers.{name}.scopes.{scope_id}.leases.count"
                count = leases["count"]
                if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                    raise TopologyError(place, f"cannot read {count!r}", "Write a whole number")
                counts[(str(name), str(scope_id))] = count
                del scope["leases"]
    return counts


def _fill_in_passwords(raw: dict[str, Any]) -> None:
    """A password that is left out is random."""
    servers = raw.get("servers")
    owners = [raw, *(servers.values() if isinstance(servers, dict) else ())]
    for owner in owners:
        accounts = owner.get("credentials") if isinstance(owner, dict) else None
        for account in accounts if isinstance(accounts, list) else ():
            if isinstance(account, dict):
                account["password"] = account.get("password") or "random"


def _with_passwords(accounts: tuple[Credential, ...], known: dict[str, str]) -> tuple[Credential, ...]:
    """``known``: user -> password; a random one is made once for a user, so that the account matches on all servers."""
    result = []
    for one in accounts:
        if one.user not in known and one.password == "random":
            known[one.user] = random_text.token_urlsafe(18)
        result.append(replace(one, password=known.get(one.user, one.password)))
    return tuple(result)


def _check_word(place: str, name: str, word: str) -> None:
    if word not in _WORDS[name]:
        raise TopologyError(f"{place}.{name}", f"unknown word {word!r}", f"Write one of {', '.join(_WORDS[name])}")


def _check_server(name: str, server: Server, place: str) -> None:
    if len(name) > 15 or "." in name:
        raise TopologyError(place, "no NetBIOS name", "Use at most 15 characters and no dot; the rest is fqdn")
    if len(server.version()) < 2:
        raise TopologyError(f"{place}.os", f"unknown {server.os!r}", f"Write a build, or one of {', '.join(BUILDS)}")
    _check_word(place, "service", server.service)
    _check_word(place, "language", server.language)
    _check_word(place, "event_log", server.event_log)
    for one in server.transports:
        if one not in transports.NAMES:
            raise TopologyError(
                f"{place}.transports", f"unknown word {one!r}", f"Write some of {', '.join(transports.NAMES)}"
            )
    for scope in server.scopes.values():
        inside = f"{place}.scopes.{scope.scope_id}"
        if scope.start_range > scope.end_range or not all(map(scope.in_subnet, (scope.start_range, scope.end_range))):
            raise TopologyError(inside, "the range leaves the subnet", "Check scope id, subnet_mask and range")
        for address in (*scope.reservations, *scope.leases):
            if not scope.in_subnet(address):
                raise TopologyError(f"{inside}.{address}", "outside the scope", "Move it to its scope")


def _check_names(lab: Lab) -> None:
    """A name, an address or an alias leads to one server only, a short name to one of a domain."""
    owners: dict[str, str] = {}
    for server in lab.servers.values():
        short = (f"{name}.{server.domain}" for name in server.short_names())
        for name in {*server.dns_names(), *short, f"{server.address}:{server.port}"}:
            if owners.setdefault(name, server.name) != server.name:
                raise TopologyError(
                    f"servers.{server.name}", f"{name} is also {owners[name]}", "Give each server its own"
                )


def make_leases(scope: Scope, count: int, clock: datetime | None = None) -> None:
    """Fills a scope with ``count`` leases, the same ones every time; addresses that are kept free stay free.

    Raises TopologyError if the range has no room.
    """
    end = (clock + timedelta(days=7)) if clock else _FIRST_LEASE_END
    free = (IPv4Address(number) for number in range(int(scope.start_range), int(scope.end_range) + 1))
    usable = [
        address
        for address in free
        if address not in scope.reservations and not any(one.holds(address) for one in scope.exclusions)
    ]
    if count > len(usable):
        place = f"scope {scope.scope_id}: leases.count"
        raise TopologyError(place, f"{count} leases in {len(usable)} addresses", "Lower it or widen the range")
    for number, address in enumerate(usable[:count]):
        octets = address.packed
        mac = f"02-15-5d-{octets[1]:02x}-{octets[2]:02x}-{octets[3]:02x}"
        host = f"pc-{octets[2]:03d}-{octets[3]:03d}.contoso.example"
        expires = end + timedelta(minutes=number) if scope.lease_duration >= timedelta(days=1) else end
        scope.leases[address] = Lease(address, mac, host_name=host, expires=expires)
