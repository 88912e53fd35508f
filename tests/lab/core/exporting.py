# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Export-DhcpServer: the XML file with the server level configuration and the scopes. importing.py reads it.

C MIG: names, order and namespaces of the elements, what is left out when there is none of it, the version, BOM and line
ends, and that a list is repeated elements. M EXPORTS (10: public programs that read or write such files): And
and Or are in capitals, a class shows its data as hexadecimal digits and a policy its lease duration as option 51. The
suffix of a scope's DNS settings stands nowhere. The lab has no IPv6."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from ipaddress import IPv4Address
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lab.core.api import Scalar
from lab.core.call import Call
from lab.core.catalogue import classes_of, definitions_of, hexadecimal
from lab.core.errors import Refused
from lab.core.metadata import format_timespan
from lab.core.options import DNS_OPTION, LEASE_OPTION, dns_flags, lease_option, scope_options
from lab.core.server import AddressRange, DnsSetting, Lease, OptionKey, OptionValues, Policy, Reservation, Scope, Server

NAMESPACE = "http://schemas.microsoft.com/windows/DHCPServer"
POLICY_CRITERIA = (
    "VendorClass",
    "UserClass",
    "MacAddress",
    "ClientId",
    "RelayAgent",
    "CircuitId",
    "RemoteId",
    "SubscriberId",
    "Fqdn",
)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def export(call: Call) -> None:
    """C MIG: the server level always, all scopes if none is named; an unknown one is an error, and without any left
    there is no file.

    The file belongs to the machine that runs the cmdlet, whatever -ComputerName says (C PSDOC): the door writes it.
    """
    path = call.text("File")
    if path in call.files and not call.on("Force"):
        raise call.ended("ResourceExists", "export_file", file=path)
    if call.has("Prefix"):  # C MIG: of IPv6, which has no addresses of IPv4
        raise call.ended("InvalidArgument", "bad_argument", value=call.addresses("Prefix")[0], cmdlet=call.cmdlet)
    scopes = []
    for scope_id in _wanted(call):
        try:
            scopes.append(call.scope(scope_id))
        except Refused as refusal:
            call.post(refusal)
    if call.has("ScopeId") and not scopes:
        return
    leases = (
        {scope.scope_id: call.world.exported_leases(call.server.name, scope) for scope in scopes}
        if call.on("Leases")
        else None
    )
    root = document(call.server, scopes, leases)
    if not call.has("ScopeId"):
        SubElement(SubElement(root, "IPv6", {"xmlns": ""}), "Classes")
    try:
        call.written[path] = written(root)
    except UnicodeEncodeError as error:  # a lone surrogate: the method of .NET throws
        raise call.ended("ArgumentException", "surrogate") from error


def _wanted(call: Call) -> Iterable[IPv4Address]:
    return call.addresses("ScopeId") if call.has("ScopeId") else sorted(call.server.scopes)


def written(root: Element) -> bytes:
    """C MIG (XmlWriter with Indent and without CheckCharacters): UTF-8 with a byte order mark, CRLF, no character
    refused.

    Every line end of a value becomes CRLF, and one that XML 1.0 does not have is written as a reference.
    """
    indent(root)
    content = tostring(root, encoding="unicode").replace("\r\n", "\n").replace("\r", "\n")
    content = _NOT_IN_XML.sub(lambda one: one[0] if "\ud800" <= one[0] <= "\udfff" else f"&#x{ord(one[0]):X};", content)
    return as_on_windows('<?xml version="1.0" encoding="utf-8"?>\n' + content)


def as_on_windows(text: str) -> bytes:
    """The bytes of a file with this text, whose lines end as here."""
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def document(
    server: Server, scopes: Iterable[Scope], leases: Mapping[IPv4Address, Sequence[Lease]] | None = None
) -> Element:
    """``leases``: of each scope; None: they are not asked for."""
    root = Element("DHCPServer", {"xmlns": NAMESPACE})
    for name, number in zip(("MajorVersion", "MinorVersion"), server.os.split("."), strict=False):
        SubElement(root, name, {"xmlns": ""}).text = number
    ipv4 = SubElement(root, "IPv4", {"xmlns": ""})
    _add(ipv4, "ConflictDetectionAttempts", server.conflict_detection_attempts)
    _add(ipv4, "NapEnabled", False)
    _add(ipv4, "NpsUnreachableAction", "Full")
    _add(ipv4, "ActivatePolicies", server.activate_policies)
    _classes(SubElement(ipv4, "Classes"), server)
    _definitions(SubElement(ipv4, "OptionDefinitions"), server)
    _policies(ipv4, server.policies.values())
    _options(ipv4, server_options(server))
    _filters(SubElement(ipv4, "Filters"), server)
    inside = [(scope, Element("Scope")) for scope in scopes]
    if inside:
        SubElement(ipv4, "Scopes").extend(element for _scope_, element in inside)
    for scope, element in inside:
        _scope(element, scope)
        if leases is not None:
            _leases(SubElement(element, "Leases"), scope, leases[scope.scope_id])
    return root


