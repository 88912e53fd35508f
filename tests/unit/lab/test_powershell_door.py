# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""lab.powershell.process and the stub module at work: a real PowerShell against the core."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from endpoint_fakes import USER, small_lab
from lab.core.api import Session
from lab.core.lab import Lab
from lab.door import Finished
from lab.powershell import engine as engines
from lab.powershell.engine import Engine, NoEngine, find_engine, names_folder
from lab.powershell.process import PowerShellDoor

SESSION = Session("DHCP01", USER)


@pytest.fixture(scope="module")
def lab() -> Lab:
    return small_lab(scopes=3)


@pytest.fixture(scope="module")
def door(lab: Lab) -> Iterator[PowerShellDoor]:
    try:
        opened = PowerShellDoor(lab)
    except NoEngine as missing:
        pytest.skip(f"no PowerShell to run: {missing}")
    yield opened
    opened.close()
    assert not opened._root.exists()


def run(
    door: PowerShellDoor, lab: Lab, script: str, stop: threading.Event | None = None, stdin: bytes = b""
) -> Finished:
    code = base64.b64encode(script.encode("utf-16-le")).decode()
    line = f"PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand {code}"
    return door.run(lab.servers["DHCP01"], SESSION, line, stdin, stop or threading.Event())


def answers(door: PowerShellDoor, lab: Lab, script: str) -> dict[str, Any]:
    """The script fills $r; it comes back as JSON."""
    done = run(
        door, lab, "Import-Module DhcpServer\n$r = [ordered] @{}\n" + script + "\nConvertTo-Json $r -Depth 4 -Compress"
    )
    assert done.exit_code == 0, done.stderr.decode()
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])  # before it: what -WhatIf says
    return result


def test_objects_have_the_types_of_the_real_ones(door: PowerShellDoor, lab: Lab) -> None:
    r = answers(
        door,
        lab,
        """
        $scopes = @(Get-DhcpServerv4Scope)
        $first = $scopes[0]
        $r.count = $scopes.Count
        $r.typeName = $first.PSObject.TypeNames[0]
        $names = 'ScopeId', 'Name', 'LeaseDuration', 'ActivatePolicies', 'MaxBootpClients'
        $r.types = @($names | ForEach-Object { $first.$_.GetType().Name })
        $texts = "$($first.ScopeId)", $first.Name, "$($first.LeaseDuration)"
        $r.values = @($texts + $first.ActivatePolicies + $first.MaxBootpClients)
        Add-DhcpServerv4Failover -Name r -PartnerServer dhcp02.contoso.example -ScopeId 10.20.0.0 -Force -Confirm:$false
        $relationship = Get-DhcpServerv4Failover -Name r
        $ids = $relationship.ScopeId
        $r.scopeId = @($ids.GetType().FullName, "$ids", "$($relationship.PSObject.Properties['ScopeId'].MemberType)")
        $r.null = $null -eq $relationship.ReservePercent
        $r.mclt = $relationship.MaxClientLeadTime.GetType().Name
        $r.replicated = @(Invoke-DhcpServerv4FailoverReplication -Name r -Force)
        $passed = Set-DhcpServerv4Failover -Name r -StateSwitchInterval 01:00:00 -Force -PassThru
        $r.passthru = "$($passed.StateSwitchInterval)"
        $relationship | Set-DhcpServerv4Failover -LoadBalancePercent 70 -Force
        $r.piped = (Get-DhcpServerv4Failover).LoadBalancePercent
        Set-DhcpServerv4Failover -Name r -StateSwitchInterval $null -SharedSecret $null -Force
        """,
    )
    assert r["count"] == 3
    assert (
        r["typeName"] == "Microsoft.Management.Infrastructure.CimInstance#root/Microsoft/Windows/DHCP/DhcpServerv4Scope"
    )
    assert r["types"] == ["IPAddress", "String", "TimeSpan", "Boolean", "UInt32"]
    assert r["values"] == ["10.20.0.0", "Büro 0", "8.00:00:00", True, 4294967295]
    assert r["scopeId"] == ["System.Net.IPAddress", "10.20.0.0", "ScriptProperty"]
    assert (r["null"], r["mclt"]) == (True, "TimeSpan")
    assert r["replicated"] == ["10.20.0.0"]
    assert r["passthru"] == "01:00:00"
    assert r["piped"] == 70
    last = [entry for entry in lab.audit.entries if entry.cmdlet == "Set-DhcpServerv4Failover"][-1]
    assert last.parameters == {"Name": "r", "StateSwitchInterval": None, "SharedSecret": None, "Force": True}


