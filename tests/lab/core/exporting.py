# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Export-DhcpServer: the XML file with the server level configuration and the scopes. importing.py reads it.

Names, order and spelling of the elements are M (dhcp-failover.md 10: public programs that read or write such files), also
that lists are repeated elements, that an empty list has no element in a scope, that And and Or are in capitals, that a
class shows its data as hexadecimal digits and a policy its lease duration as option 51. Of a lease the names are M, order
and the form of the time L. U: where a policy's DNS suffix stands; the suffix of a scope's DNS settings stands nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lab.core.api import Scalar
from lab.core.call import Call
from lab.core.catalogue import classes_of, definitions_of
from lab.core.errors import Refused
from lab.core.metadata import format_timespan
from lab.core.options import DNS_OPTION, LEASE_OPTION, dns_flags, lease_option, scope_options
from lab.core.policies import CRITERIA
from lab.core.server import AddressRange, DnsSetting, Lease, OptionKey, OptionValues, Policy, Reservation, Scope, Server

NAMESPACE = "http://schemas.microsoft.com/windows/DHCPServer"
VERSION = ("6", "2")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def export(call: Call) -> None:
    """C PSDOC: the server level always, all scopes if none is named, an error if the file exists unless -Force.

    The file belongs to the machine that runs the cmdlet, whatever -ComputerName says (C PSDOC): the door writes it.
    """
    path, switches = call.text("File"), call.world.switches
    if path in call.files and not call.on("Force"):
        raise call.refused(switches.export_file_exists_error, "export_file", file=path)
    scopes = []
    for scope_id in _wanted(call):
        try:
            scopes.append(call.scope(scope_id))
        except Refused as refusal:
            call.report(refusal)
    if call.errors and switches.export_unknown_scope_stops:
        return
    content = text(document(call.server, scopes, leases=call.on("Leases")))
    if _NOT_IN_XML.search(content):  # I: .NET's XmlWriter refuses such a character
        raise call.fail("WIN32 87", "export", path)
    encoding = switches.export_encoding
    declaration = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\r\n'
    call.written[path] = (declaration + content).encode(encoding)


def _wanted(call: Call) -> Iterable[IPv4Address]:
    """C PSDOC: with -ScopeId or -Prefix only those; a prefix is of IPv6, which the lab does not have."""
    return call.addresses("ScopeId") if call.has("ScopeId") or call.has("Prefix") else sorted(call.server.scopes)


def text(root: Element) -> str:
    """Indented, with Windows line ends; a carriage return of a value is written so that it is still there when read."""
    indent(root)
    return tostring(root, encoding="unicode").replace("\r", "&#xD;").replace("\n", "\r\n")


def document(server: Server, scopes: Iterable[Scope], *, leases: bool) -> Element:
    root = Element("DHCPServer", {"xmlns": NAMESPACE})
    _add(root, "MajorVersion", VERSION[0])
    _add(root, "MinorVersion", VERSION[1])
    ipv4 = SubElement(root, "IPv4")
    _add(ipv4, "ConflictDetectionAttempts", server.conflict_detection_attempts)
    _add(ipv4, "NapEnabled", False)
    _add(ipv4, "NpsUnreachableAction", "Full")
    _add(ipv4, "ActivatePolicies", server.activate_policies)
    _classes(SubElement(ipv4, "Classes"), server)
    _definitions(SubElement(ipv4, "OptionDefinitions"), server)
    _options(SubElement(ipv4, "OptionValues"), server_options(server))
    _policies(SubElement(ipv4, "Policies"), server.policies.values())
    _filters(SubElement(ipv4, "Filters"), server)
    inside = SubElement(ipv4, "Scopes")
    for scope in scopes:
        _scope(SubElement(inside, "Scope"), scope, leases=leases)
    return root


def server_options(server: Server) -> OptionValues:
    """As scope_options: option 81 once the DNS settings are not the default (C 6.1)."""
    changed = server.dns != DnsSetting()
    return ({OptionKey(DNS_OPTION): (str(dns_flags(server.dns)),)} if changed else {}) | server.option_values


def policy_options(policy: Policy) -> OptionValues:
    """M: a policy's lease duration is its option 51."""
    if policy.lease_duration is None:
        return policy.options
    return {OptionKey(LEASE_OPTION): (lease_option(policy.lease_duration),)} | policy.options


def _add(parent: Element, name: str, *values: Scalar) -> None:
    """One element for each value."""
    for value in values:
        if isinstance(value, bool):
            SubElement(parent, name).text = str(value).lower()
        else:
            SubElement(parent, name).text = str(value)


def _classes(parent: Element, server: Server) -> None:
    for one in classes_of(server):
        element = SubElement(parent, "Class")
        _add(element, "Name", one.name)
        _add(element, "Type", one.type)
        _add(element, "Data", "0x" + one.data.encode().hex())
        _add(element, "Description", one.description)


