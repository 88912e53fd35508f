# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the DhcpServer module's cmdlets take: names, types, sets and ranges of their parameters (metadata.json)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from lab.core.api import Scalar, Value

_TIMESPAN = re.compile(r"(?P<sign>-?)(?:(?P<days>\d+)\.)?(?P<h>\d+):(?P<m>\d+)(?::(?P<s>\d+)(?:\.(?P<f>\d{1,7}))?)?")
_INVALID = "ParameterArgumentValidationError"
_LIMITS = {"uint16": 0xFFFF, "uint32": 0xFFFFFFFF}


class BindingError(ValueError):
    """What PowerShell's parameter binding refuses: a terminating error of the caller, never an error record.

    ``error_id`` is PowerShell's own, ``parameter`` the parameter that it names (empty for a set that is not found).
    """

    def __init__(self, text: str, error_id: str = "", parameter: str = "") -> None:
        super().__init__(text)
        self.error_id, self.parameter = error_id, parameter


@dataclass(frozen=True)
class Parameter:
    """``type``: bool, datetime, ipaddress, pscredential, string, switch, timespan, uint16 or uint32, of one element.

    ``array``: takes several. ``nullable``: takes $null. ``values``: the accepted words; ``range``: the accepted
    numbers. ``common``: one of those every CDXML cmdlet has.
    """

    name: str
    type: str
    array: bool = False
    sets: tuple[str, ...] = ()
    mandatory: bool = False
    position: int | None = None
    nullable: bool = False
    allow_empty: bool = False
    values: tuple[str, ...] = ()
    range: tuple[int, int] | None = None
    aliases: tuple[str, ...] = ()
    common: bool = False


@dataclass(frozen=True)
class Cmdlet:
    """``parameters`` includes the common ones; ``writes``: changes something on a DHCP server."""

    name: str
    parameters: Mapping[str, Parameter]
    sets: tuple[str, ...]
    default_set: str | None
    should_process: bool
    confirm_impact: str | None
    writes: bool

    def parameter(self, name: str) -> Parameter:
        """By name or alias, in any case. Raises BindingError."""
        wanted = name.lower()
        for parameter in self.parameters.values():
            if wanted in (word.lower() for word in (parameter.name, *parameter.aliases)):
                return parameter
        raise BindingError(
            f"A parameter cannot be found that matches parameter name '{name}' ({self.name}).",
            "NamedParameterNotFound",
            name,
        )


# C STUB: on every CDXML cmdlet, except that Export- and Import-DhcpServer are script functions without AsJob.
_COMMON = (
    Parameter("ComputerName", "string", aliases=("Cn",), common=True),
    Parameter("CimSession", "cimsession", array=True, aliases=("Session",), common=True),
    Parameter("ThrottleLimit", "int32", common=True),
    Parameter("AsJob", "switch", common=True),
)
_SCRIPT_FUNCTIONS = ("Export-DhcpServer", "Import-DhcpServer")
_SHOULD_PROCESS = (
    Parameter("WhatIf", "switch", aliases=("wi",), common=True),
    Parameter("Confirm", "switch", aliases=("cf",), common=True),
)


@lru_cache(maxsize=1)
def cmdlets() -> Mapping[str, Cmdlet]:
    """All cmdlets by name."""
    document = json.loads(Path(__file__).with_name("metadata.json").read_text(encoding="utf-8"))
    return {name: _cmdlet(name, entry) for name, entry in document["cmdlets"].items()}


def find(name: str, module: Mapping[str, Cmdlet] | None = None) -> Cmdlet:
    """By name in any case, of the module of another Windows (versions.module) or of this one. Raises BindingError."""
    module = cmdlets() if module is None else module
    known = {one.lower(): one for one in module}
    if name.lower() not in known:
        raise BindingError(f"The term '{name}' is not recognized as the name of a cmdlet of the DhcpServer module.")
    return module[known[name.lower()]]