def server_options(server: Server) -> OptionValues:
    """As scope_options: option 81 once the DNS settings are not the default (C 6.1)."""
    changed = server.dns != DnsSetting()
    return ({OptionKey(DNS_OPTION): (str(dns_flags(server.dns)),)} if changed else {}) | server.option_values


def policy_options(policy: Policy) -> OptionValues:
    """M EXPORTS: a policy's lease duration is its option 51."""
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
        _add(element, "Data", hexadecimal(one))
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
    inside = SubElement(parent, "OptionValues") if values else parent
    for key, several in sorted(values.items()):
        element = SubElement(inside, "OptionValue")
        _add(element, "OptionId", key.option_id)
        _add(element, "Value", *several)
        _add(element, "VendorClass", key.vendor_class)
        _add(element, "UserClass", key.user_class)


def _policies(parent: Element, policies: Collection[Policy]) -> None:
    inside = SubElement(parent, "Policies") if policies else parent
    for one in sorted(policies, key=lambda policy: policy.processing_order):
        element = SubElement(inside, "Policy")
        _add(element, "Name", one.name)
        _add(element, "ProcessingOrder", one.processing_order)
        _add(element, "Enabled", one.enabled)
        _add(element, "Condition", one.condition.upper())
        _add(element, "Description", one.description)
        for criterion in POLICY_CRITERIA:
            _add(element, criterion, *one.criteria.get(criterion, ()))
        if one.dns_suffix:
            _add(element, "DnsSuffix", one.dns_suffix)
        if one.ranges:
            _ranges(SubElement(element, "IPRanges"), one.ranges)
        _options(element, policy_options(one))


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


def _scope(element: Element, scope: Scope) -> None:
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
    _add(element, "Delay", scope.delay)
    _add(element, "NapProfile", scope.nap_profile)
    _add(element, "Description", scope.description)
    _add(element, "ActivatePolicies", scope.activate_policies)
    _add(element, "SuperScopeName", scope.superscope)
    if scope.exclusions:
        _ranges(SubElement(element, "ExclusionRanges"), scope.exclusions)
    _policies(element, scope.policies.values())
    _options(element, scope_options(scope))
    if scope.reservations:
        _reservations(SubElement(element, "Reservations"), scope.reservations.values())


def _reservations(parent: Element, reservations: Iterable[Reservation]) -> None:
    for one in reservations:
        element = SubElement(parent, "Reservation")
        _add(element, "Name", one.name)
        _add(element, "IPAddress", one.ip)
        _add(element, "ClientId", one.client_id)
        _add(element, "Type", one.type)
        _add(element, "Description", one.description)
        _options(element, one.options)


def _leases(parent: Element, scope: Scope, leases: Iterable[Lease]) -> None:
    for one in leases:
        element = SubElement(parent, "Lease")
        _add(element, "IPAddress", one.ip)
        _add(element, "ScopeId", scope.scope_id)
        _add(element, "ClientId", one.client_id)
        _add(element, "AddressState", one.address_state)
        _add(element, "ClientType", one.client_type)
        _add(element, "NapCapable", False)
        _add(element, "DnsRR", one.dns_rr)
        _add(element, "DnsRegistration", one.dns_registration)
        if one.expires is not None:
            _add(element, "LeaseExpiryTime", f"{one.expires:%Y-%m-%d %H:%M:%SZ}")
        _add(element, "NapStatus", "FullAccess")
        _add(element, "HostName", one.host_name)
        _add(element, "PolicyName", one.policy_name)
        _add(element, "Description", one.description)
