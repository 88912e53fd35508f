# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads what Export-DhcpServer wrote: scopes as flat values that can be compared, their leases, and what of the server
level they need.

Layout: /DHCPServer/{MajorVersion, MinorVersion, IPv4/{Classes, OptionDefinitions, OptionValues, Policies, Filters,
Scopes/Scope}}. The namespace is ignored, and an unknown element is data to compare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address

from .._model.refusal import UNCHANGED
from .._model.texts import shown
from . import export_stream
from .compact_content import Budget, Content, ContentBuilder
from .errors import UnexpectedReply
from .export_stream import Consumer, Frame, Malformed, Node
from .export_values import (
    LISTS,
    address_of,
    fields_of,
    is_operator,
    item_of,
    members_of,
    moment_of,
    not_an_export,
    option_id_of,
    option_name_of,
    text_of,
    values_of,
)

_SETTINGS = ("ConflictDetectionAttempts", "NapEnabled", "NpsUnreachableAction", "ActivatePolicies")
_FIELDS = 10_000  # of one scope, or of the server level, beside the members of its lists
_OBJECT = 250  # bytes, about: a lease in its dictionary, without its texts


@dataclass(frozen=True)
class Export:
    """Scopes of one server. `definitions`: (option id, vendor class) -> `definition_kind`; `classes`: (Vendor|User,
    name) -> data.

    `leases`: of each scope, by address; without any if it was exported without them. `version`: the server's, as (6,
    3), where it is told. `level`: what the server has for all its scopes: settings, options, policies, filters."""

    classes: Mapping[tuple[str, str], str]
    definitions: Mapping[tuple[str, str], str]
    scopes: Mapping[IPv4Address, Content]
    uses: Mapping[IPv4Address, Uses]
    leases: Mapping[IPv4Address, Mapping[str, Lease]] = field(default_factory=dict)
    version: tuple[int, int] | None = None
    level: Content = field(default_factory=Content)


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
    """Of a server that is asked itself: `version`, and as in Export its `classes` and `definitions`. `authorized`: to
    serve in its domain, or in none; None: that is not known."""

    version: tuple[int, int]
    classes: Mapping[tuple[str, str], str]
    definitions: Mapping[tuple[str, str], str]
    authorized: bool | None = None


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
        unread = UnexpectedReply(f"the export of {host} {problem}.")
        unread.nothing = UNCHANGED
        raise unread from problem


# --- the parts that are too large to be held --------------------------------------------------------------------------


class _Document(Frame):
    def __init__(self) -> None:
        self.root: _Root | None = None

    def child(self, tag: str) -> Frame:
        if tag != "DHCPServer":
            raise not_an_export(f"the root is {shown(tag)}")
        self.root = _Root()
        return self.root

    def export(self) -> Export:
        level = self.root.level if self.root else None
        if self.root is None or level is None:
            raise not_an_export("there is no IPv4 part")
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
            level=level.content.built(),
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
            raise not_an_export("there are two IPv4 parts")
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


