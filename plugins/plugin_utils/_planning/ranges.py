# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which scopes give away the same addresses. No I/O."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from ipaddress import IPv4Address
from itertools import accumulate
from typing import TypeVar

from .._model.scope import Scope
from .._model.scope_details import Exclusion

T = TypeVar("T")
Span = tuple[int, int]  # the first and the last address


def span_of(scope: Scope) -> Span:
    """A scope's range, without what it excludes."""
    return int(IPv4Address(scope.start_range)), int(IPv4Address(scope.end_range))


def overlapping(
    scopes: Iterable[T],
    others: Iterable[T],
    span: Callable[[T], Span] = span_of,  # type: ignore[assignment]
) -> Iterator[tuple[T, T]]:
    """Each of the scopes with each of the others whose range has an address in common with its own. The effort grows
    with what is found, not with the number of pairs."""
    spans = sorted(((*span(other), other) for other in others), key=lambda one: one[:2])
    firsts = [first for first, _last, _other in spans]
    furthest = list(accumulate((last for _first, last, _other in spans), max))  # that any of them reaches so far
    for scope in scopes:
        first, last = span(scope)
        found: list[T] = []
        at = bisect_right(firsts, last) - 1
        while at >= 0 and furthest[at] >= first:
            if spans[at][1] >= first:
                found.append(spans[at][2])
            at -= 1
        yield from ((scope, other) for other in reversed(found))


def overlapping_pairs(items: Iterable[T], span: Callable[[T], Span]) -> Iterator[tuple[T, T]]:
    """Each two whose ranges have an address in common, once. The effort grows with what is found, also where one range
    spans all the others."""
    ordered = sorted(((*span(item), number, item) for number, item in enumerate(items)), key=lambda one: one[:3])
    reaching: list[tuple[int, int, T]] = []  # a heap: what ends first is first
    for first, last, number, item in ordered:
        while reaching and reaching[0][0] < first:
            heappop(reaching)
        yield from ((other, item) if place < number else (item, other) for _last, place, other in reaching)
        heappush(reaching, (last, number, item))


def given_away(range_: Span, exclusions: Iterable[Exclusion]) -> Sequence[Span]:
    """What is left of a range without its exclusions, which may overlap, and reach beyond it."""
    left: list[Span] = []
    first, last = range_
    for start, end in sorted((int(one.start), int(one.end)) for one in exclusions):
        if start > first:
            left.append((first, min(start - 1, last)))
        first = max(first, end + 1)
        if first > last:
            return left
    return [*left, (first, last)]


def have_common(mine: Sequence[Span], theirs: Sequence[Span]) -> Span | None:
    """The first addresses that both have, of two sorted lists; None: they have none."""
    at = other = 0
    while at < len(mine) and other < len(theirs):
        first, last = max(mine[at][0], theirs[other][0]), min(mine[at][1], theirs[other][1])
        if first <= last:
            return first, last
        if mine[at][1] < theirs[other][1]:
            at += 1
        else:
            other += 1
    return None
