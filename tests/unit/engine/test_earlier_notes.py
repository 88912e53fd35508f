# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a broken run left stays noted until a later one has set it right, whatever becomes of the runs in between."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

import pytest
from builders import definition
from interrupted import KEEP, OWN, meanwhile, notes, states
from nothing_lost.watched import Killed
from pairs import ONE, RELATIONSHIP, SCOPE, THREE, TWO, Pair, pair
from test_writing import claimed_and_dead

ROUTES = pytest.mark.parametrize("route", [{}, OWN], ids=["second hop", "own connection"])
PRESENT: dict[str, Any] = {"relationship": "HQ", "scopes": [str(ONE)], "wait_timeout": 900}
SHARE: dict[str, Any] = {"name": "HQ", "load_balance_percent": 70, "wait_timeout": 900}


def set_right(servers: Pair, route: Mapping[str, Any]) -> None:
    assert states(servers) == ["Active", "Active"]
    assert notes(servers) == []
    assert not servers.ok(SCOPE, **PRESENT, **route)["changed"]


@ROUTES
def test_a_removal_of_another_scope_goes_on_with_it(route: dict[str, Any]) -> None:
    servers = claimed_and_dead(route)
    options = servers.remove(TWO, **{**KEEP, **route, "wait_timeout": 900})
    servers.reached(SCOPE, **options)
    set_right(servers, route)


@ROUTES
def test_a_task_that_is_refused_in_between_forgets_nothing(route: dict[str, Any]) -> None:
    servers = claimed_and_dead(route)
    servers.lab.fail_next("DHCP01", "Set-DhcpServerv4Failover", "DHCP 20133")
    assert servers.run(RELATIONSHIP, **SHARE, **route)["failed"]
    assert servers.ok(RELATIONSHIP, **SHARE, **route)["changed"]
    set_right(servers, route)


@ROUTES
def test_one_that_is_killed_in_between_forgets_nothing(route: dict[str, Any]) -> None:
    for number in range(20):
        servers = claimed_and_dead(route)
        servers.wire.pause(600)  # nobody takes its note for that of a run at work
        servers.wire.lose_at = number
        try:
            servers.run(RELATIONSHIP, **SHARE, **route)
        except Killed:
            servers.wire.lose_at = None
            servers.ok(RELATIONSHIP, **SHARE, **route)
            set_right(servers, route)
        else:
            assert number > 2, "it was killed at each of its commands"
            return
    raise AssertionError("it ends")


@pytest.mark.parametrize("changed", ["DHCP01", "DHCP02"])
@ROUTES
def test_so_does_what_an_earlier_plan_of_the_same_task_left(route: dict[str, Any], changed: str) -> None:
    """Between any two of its commands another run writes to one of the servers, so that it plans anew."""
    new = definition("10.0.9.0")
    for number in range(1, 20):
        servers = pair()

        def other_run(servers: Pair, number: int = number) -> None:
            servers.server(changed).scopes[TWO if changed == "DHCP02" else THREE].description = f"changed {number}"

        meanwhile(servers, {number: other_run})
        result = servers.run(SCOPE, relationship="HQ", create_scopes=[new], wait_timeout=900, **route)
        assert not result.get("failed"), result.get("msg")
        made = [servers.server(name).scopes[IPv4Address("10.0.9.0")].state for name in ("DHCP01", "DHCP02")]
        assert (made, notes(servers)) == (["Active", "Active"], []), number
        if result["remote_calls"] <= number:
            return
    raise AssertionError("it ends")


@ROUTES
def test_a_member_on_one_server_stays_noted(route: dict[str, Any]) -> None:
    """As a removal leaves it that was killed between the two halves."""
    servers = claimed_and_dead(route)
    servers.server("DHCP02").relationships["HQ"].scopes.remove(ONE)
    result = servers.ok(RELATIONSHIP, **SHARE, **route)
    assert "does not show of 'HQ': scopes" in " ".join(result["warnings"])
    servers.ok(SCOPE, **{**PRESENT, "scopes": [str(THREE)]}, **route)
    assert len(notes(servers)) == 1
    assert "10.0.1.0 exists on" in servers.run(SCOPE, **PRESENT, **route)["msg"]
    assert servers.ok(SCOPE, **servers.remove(ONE, **{**KEEP, **route, "wait_timeout": 900}))["changed"]
    assert notes(servers) == []
