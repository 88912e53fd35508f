# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A secret is bound to the one parameter that needs it and to no other: what module logging (event 4103) could show of
the script.

PowerShell's own trace of parameter binding says what every command was given, those of a pipeline as well.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from core_calls import company
from lab.core.api import Session
from lab.powershell.direct import DirectPowerShell
from lab.powershell.engine import NoEngine, find_engine

SCRIPT = Path(__file__).resolve().parents[3] / "plugins" / "modules" / "dhcp_cmdlets.ps1"
SECRETS = ("Kx7-hush", "5f2c-hash")
LABS_OWN = {"ToSend", "Body"}  # of module_head.ps1, through which the stub module asks the core
PRELUDE = """
$flags = [System.Reflection.BindingFlags] 'NonPublic, Static'
$binder = [psobject].Assembly.GetType('System.Management.Automation.ParameterBinderBase')
$tracer = $binder.GetField('bindingTracer', $flags).GetValue($null)
$tracer.Options = 'All'
$tracer.Switch.Level = 'All'
$listener = [System.Diagnostics.TextWriterTraceListener]::new([System.IO.StreamWriter]::new('{trace}'))
$listener.Writer.AutoFlush = $true
[void] $tracer.Listeners.Add($listener)
"""
ADD = {
    "id": "add",
    "op": "cmdlet",
    "cmdlet": "Add-DhcpServerv4Failover",
    "parameters": {
        "Name": "HQ",
        "PartnerServer": "dhcp02",
        "ScopeId": ["10.10.10.0"],
        "SharedSecret": {"secret": 0},
        "Force": True,
    },
    "select": [],
}
SET: dict[str, Any] = {
    **ADD,
    "id": "set",
    "cmdlet": "Set-DhcpServerv4Failover",
    "parameters": {"Name": "HQ", "SharedSecret": {"secret": 0}, "Force": True},
}
KEEP = {"id": "keep", "op": "keep_text", "name": "hq", "public": "salt", "hidden": {"secret": 1}}
PROVE = {"id": "prove", "op": "prove_text", "name": "hq", "nonce": "1"}
FIND = {"id": "find", "op": "find_texts", "kind": "hq"}
FAILING = {**SET, "id": "failing", "parameters": {**SET["parameters"], "Name": "None"}}


def test_only_the_cmdlet_that_needs_a_secret_gets_it(tmp_path: Path) -> None:
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    trace = tmp_path / "trace"
    request = {
        "mutex": 10,
        "who": "me",
        "before": [PROVE],
        "calls": [ADD, SET, KEEP, PROVE, FIND, FAILING],
        "finally": [PROVE],
    }
    with DirectPowerShell(SCRIPT, PRELUDE.replace("{trace}", str(trace))) as powershell:
        reply = powershell(company(), Session("DHCP01", "administrator"), json.dumps(request), SECRETS)
    assert [one["errors"] == [] for one in json.loads(reply)["reply"]["calls"]] == [True] * 5 + [False]
    lines = trace.read_text(encoding="utf-8").splitlines()
    assert any("ConvertFrom-Json" in line for line in lines)
    shown = [line for line in lines if "BIND arg" in line and any(one in line for one in SECRETS)]
    bound = [re.search(r"to param(?:eter)? \[(\w+)\]", line) for line in shown]
    assert {match[1] for match in bound if match} == {"SharedSecret", *LABS_OWN}
    assert all(bound)
    assert not [line for line in lines if SECRETS[1] in line]
    assert not [one for one in SECRETS if one in reply]
