# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Copies that a removal left on a server go when the other server has the scopes."""

from __future__ import annotations

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import Scope
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import leftover_copies
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import ReadRequest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from worlds import ONE, PARTNER, TWO, in_words, partner, world

LEFT_OVER = [builders.scope("10.0.1.0", active=False), builders.scope("10.0.2.0", active=False)]


def removed(start: World, keep_days: int | None = None) -> Plan | ReadRequest:
    return leftover_copies.remove_copies((ONE, TWO), (PARTNER,), keep_days, start)


@pytest.mark.parametrize(
    ("copies", "keep_days", "expected"),
    [
        (
            LEFT_OVER,
            30,
            [
                "keep a safety copy on DHCP01 of what is on DHCP01, with leases: 10.0.1.0, 10.0.2.0",
                "delete the copy of 10.0.1.0 on DHCP01, with its leases (DNS records of its clients may go too)",
                "delete the copy of 10.0.2.0 on DHCP01, with its leases (DNS records of its clients may go too)",
            ],
        ),
        (
            LEFT_OVER[:1],
            None,
            ["delete the copy of 10.0.1.0 on DHCP01, with its leases (DNS records of its clients may go too)"],
        ),
        ([], 30, []),
    ],
    ids=["both", "one, without a safety copy", "none is left"],
)
def test_left_over_copies_go(copies: list[Scope], keep_days: int | None, expected: list[str]) -> None:
    plan = removed(world(builders.server([], copies), partner(None, ["10.0.1.0", "10.0.2.0"])), keep_days)
    assert isinstance(plan, Plan)
    assert in_words(plan) == expected


def test_the_server_that_keeps_them_is_looked_at_before() -> None:
    asked = removed(world(builders.server([], LEFT_OVER)))
    assert isinstance(asked, ReadRequest)
    assert [(read.names, read.scopes) for read in asked.partners] == [((PARTNER,), (ONE, TWO))]


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (
            world(builders.server([], [builders.scope("10.0.1.0"), LEFT_OVER[1]]), partner(None, ["10.0.1.0"])),
            "scopes: 10.0.1.0 is active or in failover on DHCP01, so it is no left-over copy;",
        ),
        (
            world(builders.server([builders.relationship("HQ", ["10.0.2.0"])], LEFT_OVER), partner()),
            "scopes: 10.0.2.0 is active or in failover on DHCP01",
        ),
        (
            world(builders.server([], LEFT_OVER), partner(None, ["10.0.1.0"])),
            "scopes: 10.0.2.0 does not exist on DHCP02, so it would be lost.",
        ),
    ],
    ids=["in service", "in failover", "the last one"],
)
def test_what_is_no_left_over_copy_stays(start: World, message: str) -> None:
    with pytest.raises(Refused) as refused:
        removed(start)
    assert str(refused.value).startswith(message)
