# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# Every line that ends with "finds:" would not run, or run differently, in Windows PowerShell 5.1. The gate must find each.
$a = $true ? 1 : 2                                              # finds: a ? b : c
$a = $null ?? 1                                                 # finds: ??
$a ??= 1                                                        # finds: ??=
${a}?.Length                                                    # finds: ?.
${a}?[0]                                                        # finds: ?[]
Get-Date && Get-Date                                            # finds: && or ||
Get-Date &                                                      # finds: & in the background
"`u{41} `e"                                                     # finds: escape
0b101                                                           # finds: number literal
$IsWindows                                                      # finds: $IsWindows does not exist
ConvertFrom-Json -InputObject '{}' -AsHashtable                 # finds: ConvertFrom-Json -AsHashtable does not exist
ConvertTo-Json -InputObject 1 -AsArray                          # finds: ConvertTo-Json -AsArray does not exist
Get-Uptime                                                      # finds: Get-Uptime is no command
Get-DhcpServerv4FailoverScope                                   # finds: Get-DhcpServerv4FailoverScope is no command
[System.Text.Json.JsonDocument]                                 # finds: is no type
[System.HashCode]::Combine(1, 2)                                # finds: is no type
[System.Security.Cryptography.SHA256]::HashData(1)              # finds: HashData does not exist
[System.Convert]::ToHexString(1)                                # finds: ToHexString does not exist
[System.IO.Path]::GetRelativePath('a', 'b')                     # finds: GetRelativePath does not exist
'abc'.StartsWith('a', 1, 2, 3)                                  # finds: takes 4 argument(s) on no type
'abc'.ReplaceLineEndings()                                      # finds: exists on no type

# and these are good
[object[]] $b = @()
[math]::Floor(1.5)
[TimeSpan]::FromSeconds(1)
Get-DhcpServerv4Failover -Name 'HQ'
'abc'.Replace('a', 'b').Trim()
[hashtable]::new([System.StringComparer]::Ordinal)
@{}.ContainsKey('a')
