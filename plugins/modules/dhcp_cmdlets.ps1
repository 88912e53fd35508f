#!powershell

# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

#Requires -Version 5.1
# Nothing of Ansible's is needed. Its sanity tests want a line that asks for a utility: this one is not there, and costs nothing.
#AnsibleRequires -CSharpUtil Ansible.None -Optional

# A remote procedure call for the DhcpServer module and nothing more: it runs the request's list of operations and answers
# with plain JSON. All decisions are made by plugins/plugin_utils. The operations are a closed list (Invoke-Operation);
# values travel as data and are never run as code. Windows PowerShell 5.1, .NET Framework 4.6.2; the only C#, for the
# management API, is compiled when an operation needs it.
#
# Option "secrets": texts that no cmdlet of this script gets but the one that needs it, and that nothing shows; the request
# says {"secret": 0} in the place of the first one. A parameter of a cmdlet can end in an event log (module logging).
# Request, one JSON text in the option "request":
#   before       reads; with "fingerprint", their result must still be the one that the plan was made from
#   calls        run in order, up to the first that had an error. What "only_if" of one is (as for wait_until) is looked at just
#                before it, which is not run where that has an error
#   finally      always run, each of them
#   check_mode   true: an operation that writes is refused
#   fingerprint  null or the fingerprint that an earlier reply gave for the same reads
#   mutex        null or seconds to wait for another run of this script that writes
#   who          with "mutex": what another run is told that finds this one at work
# Reply, in the result's "reply":
#   status       done | stopped (a call had an error) | changed_meanwhile | busy | no_mutex | no_module | constrained_language |
#                not_windows_powershell | script_error
#   fingerprint  of "finally", or of "before" where that is empty or nothing was written
#   before, calls, finally   one {id, objects, errors, warnings} for each operation that ran;
#                "before" is empty where it is what the caller knows, by the fingerprint
#   errors       of the request itself, {id, category, target, message}
#   clock        the server's, with milliseconds, when everything had run; null under constrained_language

$ErrorActionPreference = 'Stop'

# ------------------------------------------------------------------ JSON

# A server has thousands of scopes, and in Windows PowerShell a function call costs more than all else here: none for a usual value,
# and each object becomes text once.
$script:unusual = [regex]::new('[^ !#-\[\]-\x7f]')
$script:escapes = @{ 8 = '\b'; 9 = '\t'; 10 = '\n'; 12 = '\f'; 13 = '\r'; 34 = '\"'; 92 = '\\' }
$script:names = [hashtable]::new([System.StringComparer]::Ordinal) # of properties, as they stand before a value

function ConvertTo-JsonString([string] $Value) {
    # half a pair of UTF-16 is no character, and some versions of Ansible read no text that holds one
    $Value = [regex]::Replace($Value, '[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]', [string] [char] 0xfffd)
    $text = [System.Text.StringBuilder]::new('"')
    $start = 0
    foreach ($match in $script:unusual.Matches($Value)) {
        $code = [int] $Value[$match.Index]
        $escaped = $script:escapes[$code]
        if (-not $escaped) { $escaped = '\u' + $code.ToString('x4') }
        [void] $text.Append($Value, $start, $match.Index - $start).Append($escaped)
        $start = $match.Index + 1
    }
    $text.Append($Value, $start, $Value.Length - $start).Append('"').ToString()
}

function ConvertTo-JsonMembers($Value) {
    # The text of each member of a list, or of a dictionary with its name: strings, integers, booleans, null, lists and dictionaries.
    # Durations are whole seconds, times are UTC, a StringBuilder holds what is JSON already, and everything else is its text: the
    # same under every PowerShell, unlike ConvertTo-Json.
    $invariant = [System.Globalization.CultureInfo]::InvariantCulture
    $members = $Value
    $named = $Value -is [System.Collections.IDictionary]
    if ($named) { $members = $Value.GetEnumerator() }
    foreach ($member in $members) {
        $name = ''
        if ($named) {
            $name = $script:names[$member.Key]
            if (-not $name) { $name = $script:names[$member.Key] = (ConvertTo-JsonString $member.Key) + ':' }
            $member = $member.Value
        }
        if ($member -is [string]) { if ($script:unusual.IsMatch($member)) { $name + (ConvertTo-JsonString $member) } else { $name + '"' + $member + '"' } }
        elseif ($null -eq $member) { $name + 'null' }
        elseif ($member -is [ipaddress]) { $name + '"' + $member.ToString() + '"' }
        elseif ($member -is [timespan]) { $name + ([long] [System.Math]::Floor($member.TotalSeconds)).ToString() }
        elseif ($member -is [int] -or $member -is [uint32] -or $member -is [long] -or $member -is [uint64] -or
            $member -is [byte] -or $member -is [int16] -or $member -is [uint16]) { $name + $member.ToString() }
        elseif ($member -is [bool] -or $member -is [switch]) { if ($member) { $name + 'true' } else { $name + 'false' } }
        elseif ($member -is [datetime]) { $name + '"' + $member.ToUniversalTime().ToString('yyyy-MM-dd\THH:mm:ss\Z', $invariant) + '"' }
        elseif ($member -is [double] -or $member -is [single] -or $member -is [decimal]) { $name + '"' + $member.ToString($invariant) + '"' }
        elseif ($member -is [System.Text.StringBuilder]) { $name + $member.ToString() }
        elseif ($member -is [System.Collections.IDictionary]) { $name + '{' + (@(ConvertTo-JsonMembers $member) -join ',') + '}' }
        elseif ($member -is [System.Collections.IEnumerable]) { $name + '[' + (@(ConvertTo-JsonMembers $member) -join ',') + ']' }
        else { $name + (ConvertTo-JsonString $member.ToString()) }
    }
}

function ConvertTo-JsonText($Value) { ConvertTo-JsonMembers (, $Value) }

function ConvertTo-Dictionary($Value) {
    # ConvertFrom-Json gives a PSCustomObject, where the wrapper of some Ansible versions gives a dictionary. Secrets come in here.
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        $dictionary = [ordered] @{}
        foreach ($property in $Value.PSObject.Properties) { $dictionary[$property.Name] = ConvertTo-Dictionary $property.Value }
        if ($dictionary.Count -eq 1 -and $dictionary.Contains('secret')) { return $script:secrets[$dictionary['secret']] }
        return $dictionary
    }
    if ($Value -is [array]) {
        $list = [System.Collections.ArrayList]::new()
        foreach ($member in $Value) { [void] $list.Add((ConvertTo-Dictionary $member)) }
        return , $list.ToArray()
    }
    , $Value
}

# ------------------------------------------------------------------ results and errors

$script:secrets = @()

function Hide-Secret([string] $Text) {
    foreach ($secret in $script:secrets) { if ($secret) { $Text = $Text.Replace($secret, '********') } }
    $Text
}

function New-Failure([string] $Id, [string] $Category, [string] $Target, [string] $Message) {
    [ordered] @{ id = $Id; category = $Category; target = (Hide-Secret $Target); message = (Hide-Secret $Message) }
}

function New-Result([object[]] $Objects = @(), [object[]] $Errors = @(), [object[]] $Warnings = @()) {
    [ordered] @{ objects = $Objects; errors = $Errors; warnings = $Warnings }
}

function ConvertTo-Failure([System.Management.Automation.ErrorRecord] $Record) {
    # Microsoft's script functions put the reason into ErrorDetails.
    $message = $Record.Exception.Message
    $details = if ($Record.ErrorDetails) { $Record.ErrorDetails.Message }
    if ($details -and $details -cne $message) { $message = "$message $details" }
    New-Failure $Record.FullyQualifiedErrorId "$($Record.CategoryInfo.Category)" "$($Record.TargetObject)" $message
}

