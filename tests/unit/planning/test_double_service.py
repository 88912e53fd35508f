# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What two servers give away both, by their ranges without exclusions."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope_details import Exclusion
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.double_service import Served, among, between
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import NOT_COLLECTED


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


def test_two_servers_of_one_name_are_two() -> None:
    mine, theirs = replace(served("A", 10, 200), key="one"), replace(served("A", 10, 200), key="other")
    assert [clash.verdict.id for clash in among([mine, theirs])] == ["served_twice"]


@pytest.mark.parametrize(("perhaps", "expected"), [("B", [NOT_COLLECTED]), ("C", ["served_twice"])])
def test_a_relationship_that_is_not_known_leaves_it_open(perhaps: str, expected: list[str]) -> None:
    mine, theirs = replace(served("A", 10, 200), perhaps=frozenset(perhaps)), served("B", 10, 200, common="A")
    assert [verdict.id for verdict in between([mine], [theirs])] == expected


def test_the_own_server_stands_first() -> None:
    wide = replace(served("A", 10, 250), scope_id="10.0.0.0")
    found = between([served("A", 10, 200), wide], [served("B", 10, 200), replace(wide, server="B")])
    assert {verdict.server for verdict in found} == {"A"}


def test_of_very_many_servers_of_one_range_all_are_one_finding() -> None:
    (clash,) = among(served(f"S{number}", 10, 200) for number in range(2000))
    assert (clash.verdict.id, len(clash.of), clash.verdict.scopes) == ("served_twice", 2000, ("10.0.1.0",))
    assert (clash.verdict.evidence["count"], len(clash.verdict.evidence["ranges"])) == (2000, 20)
    assert clash.verdict.sentence.startswith("S0 (10.0.1.0), S1 (10.0.1.0), ")
    assert " and 1990 more all give addresses away, 10.0.1.10 to 10.0.1.200 first" in clash.verdict.sentence
    assert "networks that are not connected" in clash.verdict.cure


def test_a_range_that_spans_very_many_others_is_one_finding_for_each_kind() -> None:
    networks = [
        Served("B", f"10.{number}.0.0", (10 * 2**24 + number * 2**16, 10 * 2**24 + number * 2**16 + 99), ())
        for number in range(200)
    ]
    first, last = IPv4Address("9.0.0.0"), IPv4Address("11.255.255.255")
    gap = Exclusion(IPv4Address("10.0.0.0"), IPv4Address("10.100.0.0"))
    wide = Served("A", "9.0.0.0", (int(first), int(last)), (gap,))
    found = among([*networks, wide])
    assert sorted(
        (clash.verdict.id, clash.verdict.evidence["count"], len(clash.verdict.scopes)) for clash in found
    ) == [
        ("served_twice", 101, 20),
        ("split_scope", 101, 20),
    ]
    assert {(clash.verdict.server, clash.verdict.partner) for clash in found} == {("A", "B")}
    assert all(clash.verdict.sentence.startswith("A (9.0.0.0), B (10.") for clash in found)
    told = next(between([wide], networks))
    assert (told.server, told.partner) == ("A", "B")
