# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the servers of a fleet show together: results of dhcp_failover_info -> one report. No I/O.

Each server was read by itself. Here the two halves of a relationship become one pair, what both servers say of it is
said once, what one of them could not see and the other one could is known, and scopes that two servers give away are
looked for among all of them. The report is plain data (docs: report.schema.json); who renders it decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._model.texts import few
from .fleet_findings import Finding, findings_of, is_about, worst_first
from .fleet_servers import SETTINGS, Fleet, FleetPair, Seen, fleet_of, not_understood
from .verdict import CRITICAL, HEALTH, INFO, KINDS, NOT_COLLECTED, SEVERITIES, SYNC, UNKNOWN, Verdict, decided, worst

__all__ = ["Seen", "is_at_least", "not_understood", "report"]

SCHEMA = "windhcp.failover/report/1"
OK = "ok"
EVENTS = 50  # of a relationship that a report has, the newest


def report(seen: Sequence[Seen], created: str, off: Collection[str] = ()) -> Mapping[str, Any]:
    """The whole report: `created` in ISO 8601, `off`: verdicts that nobody wants."""
    fleet = fleet_of(seen)
    off = frozenset(off) | _off_everywhere(fleet)
    findings = findings_of(fleet, off)
    findings = worst_first([*findings, *_in_sync_unknown(fleet, findings)])
    about: dict[int, list[int]] = {id(pair): [] for pair in fleet.pairs}
    pairs_of: dict[str, list[FleetPair]] = {}
    for pair in fleet.pairs:
        for host in pair.hosts:
            pairs_of.setdefault(host, []).append(pair)
    for number, finding in enumerate(findings):
        near = [fleet.pair_of[half] for half in finding.halves if half in fleet.pair_of]
        near += [pair for host in finding.hosts for pair in pairs_of.get(host, ())] if len(finding.hosts) == 1 else []
        for pair in {id(one): one for one in near}.values():
            if is_about(finding, pair):
                about[id(pair)].append(number)
    shown = [_shown_pair(pair, {number: findings[number] for number in about[id(pair)]}, fleet) for pair in fleet.pairs]
    status = worst(finding.verdict for finding in findings if finding.verdict.severity != INFO)
    of_host: dict[str, list[Verdict]] = {}
    for finding in findings:
        for host in finding.hosts:
            of_host.setdefault(host, []).append(finding.verdict)
    return {
        "schema": SCHEMA,
        "created": created,
        "status": status or (OK if fleet.hosts else UNKNOWN),  # of no server nothing is known
        "counts": {
            "servers": len(fleet.hosts),
            "collected": sum(one.result is not None for one in fleet.hosts.values()),
            "relationships": len(fleet.pairs),
            "scopes": sum(pair["scopes"] for pair in shown),
            **{severity: sum(one.verdict.severity == severity for one in findings) for severity in SEVERITIES},
        },
        "servers": [_shown_server(one, of_host.get(one.host, ())) for one in fleet.hosts.values()],
        "pairs": shown,
        "verdicts": [_shown_verdict(finding) for finding in findings],
        "off": sorted(off),
    }


def _off_everywhere(fleet: Fleet) -> frozenset[str]:
    """What no task told, since it was switched off there."""
    told = [frozenset(one.result.get("verdicts_off") or ()) for one in fleet.hosts.values() if one.result]
    return frozenset.intersection(*told) & KINDS.keys() if told else frozenset()


