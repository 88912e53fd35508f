# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads what Export-DhcpServer wrote: scopes as flat values that can be compared, their leases, and what of the server
level they need.

Layout: /DHCPServer/{MajorVersion, MinorVersion, IPv4/{Classes, OptionDefinitions, OptionValues, Policies, Filters,
Scopes/Scope}}. The namespace is ignored, and an unknown element is data to compare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address

from .._model import durations
from .._model.texts import shown
from . import export_stream
from .compact_content import Budget, Content, ContentBuilder
from .errors import UnexpectedReply
from .export_stream import Consumer, Frame, Malformed, Node

# read member by member
_SCOPE_LISTS = ("ExclusionRanges", "OptionValues", "Reservations", "Policies", "Leases")
_LISTS = (*_SCOPE_LISTS, "Classes", "OptionDefinitions", "Filters", "Scopes")
# a policy's criteria: operators, each followed by values whose order means nothing
_OPERATORS = ("eq", "ne")
_RELAY_CRITERIA = ("RelayAgent", "CircuitId", "RemoteId", "SubscriberId")
_CRITERIA = ("VendorClass", "UserClass", "MacAddress", "ClientId", "Fqdn", *_RELAY_CRITERIA)
_HARDWARE = ("ClientId", "MacAddress")
_FLAGS = ("ActivatePolicies", "Enabled", "NapCapable", "NapEnable", "NapEnabled")
# a time without a zone may be the server's own: it is taken for the latest that it can be
_WESTERNMOST = timedelta(hours=12)
_FIELDS = 10_000  # of one scope, or of the server level, beside the members of its lists
_OBJECT = 250  # bytes, about: a lease in its dictionary, without its texts

Fields = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Export:
    """Scopes of one server. `definitions`: (option id, vendor class) -> `definition_kind`; `classes`: (Vendor|User,
    name) -> data.

    `leases`: of each scope, by address; without any if it was exported without them. `version`: the server's, as (6,
    3), where it is told."""

    classes: Mapping[tuple[str, str], str]
    definitions: Mapping[tuple[str, str], str]
    scopes: Mapping[IPv4Address, Content]
    uses: Mapping[IPv4Address, Uses]
    leases: Mapping[IPv4Address, Mapping[str, Lease]] = field(default_factory=dict)
    version: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """`expires` None: it never does, or at a time that was not understood. `state`: Active, Declined ... in Windows'
    words."""

    client_id: str
    expires: datetime | None
    state: str


@dataclass(frozen=True)
class Uses:
    """What of the server level a scope needs, wherever in it."""

    classes: frozenset[tuple[str, str]]
    options: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class ServerLevel:
    """Of a server that is asked itself: `version`, and as in Export its `classes` and `definitions`."""

    version: tuple[int, int]
    classes: Mapping[tuple[str, str], str]
    definitions: Mapping[tuple[str, str], str]


NOTHING = Export({}, {}, {}, {})  # the content of scopes that are not there


def definition_kind(type_: str, several: bool) -> str:
    """What two definitions of an option have to have in common: the type, and whether there can be several values."""
    return f"{type_} (MultiValued)" if several else type_


def read(packed: str, host: str) -> Export:
    """Base64 of gzip of the file. Raises UnexpectedReply for what is no whole export."""
    document = _Document()
    try:
        export_stream.read(packed, document)
        return document.export()
    except Malformed as problem:
        raise UnexpectedReply(f"the export of {host} {problem}.") from problem


# --- the parts that are too large to be held --------------------------------------------------------------------------


class _Document(Frame):
    def __init__(self) -> None:
        self.root: _Root | None = None

    def child(self, tag: str) -> Frame:
        if tag != "DHCPServer":
            raise _wrong(f"the root is {shown(tag)}")
        self.root = _Root()
        return self.root

    def export(self) -> Export:
        level = self.root.level if self.root else None
        if self.root is None or level is None:
            raise _wrong("there is no IPv4 part")
        return Export(
            classes=level.classes,
            definitions=level.definitions,
            scopes={scope_id: scope.content.built() for scope_id, scope in level.scopes.items()},
            uses={
                scope_id: Uses(frozenset(scope.classes), frozenset(scope.options))
                for scope_id, scope in level.scopes.items()
            },
            leases={scope_id: scope.leases for scope_id, scope in level.scopes.items()},
            version=self.root.version(),
        )