function ConvertTo-Failures([object[]] $Records) {
    # In order, each once: what a nested command reports can be collected twice.
    $known = @{}
    foreach ($record in $Records) {
        if ($record -isnot [System.Management.Automation.ErrorRecord]) { continue }
        $failure = ConvertTo-Failure $record
        $text = ConvertTo-JsonText $failure
        if (-not $known.Contains($text)) {
            $known[$text] = $true
            $failure
        }
    }
}

function Select-Properties([object[]] $Objects, [string[]] $Names, [string] $Cmdlet) {
    # A property that the object does not have is left out: what is missing is the caller's to judge.
    # Not $property.Value, which is null without a word where the script of a script property fails.
    $value = [System.Management.Automation.PSPropertyInfo].GetProperty('Value')
    try {
        foreach ($object in $Objects) {
            if ($null -eq $object) { continue }
            $properties = $object.PSObject.Properties
            $selected = [ordered] @{}
            foreach ($name in $Names) {
                $property = $properties[$name]
                if ($property) { $selected[$name] = $value.GetValue($property) }
            }
            $selected
        }
    }
    catch { Stop-Operation 'property' 'InvalidResult' $name "$name of what $Cmdlet answers: $($_.Exception.GetBaseException().Message)" }
}

function ConvertTo-Hex([byte[]] $Bytes) { [System.BitConverter]::ToString($Bytes).Replace('-', '').ToLowerInvariant() }

function Get-Sha256([byte[]] $Bytes) {
    # One that a FIPS policy allows, under every .NET Framework; HMACSHA256 finds one by itself.
    ConvertTo-Hex ([System.Security.Cryptography.SHA256CryptoServiceProvider]::new().ComputeHash($Bytes))
}

function Invoke-Program([string] $Name, [string[]] $Arguments = @()) {
    # One of Windows' own, by its full path. $LASTEXITCODE says how it ended.
    $ErrorActionPreference = 'Continue' # under Stop a word on a program's error stream ends the script
    & ([System.IO.Path]::Combine($env:SystemRoot, 'System32', $Name)) @Arguments 2>&1
}

# ------------------------------------------------------------------ operations

function Join-Parameters([hashtable] $Parameters, $Call) {
    if ($Call['parameters']) { foreach ($key in $Call['parameters'].Keys) { $Parameters[$key] = $Call['parameters'][$key] } }
    $Parameters
}

function New-CheckModeResult([string] $Name) {
    New-Result -Errors (New-Failure 'windhcp.check_mode' 'PermissionDenied' $Name "$Name writes, and this is check mode.")
}

$script:waited = @{} # for the DHCP service of each server

function Invoke-Cmdlet($Call) {
    # One cmdlet of the DhcpServer module. -ErrorAction and -ErrorVariable stand on the call itself, since a preference
    # variable does not reach the functions of another module, and under Stop the rest of a list would never be tried.
    $name = [string] $Call['cmdlet']
    $command = $script:module.ExportedCommands[$name]
    if (-not $command) {
        return New-Result -Errors (New-Failure 'windhcp.no_such_cmdlet' 'ObjectNotFound' $name "The DhcpServer module has no $name.")
    }
    if ($script:checkMode -and $name -notlike 'Get-*' -and $name -ne 'Export-DhcpServer') {
        return New-CheckModeResult $name
    }
    $parameters = Join-Parameters @{} $Call
    $computer = "$($parameters['ComputerName'])"
    if (-not $script:waited[$computer]) { $script:waited[$computer] = [System.Diagnostics.Stopwatch]::new() }
    $waited = $script:waited[$computer]

    while ($true) {
        $failures = $null
        $warnings = $null
        $objects = @()
        $errors = @()
        try {
            $objects = @(& $command @parameters -ErrorAction SilentlyContinue -ErrorVariable failures -WarningAction SilentlyContinue -WarningVariable warnings)
        }
        catch [System.Management.Automation.ParameterBindingException] {
            $parameter = "$($_.Exception.ParameterName)".Trim()
            $why = "$name does not bind its parameters: $($_.Exception.ErrorId) $parameter".Trim()
            $errors = @(New-Failure 'windhcp.binding' 'InvalidArgument' $parameter $why)
        }
        catch { $failures = @($failures) + $_ } # after those that were collected before it
        $errors += @(ConvertTo-Failures $failures)
        # a service that is just starting: only reads ask for this, and all reads of a server together wait that long
        $again = $errors.Count -gt 0 -and $waited.Elapsed.TotalSeconds -lt [int] $Call['retry_seconds'] -and
            @($errors | Where-Object { @($Call['retry_on']) -notcontains ($_['id'] -split ',')[0] }).Count -eq 0
        if (-not $again) { break }
        $waited.Start()
        Start-Sleep -Seconds 2
    }
    $waited.Stop()
    $selected = @()
    try { $selected = @(Select-Properties $objects $Call['select'] $name) }
    catch { $errors += @(ConvertTo-Failure $_) }
    New-Result $selected $errors @($warnings | Where-Object { $_ } | ForEach-Object { Hide-Secret "$_" })
}

function Test-Match($Object, $Match) {
    foreach ($name in $Match.Keys) { if ([string] $Object[$name] -cne $Match[$name]) { return $false } }
    $true
}

function Wait-Value($Call) {
    # Polls a Get until the property has one of "values" on every object that matches. A value that is neither among them
    # nor in "while" ends it at once, as no object at all does; one in "tolerated" ends it "grace" seconds after it was first seen, or at the end.
    $waited = [System.Diagnostics.Stopwatch]::StartNew()
    $tolerated = [System.Diagnostics.Stopwatch]::new()
    while ($true) {
        $result = Invoke-Cmdlet $Call
        if ($result['errors'].Count) { return $result }
        $result['objects'] = @($result['objects'] | Where-Object { Test-Match $_ $Call['match'] })
        $seen = @($result['objects'] | ForEach-Object { [string] $_[$Call['property']] })
        $pending = @($seen | Where-Object { @($Call['values']) -cnotcontains $_ })
        if ($seen.Count -and -not $pending.Count) { return $result }
        $passing = @($Call['while'])
        if (@($pending | Where-Object { @($Call['tolerated']) -ccontains $_ }).Count) { $tolerated.Start() } # once it runs, this does nothing
        $late = $waited.Elapsed.TotalSeconds -ge $Call['timeout']
        if (-not $late -and $tolerated.Elapsed.TotalSeconds -lt [int] $Call['grace']) { $passing += @($Call['tolerated']) }
        $refused = @($pending | Where-Object { $passing -cnotcontains $_ })
        if ($refused.Count -or -not $seen.Count) {
            $result['errors'] = @(New-Failure 'windhcp.wait_refused' 'InvalidResult' "$refused" "$($Call['property']) is '$refused'.")
            return $result
        }
        if ($late) {
            $result['errors'] = @(New-Failure 'windhcp.wait_timeout' 'OperationTimeout' "$pending" "$($Call['property']) is still '$pending' after $($Call['timeout']) s.")
            return $result
        }
        Start-Sleep -Milliseconds $Call['interval_ms']
    }
}

function Remove-Leases([string] $Text) {
    # What is left of an export when leases, which change by themselves, are no part of it: <Leases>...</Leases>, and <Leases />
    # where there are none, go with the space before them.
    $kept = [System.Text.StringBuilder]::new()
    $start = 0
    while (($open = $Text.IndexOf('<Leases', $start, [System.StringComparison]::Ordinal)) -ge 0) {
        $end = $Text.IndexOf([char] '>', $open)
        if ($end -gt 0 -and $Text[$end - 1] -cne '/') {
            $end = $Text.IndexOf('</Leases>', $end, [System.StringComparison]::Ordinal)
            if ($end -gt 0) { $end += 8 }
        }
        if ($end -lt 0) { break } # a file that was cut off
        [void] $kept.Append($Text.Substring($start, $open - $start).TrimEnd([char[]] " `t`r`n"))
        $start = $end + 1
    }
    $kept.Append($Text.Substring($start)).ToString()
}

