# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads what Export-DhcpServer wrote: scopes and the server level as flat values that can be compared, and the leases.

Layout: /DHCPServer/IPv4/{Classes, OptionDefinitions, OptionValues, Policies, Filters, Scopes/Scope}.
The namespace is ignored, an unknown element is data to compare, and a document type (the only way to entities) is refused.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from ipaddress import AddressValueError, IPv4Address

from . import durations
from .errors import UnexpectedReply

# (item, field) -> values. The item is "" for the scope or the server itself, else "option 6", "reservation 10.1.1.5", "policy PXE" ...
Content = Mapping[tuple[str, str], tuple[str, ...]]

# read member by member
_LISTS = ("ExclusionRanges", "OptionValues", "Reservations", "Policies", "Leases", "Classes", "OptionDefinitions", "Filters", "Scopes")
# a policy's criteria: an operator, then values whose order means nothing
_CRITERIA = ("VendorClass", "UserClass", "MacAddress", "ClientId", "RelayAgent", "CircuitId", "RemoteId", "SubscriberId", "Fqdn")
_HARDWARE = ("ClientId", "MacAddress")
# a time without a zone may be the server's own: it is taken for the latest that it can be
_WESTERNMOST = timedelta(hours=12)


@dataclass(frozen=True)
class Export:
    """One server. `definitions`: (option id, vendor class) -> type; `classes`: (Vendor|User, name).

    `leases`: of each scope, by address; without any if it was exported without them.
    """

    classes: frozenset[tuple[str, str]]
    definitions: Mapping[tuple[str, str], str]
    scopes: Mapping[IPv4Address, Content]
    uses: Mapping[IPv4Address, Uses]
    leases: Mapping[IPv4Address, Mapping[str, Lease]] = field(default_factory=dict)
    server_level: Content = field(default_factory=dict)


@dataclass(frozen=True)
class Lease:
    """`expires` None: it never does, or at a time that was not understood. `state`: Active, Declined ... in Windows' words."""

    client_id: str
    expires: datetime | None
    state: str


@dataclass(frozen=True)
class Uses:
    """What of the server level a scope needs, wherever in it."""

    classes: frozenset[tuple[str, str]]
    options: frozenset[tuple[str, str]]


def read(packed: str, host: str) -> Export:
    """Base64 of gzip of the file. Raises UnexpectedReply for what is no whole export."""
    try:
        text = _decoded(gzip.decompress(base64.b64decode(packed, validate=True)))
    except (ValueError, EOFError, OSError, binascii.Error) as error:
        raise UnexpectedReply(f"the export of {host} did not arrive whole ({error}); nothing was changed") from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnexpectedReply(f"the export of {host} has a document type, which no DHCP server writes; it was not read")
    try:
        root = ET.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))  # noqa: S314 (no document type, so no entities)
        return _server(root)
    except (ET.ParseError, AddressValueError) as error:
        raise UnexpectedReply(f"the export of {host} is not the XML of a DHCP server ({error}); nothing was changed") from error


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    return raw.decode("utf-8-sig")


def _server(root: ET.Element) -> Export:
    if _tag(root) != "DHCPServer":
        raise ET.ParseError(f"the root is {_tag(root)}")
    level = _child(root, "IPv4")
    if level is None:
        raise ET.ParseError("there is no IPv4 part")
    scopes = {IPv4Address(_text(scope, "ScopeId")): scope for scope in _members(level, "Scopes")}
    return Export(
        classes=frozenset((_text(one, "Type"), _text(one, "Name")) for one in _members(level, "Classes")),
        definitions={
            (_text(one, "OptionId"), _text(one, "VendorClass")): _text(one, "Type") for one in _members(level, "OptionDefinitions")
        },
        scopes={scope_id: dict(_scope(scope)) for scope_id, scope in scopes.items()},
        uses={scope_id: _uses(scope) for scope_id, scope in scopes.items()},
        leases={scope_id: _leases(scope) for scope_id, scope in scopes.items()},
        server_level=dict(_level(level)),
    )


