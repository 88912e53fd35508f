# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which names mean which server, and how a server is reached: decided here and nowhere else. Pure.

A server is known by its computer name, its DNS host name and its addresses. A name that looks different is unknown
until its addresses were asked for, and never "the same" before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import AddressValueError, IPv4Address

from .refusal import Refused

_COMPUTER_NAME = re.compile(r"[A-Za-z0-9_:.][A-Za-z0-9._:-]{0,254}")
_ITSELF = ("localhost", "127.0.0.1", ".")


def computer_name(text: str, option: str) -> str:
    """A name or an address of a computer. Windows' own export puts it into a text that it runs. Raises Refused."""
    if not _COMPUTER_NAME.fullmatch(text):
        raise Refused(
            f"{option}: {text!r} is no name of a computer; write its name or address, with letters, digits and . - _ : "
            "only, and no hyphen in front."
        )
    return text


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


@dataclass(frozen=True)
class Identity:
    """A server by all that it is called. `own`: by itself, so that the words for "this computer" mean it too."""

    names: tuple[str, ...]
    own: bool = False

    def is_called(self, spelling: str) -> bool:
        """Whether a name or an address can mean this server."""
        if self.own and spelling.strip().lower() in _ITSELF:
            return True
        return any(same_server(spelling, name) for name in self.names)

    def is_same(self, other: Identity) -> bool:
        """Whether a name of the other's can mean this server."""
        return any(self.is_called(name) for name in other.names)

    def verdict(self, spelling: str, resolved: Mapping[str, Sequence[str]]) -> Verdict:
        """Whether a spelling means this server. `resolved`: the addresses of the names that were asked for."""
        if self.is_called(spelling):
            return Verdict.SAME
        if not is_address(spelling) and spelling not in resolved:
            return Verdict.UNKNOWN
        return Verdict.SAME if any(map(self.is_called, resolved.get(spelling, ()))) else Verdict.OTHER


class Verdict(Enum):
    """Whether a spelling means a server."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"  # its addresses are not known yet


def are_one(spelling: str, other: str, known: Iterable[Identity]) -> bool:
    """Whether two spellings mean one server, by how they look or by what is known of servers."""
    return same_server(spelling, other) or any(
        identity.is_called(spelling) and identity.is_called(other) for identity in known
    )


class Connection(Enum):
    """A connection of its own: the task's, or that of partner_host."""

    THIS_SERVER = "this_server"
    PARTNER = "partner"


@dataclass(frozen=True)
class Hop:
    """Another server asked by `via`, which knows it as `computer`."""

    computer: str
    via: str


Source = Connection | Hop  # how a server is reached; also what tells one server of a world from the others