function Read-Packed([string] $File) {
    # The text of an export as it travels, and the hash of its configuration.
    $packed = [System.IO.MemoryStream]::new()
    $gzip = [System.IO.Compression.GZipStream]::new($packed, [System.IO.Compression.CompressionMode]::Compress)
    $source = [System.IO.File]::OpenRead($File)
    try { $source.CopyTo($gzip) } finally { $source.Dispose() }
    $gzip.Dispose()
    $configuration = Remove-Leases ([System.IO.File]::ReadAllText($File))
    [ordered] @{
        content       = [System.Convert]::ToBase64String($packed.ToArray())
        configuration = Get-Sha256 ([System.Text.Encoding]::UTF8.GetBytes($configuration))
    }
}

function Get-LeaseAddresses([hashtable] $Parameters, $Problems) {
    # The addresses of each scope's leases, as Export-DhcpServer asks for them. What a scope answers instead becomes a problem.
    $listed = [ordered] @{}
    foreach ($scope in @($Parameters['ScopeId'] | Where-Object { $_ })) {
        $asked = @{ ScopeId = $scope; AllLeases = $true }
        if ($Parameters['ComputerName']) { $asked['ComputerName'] = $Parameters['ComputerName'] }
        $said = Invoke-Cmdlet @{ cmdlet = 'Get-DhcpServerv4Lease'; parameters = $asked; select = @('IPAddress') }
        $listed[$scope] = [System.Collections.Generic.HashSet[string]]::new()
        foreach ($one in $said['objects']) { [void] $listed[$scope].Add("$($one['IPAddress'])") }
        $ids = @($said['errors'] | ForEach-Object { $_['id'] } | Where-Object { ($_ -split ',')[0] -ne 'WIN32 259' }) # no more items: none
        if ($ids.Count) {
            [void] $Problems.Add((New-Failure 'windhcp.incomplete_copy' 'InvalidResult' $scope "The leases of scope $scope could not be listed: $($ids -join ', ')."))
        }
    }
    $listed
}

function Export-Complete([string] $File, $Call) {
    # Export-DhcpServer does not tell when it could not read all leases. So they are listed as well: one that was there before the
    # export and after it is in the file, or the export is made anew, and in the end refused.
    $parameters = Join-Parameters @{ File = $File; Force = $true; Confirm = $false } $Call
    $known = $null
    foreach ($attempt in 1..3) {
        if ($attempt -gt 1) { Start-Sleep -Seconds 1 }
        $result = Invoke-Cmdlet @{ cmdlet = 'Export-DhcpServer'; parameters = $parameters; select = @() }
        if ($result['errors'].Count -or -not $parameters['Leases'] -or -not [System.IO.File]::Exists($File)) { return $result }
        $exported = [System.Collections.Generic.HashSet[string]]::new()
        foreach ($match in [regex]::Matches([System.IO.File]::ReadAllText($File), '<Lease>\s*<IPAddress>([^<]*)</IPAddress>')) {
            [void] $exported.Add($match.Groups[1].Value)
        }
        $problems = [System.Collections.ArrayList]::new()
        $listed = Get-LeaseAddresses $parameters $problems
        if (-not $known) { $known = $listed }
        foreach ($scope in $listed.Keys) {
            $missing = @(foreach ($address in $listed[$scope]) { if ($known[$scope].Contains($address) -and -not $exported.Contains($address)) { $address } })
            if ($missing.Count) {
                $some = @($missing | Sort-Object { [version] $_ } | Select-Object -First 10) -join ', '
                [void] $problems.Add((New-Failure 'windhcp.incomplete_copy' 'InvalidResult' $scope "$($missing.Count) leases of scope $scope are not in the export: $some."))
            }
        }
        if (-not $problems.Count) { return $result }
        $known = $listed
    }
    $result['errors'] = $problems.ToArray()
    $result
}

function Export-Server($Call) {
    # The configuration as one text: exported to a file of this run's own, read, and the file removed whatever happens.
    $file = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "windhcp-$([guid]::NewGuid()).xml")
    try {
        $result = Export-Complete $file $Call
        if ([System.IO.File]::Exists($file)) { $result['objects'] = @(Read-Packed $file) }
        return $result
    }
    finally { if ([System.IO.File]::Exists($file)) { [System.IO.File]::Delete($file) } }
}

function Test-Partner($Call) {
    # Asks the partner's DHCP service as the failover cmdlets will: over a second hop, as the caller. With "resolve" it asks
    # only what addresses this server knows for the name: one server can have names that do not look alike.
    if ($Call['resolve']) {
        $found = @(Resolve-DnsName -Name $Call['server'] -Type A -ErrorAction SilentlyContinue | Where-Object { $_.IPAddress })
        return New-Result (, [ordered] @{ addresses = @($found | ForEach-Object { "$($_.IPAddress)" }) })
    }
    Invoke-Cmdlet @{ cmdlet = 'Get-DhcpServerVersion'; parameters = @{ ComputerName = $Call['server'] }; select = @('MajorVersion', 'MinorVersion') }
}

$script:who = $null

function Get-WhoWhen {
    # A write asks before and after; the programs are started once.
    if (-not $script:who) { $script:who = Get-Who }
    New-Result (, $script:who)
}

function Get-Who {
    # COMPUTERNAME has 15 characters at most; other servers may know this one by its whole name.
    try { $hostName = @(Invoke-Program 'hostname.exe')[0] } catch { $hostName = '' } # one more name, and no reason to stop
    # hostname.exe tells no domain; two servers of one name in two domains are told apart by it. The name of the value and
    # its type are not translated.
    $key = 'HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters'
    try { $said = @(Invoke-Program 'reg.exe' @('query', $key, '/v', 'Domain')) } catch { $said = @() }
    $domain = @(foreach ($line in $said) { if ("$line" -match '^\s+Domain\s+REG_SZ\s+(\S+)\s*$') { $Matches[1] } })
    [ordered] @{
        computer       = $env:COMPUTERNAME
        host_name      = "$hostName".Trim()
        domain         = "$domain"
        user           = "$env:USERDOMAIN\$env:USERNAME"
        os_build       = [System.Environment]::OSVersion.Version.ToString()
        language_mode  = "$($ExecutionContext.SessionState.LanguageMode)"
        module_version = $script:module.Version.ToString()
        powershell     = $PSVersionTable.PSVersion.ToString()
    }
}

# ------------------------------------------------------------------ the DHCP service, and the module

function Switch-Service($Call) {
    # Stops or starts the DHCP service of this server.
    if ($script:checkMode) { return New-CheckModeResult "the operation 'service'" }
    try {
        if ($Call['state'] -ceq 'stopped') { Stop-Service -Name DHCPServer -Force -ErrorAction Stop }
        else { Start-Service -Name DHCPServer -ErrorAction Stop }
        New-Result
    }
    catch { New-Result -Errors (ConvertTo-Failure $_) }
}

function Get-ModuleFile {
    # Which code the DhcpServer module is made of there.
    $paths = [System.IO.Directory]::GetFiles($script:module.ModuleBase)
    [array]::Sort($paths, [System.StringComparer]::Ordinal)
    New-Result @(foreach ($path in $paths) {
            [ordered] @{ name = [System.IO.Path]::GetFileName($path); sha256 = Get-Sha256 ([System.IO.File]::ReadAllBytes($path)) }
        })
}

# ------------------------------------------------------------------ the event log