def _in_sync_unknown(fleet: Fleet, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Pairs that nobody compared, where all that is unknown by that is switched off. They are unknown, and no report is
    better than its pairs."""
    told = {host for finding in findings if finding.is_unknown for host in finding.hosts}
    pairs = [pair for pair in fleet.pairs if told.isdisjoint(pair.hosts) and not _is_compared(pair, fleet)]
    if pairs:
        (by, *_others), names = pairs[0].halves, list(dict.fromkeys(pair.name for pair in pairs))
        quoted = few(f"'{name}'" for name in names)
        words = f"nobody looked for what the two servers have otherwise in {quoted}"
        cure, evidence = "gather drift as well (gather: [drift])", {"relationships": names}
        verdict = Verdict(NOT_COLLECTED, fleet.hosts[by].name, words, cure, evidence=evidence)
        hosts = frozenset(host for pair in pairs for host in pair.hosts)
        yield Finding(verdict, by, hosts, frozenset(half for pair in pairs for half in pair.keys))


# --- as it is shown --------------------------------------------------------------------------------------------------


def _shown_pair(pair: FleetPair, about: Mapping[int, Finding], fleet: Fleet) -> Mapping[str, Any]:
    lead_host, lead = next(iter(pair.halves.items()))
    own = {number: finding for number, finding in about.items() if finding.halves}
    verdicts = [
        replace(one.verdict, relationship=pair.name) if number in own else one.verdict for number, one in about.items()
    ]
    in_sync, healthy = (decided(verdicts, what, pair.name) for what in (SYNC, HEALTH))
    if in_sync and not _is_compared(pair, fleet):
        in_sync = None
    deciding = [verdict for verdict in verdicts if verdict.relationship or KINDS[verdict.id].decides]
    unknown = UNKNOWN if None in (in_sync, healthy) else OK
    events = _events(pair)
    return {
        "relationship": pair.name,
        "status": worst(verdict for verdict in deciding if verdict.severity != INFO) or unknown,
        "in_sync": in_sync,
        "healthy": healthy,
        **{key: lead[key] for key in SETTINGS},
        "halves": [_shown_half(pair, host, fleet) for host in _both(pair, lead_host)],
        "scopes": len({scope for half in pair.halves.values() for scope in half["scopes"]}),
        "fullest": _fullest(pair),
        "scope_list": _scope_list(pair, fleet.hosts),
        "verdicts": list(own),
        "events": events[-EVENTS:],
        "events_left_out": len(events[:-EVENTS]),
    }


def _is_compared(pair: FleetPair, fleet: Fleet) -> bool:
    """Whether one of its servers compared the other one, or that is known to have no half."""
    drifts = [half.get("drift") or {"problem": "not asked"} for half in pair.halves.values()]
    looked = any(drift.get("problem") is None or drift.get("in_sync") is not None for drift in drifts)
    return looked or fleet.lacks_half(pair)


def _both(pair: FleetPair, lead: str) -> Sequence[str | None]:
    others: list[str | None] = [host for host in pair.halves if host != lead]
    return [lead, *(others or [pair.partner_host])]


def _shown_half(pair: FleetPair, host: str | None, fleet: Fleet) -> Mapping[str, Any]:
    half, seen = pair.halves.get(host or ""), fleet.hosts.get(host or "")
    other = next((one for name, one in pair.halves.items() if name != host), {})
    seen_there = other.get("partner_state_since")
    if seen is not None and half is not None:
        alike = (other.get("drift") or {}).get("partner_state") == half["state"]
        return {
            "host": host,
            "server": seen.name,
            "collected": True,
            "present": True,
            "state": half["state"],
            "state_since": half.get("state_since") or (seen_there if alike else None),
            "server_role": half["server_role"],
            "load_balance_percent": half["load_balance_percent"],
            **{key: half[key] for key in SETTINGS},
        }
    read = seen is not None and seen.result is not None
    return {
        "host": host,
        "server": seen.name if seen is not None and read else pair.partner,
        "collected": read,
        "present": False if fleet.lacks_half(pair) else None,
        "state": (other.get("drift") or {}).get("partner_state"),
        "state_since": seen_there,
        "server_role": None,
        "load_balance_percent": None,
        **dict.fromkeys(SETTINGS),
    }


def _fullest(pair: FleetPair) -> Mapping[str, Any] | None:
    scopes = [scope for half in pair.halves.values() for scope in (half.get("health") or {}).get("scopes", ())]
    known = [scope for scope in scopes if scope["percent_in_use"] is not None]
    first = max(known, key=lambda scope: scope["percent_in_use"], default=None)
    return first and {"scope_id": first["scope_id"], "percent_in_use": first["percent_in_use"]}


def _scope_list(pair: FleetPair, hosts: Mapping[str, Seen]) -> Sequence[Mapping[str, Any]]:
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


def _shown_server(seen: Seen, about: Sequence[Verdict]) -> Mapping[str, Any]:
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
