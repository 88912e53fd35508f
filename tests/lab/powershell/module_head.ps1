# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# What all functions of the stub module DhcpServer share (stub.py puts this before them). It runs in the PowerShell of a
# lab host only; the wire is described in bridge.py.

$script:reader = $null
$script:writer = $null
$script:json = [System.Text.Json.JsonSerializerOptions]::new()
$script:own = [System.Collections.Generic.HashSet[string]]::new(
    [string[]] (@([System.Management.Automation.Cmdlet]::CommonParameters) + 'WhatIf', 'CimSession', 'ThrottleLimit', 'AsJob'),
    [System.StringComparer]::OrdinalIgnoreCase)

function Send-Request([string] $Body) {
    if (-not $script:reader) {
        $socket = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
        $socket.Connect([System.Net.Sockets.UnixDomainSocketEndPoint]::new($env:WINDHCP_LAB_BRIDGE))
        $stream = [System.Net.Sockets.NetworkStream]::new($socket, $true)
        $script:reader = [System.IO.StreamReader]::new($stream)
        $script:writer = [System.IO.StreamWriter]::new($stream)
    }
    $script:writer.Write('{"token":"' + $env:WINDHCP_LAB_TOKEN + '",' + $Body + "}`n")
    $script:writer.Flush()
    [System.Text.Json.JsonDocument]::Parse($script:reader.ReadLine()).RootElement
}

function Format-Value($ToSend) {
    $Value = $ToSend
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [string]) { return '"' + [System.Text.Json.JsonEncodedText]::Encode($Value).ToString() + '"' }
    if ($Value -is [bool] -or $Value -is [switch]) { if ($Value) { return 'true' } else { return 'false' } }
    if ($Value -is [array]) { return '[' + (@(foreach ($one in $Value) { Format-Value $one }) -join ',') + ']' }
    if ($Value -is [timespan]) { return '"' + $Value.ToString('c') + '"' }
    if ($Value -is [datetime]) { return '"' + $Value.ToUniversalTime().ToString('o') + '"' }
    if ($Value -is [pscredential]) { return Format-Value $Value.UserName } # the password stays here
    if ($Value -is [ipaddress]) { return '"' + $Value.ToString() + '"' }
    $Value.ToString([System.Globalization.CultureInfo]::InvariantCulture)
}

function New-Failure([string] $Message, [string] $Id, [string] $Category, [string] $Target) {
    [System.Management.Automation.ErrorRecord]::new(
        [Microsoft.Management.Infrastructure.CimException]::new($Message), $Id, $Category, $Target)
}

function Read-Column($Column) {
    # Whole columns, since the engine converts an array much faster than a script converts its elements.
    $kind = $Column.GetProperty('kind').GetString()
    $values = $Column.GetProperty('values')
    if ($kind -eq 'null') { return , [object[]]::new($values.GetArrayLength()) }
    if ($kind.EndsWith('[]')) {
        $type = [type] $kind
        return , @(foreach ($one in [System.Text.Json.JsonSerializer]::Deserialize($values, [string[][]], $script:json)) { , ($one -as $type) })
    }
    switch ($kind) {
        'ipaddress' { , [ipaddress[]] [System.Text.Json.JsonSerializer]::Deserialize($values, [string[]], $script:json) }
        'datetime' { , @(foreach ($one in [System.Text.Json.JsonSerializer]::Deserialize($values, [datetime[]], $script:json)) { $one.ToLocalTime() }) }
        default { , [System.Text.Json.JsonSerializer]::Deserialize($values, [type] "$kind[]", $script:json) }
    }
}

function Read-Table($Table) {
    $class = $Table.GetProperty('type').GetString()
    $typeName = "Microsoft.Management.Infrastructure.CimInstance#root/Microsoft/Windows/DHCP/$class"
    $columns = [ordered] @{}
    foreach ($column in $Table.GetProperty('columns').EnumerateArray()) {
        $columns[$column.GetProperty('name').GetString()] = Read-Column $column
    }
    if ($class -eq 'System.String') { return $columns['Value'] } # a cmdlet that puts out plain text
    $scripted = @(foreach ($name in $Table.GetProperty('script').EnumerateArray()) { $name.GetString() })
    $count = $Table.GetProperty('rows').GetInt32()
    for ($row = 0; $row -lt $count; $row++) {
        $properties = [ordered] @{ PSTypeName = $typeName }
        foreach ($name in $columns.Keys) { $properties[$name] = $columns[$name][$row] }
        $properties['PSComputerName'] = $null
        $object = [pscustomobject] $properties
        foreach ($name in $scripted) { Set-ScriptProperty $object $name }
        $object
    }
}

