# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_adopt: from the variables of hosts to a new file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from ansible_collections.windhcp.failover.plugins.action.dhcp_failover_adopt import ActionModule
from faults import healthy
from fleets import on_the_controller, seen


def run(file: Path, *hosts: str, check_mode: bool = False) -> dict[str, Any]:
    """`hosts`: that were read, where not all were."""
    fleet = {one.host: {"seen": one.result} for one in seen(healthy()) if one.host in hosts or not hosts}
    given = {"hosts": list(fleet), "variable": "seen", "file": str(file)}
    result: dict[str, Any] = on_the_controller(ActionModule, fleet, check_mode=check_mode, **given)
    return result


def test_a_new_file_in_a_new_folder(tmp_path: Path) -> None:
    file = tmp_path / "group_vars" / "failover.yml"
    result = run(file)
    assert (result["changed"], result["file"], result["relationships"]) == (True, str(file), ["HQ"])
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert [entry["name"] for entry in data["failover_relationships"]] == ["HQ"]
    assert "# Clients" in file.read_text(encoding="utf-8")
    assert result["content"] == file.read_text(encoding="utf-8")
    assert result["proof"] == ["A check run with it changes nothing."]


def test_a_check_run_without_the_primary_proves_nothing(tmp_path: Path) -> None:
    result = run(tmp_path / "failover.yml", "dhcp02")
    assert result["relationships"] == ["HQ"]
    assert result["proof"] == [
        "A check run with it changes nothing, and says nothing of HQ: dhcp01, which would write it, is not in this run."
    ]


def test_a_file_that_exists_stays(tmp_path: Path) -> None:
    file = tmp_path / "failover.yml"
    file.write_text("mine", encoding="utf-8")
    result = run(file)
    assert result["msg"] == f"file: {file} exists, and is left as it is; name another one."
    assert file.read_text(encoding="utf-8") == "mine"


def test_check_mode_writes_none(tmp_path: Path) -> None:
    result = run(tmp_path / "failover.yml", check_mode=True)
    assert (result["changed"], list(tmp_path.iterdir())) == (False, [])
    assert "failover_relationships:" in result["content"]


def test_where_no_server_could_be_read_no_file_stands_in_the_way_of_the_next_run(tmp_path: Path) -> None:
    fleet = {"dhcp01": {"seen": {"unreachable": True, "msg": "the credentials were rejected"}}}
    given: dict[str, Any] = {"hosts": ["dhcp01"], "variable": "seen", "file": str(tmp_path / "failover.yml")}
    result = on_the_controller(ActionModule, fleet, **given)
    assert result["failed"]
    assert "No server could be read" in result["msg"]
    assert "dhcp01: the credentials were rejected" in result["msg"]
    assert list(tmp_path.iterdir()) == []
