# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which names mean which server, and how a server is reached: decided here and nowhere else. Pure.

A name that looks different is unknown until its addresses were asked for, and never "the same" before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from ..model import Relationship, Server, is_address, same_server


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


class Verdict(Enum):
    """Whether a spelling means the partner of a relationship."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"  # its addresses are not known yet


def partner_verdict(spelling: str, relationship: Relationship, server: Server) -> Verdict:
    """Whether `spelling` means the partner that `server` has in `relationship`."""
    if relationship.has_partner(spelling):
        return Verdict.SAME
    if not is_address(spelling) and spelling not in server.resolved:
        return Verdict.UNKNOWN
    same = any(relationship.has_partner(address) for address in server.resolved.get(spelling, ()))
    return Verdict.SAME if same else Verdict.OTHER


def is_with(relationship: Relationship, server: Server) -> bool:
    """Whether the other server of a relationship is `server`."""
    return any(server.is_called(name) for name in relationship.partner_names)


def are_one(spelling: str, other: str, known: Iterable[Relationship]) -> bool:
    """Whether two spellings mean one server, by how they look or by what a server's relationships say of their
    partners."""
    return same_server(spelling, other) or any(
        relationship.has_partner(spelling) and relationship.has_partner(other) for relationship in known
    )