class _WithFields(Frame):
    """One that has simple fields beside its lists."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.content = ContentBuilder(budget)
        self._fields: list[Node] = []

    def _field(self, node: Node) -> None:
        if len(self._fields) == _FIELDS:
            raise not_an_export(f"there are more than {_FIELDS} fields in one part of it")
        self.budget.spend(_OBJECT * node.elements(), node.text())
        self._fields.append(node)


class _Level(_WithFields):
    """The server level, and the scopes."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.classes: dict[tuple[str, str], str] = {}
        self.definitions: dict[tuple[str, str], str] = {}
        self.scopes: dict[IPv4Address, _Scope] = {}
        self._lists: Mapping[str, Frame] = {
            "OptionValues": _Members(self._option),
            "Policies": _Members(self._policy),
            "Filters": _Members(self._filter),
            "Classes": _Members(self._class),
            "OptionDefinitions": _Members(self._definition),
            "Scopes": _Scopes(self),
        }

    def child(self, tag: str) -> Frame | Consumer:
        return self._field if tag in _SETTINGS else self._lists.get(tag) or Frame()

    def end(self) -> None:
        self.content.add("", fields_of("", self._fields))

    def _option(self, option: Node) -> None:
        self.content.add(option_name_of(option), {"": values_of(option.children, "Value")})

    def _policy(self, policy: Node) -> None:
        self.content.add(f"policy {text_of(policy, 'Name')}", item_of("policy", policy))

    def _filter(self, node: Node) -> None:
        """A list that is on or off, or an address on it."""
        name = f"{text_of(node, 'List')} {text_of(node, 'MacAddress')}" if node.children else f"list {node.tag}"
        self.content.add(f"filter {name.lower()}", {"": () if node.children else (node.text().lower(),)})

    def _class(self, node: Node) -> None:
        kind, name, data = text_of(node, "Type"), text_of(node, "Name"), text_of(node, "Data")
        self.budget.spend(_OBJECT, kind, name, data)
        self.classes[kind, name] = data

    def _definition(self, node: Node) -> None:
        key, several = (
            (option_id_of(node), text_of(node, "VendorClass")),
            text_of(node, "MultiValued").lower() == "true",
        )
        kind = definition_kind(text_of(node, "Type"), several)
        self.budget.spend(_OBJECT, *key, kind)
        self.definitions[key] = kind

    def add(self, scope: _Scope) -> None:
        if scope.scope_id is None:
            raise not_an_export("a scope has no ScopeId")
        if scope.scope_id in self.scopes:
            raise not_an_export(f"there are two scopes {scope.scope_id}")
        self.scopes[scope.scope_id] = scope


class _Scopes(Frame):
    def __init__(self, level: _Level) -> None:
        self._level = level

    def child(self, tag: str) -> Frame:
        return _Scope(self._level)


class _Scope(_WithFields):
    """Lists, and simple fields."""

    def __init__(self, level: _Level) -> None:
        super().__init__(level.budget)
        self._level = level
        self.scope_id: IPv4Address | None = None
        self.leases: dict[str, Lease] = {}
        self.classes: set[tuple[str, str]] = set()
        self.options: set[tuple[str, str]] = set()
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
        return Frame() if tag in LISTS else self._field

    def end(self) -> None:
        self.scope_id = next(
            (address_of(node.text(), "ScopeId") for node in self._fields if node.tag == "ScopeId"), None
        )
        self.content.add("", fields_of("", self._fields))
        self._fields = []
        self._level.add(self)

    def _exclusion(self, node: Node) -> None:
        self.content.add(f"exclusion {text_of(node, 'StartRange')}-{text_of(node, 'EndRange')}", {"": ()})

    def _reservation(self, node: Node) -> None:
        name = f"reservation {address_of(text_of(node, 'IPAddress'), 'IPAddress')}"
        if name in self.content:
            raise not_an_export(f"there are two of {name}")
        self.content.add(name, item_of("reservation", node))
        self._use(members_of(node, "OptionValues"))

    def _option(self, option: Node) -> None:
        self.content.add(option_name_of(option), {"": values_of(option.children, "Value")})
        self._use([option])

    def _policy(self, policy: Node) -> None:
        self.content.add(f"policy {text_of(policy, 'Name')}", item_of("policy", policy))
        self._use(members_of(policy, "OptionValues"))
        for kind in ("Vendor", "User"):
            self.classes |= {
                (kind, value.rstrip("*"))
                for value in values_of(policy.children, f"{kind}Class")
                if not is_operator(value)
            }

    def _use(self, options: Iterable[Node]) -> None:
        """Everything that refers to the server level."""
        for option in options:
            self.options.add((option_id_of(option), text_of(option, "VendorClass")))
            self.classes |= {(kind, name) for kind in ("Vendor", "User") if (name := text_of(option, f"{kind}Class"))}

    def _lease(self, node: Node) -> None:
        address = str(address_of(text_of(node, "IPAddress"), "IPAddress"))
        if address in self.leases:
            raise not_an_export(f"there are two leases of {address}")
        client_id = next(iter(values_of(node.children, "ClientId")), "")
        self.budget.spend(_OBJECT, address)
        expires = moment_of(text_of(node, "LeaseExpiryTime"))
        self.leases[address] = Lease(
            self.budget.held(client_id), expires, self.budget.held(text_of(node, "AddressState"))
        )
