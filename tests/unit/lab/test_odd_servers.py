# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The true script on servers that are odd: another language, another PowerShell, a busy disk, a module that fails in
its own way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from core_calls import company
from lab.core.api import Session
from lab.core.lab import Lab
from lab.powershell import dhcpsapi
from lab.powershell.direct import DirectPowerShell
from lab.powershell.engine import NoEngine, find_engine

SCRIPT = Path(__file__).resolve().parents[3] / "plugins" / "modules" / "dhcp_cmdlets.ps1"
SESSION = Session("DHCP01", "administrator")
WHO = {"id": "who", "op": "who_when"}
MANIFEST = (
    "@{{ ModuleVersion = '1.0'; GUID = '6a2d1f0e-0000-4000-8000-00000000000{}'; NestedModules = @('{}'); "
    "FunctionsToExport = '*' }}"
)

# as the one that Export- and Import-DhcpServer are in: its texts come with it, and in some languages from a file
LOCALIZED = """
data texts { ConvertFrom-StringData @'
word = built in
'@ }
Import-LocalizedData -BindingVariable texts -FileName Texts.psd1
function Get-DhcpServerVersion { [CmdletBinding()] param() [pscustomobject] @{ Word = $texts.word } }
"""
# fails as Microsoft's script functions do: the reason in ErrorDetails, what an inner function said once more, and then
# it ends
FAILING = """
function Write-Failure([string] $Id, [string] $Message, [string] $Details) {
    $failed = [Exception]::new($Message)
    $record = [System.Management.Automation.ErrorRecord]::new($failed, $Id, 'InvalidOperation', "file of hush")
    if ($Details) { $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new($Details) }
    $record
}
function Get-DhcpServerVersion {
    [CmdletBinding()] param([string] $Word)
    $first = Write-Failure 'DHCP 20005' 'Failed.' 'The scope 10.0.1.0 is not there.'
    $PSCmdlet.WriteError($first)
    $PSCmdlet.WriteError($first)
    $PSCmdlet.WriteError((Write-Failure 'DHCP 20013' 'Failed with hush.' ''))
    $PSCmdlet.ThrowTerminatingError((Write-Failure 'InvalidOperation' 'Failed.' 'The file is of version 10.0.'))
}
"""


@pytest.fixture(autouse=True)
def _engine() -> None:
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))


