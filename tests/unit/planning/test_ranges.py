# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which scopes give away the same addresses."""

from __future__ import annotations

from ipaddress import IPv4Address

from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import Scope
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.ranges import overlapping
from builders import scope
from hypothesis import given
from hypothesis import strategies as st

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=12)  # first address, more addresses


def scopes(spans: list[tuple[int, int]]) -> list[Scope]:
    base = IPv4Address("10.0.0.0")
    ends = ((str(base + first), str(base + first + more)) for first, more in spans)
    return [scope(f"10.1.{number}.0", start_range=start, end_range=end) for number, (start, end) in enumerate(ends)]


@given(SPANS, SPANS)
def test_all_that_share_an_address_and_no_others(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> None:
    expected = {
        (one, other)
        for one, (first, more) in enumerate(some)
        for other, (begin, length) in enumerate(others)
        if {*range(first, first + more + 1)} & {*range(begin, begin + length + 1)}
    }
    left, right = scopes(some), scopes(others)
    found = [(left.index(one), right.index(other)) for one, other in overlapping(left, right)]
    assert len(found) == len({*found})
    assert {*found} == expected
