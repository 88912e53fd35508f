# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One change as a value: its scopes in words and in calls, and the order of the stages."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Stage, chunks, list_scopes
from worlds import ONE, THREE, TWO


@pytest.mark.parametrize(
    ("scopes", "at_once", "sizes"),
    [(0, 30, []), (30, 30, [30]), (31, 30, [30, 1]), (65, 30, [30, 30, 5]), (3, 1, [1] * 3)],
)
def test_as_many_scopes_a_call_as_a_server_takes(scopes: int, at_once: int, sizes: list[int]) -> None:
    several = [IPv4Address(f"10.1.{number}.0") for number in range(scopes)]
    calls = chunks(several, at_once)
    assert [len(call) for call in calls] == sizes
    assert [scope for call in calls for scope in call] == several


def test_scopes_in_words() -> None:
    assert list_scopes([ONE, TWO, THREE]) == "10.0.1.0, 10.0.2.0, 10.0.3.0"


def test_the_server_that_loses_comes_before_the_one_that_keeps_and_former_partners_last() -> None:
    """And before all of them what goes is put out of service."""
    leaves = [Stage.CLAIM, Stage.LOSER, Stage.KEEPER]
    assert sorted(Stage) == [Stage.MAKE, Stage.CLEAR, *leaves, Stage.SETTLE, Stage.LAST]
