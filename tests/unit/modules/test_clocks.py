# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clocks of two servers that certainly differ are refused: what takes long, before or after they are read, is no
difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import ClockOffset
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import script_request
from pairs import ONE, RELATIONSHIP, SCOPE, TWO, Pair, pair

OWN = {"partner_host": "dhcp02"}
REMOVE = {"keep_scopes_on": "this_server", "other_copy": "delete"}


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Pair:
    """Two servers and a controller whose time is the lab's, and passes only when a cmdlet takes some."""
    both = pair(ONE, TWO)
    both.lab.clock = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)

    def now() -> datetime:
        assert both.lab.clock is not None
        return both.lab.clock

    monkeypatch.setattr(script_request, "_now", now)
    return both


def test_an_export_that_takes_minutes_is_no_difference(servers: Pair) -> None:
    servers.lab.takes["Export-DhcpServer"] = timedelta(seconds=92)
    started = servers.lab.clock
    result = servers.ok(SCOPE, **servers.remove(ONE, **REMOVE, **OWN))
    assert result["changed"]
    assert servers.lab.clock is not None
    assert started is not None
    assert servers.lab.clock - started > timedelta(minutes=4)


@pytest.mark.parametrize("slow", ["DHCP01", "DHCP02"])
@pytest.mark.parametrize(
    "seconds",
    [(92, 0, 0), (0, 92, 0), (0, 0, 92), (92, 92, 92)],
    ids=["slow batch", "slow start", "slow transfer", "all of it"],
)
def test_what_takes_long_is_no_difference(
    servers: Pair, monkeypatch: pytest.MonkeyPatch, slow: str, seconds: tuple[int, int, int]
) -> None:
    batch, before, after = seconds
    servers.lab.takes["Export-DhcpServer"] = timedelta(seconds=batch)
    execute = servers.wire.execute

    def slowly(server: str, arguments: Any) -> Any:
        assert servers.lab.clock is not None
        servers.lab.clock += timedelta(seconds=before if server == slow else 0)
        reply = execute(server, arguments)
        servers.lab.clock += timedelta(seconds=after if server == slow else 0)
        return reply

    monkeypatch.setattr(servers.wire, "execute", slowly)
    assert servers.ok(SCOPE, **servers.remove(ONE, **REMOVE, **OWN))["changed"]


@pytest.mark.parametrize("server", ["DHCP01", "DHCP02"])
@pytest.mark.parametrize(
    ("seconds", "message"),
    [(60, ""), (-60, ""), (61, "61 s or more"), (-61, "61 s or more"), (86400, "86400 s or more")],
)
def test_a_difference_of_more_than_a_minute_is_refused(servers: Pair, server: str, seconds: int, message: str) -> None:
    servers.server(server).clock_offset = timedelta(seconds=seconds)
    options = servers.remove(ONE, **REMOVE, **OWN)
    if message:
        assert f"the clocks of DHCP01 and DHCP02 differ by {message}" in servers.refused(SCOPE, **options)
    else:
        servers.ok(SCOPE, **options)


def test_each_reply_narrows_what_the_others_told_and_a_clock_that_was_set_counts_from_then_on() -> None:
    def between(least: int, most: int) -> ClockOffset:
        return ClockOffset(timedelta(seconds=least), timedelta(seconds=most))

    assert between(-10, 80).narrowed(between(0, 200)) == between(0, 80)
    assert between(0, 5).narrowed(between(61, 66)) == between(61, 66)
    assert between(0, 5).apart(between(61, 66)) == between(61, 66).apart(between(0, 5)) == timedelta(seconds=56)
    assert between(0, 61).apart(between(61, 66)) == timedelta(0)


