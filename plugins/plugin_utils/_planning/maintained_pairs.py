# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task asks of a maintenance, and the pairs of servers that it is about, with the notes that stand on each. No
I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .._model.identity import Connection, Identity, is_own_of_partner
from .._model.maintenance_note import Maintenance
from .._model.refusal import Refused
from .._model.relationship import Relationship
from .._model.texts import few
from .draft import Draft
from .read_request import PartnerRead, Unread
from .world import ServerView

HERE = Connection.THIS_SERVER
STARTED, FINISHED, CANCELLED = "started", "finished", "cancelled"


@dataclass(frozen=True)
class Wanted:
    """`names`: relationships whose partners it is about; None: all. `who` begins it, and why (`reason`). `allow_state`:
    what else is taken for Normal. `run`: this task; `only_new`: what another one has begun is not gone on with.
    `unreached`: why a name of a partner is not reached, where that was seen."""

    state: str
    names: tuple[str, ...] | None = None
    who: str = ""
    reason: str = ""
    allow_state: tuple[str, ...] = ()
    run: str = ""
    only_new: bool = False
    unreached: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Couple:
    """This server and one partner. `called`: the partner, by this server's names for it. `there`: as it was read, or
    why it could not be. `mine`, `theirs`: the notes of the two about each other, on this server and on the partner."""

    called: tuple[str, ...]
    relationships: tuple[Relationship, ...]
    there: ServerView | Unread
    mine: tuple[Maintenance, ...] = ()
    theirs: tuple[Maintenance, ...] = ()

    @property
    def partner(self) -> str:
        """By its own name, where it was read."""
        return self.there.name if isinstance(self.there, ServerView) else self.called[0]

    @property
    def notes(self) -> tuple[Maintenance, ...]:
        """All of them, those of this server first."""
        return (*self.mine, *self.theirs)

    @property
    def keeps_notes(self) -> bool:
        """Whether notes can be left on the partner: over a connection of its own, and not by RPC."""
        return isinstance(self.there, ServerView) and is_own_of_partner(self.there.source)


def couples_of(wanted: Wanted, d: Draft) -> Sequence[Couple]:
    """The pairs that it is about, as far as they are known; the draft asks for the others. Raises Refused."""
    here = d.here
    if wanted.names == ():
        raise Refused("relationships: is empty; leave it out for all partners.")
    noted = {name for note in d.world.maintenance.get(HERE, ()) for name in note.relationships}
    gone = noted if wanted.state != STARTED else set()
    missing = [name for name in wanted.names or () if here.half(name) is None and name not in gone]
    if missing:
        raise Refused(f"relationships: {here.name} has no {few(missing)}.")
    groups: list[list[Relationship]] = []
    for current in here.relationships.values():
        same = next((group for group in groups if group[0].partner.is_same(current.partner)), None)
        groups.append([current]) if same is None else same.append(current)
    if wanted.names is not None:  # with each of these partners, so with all that the two have
        groups = [group for group in groups if {*wanted.names} & {current.name for current in group}]
    if wanted.state == STARTED and not groups:
        raise Refused(f"{here.name} has no relationship, so there is no partner to tell of it.")
    d.several_partners = len(groups) > 1
    couples = [_couple(group[0].partner.names, tuple(group), d) for group in groups]
    left = [note for note in d.world.maintenance.get(HERE, ()) if _is_left(note, wanted, groups, here)]
    couples += [_couple(note.partner, (), d) for note in left if wanted.state != STARTED]
    return [couple for couple in couples if couple is not None]


def _is_left(note: Maintenance, wanted: Wanted, groups: Sequence[Sequence[Relationship]], here: ServerView) -> bool:
    """Whether the relationships that a note is about are gone."""
    if wanted.names is not None and not {*wanted.names} & {*note.relationships}:
        return False
    return not any(_is_about(note, group, here) for group in groups)


def _is_about(note: Maintenance, group: Sequence[Relationship], here: ServerView) -> bool:
    """By the partner; and by names of relationships, where the partner is none of this server's by now."""
    if any(_is_with(note, current) for current in here.relationships.values()):
        return _is_with(note, group[0])
    return bool({each.name for each in group} & {*note.relationships}) and not note.is_of_another(group[0])


def _is_with(note: Maintenance, current: Relationship) -> bool:
    return current.partner.is_same(Identity(note.partner))


def _couple(called: tuple[str, ...], relationships: tuple[Relationship, ...], d: Draft) -> Couple | None:
    name = relationships[0].name if relationships else ""
    there = d.ask(PartnerRead(called, name, elsewhere=not relationships, guarded=True))
    if there is None:
        return None
    notes = d.world.maintenance
    if relationships:
        mine = tuple(note for note in notes.get(HERE, ()) if _is_about(note, relationships, d.here))
    else:
        mine = tuple(note for note in notes.get(HERE, ()) if note.partner == called)
    theirs: tuple[Maintenance, ...] = ()
    if isinstance(there, ServerView):
        us = d.here.server.identity
        theirs = tuple(note for note in notes.get(there.source, ()) if any(map(us.is_called, note.partner)))
    return Couple(called, relationships, there, mine, theirs)
