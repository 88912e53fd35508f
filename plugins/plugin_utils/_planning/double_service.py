# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether servers give away the same addresses outside of a common relationship. No I/O.

By the ranges without their exclusions: two servers that share a range by exclusions are a split scope, which was how
it was done before there was failover. Where very many servers have one range, all of them are one finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import IPv4Address
from itertools import combinations, product
from typing import Any

from .._model.scope_details import Exclusion
from .._model.texts import few
from .ranges import Span, given_away, have_common, overlapping_pairs
from .verdict import NOT_COLLECTED, Verdict

MANY = 10  # findings that one range has a part in; of more, one is made
MOST = 20  # ranges in the evidence of one verdict
_TWICE, _SPLIT = "served_twice", "split_scope"
_UNKNOWN = frozenset({_TWICE, _SPLIT})
_CURE = (
    "find out which server should serve, deactivate the scope on the other one, and put it into a relationship "
    "(dhcp_failover_scope with replace_partner_copy: inactive_only)"
)
_CURES = {
    _TWICE: _CURE,
    _SPLIT: "failover can take its place: one range, on both servers",
    NOT_COLLECTED: "look whether both give the same addresses away",
}


@dataclass(frozen=True)
class Served:
    """A scope that a server gives addresses of. `key`: which server it is, since two can have one name. `common`: the
    servers that it is in a relationship with there, which have it in the same one; `perhaps`: those that may be, for
    all that is known. `exclusions`: None where they are not known."""

    server: str
    scope_id: str
    range: Span
    exclusions: tuple[Exclusion, ...] | None
    common: frozenset[str] = frozenset()
    relationship: str | None = None
    subnet_mask: str = ""
    key: str = ""
    perhaps: frozenset[str] = frozenset()

    @property
    def who(self) -> str:
        """The server."""
        return self.key or self.server

    @property
    def name(self) -> str:
        """For a sentence."""
        return f"{self.server} ({self.scope_id})"


@dataclass(frozen=True)
class Clash:
    """A finding, and the scopes that it is about."""

    verdict: Verdict
    of: tuple[Served, ...]


@dataclass(frozen=True)
class _Network:
    """What has the same scope id, range and exclusions on several servers."""

    served: tuple[Served, ...]

    @property
    def range(self) -> Span:
        return self.served[0].range

    @cached_property
    def given(self) -> Sequence[Span] | None:
        """None where the exclusions are not known."""
        exclusions = self.served[0].exclusions
        return None if exclusions is None else given_away(self.range, exclusions)


@dataclass(frozen=True)
class _Found:
    """`twice`: the first addresses that are given twice. `networks`: by number, one or two."""

    id: str
    of: tuple[Served, ...]
    networks: frozenset[int]
    twice: Span | None = None


def between(mine: Iterable[Served], theirs: Iterable[Served]) -> Iterator[Verdict]:
    """What two servers give away both. The first one tells it."""
    here, there = list(mine), list(theirs)
    for clash in among([*here, *there]):
        yield replace(clash.verdict, server=here[0].server, partner=there[0].server)


def among(everything: Iterable[Served]) -> Sequence[Clash]:
    """The same of each two of a fleet."""
    ordered = list(everything)
    place = {id(served): number for number, served in enumerate(ordered)}
    alike: dict[object, list[Served]] = {}
    for served in ordered:
        alike.setdefault((served.scope_id, served.range, served.exclusions), []).append(served)
    networks = [_Network(tuple(several)) for several in alike.values()]
    found: list[_Found] = []
    for number, network in enumerate(networks):
        several = network.served
        found += _found(network, network, frozenset({number}), combinations(several, 2), len(several) - 1)
    numbered = list(enumerate(networks))
    for (one, here), (other, there) in overlapping_pairs(numbered, span=lambda each: each[1].range):
        found += _found(here, there, frozenset({one, other}), product(here.served, there.served), len(here.served))
    two = (replace(one, of=tuple(sorted(one.of, key=lambda each: place[id(each)]))) for one in found)
    return [Clash(_verdict(one), one.of) for one in _few(list(two), networks)]