function Find-Events($Call) {
    # What the DHCP service of this server, or of another one over a second hop, logged in the last "days". It is asked for by the
    # provider, which is in all of its logs, since these have other names in other places. Each of "queries" is asked by itself, and
    # answers the newest "most", so that events of one kind do not hide those of another.
    # Whose text cannot be made is there all the same, and the text is translated: nothing needs it.
    $parameters = Join-Parameters @{} $Call
    $since = (Get-Date).AddDays(-$Call['days'])
    $accounts = @{}
    $errors = @()
    $stopped = $false
    $objects = @(foreach ($query in $Call['queries']) {
            if ($stopped) { break } # a server that does not answer is not asked again
            $filter = @{ ProviderName = 'Microsoft-Windows-DHCP-Server'; Id = [int[]] $query['ids']; StartTime = $since }
            $failures = $null
            $found = @()
            try { $found = @(Get-WinEvent -FilterHashtable $filter -MaxEvents $query['most'] @parameters -ErrorAction SilentlyContinue -ErrorVariable failures) }
            catch {
                $failures = @($_)
                $stopped = $true
            }
            if (-not $found.Count) { $errors += @(ConvertTo-Failures $failures) }
            foreach ($one in $found) {
                $sid = "$($one.UserId)"
                if ($sid -and -not $accounts.Contains($sid)) {
                    try { $accounts[$sid] = "$($one.UserId.Translate([System.Security.Principal.NTAccount]))" }
                    catch { $accounts[$sid] = '' }
                }
                [ordered] @{
                    id     = $one.Id
                    time   = $one.TimeCreated
                    sid    = $sid
                    user   = "$($accounts[$sid])"
                    values = @(foreach ($property in $one.Properties) { "$($property.Value)" })
                }
            }
        })
    New-Result $objects $errors
}

# ------------------------------------------------------------------ the management API

function Import-ManagementApi {
    # dhcpsapi.dll as [WindhcpManagementApi], after dhcpsapi.h: each method returns the function's code, Get the name and the
    # scopes as well. An address is a number: 10.1.20.0 is 0x0A011400. What Get hands out is freed piece by piece.
    # The compiler of Windows PowerShell writes files, and what looks at each new file can be in its way: it gets a second try.
    $source = @'
using System;
using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

public static class WindhcpManagementApi
{
    public struct Addresses { public int Count; public IntPtr Elements; }
    public struct Relationship
    {
        public uint PrimaryServer, SecondaryServer, Mode, ServerType, State, PrevState, Mclt, SafePeriod;
        public IntPtr Name, PrimaryServerName, SecondaryServerName, Scopes;
        public byte Percentage;
        public IntPtr SharedSecret;
    }

    [DllImport("dhcpsapi.dll", CharSet = CharSet.Unicode)]
    static extern uint DhcpV4FailoverGetRelationship(string server, string name, out IntPtr relationship);
    [DllImport("dhcpsapi.dll", CharSet = CharSet.Unicode)]
    static extern uint DhcpV4FailoverDeleteScopeFromRelationship(string server, ref Relationship relationship);
    [DllImport("dhcpsapi.dll", CharSet = CharSet.Unicode)]
    static extern uint DhcpV4FailoverDeleteRelationship(string server, string name);
    [DllImport("dhcpsapi.dll", CharSet = CharSet.Unicode)]
    static extern uint DhcpV4FailoverGetSystemTime(string server, out uint time, out uint mostApart);
    [DllImport("dhcpsapi.dll")]
    static extern void DhcpRpcFreeMemory(IntPtr memory);

    public static object[] DhcpV4FailoverGetSystemTime(string server, string name, int[] scopes)
    {
        uint time, mostApart;
        uint code = DhcpV4FailoverGetSystemTime(server, out time, out mostApart);
        return code == 0 ? new object[] { code, time } : new object[] { code };
    }

    public static object[] DhcpV4FailoverGetRelationship(string server, string name, int[] scopes)
    {
        IntPtr found;
        uint code = DhcpV4FailoverGetRelationship(server, name, out found);
        if (code != 0) return new object[] { code };
        var half = (Relationship)Marshal.PtrToStructure(found, typeof(Relationship));
        var list = half.Scopes == IntPtr.Zero ? new Addresses() : (Addresses)Marshal.PtrToStructure(half.Scopes, typeof(Addresses));
        scopes = new int[list.Count];
        if (list.Count > 0) Marshal.Copy(list.Elements, scopes, 0, list.Count);
        var answer = new object[] { code, Marshal.PtrToStringUni(half.Name), scopes };
        foreach (IntPtr piece in new[] { list.Elements, half.Scopes, half.Name, half.PrimaryServerName, half.SecondaryServerName, half.SharedSecret, found })
            if (piece != IntPtr.Zero) DhcpRpcFreeMemory(piece);
        return answer;
    }

    public static object[] DhcpV4FailoverDeleteScopeFromRelationship(string server, string name, int[] scopes)
    {
        IntPtr text = Marshal.StringToHGlobalUni(name);
        GCHandle elements = GCHandle.Alloc(scopes, GCHandleType.Pinned);
        object boxed = new Addresses { Count = scopes.Length, Elements = elements.AddrOfPinnedObject() };
        GCHandle list = GCHandle.Alloc(boxed, GCHandleType.Pinned);
        try
        {
            var half = new Relationship { Name = text, Scopes = list.AddrOfPinnedObject() };
            return new object[] { DhcpV4FailoverDeleteScopeFromRelationship(server, ref half) };
        }
        finally { list.Free(); elements.Free(); Marshal.FreeHGlobal(text); }
    }

    public static object[] DhcpV4FailoverDeleteRelationship(string server, string name, int[] scopes)
    {
        return new object[] { DhcpV4FailoverDeleteRelationship(server, name) };
    }
}
'@
    for ($tried = 1; ; $tried++) {
        try { return Add-Type -IgnoreWarnings -TypeDefinition $source }
        catch {
            if ($tried -eq 2) { throw }
            Start-Sleep -Seconds 1
        }
    }
}

function Invoke-ManagementApi($Call, [string] $Function) {
    # Asks or changes one server alone, where the failover cmdlets change both. "server": another than this, over a second hop.
    if ($script:checkMode -and $Function -like '*Delete*') { return New-CheckModeResult $Function }
    $name = [string] $Call['relationship']
    $server = if ($Call['server']) { [string] $Call['server'] } else { '127.0.0.1' }
    $scopes = [int[]] @(foreach ($scope in $Call['scopes']) {
            [System.Net.IPAddress]::NetworkToHostOrder([System.BitConverter]::ToInt32(([ipaddress] $scope).GetAddressBytes(), 0))
        })
    try {
        Import-ManagementApi
        $answer = [WindhcpManagementApi]::$Function($server, $name, $scopes)
    }
    catch { # it does not compile, which the compiler explains, or the library or its function is not there
        return New-Result -Errors (New-Failure 'windhcp.no_api' 'NotInstalled' $name $_.Exception.GetBaseException().Message)
    }
    $code = $answer[0]
    if ($code -ne 0) {
        $family = if ($code -ge 20000 -and $code -le 20999) { 'DHCP' } else { 'WIN32' }
        return New-Result -Errors (New-Failure "$family $code" 'NotSpecified' $name "$Function answered $code.")
    }
    if ($answer.Count -eq 1) { return New-Result }
    if ($answer.Count -eq 2) { return New-Result (, [ordered] @{ clock = $answer[1] }) }
    $found = @(foreach ($number in $answer[2]) {
            [ipaddress]::new([System.BitConverter]::GetBytes([System.Net.IPAddress]::HostToNetworkOrder($number))).ToString()
        })
    New-Result (, [ordered] @{ name = $answer[1]; scopes = $found })
}

function Compare-Clock($Call) {
    # What another server's clock shows, over a second hop, between two looks at this server's own: seconds since 1970 (UTC), by
    # the function that the DHCP service compares them with.
    $clocks = @()
    foreach ($server in $null, $Call['server'], $null) {
        $said = Invoke-ManagementApi @{ server = $server } 'DhcpV4FailoverGetSystemTime'
        if ($said['errors']) { return $said }
        $clocks += $said['objects'][0]['clock']
    }
    New-Result (, [ordered] @{ before = $clocks[0]; there = $clocks[1]; after = $clocks[2] })
}

