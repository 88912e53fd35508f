# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is said of a fleet: by the tasks of its servers, and by all of them together. No I/O.

What both servers of a pair say is said once, what one of them could not see and the other one could is known, and what
only all of them together show is looked for here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from .._model.identity import spelled
from .._model.scope_details import Exclusion
from .._model.texts import few
from .double_service import Served, among
from .fleet_servers import Fleet, FleetPair, Key, Seen, in_common, partner_of
from .pair_verdicts import half_missing
from .verdict import (
    BOTH,
    FLEET,
    HERE,
    KINDS,
    NOT_COLLECTED,
    PAIR,
    PARTNER,
    SERVER,
    SERVERS,
    SEVERITIES,
    STATISTICS,
    Verdict,
    needing,
    wanted,
)

_DOUBLE_SERVICE = needing(BOTH, of=(FLEET,))
_ANYTHING = needing(HERE, PARTNER, STATISTICS, BOTH)


@dataclass(frozen=True)
class Finding:
    """A verdict with the hosts that it is about. `by`: the host whose task told it. `halves`: of the relationships that
    it is about."""

    verdict: Verdict
    by: str
    hosts: frozenset[str]
    halves: frozenset[Key] = frozenset()

    @property
    def is_unknown(self) -> bool:
        """Whether it tells what nobody looked at."""
        return self.verdict.id == NOT_COLLECTED


def findings_of(fleet: Fleet, off: Collection[str]) -> Sequence[Finding]:
    """All that is wanted, each once, the worst first."""
    told = [*_told(fleet), *_not_read(fleet), *_not_asked(fleet), *_double_service(fleet), *_not_compared(fleet)]
    missing = list(_halves_missing(fleet, told))
    kept = [
        replace(finding, verdict=left)
        for finding in _once([*told, *missing], fleet)
        if (left := wanted(finding.verdict, off))
    ]
    kept = [*_without_repeats(kept), *_all_off(fleet, off)]
    return worst_first(kept)