def _found(
    here: _Network,
    there: _Network,
    numbers: frozenset[int],
    pairs: Iterable[tuple[Served, Served]],
    partners: int,
) -> Iterator[_Found]:
    """What is to be said of the servers of a network, or of two; of very many at once."""
    id_, twice = NOT_COLLECTED, None
    if here.given is not None and there.given is not None:
        twice = have_common(here.given, there.given)
        id_ = _SPLIT if twice is None else _TWICE
    everyone = tuple(dict.fromkeys((*here.served, *there.served)))
    if partners * len(there.served) > 2 * MANY:
        sure = tuple(served for served in everyone if not served.perhaps)
        for of, told in ((sure, id_), (everyone if len(sure) < len(everyone) else (), NOT_COLLECTED)):
            if len({served.who for served in of}) > 1:
                yield _Found(told, of, numbers, twice)
        return
    for one, other in pairs:
        related = _related(one, other)
        if one.who != other.who and related is not True:
            yield _Found(id_ if related is False else NOT_COLLECTED, (one, other), numbers, twice)


def _related(one: Served, other: Served) -> bool | None:
    """Whether the two are halves of one; None: that is not known."""
    if one.scope_id != other.scope_id:
        return False
    if other.who in one.common and one.who in other.common:
        return True
    perhaps = other.who in one.common | one.perhaps and one.who in other.common | other.perhaps
    return None if perhaps else False


def _few(found: Sequence[_Found], networks: Sequence[_Network]) -> Iterator[_Found]:
    """Those of a network that is in more than MANY of one kind as one, in which that network is the first."""
    parts: dict[tuple[str, int], list[int]] = {}
    for place, one in enumerate(found):
        for number in one.networks:
            parts.setdefault((one.id, number), []).append(place)
    done: set[int] = set()
    for (id_, number), places in sorted(parts.items(), key=lambda part: -len(part[1])):
        left = [place for place in places if place not in done]
        if len(left) > MANY:
            done.update(left)
            parted = {served: None for place in left for served in found[place].of}
            of = tuple(dict.fromkeys([*(one for one in networks[number].served if one in parted), *parted]))
            yield _Found(id_, of, frozenset({number}), found[left[0]].twice)
    yield from (one for place, one in enumerate(found) if place not in done)


def _verdict(one: _Found) -> Verdict:
    names = list(dict.fromkeys(served.name for served in one.of))
    servers, many = list({served.who: served.server for served in one.of}.values()), len(one.of) > 2
    partner = servers[1] if len(servers) == 2 else None
    scopes = tuple(dict.fromkeys(served.scope_id for served in one.of))[:MOST]
    evidence: dict[str, Any] = {"ranges": [_shown(served) for served in one.of[:MOST]]}
    if many:
        evidence["count"] = len(one.of)
    relationships = list(dict.fromkeys(served.relationship for served in one.of if served.relationship))
    relationship = relationships[0] if relationships and (not many or len(relationships) == 1) else None
    cure, kinds = _CURES[one.id], frozenset[str]()
    if one.id == NOT_COLLECTED:
        known = all(served.exclusions is not None for served in one.of)
        why = "whether that is by a common relationship is not known" if known else "their exclusions could not be read"
        sentence, kinds, evidence = f"{_all(names)} have addresses in common, and {why}", _UNKNOWN, {}
    elif one.id == _SPLIT:
        sentence = f"{_all(names)} share a range by exclusions"
    else:
        first, last = map(str, map(IPv4Address, one.twice or one.of[0].range))
        sentence = (
            f"{_all(names)} {'all' if many else 'both'} give addresses away, {first} to {last} first, and have no "
            "relationship for it: two clients can get one address"
        )
        evidence |= {"first": first, "last": last}
    if many:
        cure += "; networks that are not connected with each other may have one range, then it is meant so"
    return Verdict(one.id, servers[0], sentence, cure, relationship, partner, scopes, evidence, kinds)


def _all(names: Sequence[str]) -> str:
    return " and ".join(names) if len(names) <= 2 else few(names)


def _shown(one: Served) -> dict[str, str | None]:
    first, last = (str(IPv4Address(address)) for address in one.range)
    return {
        "server": one.server,
        "scope_id": one.scope_id,
        "subnet_mask": one.subnet_mask,
        "start_range": first,
        "end_range": last,
        "relationship": one.relationship,
    }
