# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Generates the stub module DhcpServer: every cmdlet a function with the real one's parameters, which asks the core.

The cmdlets of the real module are functions as well (CDXML, C WIN32). module_head.ps1 holds what they share.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lab.core.metadata import Cmdlet, Parameter
from lab.core.versions import Version, module

MODULE = "DhcpServer"
CURRENT = (10, 0)
SURROUNDINGS = (
    "Get-Acl",
    "Get-Date",
    "Get-WinEvent",
    "Resolve-DnsName",
    "Start-Service",
    "Stop-Service",
)  # exported as well: the simulated server's files, its clock, its event log, its DNS and its DHCP service
SCRIPT_FUNCTIONS = ("Export-DhcpServer", "Import-DhcpServer")  # C STUB: these two are no CDXML
# C STUB: the one position that metadata.json leaves out, the first of the two script functions
POSITION_ZERO = {(name, "File") for name in SCRIPT_FUNCTIONS}

# C STUB: what binds from the pipeline by property name, of the cmdlets whose table says so (dhcp-failover.md 1)
BY_PROPERTY_NAME = {
    "Get-DhcpServerv4Failover": "Name ScopeId",
    "Add-DhcpServerv4Failover": (
        "AutoStateTransition MaxClientLeadTime Name PartnerServer ScopeId StateSwitchInterval"
    ),
    "Set-DhcpServerv4Failover": "AutoStateTransition MaxClientLeadTime Mode Name StateSwitchInterval",
    "Remove-DhcpServerv4Failover": "Name",
    "Add-DhcpServerv4FailoverScope": "Name",
    "Remove-DhcpServerv4FailoverScope": "Name ScopeId",
    "Invoke-DhcpServerv4FailoverReplication": "Name ScopeId",
    "Export-DhcpServer": "Prefix ScopeId",
    "Remove-DhcpServerv4Scope": "ScopeId",
}
TYPES = {"cimsession": "Microsoft.Management.Infrastructure.CimSession", "int32": "int"}
VALUE_TYPES_WITH_NULL = ("bool", "datetime", "timespan")  # nullable ones are Nullable[T]; a uint32 takes null as 0


def write_module(folder: Path, version: Version = CURRENT) -> None:
    """Writes DhcpServer/DhcpServer.psd1 and .psm1 below ``folder``, which belongs on PSModulePath. ``version``: of
    Windows."""
    known = module(version)
    target = folder / MODULE
    target.mkdir(parents=True, exist_ok=True)
    (target / f"{MODULE}.psd1").write_text(_manifest(known), encoding="utf-8")
    (target / f"{MODULE}.psm1").write_text(_module(known.values()), encoding="utf-8")


def _manifest(names: Iterable[str]) -> str:
    exported = ", ".join(f"'{name}'" for name in (*names, *SURROUNDINGS))
    return f"""@{{
    RootModule = '{MODULE}.psm1'
    ModuleVersion = '2.0.0.0'
    GUID = 'b5a3c1de-6f0b-4f7e-9a52-0d6f5f1c7e21'
    Description = 'Stub of the DhcpServer module, for a simulated server'
    FunctionsToExport = @({exported})
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
}}
"""


def _module(all_cmdlets: Iterable[Cmdlet]) -> str:
    head = Path(__file__).with_name("module_head.ps1").read_text(encoding="utf-8")
    return head + "\n".join(_function(cmdlet) for cmdlet in all_cmdlets)


def _function(cmdlet: Cmdlet) -> str:
    binding = ["PositionalBinding=$false"]
    if cmdlet.should_process:
        binding.append(f"SupportsShouldProcess, ConfirmImpact='{cmdlet.confirm_impact}'")
    if cmdlet.default_set:
        binding.append(f"DefaultParameterSetName='{cmdlet.default_set}'")
    # CmdletBinding itself brings WhatIf and Confirm
    declared = [one for one in cmdlet.parameters.values() if one.name not in ("WhatIf", "Confirm")]
    parameters = ",\n".join(_parameter(cmdlet, one) for one in declared)
    call = "Invoke-LabCmdlet $PSCmdlet $PSBoundParameters"
    if cmdlet.should_process:
        call = f"if ($PSCmdlet.ShouldProcess($env:COMPUTERNAME)) {{ {call} }}"
    return (
        f"function {cmdlet.name} "
        f"{{\n[CmdletBinding({', '.join(binding)})]\nparam(\n{parameters}\n)\nprocess {{ {call} }}\n}}\n"
    )


def _parameter(cmdlet: Cmdlet, parameter: Parameter) -> str:
    attributes = [*_parameter_attributes(cmdlet, parameter), *_validation(cmdlet, parameter)]
    if parameter.aliases:
        attributes.append(f"[Alias({_quoted(parameter.aliases)})]")
    return f"{''.join(attributes)}[{_type(parameter)}] ${parameter.name}"


def _parameter_attributes(cmdlet: Cmdlet, parameter: Parameter) -> list[str]:
    settings = []
    if parameter.mandatory:
        settings.append("Mandatory")
    if (cmdlet.name, parameter.name) in POSITION_ZERO:
        settings.append("Position=0")
    elif parameter.position is not None:
        settings.append(f"Position={parameter.position}")
    if parameter.name in BY_PROPERTY_NAME.get(cmdlet.name, "").split():
        settings.append("ValueFromPipelineByPropertyName")
    sets = [name for name in parameter.sets if name != "(All)"]
    if not sets:
        return [f"[Parameter({', '.join(settings)})]"] if settings else []
    return [f"[Parameter({', '.join([f'ParameterSetName={name!r}', *settings])})]" for name in sets]


def _validation(cmdlet: Cmdlet, parameter: Parameter) -> list[str]:
    result = []
    if parameter.values:
        result.append(f"[ValidateSet({_quoted(parameter.values)})]")
    if parameter.range:
        result.append(f"[ValidateRange({parameter.range[0]}, {parameter.range[1]})]")
    if parameter.nullable:
        result.append("[AllowNull()]")
    if parameter.allow_empty:
        result.append("[AllowEmptyCollection()]" if parameter.array else "[AllowEmptyString()]")
    checked = not parameter.common or parameter.name in ("ComputerName", "CimSession")
    if checked and not parameter.nullable and (parameter.common or cmdlet.name not in SCRIPT_FUNCTIONS):
        result.append("[ValidateNotNull()]" if parameter.allow_empty else "[ValidateNotNullOrEmpty()]")
    return result


def _type(parameter: Parameter) -> str:
    name = TYPES.get(parameter.type, parameter.type)
    if parameter.nullable and parameter.type in VALUE_TYPES_WITH_NULL:
        name = f"Nullable[{name}]"
    return f"{name}[]" if parameter.array else name


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