def test_a_controller_whose_clock_is_wrong_does_not_end_leases(servers: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the second hop as well, where the partner's clock is not read."""
    there = servers.server("DHCP02")
    address = next(iter(there.scopes[ONE].leases))
    del servers.server("DHCP01").scopes[ONE].leases[address]
    assert servers.lab.clock is not None
    there.scopes[ONE].leases[address] = replace(
        there.scopes[ONE].leases[address], expires=servers.lab.clock + timedelta(minutes=5)
    )
    clock = servers.lab.clock + timedelta(days=1)
    monkeypatch.setattr(script_request, "_now", lambda: clock)
    for partner in ({}, OWN):
        assert f"lease {address}" in servers.refused(SCOPE, **servers.remove(ONE, **REMOVE, **partner))


def test_a_difference_is_refused_however_long_it_took(servers: Pair) -> None:
    servers.lab.takes["Export-DhcpServer"] = timedelta(seconds=92)
    servers.server("DHCP02").clock_offset = timedelta(seconds=75)
    assert "the clocks of DHCP01 and DHCP02 differ by 75 s" in servers.refused(
        SCOPE, **servers.remove(ONE, **REMOVE, **OWN)
    )
    servers.ok(SCOPE, **servers.remove(ONE, allow_clock_skew=True, **REMOVE, **OWN))


def test_a_lease_runs_out_by_the_clock_of_its_server(servers: Pair) -> None:
    """An export that takes longer than a lease has left: when the reply ends, nobody holds it any more."""
    there = servers.server("DHCP02")
    address = next(iter(there.scopes[ONE].leases))
    del servers.server("DHCP01").scopes[ONE].leases[address]
    assert servers.lab.clock is not None
    there.scopes[ONE].leases[address] = replace(
        there.scopes[ONE].leases[address], expires=servers.lab.clock + timedelta(minutes=5)
    )
    options = servers.remove(ONE, **REMOVE, **OWN)
    assert f"lease {address}" in servers.refused(SCOPE, **options)
    servers.lab.takes["Export-DhcpServer"] = timedelta(minutes=6)
    servers.ok(SCOPE, **options)


@pytest.mark.parametrize("clock", [None, "", "2026-03-01 08:00:00", "soon", 0, "10000-01-01T00:00:00.000Z"])
def test_a_clock_that_cannot_be_read_is_told_with_the_server(
    servers: Pair, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = servers.wire.execute

    def spoilt(server: str, arguments: Any) -> Any:
        reply = execute(server, arguments)
        if server == "DHCP02":
            reply["reply"]["clock"] = clock
        return reply

    monkeypatch.setattr(servers.wire, "execute", spoilt)
    message = servers.refused(SCOPE, **servers.remove(ONE, **REMOVE, **OWN))
    assert message.startswith("On dhcp02: the script answered something that cannot be read: clock is ")


def test_nothing_is_taken_apart_for_a_new_one_while_the_partners_clock_is_not_known() -> None:
    """Windows would refuse to create it where the clocks differ."""
    servers = pair(ONE, TWO)
    servers.server("DHCP01").management_api = False
    renamed = {
        "name": "New",
        "previous_name": "HQ",
        "partner_server": "dhcp02.contoso.example",
        "scopes": ["10.0.1.0", "10.0.2.0"],
        "recreate": "when_needed",
        "max_removals_percent": 100,
        "wait_timeout": 1,
        **REMOVE,
    }
    message = servers.refused(RELATIONSHIP, **renamed)
    assert message.startswith("DHCP01 cannot read the clock of dhcp02.contoso.example")
    assert "allow_clock_skew: true" in message
    servers.ok(RELATIONSHIP, **renamed, allow_clock_skew=True)
    assert servers.server("DHCP02").relationships.keys() == {"New"}


def test_a_new_relationship_that_ends_none_is_created_with_a_warning_then() -> None:
    servers = pair(ONE)
    servers.server("DHCP01").management_api = False
    new = {"name": "New", "partner_server": "dhcp03.contoso.example", "scopes": ["10.0.2.0"], "wait_timeout": 1}
    result = servers.ok(RELATIONSHIP, **new)
    assert "could not ask for the clock of dhcp03.contoso.example" in result["warnings"][0]