class _Root(Frame):
    def __init__(self) -> None:
        self.level: _Level | None = None
        self._version: dict[str, int | None] = {}

    def child(self, tag: str) -> Frame | Consumer:
        if tag in ("MajorVersion", "MinorVersion"):
            return self._number
        if tag != "IPv4":
            return Frame()
        if self.level is not None:
            raise _wrong("there are two IPv4 parts")
        self.level = _Level(Budget())
        return self.level

    def version(self) -> tuple[int, int] | None:
        major, minor = self._version.get("MajorVersion"), self._version.get("MinorVersion", 0)
        return None if major is None or minor is None else (major, minor)

    def _number(self, node: Node) -> None:
        """The version is only told, so one that is no number makes nothing unreadable."""
        number = re.fullmatch(r"[0-9]{1,9}", node.text().strip())
        self._version[node.tag] = int(number[0]) if number else None


class _Members(Frame):
    """A list: every member goes to the consumer."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    def child(self, tag: str) -> Consumer:
        return self._consumer


class _Level(Frame):
    """The server level: of it only what scopes refer to, and the scopes."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.classes: dict[tuple[str, str], str] = {}
        self.definitions: dict[tuple[str, str], str] = {}
        self.scopes: dict[IPv4Address, _Scope] = {}
        self._lists: Mapping[str, Frame] = {
            "Classes": _Members(self._class),
            "OptionDefinitions": _Members(self._definition),
            "Scopes": _Scopes(self),
        }

    def child(self, tag: str) -> Frame:
        return self._lists.get(tag) or Frame()

    def _class(self, node: Node) -> None:
        kind, name, data = _text(node, "Type"), _text(node, "Name"), _text(node, "Data")
        self.budget.spend(_OBJECT, kind, name, data)
        self.classes[kind, name] = data

    def _definition(self, node: Node) -> None:
        key, several = (_option_id(node), _text(node, "VendorClass")), _text(node, "MultiValued").lower() == "true"
        kind = definition_kind(_text(node, "Type"), several)
        self.budget.spend(_OBJECT, *key, kind)
        self.definitions[key] = kind

    def add(self, scope: _Scope) -> None:
        if scope.scope_id is None:
            raise _wrong("a scope has no ScopeId")
        if scope.scope_id in self.scopes:
            raise _wrong(f"there are two scopes {scope.scope_id}")
        self.scopes[scope.scope_id] = scope


class _Scopes(Frame):
    def __init__(self, level: _Level) -> None:
        self._level = level

    def child(self, tag: str) -> Frame:
        return _Scope(self._level)


class _Scope(Frame):
    """Lists, and simple fields."""

    def __init__(self, level: _Level) -> None:
        self._level = level
        self.budget = level.budget
        self.content = ContentBuilder(level.budget)
        self.scope_id: IPv4Address | None = None
        self.leases: dict[str, Lease] = {}
        self.classes: set[tuple[str, str]] = set()
        self.options: set[tuple[str, str]] = set()
        self._fields: list[Node] = []
        self._lists: Mapping[str, Frame] = {
            "ExclusionRanges": _Members(self._exclusion),
            "OptionValues": _Members(self._option),
            "Reservations": _Members(self._reservation),
            "Policies": _Members(self._policy),
            "Leases": _Members(self._lease),
        }

    def child(self, tag: str) -> Frame | Consumer:
        if tag in self._lists:
            return self._lists[tag]
        return Frame() if tag in _LISTS else self._field

    def end(self) -> None:
        self.scope_id = next((_address(node.text(), "ScopeId") for node in self._fields if node.tag == "ScopeId"), None)
        self.content.add("", _fields("", self._fields))
        self._fields = []
        self._level.add(self)

    def _field(self, node: Node) -> None:
        if len(self._fields) == _FIELDS:
            raise _wrong(f"there are more than {_FIELDS} fields in one part of it")
        self.budget.spend(_OBJECT * node.elements(), node.text())
        self._fields.append(node)

    def _exclusion(self, node: Node) -> None:
        self.content.add(f"exclusion {_text(node, 'StartRange')}-{_text(node, 'EndRange')}", {"": ()})

    def _reservation(self, node: Node) -> None:
        name = f"reservation {_address(_text(node, 'IPAddress'), 'IPAddress')}"
        if name in self.content:
            raise _wrong(f"there are two of {name}")
        self.content.add(name, _item("reservation", node))
        self._use(_members(node, "OptionValues"))

    def _option(self, option: Node) -> None:
        self.content.add(_option_name(option), {"": _values(option.children, "Value")})
        self._use([option])

    def _policy(self, policy: Node) -> None:
        self.content.add(f"policy {_text(policy, 'Name')}", _item("policy", policy))
        self._use(_members(policy, "OptionValues"))
        for kind in ("Vendor", "User"):
            self.classes |= {
                (kind, value.rstrip("*"))
                for value in _values(policy.children, f"{kind}Class")
                if not _is_operator(value)
            }

    def _use(self, options: Iterable[Node]) -> None:
        """Everything that refers to the server level."""
        for option in options:
            self.options.add((_option_id(option), _text(option, "VendorClass")))
            self.classes |= {(kind, name) for kind in ("Vendor", "User") if (name := _text(option, f"{kind}Class"))}

    def _lease(self, node: Node) -> None:
        address = str(_address(_text(node, "IPAddress"), "IPAddress"))
        if address in self.leases:
            raise _wrong(f"there are two leases of {address}")
        client_id = next(iter(_values(node.children, "ClientId")), "")
        self.budget.spend(_OBJECT, address)
        expires = _moment(_text(node, "LeaseExpiryTime"))
        self.leases[address] = Lease(
            self.budget.held(client_id), expires, self.budget.held(_text(node, "AddressState"))
        )