def worst_first(findings: Iterable[Finding]) -> Sequence[Finding]:
    """By their severity, else as they are."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.verdict.severity))


def is_about(finding: Finding, pair: FleetPair) -> bool:
    """Whether it is about a relationship, or about one of its servers as a whole."""
    verdict = finding.verdict
    of_server = not (verdict.relationships or verdict.partner or finding.halves) and len(finding.hosts) == 1
    return not finding.halves.isdisjoint(pair.keys) or (of_server and finding.hosts <= pair.hosts)


# --- what the tasks told ---------------------------------------------------------------------------------------------


def _told(fleet: Fleet) -> Iterator[Finding]:
    for seen in fleet.hosts.values():
        for shown in seen.result["verdicts"] if seen.result else ():
            verdict = Verdict.read(shown)
            other = _other(fleet, seen, verdict)
            hosts = frozenset([seen.host, *([other] if other else [])])
            of_two = verdict.kinds <= _DOUBLE_SERVICE if verdict.kinds else KINDS[verdict.id].of == FLEET
            if of_two and not verdict.of_the_unread and other and fleet.searched(hosts):
                continue  # that is looked for among all of them
            halves = frozenset((seen.host, name) for name in verdict.relationships)
            yield Finding(_with_hosts(verdict, fleet, hosts), seen.host, hosts, halves)


def _other(fleet: Fleet, seen: Seen, verdict: Verdict) -> str | None:
    """The host of the partner that a verdict names; as it is named, where no host is it."""
    if verdict.partner is None:
        return None
    called = spelled(verdict.partner)
    keys = [(seen.host, name) for name in verdict.relationships if (seen.host, name) in fleet.entries]
    keys += [(seen.host, entry["name"]) for entry in seen.relationships]
    partners = (fleet.partner(key) for key in keys if partner_of(fleet.entries[key]).is_called(verdict.partner))
    found = next((host for host in partners if host), None) or fleet.called(called, seen.host)
    if isinstance(found, str):
        return found
    return found[0] if found and len(found) == 1 else verdict.partner


def _with_hosts(verdict: Verdict, fleet: Fleet, hosts: frozenset[str]) -> Verdict:
    """With the hosts of the servers whose ranges are the evidence."""
    if "ranges" not in verdict.evidence:
        return verdict
    names = {fleet.hosts[host].name: host for host in hosts if host in fleet.hosts}
    other = next((host for host in hosts if host not in fleet.hosts), None)
    ranges = [{**one, "host": names.get(one["server"], other)} for one in verdict.evidence["ranges"]]
    return replace(verdict, evidence={**verdict.evidence, "ranges": ranges})


# --- what nobody told ------------------------------------------------------------------------------------------------


def _unknown(by: str, server: str, words: str, cure: str, **more: Any) -> Finding:
    hosts, halves = more.pop("hosts", frozenset([by])), more.pop("halves", frozenset())
    return Finding(Verdict(NOT_COLLECTED, server, words, cure, **more), by, hosts, halves)


def _not_read(fleet: Fleet) -> Iterator[Finding]:
    for seen in fleet.hosts.values():
        if seen.result is None:
            words = f"{seen.host} could not be read: {seen.problem}"
            cure = "windhcp.failover.check tells what is missing, from the connection to the rights"
            yield _unknown(seen.host, seen.host, words, cure, evidence={"problem": seen.problem}, kinds=_ANYTHING)


def _not_asked(fleet: Fleet) -> Iterator[Finding]:
    """Partners that are no host of the report: how they are as a whole, nobody asked."""
    halves: dict[str, list[Key]] = {}
    for key, entry in fleet.entries.items():
        host = fleet.partner(key)
        if host not in fleet.hosts and len(fleet.pair_of[key].halves) == 1:
            halves.setdefault(host or str(entry["partner_server"]), []).append(key)
    for partner, keys in halves.items():
        by, names = keys[0][0], list(dict.fromkeys(name for _host, name in keys))
        alone = names[0] if len(names) == 1 else None
        yield _unknown(
            by,
            fleet.hosts[by].name,
            f"how {partner} is as a whole was not looked at, since no host that was read is that server",
            "add it to the inventory, and to the hosts of the report",
            relationship=alone,
            partner=partner,
            evidence={} if alone else {"relationships": names},
            kinds=needing(HERE, STATISTICS, of=(SERVER,)),
            hosts=frozenset([*(host for host, _name in keys), partner]),
            halves=frozenset(keys),
        )


def _not_compared(fleet: Fleet) -> Iterator[Finding]:
    """Servers whose scopes nobody gathered were compared with their partners at the most."""
    read = [seen for seen in fleet.hosts.values() if seen.result]
    lacking = [seen for seen in read if seen.scopes is None]
    for seen in lacking:
        looked_at = {
            fleet.partner((seen.host, entry["name"]))
            for entry in seen.relationships
            if "health" in entry and (drift := entry.get("drift")) is not None and drift.get("problem") is None
        }
        if {other.host for other in read} - looked_at - {seen.host}:
            yield _unknown(
                seen.host,
                seen.name,
                f"scopes that two servers serve were not looked for among all of them: those of "
                f"{few(one.host for one in lacking)} were not gathered",
                "gather: [drift, health, scopes]",
                kinds=_DOUBLE_SERVICE,
                hosts=frozenset(one.host for one in lacking) | {seen.host, *([read[0].host, read[1].host])},
            )
            return


def _all_off(fleet: Fleet, off: Collection[str]) -> Iterator[Finding]:
    if fleet.hosts and KINDS.keys() - {NOT_COLLECTED} <= set(off):
        by, *_others = fleet.hosts
        words, cure = "every verdict is switched off, so nothing was looked at", "switch off what is meant so only"
        yield _unknown(by, fleet.hosts[by].name, words, cure, hosts=frozenset(fleet.hosts))


def _halves_missing(fleet: Fleet, told: Sequence[Finding]) -> Iterator[Finding]:
    """What a server that was read does not have, although its partner could not look there."""
    known = {half for finding in told if finding.verdict.id == "half_missing" for half in finding.halves}
    for pair in fleet.pairs:
        host, *_other = pair.halves
        if not fleet.lacks_half(pair) or (host, pair.name) in known or pair.partner_host is None:
            continue
        theirs = fleet.entries.get((pair.partner_host, pair.name))
        ends = fleet.label(host), fleet.label(pair.partner_host)
        verdict = half_missing(pair.name, *ends, str(theirs["partner_server"]) if theirs else None)
        yield Finding(verdict, host, frozenset([host, pair.partner_host]), frozenset([(host, pair.name)]))


def _double_service(fleet: Fleet) -> Iterator[Finding]:
    """Also of servers that have nothing to do with each other."""
    members: dict[tuple[str, str], set[str]] = {}
    for seen in fleet.hosts.values():
        for scope in seen.scopes or ():
            members.setdefault((scope["scope_id"], scope["relationship"] or ""), set()).add(seen.host)
    for clash in among(served for seen in fleet.hosts.values() for served in _served(fleet, seen, members)):
        halves = frozenset((one.who, one.relationship) for one in clash.of if one.relationship is not None)
        verdict = clash.verdict
        if "ranges" in verdict.evidence:
            ranges = zip(verdict.evidence["ranges"], clash.of, strict=False)
            hosts = [{**shown, "host": one.who} for shown, one in ranges]
            verdict = replace(verdict, evidence={**verdict.evidence, "ranges": hosts})
        yield Finding(verdict, clash.of[0].who, frozenset(one.who for one in clash.of), halves)


def _served(fleet: Fleet, seen: Seen, hosts: Mapping[tuple[str, str], Collection[str]]) -> Iterator[Served]:
    """`hosts`: by scope and relationship, those that have it there. With whom a relationship is of which a task was not
    asked is not known."""
    halves = {(seen.host, entry["name"]) for entry in seen.relationships}
    members = {scope: (sure, perhaps) for key in halves for scope, sure, perhaps in in_common(fleet, key)}
    nobody, name = frozenset[str](), fleet.label(seen.host)
    for scope in seen.scopes or ():
        if scope["state"] != "active":
            continue
        sure, perhaps = members.get(scope["scope_id"], (nobody, nobody))
        owner = scope["relationship"]
        if owner is not None and (seen.host, owner) not in fleet.entries:
            perhaps = frozenset(hosts[scope["scope_id"], owner]) - {seen.host}
        yield Served(
            name,
            scope["scope_id"],
            (int(IPv4Address(scope["start_range"])), int(IPv4Address(scope["end_range"]))),
            None if scope["exclusions"] is None else tuple(map(_exclusion, scope["exclusions"])),
            sure,
            owner,
            scope["subnet_mask"],
            seen.host,
            perhaps,
        )


def _exclusion(shown: Mapping[str, str]) -> Exclusion:
    return Exclusion(IPv4Address(shown["start_range"]), IPv4Address(shown["end_range"]))


# --- each once -------------------------------------------------------------------------------------------------------


def _once(findings: Iterable[Finding], fleet: Fleet) -> Sequence[Finding]:
    """What both servers of a pair say, and what one of them knows that the other one does not."""
    found: dict[object, Finding] = {}
    scopes: dict[object, set[str]] = {}
    unknown: list[Finding] = []
    for finding in findings:
        verdict, kind = finding.verdict, KINDS[finding.verdict.id]
        if finding.is_unknown and finding.halves and not (verdict.scopes and verdict.kinds <= _DOUBLE_SERVICE):
            unknown.append(finding)
        elif kind.of != PAIR or not verdict.scopes:
            found.setdefault(_key(finding, fleet), finding)
        else:
            told = scopes.setdefault(_key(finding, fleet), set())
            if left := _beyond(finding, told):
                found[_key(finding, fleet), finding.by] = left
                told.update(verdict.scopes)
    return [*found.values(), *_still_unknown(unknown, fleet)]


def _key(finding: Finding, fleet: Fleet) -> object:
    """What is the same for what two servers say of one thing."""
    verdict, kind = finding.verdict, KINDS[finding.verdict.id]
    if finding.is_unknown:
        return verdict.id, finding.hosts, frozenset(verdict.scopes), verdict.kinds, verdict.scopes or finding.by
    if kind.of == PAIR:
        pairs = (fleet.pair_of.get(half) for half in finding.halves)
        return verdict.id, frozenset(id(pair) for pair in pairs if pair), verdict.relationship
    if kind.of == SERVERS:
        return verdict.id, finding.hosts
    if kind.of == FLEET:
        return verdict.id, finding.hosts, frozenset(verdict.scopes)
    return verdict.id, finding.by, verdict.relationship, verdict.scopes


def _beyond(finding: Finding, told: Collection[str]) -> Finding | None:
    """What is left without the scopes that are told already: a member on one server only is known there only."""
    verdict = finding.verdict
    left = tuple(scope for scope in verdict.scopes if scope not in told)
    if not left or not told:
        return finding if left else None
    words = f"{KINDS[verdict.id].words}: {few(left)}, as {verdict.server} shows it"
    return replace(finding, verdict=replace(verdict, scopes=left, sentence=words))


def _still_unknown(unknown: Sequence[Finding], fleet: Fleet) -> Iterator[Finding]:
    """What neither of the two servers of a pair knows. The same of both, or the same of the two as a whole, is said
    once."""
    said: set[object] = set()
    for finding in _unknown_to_both(unknown, fleet):
        verdict = finding.verdict
        of_two = verdict.kinds <= needing(BOTH, PARTNER, of=(SERVERS,)) and not verdict.of_the_unread
        same = (finding.hosts, verdict.kinds if of_two else verdict.sentence)
        if same not in said:
            said.add(same)
            yield finding


def _unknown_to_both(unknown: Sequence[Finding], fleet: Fleet) -> Iterator[Finding]:
    by_half: dict[Key, frozenset[str]] = {}
    for finding in unknown:
        for half in finding.halves:
            by_half[half] = by_half.get(half, frozenset()) | finding.verdict.kinds
    for finding in unknown:
        pairs = [fleet.pair_of[half] for half in finding.halves if half in fleet.pair_of]
        of_partner = finding.verdict.kinds & {kind.id for kind in KINDS.values() if kind.of == SERVER}
        if of_partner or not pairs:
            yield finding
            continue
        others = [key for pair in pairs for key in pair.keys if key not in finding.halves]
        if all(map(fleet.lacks_half, pairs)):
            continue  # the half is missing, and nothing is there to be compared
        if others:
            theirs = frozenset(kind for key in others for kind in by_half.get(key, ()))
            known = {kind for kind in finding.verdict.kinds if KINDS[kind].of in (PAIR, SERVERS) and kind not in theirs}
            both = fleet.searched(frozenset(host for pair in pairs for host in pair.halves))
            left = finding.verdict.kinds - known - (_DOUBLE_SERVICE if both else frozenset())
            if not left:
                continue
            finding = replace(finding, verdict=replace(finding.verdict, kinds=left))
        yield finding


def _without_repeats(findings: Sequence[Finding]) -> Sequence[Finding]:
    """A server that has no account for DNS where its partner has one is told once."""
    lacking = {
        host
        for finding in findings
        if finding.verdict.id == "dns_credentials_differ"
        for host in finding.hosts
        if finding.verdict.evidence["this_server" if host == finding.by else "partner"] == ""
    }
    return [one for one in findings if one.verdict.id != "dns_credentials_missing" or one.by not in lacking]
