# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""lab.powershell.stub: the engine itself says what the generated functions take, compared with metadata.json."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import lab.core
import pytest
from lab.powershell.engine import NoEngine, base_environment, find_engine
from lab.powershell.stub import BY_PROPERTY_NAME, SURROUNDINGS, write_module

RAW: dict[str, Any] = json.loads(Path(lab.core.__file__ or "").with_name("metadata.json").read_text())["cmdlets"]
SCRIPT_FUNCTIONS = ("Export-DhcpServer", "Import-DhcpServer")
NO_POSITION = -(2**31)

ASK = r"""
$module = Import-Module DhcpServer -PassThru
$own = [System.Management.Automation.Cmdlet]::CommonParameters
$functions = [ordered] @{}
foreach ($command in $module.ExportedCommands.Values) {
    $parameters = [ordered] @{}
    foreach ($one in $command.Parameters.Values) {
        if ($own -contains $one.Name) { continue }
        $sets = [ordered] @{}
        foreach ($set in $one.ParameterSets.Keys) {
            $in = $one.ParameterSets[$set]
            $sets[$set] = [ordered] @{
                mandatory = $in.IsMandatory
                position = $in.Position
                byName = $in.ValueFromPipelineByPropertyName
                byValue = $in.ValueFromPipeline
            }
        }
        $validation = [ordered] @{}
        foreach ($attribute in $one.Attributes) {
            $kind = $attribute.GetType().Name -replace 'Attribute$', ''
            $validation[$kind] = switch ($kind) {
                'ValidateSet' { , @($attribute.ValidValues) }
                'ValidateRange' { , @($attribute.MinRange, $attribute.MaxRange) }
                default { $true }
            }
        }
        $parameters[$one.Name] = [ordered] @{
            type = $one.ParameterType.ToString()
            aliases = @($one.Aliases)
            sets = $sets
            validation = $validation
        }
    }
    $binding = $command.ScriptBlock.Attributes.Where({ $_ -is [System.Management.Automation.CmdletBindingAttribute] })
    $functions[$command.Name] = [ordered] @{
        kind = "$($command.CommandType)"
        defaultSet = $command.DefaultParameterSet
        impact = "$($binding.ConfirmImpact)"
        parameters = $parameters
    }
}
ConvertTo-Json @{ version = "$($module.Version)"; functions = $functions } -Depth 9 -Compress
"""


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    try:
        engine = find_engine()
    except NoEngine as missing:
        pytest.skip(f"no PowerShell to ask: {missing}")
    folder = tmp_path_factory.mktemp("modules")
    write_module(folder)
    script = folder / "ask.ps1"
    script.write_text(ASK)
    environment = base_environment() | {"HOME": str(folder), "PSModulePath": str(folder)}
    output = subprocess.run(
        [str(engine.path), "-NoProfile", "-File", str(script)], env=environment, capture_output=True, check=True
    ).stdout
    result: dict[str, Any] = json.loads(output)
    return result


def net_type(kind: str) -> str:
    names = {
        "bool": "System.Boolean",
        "datetime": "System.DateTime",
        "ipaddress": "System.Net.IPAddress",
        "pscredential": "System.Management.Automation.PSCredential",
        "string": "System.String",
        "switch": "System.Management.Automation.SwitchParameter",
        "timespan": "System.TimeSpan",
        "uint16": "System.UInt16",
        "uint32": "System.UInt32",
    }
    if kind.endswith("?"):
        return f"System.Nullable`1[{names[kind[:-1]]}]"
    if kind.startswith("System.Nullable["):
        return f"System.Nullable`1[{names[kind[16:-1]]}]"
    return names[kind[:-2]] + "[]" if kind.endswith("[]") else names[kind]


def common(cmdlet: str) -> dict[str, str]:
    session = "Microsoft.Management.Infrastructure.CimSession"
    if cmdlet in SCRIPT_FUNCTIONS:
        types = {"ComputerName": "System.String", "CimSession": session}
    else:
        switch = "System.Management.Automation.SwitchParameter"
        types = {
            "ComputerName": "System.String",
            "CimSession": f"{session}[]",
            "ThrottleLimit": "System.Int32",
            "AsJob": switch,
        }
    if RAW[cmdlet]["should_process"]:
        types |= {"WhatIf": "System.Management.Automation.SwitchParameter"}
        types |= {"Confirm": "System.Management.Automation.SwitchParameter"}
    return types


def test_the_module_exports_the_75_and_what_surrounds_them(answer: dict[str, Any]) -> None:
    assert answer["version"] == "2.0.0.0"
    assert set(answer["functions"]) == {*RAW, *SURROUNDINGS}
    assert len(RAW) == 75


@pytest.mark.parametrize("cmdlet", sorted(RAW))
def test_a_cmdlet_takes_what_the_real_one_takes(cmdlet: str, answer: dict[str, Any]) -> None:
    raw, seen = RAW[cmdlet], answer["functions"][cmdlet]
    assert seen["kind"] == "Function"
    assert seen["defaultSet"] in (raw.get("default_set"), "__AllParameterSets" if "default_set" not in raw else "")
    if raw["should_process"]:
        assert seen["impact"] == raw["confirm_impact"]
    shared = common(cmdlet)
    assert set(seen["parameters"]) == {*raw["parameters"], *shared}
    assert {name: seen["parameters"][name]["type"] for name in shared} == shared
    assert seen["parameters"]["ComputerName"]["aliases"] == ["Cn"]
    assert seen["parameters"]["CimSession"]["aliases"] == ["Session"]


@pytest.mark.parametrize(
    ("cmdlet", "name"), [(cmdlet, name) for cmdlet, raw in sorted(RAW.items()) for name in raw["parameters"]]
)
def test_a_parameter_is_the_real_ones(cmdlet: str, name: str, answer: dict[str, Any]) -> None:
    raw, seen = RAW[cmdlet]["parameters"][name], answer["functions"][cmdlet]["parameters"][name]
    assert seen["type"] == net_type(raw["type"])
    assert seen["aliases"] == raw.get("aliases", [])

    sets = raw.get("sets", ["(All)"])
    assert set(seen["sets"]) == {"__AllParameterSets" if one == "(All)" else one for one in sets}
    first = NO_POSITION if (cmdlet, name) not in {(one, "File") for one in SCRIPT_FUNCTIONS} else 0
    for where in seen["sets"].values():
        assert where["mandatory"] == raw.get("mandatory", False)
        assert where["position"] == raw.get("position", first)
        assert where["byName"] == (name in BY_PROPERTY_NAME.get(cmdlet, "").split())
        assert where["byValue"] is False

    checks = seen["validation"]
    assert checks.get("ValidateSet") == raw.get("values")
    assert checks.get("ValidateRange") == raw.get("range")
    nullable, may_be_empty = raw.get("nullable", False), raw.get("allow_empty", False)
    assert ("AllowNull" in checks) == nullable
    assert ("AllowEmptyString" in checks or "AllowEmptyCollection" in checks) == may_be_empty
    if cmdlet not in SCRIPT_FUNCTIONS:
        assert ("ValidateNotNullOrEmpty" in checks) == (not nullable and not may_be_empty)
        assert ("ValidateNotNull" in checks) == (not nullable and may_be_empty)


def test_every_name_in_the_pipeline_table_is_a_parameter() -> None:
    for cmdlet, names in BY_PROPERTY_NAME.items():
        assert set(names.split()) <= set(RAW[cmdlet]["parameters"])
