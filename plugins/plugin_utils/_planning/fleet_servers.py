# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The servers of a fleet, and who is with whom. No I/O.

A server is known by what it calls itself and by its addresses (_model/identity), whatever the inventory calls it: the
inventory's word counts only where nobody in the fleet is called so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .._model.identity import Identity, is_address
from .._model.texts import few
from .verdict import KINDS

Entry = Mapping[str, Any]
Key = tuple[str, str]  # a host, and the name of a relationship there


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

    @cached_property
    def identity(self) -> Identity:
        """By all that the server calls itself."""
        names = self.result.get("server_names") or () if self.result else ()
        return Identity((self.name, *map(str, names)))

    @property
    def scopes(self) -> Sequence[Entry] | None:
        """All that it has; None: nobody asked."""
        return self.result.get("scopes") if self.result else None


_OF_A_RESULT = ("server", "relationships", "verdicts")
# as each half shows them; a pair has those of the server that leads
SETTINGS = ("mode", "reserve_percent", "max_client_lead_time", "state_switch_interval", "enable_auth")
_OF_A_HALF = ("name", "partner_server", "state", "scopes", "server_role", "load_balance_percent", *SETTINGS)
_OF_A_VERDICT = ("id", "server", "sentence", "cure", "relationship", "partner", "scopes", "evidence")


def not_understood(result: Entry) -> str | None:
    """What a result lacks that one of dhcp_failover_info has, or a verdict that this version does not know."""
    if lacking := [key for key in _OF_A_RESULT if key not in result]:
        return f"it has no {few(lacking)}"
    for several, keys in ((result["relationships"], _OF_A_HALF), (result["verdicts"], _OF_A_VERDICT)):
        if not isinstance(several, list) or not all(isinstance(one, Mapping) for one in several):
            return "it is of another shape"
        if lacking := [key for one in several for key in keys if key not in one]:
            return f"an entry has no {lacking[0]}"
    strange = [str(one["id"]) for one in result["verdicts"] if one["id"] not in KINDS]
    return f"there is no verdict {strange[0]}" if strange else None


def partner_of(entry: Entry) -> Identity:
    """The other server of a half, by all that this one and it call it."""
    names = (entry["partner_server"], *(entry.get("partner_names") or ()))
    return Identity(tuple(dict.fromkeys(str(name) for name in names if name)))


@dataclass(frozen=True)
class FleetPair:
    """A relationship as far as the fleet shows it. `halves`: by host, the first is the one that leads (primary or
    active); `partner`: what the other server is called where no host is it; `partner_host`: its host, where that has no
    half of it, or was not read."""

    name: str
    halves: Mapping[str, Entry]
    partner: str
    partner_host: str | None = None

    @property
    def hosts(self) -> frozenset[str]:
        """The two hosts, as far as they are known."""
        return frozenset([*self.halves, *([self.partner_host] if self.partner_host else [])])

    @property
    def keys(self) -> Sequence[Key]:
        """Its halves."""
        return [(host, self.name) for host in self.halves]


