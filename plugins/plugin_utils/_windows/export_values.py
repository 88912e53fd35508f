# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What single elements of an export say: texts, addresses, moments, options, and the fields of an item. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address

from .._model import durations
from .._model.texts import shown
from .export_stream import Malformed, Node

# read member by member
_SCOPE_LISTS = ("ExclusionRanges", "OptionValues", "Reservations", "Policies", "Leases")
LISTS = frozenset((*_SCOPE_LISTS, "Classes", "OptionDefinitions", "Filters", "Scopes"))
# a policy's criteria: operators, each followed by values whose order means nothing
_OPERATORS = ("eq", "ne")
_RELAY_CRITERIA = ("RelayAgent", "CircuitId", "RemoteId", "SubscriberId")
_CRITERIA = ("VendorClass", "UserClass", "MacAddress", "ClientId", "Fqdn", *_RELAY_CRITERIA)
# a time without a zone may be the server's own: it is taken for the latest that it can be
_WESTERNMOST = timedelta(hours=12)

# how a value is compared; others as they are
_COMPARED: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(("ClientId", "MacAddress"), lambda value: re.sub(r"[-:]", "", value).lower()),
    **dict.fromkeys(("ActivatePolicies", "Enabled", "NapCapable", "NapEnable", "NapEnabled"), str.lower),
    "LeaseDuration": lru_cache(1000)(durations.shown_lease_text),
}

Fields = dict[str, tuple[str, ...]]


def moment_of(text: str) -> datetime | None:
    """ISO 8601, as .NET writes it: up to seven digits of a second, a zone, Z or neither."""
    try:
        moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00"))
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc) + _WESTERNMOST
    except (ValueError, OverflowError):  # the last day that .NET knows is past the end of time
        return None


def item_of(kind: str, element: Node) -> Fields:
    """A reservation or a policy: its simple children, and its option values."""
    item = {"": (), **fields_of(kind, element.children)}
    for option in members_of(element, "OptionValues"):
        item[option_name_of(option)] = values_of(option.children, "Value")
    return item


def fields_of(kind: str, children: Iterable[Node]) -> Fields:
    """The simple children, in words; a child with children of its own, unless it is read elsewhere, member by
    member."""
    by_tag: dict[str, list[Node]] = {}
    for child in children:
        by_tag.setdefault(child.tag, []).append(child)
    words: Fields = {}
    for tag, nodes in by_tag.items():
        if tag == "IPRanges":
            words.update(
                (f"range {text_of(range_, 'StartRange')}-{text_of(range_, 'EndRange')}", ())
                for list_ in nodes
                for range_ in list_.children
            )
        elif tag not in LISTS:
            values = _compared(tag, [node.text() for node in nodes])
            if kind == "policy" and tag in _CRITERIA:
                values = _criteria(values)
            if any(values):
                words[_words(tag)] = values
    return words


def values_of(children: Iterable[Node], tag: str) -> tuple[str, ...]:
    """What the children of this tag hold, as it is compared."""
    return _compared(tag, [child.text() for child in children if child.tag == tag])


def _compared(tag: str, texts: Iterable[str]) -> tuple[str, ...]:
    how = _COMPARED.get(tag)
    return tuple(map(how, texts)) if how else tuple(texts)


def _criteria(values: Iterable[str]) -> tuple[str, ...]:
    """EQ a b NE c: the values of each operator in order, and the operators too."""
    groups: dict[str, list[str]] = {}
    operator = ""
    for value in values:
        if is_operator(value):
            operator = value
            groups.setdefault(operator, [])
        else:
            groups.setdefault(operator, []).append(value)
    return tuple(
        word for operator in sorted(groups) for word in (*filter(None, (operator,)), *sorted(groups[operator]))
    )


def is_operator(value: str) -> bool:
    """Whether a value of a policy's criterion is no value, but says how those after it are compared."""
    return value.lower() in _OPERATORS


def option_id_of(option: Node) -> str:
    """The number of an option. Raises Malformed."""
    return _matching(r"[0-9]{1,5}", text_of(option, "OptionId"), "OptionId")


def option_name_of(option: Node) -> str:
    """What an option value is called in a difference. Raises Malformed."""
    kinds = {"vendor class": text_of(option, "VendorClass"), "user class": text_of(option, "UserClass")}
    named = [f"{kind} {name}" for kind, name in kinds.items() if name]
    return f"option {option_id_of(option)}" + (f" ({', '.join(named)})" if named else "")


@lru_cache(1000)
def _words(tag: str) -> str:
    """SubnetMask -> subnet_mask, as the options are named."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", tag).lower()


def members_of(element: Node, tag: str) -> Iterator[Node]:
    """The members of the lists of this tag."""
    return (member for child in element.children if child.tag == tag for member in child.children)


def text_of(element: Node, tag: str) -> str:
    """The text of the first child of this tag; "" without one."""
    for child in element.children:
        if child.tag == tag:
            return child.text()
    return ""


def address_of(text: str, name: str) -> IPv4Address:
    """An IPv4 address. Raises Malformed."""
    try:
        return IPv4Address(text.strip())
    except AddressValueError:
        raise not_an_export(f"{name} is {shown(text)}, which is not an IPv4 address") from None


def _matching(pattern: str, text: str, name: str) -> str:
    if not re.fullmatch(pattern, text.strip()):
        raise not_an_export(f"{name} is {shown(text)}, which is not a number")
    return text.strip()


def not_an_export(why: str) -> Malformed:
    """The error for what no DHCP server writes."""
    return Malformed(f"is not the XML of a DHCP server ({why})")