def _cmdlet(name: str, entry: Mapping[str, Any]) -> Cmdlet:
    script = (_COMMON[0], Parameter("CimSession", "cimsession", aliases=("Session",), common=True))
    parameters = [_parameter(key, raw) for key, raw in entry["parameters"].items()]
    parameters += script if name in _SCRIPT_FUNCTIONS else _COMMON
    if entry["should_process"]:
        parameters += _SHOULD_PROCESS
    return Cmdlet(
        name=name,
        parameters={one.name: one for one in parameters},
        sets=tuple(entry.get("sets", ())),
        default_set=entry.get("default_set"),
        should_process=entry["should_process"],
        confirm_impact=entry.get("confirm_impact"),
        writes=not name.startswith(("Get-", "Export-")),
    )


def _parameter(name: str, raw: Mapping[str, Any]) -> Parameter:
    kind = str(raw["type"])
    nullable = kind.endswith("?") or kind.startswith("System.Nullable[")
    kind = kind.removesuffix("?").removeprefix("System.Nullable[")
    array = kind.endswith("[]")
    limits = raw.get("range")
    return Parameter(
        name=name,
        type=kind.removesuffix("]").removesuffix("["),
        array=array,
        sets=tuple(raw.get("sets", ())),
        mandatory=bool(raw.get("mandatory", False)),
        position=raw.get("position"),
        nullable=nullable or bool(raw.get("nullable", False)),
        allow_empty=bool(raw.get("allow_empty", False)),
        values=tuple(raw.get("values", ())),
        range=(limits[0], limits[1]) if limits else None,
        aliases=tuple(raw.get("aliases", ())),
    )


def from_json(cmdlet: str, raw: Mapping[str, Any], module: Mapping[str, Cmdlet] | None = None) -> dict[str, Value]:
    """JSON values of bound parameters -> the values of api.py, by parameter type.

    A timespan is text "[d.]hh:mm:ss[.fffffff]", a datetime ISO 8601 text (without a zone: UTC), an address text, a
    switch true or false; a single value is good for an array. Raises BindingError for an unknown cmdlet or parameter
    and for a value that the type, the accepted words or the range refuse.
    """
    meta = find(cmdlet, module)
    result: dict[str, Value] = {}
    for name, value in raw.items():
        parameter = meta.parameter(name)
        result[parameter.name] = _value(parameter, value)
    return result


def check_binding(cmdlet: str, parameters: Mapping[str, Value]) -> str | None:
    """The parameter set that these parameters select (None: the cmdlet has no sets), as PowerShell chooses it.

    For a door without PowerShell. Raises BindingError if no set or more than one fits, or a mandatory one is missing.
    """
    meta = find(cmdlet)
    given = [meta.parameter(name) for name in parameters]
    fitting = [name for name in meta.sets if all(one.common or not one.sets or name in one.sets for one in given)]
    if meta.sets and not fitting:
        raise BindingError(
            "Parameter set cannot be resolved using the specified named parameters.", "AmbiguousParameterSet"
        )
    missing: dict[str, list[str]] = {name: _missing(meta, name, parameters) for name in fitting}
    complete = [name for name in fitting if not missing[name]]
    if meta.sets and not complete:
        best = meta.default_set if meta.default_set in fitting else fitting[0]
        names = missing[best or fitting[0]]
        raise BindingError(
            f"Missing mandatory parameters of {cmdlet}: {', '.join(names)}.",
            "MissingMandatoryParameter",
            " ".join(names),
        )
    if len(complete) > 1 and meta.default_set not in complete:
        raise BindingError(
            "Parameter set cannot be resolved using the specified named parameters.", "AmbiguousParameterSet"
        )
    if not complete:
        return None
    return meta.default_set if meta.default_set in complete else complete[0]


def _missing(meta: Cmdlet, set_name: str, given: Mapping[str, Value]) -> list[str]:
    wanted = (one for one in meta.parameters.values() if one.mandatory and set_name in one.sets)
    return [one.name for one in wanted if one.name not in given]


