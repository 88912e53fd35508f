# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads an export file, from Windows or from exporting.py: namespace and order do not matter, nor do unknown
elements."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from lab.core.metadata import parse_datetime, parse_timespan
from lab.core.options import DNS_OPTION, LEASE_OPTION, dns_flags, dns_setting, lease_duration, lease_option
from lab.core.policies import CRITERIA
from lab.core.server import (
    UNLIMITED,
    AddressRange,
    DhcpClass,
    DnsSetting,
    Filter,
    Lease,
    OptionDefinition,
    OptionKey,
    OptionValues,
    Policy,
    Reservation,
    Scope,
)

# where such a character is while the XML is parsed: a plane for private use
_NOT_IN_XML = {*range(0x20), 0xFFFE, 0xFFFF} - {9, 10, 13}
_SHIFT = 0xF0000
_SHIFTED_BACK = {_SHIFT + code: code for code in _NOT_IN_XML}
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_REFERENCE = re.compile(r"&#([xX][0-9A-Fa-f]+|[0-9]+);")
LEASE_KEY, DNS_KEY = OptionKey(LEASE_OPTION), OptionKey(DNS_OPTION)


class BadFile(ValueError):
    """Why a file is no export."""


@dataclass(frozen=True)
class Content:
    """``settings``: field of Server -> value, of what is no class, definition, policy or option value of the server
    level."""

    version: tuple[int, ...]
    classes: list[DhcpClass]
    definitions: dict[OptionKey, OptionDefinition]
    settings: dict[str, Any]
    policies: dict[str, Policy]
    option_values: OptionValues
    scopes: dict[IPv4Address, Scope]


def read(content: bytes) -> Content:
    """UTF-8 or UTF-16. Raises BadFile."""
    root = parse(content)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if root.tag != "DHCPServer":
        raise BadFile(f"it begins with {root.tag} and not with DHCPServer")
    ipv4 = root.find("IPv4")
    try:
        version = (int(_text(root, "MajorVersion")), int(_text(root, "MinorVersion")))
        if ipv4 is None:
            return Content(version, [], {}, {}, {}, {}, {})
        options = _options(ipv4)
        return Content(
            version,
            [_class(element) for element in ipv4.iterfind("Classes/Class")],
            dict(_definition(element) for element in ipv4.iterfind("OptionDefinitions/OptionDefinition")),
            _settings(ipv4, _take_dns(options)),
            _policies(ipv4),
            options,
            {scope.scope_id: scope for scope in map(_scope, ipv4.iterfind("Scopes/Scope"))},
        )
    except ValueError as error:
        raise BadFile(str(error)) from error


class _NoDoctype(TreeBuilder):
    def doctype(self, *_: object) -> None:
        """An export has none, and entities only come with one."""
        raise BadFile("it has a document type, and entities are refused")


def parse(content: bytes) -> Element:
    """With the characters that XML 1.0 does not have, and that stand there as references (C MIG)."""
    parser = XMLParser(target=_NoDoctype())  # noqa: S314 - entities are refused
    try:
        text = _DECLARATION.sub("", decoded(content))  # the encoding is that of the bytes
        parser.feed(_REFERENCE.sub(_shifted, text))
        root: Element = parser.close()
    except (ParseError, UnicodeDecodeError) as error:
        raise BadFile(f"it is no XML ({error})") from error
    for element in root.iter():
        if element.text:
            element.text = element.text.translate(_SHIFTED_BACK)
    return root


def decoded(content: bytes) -> str:
    """As .NET reads a text file."""
    return content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")


def _shifted(reference: re.Match[str]) -> str:
    code = int(reference[1][1:], 16) if reference[1][0] in "xX" else int(reference[1])
    return chr(_SHIFT + code) if code in _NOT_IN_XML else reference[0]


def _settings(ipv4: Element, dns: DnsSetting | None) -> dict[str, Any]:
    filters = (_filter(element) for element in ipv4.iterfind("Filters/Filter"))
    return {
        "conflict_detection_attempts": int(_text(ipv4, "ConflictDetectionAttempts") or 0),
        "activate_policies": _flag(ipv4, "ActivatePolicies"),
        "dns": dns or DnsSetting(),
        "filters": {one.mac_address: one for one in filters},
        "allow_list": _flag(ipv4, "Filters/Allow"),
        "deny_list": _flag(ipv4, "Filters/Deny"),
    }


def _text(parent: Element, path: str) -> str:
    """Of the first such element; "" if there is none."""
    return parent.findtext(path) or ""


def _texts(parent: Element, name: str) -> tuple[str, ...]:
    return tuple(element.text or "" for element in parent.iterfind(name))


def _flag(parent: Element, path: str) -> bool:
    word = _text(parent, path).lower()
    if word not in ("true", "false", "1", "0", ""):
        raise ValueError(f"{path} is {word!r} and not true or false")
    return word in ("true", "1")


def _word(parent: Element, name: str, *words: str) -> str:
    """One of these words, in their spelling."""
    found = _text(parent, name)
    for word in words:
        if word.lower() == found.lower():
            return word
    raise ValueError(f"{name} is {found!r} and not one of {', '.join(words)}")