# ------------------------------------------------------------------ files that only administrators read

function Stop-Operation([string] $Id, [string] $Category, [string] $Target, [string] $Message) {
    throw [System.Management.Automation.ErrorRecord]::new([System.InvalidOperationException]::new($Message), "windhcp.$Id", $Category, $Target)
}

function Invoke-FileOperation($Call, $Work, [switch] $Writes) {
    # What goes wrong with a file is an error of the operation and not of the script.
    if ($Writes -and $script:checkMode) { return New-CheckModeResult $Call['op'] }
    try { & $Work $Call }
    catch {
        $failure = ConvertTo-Failure $_
        if ($failure['id'] -notlike 'windhcp.*') { $failure['id'] = 'windhcp.file' }
        New-Result -Errors $failure
    }
}

function Get-Folder([string] $Name) { [System.IO.Path]::Combine($env:ProgramData, 'windhcp.failover', $Name) }

function Get-Access([string] $Name) {
    # Who may do what in a folder of ours and nobody else, as icacls.exe takes it (SIDs, since names are localised) and as SDDL
    # shows it: administrators and SYSTEM; into backups the DHCP service writes (NETWORK SERVICE, and the service itself).
    $dhcp = 'S-1-5-80-3273805168-4048181553-3172130058-210131473-390205191' # NT SERVICE\DHCPServer
    $access = [ordered] @{ '*S-1-5-32-544:(OI)(CI)F' = '(A;OICI;FA;;;BA)'; '*S-1-5-18:(OI)(CI)F' = '(A;OICI;FA;;;SY)' }
    if ($Name -ceq 'backups') {
        $access['*S-1-5-20:(OI)(CI)M'] = '(A;OICI;0x1301bf;;;NS)'
        $access["*$($dhcp):(OI)(CI)M"] = "(A;OICI;0x1301bf;;;$dhcp)"
    }
    $access
}

function Get-PathAttribute([string] $Path) {
    # Of the path itself, also where it is a link; none if nothing is there.
    try { [System.IO.File]::GetAttributes($Path) }
    catch [System.IO.FileNotFoundException] { }
    catch [System.IO.DirectoryNotFoundException] { }
    catch [System.UnauthorizedAccessException] { Stop-Operation 'not_ours' 'SecurityError' $Path "$Path does not show administrators what it is." }
}

function Confirm-Own([string] $Path, $Access, [switch] $File) {
    # Everybody may make folders in ProgramData. What somebody planted there is never followed, trusted or called: a link, a folder
    # of another than administrators or SYSTEM, and what lets in anybody else. Nobody but these can make a file in a folder that is
    # ours, so whose it is does not matter: one that an administrator makes can belong to his account.
    $attributes = Get-PathAttribute $Path
    $isFolder = [bool] ($attributes -band [System.IO.FileAttributes]::Directory)
    $expected = @($Access.Values)
    if ($File) { $expected = @($expected | ForEach-Object { $_.Replace('OICI', '') }) }
    if ($attributes -band [System.IO.FileAttributes]::ReparsePoint) { $wrong = 'is a link' }
    elseif ($isFolder -eq [bool] $File) { $wrong = if ($File) { 'is a folder and no file' } else { 'is a file and no folder' } }
    else {
        try { $sddl = (Get-Acl -LiteralPath $Path).Sddl }
        catch { Stop-Operation 'not_ours' 'SecurityError' $Path "$Path does not show administrators its access list." }
        $parts = [regex]::Match($sddl, '\AO:(.*?)G:[^:()]*D:([A-Z]*)((?:\([^()]*\))*)(?:S:.*)?\z')
        $entries = @([regex]::Matches($parts.Groups[3].Value, '\([^()]*\)') | ForEach-Object {
                $_.Value.Replace(';OICIID;', ';OICI;').Replace(';ID;', ';;').Replace(';0x1f01ff;', ';FA;')
            })
        $others = @($entries | Where-Object { $expected -cnotcontains $_ }) + @($expected | Where-Object { $entries -cnotcontains $_ })
        if (-not ($File -or ($parts.Success -and 'BA', 'SY' -ccontains $parts.Groups[1].Value))) { $wrong = 'does not belong to administrators or SYSTEM' }
        elseif ($others.Count -or -not ($File -or $parts.Groups[2].Value.Contains('P'))) { $wrong = 'has another access list than it was given' }
        else { return }
        $wrong = "$wrong ($sddl)"
    }
    Stop-Operation 'not_ours' 'SecurityError' $Path "$Path $wrong."
}

function Find-Folder([string] $Name) {
    # The folder, checked, or nothing if it is not there.
    foreach ($one in '', $Name) {
        $folder = (Get-Folder $one).TrimEnd([System.IO.Path]::DirectorySeparatorChar)
        if ($null -eq (Get-PathAttribute $folder)) { return }
        Confirm-Own $folder (Get-Access $one)
    }
    $folder
}

function Find-File([string] $Path) {
    # Whether the file is there; in a folder that was checked, and checked itself.
    $folder = [System.IO.Path]::GetFileName([System.IO.Path]::GetDirectoryName($Path))
    if ($null -eq (Get-PathAttribute $Path)) { return $false }
    Confirm-Own $Path (Get-Access $folder) -File
    $true
}

function Set-Access([string] $Path, [string[]] $Arguments) {
    $null = Invoke-Program 'icacls.exe' (@($Path) + $Arguments + '/L')
    if ($LASTEXITCODE -ne 0) { Stop-Operation 'protect_folder' 'PermissionDenied' $Path "icacls.exe ended with $LASTEXITCODE." }
}

function New-Folder([string] $Path, $Access, [string] $Place) {
    # Gets its access list in a place where ordinary users cannot write, and then goes to its own; another run may be faster.
    $new = [System.IO.Path]::Combine($Place, "windhcp.failover-$([guid]::NewGuid())")
    [void] [System.IO.Directory]::CreateDirectory($new)
    try {
        Set-Access $new (@('/inheritance:r', '/grant:r') + @($Access.Keys))
        Set-Access $new '/setowner', '*S-1-5-32-544'
        Confirm-Own $new $Access
        if ([System.IO.Directory]::GetFileSystemEntries($new).Count) { Stop-Operation 'not_ours' 'SecurityError' $new "$new is not empty." }
        try { [System.IO.Directory]::Move($new, $Path) } catch { if ($null -eq (Get-PathAttribute $Path)) { throw } }
    }
    finally { if ([System.IO.Directory]::Exists($new)) { [System.IO.Directory]::Delete($new) } }
}

function Protect-Folder([string] $Name) {
    # The folder, made if it is not there, and checked. A move needs one volume: that of Windows, unless ProgramData was moved.
    $place = if ([System.IO.Path]::GetPathRoot($env:ProgramData) -eq [System.IO.Path]::GetPathRoot($env:SystemRoot)) { $env:SystemRoot } else { $env:ProgramData }
    foreach ($one in '', $Name) {
        $folder = (Get-Folder $one).TrimEnd([System.IO.Path]::DirectorySeparatorChar)
        if ($null -eq (Get-PathAttribute $folder)) { New-Folder $folder (Get-Access $one) $place }
        Confirm-Own $folder (Get-Access $one)
        $place = $folder
    }
    $folder
}

function New-Stamp {
    $time = (Get-Date).ToUniversalTime().ToString('yyyyMMdd\THHmmss\Z', [System.Globalization.CultureInfo]::InvariantCulture)
    "$time-$([guid]::NewGuid().ToString('N').Substring(0, 8))"
}

