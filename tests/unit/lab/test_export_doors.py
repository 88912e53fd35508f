# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Export-DhcpServer writes a file through both doors, the same bytes, and Import-DhcpServer finds it there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from core_calls import PHONES, company
from lab.core.api import Session
from lab.core.lab import Lab
from lab.powershell.direct import DirectPowerShell
from lab.powershell.engine import NoEngine, find_engine
from lab.standin import script
from lab.standin.files import Files

SCRIPT = Path(__file__).resolve().parents[3] / "plugins" / "modules" / "dhcp_cmdlets.ps1"
SESSION = Session("DHCP01", "administrator")
NAME = "Büro Süd.xml"


def lab() -> Lab:
    made = company()
    made.clock = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
    made.servers["DHCP01"].scopes[PHONES].description = "Büro & <Süd> \"quoted\" 'single' 日本 😀"
    return made


def call(name: str, cmdlet: str, **parameters: Any) -> dict[str, Any]:
    return {"id": name, "op": "cmdlet", "cmdlet": cmdlet, "parameters": parameters}


def request(folder: str) -> dict[str, Any]:
    path = folder + NAME
    export = {"File": path, "ScopeId": [str(PHONES)], "Leases": True, "Confirm": False}
    import_ = {
        "File": path,
        "BackupPath": folder + "backup",
        "ScopeId": [str(PHONES)],
        "Leases": True,
        "Force": True,
        "Confirm": False,
    }
    return {
        "calls": [call("first", "Export-DhcpServer", **export)],
        "finally": [
            call("again", "Export-DhcpServer", **export),
            call("force", "Export-DhcpServer", **export, Force=True),
            call("nowhere", "Import-DhcpServer", **{**import_, "File": folder + "none.xml"}),
            call("delete", "Remove-DhcpServerv4Scope", ScopeId=[str(PHONES)], Force=True, Confirm=False),
            call("import", "Import-DhcpServer", **import_),
            call("there", "Import-DhcpServer", **import_),
            {**call("filters", "Get-DhcpServerv4FilterList"), "select": ["Allow", "Deny"]},
            {
                **call("statistics", "Get-DhcpServerv4ScopeStatistics", ScopeId=[str(PHONES)], Failover=True),
                "select": ["PercentageInUse", "AddressesFree", "AddressesFreeOnThisServer"],
            },
        ],
    }


def by_standin(made: Lab) -> tuple[Mapping[str, Any], bytes]:
    files, folder = Files(), "C:\\Temp\\"
    reply = script.run(made, SESSION, json.dumps(request(folder)), script.Process(files))
    assert [path.rpartition("\\")[2] for path in files.paths()] == [NAME.lower(), "dhcpcfg"]
    (content,) = files.found(f"c:/temp/{NAME}").values()
    return json.loads(reply.replace(json.dumps(folder)[1:-1], ""))["reply"], content


def test_the_standin_keeps_the_file_on_its_server() -> None:
    made = lab()
    before = made.servers["DHCP01"].scopes[PHONES]
    reply, content = by_standin(made)
    assert content.startswith(b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>\r\n<DHCPServer ')
    said = {
        one["id"]: ([error["id"] for error in one["errors"]], one["objects"])
        for one in (*reply["calls"], *reply["finally"])
    }
    assert said == {
        "first": ([], []),
        "again": (["ResourceExists,Export-DhcpServer"], []),
        "force": ([], []),
        "nowhere": (["ResourceUnavailable,Import-DhcpServer"], []),
        "delete": ([], []),
        "import": ([], []),
        "there": ([], []),
        "filters": ([], [{"Allow": False, "Deny": False}]),
        "statistics": ([], [{"PercentageInUse": "31.41", "AddressesFree": 131, "AddressesFreeOnThisServer": None}]),
    }
    assert made.servers["DHCP01"].scopes[PHONES] == before


def test_powershell_says_and_writes_the_same(tmp_path: Path) -> None:
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    folder = f"{tmp_path}/"
    made = lab()
    with DirectPowerShell(SCRIPT) as powershell:
        text = powershell(made, SESSION, json.dumps(request(folder)))
    expected, content = by_standin(lab())
    assert json.loads(text.replace(folder, ""))["reply"] == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME, "backup"]
    assert (tmp_path / NAME).read_bytes() == content


def test_an_engine_that_cannot_write_says_so(tmp_path: Path) -> None:
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    asked = {"calls": [call("export", "Export-DhcpServer", File=f"{tmp_path}/no/folder.xml", Confirm=False)]}
    with DirectPowerShell(SCRIPT) as powershell:
        reply = json.loads(powershell(lab(), SESSION, json.dumps(asked)))["reply"]
    assert [error["id"] for error in reply["calls"][0]["errors"]] == ["WIN32 3,Export-DhcpServer"]
