# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which code the DhcpServer module is made of, as a PowerShell tells it. The lab's module has files of its own, so that
no recording can have them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lab import topology
from lab.core.api import Session
from lab.powershell.direct import OnePowerShell
from lab.powershell.engine import NoEngine, find_engine

SCRIPT = Path(__file__).resolve().parents[3] / "plugins" / "modules" / "dhcp_cmdlets.ps1"


def test_each_file_of_the_module_has_its_hash() -> None:
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    lab = topology.load(topology.TOPOLOGIES / "spare.yml")
    request = json.dumps({"before": [{"id": "files", "op": "module_files"}]})
    with OnePowerShell(SCRIPT) as powershell:
        reply = json.loads(powershell(lab, Session("DHCP01", "admin", delegated=True), request, []))["reply"]
    (said,) = reply["before"]
    assert said["errors"] == []
    names = [one["name"] for one in said["objects"]]
    assert names == sorted(names)
    assert {"DhcpServer.psd1", "DhcpServer.psm1"} <= {*names}
    assert all(re.fullmatch("[0-9a-f]{64}", one["sha256"]) for one in said["objects"])
