# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Verdicts on how full the scopes of a relationship are, and what each of its servers can give alone. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from .._model.refusal import Refused
from .._model.relationship import Relationship
from .._model.scope import Utilisation, scope_ids
from .._model.texts import few, shown
from .pair_verdicts import Pair
from .verdict import NOT_COLLECTED, PAIR, STATISTICS, Verdict, needing

NEARLY_FULL = 90.0  # percent
_WIDEN = "widen the range, shorten the leases, or add a scope to its superscope"
Statistics = Mapping[IPv4Address, Utilisation]


@dataclass(frozen=True)
class Rates:
    """New clients an hour that a scope gets: those that are named, or else `every`. None: not known."""

    every: float | None = None
    of: Mapping[IPv4Address, float] = field(default_factory=dict)

    def __getitem__(self, scope: IPv4Address) -> float | None:
        return self.of.get(scope, self.every)

    def __bool__(self) -> bool:
        return self.every is not None or bool(self.of)


def rates(option: object, name: str = "new_clients_per_hour") -> Rates:
    """Of the option: a number for every scope, or numbers by scope id. Raises Refused."""
    if option is None:
        return Rates()
    if isinstance(option, Mapping):
        return Rates(of={scope_ids([scope], name)[0]: _rate(value, name) for scope, value in option.items()})
    return Rates(_rate(option, name))


def _rate(value: object, name: str) -> float:
    try:
        rate = float(str(value))
    except ValueError:
        rate = -1.0
    if not 0 <= rate < float("inf"):
        raise Refused(f"{name}: {shown(value)} is no number of clients; write 120, or scope ids with a number each.")
    return rate


def of_capacity(pair: Pair, statistics: Statistics, rates: Rates) -> Iterator[Verdict]:
    """What the statistics of this server say of its members; of what they do not have it is said that it is unknown."""
    known = {scope: statistics[scope] for scope in pair.relationship.scopes if scope in statistics}
    full = [scope for scope, use in known.items() if not use.free]
    if full:
        yield pair.says("scope_full", f"no free address in {few(full)}", _WIDEN, full)
    nearly = [
        scope for scope, use in known.items() if use.free and use.percent_in_use and use.percent_in_use >= NEARLY_FULL
    ]
    if nearly:
        words = [f"{scope} ({known[scope].percent_in_use:g} %)" for scope in nearly]
        yield pair.says("scope_nearly_full", f"nearly full: {few(words)}", _WIDEN, nearly)
    yield from _shares(pair, {scope: use for scope, use in known.items() if use.free})
    yield from _reserves(pair, known, rates)
    yield from _unknown(pair, known)
    yield from _no_rate(pair, rates)


def _shares(pair: Pair, known: Statistics) -> Iterator[Verdict]:
    """Of scopes that have a free address at all. A share of nothing is meant so."""
    ours, theirs = _has_share(pair.relationship)
    out = {
        pair.here.name: [scope for scope, use in known.items() if ours and use.free_here == 0],
        pair.partner: [scope for scope, use in known.items() if theirs and use.free_at_partner == 0],
    }
    words = [f"{server} has no free address of its own in {few(scopes)}" for server, scopes in out.items() if scopes]
    if words:
        scopes = sorted({scope for several in out.values() for scope in several})
        yield pair.says(
            "share_exhausted",
            "; ".join(words),
            "the other server still has some; change the percent, or widen the range",
            scopes,
        )


def _has_share(relationship: Relationship) -> tuple[bool, bool]:
    """Whether this server and its partner have a part of the free addresses each."""
    if relationship.mode == "load_balance":
        percent = relationship.load_balance_percent
        return percent != 0, percent != 100
    reserve = relationship.reserve_percent != 0
    return (True, reserve) if relationship.server_role == "active" else (reserve, True)


def _reserves(pair: Pair, known: Statistics, rates: Rates) -> Iterator[Verdict]:
    """What a server has to live on until the MCLT is over, if the other one fails now."""
    hours = pair.relationship.max_client_lead_time / 3600
    short: dict[IPv4Address, list[str]] = {}
    for scope, use in known.items():
        rate = rates[scope]
        if rate is None:
            continue
        needed = rate * hours
        for server, free in _alone(pair, use):
            if free is not None and free < needed:
                words = f"{server} has {free} free addresses of {scope} to live on, and {needed:g} clients come"
                short.setdefault(scope, []).append(words)
    if short:
        words = few((text for several in short.values() for text in several), between="; ")
        yield pair.says(
            "reserve_short",
            f"if the other server fails: {words}, before the MCLT is over",
            "give it a larger share or reserve_percent, or a shorter max_client_lead_time",
            list(short),
        )


def _no_rate(pair: Pair, rates: Rates) -> Iterator[Verdict]:
    """Of the scopes that rates were told for others of. Without any, nobody asked."""
    missing = [scope for scope in pair.relationship.scopes if rates[scope] is None] if rates else []
    if missing:
        yield Verdict(
            NOT_COLLECTED,
            pair.here.name,
            f"how many new clients come is told of other scopes, and not of {few(missing)}",
            "new_clients_per_hour (failover_new_clients_per_hour) with these scopes too, or one number for all",
            pair.name,
            pair.partner,
            tuple(map(str, missing)),
            kinds=frozenset({"reserve_short"}),
        )


def _alone(pair: Pair, use: Utilisation) -> Sequence[tuple[str, int | None]]:
    """In hot standby only the standby lives on its reserve."""
    here, there = (pair.here.name, use.free_here), (pair.partner, use.free_at_partner)
    if pair.relationship.mode == "load_balance":
        return here, there
    return (there,) if pair.relationship.server_role == "active" else (here,)


def _unknown(pair: Pair, known: Statistics) -> Iterator[Verdict]:
    missing = [scope for scope in pair.relationship.scopes if scope not in known]
    half = [scope for scope, use in known.items() if None in (use.free_here, use.free_at_partner)]
    kinds = needing(STATISTICS, of=(PAIR,)) if missing else frozenset({"share_exhausted", "reserve_short"})
    if missing or half:
        yield Verdict(
            NOT_COLLECTED,
            pair.here.name,
            f"{pair.here.name} does not tell how full these are: {few(missing or half)}",
            "look at Get-DhcpServerv4ScopeStatistics -Failover on the server",
            pair.name,
            pair.partner,
            tuple(map(str, missing or half)),
            kinds=kinds,
        )