def test_errors_are_records_as_the_real_ones(door: PowerShellDoor, lab: Lab) -> None:
    writes = lab.audit.counts().writes
    r = answers(
        door,
        lab,
        """
        function Get-BindingError([scriptblock] $Call) { try { & $Call; 'no' } catch { $_.FullyQualifiedErrorId } }
        $ids = '10.20.1.0', '10.99.0.0', '10.20.2.0', '10.98.0.0'
        $found = @(Get-DhcpServerv4Scope -ScopeId $ids -ErrorAction SilentlyContinue -ErrorVariable failed)
        $r.found = @($found | ForEach-Object { "$($_.ScopeId)" })
        $r.ids = @($failed | ForEach-Object { $_.FullyQualifiedErrorId })
        $r.category = "$($failed[0].CategoryInfo.Category) $($failed[0].CategoryInfo.Activity)"
        $r.exception = $failed[0].Exception.GetType().FullName
        $r.target = "$($failed[0].TargetObject)".Length -gt 0
        $r.stopped = Get-BindingError { Get-DhcpServerv4Failover -Name nope -ErrorAction Stop }
        $r.range = Get-BindingError { Set-DhcpServerv4Failover -Name r -LoadBalancePercent 101 }
        $r.word = Get-BindingError { Set-DhcpServerv4Failover -Name r -Mode Both }
        $r.sets = Get-BindingError {
            $both = @{ ServerRole = 'Active'; LoadBalancePercent = 5 }
            Add-DhcpServerv4Failover -Name r -PartnerServer p -ScopeId 10.20.0.0 @both
        }
        $r.null = Get-BindingError { Set-DhcpServerv4Scope -ScopeId 10.20.0.0 -Description $null }
        $r.job = Get-BindingError { Get-DhcpServerv4Scope -AsJob }
        $r.whatif = @(Remove-DhcpServerv4Scope -ScopeId 10.20.1.0 -WhatIf).Count
        $r.left = @(Get-DhcpServerv4Scope).Count
        """,
    )
    assert r["found"] == ["10.20.1.0", "10.20.2.0"]
    assert r["ids"] == ["DHCP 20005,Get-DhcpServerv4Scope"] * 2
    assert r["category"] == "ObjectNotFound Get-DhcpServerv4Scope"
    assert r["exception"] == "Microsoft.Management.Infrastructure.CimException"
    assert r["target"] is True
    assert r["stopped"] == "DHCP 20115,Get-DhcpServerv4Failover"
    assert r["range"] == r["word"] == "ParameterArgumentValidationError,Set-DhcpServerv4Failover"
    assert r["sets"] == "AmbiguousParameterSet,Add-DhcpServerv4Failover"
    assert r["null"] == "ParameterArgumentValidationError,Set-DhcpServerv4Scope"
    assert r["job"] == "NotInTheLab,Get-DhcpServerv4Scope"
    assert (r["whatif"], r["left"]) == (0, 3)
    assert lab.audit.counts().writes == writes


def test_a_process_sees_its_own_server_and_nothing_of_the_caller(
    door: PowerShellDoor, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECRET_OF_THE_CALLER", "x")
    lab.servers["DHCP01"].clock_offset = timedelta(days=-1000)
    r = answers(
        door,
        lab,
        """
        $r.names = @(Get-ChildItem env: | ForEach-Object { $_.Name })
        $r.me = "$env:USERDOMAIN $env:USERNAME $env:COMPUTERNAME"
        $r.folders = @($env:HOME, $env:TEMP, $env:TMP)
        $r.clock = (Get-Date).ToUniversalTime().ToString('o')
        $r.other = Get-Date -Date '2020-02-03' -Format 'yyyy'
        """,
    )
    assert "A_SECRET_OF_THE_CALLER" not in r["names"]
    assert r["me"] == "CONTOSO operator DHCP01"
    assert all(Path(folder).is_relative_to(door._root / "servers" / "DHCP01") for folder in r["folders"])
    assert r["clock"][:13] == lab.now("DHCP01").isoformat()[:13]
    lab.servers["DHCP01"].clock_offset = timedelta(0)
    assert r["other"] == "2020"


def test_a_stopped_command_leaves_no_process(door: PowerShellDoor, lab: Lab) -> None:
    stop = threading.Event()
    marker = door._root / "pid"
    script = f"[IO.File]::WriteAllText('{marker}', \"$PID\"); [System.Threading.Thread]::Sleep(60000)"
    done: list[Finished] = []
    thread = threading.Thread(target=lambda: done.append(run(door, lab, script, stop)))
    thread.start()
    end = time.monotonic() + 20
    while not (marker.exists() and marker.read_text()) and time.monotonic() < end:
        time.sleep(0.05)
    stop.set()
    thread.join(5)
    assert done[0].exit_code == 1
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)


def test_input_reaches_the_command_and_its_exit_code_comes_back(door: PowerShellDoor, lab: Lab) -> None:
    done = run(door, lab, '$all = @($input); "$($all.Count) $($all[-1])"; exit 5', stdin=b"line\n" * 100_000 + b"end")
    assert (done.exit_code, done.stdout.strip(), done.processes) == (5, b"100001 end", 1)


def test_other_programs_are_refused(door: PowerShellDoor, lab: Lab) -> None:
    other = door.run(lab.servers["DHCP01"], SESSION, "cmd /c whoami", b"", threading.Event())
    assert (other.exit_code, other.processes) == (1, 0)
    assert b"PowerShell and no other program" in other.stderr


def test_any_engine_gets_the_names_of_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "some pwsh"
    program.write_text('#!/bin/sh\necho PowerShell 7.4.99 "$#"\n')
    program.chmod(0o755)
    monkeypatch.setenv(engines.ENGINE_VARIABLE, str(program))
    engine = find_engine()
    assert engine.path == program
    names = names_folder(Engine(program, "7.4.99"), tmp_path / "bin")
    assert names == tmp_path / "bin"
    assert sorted(one.name for one in names.iterdir()) == [
        "PowerShell",
        "chcp.com",
        "powershell",
        "powershell.exe",
        "pwsh",
    ]
    for name in engines.WINDOWS_NAMES:
        assert (
            subprocess.run([names / name, "a b", "c"], capture_output=True, text=True, check=True).stdout
            == "PowerShell 7.4.99 2\n"
        )
    assert names_folder(Engine(names / "pwsh", "7.4.99"), tmp_path / "unused") == names


def test_no_engine_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(engines.ENGINE_VARIABLE, str(tmp_path / "nothing"))
    with pytest.raises(NoEngine, match="WINDHCP_PWSH"):
        find_engine()
    monkeypatch.delenv(engines.ENGINE_VARIABLE)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoEngine, match="PATH"):
        find_engine()
