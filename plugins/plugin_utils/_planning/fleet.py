# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the servers of a fleet show together: results of dhcp_failover_info -> one report. No I/O.

Each server was read by itself. Here the two halves of a relationship become one pair, what both servers say of it is
said once, what one of them could not see and the other one could is known, and scopes that two servers give away are
looked for among all of them. The report is plain data (docs: report.schema.json); who renders it decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from .._model.scope_details import Exclusion
from .double_service import Served, among
from .verdict import (
    BOTH,
    CRITICAL,
    HEALTH,
    HERE,
    INFO,
    KINDS,
    NOT_COLLECTED,
    PAIR,
    PARTNER,
    SERVER,
    SEVERITIES,
    STATISTICS,
    SYNC,
    UNKNOWN,
    Verdict,
    decided,
    needing,
    wanted,
    worst,
)

SCHEMA = "windhcp.failover/report/1"
OK = "ok"
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """A host, and what dhcp_failover_info returned for it. `problem`: why there is nothing."""

    host: str
    result: Mapping[str, Any] | None = None
    problem: str = ""

    @property
    def name(self) -> str:
        """The server's own name, or the host's where it was not read."""
        return str(self.result["server"]) if self.result else self.host

    @property
    def relationships(self) -> Sequence[Entry]:
        """None where it was not read."""
        return self.result["relationships"] if self.result else ()


Hosts = Mapping[str, Seen]


@dataclass(frozen=True)
class Finding:
    """A verdict with the hosts that it is about. `by`: the host whose task told it."""

    verdict: Verdict
    by: str
    hosts: frozenset[str]


@dataclass(frozen=True)
class FleetPair:
    """A relationship as far as the fleet shows it. `halves`: by host, the first is the one that leads (primary or
    active); `partner`: what the other server is called where no host is it."""

    name: str
    halves: Mapping[str, Entry]
    partner: str
    partner_host: str | None = None

    @property
    def hosts(self) -> frozenset[str]:
        """The two hosts, as far as they are known."""
        return frozenset([*self.halves, *([self.partner_host] if self.partner_host else [])])


def report(fleet: Sequence[Seen], created: str, off: Collection[str] = ()) -> Mapping[str, Any]:
    """The whole report: `created` in ISO 8601, `off`: verdicts that nobody wants."""
    pairs = _pairs(fleet)
    findings = _once([*_told(fleet), *_not_read(fleet), *_twice(fleet)], fleet)
    findings = _wanted(findings, off)
    numbers = {id(finding): number for number, finding in enumerate(findings)}
    hosts = {seen.host: seen for seen in fleet}
    shown = [_shown_pair(pair, _about(pair, findings), numbers, hosts) for pair in pairs]
    status = worst(finding.verdict for finding in findings if finding.verdict.severity != INFO)
    return {
        "schema": SCHEMA,
        "created": created,
        "status": status or (OK if fleet else UNKNOWN),  # of no server nothing is known
        "counts": {
            "servers": len(fleet),
            "collected": sum(seen.result is not None for seen in fleet),
            "relationships": len(pairs),
            "scopes": sum(pair["scopes"] for pair in shown),
            **{severity: sum(one.verdict.severity == severity for one in findings) for severity in SEVERITIES},
        },
        "servers": [_shown_server(seen, findings) for seen in fleet],
        "pairs": shown,
        "verdicts": [_shown_verdict(finding) for finding in findings],
        "off": sorted(off),
    }


# --- who is with whom ------------------------------------------------------------------------------------------------


def _pairs(fleet: Sequence[Seen]) -> Sequence[FleetPair]:
    """Each relationship once; a half whose partner shows another one of its name is a pair of its own."""
    entries = {(seen.host, entry["name"]): entry for seen in fleet for entry in seen.relationships}
    pairs: list[FleetPair] = []
    done: set[tuple[str, str]] = set()
    for (host, name), entry in entries.items():
        if (host, name) in done:
            continue
        other = entry.get("partner_host")
        theirs = entries.get((str(other), name))
        halves = {host: entry}
        if theirs is not None and theirs.get("partner_host") == host:
            halves = {host: entry, str(other): theirs}
            if _leads(theirs) and not _leads(entry):
                halves = dict(reversed(halves.items()))
        done |= {(one, name) for one in halves}
        pairs.append(FleetPair(name, halves, str(entry["partner_server"]), other))
    return pairs


def _leads(entry: Entry) -> bool:
    """Whether the server is the one that a reader thinks of first."""
    if entry["mode"] == "hot_standby":
        return bool(entry["server_role"] == "active")
    return entry.get("is_primary") is not False


# --- what is said of them --------------------------------------------------------------------------------------------


def _told(fleet: Sequence[Seen]) -> Iterator[Finding]:
    named = _hosts_by_name(fleet)
    for seen in fleet:
        partners = {entry["name"]: entry.get("partner_host") for entry in seen.relationships}
        for shown in seen.result["verdicts"] if seen.result else ():
            verdict = Verdict.read(shown)
            other = partners.get(verdict.relationship) or named.get(verdict.partner or "") or verdict.partner
            yield Finding(verdict, seen.host, frozenset([seen.host, *([str(other)] if other else [])]))