# --- the parts that are held ------------------------------------------------------------------------------------------


def _moment(text: str) -> datetime | None:
    """ISO 8601, as .NET writes it: up to seven digits of a second, a zone, Z or neither."""
    try:
        moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00"))
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc) + _WESTERNMOST
    except (ValueError, OverflowError):  # the last day that .NET knows is past the end of time
        return None


def _item(kind: str, element: Node) -> Fields:
    item = {"": (), **_fields(kind, element.children)}
    for option in _members(element, "OptionValues"):
        item[_option_name(option)] = _values(option.children, "Value")
    return item


def _fields(kind: str, children: Iterable[Node]) -> Fields:
    """The simple children, in words; a child with children of its own, unless it is read elsewhere, member by
    member."""
    by_tag: dict[str, list[Node]] = {}
    for child in children:
        by_tag.setdefault(child.tag, []).append(child)
    words: Fields = {}
    for tag, nodes in by_tag.items():
        if tag == "IPRanges":
            words.update(
                (f"range {_text(range_, 'StartRange')}-{_text(range_, 'EndRange')}", ())
                for list_ in nodes
                for range_ in list_.children
            )
        elif tag not in _LISTS:
            values = _values(nodes, tag)
            if kind == "policy" and tag in _CRITERIA:
                values = _criteria(values)
            if any(values):
                words[_words(tag)] = values
    return words


def _values(children: Iterable[Node], tag: str) -> tuple[str, ...]:
    texts = [child.text() for child in children if child.tag == tag]
    if tag in _HARDWARE:
        return tuple(re.sub(r"[-:]", "", value).lower() for value in texts)
    if tag == "LeaseDuration":
        return tuple(map(durations.shown_lease_text, texts))
    return tuple(value.lower() for value in texts) if tag in _FLAGS else tuple(texts)


def _criteria(values: Iterable[str]) -> tuple[str, ...]:
    """EQ a b NE c: the values of each operator in order, and the operators too."""
    groups: dict[str, list[str]] = {}
    operator = ""
    for value in values:
        if _is_operator(value):
            operator = value
            groups.setdefault(operator, [])
        else:
            groups.setdefault(operator, []).append(value)
    return tuple(
        word for operator in sorted(groups) for word in (*filter(None, (operator,)), *sorted(groups[operator]))
    )


def _is_operator(value: str) -> bool:
    return value.lower() in _OPERATORS


def _option_id(option: Node) -> str:
    return _matching(r"[0-9]{1,5}", _text(option, "OptionId"), "OptionId")


def _option_name(option: Node) -> str:
    kinds = {"vendor class": _text(option, "VendorClass"), "user class": _text(option, "UserClass")}
    named = [f"{kind} {name}" for kind, name in kinds.items() if name]
    return f"option {_option_id(option)}" + (f" ({', '.join(named)})" if named else "")


@lru_cache(1000)
def _words(tag: str) -> str:
    """SubnetMask -> subnet_mask, as the options are named."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", tag).lower()


def _members(element: Node, tag: str) -> Iterator[Node]:
    return (member for child in element.children if child.tag == tag for member in child.children)


def _text(element: Node, tag: str) -> str:
    return next((child.text() for child in element.children if child.tag == tag), "")


def _address(text: str, name: str) -> IPv4Address:
    try:
        return IPv4Address(text.strip())
    except AddressValueError:
        raise _wrong(f"{name} is {shown(text)}, which is not an IPv4 address") from None


def _matching(pattern: str, text: str, name: str) -> str:
    if not re.fullmatch(pattern, text.strip()):
        raise _wrong(f"{name} is {shown(text)}, which is not a number")
    return text.strip()


def _wrong(why: str) -> Malformed:
    return Malformed(f"is not the XML of a DHCP server ({why}); nothing was changed")