def _value(parameter: Parameter, value: Any) -> Value:
    if value is None:
        if parameter.nullable:
            return None
        by_value = not parameter.array and parameter.type in ("bool", "timespan", "datetime", *_LIMITS)
        raise _refused(parameter, "ParameterArgumentTransformationError" if by_value else _INVALID, "is null")
    if parameter.array:
        elements = list(value) if isinstance(value, (list, tuple)) else [value]
        if not elements and not parameter.allow_empty:
            raise _refused(parameter, _INVALID, "is an empty array")
        return tuple(_scalar(parameter, element) for element in elements)
    return _scalar(parameter, value)


def _scalar(parameter: Parameter, value: Any) -> Scalar:
    try:
        result = _convert(parameter.type, value)
    except (ValueError, TypeError, AttributeError) as error:
        raise _refused(
            parameter, "ParameterArgumentTransformationError", f"{value!r} is no {parameter.type}"
        ) from error
    if result == "" and not parameter.allow_empty:
        raise _refused(parameter, _INVALID, "is empty")
    if parameter.values:
        words = {word.lower(): word for word in parameter.values}
        if str(result).lower() not in words:
            raise _refused(parameter, _INVALID, f"{result!r} is none of {', '.join(parameter.values)}")
        return words[str(result).lower()]
    if parameter.range and isinstance(result, int) and not parameter.range[0] <= result <= parameter.range[1]:
        raise _refused(parameter, _INVALID, f"{result} is outside {parameter.range[0]}..{parameter.range[1]}")
    return result


def _refused(parameter: Parameter, error_id: str, why: str) -> BindingError:
    return BindingError(f"Cannot bind argument to parameter '{parameter.name}': {why}.", error_id, parameter.name)


def _convert(kind: str, value: Any) -> Scalar:
    if kind in ("bool", "switch"):
        if isinstance(value, bool) or (isinstance(value, int) and value in (0, 1)):
            return bool(value)
        raise ValueError(value)
    if kind in _LIMITS or kind == "int32":
        number = int(value)
        if isinstance(value, bool) or not 0 <= number <= _LIMITS.get(kind, 0x7FFFFFFF):
            raise ValueError(value)
        return number
    if kind == "ipaddress":
        return IPv4Address(value)
    if kind == "timespan":
        return parse_timespan(value)
    if kind == "datetime":
        return parse_datetime(value)
    return str(value)


def parse_datetime(text: str) -> datetime:
    """ISO 8601 with up to seven digits of a second, as .NET writes it; without a zone it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00"))
    return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


MAX_TIMESPAN = timedelta(
    days=10675199, hours=2, minutes=48, seconds=5, microseconds=477580
)  # TimeSpan.MaxValue, less 7 ticks


def parse_timespan(text: str) -> timedelta:
    """The constant format of .NET, "[-][d.]hh:mm:ss[.fffffff]". Raises ValueError."""
    match = _TIMESPAN.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is no duration: write [d.]hh:mm:ss")
    part = {key: int(match[key] or 0) for key in ("days", "h", "m", "s")}
    micro = int((match["f"] or "").ljust(7, "0")) // 10
    span = timedelta(part["days"], part["s"], micro, minutes=part["m"], hours=part["h"])
    return -span if match["sign"] else span


def format_timespan(span: timedelta) -> str:
    """The reverse of ``parse_timespan``."""
    sign, span = ("-", -span) if span < timedelta(0) else ("", span)
    hours, rest = divmod(span.seconds, 3600)
    days = f"{span.days}." if span.days else ""
    fraction = f".{span.microseconds:06d}{7 if span == MAX_TIMESPAN else 0}" if span.microseconds else ""
    return f"{sign}{days}{hours:02d}:{rest // 60:02d}:{rest % 60:02d}{fraction}"