@dataclass(frozen=True)
class Fleet:
    """All hosts of a report, by their names."""

    hosts: Mapping[str, Seen]
    _partners: dict[Key, str | None] = field(default_factory=dict)

    @cached_property
    def entries(self) -> Mapping[Key, Entry]:
        """The halves that were read."""
        return {(seen.host, entry["name"]): entry for seen in self.hosts.values() for entry in seen.relationships}

    @cached_property
    def by_relationship(self) -> Mapping[str, Sequence[str]]:
        """The hosts that have one of a name."""
        found: dict[str, list[str]] = {}
        for host, name in self.entries:
            found.setdefault(name, []).append(host)
        return found

    @cached_property
    def _by_word(self) -> Mapping[str, Sequence[str]]:
        """Addresses, and names up to their first dot, with the hosts that have them."""
        found: dict[str, list[str]] = {}
        for seen in self.hosts.values():
            for word in dict.fromkeys(map(_word, seen.identity.names)) if seen.result else ():
                found.setdefault(word, []).append(seen.host)
        return found

    def called(self, who: Identity, but: str) -> Sequence[str]:
        """The hosts that were read and whose server that is, without one that asks."""
        near = dict.fromkeys(host for name in who.names for host in self._by_word.get(_word(name), ()) if host != but)
        return [host for host in near if self.hosts[host].identity.is_same(who)]

    def label(self, host: str) -> str:
        """What a server is called in a sentence: by itself, and by the inventory where two have one name."""
        name = self.hosts[host].name
        return name if self._names.get(name, 0) < 2 else f"{name} ({host})"

    @cached_property
    def _names(self) -> Mapping[str, int]:
        return Counter(seen.name for seen in self.hosts.values())

    def partner(self, key: Key) -> str | None:
        """The host that is the partner of a half; None: that is not known, or the inventory does not have it."""
        if key not in self._partners:
            self._partners[key] = self._partner(*key)
        return self._partners[key]

    def _partner(self, host: str, name: str) -> str | None:
        entry = self.entries[host, name]
        who, told = partner_of(entry), entry.get("partner_host")
        found = self.called(who, host)
        if len(found) > 1:  # of one address, at two sites; of one name, in two domains
            found = [other for other in found if self.hosts[other].identity.is_named(who)] or found
            found = [other for other in found if self._may_mirror(other, host, name)] or found
        if found:
            return found[0] if len(found) == 1 else told if told in found else None
        if told is None or told == host:
            return None
        other = self.hosts.get(told)
        if other is None or other.result is None or not (other.identity.addresses and who.addresses):
            return str(told)
        return None  # the inventory's host of that name has other addresses

    def _may_mirror(self, other: str, host: str, name: str) -> bool:
        theirs = self.entries.get((other, name))
        return theirs is not None and self.hosts[host].identity.is_same(partner_of(theirs))

    def may_be_with(self, key: Key, host: str) -> bool:
        """Whether a half is with a host, as far as it is known."""
        return self.partner(key) in (host, None)

    def is_half_of(self, key: Key, other: Key) -> bool:
        """Whether two halves are one relationship. Where one of the two servers saw the half of the other one and took
        it for that, it is."""
        if key[1] != other[1] or other not in self.entries:
            return False
        ends = self.partner(key), self.partner(other)
        if ends == (other[0], key[0]):
            return True
        saw = [(self.entries[one].get("drift") or {}).get("partner_state") is not None for one in (key, other)]
        return any(
            end == host and back is None and seen
            for end, back, host, seen in zip(ends, reversed(ends), (other[0], key[0]), saw, strict=True)
        )

    @cached_property
    def pairs(self) -> Sequence[FleetPair]:
        """Each relationship once; a half whose partner shows another one of its name is a pair of its own."""
        pairs: list[FleetPair] = []
        done: set[Key] = set()
        for key, entry in self.entries.items():
            if key in done:
                continue
            host, name = key
            end = self.partner(key)
            near = self.by_relationship[name] if end is None else (end,)
            others = (other for other in near if other != host and (other, name) not in done)
            other = next((other for other in others if self.is_half_of(key, (other, name))), None)
            halves = {host: entry}
            if other is not None:
                halves[other] = self.entries[other, name]
                if _leads(halves[other]) and not _leads(entry):
                    halves = dict(reversed(halves.items()))
            done |= {(one, name) for one in halves}
            pairs.append(FleetPair(name, halves, str(entry["partner_server"]), None if other else end))
        return pairs

    @cached_property
    def pair_of(self) -> Mapping[Key, FleetPair]:
        """The pair of each half."""
        return {key: pair for pair in self.pairs for key in pair.keys}

    def lacks_half(self, pair: FleetPair) -> bool:
        """Whether the other server was read, and does not have the other half for certain."""
        there = self.hosts.get(pair.partner_host or "")
        if len(pair.halves) == 2 or there is None or there.result is None:
            return False
        key = (there.host, pair.name)
        return key not in self.entries or self.partner(key) not in (None, *pair.halves)

    def searched(self, hosts: frozenset[str]) -> bool:
        """Whether all scopes of these are known."""
        return all(host in self.hosts and self.hosts[host].scopes is not None for host in hosts)


def fleet_of(seen: Sequence[Seen]) -> Fleet:
    """Each host once, and each server: one that two hosts lead to was read by the first."""
    hosts: dict[str, Seen] = {}
    known: dict[tuple[str, str], str] = {}
    for one in seen:
        if one.host in hosts:
            continue
        marks = [(one.name.casefold(), address) for address in one.identity.addresses] if one.result else []
        same = next((known[mark] for mark in marks if mark in known), None)
        known.update(dict.fromkeys(marks, one.host))
        problem = f"it is the server that {same} is; name one of the two hosts"
        hosts[one.host] = Seen(one.host, problem=problem) if same else one
    return Fleet(hosts)


def _word(name: str) -> str:
    plain = name.strip().rstrip(".").lower()
    return plain if is_address(plain) else plain.split(".")[0]


def _leads(entry: Entry) -> bool:
    """Whether the server is the one that a reader thinks of first."""
    if entry["mode"] == "hot_standby":
        return bool(entry["server_role"] == "active")
    return entry.get("is_primary") is not False


def in_common(fleet: Fleet, key: Key) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    """The members of a half: each with the hosts that have it in the other half, and with those that may have."""
    host, name = key
    pair, mine = fleet.pair_of[key], fleet.entries[key]["scopes"]
    sure = next((other for other in pair.halves if other != host), None)
    theirs = frozenset(pair.halves[sure]["scopes"]) if sure else frozenset()
    others = [
        other
        for other in (() if sure else fleet.by_relationship[name])
        if other != host and fleet.may_be_with(key, other) and fleet.may_be_with((other, name), host)
    ]
    members = {other: frozenset(fleet.entries[other, name]["scopes"]) for other in others}
    for scope in mine:
        common = frozenset([sure]) if sure and scope in theirs else frozenset[str]()
        yield scope, common, frozenset(other for other in others if scope in members[other])
