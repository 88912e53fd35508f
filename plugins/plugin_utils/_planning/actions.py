# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One change of the pair as a value. What its kind means stands in `action_table`, one row for each. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from ipaddress import IPv4Address
from typing import Any

from .._model.failover_states import CUT_OFF
from .._model.identity import Source
from .._model.maintenance_note import Maintenance
from .._model.relationship_settings import DeclaredSettings
from . import setting_changes
from .read_request import Scopes
from .setting_changes import Changes


class Kind(Enum):
    """What an action does: the keys of the table in `action_table`."""

    SAVE = "save"
    MAKE = "make"
    COMPLETE = "complete"
    SERVE_ON = "serve on"
    SERVE_OFF = "serve off"
    DETACH_MEMBERS = "detach members"  # on one server, by the API
    DETACH_HALF = "detach half"
    WITHDRAW_MEMBERS = "withdraw members"  # on both servers, by a cmdlet on the one that keeps the scopes
    WITHDRAW_RELATIONSHIP = "withdraw relationship"
    DELETE = "delete"
    FORGET = "forget"
    CREATE = "create"
    JOIN = "join"
    MODIFY = "modify"
    REPLICATE = "replicate"
    IMPORT = "import"
    DOWN = "down"
    LAY_NOTE = "lay note"  # of a maintenance
    LIFT_NOTE = "lift note"


class Stage(IntEnum):
    """The order of a plan's actions; those of one stage stay as they were added."""

    MAKE = 0  # scopes that do not exist, or not with all that belongs in them
    CLEAR = 1  # what is in the way of scopes that come
    CLAIM = 2  # the copies that go: save, off. Then both servers are looked at, before anything that cannot be undone
    LOSER = 3  # the server that loses its copies: out, delete
    KEEPER = 4  # the one that keeps them; the relationship ends
    SETTLE = 5  # modify, create, join, on
    LAST = 6  # what is safe only then: the copies of former partners


@dataclass(frozen=True)
class Action:
    """`where`: the server that it is done on (the one that keeps, where both change); `other`: the second one, as far
    as it was read.

    `partner`: what is reached from the server that runs it ("": nothing but what `where` says). `normal`: the
    relationship has to be Normal before. `detail`: what the kind needs beside, one of the types below, or the number of
    days for SAVE, a ScopeSpec for MAKE, ScopeDetails for COMPLETE, a Maintenance for LAY_NOTE.
    """

    id: int
    kind: Kind
    where: Source
    name: str = ""
    scopes: Scopes = ()
    other: Source | None = None
    partner: str = ""
    normal: bool = False
    detail: Any = None
    stage: Stage = Stage.SETTLE

    @property
    def sides(self) -> tuple[Source, Source] | None:
        """The server that keeps what leaves, and the one that loses it; None: only one is known."""
        if self.other is None:
            return None
        return (self.where, self.other) if self.stage is Stage.KEEPER else (self.other, self.where)

    @property
    def allowed_states(self) -> tuple[str, ...]:
        """States of the relationship, beside Normal, that do not keep it back."""
        return self.detail.allowed_states if isinstance(self.detail, Modification) else ()


@dataclass(frozen=True)
class Modification:
    """What MODIFY sends: the changes, and the declaration that has the secret."""

    changes: Changes
    settings: DeclaredSettings

    @property
    def allowed_states(self) -> tuple[str, ...]:
        """States that do not keep it back: a secret that one server alone has keeps the two apart until it is sent
        again."""
        return (CUT_OFF,) if setting_changes.touches_secret(self.changes) else ()


@dataclass(frozen=True)
class Membership:
    """What a copy's end waits for: its scope is a member of `relationship` here and on `partner`."""

    relationship: str
    partner: str


@dataclass(frozen=True)
class Expendable:
    """Of a copy that goes: as is known from notes, nothing is in it that is not in the kept one, which need not
    serve."""


@dataclass(frozen=True)
class Lifting:
    """What LIFT_NOTE takes away, as soon as automatic switchover of the relationships in `back` is on here and on the
    partner."""

    note: Maintenance
    back: tuple[str, ...] = ()
    partner: str = ""


@dataclass(frozen=True)
class Direction:
    """Both servers of a replication, as the one that runs the task calls them."""

    source: str
    destination: str


@dataclass(frozen=True)
class SafetyCopy:
    """A file that scopes come back from; `inactive`: out of service, whatever they were. `keep_days`: of the database's
    backup. `added`: what comes to the server level with them, in words."""

    path: str
    inactive: bool
    keep_days: int = 0
    added: tuple[str, ...] = ()


def list_scopes(scopes: Sequence[IPv4Address]) -> str:
    """Scopes in a sentence of a plan: all of them."""
    return ", ".join(str(scope) for scope in scopes)


def chunks(scopes: Sequence[IPv4Address], at_once: int) -> Sequence[Scopes]:
    """The scopes in their order, in pieces of `at_once` scopes at most."""
    return [tuple(scopes[start : start + at_once]) for start in range(0, len(scopes), at_once)]
