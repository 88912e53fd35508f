# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which scopes give away the same addresses."""

from __future__ import annotations

from ipaddress import IPv4Address

from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import Scope
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope_details import Exclusion
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.ranges import (
    given_away,
    have_common,
    overlapping,
    overlapping_pairs,
)
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


@given(SPANS)
def test_each_two_that_share_an_address_once(spans: list[tuple[int, int]]) -> None:
    numbered = [(number, first, first + more) for number, (first, more) in enumerate(spans)]
    found = [(one[0], other[0]) for one, other in overlapping_pairs(numbered, span=lambda each: each[1:])]
    assert sorted(found) == [
        (one, other)
        for one, first, last in numbered
        for other, begin, end in numbered
        if one < other and first <= end and begin <= last
    ]


@given(st.tuples(st.integers(0, 40), st.integers(0, 40)), SPANS)
def test_what_is_left_without_exclusions(span: tuple[int, int], excluded: list[tuple[int, int]]) -> None:
    first, last = span[0], span[0] + span[1]
    exclusions = [Exclusion(IPv4Address(start), IPv4Address(start + more)) for start, more in excluded]
    left = given_away((first, last), exclusions)
    gone = {number for start, more in excluded for number in range(start, start + more + 1)}
    assert [number for start, end in left for number in range(start, end + 1)] == [
        number for number in range(first, last + 1) if number not in gone
    ]


@given(SPANS, SPANS)
def test_addresses_in_common(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> None:
    mine, theirs = (
        given_away((0, 60), [Exclusion(IPv4Address(start), IPv4Address(start + more)) for start, more in several])
        for several in (some, others)
    )
    common = {number for start, end in mine for number in range(start, end + 1)} & {
        number for start, end in theirs for number in range(start, end + 1)
    }
    first = have_common(mine, theirs)
    assert (first is None) is (not common)
    if first is not None:
        assert first[0] == min(common)
        assert {*range(first[0], first[1] + 1)} <= common
