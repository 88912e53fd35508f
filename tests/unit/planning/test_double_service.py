# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What two servers give away both, by their ranges without exclusions."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope_details import Exclusion
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.double_service import Served, among, between


def served(server: str, first: int, last: int, *excluded: tuple[int, int], common: str = "", **more: object) -> Served:
    """10.0.1.first to 10.0.1.last."""
    exclusions = tuple(Exclusion(_address(start), _address(end)) for start, end in excluded)
    others = frozenset([common]) if common else frozenset[str]()
    return Served(server, "10.0.1.0", (int(_address(first)), int(_address(last))), exclusions, others)


def _address(number: int) -> IPv4Address:
    return IPv4Address(f"10.0.1.{number}")


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (served("A", 10, 200), served("B", 10, 200), ["served_twice"]),
        (served("A", 10, 100), served("B", 101, 200), []),
        (served("A", 10, 100), served("B", 100, 200), ["served_twice"]),
        (served("A", 10, 200, (10, 99)), served("B", 10, 200, (100, 200)), ["split_scope"]),
        (served("A", 10, 200, (10, 98)), served("B", 10, 200, (100, 200)), ["served_twice"]),
        (served("A", 10, 200, (1, 254)), served("B", 10, 200), ["split_scope"]),
        (served("A", 10, 200, (20, 30), (25, 60)), served("B", 20, 60), ["split_scope"]),
        (served("A", 10, 200, common="B"), served("B", 10, 200, common="A"), []),
        (served("A", 10, 200, common="B"), served("B", 10, 200), ["served_twice"]),
        (served("A", 10, 200, common="C"), served("B", 10, 200, common="C"), ["served_twice"]),
    ],
)
def test_two_servers(mine: Served, theirs: Served, expected: list[str]) -> None:
    assert [verdict.id for verdict in between([mine], [theirs])] == expected
    assert [clash.verdict.id for clash in among([mine, theirs])] == expected


def test_the_first_addresses_that_both_give_are_named() -> None:
    (verdict,) = between([served("A", 10, 99)], [served("B", 50, 200, (50, 59))])
    assert (verdict.evidence["first"], verdict.evidence["last"]) == ("10.0.1.60", "10.0.1.99")


def test_exclusions_that_are_not_known_leave_it_open() -> None:
    one = served("A", 10, 200)
    (verdict,) = between([Served("A", "10.0.1.0", one.range, None)], [served("B", 10, 200)])
    assert verdict.kinds == {"served_twice", "split_scope"}


def test_a_fleet_is_compared_pair_by_pair_and_none_with_itself() -> None:
    found = [(one.verdict.server, one.verdict.partner) for one in among(served(name, 10, 200) for name in "ABC")]
    assert sorted(found) == [("A", "B"), ("A", "C"), ("B", "C")]
