# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The clocks of two servers are compared as they are when each reply ends: what takes long is no difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils import remote
from pairs import ONE, SCOPE, TWO, Pair, pair

OWN = {"partner_host": "dhcp02"}
REMOVE = {"keep_scopes_on": "this_server", "other_copy": "delete"}


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Pair:
    """Two servers and a controller whose time is the lab's, and passes only when a cmdlet takes some."""
    made = pair(ONE, TWO)
    made.lab.clock = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)

    def now() -> datetime:
        assert made.lab.clock is not None
        return made.lab.clock

    monkeypatch.setattr(remote, "_now", now)
    return made


def test_an_export_that_takes_minutes_is_no_difference(two: Pair) -> None:
    two.lab.takes["Export-DhcpServer"] = timedelta(seconds=92)
    started = two.lab.clock
    result = two.ok(SCOPE, **two.remove(ONE, **REMOVE, **OWN))
    assert result["changed"]
    assert two.lab.clock is not None
    assert started is not None
    assert two.lab.clock - started > timedelta(minutes=4)


def test_a_difference_is_refused_however_long_it_took(two: Pair) -> None:
    two.lab.takes["Export-DhcpServer"] = timedelta(seconds=92)
    two.server("DHCP02").clock_offset = timedelta(seconds=75)
    assert "the clocks of DHCP01 and DHCP02 differ by 75 s" in two.refused(SCOPE, **two.remove(ONE, **REMOVE, **OWN))
    two.ok(SCOPE, **two.remove(ONE, allow_clock_skew=True, **REMOVE, **OWN))


def test_a_lease_runs_out_by_the_clock_of_its_server(two: Pair) -> None:
    """An export that takes longer than a lease has left: when the reply ends, nobody holds it any more."""
    there = two.server("DHCP02")
    address = next(iter(there.scopes[ONE].leases))
    del two.server("DHCP01").scopes[ONE].leases[address]
    assert two.lab.clock is not None
    there.scopes[ONE].leases[address] = replace(there.scopes[ONE].leases[address], expires=two.lab.clock + timedelta(minutes=5))
    options = two.remove(ONE, **REMOVE, **OWN)
    assert f"lease {address}" in two.refused(SCOPE, **options)
    two.lab.takes["Export-DhcpServer"] = timedelta(minutes=6)
    two.ok(SCOPE, **options)


@pytest.mark.parametrize("clock", [None, "", "2026-03-01 08:00:00", "soon", 0, "10000-01-01T00:00:00Z"])
def test_a_clock_that_cannot_be_read_is_told_with_the_server(two: Pair, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    execute = two.wire.execute

    def spoilt(server: str, arguments: Any) -> Any:
        found = execute(server, arguments)
        if server == "DHCP02":
            found["reply"]["clock"] = clock
        return found

    monkeypatch.setattr(two.wire, "execute", spoilt)
    message = two.refused(SCOPE, **two.remove(ONE, **REMOVE, **OWN))
    assert message.startswith("On dhcp02: the script answered something that cannot be read: clock is ")
