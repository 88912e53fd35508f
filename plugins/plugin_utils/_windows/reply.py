# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A reply of dhcp_cmdlets.ps1, checked once into frozen values: nobody behind this file meets a shape that he does not
expect.

What a server answered is believed in nothing: it can be cut, of another type or of another version. Every value that
cannot be read is UnexpectedReply, which names the server, the cmdlet and the property.

`parse` holds a reply against its request: each operation has one result, in order and by its id; the status agrees with
the errors of the calls; only a reply that says "stopped" may lack the last of them, and "changed_meanwhile" all; what
was read before them is there where it is not what the request's fingerprint is of. Errors of an operation are no
failure here: they stand in its Result, for whoever asked. Objects stay as they came until somebody reads a property:
the reader says what it can be (`text`, `optional_text`, `choice`, `moment` ...), so that a property which nobody needs
can be anything. What a reply tells of the server's clock lies between the times of sending and receiving, and is known
no better than that.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, datetime, timedelta, timezone
from ipaddress import IPv4Address
from math import isfinite
from typing import Any, TypeVar

from .._model.scope import is_subnet_mask
from .._model.server import ClockOffset
from .._model.texts import shown, visible_surrogates
from .cmdlets import Operation
from .errors import UnexpectedReply

T = TypeVar("T")

UINT32 = 0xFFFF_FFFF
_CLOCK_STEP = timedelta(milliseconds=1)  # the script tells no less
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}\Z")
# what the operations that are no cmdlet themselves call
_CMDLETS: Mapping[str, str] = {
    "export": "Export-DhcpServer",
    "safety_copy": "Export-DhcpServer",
    "import_copy": "Import-DhcpServer",
    "probe_partner": "Get-DhcpServerVersion",
}


@dataclass(frozen=True)
class Place:
    """Where a value comes from. `hide` takes secrets out of a text."""

    host: str
    cmdlet: str
    hide: Callable[[str], str] = str

    def unreadable(self, name: str, value: Any, why: str) -> UnexpectedReply:
        """The error for a value of a property: `why` completes "NAME is VALUE, ..."."""
        return UnexpectedReply(
            f"On {self.host}: {self.cmdlet} answered something that cannot be read: {name} is "
            f"{shown(value, self.hide)}, {why}. "
            "Please report it."
        )


