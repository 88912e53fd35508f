# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which names mean which server, and how a server is reached: decided here and nowhere else. Pure.

A server is known by its computer name, its name in DNS and its addresses. An address in common makes two one, and
another address, or another domain below one host name, makes them two, however alike they look. A name that looks
different is unknown until its addresses were asked for, and unknown for good where DNS has none: never "the same", and
never "another" either."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property, lru_cache
from ipaddress import AddressValueError, IPv4Address
from typing import ClassVar

from .refusal import Refused

_COMPUTER_NAME = re.compile(r"[A-Za-z0-9_:.][A-Za-z0-9._:-]{0,254}")
_ITSELF = ("localhost", ".", "::1")
Resolved = Mapping[str, Sequence[str]]  # the addresses of the names that were asked for; none: DNS knows no such name


def computer_name(text: str, option: str) -> str:
    """A name or an address of a computer. Windows' own export puts it into a text that it runs. Raises Refused."""
    if not _COMPUTER_NAME.fullmatch(text):
        raise Refused(
            f"{option}: {text!r} is no name of a computer; write its name or address, with letters, digits and . - _ : "
            "only, and no hyphen in front."
        )
    return text


@lru_cache(1000)
def is_address(text: str) -> bool:
    """Whether it is an IPv4 address."""
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def same_server(spelling: str, other: str) -> bool:
    """Whether two spellings can mean one server: equal, or equal first labels, whatever their case."""
    spelling, other = spelling.strip().rstrip(".").lower(), other.strip().rstrip(".").lower()
    if not spelling or not other:
        return False
    if is_address(spelling) or is_address(other):
        return spelling == other
    if "." in spelling and "." in other:
        return spelling == other
    return spelling.split(".")[0] == other.split(".")[0]


def _plain(spelling: str) -> str:
    return spelling.strip().rstrip(".").lower() or spelling.strip()


def _label(name: str) -> str:
    return name.split(".")[0]


def _means_itself(spelling: str) -> bool:
    """Whether it is a word or an address for "this computer", whichever that is."""
    return _plain(spelling) in _ITSELF or (is_address(spelling) and spelling.startswith("127."))


@dataclass(frozen=True)
class Identity:
    """A server by all that it is called. `own`: by itself, so that the words for "this computer" mean it too.
    `resolved`: addresses of names, also of its own, which may be more than those that it listens on."""

    names: tuple[str, ...]
    own: bool = False
    resolved: Resolved = field(default_factory=dict)

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Those that are told."""
        return frozenset(name for name in map(_plain, self.names) if is_address(name))

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(name for name in map(_plain, self.names) if name and not is_address(name))

    @cached_property
    def _whole(self) -> Mapping[str, frozenset[str]]:
        """Host name -> its names with a domain."""
        whole: dict[str, frozenset[str]] = {}
        for name in self._words:
            if "." in name:
                whole[_label(name)] = whole.get(_label(name), frozenset()) | {name}
        return whole

    def is_called(self, spelling: str) -> bool:
        """Whether a name or an address can mean this server, by how it looks."""
        text = _plain(spelling)
        if self.own and _means_itself(text):
            return True
        if not text or is_address(text):
            return text in self.addresses
        if "." in text and _label(text) in self._whole:
            return text in self._whole[_label(text)]
        return any(same_server(text, name) for name in self._words)

    def is_named(self, other: Identity) -> bool:
        """Whether a name of the other's can mean this server, and no domain says otherwise. Addresses do not count."""
        return self._may_be(other) and any(self.is_called(name) for name in other._words)

    def has_name_of(self, other: Identity) -> bool:
        """Whether the two have a name in common, letter by letter, and no domain says otherwise. Addresses do not
        count."""
        return self._may_be(other) and bool(self._words & other._words)

    def _may_be(self, other: Identity) -> bool:
        """Whether no domain says otherwise."""
        return all(self._whole[label] & other._whole[label] for label in self._whole.keys() & other._whole.keys())

    def is_same(self, other: Identity) -> bool:
        """Whether the two are one server: an address in common, or else a name that nothing contradicts."""
        if self.own and any(map(_means_itself, other.names)):
            return True
        if self.addresses and other.addresses:
            return bool(self.addresses & other.addresses)
        return self.is_named(other)

    @property
    def _asked(self) -> frozenset[str]:
        """The names that tell more addresses. One without a domain may lead to another server of that name, so it is
        good only where nothing else is known."""
        whole = frozenset(name for names in self._whole.values() for name in names)
        return whole or (frozenset() if self.addresses else self._words)

    def unknown(self, other: Identity) -> tuple[str, ...]:
        """Whose addresses have to be asked for, before it is known whether the two are one server."""
        asked = self._asked if other.addresses else self._asked | other._asked
        return tuple(sorted(asked - self.resolved.keys()))

    def match(self, other: Identity) -> Match:
        """Whether the two are one server: by what is told of both, and then by the addresses of their names."""
        if self.is_same(other):
            return Match.SAME
        if self.unknown(other):
            return Match.UNKNOWN
        theirs, mine = other.addresses or self._of(other._asked), self._own_addresses
        if not theirs or not mine:
            return Match.NOT_RESOLVED
        if self.own and any(map(_means_itself, theirs)):
            return Match.SAME
        if theirs.isdisjoint(mine):
            return Match.OTHER
        return Match.SAME if theirs <= mine or mine <= theirs else Match.IN_PART

    @property
    def _own_addresses(self) -> frozenset[str]:
        """Those that are told, and those of its names. A name that leads to none of what is told is another server's by
        now."""
        told, found = self.addresses, (self._of([name]) for name in self._asked)
        return told.union(*(some for some in found if not told or some & told))

    def _of(self, words: Iterable[str]) -> frozenset[str]:
        return frozenset(address for name in words for address in self.resolved.get(name, ()))

    def knowing(self, resolved: Resolved) -> Identity:
        """The same, with the addresses of names."""
        return replace(self, resolved=resolved)


def elsewhere(resolved: Resolved) -> Mapping[str, tuple[str, ...]]:
    """The addresses of names, for a server that did not ask for them itself: those for "this computer" are not its."""
    return {name: tuple(one for one in found if not _means_itself(one)) for name, found in resolved.items()}


def spelled(spelling: str) -> Identity:
    """A server of which nothing is known but how somebody calls it."""
    return Identity((spelling,))


class Match(Enum):
    """Whether two are one server."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"  # its addresses are not known yet
    NOT_RESOLVED = "not resolved"  # and will not be: DNS has none
    IN_PART = "in part"  # each has an address that the other has not: several computers may have one for inside use


def are_one(spelling: str, other: str, known: Iterable[Identity]) -> bool:
    """Whether two spellings mean one server, by how they look or by what is known of servers."""
    return same_server(spelling, other) or any(
        identity.is_called(spelling) and identity.is_called(other) for identity in known
    )


@dataclass(frozen=True)
class Connection:
    """A connection of its own: the task's, that of partner_host, or (partner_host: auto) that to a host of the
    inventory."""

    host: str

    THIS_SERVER: ClassVar[Connection]
    PARTNER: ClassVar[Connection]


Connection.THIS_SERVER, Connection.PARTNER = Connection(""), Connection("*")


@dataclass(frozen=True)
class Hop:
    """Another server asked by `via`, which knows it as `computer`."""

    computer: str
    via: str


Source = Connection | Hop  # how a server is reached; also what tells one server of a world from the others


def is_own_of_partner(source: Source) -> bool:
    """Whether it is a connection of its own to a partner."""
    return isinstance(source, Connection) and source != Connection.THIS_SERVER
