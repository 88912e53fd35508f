# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
<#
.SYNOPSIS
Says what in a script would not run, or run differently, in Windows PowerShell 5.1 on .NET Framework 4.6.2, although PowerShell 7 takes it.
.DESCRIPTION
Parses with the real parser and walks the tree: syntax newer than 5.1; commands and parameters that 5.1 or the DhcpServer module does not have;
.NET types and members that .NET Framework 4.6.2 or the 5.1 API does not have, or not with that number of arguments. Prints one line a finding, last
"N found"; exit code 1 if N > 0. What it cannot see: the type of an instance (only that some type has such a member), the C# that a script compiles, behaviour.
Tables: powershell-5.1-commands.json (from the published 5.1 reference), net-framework-4.6.2-api.json.gz (from the reference assemblies: type -> member -> numbers of arguments, -1 = not a method),
dhcpserver-cmdlets.json.
.EXAMPLE
pwsh -NoProfile -File Test-WindowsPowerShell.ps1 -Path plugins/modules/dhcp_cmdlets.ps1
#>
param([Parameter(Mandatory)] [string[]] $Path, [string] $Tables = $PSScriptRoot)
$ErrorActionPreference = 'Stop'
$script:found = 0

$gzip = [System.IO.Compression.GZipStream]::new([System.IO.File]::OpenRead((Join-Path $Tables 'net-framework-4.6.2-api.json.gz')), [System.IO.Compression.CompressionMode]::Decompress)
$api = [System.IO.StreamReader]::new($gzip).ReadToEnd() | ConvertFrom-Json -AsHashtable
$commands = [System.IO.File]::ReadAllText((Join-Path $Tables 'powershell-5.1-commands.json')) | ConvertFrom-Json -AsHashtable
$dhcp = [System.IO.File]::ReadAllText((Join-Path $Tables '../lab/core/metadata.json')) | ConvertFrom-Json -AsHashtable
if ($dhcp.Contains('cmdlets')) { $dhcp = $dhcp['cmdlets'] }
$common = 'Verbose', 'Debug', 'ErrorAction', 'WarningAction', 'InformationAction', 'ErrorVariable', 'WarningVariable', 'InformationVariable', 'OutVariable', 'OutBuffer', 'PipelineVariable', 'WhatIf', 'Confirm'
$accelerators = [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')::Get
$aliases = @{ '%' = 'ForEach-Object'; '?' = 'Where-Object'; 'foreach' = 'ForEach-Object'; 'where' = 'Where-Object'; 'select' = 'Select-Object'; 'sort' = 'Sort-Object' }
$members = @{}
# get_Keys(): some types have a member Keys, and PowerShell takes the entry of a hash table before its property
foreach ($type in $api.Values) { foreach ($name in $type.get_Keys()) { if (-not $members.ContainsKey($name)) { $members[$name] = [System.Collections.Generic.HashSet[int]]::new() }; foreach ($n in $type[$name]) { $null = $members[$name].Add($n) } } }
$byScript = 'Count', 'Length', 'PSObject', 'PSBase', 'PSTypeNames', 'ForEach', 'Where' # what the engine itself adds to any object

$typeNames = @{} # a PowerShell hash table finds names in any case, as PowerShell finds types
foreach ($full in $api.Keys) { $typeNames[$full] = $full }

function Find-Type([string] $Name) {
    $name = ($Name -replace '\[\]$', '') -replace '\[.*$', '' -replace '`\d+$', ''
    if ($accelerators.ContainsKey($name)) { $name = ($accelerators[$name].FullName -replace '`.*$', '') }
    foreach ($candidate in @($name, "System.$name") + @($script:namespaces | ForEach-Object { "$_.$name" })) {
        if ($typeNames.Contains($candidate)) { return $typeNames[$candidate] }
        foreach ($n in 1..4) { if ($typeNames.Contains("$candidate``$n")) { return $typeNames["$candidate``$n"] } }
    }
}

foreach ($file in $Path) {
    $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile([System.IO.Path]::GetFullPath($file), [ref] $null, [ref] $errors)
    $say = { param($Ast, $What) $script:found++; '{0}:{1}: {2}' -f [System.IO.Path]::GetFileName($file), $Ast.Extent.StartLineNumber, $What }
    foreach ($e in $errors) { & $say $e $e.Message }
    $script:namespaces = @($tree.UsingStatements | Where-Object { $_.UsingStatementKind -eq 'Namespace' } | ForEach-Object { $_.Name.Value })
    $own = @($tree.FindAll({ $args[0] -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $true) | ForEach-Object { $_.Name })
    $ownTypes = @($tree.FindAll({ $args[0] -is [System.Management.Automation.Language.TypeDefinitionAst] }, $true) | ForEach-Object { $_.Name })
    $texts = @($tree.FindAll({ $args[0] -is [System.Management.Automation.Language.StringConstantExpressionAst] }, $true) | ForEach-Object { $_.Value })
    $ownTypes += @([regex]::Matches("$texts", '\bpublic static class (\w+)') | ForEach-Object { $_.Groups[1].Value }) # what it compiles
    if ($tree.ParamBlock -and $tree.CleanBlock) { & $say $tree.CleanBlock 'clean block' }
    foreach ($a in $tree.FindAll({ $true }, $true)) {
        switch ($a.GetType().Name) {
            'TernaryExpressionAst' { & $say $a 'a ? b : c' }
            'PipelineChainAst' { & $say $a '&& or ||' }
            'BinaryExpressionAst' { if ("$($a.Operator)" -eq 'QuestionQuestion') { & $say $a '??' } }
            'AssignmentStatementAst' { if ("$($a.Operator)" -eq 'QuestionQuestionEquals') { & $say $a '??=' } }
            'IndexExpressionAst' { if ($a.NullConditional) { & $say $a '?[]' } }
            'PipelineAst' { if ($a.Background) { & $say $a '& in the background' } }
            'StringConstantExpressionAst' { if ($a.StringConstantType -ne 'BareWord' -and $a.Extent.Text -match '"' -and $a.Extent.Text -match '`(u\{|e)') { & $say $a 'escape `u{} or `e' } }
            'ConstantExpressionAst' { if ($a.Extent.Text -match '^[+-]?(0b|\d+(y|uy|s|us|u|ul|n)$)') { & $say $a "number literal $($a.Extent.Text)" } }
            'VariableExpressionAst' { if ($a.VariablePath.UserPath -in 'IsWindows', 'IsLinux', 'IsMacOS', 'IsCoreCLR', 'PSStyle', 'EnabledExperimentalFeatures') { & $say $a "`$$($a.VariablePath.UserPath) does not exist" } }
            'TypeExpressionAst' { if (-not (Find-Type $a.TypeName.FullName) -and $a.TypeName.Name -notin $ownTypes) { & $say $a "[$($a.TypeName.FullName)] is no type of .NET Framework 4.6.2" } }
            'TypeConstraintAst' { if (-not (Find-Type $a.TypeName.FullName) -and $a.TypeName.Name -notin $ownTypes -and $a.TypeName.Name -notin 'ordered', 'pscustomobject') { & $say $a "[$($a.TypeName.FullName)] is no type of .NET Framework 4.6.2" } }
            { $_ -in 'MemberExpressionAst', 'InvokeMemberExpressionAst' } {
                if ($a.NullConditional) { & $say $a '?.' }
                if ($a.Member -isnot [System.Management.Automation.Language.StringConstantExpressionAst]) { break }
                $name = $a.Member.Value
                $count = if ($_ -eq 'InvokeMemberExpressionAst') { @($a.Arguments | Where-Object { $_ }).Count } else { -1 }
                if ($a.Static -and $a.Expression -is [System.Management.Automation.Language.TypeExpressionAst]) {
                    $type = Find-Type $a.Expression.TypeName.FullName
                    if (-not $type) { break }
                    $known = @($api[$type].get_Keys() | Where-Object { $_ -eq $name } | ForEach-Object { $api[$type][$_] })
                    if ($known.Count -eq 0) { & $say $a "[$type]::$name does not exist" }
                    elseif ($count -ge 0 -and $known -notcontains $count -and -not ($known | Where-Object { $_ -le $count + 1 -and $_ -gt 0 -and $name -in 'Format', 'Concat', 'Join', 'Combine' })) { & $say $a "[$type]::$name does not take $count argument(s)" }
                }
                elseif ($count -ge 0) {
                    $known = @($members.get_Keys() | Where-Object { $_ -eq $name })
                    if ($known.Count -eq 0 -and $name -notin $byScript) { & $say $a ".$name() exists on no type" }
                    elseif ($known.Count -and -not ($known | Where-Object { $members[$_].Contains($count) }) -and $name -notin 'Invoke', 'InvokeReturnAsIs', 'Format', 'Split', 'Trim', 'TrimEnd', 'TrimStart') { & $say $a ".$name() takes $count argument(s) on no type" }
                }
            }
            'CommandAst' {
                $name = $a.GetCommandName()
                if (-not $name) { break }
                if ($aliases.ContainsKey($name)) { $name = $aliases[$name] }
                $name = $name -replace '^.*\\', ''
                if ($name -in $own) { break }
                if ($commands.Contains($name)) {
                    $allowed = @($commands[$name]['parameters']) + @($commands[$name]['aliases'].Values | ForEach-Object { $_ }) + $common
                }
                elseif ($name -eq 'Resolve-DnsName') { break } # of DnsClient, Windows Server 2012 and later
                elseif ($dhcp.Contains($name)) { break } # bound against its own metadata by the stub module
                else { & $say $a "$name is no command of Windows PowerShell 5.1, of DhcpServer or of this file"; break }
                foreach ($p in $a.CommandElements) {
                    if ($p -is [System.Management.Automation.Language.CommandParameterAst] -and -not ($allowed | Where-Object { $_ -like "$($p.ParameterName)*" })) { & $say $p "$name -$($p.ParameterName) does not exist" }
                }
            }
        }
    }
}
"$script:found found"
exit [int]($script:found -gt 0)
