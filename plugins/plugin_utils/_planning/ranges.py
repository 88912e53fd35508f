# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which scopes give away the same addresses. No I/O."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address
from itertools import accumulate

from .._model.scope import Scope


def overlapping(scopes: Iterable[Scope], others: Iterable[Scope]) -> Iterator[tuple[Scope, Scope]]:
    """Each of the scopes with each of the others whose range has an address in common with its own. The effort grows
    with what is found, not with the number of pairs."""
    spans = sorted(((*_span(other), other) for other in others), key=lambda span: span[:2])
    firsts = [first for first, _last, _other in spans]
    furthest = list(accumulate((last for _first, last, _other in spans), max))  # that any of them reaches so far
    for scope in scopes:
        first, last = _span(scope)
        found: list[Scope] = []
        at = bisect_right(firsts, last) - 1
        while at >= 0 and furthest[at] >= first:
            if spans[at][1] >= first:
                found.append(spans[at][2])
            at -= 1
        yield from ((scope, other) for other in reversed(found))


def _span(scope: Scope) -> tuple[int, int]:
    return int(IPv4Address(scope.start_range)), int(IPv4Address(scope.end_range))