def _address(parent: Element, name: str) -> IPv4Address:
    return IPv4Address(_text(parent, name))


def _range(element: Element) -> AddressRange:
    return AddressRange(_address(element, "StartRange"), _address(element, "EndRange"))


def _class(element: Element) -> DhcpClass:
    digits = _text(element, "Data").lower().removeprefix("0x")
    data = bytes.fromhex(digits).decode(errors="replace")
    return DhcpClass(_text(element, "Name"), _text(element, "Type"), data, _text(element, "Description"))


def _definition(element: Element) -> tuple[OptionKey, OptionDefinition]:
    about = OptionDefinition(
        _text(element, "Name"),
        _text(element, "Type"),
        _flag(element, "MultiValued"),
        _texts(element, "DefaultValue"),
        _text(element, "Description"),
    )
    return OptionKey(int(_text(element, "OptionId")), _text(element, "VendorClass")), about


def _filter(element: Element) -> Filter:
    return Filter(_text(element, "MacAddress"), _text(element, "List"), _text(element, "Description"))


def _options(parent: Element) -> OptionValues:
    result: OptionValues = {}
    for element in parent.iterfind("OptionValues/OptionValue"):
        key = OptionKey(int(_text(element, "OptionId")), _text(element, "VendorClass"), _text(element, "UserClass"))
        result[key] = _texts(element, "Value")
    return result


def _take_dns(options: OptionValues) -> DnsSetting | None:
    """Option 81 is where the DNS settings are; bits that the lab does not know leave it an option."""
    value = options.get(DNS_KEY, ())
    if len(value) == 1 and value[0].isdigit() and dns_flags(dns_setting(int(value[0]))) == int(value[0]):
        del options[DNS_KEY]
        return dns_setting(int(value[0]))
    return None


def _take_lease_duration(options: OptionValues) -> timedelta | None:
    value = options.pop(LEASE_KEY, ())
    return lease_duration(value[0]) if value else None


def _policies(parent: Element) -> dict[str, Policy]:
    policies = [_policy(element) for element in parent.iterfind("Policies/Policy")]
    return {policy.name: policy for policy in policies}


def _policy(element: Element) -> Policy:
    options = _options(element)
    duration = _take_lease_duration(options)
    return Policy(
        _text(element, "Name"),
        condition=_word(element, "Condition", "And", "Or"),
        enabled=_flag(element, "Enabled"),
        processing_order=int(_text(element, "ProcessingOrder")),
        description=_text(element, "Description"),
        criteria={name: _texts(element, name) for name in CRITERIA if _texts(element, name)},
        lease_duration=duration,
        dns_suffix=_text(element, "DnsSuffix"),
        ranges=[_range(one) for one in element.iterfind("IPRanges/IPRange")],
        options=options,
    )


def _scope(element: Element) -> Scope:
    options = _options(element)
    duration = parse_timespan(_text(element, "LeaseDuration"))
    if options.get(LEASE_KEY) == (lease_option(duration),):
        del options[LEASE_KEY]
    return Scope(
        scope_id=_address(element, "ScopeId"),
        subnet_mask=_address(element, "SubnetMask"),
        start_range=_address(element, "StartRange"),
        end_range=_address(element, "EndRange"),
        name=_text(element, "Name"),
        description=_text(element, "Description"),
        state=_word(element, "State", "Active", "InActive"),
        lease_duration=duration,
        type=_word(element, "Type", "Dhcp", "Bootp", "Both"),
        activate_policies=_flag(element, "ActivatePolicies"),
        delay=int(_text(element, "Delay") or 0),
        max_bootp_clients=int(_text(element, "MaxBootpClients") or UNLIMITED),
        nap_enable=_flag(element, "NapEnable"),
        nap_profile=_text(element, "NapProfile"),
        superscope=_text(element, "SuperScopeName"),
        dns=_take_dns(options),
        exclusions=[_range(one) for one in element.iterfind("ExclusionRanges/IPRange")],
        options=options,
        reservations=_by_address(_reservation(one) for one in element.iterfind("Reservations/Reservation")),
        policies=_policies(element),
        leases=_by_address(
            one for one in map(_lease, element.iterfind("Leases/Lease")) if one.address_state != "InactiveReservation"
        ),
    )


def _by_address(several: Iterable[Any]) -> dict[IPv4Address, Any]:
    return {one.ip: one for one in several}


def _reservation(element: Element) -> Reservation:
    return Reservation(
        _address(element, "IPAddress"),
        _text(element, "ClientId"),
        _text(element, "Name"),
        _text(element, "Description"),
        _text(element, "Type"),
        _options(element),
    )


def _lease(element: Element) -> Lease:
    expires = _text(element, "LeaseExpiryTime")
    return Lease(
        _address(element, "IPAddress"),
        _text(element, "ClientId"),
        host_name=_text(element, "HostName"),
        description=_text(element, "Description"),
        address_state=_text(element, "AddressState"),
        client_type=_text(element, "ClientType"),
        expires=parse_datetime(expires) if expires else None,
        policy_name=_text(element, "PolicyName"),
        dns_rr=_text(element, "DnsRR"),
        dns_registration=_text(element, "DnsRegistration"),
    )