function Set-ScriptProperty($Object, [string] $Name) {
    # The real module's type files define it by a script, and the engine unrolls what a script puts out.
    $values = $Object.$Name
    $Object.PSObject.Properties.Remove($Name)
    $Object.PSObject.Properties.Add([psscriptproperty]::new($Name, { $values }.GetNewClosure()))
}

function Read-File($Caller, $Name) {
    # Export- and Import-DhcpServer work with a file of the machine they run on.
    if (-not $Name) { return '' }
    $path = $Caller.GetUnresolvedProviderPathFromPSPath($Name)
    if (-not [System.IO.File]::Exists($path)) { return '' }
    $content = [System.Convert]::ToBase64String([System.IO.File]::ReadAllBytes($path))
    ',"files":{' + (Format-Value $Name) + ':"' + $content + '"}'
}

function Invoke-LabCmdlet($Caller, $Bound) {
    foreach ($unknown in 'AsJob', 'CimSession') {
        if ($Bound[$unknown]) {
            $Caller.ThrowTerminatingError((New-Failure "A lab host has no -$unknown." 'NotInTheLab' 'NotImplemented' $unknown))
        }
    }
    $name = $Caller.MyInvocation.MyCommand.Name
    $parameters = @(foreach ($key in $Bound.Keys) { if (-not $script:own.Contains($key)) { (Format-Value $key) + ':' + (Format-Value $Bound[$key]) } }) -join ','
    $reply = Send-Request ('"cmdlet":"' + $name + '","parameters":{' + $parameters + '}' + (Read-File $Caller $Bound['File']))
    $refused = [System.Text.Json.JsonElement]::new()
    if ($reply.TryGetProperty('refused', [ref] $refused)) {
        $Caller.ThrowTerminatingError((New-Failure $refused.GetString() 'RefusedByTheLab' 'InvalidArgument' $name))
    }
    foreach ($file in $reply.GetProperty('files').EnumerateObject()) {
        $path = $Caller.GetUnresolvedProviderPathFromPSPath($file.Name)
        if ($Bound['BackupPath']) { [void] [System.IO.Directory]::CreateDirectory($Bound['BackupPath']) } # the DHCP service makes it
        if ([System.IO.Directory]::Exists([System.IO.Path]::GetDirectoryName($path))) {
            [System.IO.File]::WriteAllBytes($path, $file.Value.GetBytesFromBase64())
            [System.IO.File]::SetLastWriteTimeUtc($path, (Get-Date).ToUniversalTime()) # by the simulated server's clock
        }
        else { # asked first, since -ErrorVariable collects an exception that is caught as well
            $Caller.WriteError((New-Failure "Could not find a part of the path '$path'." 'WIN32 3' 'ObjectNotFound' $path))
        }
    }
    foreach ($warning in $reply.GetProperty('warnings').EnumerateArray()) { $Caller.WriteWarning($warning.GetString()) }
    foreach ($table in $reply.GetProperty('tables').EnumerateArray()) { Read-Table $table }
    foreach ($one in $reply.GetProperty('errors').EnumerateArray()) { Write-LabError $Caller $one }
}

function Write-LabError($Caller, $One) {
    # Export- and Import-DhcpServer run cmdlets inside with 2> $null: what these write, the caller's -ErrorVariable collects all the
    # same, and once more what they post.
    $text = foreach ($field in 'message', 'id', 'category', 'target') { $One.GetProperty($field).GetString() }
    $record = New-Failure @text
    $swallowed = $One.GetProperty('swallowed_of').GetString()
    if ($swallowed -or $One.GetProperty('posted').GetBoolean()) {
        $inside = if ($swallowed) { $swallowed } else { 'Invoke-Inside' }
        . ([scriptblock]::Create("function $inside { [CmdletBinding()] param(`$Record) `$PSCmdlet.WriteError(`$Record) }; $inside `$record 2> `$null"))
        if ($swallowed) { return }
    }
    $details = $One.GetProperty('details').GetString()
    if ($details) { $record.ErrorDetails = $details }
    if ($One.GetProperty('terminating').GetBoolean()) { $Caller.ThrowTerminatingError($record) }
    $Caller.WriteError($record)
}

function Resolve-DnsName {
    # What the simulated server's DNS says: every server's names and aliases, and nothing else.
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0)] [string] $Name, [string] $Type)
    $found = @((Send-Request ('"resolve":' + (Format-Value $Name))).GetProperty('addresses').EnumerateArray())
    if (-not $found.Count) { $PSCmdlet.WriteError((New-Failure "$Name : DNS name does not exist" 'DNS_ERROR_RCODE_NAME_ERROR' 'ResourceUnavailable' $Name)) }
    foreach ($one in $found) { [pscustomobject] @{ Name = $Name; Type = 'A'; IPAddress = $one.GetString() } }
}

