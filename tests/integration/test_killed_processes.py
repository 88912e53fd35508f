# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs that are killed for real, over a real socket: nothing is lost, and the next run ends what was begun.

tests/nothing_lost breaks thousands of runs off in one process; here the processes really die.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import Site, lab
from lab.powershell.engine import NoEngine, find_engine
from nothing_lost.watched import Watch, WatchedLab, held, watched

SCOPE = "windhcp.failover.dhcp_failover_scope"
CREATE = {
    "relationship": "HQ",
    "scopes": ["10.10.10.0", "10.10.20.0"],
    "create_relationship": {"partner_server": "dhcp02"},
}
REMOVE = {
    "relationship": "HQ",
    "scopes": ["10.10.10.0"],
    "state": "absent",
    "partner_host": "dhcp02",
    "keep_scopes_on": "this_server",
    "other_copy": "disable",
}


def watch(scene: WatchedLab, number: int, blow: Callable[[], object]) -> list[int]:
    """Calls `blow` once, when that write is under way; the list says whether it came to it."""
    blown: list[int] = []

    def look(write: int) -> None:
        if write == number and not blown:
            blown.append(write)
            blow()

    scene.watch = Watch(held(scene), under_way=look)
    return blown


def task(options: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "R", SCOPE: options}]


def ends_well(site: Site, scene: WatchedLab) -> None:
    site.play(task(REMOVE)).ok()
    last = site.play(task(REMOVE)).ok()
    assert last.changed == 0
    assert scene.watch is not None
    assert scene.watch.lost == []
    assert scene.watch.before.lost(held(scene)) == []
    here, there = (scene.servers[name] for name in ("DHCP01", "DHCP02"))
    (scope,) = (one for one in here.scopes if str(one) == "10.10.10.0")
    assert here.relationship_of(scope) is there.relationship_of(scope) is None
    assert (here.scopes[scope].state, there.scopes[scope].state) == ("Active", "InActive")


@pytest.mark.parametrize("write", [0, 1, 2])
def test_the_play_is_killed(write: int, net: str) -> None:
    scene = watched(lab())
    with Site(scene, "standin", net) as site:
        site.play(task(CREATE)).ok()
        killed = watch(scene, write, site.kill)
        assert site.play(task(REMOVE)).code == -signal.SIGKILL
        assert killed == [write]
        ends_well(site, scene)


def engines() -> Iterator[int]:
    """Processes of this one's that run a remote command."""
    for path in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        for pid in path.read_text(encoding="ascii").split():
            if b"-EncodedCommand" in Path(f"/proc/{pid}/cmdline").read_bytes():
                yield int(pid)


def kill_engines() -> None:
    for pid in engines():
        os.kill(pid, signal.SIGKILL)


def test_the_remote_process_is_killed(net: str) -> None:
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(f"the built-in stand-in has no process of its own: {error}")
    scene = watched(lab())
    with Site(scene, "powershell", net) as site:
        site.play(task(CREATE)).ok()
        killed = watch(scene, 1, kill_engines)
        broken = site.play(task(REMOVE)).failure("R")
        assert killed == [1]
        assert "gave no reply" in broken["msg"]
        ends_well(site, scene)
