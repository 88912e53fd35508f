# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Dataclasses of the lab's state <-> plain YAML values, by the types of their fields.

A mapping of dataclasses is a YAML mapping by their key field; what has its default value is left out when written.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from ipaddress import IPv4Address
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from lab.core.metadata import format_timespan, parse_timespan
from lab.core.server import AddressRange, OptionKey

T = TypeVar("T")


class TopologyError(ValueError):
    """What is wrong, where in the file, and how to cure it."""

    def __init__(self, place: str, problem: str, cure: str) -> None:
        super().__init__(f"{place.lstrip('.') or 'the file'}: {problem}. {cure}.")


def read(kind: type[T], raw: Any, place: str, key: Any = None) -> T:
    """A dataclass from a YAML mapping. ``key``: the value of its key field. Raises TopologyError."""
    if not isinstance(raw, Mapping):
        raise TopologyError(place, f"expected a mapping, found {raw!r}", f"Write the fields of a {kind.__name__} here")
    hints, known = _hints(kind), {one.name: one for one in fields(kind) if not one.metadata.get("key")}  # type: ignore[arg-type]
    for name in raw:
        if name not in known:
            raise TopologyError(f"{place}.{name}", "unknown field", f"Known here: {', '.join(sorted(known))}")
    values = {name: _read(hints[name], value, f"{place}.{name}") for name, value in raw.items()}
    values |= {one.name: key for one in fields(kind) if one.metadata.get("key")}  # type: ignore[arg-type]
    missing = [name for name, one in known.items() if name not in raw and _required(one)]
    if missing:
        raise TopologyError(place, f"missing: {', '.join(missing)}", "Add it")
    return kind(**values)


def write(value: Any) -> Any:
    """The reverse of ``read``, in values that YAML holds."""
    if is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, AddressRange):
            return f"{value.start}-{value.end}"
        plain = (one for one in fields(value) if not one.metadata.get("key"))
        return {one.name: write(getattr(value, one.name)) for one in plain if not _is_default(one, value)}
    if isinstance(value, Mapping):
        return {_written_key(key): _written_value(key, element) for key, element in value.items()}
    if isinstance(value, timedelta):
        return format_timespan(value)
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, IPv4Address):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [write(element) for element in value]
    return value


def _written_key(key: Any) -> Any:
    if isinstance(key, OptionKey):
        return key.option_id if not key.vendor_class and not key.user_class else str(key)
    return str(key) if isinstance(key, IPv4Address) else key


def _written_value(key: Any, value: Any) -> Any:
    """An option with one value is written without a list."""
    written = write(value)
    return written[0] if isinstance(key, OptionKey) and isinstance(value, tuple) and len(value) == 1 else written


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _required(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _is_default(one: Field[Any], owner: Any) -> bool:
    value = getattr(owner, one.name)
    if one.default_factory is not MISSING:
        return bool(value == one.default_factory())
    return bool(one.default is not MISSING and value == one.default)


def _read(kind: Any, raw: Any, place: str) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = next(one for one in arguments if one is not types.NoneType)
        return None if raw is None else _read(inner, raw, place)
    if origin is dict:
        return _read_mapping(arguments[0], arguments[1], raw, place)
    if origin in (list, tuple):
        several = raw if isinstance(raw, list) else [raw]
        if raw is None:
            raise TopologyError(place, "found nothing", "Write a list, or leave the field out")
        return origin(_read(arguments[0], one, f"{place}[{index}]") for index, one in enumerate(several))
    if kind is AddressRange:
        return _read_range(raw, place)
    if is_dataclass(kind):
        return read(kind, raw, place)  # type: ignore[arg-type]
    return _read_scalar(kind, raw, place)


def _read_mapping(key_kind: Any, kind: Any, raw: Any, place: str) -> dict[Any, Any]:
    if not isinstance(raw, Mapping):
        raise TopologyError(place, f"expected a mapping, found {raw!r}", "Write KEY: VALUE lines")
    result: dict[Any, Any] = {}
    for name, value in raw.items():
        key = _read_key(key_kind, name, f"{place}.{name}")
        inside = f"{place}.{name}"
        keyed = is_dataclass(kind) and any(one.metadata.get("key") for one in fields(kind))
        result[key] = read(kind, value, inside, key) if keyed else _read(kind, value, inside)
    return result


def _read_key(kind: Any, raw: Any, place: str) -> Any:
    if kind is OptionKey:
        try:
            return OptionKey.parse(str(raw))
        except ValueError as error:
            raise TopologyError(place, f"{raw!r} is no option", "Write 43, 43/vendor=NAME or 43/user=NAME") from error
    return _read_scalar(kind, raw, place)


def _read_range(raw: Any, place: str) -> AddressRange:
    start, dash, end = str(raw).partition("-")
    first = _read_scalar(IPv4Address, start.strip(), place)
    last = _read_scalar(IPv4Address, end.strip(), place) if dash else first
    if first > last:
        raise TopologyError(place, f"{raw!r} ends before it starts", "Write START-END")
    return AddressRange(first, last)


def _text(raw: Any) -> str:
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        raise ValueError(raw)
    return str(raw)


def _flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(raw)
    return raw


def _integer(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError(raw)
    return raw


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise ValueError(raw)
    return float(raw)


def _span(raw: Any) -> timedelta:
    """YAML reads 1:00:00 as a number of seconds: both are good."""
    return timedelta(seconds=_integer(raw)) if isinstance(raw, int) else parse_timespan(raw)


def _moment(raw: Any) -> datetime:
    moment = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw).replace("Z", "+00:00"))
    return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _address(raw: Any) -> IPv4Address:
    if not isinstance(raw, str):
        raise ValueError(raw)
    return IPv4Address(raw)


_SCALARS: dict[Any, tuple[Callable[[Any], Any], str]] = {
    str: (_text, "Write a text; put it in quotes"),
    bool: (_flag, "Write true or false"),
    int: (_integer, "Write a whole number"),
    float: (_number, "Write a number"),
    timedelta: (_span, "Write [d.]hh:mm:ss, or a number of seconds"),
    datetime: (_moment, "Write an instant as 2026-03-01T08:00:00Z"),
    IPv4Address: (_address, "Write an IPv4 address"),
}


def _read_scalar(kind: Any, raw: Any, place: str) -> Any:
    convert, cure = _SCALARS[kind]
    try:
        return convert(raw)
    except (ValueError, TypeError, AttributeError) as error:
        raise TopologyError(place, f"cannot read {raw!r}", cure) from error
