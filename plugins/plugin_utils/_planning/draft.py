# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan in the making: the actions so far, the servers as they would be after them, and what has to be read before it
goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from .._model.identity import Source
from .._model.refusal import Refused
from .._model.settings import DeclaredSettings
from .._windows.errors import RemoteFailure
from . import kinds
from .actions import Action, Kind, Stage, chunks
from .spec import Spec
from .world import Half, PartnerRead, ReadRequest, ServerView, Unread, World

_SCOPES_A_CALL = 30  # of the calls that take scopes out; those that add some follow World.at_once
_WITHOUT_SCOPES = {Kind.FORGET, Kind.MODIFY, Kind.DETACH_HALF, Kind.WITHDRAW_RELATIONSHIP, Kind.DOWN}
# how many scopes an action of a kind has; None: all that there are
_AT_ONCE = {
    Kind.SERVE_ON: 1,
    Kind.SERVE_OFF: 1,
    Kind.DELETE: 1,
    Kind.DETACH_MEMBERS: _SCOPES_A_CALL,
    Kind.WITHDRAW_MEMBERS: _SCOPES_A_CALL,
    Kind.REPLICATE: _SCOPES_A_CALL,
}


@dataclass(frozen=True)
class Misfit:
    """A relationship that has to end before the declared one can be, and why; no `reason`: its creation stopped
    half-way.

    `there`: the server that alone has it, if that is the partner.
    """

    half: Half
    reason: str = ""
    there: ServerView | None = None


def stays(name: str, misfits: Sequence[Misfit]) -> bool:
    """Whether the relationship of this name is none of those that end."""
    return all(misfit.half.name != name for misfit in misfits)


class Draft:
    """`world` is folded with each action that is added. A spec that has to wait for a read is left until the next
    round."""

    def __init__(self, world: World, *, several: bool = False) -> None:
        """`several`: partners; the host of partner_host is one of them at most."""
        self._several = several
        self.start = self.world = world
        self.actions: list[Action] = []
        self.unfit: dict[str, tuple[Misfit, ...]] = {}
        self.settings: dict[str, DeclaredSettings] = {}  # declared, with what follows from a relationship that ends
        self.warnings: list[str] = []
        self.pending: dict[str, DeclaredSettings] = {}  # they wait for their first scope
        self._reads: dict[str, PartnerRead] = {}
        self._resolve: dict[str, None] = {}
        self._waiting: set[str] = set()

    @property
    def here(self) -> ServerView:
        return self.world.here

    # --- actions -------------------------------------------------------------------------------------------------

    def add(self, kind: Kind, where: ServerView, name: str, scopes: Sequence[IPv4Address] = (), **more: Any) -> None:
        """Adds the action, in as many pieces as its kind takes scopes at once; none where it is about scopes and there
        are none."""
        at_once = self.world.at_once if kind is Kind.JOIN else _AT_ONCE.get(kind, len(scopes))
        for some in chunks(scopes, at_once or 1) or ([()] if kind in _WITHOUT_SCOPES else []):
            action = Action(len(self.actions), kind, where.source, name, some, **more)
            self.actions.append(action)
            self.world = kinds.effect(self.world, action)

    def has(self, kind: Kind, name: str) -> bool:
        return any(action.kind is kind and action.name == name for action in self.actions)

    def ordered(self) -> tuple[Action, ...]:
        """By stages, each as it was added."""
        in_order = sorted(self.actions, key=lambda action: action.stage)
        return tuple(replace(action, id=number) for number, action in enumerate(in_order))

    def forget_secret(self, name: str, stage: Stage, partner: str = "") -> None:
        """Before a secret is sent or goes: what this server keeps of the last one, if anything. Not without the
        `partner`, if given."""
        if self.world.secrets.exists(name):
            self.add(Kind.FORGET, self.here, name, stage=stage, partner=partner, normal=bool(partner))

    # --- reads ---------------------------------------------------------------------------------------------------

    def ask(self, read: PartnerRead) -> ServerView | Unread | None:
        """The partner, or why it cannot be read. None: it has to be read first, and the caller stops."""
        there = self.world.asked(read)
        if there is None:
            read = replace(read, elsewhere=read.elsewhere or self._several)
            before = self._reads.get(read.key)
            self._reads[read.key] = read.merged(before) if before else read
        return there

    def need(self, read: PartnerRead) -> ServerView | None:
        """The same. Raises RemoteFailure when it cannot be read."""
        there = self.ask(read)
        if isinstance(there, Unread):
            if read.relationship in self.world.journal:
                raise RemoteFailure(
                    f"An earlier run that wrote to '{read.relationship}' was broken off, so its partner is looked at. "
                    f"{there.failure}"
                )
            raise there.failure
        return there

    def resolve(self, spelling: str) -> None:
        """The addresses of a name have to be known first."""
        self._resolve[spelling] = None

    def view(self, source: Source) -> ServerView:
        return self.world.views[source]

    # --- rounds --------------------------------------------------------------------------------------------------

    def run(self, phase: Callable[[Spec, Draft], None], spec: Spec) -> None:
        """One phase for one spec. What is refused while something is still to be read may look different then."""
        if spec.name in self._waiting:
            return
        asked = (len(self._resolve), dict(self._reads))
        try:
            phase(spec, self)
        except (Refused, RemoteFailure):
            if not self.is_waiting:
                raise
            self._waiting.add(spec.name)
        if asked != (len(self._resolve), self._reads):
            self._waiting.add(spec.name)

    @property
    def is_waiting(self) -> bool:
        return bool(self._reads or self._resolve)

    def request(self) -> ReadRequest:
        return ReadRequest(tuple(self._reads.values()), tuple(self._resolve))
