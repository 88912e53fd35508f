# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is read of the server itself: version, settings, bindings, DNS settings, MAC filters."""

from __future__ import annotations

from lab.core.api import CmdletObject, Value
from lab.core.call import Call
from lab.core.options import find_policy
from lab.core.reservations import find as find_reservation
from lab.core.server import Card


def get_version(call: Call) -> None:
    major, minor = call.server.version()
    call.emit([CmdletObject("DhcpServerVersion", {"MajorVersion": major, "MinorVersion": minor})])


def get_setting(call: Call) -> None:
    server = call.server
    about: dict[str, Value] = {
        "ActivatePolicies": server.activate_policies,
        "ConflictDetectionAttempts": server.conflict_detection_attempts,
        "DynamicBootp": True,
        "IsAuthorized": server.authorized,
        "IsDomainJoined": server.domain_joined,
        "NapEnabled": False,
        "NpsUnreachableAction": "Full",
        "RestoreStatus": 0,
    }
    call.emit([CmdletObject("DhcpServerSetting", about)])


def get_bindings(call: Call) -> None:
    """C PSDOC: every card with an address of its own, and whether the service listens there."""
    server = call.server
    first = Card(server.interface, server.ip, server.subnet_mask, bound=True)
    for card in (first, *server.cards.values()):
        about: dict[str, Value] = {
            "BindingState": card.bound,
            "InterfaceAlias": card.interface,
            "IPAddress": card.ip,
            "SubnetMask": card.subnet_mask,
        }
        call.emit([CmdletObject("DhcpServerv4Binding", about)])


def get_audit_log(call: Call) -> None:
    """The properties are C PSDOC, their values the defaults of a server as it is installed (M SETTINGS)."""
    about: dict[str, Value] = {
        "DiskCheckInterval": 50,
        "Enable": call.server.audit_log,
        "MaxMBFileSize": 70,
        "MinMBDiskSpace": 20,
        "Path": r"C:\Windows\system32\dhcp",
    }
    call.emit([CmdletObject("DhcpServerAuditLog", about)])


def get_dns_credential(call: Call) -> None:
    """C PSDOC: the user and the domain, never the password. What a server without any shows is a switch."""
    domain, _separator, user = call.server.dns_account.rpartition("\\")
    if user or call.world.switches.no_dns_credential == "empty_object":
        about: dict[str, Value] = {"DomainName": domain, "UserName": user}
        call.emit([CmdletObject("DhcpServerDnsCredential", about)])


def get_dns_setting(call: Call) -> None:
    """C 6.1: the effective values, inherited from the server where the scope has none of its own."""
    scope_id, address = call.address("ScopeId"), call.address("IPAddress")
    scope = call.scope(scope_id) if scope_id is not None else None
    if address is not None:
        scope, _reservation = find_reservation(call, address)
    suffix = ""
    if call.has("PolicyName"):
        suffix = find_policy(call, scope, call.text("PolicyName")).dns_suffix
    setting = scope.dns if scope and scope.dns else call.server.dns
    about: dict[str, Value] = {
        "DeleteDnsRROnLeaseExpiry": setting.delete_on_lease_expiry,
        "DisableDnsPtrRRUpdate": setting.disable_ptr_update,
        "DnsSuffix": suffix or setting.dns_suffix,
        "DynamicUpdates": setting.dynamic_updates,
        "NameProtection": setting.name_protection,
        "UpdateDnsRRForOlderClients": setting.update_older_clients,
    }
    call.emit([CmdletObject("DhcpServerv4DnsSetting", about)])


def get_filter_list(call: Call) -> None:
    call.emit([_filter_list(call)])


def _filter_list(call: Call) -> CmdletObject:
    about: dict[str, Value] = {"Allow": call.server.allow_list, "Deny": call.server.deny_list}
    return CmdletObject("DhcpServerv4FilterList", about)


def set_filter_list(call: Call) -> None:
    if call.has("Allow"):
        call.server.allow_list = call.on("Allow")
    if call.has("Deny"):
        call.server.deny_list = call.on("Deny")
    call.pass_thru(_filter_list(call))


def get_filters(call: Call) -> None:
    wanted = call.text("List")
    for mac, one in sorted(call.server.filters.items()):
        if wanted in ("", one.list):
            about: dict[str, Value] = {"MacAddress": mac, "List": one.list, "Description": one.description}
            call.emit([CmdletObject("DhcpServerv4Filter", about)])