@dataclass(frozen=True)
class ReplyObject:
    """One object of an answer. Each reader says which property it wants and what it can be, and raises UnexpectedReply
    for anything else; null and missing are not the same."""

    place: Place
    properties: Mapping[str, Any]

    def value(self, name: str) -> Any:
        """As it came. Every reader whose name does not begin with "optional" wants the property to be there."""
        if name not in self.properties:
            where, has = self.place, ", ".join(map(str, self.properties))
            raise UnexpectedReply(
                f"On {where.host}: an object that {where.cmdlet} answered has no property {name} "
                f"(it has {shown(has, where.hide) if has else 'none'}). Please report it."
            )
        return self.properties[name]

    def text(self, name: str) -> str:
        """Null is an empty text, as it is everywhere in Windows PowerShell."""
        value = self.value(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.unreadable(name, value, "which is no text")
        return visible_surrogates(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """Of a property that is a list of texts; null is none."""
        value = self.value(name)
        members = value if isinstance(value, (list, tuple)) else () if value is None else (value,)
        return tuple(ReplyObject(self.place, {name: member}).text(name) for member in members)

    def name(self, name: str) -> str:
        """A text by which something is called: it cannot be empty."""
        value = self.text(name)
        if not value:
            raise self.unreadable(name, value, "and it cannot be empty")
        return value

    def optional_text(self, name: str) -> str | None:
        """None where the property is missing, null or empty."""
        return self.text(name) or None if name in self.properties else None

    def choice(self, name: str, choices: Mapping[str, T]) -> T:
        """What one of these texts stands for."""
        value = self.text(name)
        if value not in choices:
            raise self.unreadable(name, value, f"and none of {', '.join(choices)}")
        return choices[value]

    def flag(self, name: str) -> bool:
        """Null is false, as it is everywhere in Windows PowerShell."""
        value = self.value(name)
        if value is not None and not isinstance(value, bool):
            raise self.unreadable(name, value, "and neither true nor false")
        return bool(value)

    def number(self, name: str, most: int = UINT32, least: int = 0) -> int:
        """A whole number from `least` to `most`."""
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.unreadable(name, value, "which is not a number")
        if not least <= value <= most:
            raise self.unreadable(name, value, f"and {least} to {most} are possible")
        return int(value)

    def optional_number(self, name: str, most: int = UINT32) -> int | None:
        """None where the property is null; it has to be there."""
        return None if self.value(name) is None else self.number(name, most)

    def fraction(self, name: str) -> float | None:
        """The script sends a number with a fraction as text. None: what a division by zero gives, or null."""
        value = self.value(name)
        if value is None:
            return None
        try:
            number = float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else -1.0
        except (ValueError, OverflowError):
            number = -1.0
        if number < 0 and isfinite(number):
            raise self.unreadable(name, value, "which is not a number")
        return number if isfinite(number) else None

    def address(self, name: str) -> IPv4Address:
        """An IPv4 address."""
        return self._address(name, self.value(name))

    def address_text(self, name: str) -> str:
        """An IPv4 address as it came: there is one way to write it."""
        self.address(name)
        return str(self.properties[name])

    def mask(self, name: str) -> str:
        """An address that can be a subnet mask, as it came."""
        if not is_subnet_mask(self.address(name)):
            raise self.unreadable(name, self.properties[name], "which is not a subnet mask")
        return str(self.properties[name])

    def optional_address(self, name: str) -> str | None:
        """None where the property is missing, null or empty."""
        return None if self.properties.get(name) in (None, "") else self.address_text(name)

    def addresses(self, name: str) -> tuple[IPv4Address, ...]:
        """Of a property that Windows' type files define by a script, whose output PowerShell unrolls: null for none,
        one address for one, a list for more."""
        value = self.value(name)
        members = value if isinstance(value, (list, tuple)) else () if value is None else (value,)
        return tuple(self._address(name, member) for member in members)

    def moment(self, name: str) -> datetime:
        """A time of UTC, as the script writes it."""
        value = self.value(name)
        try:
            if isinstance(value, str) and _MOMENT.fullmatch(value):
                return datetime.fromisoformat(value[:-1]).replace(tzinfo=timezone.utc)
        except ValueError:  # no day or hour that there is
            pass
        raise self.unreadable(name, value, "which is not a time")

    def unreadable(self, name: str, value: Any, why: str) -> UnexpectedReply:
        """As of its place."""
        return self.place.unreadable(name, value, why)

    def _address(self, name: str, value: Any) -> IPv4Address:
        try:  # four times as fast as IPv4Address with a text, and takes the same
            return IPv4Address(socket.inet_pton(socket.AF_INET, value if isinstance(value, str) else ""))
        except (OSError, ValueError):
            raise self.unreadable(name, value, "which is not an IPv4 address") from None


@dataclass(frozen=True)
class Failure:
    """An error of an operation, or of the request. `id`: FullyQualifiedErrorId, or one of the script's own."""

    id: str
    message: str
    category: str = ""
    target: str = ""


@dataclass(frozen=True)
class Result:
    """What one operation answered. `computer`: the other server that was asked, over a second hop."""

    id: str
    place: Place
    objects: tuple[ReplyObject, ...] = ()
    errors: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()
    computer: str = ""

    def only(self) -> ReplyObject:
        """Of an operation that answers one object and no more."""
        if len(self.objects) != 1:
            raise UnexpectedReply(
                f"On {self.place.host}: {self.place.cmdlet} answered {len(self.objects)} objects where it is one. "
                "Please report it."
            )
        return self.objects[0]


@dataclass(frozen=True)
class Reply:
    """`status`: done, stopped (the last call had an error) or changed_meanwhile (nothing was written).

    `before`: empty where it agrees with the fingerprint of the request. `fingerprint`: of what was read last, `after`
    if that was asked, else `before`. `now`: the server's clock when all was read and done; `offset`: how far it is
    ahead of the controller's.
    """

    status: str
    fingerprint: str
    before: tuple[Result, ...]
    calls: tuple[Result, ...]
    after: tuple[Result, ...]
    now: datetime
    offset: ClockOffset = field(default_factory=ClockOffset)


@dataclass(frozen=True)
class Request:
    """What a reply has to answer, operation by operation."""

    before: Sequence[Operation]
    calls: Sequence[Operation] = ()
    after: Sequence[Operation] = ()
    fingerprint: str = ""


def parse(raw: Mapping[str, Any], request: Request, place: Place, sent: datetime, received: datetime) -> Reply:
    """The reply to a request that was carried out. `sent` and `received`: by the controller's clock. Raises
    UnexpectedReply."""
    whole = ReplyObject(place, raw)
    possible = [
        "done",
        *(["stopped"] if request.calls else []),
        *(["changed_meanwhile"] if request.fingerprint else []),
    ]
    status = whole.choice("status", {text: text for text in possible})
    fingerprint = whole.text("fingerprint")
    if not _HASH.match(fingerprint):
        raise whole.unreadable("fingerprint", fingerprint, "which is no hash")
    now = whole.moment("clock")
    if now.year == MAXYEAR:  # nothing can be counted from there
        raise whole.unreadable("clock", whole.properties["clock"], "which is not a time")
    unchanged = status == "changed_meanwhile"
    before = _results(whole, "before", request.before if unchanged or not request.fingerprint else ())
    calls = _results(whole, "calls", () if unchanged else request.calls, part=status == "stopped")
    after = _results(whole, "finally", () if unchanged else request.after)
    failed = [bool(call.errors) for call in calls]
    if any(failed[:-1]) or (bool(failed) and failed[-1]) != (status == "stopped"):
        raise whole.unreadable("status", status, "which does not agree with the errors of the calls")
    return Reply(status, fingerprint, before, calls, after, now, _offset(now, sent, received))


def _offset(now: datetime, sent: datetime, received: datetime) -> ClockOffset:
    """The server's clock was read some time between the two; of a slow batch or a slow transfer nobody knows when."""
    least, most = sorted((now - received, now - sent))  # unless the controller's own clock was set back meanwhile
    return ClockOffset(least, most + _CLOCK_STEP)


def failures(raw: Mapping[str, Any], place: Place) -> tuple[Failure, ...]:
    """The errors of the request itself, or of an operation."""
    return tuple(_failure(error) for error in _members(ReplyObject(place, raw), "errors"))


def _results(whole: ReplyObject, name: str, asked: Sequence[Operation], *, part: bool = False) -> tuple[Result, ...]:
    """One result for each operation, in order; `part`: the last ones can be missing, since the script stopped."""
    answers = _members(whole, name)
    said = [answer.text("id") for answer in answers]
    ids = [str(operation["id"]) for operation in asked]
    if said != (ids[: len(said)] if part else ids):
        raise whole.unreadable(name, ", ".join(said) or None, f"and {', '.join(ids) or 'nothing'} was asked")
    return tuple(_result(answer, operation) for answer, operation in zip(answers, asked, strict=False))


def _result(raw: ReplyObject, operation: Operation) -> Result:
    op = str(operation["op"])
    computer = operation.get("parameters", {}).get("ComputerName")
    cmdlet = str(operation.get("cmdlet") or _CMDLETS.get(op, op)) + (f" -ComputerName {computer}" if computer else "")
    place = Place(raw.place.host, cmdlet, raw.place.hide)
    own = ReplyObject(place, raw.properties)
    asked = str(computer or ("" if operation.get("resolve") else operation.get("server")) or "")
    objects = tuple(_members(own, "objects"))
    errors, warnings = failures(own.properties, place), _texts(own, "warnings")
    return Result(str(operation["id"]), place, objects, errors, warnings, asked)


def _failure(raw: ReplyObject) -> Failure:
    category, target = (raw.optional_text(name) or "" for name in ("category", "target"))
    return Failure(raw.name("id"), raw.text("message"), category, target)


def _members(owner: ReplyObject, name: str) -> list[ReplyObject]:
    members = _list(owner, name)
    for member in members:
        if not isinstance(member, Mapping):
            raise owner.unreadable(name, member, "which is no object")
    return [ReplyObject(owner.place, member) for member in members]


def _texts(owner: ReplyObject, name: str) -> tuple[str, ...]:
    members = _list(owner, name)
    return tuple(ReplyObject(owner.place, {name: text}).text(name) for text in members)


def _list(owner: ReplyObject, name: str) -> Iterable[Any]:
    value = owner.value(name)
    if not isinstance(value, (list, tuple)):
        raise owner.unreadable(name, value, "which is no list")
    return value