def ask(
    prelude: str, *operations: Mapping[str, Any], lab: Lab | None = None, secrets: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    with DirectPowerShell(SCRIPT, prelude) as powershell:
        reply: Mapping[str, Any] = json.loads(
            powershell(lab or company(), SESSION, json.dumps({"calls": operations or [WHO]}), secrets)
        )
    found: Mapping[str, Any] = reply["reply"]
    return found


def module(folder: Path, text: str) -> str:
    """A module DhcpServer in the place of the real one, as PowerShell that makes it be found."""
    home = folder / "DhcpServer"
    (home / "xx-XX").mkdir(parents=True)
    (home / "DhcpServer.psd1").write_text(MANIFEST.format(1, "Inner.psm1"), encoding="utf-8")
    (home / "Inner.psm1").write_text(text, encoding="utf-8")
    (home / "xx-XX" / "Texts.psd1").write_text("ConvertFrom-StringData @'\nword = xx\n'@\n", encoding="utf-8")
    return f"$env:PSModulePath = '{folder}'"


def test_a_language_without_texts_on_the_server_is_no_reason_to_stop(tmp_path: Path) -> None:
    version = {"id": "v", "op": "cmdlet", "cmdlet": "Get-DhcpServerVersion", "select": ["Word"]}
    reply = ask(module(tmp_path, LOCALIZED), version)
    assert (reply["status"], reply["errors"]) == ("done", [])
    assert reply["calls"][0]["objects"] == [{"Word": "built in"}]


@pytest.mark.parametrize(
    ("broken", "error_id"),
    [
        ("", "Modules_ModuleNotFound"),
        ("throw 'no good'", "no good"),
        ("Get-Nothing -ErrorAction Stop", "CommandNotFoundException"),
    ],
)
def test_a_module_that_does_not_load_is_told_with_the_reason(broken: str, error_id: str, tmp_path: Path) -> None:
    reply = ask(module(tmp_path, broken) if broken else f"$env:PSModulePath = '{tmp_path}'")
    assert (reply["status"], reply["calls"]) == ("no_module", [])
    assert reply["errors"][0]["id"].startswith(error_id)
    assert reply["errors"][0]["message"]


def test_what_a_cmdlet_says_is_told_in_order_once_with_its_reason_and_no_secret(tmp_path: Path) -> None:
    version = {
        "id": "v",
        "op": "cmdlet",
        "cmdlet": "Get-DhcpServerVersion",
        "parameters": {"Word": {"secret": 0}},
        "select": [],
    }
    (said,) = ask(module(tmp_path, FAILING), version, secrets=("hush",))["calls"]
    assert [(error["id"], error["message"]) for error in said["errors"]] == [
        ("DHCP 20005,Get-DhcpServerVersion", "Failed. The scope 10.0.1.0 is not there."),
        ("DHCP 20013,Get-DhcpServerVersion", "Failed with ********."),
        ("InvalidOperation,Get-DhcpServerVersion", "Failed. The file is of version 10.0."),
    ]
    assert {error["target"] for error in said["errors"]} == {"file of ********"}


def test_a_value_that_cannot_be_read_is_no_value_that_is_missing() -> None:
    """ScopeId is a script property. The engine shows one that fails as null, which would be a relationship without a
    scope."""
    kind = "Microsoft.Management.Infrastructure.CimInstance#root/Microsoft/Windows/DHCP/DhcpServerv4Scope"
    prelude = (
        f"Update-TypeData -TypeName '{kind}' -MemberType ScriptProperty -MemberName Odd -Value "
        f"{{ throw 'Not today, hush.' }}"
    )
    read = {"id": "scopes", "op": "cmdlet", "cmdlet": "Get-DhcpServerv4Scope", "select": ["ScopeId", "Odd"]}
    (said,) = ask(prelude, read, secrets=("hush",))["calls"]
    assert said["objects"] == []
    (error,) = said["errors"]
    assert (error["id"], error["target"]) == ("windhcp.property", "Odd")
    assert error["message"] == "Odd of what Get-DhcpServerv4Scope answers: Not today, ********."


def test_powershell_7_is_named_and_writes_nothing() -> None:
    lab = company()
    remove = {
        "id": "r",
        "op": "cmdlet",
        "cmdlet": "Remove-DhcpServerv4Scope",
        "parameters": {"ScopeId": ["10.10.10.0"], "Force": True},
    }
    reply = ask("$PSVersionTable['Platform'] = 'Win32NT'", remove, lab=lab)
    assert (reply["status"], reply["calls"]) == ("not_windows_powershell", [])
    assert reply["errors"][0]["message"].startswith("PowerShell 7.")
    assert lab.audit.entries == ()


def test_a_restricted_language_is_named_with_its_session_configuration() -> None:
    prelude = f"""
    $global:PSSenderInfo = [pscustomobject] @{{ ConfigurationName = 'Helpdesk' }}
    $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
    & '{SCRIPT}'
    return
    """
    reply = ask(prelude)
    assert (reply["status"], reply["calls"]) == ("constrained_language", [])
    assert reply["errors"][0]["message"] == "ConstrainedLanguage, session configuration Helpdesk"


@pytest.mark.parametrize(("failures", "works"), [(1, True), (2, False)])
def test_the_compiler_gets_a_second_try_and_has_its_say(failures: int, works: bool) -> None:
    if dhcpsapi.library() is None:
        pytest.skip("no C compiler")
    prelude = f"""
    $global:failures = {failures}
    function global:Add-Type {{
        if ($global:failures-- -gt 0) {{
            Write-Error -Message "error CS0016: Could not write to output file 'x.dll'" -ErrorAction Stop
        }}
        Microsoft.PowerShell.Utility\\Add-Type @args
    }}
    """
    (said,) = ask(prelude, {"id": "api", "op": "probe_api", "relationship": "Nothing"})["calls"]
    if works:
        assert [error["id"] for error in said["errors"]] == ["DHCP 20115"]
    else:
        assert [error["id"] for error in said["errors"]] == ["windhcp.no_api"]
        assert "CS0016" in said["errors"][0]["message"]