function Remove-Old([string] $Folder, [string] $Beginning, $Days) {
    # What is older than that by the stamp that New-Stamp gave its name, and nothing else; a link is not followed. How many went, and
    # a warning for each that did not. "Beginning" is all of the name before the stamp, as a regex.
    $removed = 0
    $warnings = @()
    $limit = (Get-Date).ToUniversalTime().AddDays(-$Days).ToString('yyyyMMdd\THHmmss\Z', [System.Globalization.CultureInfo]::InvariantCulture)
    foreach ($entry in [System.IO.DirectoryInfo]::new($Folder).GetFileSystemInfos()) {
        $stamp = [regex]::Match($entry.Name, "\A$Beginning(\d{8}T\d{6}Z)-[0-9a-f]{8}(\.xml)?\z").Groups[1].Value
        if ($Days -le 0 -or -not $stamp -or [string]::CompareOrdinal($stamp, $limit) -ge 0) { continue }
        if ($entry.Attributes -band [System.IO.FileAttributes]::ReparsePoint) { continue }
        try {
            if ($entry -is [System.IO.DirectoryInfo]) { $entry.Delete($true) } else { $entry.Delete() }
            $removed++
        }
        catch { $warnings += "$_" }
    }
    @{ removed = $removed; warnings = $warnings }
}

function Remove-Edited([string] $Folder) {
    # Edited copies of imports that were killed (Import-Copy). No import lasts a day. The warnings.
    (Remove-Old $Folder 'import-' 1)['warnings']
}

function Save-Copy($Call) {
    # The scopes with their leases; what is not complete does not stay, and older copies go only after that.
    $folder = Protect-Folder 'safety-copies'
    $label = [regex]::Replace($Call['label'], '[^A-Za-z0-9.-]', '_')
    $path = [System.IO.Path]::Combine($folder, "$env:COMPUTERNAME-$label-$(New-Stamp).xml")
    $scopes = @($Call['parameters']['ScopeId'])
    $result = Export-Complete $path @{ parameters = Join-Parameters @{ Leases = $true } $Call }
    $text = if ([System.IO.File]::Exists($path)) { [System.IO.File]::ReadAllText($path) } else { '' }
    $missing = @($scopes | Where-Object { -not $text.Contains("<ScopeId>$_</ScopeId>") })
    if ($result['errors'].Count -or $missing.Count) {
        [System.IO.File]::Delete($path)
        if ($result['errors'].Count) { return $result }
        Stop-Operation 'incomplete_copy' 'InvalidResult' "$missing" "The export has no scope $($missing -join ', ')."
    }
    $old = Remove-Old $folder "$([regex]::Escape($env:COMPUTERNAME))-.*" $Call['keep_days']
    $result['warnings'] += $old['warnings'] + @(Remove-Edited $folder)
    $result['objects'] = @([ordered] @{ path = $path; bytes = [System.IO.FileInfo]::new($path).Length; removed = $old['removed'] })
    $result
}

function Get-CopyPath($Call) {
    $path = [System.IO.Path]::GetFullPath($Call['path'])
    $inside = (Get-Folder 'safety-copies') + [System.IO.Path]::DirectorySeparatorChar
    if (-not $path.StartsWith($inside, [System.StringComparison]::OrdinalIgnoreCase)) {
        Stop-Operation 'not_a_copy' 'InvalidArgument' $path "Safety copies are in $inside only."
    }
    if ($path.Substring($inside.Length) -notmatch '\A[\w.-]{1,200}\z') { # Microsoft's import may run parts of a path as code
        Stop-Operation 'not_a_copy' 'InvalidArgument' $path 'Names of safety copies have letters, digits, dots, hyphens and underscores only.'
    }
    if (-not (Find-Folder 'safety-copies') -or -not (Find-File $path)) {
        Stop-Operation 'no_such_copy' 'ObjectNotFound' $path "There is no file $path."
    }
    $path
}

function Find-Copies {
    # What is in the folder of the safety copies, by name. A warning for each file that is not as it was made.
    $folder = Find-Folder 'safety-copies'
    if (-not $folder) { return New-Result }
    $paths = [System.IO.Directory]::GetFiles($folder)
    [array]::Sort($paths, [System.StringComparer]::Ordinal)
    $warnings = @()
    $objects = @(foreach ($path in $paths) {
            try { if (-not (Find-File $path)) { continue } }
            catch {
                $warnings += "$_"
                continue
            }
            $file = [System.IO.FileInfo]::new($path)
            [ordered] @{ path = $path; bytes = $file.Length; written = $file.LastWriteTimeUtc }
        })
    New-Result $objects @() $warnings
}

function Read-Copy($Call) { New-Result @(Read-Packed (Get-CopyPath $Call)) }

function Edit-Copy([string] $Path, [string] $Edited, [string[]] $Inactive) {
    # Offered addresses are left out, since no import takes them, and the scopes in $Inactive are switched off.
    $document = [System.Xml.XmlDocument]::new()
    $document.XmlResolver = $null
    $document.PreserveWhitespace = $true
    $document.Load($Path)
    foreach ($lease in @($document.GetElementsByTagName('Lease') | Where-Object { "$($_['AddressState'].InnerText)" -ceq 'Offered' })) {
        [void] $lease.ParentNode.RemoveChild($lease)
    }
    foreach ($scope in @($document.GetElementsByTagName('Scope'))) {
        if ($Inactive -ccontains "$($scope['ScopeId'].InnerText)") { $scope['State'].InnerText = 'InActive' }
    }
    $document.Save($Edited)
}

function Find-NoBackup([string] $Backup, [string[]] $Scopes) {
    # An error where the folder of the backup is still empty although scopes came; an import that ended before it made none.
    if ([System.IO.Directory]::GetFileSystemEntries($Backup).Count) { return }
    $said = Invoke-Cmdlet @{ cmdlet = 'Get-DhcpServerv4Scope'; parameters = @{ ScopeId = $Scopes }; select = @() }
    $absent = @($said['errors'] | Where-Object { $_['id'] -ceq 'DHCP 20005,Get-DhcpServerv4Scope' })
    if ($absent.Count -lt $Scopes.Count) { New-Failure 'windhcp.no_backup' 'InvalidResult' $Backup "$Backup is empty." }
}

function Import-Copy($Call) {
    # An import takes over the State of the file; inactive is set afterwards all the same, since a scope must not serve twice where a
    # version does not; a scope that an import that failed did not bring cannot be, which is no error of its own.
    # Import-DhcpServer itself ignores 20014, which a reservation's own lease gets: the reservation is there by then. Whether another
    # lease got it the caller sees, who compares them. It also goes on when the backup failed, and may not tell.
    # The database's backup is written by the DHCP service; the edited copy is where that service cannot write.
    $path = Get-CopyPath $Call
    $scopes = @($Call['parameters']['ScopeId'])
    $inactive = if ($Call['inactive']) { $scopes } else { @() }
    $folder = Protect-Folder 'backups'
    $backup = [System.IO.Path]::Combine($folder, (New-Stamp))
    [void] [System.IO.Directory]::CreateDirectory($backup)
    $copies = Protect-Folder 'safety-copies'
    $warnings = @(Remove-Edited $copies)
    $edited = [System.IO.Path]::Combine($copies, "import-$(New-Stamp).xml")
    try {
        Edit-Copy $path $edited $inactive
        $parameters = @{ File = $edited; BackupPath = $backup; ScopeId = $scopes; Leases = $true; Force = $true; Confirm = $false }
        $result = Invoke-Cmdlet @{ cmdlet = 'Import-DhcpServer'; parameters = $parameters; select = @() }
    }
    finally { [System.IO.File]::Delete($edited) }
    $errors = @($result['errors'] | Where-Object { $_['id'] -cne 'DHCP 20014,Add-DhcpServerv4Lease' })
    $ofBackup = @($errors | Where-Object { $_['id'] -clike '*,Backup-DhcpServer' }).Count
    $failed = $errors.Count -gt $ofBackup
    if (-not $ofBackup) { $errors += @(Find-NoBackup $backup $scopes) }
    foreach ($scope in $inactive) {
        $parameters = @{ ScopeId = $scope; State = 'InActive'; Confirm = $false }
        $said = (Invoke-Cmdlet @{ cmdlet = 'Set-DhcpServerv4Scope'; parameters = $parameters; select = @() })['errors']
        $errors += @($said | Where-Object { -not $failed -or $_['id'] -cne 'DHCP 20005,Set-DhcpServerv4Scope' })
    }
    $result['errors'] = $errors
    $old = Remove-Old $folder '' $Call['keep_days']
    $result['warnings'] += $warnings + $old['warnings']
    $result['objects'] = @([ordered] @{ backup = $backup; removed = $old['removed'] })
    $result
}

