# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module that writes the file: once, and never over another one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from live_servers import run, servers
from nothing_lost.task import Wire, perform

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_file_is_what_is_returned(tmp_path: Path, *, check_mode: bool) -> None:
    asked, path = run(servers(), questions=["standby_creator"]), tmp_path / "live.json"
    given: dict[str, Any] = {"file": str(path), "asked": asked, "walk": {"create": {"changed": True}}}
    told = perform(Wire(servers()), "dhcp_failover_live_report", given, check_mode=check_mode)
    assert (told["changed"], told["well"], path.exists()) == (not check_mode, True, not check_mode)
    assert told["sentences"][0].startswith(
        "1 question answered, 0 of them otherwise than assumed; 19 could not be asked"
    )
    if not check_mode:
        assert json.loads(path.read_text(encoding="utf-8")) == told["report"]
        again = perform(Wire(servers()), "dhcp_failover_live_report", given)
        assert (again["failed"], again["changed"]) == (True, False)
        assert f"{path} exists" in again["msg"]


def test_the_documentation_shows_what_is_said(tmp_path: Path) -> None:
    """But for the numbers."""
    page = yaml.safe_load((ROOT / "plugins" / "modules" / "dhcp_failover_live_report.yml").read_text(encoding="utf-8"))
    shown = page["RETURN"]["sentences"]["sample"]
    given: dict[str, Any] = {"file": str(tmp_path / "x.json"), "asked": run(servers(), questions=["standby_creator"])}
    told = perform(Wire(servers()), "dhcp_failover_live_report", {**given, "walk": {}})["sentences"]

    def form(text: str) -> str:
        return re.sub(r"questions?|steps?|/\S+|\d+", "", text)

    assert [form(one) for one in shown] == [form(one) for one in told]


def test_that_the_file_can_be_written_is_known_before(tmp_path: Path) -> None:
    (tmp_path / "there.json").touch()
    nothing: dict[str, Any] = {"asked": {"questions": [], "servers": []}}

    def checked(name: str) -> str:
        given = {"file": str(tmp_path / name), **nothing}
        return str(perform(Wire(servers()), "dhcp_failover_live_report", given, check_mode=True).get("msg"))

    assert checked("new/folder/live.json") == "None"
    assert "there.json exists, and is left as it is" in checked("there.json")
    assert "there.json cannot be written on the controller (Not a directory)" in checked("there.json/live.json")
    assert [path.name for path in tmp_path.iterdir()] == ["there.json"]