def _hosts_by_name(fleet: Sequence[Seen]) -> Mapping[str, str]:
    """Servers' own names -> their host, where only one has it."""
    names = [seen.name for seen in fleet]
    return {seen.name: seen.host for seen in fleet if names.count(seen.name) == 1}


def _not_read(fleet: Sequence[Seen]) -> Iterator[Finding]:
    for seen in fleet:
        if seen.result is None:
            cure = "windhcp.failover.check tells what is missing, from the connection to the rights"
            verdict = Verdict(
                NOT_COLLECTED,
                seen.host,
                f"{seen.host} could not be read: {seen.problem}",
                cure,
                evidence={"problem": seen.problem},
                kinds=needing(HERE, PARTNER, STATISTICS, BOTH),
            )
            yield Finding(verdict, seen.host, frozenset([seen.host]))


def _twice(fleet: Sequence[Seen]) -> Iterator[Finding]:
    """Also of servers that have nothing to do with each other."""
    named = {seen.name: seen.host for seen in fleet}
    by_host = {seen.host: seen for seen in fleet}
    served = {seen.name: list(_served(seen, by_host)) for seen in fleet if seen.result and "scopes" in seen.result}
    for verdict in among(served):
        hosts = frozenset(named[name] for name in (verdict.server, verdict.partner) if name in named)
        yield Finding(verdict, named[verdict.server], hosts)


def _served(seen: Seen, hosts: Hosts) -> Iterator[Served]:
    members: dict[str, frozenset[str]] = {}
    for entry in seen.relationships:
        partner = hosts.get(str(entry.get("partner_host")))
        theirs = next((one for one in partner.relationships if one["name"] == entry["name"]), None) if partner else None
        common = set(entry["scopes"]) & set(theirs["scopes"]) if theirs else ()
        members.update({scope: frozenset([partner.name]) for scope in common} if partner else {})
    for scope in seen.result["scopes"] if seen.result else ():
        if scope["state"] != "active":
            continue
        ends = int(IPv4Address(scope["start_range"])), int(IPv4Address(scope["end_range"]))
        exclusions = scope["exclusions"]
        gaps = None if exclusions is None else tuple(map(_exclusion, exclusions))
        common_with = members.get(scope["scope_id"], frozenset())
        yield Served(seen.name, scope["scope_id"], ends, gaps, common_with, scope["relationship"], scope["subnet_mask"])


def _exclusion(shown: Mapping[str, str]) -> Exclusion:
    return Exclusion(IPv4Address(shown["start_range"]), IPv4Address(shown["end_range"]))


def _once(findings: Iterable[Finding], fleet: Sequence[Seen]) -> Sequence[Finding]:
    """What both servers of a pair say is said once, and what one of them knows is not unknown."""
    collected = {seen.host for seen in fleet if seen.result is not None}
    found: dict[object, Finding] = {}
    unknown: dict[tuple[str, frozenset[str]], dict[str, Finding]] = {}
    for finding in findings:
        verdict = finding.verdict
        if verdict.id == NOT_COLLECTED and verdict.relationship is not None:
            unknown.setdefault((verdict.relationship, finding.hosts), {})[finding.by] = finding
            continue
        kind = KINDS[verdict.id]
        about = finding.by if kind.of == SERVER or verdict.kinds else finding.hosts
        key = (verdict.id, verdict.relationship, about, () if kind.of == PAIR else verdict.scopes)
        found.setdefault(key, finding)
    for (_name, hosts), said in unknown.items():
        for by, finding in said.items():
            others = (hosts & collected) - {by}
            kinds = finding.verdict.kinds
            for other in others:
                theirs = said[other].verdict.kinds if other in said else frozenset[str]()
                kinds = frozenset(kind for kind in kinds if KINDS[kind].of != PAIR or kind in theirs)
            if kinds:
                found[("unknown", finding.verdict.relationship, hosts, by)] = replace(
                    finding, verdict=replace(finding.verdict, kinds=kinds)
                )
    return list(found.values())


def _wanted(findings: Sequence[Finding], off: Collection[str]) -> Sequence[Finding]:
    kept = [replace(finding, verdict=left) for finding in findings if (left := wanted(finding.verdict, off))]
    return sorted(kept, key=lambda finding: SEVERITIES.index(finding.verdict.severity))


def _about(pair: FleetPair, findings: Sequence[Finding]) -> Sequence[Finding]:
    """Those about the relationship, and about its servers as a whole."""
    return [
        finding
        for finding in findings
        if (finding.verdict.relationship == pair.name and finding.by in pair.hosts)
        or (finding.verdict.relationship is None and len(finding.hosts) == 1 and finding.hosts <= pair.hosts)
    ]


# --- as it is shown --------------------------------------------------------------------------------------------------