function Get-TextPath($Call) {
    $name = [string] $Call['name']
    if ($name -cnotmatch '\A[a-z0-9.-]{1,80}\z') { Stop-Operation 'bad_name' 'InvalidArgument' $name "'$name' is no name of a kept text." }
    [System.IO.Path]::Combine((Get-Folder 'kept'), "$name.txt")
}

function Save-Text($Call) {
    Write-Text (Get-TextPath $Call) @{ text = "$($Call['public'])`n$($Call['hidden'])`n" }
    New-Result
}

function Write-Text([string] $Path, [hashtable] $Content) {
    # Not the text itself, which can be a secret: a parameter can be logged. One that is there already is left alone, since a run
    # that is killed while it makes a file leaves an empty one. Another text is written over the old one, in one piece and before
    # the file is cut to its length: killed then, it leaves the new lines and behind them a rest of the old ones, which nobody reads.
    [void] (Protect-Folder 'kept')
    if ((Find-File $Path) -and [System.IO.File]::ReadAllText($Path) -ceq $Content['text']) { return }
    $bytes = [System.Text.UTF8Encoding]::new($false).GetBytes($Content['text'])
    $file = [System.IO.FileStream]::new($Path, [System.IO.FileMode]::OpenOrCreate, [System.IO.FileAccess]::Write, [System.IO.FileShare]::Read)
    try {
        $file.Write($bytes, 0, $bytes.Length)
        $file.Flush()
        $file.SetLength($bytes.Length)
    }
    finally { $file.Dispose() }
}

function Read-Text([string] $Path) {
    # Nothing if it is not there.
    if ((Find-Folder 'kept') -and (Find-File $Path)) { [System.IO.File]::ReadAllText($Path) }
}

function Remove-Text($Call) {
    $path = Get-TextPath $Call
    if ((Find-Folder 'kept') -and (Find-File $path)) { [System.IO.File]::Delete($path) }
    New-Result
}

function Test-Text($Call) {
    # Shows that the caller's text is the hidden one, or not, without sending it.
    $text = Read-Text (Get-TextPath $Call)
    if ($null -eq $text) { return New-Result }
    $lines = $text.Split("`n")
    $hmac = [System.Security.Cryptography.HMACSHA256]::new([System.Text.Encoding]::UTF8.GetBytes([string] $lines[1]))
    $proof = ConvertTo-Hex $hmac.ComputeHash([System.Text.Encoding]::UTF8.GetBytes([string] $Call['nonce']))
    New-Result (, [ordered] @{ public = $lines[0]; proof = $proof })
}

function Find-Texts($Call) {
    # The public lines of all kept texts of a kind ("unfinished" of "unfinished.xyz"), by name.
    $kind = [string] $Call['kind']
    if ($kind -cnotmatch '\A[a-z]{1,20}\z') { Stop-Operation 'bad_name' 'InvalidArgument' $kind "'$kind' is no kind of a kept text." }
    if (-not (Find-Folder 'kept')) { return New-Result }
    $names = @([System.IO.Directory]::GetFiles((Get-Folder 'kept'), "$kind.*") | ForEach-Object { [System.IO.Path]::GetFileNameWithoutExtension($_) })
    [array]::Sort($names, [System.StringComparer]::Ordinal)
    New-Result @(foreach ($name in $names) {
            $text = Read-Text (Get-TextPath @{ name = $name })
            if ($null -ne $text) { [ordered] @{ name = $name; public = $text.Split("`n")[0] } }
        })
}

function Test-Folder($Call) {
    # An error unless the folder is as Protect-Folder makes it, or not there.
    if ('kept', 'safety-copies', 'backups' -cnotcontains $Call['name']) {
        Stop-Operation 'bad_name' 'InvalidArgument' $Call['name'] "'$($Call['name'])' is no folder of this script."
    }
    [void] (Find-Folder $Call['name'])
    New-Result
}

# ------------------------------------------------------------------ the closed list

function Find-BadName($Call) {
    # Microsoft's Export- and Import-DhcpServer put the name of a computer into a text that they run as code, and a name may
    # come from a server: PartnerServer of a relationship.
    $parameters = if ($Call['parameters']) { $Call['parameters'] } else { @{} }
    foreach ($name in @($Call['server']) + @(foreach ($key in 'ComputerName', 'Cn', 'PartnerServer', 'CimSession') { $parameters[$key] })) {
        if ($null -ne $name -and "$name" -cnotmatch '\A[A-Za-z0-9_:.][A-Za-z0-9._:-]{0,254}\z') { return "$name" }
    }
}

function Invoke-Operation($Call) {
    $bad = Find-BadName $Call
    if ($null -ne $bad) {
        $refused = New-Result -Errors (New-Failure 'windhcp.computer_name' 'InvalidArgument' $bad "'$bad' is no name of a computer.")
        $refused.Insert(0, 'id', $Call['id'])
        return $refused
    }
    if ($Call['only_if']) {
        $shown = Wait-Value $Call['only_if']
        if ($shown['errors'].Count) {
            $shown['objects'] = @()
            $shown.Insert(0, 'id', $Call['id'])
            return $shown
        }
    }
    $result = switch -CaseSensitive ($Call['op']) {
        'cmdlet' { Invoke-Cmdlet $Call }
        'wait_until' { Wait-Value $Call }
        'export' { Export-Server $Call }
        'probe_partner' { Test-Partner $Call }
        'who_when' { Get-WhoWhen }
        'compare_clock' { Compare-Clock $Call }
        'service' { Switch-Service $Call }
        'module_files' { Get-ModuleFile }
        'find_events' { Find-Events $Call }
        'probe_api' { Invoke-ManagementApi $Call 'DhcpV4FailoverGetRelationship' }
        'remove_member_here' { Invoke-ManagementApi $Call 'DhcpV4FailoverDeleteScopeFromRelationship' }
        'remove_relationship_here' { Invoke-ManagementApi $Call 'DhcpV4FailoverDeleteRelationship' }
        'safety_copy' { Invoke-FileOperation $Call ${function:Save-Copy} -Writes }
        'read_copy' { Invoke-FileOperation $Call ${function:Read-Copy} }
        'find_copies' { Invoke-FileOperation $Call ${function:Find-Copies} }
        'import_copy' { Invoke-FileOperation $Call ${function:Import-Copy} -Writes }
        'keep_text' { Invoke-FileOperation $Call ${function:Save-Text} -Writes }
        'drop_text' { Invoke-FileOperation $Call ${function:Remove-Text} -Writes }
        'prove_text' { Invoke-FileOperation $Call ${function:Test-Text} }
        'find_texts' { Invoke-FileOperation $Call ${function:Find-Texts} }
        'check_folder' { Invoke-FileOperation $Call ${function:Test-Folder} }
        default { New-Result -Errors (New-Failure 'windhcp.no_such_operation' 'InvalidArgument' "$($Call['op'])" "There is no operation '$($Call['op'])'.") }
    }
    $result.Insert(0, 'id', $Call['id'])
    $result
}

# ------------------------------------------------------------------ the request

