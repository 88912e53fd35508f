# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan in the making: the actions so far, the servers as they would be after them, and what has to be read before it
goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from .._model.identity import Source, is_own_of_partner
from .._model.refusal import Refused
from .._model.relationship_settings import DeclaredSettings
from .._windows.errors import RemoteFailure
from .._windows.scope_cmdlets import DetailsRead
from . import action_table, recognising
from .action_table import KINDS, AtOnce
from .actions import Action, Kind, Stage, chunks
from .read_request import OwnRead, PartnerRead, ReadRequest, Unread
from .spec import Spec
from .world import Half, ServerView, World


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

    def __init__(self, world: World, *, several_partners: bool = False) -> None:
        """`several_partners`: the host of partner_host is one of them at most."""
        self.several_partners = several_partners
        self.start = self.world = world
        self.actions: list[Action] = []
        self.unfit: dict[str, tuple[Misfit, ...]] = {}
        self.settings: dict[str, DeclaredSettings] = {}  # declared, with what follows from a relationship that ends
        self.warnings: list[str] = []
        self.pending: dict[str, DeclaredSettings] = {}  # they wait for their first scope
        self.complete: set[IPv4Address] = set()  # scopes that have by the end all that their definitions say
        self._asked = ReadRequest()
        self._waiting: set[str] = set()

    @property
    def here(self) -> ServerView:
        """This server as it would be by now."""
        return self.world.here

    # --- actions -------------------------------------------------------------------------------------------------

    def add(self, kind: Kind, where: ServerView, name: str, scopes: Sequence[IPv4Address] = (), **more: Any) -> None:
        """Adds the action, in as many pieces as its kind takes scopes at once; none where it is about scopes and there
        are none."""
        at_once = KINDS[kind].scopes_at_once
        size = {AtOnce.ONE: 1, AtOnce.CALL: self.world.at_once}.get(at_once, len(scopes) or 1)
        for chunk in chunks(scopes, size) or ([()] if at_once is AtOnce.NONE else []):
            action = Action(len(self.actions), kind, where.source, name, chunk, **more)
            self.actions.append(action)
            self.world = action_table.effect(self.world, action)

    def save(
        self, where: ServerView, name: str, scopes: Sequence[IPv4Address], keep_days: int | None, **more: Any
    ) -> None:
        """Adds a safety copy, which is kept for so many days; None: it is to be made of nothing."""
        if keep_days is not None:
            self.add(Kind.SAVE, where, name, scopes, detail=keep_days, **more)

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
        """The partner, or why it cannot be read. None: it has to be read first, and the caller stops. Raises Refused
        where partner_host is another server."""
        there = self.world.asked(read)
        if there is None:
            one = self.several_partners and self.world.has_partner_host and bool(read.names)
            read = replace(read, elsewhere=read.elsewhere or one)
            hop = not self.world.has_partner_host
            resolve = recognising.unknown_itself(read.key, self.start.here) if hop else ()
            self._ask(ReadRequest(partners=(read,), resolve=resolve))
        elif isinstance(there, ServerView) and not self._is_partner(read, there):
            return None
        return there

    def _is_partner(self, read: PartnerRead, there: ServerView) -> bool:
        """Whether a server that was read is the partner that was asked for, and its half of the relationship is
        understood. False: addresses have to be known first. Raises Refused."""
        here = self.start.here
        check = recognising.check_partner_host if is_own_of_partner(there.source) else recognising.check_hop
        waits = [
            *check(read, here, there),
            *recognising.check_half(read.relationship, here, there),
        ]
        self.resolve(*waits)
        return not waits

    def _ask(self, request: ReadRequest) -> None:
        self._asked = self._asked.merged(request)

    def need(self, read: PartnerRead) -> ServerView | None:
        """The same. Raises RemoteFailure when it cannot be read."""
        there = self.ask(read)
        if isinstance(there, Unread):
            recognising.check_resolves(read.key, self.start.here, there)
            note = self.world.note(read.relationship)
            if note is not None and note.run != self.world.run:
                raise RemoteFailure(
                    f"An earlier run that wrote to '{read.relationship}' was broken off, so its partner is looked at. "
                    f"{there.failure}"
                )
            raise there.failure
        return there

    def resolve(self, *names: str) -> None:
        """The addresses of names have to be known first."""
        self._ask(ReadRequest(resolve=names))

    def knows_api(self, name: str) -> bool:
        """Whether the management API answers on this server; if not, it has to be asked first."""
        if not self.start.here.api:
            self._ask(ReadRequest(OwnRead(api=name)))
        return self.start.here.api

    def knock(self, names: Sequence[str], visits: Sequence[str]) -> None:
        """It has to be known first whether servers are there, and what those have that are."""
        self._ask(ReadRequest(knocks=tuple(names), visits=tuple(visits)))

    def knows_needs(self, scopes: Sequence[IPv4Address]) -> bool:
        """Whether it is known what the scopes need of the server level; if not, it has to be read first."""
        unknown = tuple(scope for scope in scopes if self.start.here.needed_level(scope) is None)
        if unknown:
            self._ask(ReadRequest(OwnRead(uses=unknown)))
        return not unknown

    def knows_details(self, wanted: DetailsRead) -> bool:
        """Whether it is known what these scopes have in them; if not, it has to be read first."""
        known = self.start.here.details.keys() >= wanted.scopes
        if not known:
            self._ask(ReadRequest(OwnRead(details=wanted)))
        return known

    def knows_level(self) -> bool:
        """Whether the classes and definitions of this server are known; if not, they have to be read first."""
        if self.start.here.level is None:
            self._ask(ReadRequest(OwnRead(level=True)))
        return self.start.here.level is not None

    def view(self, source: Source) -> ServerView:
        """A server as it would be by now."""
        return self.world.views[source]

    def warn(self, warning: str) -> None:
        """Tells it with the plan, once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    # --- rounds --------------------------------------------------------------------------------------------------

    def run(self, phase: Callable[[Spec, Draft], None], spec: Spec) -> None:
        """One phase for one spec. What is refused while something is still to be read may look different then."""
        if spec.name in self._waiting:
            return
        asked = self._asked
        try:
            phase(spec, self)
        except (Refused, RemoteFailure) as failure:
            if not self.is_waiting:
                if isinstance(failure, RemoteFailure):
                    failure.relationship = spec.name
                failure.entry = spec.name
                raise
            self._waiting.add(spec.name)
        if asked != self._asked:
            self._waiting.add(spec.name)

    @property
    def is_waiting(self) -> bool:
        """Whether something has to be read before the plan can be made."""
        return self._asked != ReadRequest()

    def request(self) -> ReadRequest:
        """All that has to be read."""
        return self._asked
