# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How full scopes are, and what a server has to live on alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship import Relationship
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import Utilisation
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.capacity_verdicts import (
    Rates,
    of_capacity,
    rates,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.pair_verdicts import Pair
from worlds import ONE, TWO, world

BALANCED = builders.relationship("HQ", ["10.0.1.0"])
ACTIVE = builders.hot_standby("HQ", ["10.0.1.0"])


def use(free_here: int | None, free_there: int | None, in_use: int = 0) -> Utilisation:
    free = (free_here or 0) + (free_there or 0)
    total = free + in_use
    return Utilisation(in_use, free, 100 * in_use / total if total else None, 0, 0, free_here, free_there)


def told(
    relationship: Relationship, statistics: Mapping[Any, Utilisation], new_clients: Rates | None = None
) -> list[str]:
    here = world(builders.server([relationship])).here
    found = of_capacity(Pair(relationship, here), statistics, new_clients or Rates())
    return [verdict.id for verdict in found]


@pytest.mark.parametrize(
    ("relationship", "seen", "expected"),
    [
        (BALANCED, use(50, 50), []),
        (BALANCED, use(0, 0, 100), ["scope_full"]),
        (BALANCED, use(0, 0), ["scope_full"]),
        (BALANCED, use(5, 5, 90), ["scope_nearly_full"]),
        (BALANCED, use(0, 50, 50), ["share_exhausted"]),
        (BALANCED, use(50, 0, 50), ["share_exhausted"]),
        (builders.relationship("HQ", ["10.0.1.0"], load_balance_percent=100), use(50, 0, 50), []),
        (builders.relationship("HQ", ["10.0.1.0"], load_balance_percent=0), use(0, 50, 50), []),
        (ACTIVE, use(50, 0, 50), ["share_exhausted"]),
        (builders.hot_standby("HQ", ["10.0.1.0"], reserve_percent=0), use(50, 0, 50), []),
        (BALANCED, use(None, 50), ["not_collected"]),
    ],
)
def test_one_scope(relationship: Relationship, seen: Utilisation, expected: list[str]) -> None:
    assert told(relationship, {ONE: seen}) == expected


def test_a_scope_without_statistics_is_unknown() -> None:
    assert told(builders.relationship("HQ", ["10.0.1.0", "10.0.2.0"]), {ONE: use(50, 50)}) == ["not_collected"]


@pytest.mark.parametrize(
    ("relationship", "seen", "short"),
    [
        (BALANCED, use(50, 50), False),
        (BALANCED, use(50, 9), True),
        (BALANCED, use(9, 50), True),
        (ACTIVE, use(9, 50), False),  # the standby lives on its reserve, the active one on all the rest
        (ACTIVE, use(50, 9), True),
        (builders.hot_standby("HQ", ["10.0.1.0"], server_role="standby"), use(9, 50), True),
    ],
)
def test_ten_new_clients_come_before_the_mclt_is_over(
    relationship: Relationship, seen: Utilisation, short: bool
) -> None:
    assert ("reserve_short" in told(relationship, {ONE: seen}, rates(10))) is short
    assert "reserve_short" not in told(relationship, {ONE: seen}, rates({str(TWO): 10}))


def test_a_reserve_without_a_rate_is_unknown_where_others_have_one() -> None:
    here = world(builders.server([BALANCED])).here
    (verdict,) = of_capacity(Pair(BALANCED, here), {ONE: use(50, 50)}, rates({str(TWO): 10}))
    assert verdict.kinds == {"reserve_short"}
    assert verdict.scopes == ("10.0.1.0",)
    assert told(BALANCED, {ONE: use(50, 50)}) == []


def test_both_servers_can_have_too_little() -> None:
    here = world(builders.server([BALANCED])).here
    (verdict,) = of_capacity(Pair(BALANCED, here), {ONE: use(43, 42)}, rates(80))
    assert "DHCP01 has 43 free addresses" in verdict.sentence
    assert "dhcp02.contoso.example has 42 free addresses" in verdict.sentence