def _shown_pair(
    pair: FleetPair, about: Sequence[Finding], numbers: Mapping[int, int], hosts: Hosts
) -> Mapping[str, Any]:
    lead_host, lead = next(iter(pair.halves.items()))
    verdicts = [finding.verdict for finding in about]
    own = [finding for finding in about if finding.verdict.relationship == pair.name]
    in_sync, healthy = (decided(verdicts, what, pair.name) for what in (SYNC, HEALTH))
    deciding = [verdict for verdict in verdicts if verdict.relationship or KINDS[verdict.id].decides]
    unknown = UNKNOWN if None in (in_sync, healthy) else OK
    return {
        "relationship": pair.name,
        "status": worst(verdict for verdict in deciding if verdict.severity != INFO) or unknown,
        "in_sync": in_sync,
        "healthy": healthy,
        **{key: lead[key] for key in _SETTINGS},
        "halves": [_shown_half(pair, host, hosts) for host in _both(pair, lead_host)],
        "scopes": len({scope for half in pair.halves.values() for scope in half["scopes"]}),
        "fullest": _fullest(pair),
        "scope_list": _scope_list(pair, hosts),
        "verdicts": [numbers[id(finding)] for finding in own],
        "events": _events(pair),
    }


# as each half shows them; a pair has those of the server that leads
_SETTINGS = ("mode", "reserve_percent", "max_client_lead_time", "state_switch_interval", "enable_auth")


def _both(pair: FleetPair, lead: str) -> Sequence[str | None]:
    others: list[str | None] = [host for host in pair.halves if host != lead]
    return [lead, *(others or [pair.partner_host])]


def _shown_half(pair: FleetPair, host: str | None, hosts: Hosts) -> Mapping[str, Any]:
    half = pair.halves.get(host or "")
    if host is not None and half is not None:
        return {
            "host": host,
            "server": hosts[host].name,
            "collected": True,
            "state": half["state"],
            "state_since": half.get("state_since"),
            "server_role": half["server_role"],
            "load_balance_percent": half["load_balance_percent"],
            **{key: half[key] for key in _SETTINGS},
        }
    other = next(iter(pair.halves.values()))
    drift = other.get("drift") or {}
    return {
        "host": host,
        "server": pair.partner,
        "collected": False,
        "state": drift.get("partner_state"),
        "state_since": other.get("partner_state_since"),
        "server_role": None,
        "load_balance_percent": None,
        **dict.fromkeys(_SETTINGS),
    }


def _fullest(pair: FleetPair) -> Mapping[str, Any] | None:
    scopes = [scope for half in pair.halves.values() for scope in (half.get("health") or {}).get("scopes", ())]
    known = [scope for scope in scopes if scope["percent_in_use"] is not None]
    first = max(known, key=lambda scope: scope["percent_in_use"], default=None)
    return first and {"scope_id": first["scope_id"], "percent_in_use": first["percent_in_use"]}


def _scope_list(pair: FleetPair, hosts: Hosts) -> Sequence[Mapping[str, Any]]:
    """The members as the server that leads has them, and what only the other one has."""
    shown: dict[str, Mapping[str, Any]] = {}
    for host, half in pair.halves.items():
        result = hosts[host].result or {}
        members = set(half["scopes"])
        for scope in result.get("scopes", ()):
            if scope["scope_id"] in members:
                shown.setdefault(scope["scope_id"], {"host": host, **scope})
    return list(shown.values())


def _events(pair: FleetPair) -> Sequence[Mapping[str, Any]]:
    """Of both servers, each once."""
    told = [event for half in pair.halves.values() for event in half.get("events") or ()]
    once = {tuple(sorted((key, str(value)) for key, value in event.items())): event for event in told}
    return sorted(once.values(), key=lambda event: str(event.get("time")))


def _shown_server(seen: Seen, findings: Sequence[Finding]) -> Mapping[str, Any]:
    about = [finding.verdict for finding in findings if finding.by == seen.host or finding.hosts == {seen.host}]
    result = seen.result or {}
    return {
        "host": seen.host,
        "name": seen.name if seen.result else None,
        "collected": seen.result is not None,
        "problem": seen.problem or None,
        "status": worst(verdict for verdict in about if verdict.severity != INFO) or OK,
        "relationships": len(seen.relationships),
        "scopes": len(result["scopes"]) if "scopes" in result else None,
        "unprotected_scopes": [scope["scope_id"] for scope in result.get("unprotected_scopes", ())],
        "safety_copies": result.get("safety_copies"),
        "safety_copies_problem": result.get("safety_copies_problem"),
    }


def _shown_verdict(finding: Finding) -> Mapping[str, Any]:
    return {**finding.verdict.public(), "host": finding.by, "hosts": sorted(finding.hosts)}


def is_at_least(status: str, fail_on: str | None) -> bool:
    """Whether a status is as bad as what a run shall fail on: `warning` means unknown as well, since it may be."""
    if fail_on is None or status == OK:
        return False
    return status == CRITICAL or (fail_on != CRITICAL)
