# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run that is killed while the script writes over the note of a maintenance: the new lines, and a rest of the old
ones behind them, which is all that it can leave."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from faults import halves
from pairs import Pair, unhurried

MODULE = "dhcp_failover_maintenance"
INTERVAL = timedelta(minutes=90)


def maintained(**options: Any) -> Pair:
    servers = unhurried()
    halves(servers, safe_period=INTERVAL)
    servers.ok(MODULE, state="started", **options)
    return servers


def notes(servers: Pair) -> dict[str, bytes]:
    files = servers.wire.files["DHCP01"]
    return {path: files.found(path)[path] for path in files.paths() if ".maintenance." in path}


@pytest.mark.parametrize("before", ["", "updates " * 50], ids=["shorter", "longer"])
@pytest.mark.parametrize("end", ["cancelled", "finished"])
def test_what_was_paused_is_put_back(before: str, end: str) -> None:
    servers = maintained()
    ((path, content),) = notes(servers).items()
    line = content.split(b"\n")[0]
    ended = line.replace(b'"ended": false', b'"ended": true')
    assert ended != line
    rest = (line + before.encode() + b"\n\n")[len(ended) + 2 :]
    servers.wire.files["DHCP01"].write(path, ended + b"\n\n" + rest, datetime.now(timezone.utc))
    servers.ok(MODULE, state=end)
    assert [servers.server(name).relationships["HQ"].safe_period for name in ("DHCP01", "DHCP02")] == [INTERVAL] * 2
    assert notes(servers) == {}
