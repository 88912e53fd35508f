# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A small run of make forks."""

from __future__ import annotations

from forks.scenarios import two_primaries


def test_two_servers_that_are_primaries_of_each_other(net: str) -> None:
    said = two_primaries("standin", net)
    assert said == "create, change, replicate, swap_roles: changed 2 each, and then nothing"
