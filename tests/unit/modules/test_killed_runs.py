# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run that dies while it writes one of the collection's own files leaves nothing that the next one refuses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from lab.core import access_lists
from lab.standin.files import Files
from nothing_lost.watched import Killed
from pairs import RELATIONSHIP, SCOPE, TWO, Pair, pair

CHANGE = {
    "name": "HQ",
    "load_balance_percent": 70,
    "shared_secret": "Kx7-secret",
    "update_secret": "on_change",
    "enable_auth": True,
    "wait_timeout": 1,
}
LEAVE = {"keep_scopes_on": "partner", "other_copy": "delete"}


class Deadly(Files):
    """The write or removal that `left` counts down to is the last thing that the run does."""

    left, point = -1, ""

    def _dies(self, point: str) -> None:
        if self.left == 0 and self.point == point:
            raise Killed

    def write(self, path: str, content: bytes, modified: datetime) -> None:
        self.left -= 1
        self._dies("before")
        if self.left == 0 and self.point == "half":
            super().write(path, content[: len(content) // 2] if path.endswith(".xml") else b"", modified)
        self._dies("half")
        super().write(path, content, modified)
        self._dies("after")

    def remove(self, path: str) -> None:
        self.left -= 1
        self._dies("before")
        super().remove(path)
        self._dies("after")


def scene(task: str, owner: str) -> tuple[Pair, Deadly, str, dict[str, Any]]:
    """The task is about to run on DHCP01."""
    servers = pair()
    files = servers.wire.files["DHCP01"] = Deadly(lambda: owner)
    if task == "change":
        return servers, files, RELATIONSHIP, CHANGE
    if task == "leave":
        return servers, files, SCOPE, servers.remove(TWO, **LEAVE)
    (copy,) = servers.ok(SCOPE, **servers.remove(TWO, **LEAVE))["safety_copies"]
    return servers, files, "dhcp_failover_restore", {"path": copy["path"]}


@pytest.mark.parametrize("owner", [access_lists.USER, access_lists.ADMINISTRATORS])
@pytest.mark.parametrize("point", ["before", "half", "after"])
@pytest.mark.parametrize("task", ["change", "leave", "restore"])
def test_the_next_run_goes_on(task: str, point: str, owner: str) -> None:
    deaths, nth, ended = 0, 0, False
    while not ended:
        nth += 1
        servers, files, module, options = scene(task, owner)
        files.left, files.point = nth, point
        try:
            servers.ok(module, **options)
        except Killed:
            deaths += 1
        ended, files.left = files.left > 0, -1
        if "wait_timeout" in options:
            options = {**options, "wait_timeout": 900}  # until the run that was killed may not be at work any more
        servers.ok(module, check_mode=True, **options)
        servers.ok(module, **options)
        assert not servers.ok(module, **options)["changed"]
    assert deaths >= 3