def _level(level: ET.Element) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    yield from _fields("", level)
    for one in _members(level, "Classes"):
        yield from _item(f"{_text(one, 'Type').lower()} class {_text(one, 'Name')}", one)
    for one in _members(level, "OptionDefinitions"):
        yield from _item(f"definition of {_option_name(one)}", one)
    for option in _members(level, "OptionValues"):
        yield (_option_name(option), ""), _values(option, "Value")
    for policy in _members(level, "Policies"):
        yield from _item(f"policy {_text(policy, 'Name')}", policy)
    for one in _members(level, "Filters"):
        if _tag(one) == "Filter":
            yield from _item(f"filter {_text(one, 'MacAddress')}", one)
        else:
            yield ("", f"filters {_words(_tag(one))}"), ((one.text or "").strip().lower(),)


def _scope(scope: ET.Element) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    yield from _fields("", scope)
    for exclusion in _members(scope, "ExclusionRanges"):
        yield (f"exclusion {_text(exclusion, 'StartRange')}-{_text(exclusion, 'EndRange')}", ""), ()
    for option in _members(scope, "OptionValues"):
        yield (_option_name(option), ""), _values(option, "Value")
    for reservation in _members(scope, "Reservations"):
        yield from _item(f"reservation {_text(reservation, 'IPAddress')}", reservation)
    for policy in _members(scope, "Policies"):
        yield from _item(f"policy {_text(policy, 'Name')}", policy)


def _leases(scope: ET.Element) -> Mapping[str, Lease]:
    return {
        str(IPv4Address(_text(one, "IPAddress"))): Lease(
            client_id=next(iter(_values(one, "ClientId")), ""),
            expires=_moment(_text(one, "LeaseExpiryTime")),
            state=_text(one, "AddressState"),
        )
        for one in _members(scope, "Leases")
    }


def _moment(text: str) -> datetime | None:
    """ISO 8601, as .NET writes it: up to seven digits of a second, a zone, Z or neither."""
    try:
        found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc) + _WESTERNMOST


def _item(item: str, element: ET.Element) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    yield (item, ""), ()
    yield from _fields(item, element)
    for option in _members(element, "OptionValues"):
        yield (item, _option_name(option)), _values(option, "Value")


def _fields(item: str, element: ET.Element) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    """The simple children, in words; a child with children of its own, unless it is read elsewhere, member by member."""
    for tag in dict.fromkeys(_tag(child) for child in element):
        if tag == "IPRanges":
            for one in _members(element, tag):
                yield (item, f"range {_text(one, 'StartRange')}-{_text(one, 'EndRange')}"), ()
        elif tag not in _LISTS:
            values = _values(element, tag)
            if item.startswith("policy") and tag in _CRITERIA:
                values = (*values[:1], *sorted(values[1:]))
            if any(values):
                yield (item, _words(tag)), values


def _values(element: ET.Element, tag: str) -> tuple[str, ...]:
    found = [" ".join(part.strip() for part in child.itertext() if part.strip()) for child in element if _tag(child) == tag]
    if tag in _HARDWARE:
        return tuple(re.sub(r"[-:]", "", value).lower() for value in found)
    if tag == "LeaseDuration":
        return tuple(map(durations.shown_lease_text, found))
    return tuple(value.lower() if value.lower() in ("true", "false") else value for value in found)


def _uses(scope: ET.Element) -> Uses:
    options = [option for option in scope.iter() if _tag(option) == "OptionValue"]
    classes = {(kind, _text(option, f"{kind}Class")) for option in options for kind in ("Vendor", "User")}
    for policy in _members(scope, "Policies"):
        classes |= {(kind, value.rstrip("*")) for kind in ("Vendor", "User") for value in _values(policy, f"{kind}Class")[1:]}
    return Uses(
        classes=frozenset(one for one in classes if one[1]),
        options=frozenset((_text(option, "OptionId"), _text(option, "VendorClass")) for option in options),
    )


def _option_name(option: ET.Element) -> str:
    kinds = {"vendor class": _text(option, "VendorClass"), "user class": _text(option, "UserClass")}
    named = [f"{kind} {name}" for kind, name in kinds.items() if name]
    return f"option {_text(option, 'OptionId')}" + (f" ({', '.join(named)})" if named else "")


def _words(tag: str) -> str:
    """SubnetMask -> subnet_mask, as the options are named."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", tag).lower()


def _tag(element: ET.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _child(element: ET.Element, tag: str) -> ET.Element | None:
    return next((child for child in element if _tag(child) == tag), None)


def _members(element: ET.Element, tag: str) -> list[ET.Element]:
    child = _child(element, tag)
    return [] if child is None else list(child)


def _text(element: ET.Element, tag: str) -> str:
    child = _child(element, tag)
    return "" if child is None else (child.text or "").strip()