function Get-Acl {
    # Who owns a file and may do what: the engine's own command is for Windows only. Scripts ask for the SDDL of one path.
    [CmdletBinding()] param([Parameter(Mandatory)] [string] $LiteralPath)
    $reply = Send-Request ('"get_acl":' + (Format-Value $LiteralPath))
    $sddl = $refused = [System.Text.Json.JsonElement]::new()
    if ($reply.TryGetProperty('refused', [ref] $refused)) {
        $PSCmdlet.ThrowTerminatingError((New-Failure "Cannot find path '$LiteralPath' because it does not exist." 'PathNotFound' 'ObjectNotFound' $LiteralPath))
    }
    if (-not $reply.TryGetProperty('sddl', [ref] $sddl)) { throw [System.UnauthorizedAccessException]::new('Attempted to perform an unauthorized operation.') }
    [pscustomobject] @{ Path = $LiteralPath; Sddl = $sddl.GetString() }
}

function Get-Date {
    # A simulated server has a clock of its own, which may be wrong. Scripts ask it with a plain Get-Date.
    if ($args.Count) { return Microsoft.PowerShell.Utility\Get-Date @args }
    (Send-Request '"clock":true').GetProperty('now').GetDateTime().ToLocalTime()
}

function Stop-Service {
    # The DHCP service of a simulated server, and no other; the engine has no services.
    [CmdletBinding()] param([Parameter(Mandatory)] [string] $Name, [switch] $Force)
    Switch-LabService $PSCmdlet $Name 'stopped'
}

function Start-Service {
    [CmdletBinding()] param([Parameter(Mandatory)] [string] $Name)
    Switch-LabService $PSCmdlet $Name 'running'
}

function Switch-LabService($Caller, [string] $Name, [string] $State) {
    if ($Name -ne 'DHCPServer') {
        $Caller.ThrowTerminatingError((New-Failure "A lab host has no service $Name." 'NotInTheLab' 'NotImplemented' $Name))
    }
    [void] (Send-Request ('"service":"' + $State + '"'))
}

function Get-WinEvent {
    # The log of the DHCP service of a simulated server; the engine's own command is for Windows only.
    [CmdletBinding()] param([Parameter(Mandatory)] [hashtable] $FilterHashtable, [long] $MaxEvents = 100000, [string] $ComputerName = '')
    $provider = $FilterHashtable['ProviderName']
    if ($provider -ne 'Microsoft-Windows-DHCP-Server') {
        $PSCmdlet.ThrowTerminatingError((New-Failure "A lab host has no events of $provider." 'NotInTheLab' 'NotImplemented' $provider))
    }
    $asked = '"computer":' + (Format-Value $ComputerName) + ',"ids":' + (Format-Value @($FilterHashtable['Id'])) +
    ',"since":' + (Format-Value $FilterHashtable['StartTime']) + ',"most":' + $MaxEvents
    $reply = Send-Request ('"events":{' + $asked + '}')
    $refused = [System.Text.Json.JsonElement]::new()
    if ($reply.TryGetProperty('refused', [ref] $refused)) { throw $refused.GetString() }
    foreach ($one in $reply.GetProperty('events').EnumerateArray()) {
        $user = [pscustomobject] @{ Sid = $one.GetProperty('sid').GetString(); Account = $one.GetProperty('user').GetString() }
        Add-Member -InputObject $user -MemberType ScriptMethod -Name ToString -Value { $this.Sid } -Force
        Add-Member -InputObject $user -MemberType ScriptMethod -Name Translate -Value {
            if (-not $this.Account) { throw 'Some or all identity references could not be translated.' }
            $this.Account
        }
        [pscustomobject] @{
            Id          = $one.GetProperty('id').GetInt32()
            TimeCreated = $one.GetProperty('time').GetDateTime().ToLocalTime()
            UserId      = $user
            Properties  = @(foreach ($value in $one.GetProperty('values').EnumerateArray()) { [pscustomobject] @{ Value = $value.GetString() } })
        }
    }
    $problem = @(foreach ($text in $reply.GetProperty('problem').EnumerateArray()) { $text.GetString() })
    if (-not $problem.Count) { return }
    $record = New-Failure $problem[2] $problem[0] $problem[1] ''
    if ($reply.GetProperty('ends').GetBoolean()) { $PSCmdlet.ThrowTerminatingError($record) }
    $PSCmdlet.WriteError($record)
}