def _definitions(parent: Element, server: Server) -> None:
    for key, one in definitions_of(server).items():
        element = SubElement(parent, "OptionDefinition")
        _add(element, "Name", one.name)
        _add(element, "OptionId", key.option_id)
        _add(element, "Type", one.type)
        _add(element, "MultiValued", one.multi_valued)
        _add(element, "DefaultValue", *one.default)
        _add(element, "Description", one.description)
        _add(element, "VendorClass", key.vendor_class)


def _options(parent: Element, values: OptionValues) -> None:
    for key, several in sorted(values.items()):
        element = SubElement(parent, "OptionValue")
        _add(element, "OptionId", key.option_id)
        _add(element, "Value", *several)
        _add(element, "VendorClass", key.vendor_class)
        _add(element, "UserClass", key.user_class)


def _policies(parent: Element, policies: Iterable[Policy]) -> None:
    for one in sorted(policies, key=lambda policy: policy.processing_order):
        element = SubElement(parent, "Policy")
        _add(element, "Name", one.name)
        _add(element, "ProcessingOrder", one.processing_order)
        _add(element, "Enabled", one.enabled)
        _add(element, "Condition", one.condition.upper())
        _add(element, "Description", one.description)
        for criterion in CRITERIA:
            _add(element, criterion, *one.criteria.get(criterion, ()))
        if one.dns_suffix:
            _add(element, "DnsSuffix", one.dns_suffix)
        if options := policy_options(one):
            _options(SubElement(element, "OptionValues"), options)
        if one.ranges:
            _ranges(SubElement(element, "IPRanges"), one.ranges)


def _ranges(parent: Element, ranges: Iterable[AddressRange]) -> None:
    for one in ranges:
        element = SubElement(parent, "IPRange")
        _add(element, "StartRange", one.start)
        _add(element, "EndRange", one.end)


def _filters(parent: Element, server: Server) -> None:
    _add(parent, "Allow", server.allow_list)
    _add(parent, "Deny", server.deny_list)
    for one in server.filters.values():
        element = SubElement(parent, "Filter")
        _add(element, "List", one.list)
        _add(element, "MacAddress", one.mac_address)
        _add(element, "Description", one.description)


def _scope(element: Element, scope: Scope, *, leases: bool) -> None:
    _add(element, "ScopeId", scope.scope_id)
    _add(element, "Name", scope.name)
    _add(element, "SubnetMask", scope.subnet_mask)
    _add(element, "StartRange", scope.start_range)
    _add(element, "EndRange", scope.end_range)
    _add(element, "LeaseDuration", format_timespan(scope.lease_duration))
    _add(element, "State", scope.state)
    _add(element, "Type", scope.type)
    _add(element, "MaxBootpClients", scope.max_bootp_clients)
    _add(element, "NapEnable", scope.nap_enable)
    _add(element, "NapProfile", scope.nap_profile)
    _add(element, "Delay", scope.delay)
    _add(element, "Description", scope.description)
    _add(element, "ActivatePolicies", scope.activate_policies)
    _add(element, "SuperScopeName", scope.superscope)
    if scope.exclusions:
        _ranges(SubElement(element, "ExclusionRanges"), scope.exclusions)
    if scope.policies:
        _policies(SubElement(element, "Policies"), scope.policies.values())
    _options(SubElement(element, "OptionValues"), scope_options(scope))
    if scope.reservations:
        _reservations(SubElement(element, "Reservations"), scope.reservations.values())
    if leases and scope.leases:
        _leases(SubElement(element, "Leases"), scope)


def _reservations(parent: Element, reservations: Iterable[Reservation]) -> None:
    for one in reservations:
        element = SubElement(parent, "Reservation")
        _add(element, "Name", one.name)
        _add(element, "IPAddress", one.ip)
        _add(element, "ClientId", one.client_id)
        _add(element, "Type", one.type)
        _add(element, "Description", one.description)
        if one.options:
            _options(SubElement(element, "OptionValues"), one.options)


def _leases(parent: Element, scope: Scope) -> None:
    for one in scope.leases.values():
        _lease(SubElement(parent, "Lease"), scope, one)


def _lease(element: Element, scope: Scope, one: Lease) -> None:
    _add(element, "IPAddress", one.ip)
    _add(element, "ScopeId", scope.scope_id)
    _add(element, "ClientId", one.client_id)
    _add(element, "HostName", one.host_name)
    _add(element, "Description", one.description)
    _add(element, "AddressState", one.address_state)
    _add(element, "ClientType", one.client_type)
    if one.expires is not None:
        _add(element, "LeaseExpiryTime", one.expires.isoformat())
    _add(element, "DnsRegistration", one.dns_registration)
    _add(element, "DnsRR", one.dns_rr)
    _add(element, "NapCapable", False)
    _add(element, "NapStatus", "FullAccess")
    _add(element, "PolicyName", one.policy_name)
