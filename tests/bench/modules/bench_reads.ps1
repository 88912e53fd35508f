# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

#Requires -Version 5.1

# Makes the reads of the collection's first request and prints them plainly: what anybody would write who only wants to
# see them. It looks for no error, compares nothing and holds nothing.

$ErrorActionPreference = 'Stop'
Import-Module -Name DhcpServer

$bindings = @(foreach ($one in Get-DhcpServerv4Binding) {
        [ordered] @{ IPAddress = "$($one.IPAddress)"; BindingState = $one.BindingState }
    })
$relationships = @(foreach ($one in Get-DhcpServerv4Failover) {
        [ordered] @{
            Name = $one.Name; PartnerServer = $one.PartnerServer; Mode = "$($one.Mode)"; State = "$($one.State)"
            LoadBalancePercent = $one.LoadBalancePercent; ServerRole = "$($one.ServerRole)"; ReservePercent = $one.ReservePercent
            MaxClientLeadTime = "$($one.MaxClientLeadTime)"; StateSwitchInterval = "$($one.StateSwitchInterval)"
            AutoStateTransition = $one.AutoStateTransition; EnableAuth = $one.EnableAuth; ServerType = "$($one.ServerType)"
            PrimaryServerName = $one.PrimaryServerName; SecondaryServerName = $one.SecondaryServerName
            PrimaryServerIP = "$($one.PrimaryServerIP)"; SecondaryServerIP = "$($one.SecondaryServerIP)"
            ScopeId = @(foreach ($scope in $one.ScopeId) { "$scope" })
        }
    })
$scopes = @(foreach ($one in Get-DhcpServerv4Scope) {
        [ordered] @{
            ScopeId = "$($one.ScopeId)"; Name = $one.Name; SubnetMask = "$($one.SubnetMask)"; State = $one.State
            StartRange = "$($one.StartRange)"; EndRange = "$($one.EndRange)"; Type = $one.Type
            Description = $one.Description; LeaseDuration = "$($one.LeaseDuration)"
        }
    })
$reply = [ordered] @{
    changed = $false; computer = $env:COMPUTERNAME; bindings = $bindings; relationships = $relationships; scopes = $scopes
}
ConvertTo-Json -InputObject $reply -Compress -Depth 4