function Invoke-Reads([object[]] $Calls, $Reply, [string] $Part) {
    # The fingerprint is of what the reads said that are to be held to it, without the properties that change by themselves.
    $held = [System.Collections.Generic.List[string]]::new()
    $Reply[$Part] = @(foreach ($call in $Calls) {
            $result = Invoke-Operation $call
            $volatile = @($call['volatile'] | Where-Object { $_ })
            $texts = @(foreach ($object in $result['objects']) {
                    $members = @(ConvertTo-JsonMembers $object)
                    $text = '{' + ($members -join ',') + '}'
                    $text
                    if (-not $call['fingerprint']) { continue }
                    if ($volatile.Count) {
                        $at = 0
                        $kept = @(foreach ($name in $object.Keys) { if ($volatile -notcontains $name) { $members[$at] }; $at++ })
                        $text = '{' + ($kept -join ',') + '}'
                    }
                    $held.Add($text)
                })
            if ($call['fingerprint']) { $held.Add((ConvertTo-JsonText @($result['errors'] | ForEach-Object { $_['id'] }))) }
            $result['objects'] = [System.Text.StringBuilder]::new('[' + ($texts -join ',') + ']')
            $result
        })
    $Reply['fingerprint'] = Get-Sha256 ([System.Text.Encoding]::ASCII.GetBytes($held -join "`n"))
}

function Invoke-Calls([object[]] $Calls, $Reply) {
    foreach ($call in $Calls) {
        $result = Invoke-Operation $call
        $Reply['calls'] += , $result
        if ($result['errors'].Count) {
            $Reply['status'] = 'stopped'
            return
        }
    }
}

function Invoke-Request($Request, $Reply) {
    Invoke-Reads @($Request['before'] | Where-Object { $_ }) $Reply 'before'
    if ($Request['fingerprint']) {
        if ($Request['fingerprint'] -cne $Reply['fingerprint']) {
            $Reply['status'] = 'changed_meanwhile'
            return
        }
        $Reply['before'] = @()
    }
    $Reply['status'] = 'done'
    try { Invoke-Calls @($Request['calls'] | Where-Object { $_ }) $Reply }
    finally {
        $again = @($Request['finally'] | Where-Object { $_ })
        if ($again.Count) { Invoke-Reads $again $Reply 'finally' }
    }
}

function Set-Holder($Request) {
    # Who holds the mutex, for a run that waits in vain. It is a help only: not to be able to write it is no failure.
    $process = [System.Diagnostics.Process]::GetCurrentProcess()
    $holder = [ordered] @{
        who     = "$($Request['who'])"
        user    = "$env:USERDOMAIN\$env:USERNAME"
        process = $process.Id
        since   = Get-Date
        started = $process.StartTime
    }
    try { Write-Text (Get-TextPath @{ name = 'writing' }) @{ text = (ConvertTo-JsonText $holder) } } catch { $null = $_ }
}

function Get-Holder {
    # In words.
    try { $text = Read-Text (Get-TextPath @{ name = 'writing' }) } catch { return "who it is could not be read: $($_.Exception.Message)" }
    if (-not $text) { return 'it left no word of who it is' }
    try { $holder = ConvertTo-Dictionary (ConvertFrom-Json -InputObject $text) } catch { return 'who it is could not be read' }
    $name = "$($holder['who']) as $($holder['user']), process $($holder['process']) since $($holder['since'])"
    try {
        $started = [System.Diagnostics.Process]::GetProcessById($holder['process']).StartTime.ToUniversalTime()
        $recorded = [datetime]::Parse($holder['started'], [System.Globalization.CultureInfo]::InvariantCulture).ToUniversalTime()
        $runs = [System.Math]::Abs(($started - $recorded).TotalSeconds) -lt 10
    }
    catch { $runs = $false }
    if ($runs) { $name } else { "the last one that left word was $name, and has ended" }
}

function Stop-Busy($Reply, [string] $Id, [string] $Target, [string] $Message, [string] $Status = 'busy') {
    $Reply['status'] = $Status
    $Reply['errors'] = @(New-Failure $Id 'ResourceBusy' $Target $Message)
}

function Invoke-Exclusive($Request, $Reply) {
    # A killed run can leave its process behind: it and its re-run must not write at once. The name holds the computer's,
    # so that several simulated servers on one machine do not wait for each other.
    $name = "Global\windhcp.failover.$env:COMPUTERNAME"
    try { $mutex = [System.Threading.Mutex]::new($false, $name) }
    catch [System.UnauthorizedAccessException] { # made by the run of an account that lets this one not in, and there as long as that run
        return Stop-Busy $Reply 'windhcp.mutex' $name "$(Get-Holder); $($_.Exception.GetBaseException().Message)"
    }
    catch { return Stop-Busy $Reply 'windhcp.mutex' $name $_.Exception.GetBaseException().Message 'no_mutex' }
    try {
        try { $mine = $mutex.WaitOne([timespan]::FromSeconds($Request['mutex'])) }
        catch [System.Threading.AbandonedMutexException] { $mine = $true }
        if (-not $mine) { return Stop-Busy $Reply 'windhcp.busy' $name (Get-Holder) }
        try {
            if (-not $script:checkMode) { Set-Holder $Request }
            Invoke-Request $Request $Reply
        }
        finally {
            if (-not $script:checkMode) { try { $null = Remove-Text @{ name = 'writing' } } catch { $null = $_ } }
            $mutex.ReleaseMutex()
        }
    }
    finally { $mutex.Dispose() }
}

# A restricted language (application control, or a session configuration such as JEA's) forbids nearly everything below, so it
# is found first and named.
$found = "$($ExecutionContext.SessionState.LanguageMode)"
if ($found -ne 'FullLanguage') { $status = 'constrained_language' }
elseif ($PSVersionTable['Platform'] -eq 'Win32NT') { # which Windows PowerShell 5.1 does not say of itself
    $status = 'not_windows_powershell'
    $found = "PowerShell $($PSVersionTable['PSVersion'])"
}
else { $status = $null }
if ($status) {
    $endpoint = "$($PSSenderInfo.ConfigurationName)"
    if ($endpoint -match '\A[A-Za-z0-9._ -]+\z') { $found = "$found, session configuration $endpoint" }
    return '{"changed":false,"reply":{"status":"' + $status + '","fingerprint":null,"before":[],"calls":[],"finally":[],' +
    '"errors":[{"id":"windhcp.session","category":"NotSpecified","target":"","message":"' + $found + '"}],"clock":null}}'
}

$reply = [ordered] @{ status = 'script_error'; fingerprint = $null; before = @(); calls = @(); finally = @(); errors = @() }
try {
    $script:secrets = @(foreach ($secret in $complex_args.secrets) { [string] $secret })
    $request = ConvertTo-Dictionary (ConvertFrom-Json -InputObject $complex_args.request)
    $script:checkMode = [bool] $request['check_mode']
    $script:module = $null
    # Not under Stop: where the language of the session has no texts on the server, part of the module says so and works.
    $ErrorActionPreference = 'Continue'
    try { $script:module = Import-Module -Name DhcpServer -PassThru -WarningAction SilentlyContinue -ErrorVariable problems 2> $null }
    catch { $problems = @($problems) + $_ }
    $ErrorActionPreference = 'Stop'
    if (-not $script:module) {
        $reply['status'] = 'no_module'
        $reply['errors'] = @(ConvertTo-Failures $problems)
    }
    else {
        if ($request['mutex']) { Invoke-Exclusive $request $reply } else { Invoke-Request $request $reply }
    }
}
catch {
    $reply['status'] = 'script_error'
    $reply['errors'] = @(ConvertTo-Failure $_)
}
# The clock is asked when all else is text already: what took long is then no difference of clocks.
$text = ConvertTo-JsonText $reply
$clock = (Get-Date).ToUniversalTime().ToString('yyyy-MM-dd\THH:mm:ss.fff\Z', [System.Globalization.CultureInfo]::InvariantCulture)
'{"changed":false,"reply":' + $text.Substring(0, $text.Length - 1) + ',"clock":"' + $clock + '"}}'
