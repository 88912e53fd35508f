# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module that writes the file: once, and never over another one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from live_servers import run, servers
from nothing_lost.task import Wire, perform


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_file_is_what_is_returned(tmp_path: Path, *, check_mode: bool) -> None:
    asked, path = run(servers(), questions=["standby_creator"]), tmp_path / "live.json"
    given: dict[str, Any] = {"file": str(path), "asked": asked, "walk": {"create": {"changed": True}}}
    told = perform(Wire(servers()), "dhcp_failover_live_report", given, check_mode=check_mode)
    assert (told["changed"], told["well"], path.exists()) == (not check_mode, True, not check_mode)
    assert told["sentences"][0] == "1 of 83 questions are answered, and 1 of 1 steps went well."
    if not check_mode:
        assert json.loads(path.read_text(encoding="utf-8")) == told["report"]
        again = perform(Wire(servers()), "dhcp_failover_live_report", given)
        assert (again["failed"], again["changed"]) == (True, False)
        assert f"{path} exists" in again["msg"]
