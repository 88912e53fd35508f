# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The cmdlets that the lab simulates. Every other one of the module answers that it is not simulated."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lab.core import (
    definitions,
    exporting,
    failover,
    failover_add,
    failover_scopes,
    importing,
    leases,
    options,
    policies,
    reservations,
    scopes,
    server_level,
)
from lab.core.call import Call

SIMULATED: Mapping[str, Callable[[Call], None]] = {
    # failover
    "Get-DhcpServerv4Failover": failover.get,
    "Add-DhcpServerv4Failover": failover_add.add,
    "Set-DhcpServerv4Failover": failover.set_,
    "Remove-DhcpServerv4Failover": failover.remove,
    "Add-DhcpServerv4FailoverScope": failover_scopes.add,
    "Remove-DhcpServerv4FailoverScope": failover_scopes.remove,
    "Invoke-DhcpServerv4FailoverReplication": failover_scopes.replicate,
    # scopes and what is in them
    "Get-DhcpServerv4Scope": scopes.get,
    "Add-DhcpServerv4Scope": scopes.add,
    "Set-DhcpServerv4Scope": scopes.set_,
    "Remove-DhcpServerv4Scope": scopes.remove,
    "Get-DhcpServerv4Superscope": scopes.get_superscopes,
    "Get-DhcpServerv4ExclusionRange": scopes.get_exclusions,
    "Add-DhcpServerv4ExclusionRange": scopes.add_exclusion,
    "Remove-DhcpServerv4ExclusionRange": scopes.remove_exclusion,
    "Get-DhcpServerv4Reservation": reservations.get,
    "Add-DhcpServerv4Reservation": reservations.add,
    "Set-DhcpServerv4Reservation": reservations.set_,
    "Remove-DhcpServerv4Reservation": reservations.remove,
    "Get-DhcpServerv4Lease": leases.get,
    "Add-DhcpServerv4Lease": leases.add,
    "Remove-DhcpServerv4Lease": leases.remove,
    "Get-DhcpServerv4ScopeStatistics": leases.get_statistics,
    # options, classes, policies
    "Get-DhcpServerv4OptionValue": options.get,
    "Set-DhcpServerv4OptionValue": options.set_,
    "Remove-DhcpServerv4OptionValue": options.remove,
    "Get-DhcpServerv4OptionDefinition": definitions.get_definitions,
    "Add-DhcpServerv4OptionDefinition": definitions.add_definition,
    "Remove-DhcpServerv4OptionDefinition": definitions.remove_definition,
    "Get-DhcpServerv4Class": definitions.get_classes,
    "Add-DhcpServerv4Class": definitions.add_class,
    "Remove-DhcpServerv4Class": definitions.remove_class,
    "Get-DhcpServerv4Policy": policies.get,
    "Add-DhcpServerv4Policy": policies.add,
    "Remove-DhcpServerv4Policy": policies.remove,
    "Get-DhcpServerv4PolicyIPRange": policies.get_ranges,
    # the server
    "Get-DhcpServerVersion": server_level.get_version,
    "Get-DhcpServerSetting": server_level.get_setting,
    "Get-DhcpServerAuditLog": server_level.get_audit_log,
    "Get-DhcpServerDnsCredential": server_level.get_dns_credential,
    "Get-DhcpServerv4Binding": server_level.get_bindings,
    "Get-DhcpServerv4DnsSetting": server_level.get_dns_setting,
    "Get-DhcpServerv4Filter": server_level.get_filters,
    "Get-DhcpServerv4FilterList": server_level.get_filter_list,
    "Set-DhcpServerv4FilterList": server_level.set_filter_list,
    # a server in a file
    "Export-DhcpServer": exporting.export,
    "Import-DhcpServer": importing.import_,
}
