# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The servers as they were read, or as they would be after some actions. No I/O.

A view says whose it is and how it was reached; a half of a relationship says which server shows it, so that the
partner's is never taken for ours but where `mirrored` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from ipaddress import IPv4Address
from typing import TypeVar

from .._model.identity import Connection, Hop, Match, Source, are_one
from .._model.maintenance_note import Maintenance
from .._model.note import Note
from .._model.refusal import Refused
from .._model.relationship import Relationship
from .._model.relationship_settings import SETTINGS
from .._model.scope import Scope, Utilisation
from .._model.scope_details import ScopeDetails
from .._model.server import Server
from .._windows.event_log import EventLog
from .._windows.export_elements import NOTHING, Export, ServerLevel
from .._windows.probes import Readiness
from .._windows.safety_copies import SafetyCopies
from .._windows.secret_record import SecretRecord
from .._windows.service_facts import ServiceFacts
from .read_request import Knocked, PartnerRead, ReadRequest, Scopes, Unread

T = TypeVar("T")
AT_ONCE = 30  # scopes a call; how many Windows takes is not known (error 20130), public tools send 30


@dataclass(frozen=True)
class Half:
    """A relationship as `server` shows it."""

    relationship: Relationship
    server: str

    @property
    def name(self) -> str:
        """The relationship's name."""
        return self.relationship.name

    @property
    def scopes(self) -> Scopes:
        """Its members on this server."""
        return self.relationship.scopes


def mirrored(relationship: Relationship, partner_server: str) -> Relationship:
    """The relationship as the other of its two servers would show it, whose partner then is `partner_server`."""
    settings = {setting.option: setting.mirrored(getattr(relationship, setting.option)) for setting in SETTINGS}
    is_primary = None if relationship.is_primary is None else not relationship.is_primary
    return replace(relationship, partner_server=partner_server, is_primary=is_primary, **settings)


@dataclass(frozen=True)
class Content:
    """What was read of some scopes, with their leases where that was asked, as of `read_at` by the clock of the server
    that ran the read."""

    scopes: frozenset[IPv4Address]
    export: Export
    read_at: datetime | None
    leases: bool = True


@dataclass(frozen=True)
class ServerView:
    """One server: `server` as it was read, `relationships` and `copies` as they are by now.

    `ours`: relationships with the server whose task it is; those with others only occupy a name and their scopes.
    `read_at`: when it was read, by the clock of the server that ran the read. `api`: the DHCP management API answers
    there. `level`: its classes and definitions; `ready`: what else may keep scopes from coming there. `uses`: what
    scopes need of the level, of which the content was not read. `details`: of scopes that are defined, what their
    definitions say of them. `service`: what else is told of its DHCP service; `events`: what that logged of failover.
    `kept`: the safety copies there. `mirrors`: those of ours that the task's own server has with this one, too.
    """

    source: Source
    server: Server
    relationships: Mapping[str, Relationship]
    copies: Mapping[IPv4Address, Scope]
    ours: frozenset[str]
    contents: tuple[Content, ...] = ()
    read_at: datetime | None = None
    api: bool = False
    level: ServerLevel | None = None
    ready: Readiness | None = None
    uses: Export | None = None
    details: Mapping[IPv4Address, ScopeDetails] = field(default_factory=dict)
    mirrors: frozenset[str] = frozenset()
    service: ServiceFacts | None = None
    events: EventLog | None = None
    kept: SafetyCopies | None = None

    @property
    def name(self) -> str:
        """The server's own name."""
        return self.server.name

    @property
    def computer(self) -> str | None:
        """Its name for a cmdlet's ComputerName; None over a connection of its own."""
        return self.source.computer if isinstance(self.source, Hop) else None

    @property
    def runs_on(self) -> str:
        """The server that runs what is done on this one."""
        return self.source.via if isinstance(self.source, Hop) else self.name

    @cached_property
    def owners(self) -> Mapping[IPv4Address, str]:
        """The relationship that each scope is in, with whomever."""
        return {scope: name for name in reversed(list(self.relationships)) for scope in self.relationships[name].scopes}

    def half(self, name: str) -> Half | None:
        """This server's half of a relationship between the two."""
        return Half(self.relationships[name], self.name) if name in self.ours and name in self.relationships else None

    def alike(self, name: str) -> str | None:
        """The relationship of this name, with whomever, or else one whose name differs in upper and lower case only."""
        alike = (other for other in self.relationships if other.casefold() == name.casefold())
        return name if name in self.relationships else next(alike, None)

    def find(self, name: str, option: str) -> Half | None:
        """The half of exactly this name. Raises Refused, naming `option`, for one that differs in case only: who knows
        if it is meant."""
        alike = self.alike(name)
        if alike in (None, name):
            return self.half(name)
        raise Refused(
            f"{option}: {self.name} has a relationship '{alike}', which differs from '{name}' in upper and lower case "
            "only; write the name as it is there. A relationship cannot be renamed: it would have to be removed and "
            "created anew."
        )

    def members(self, name: str) -> frozenset[IPv4Address]:
        """The scopes of this server's half of a relationship; none where it has no half."""
        current = self.half(name)
        return current.relationship.members if current else frozenset()

    def lacking(self, name: str, scopes: Scopes) -> Scopes:
        """Those of the scopes that are no members of it."""
        known = self._lacked.get(name)
        if known is None or known[0] is not scopes:
            members = self.members(name)
            known = self._lacked[name] = scopes, tuple(scope for scope in scopes if scope not in members)
        return known[1]

    @cached_property
    def _lacked(self) -> dict[str, tuple[Scopes, Scopes]]:
        """Relationship -> the scopes that were asked about last, since each phase asks for the same thousands, and
        those it lacks."""
        return {}

    def elsewhere(self, scope: IPv4Address, name: str) -> str | None:
        """The other relationship that a scope is in on this server."""
        owner = self.owners.get(scope)
        return None if owner == name and name in self.ours else owner

    def serves(self, scope: IPv4Address) -> bool:
        """Whether the server has a copy of the scope, and in service."""
        return scope in self.copies and self.copies[scope].active

    def covers(self, read: PartnerRead) -> bool:
        """Whether the content of the scopes was read, and the API asked where that is needed."""
        contents = map(self.content, read.scopes)
        return (self.api or not read.api) and all(
            content is not None and content.leases >= read.leases for content in contents
        )

    def content(self, scope: IPv4Address) -> Content | None:
        """What was read of a scope, whether it is there or not."""
        return next((content for content in self.contents if scope in content.scopes), None)

    def exported(self, scopes: Iterable[IPv4Address]) -> Export:
        """What was read of some scopes that were read together; there is nothing of none."""
        exports = [content.export for content in map(self.content, scopes) if content]
        return exports[0] if exports else NOTHING

    def needed_level(self, scope: IPv4Address) -> Export | None:
        """The export that tells what a scope needs of the server level."""
        exports = [*(content.export for content in self.contents), *([self.uses] if self.uses else [])]
        return next((export for export in exports if scope in export.uses), None)

    def opposite(self, here: Server) -> ServerView:
        """This server as the partner of another one, by all that is known of that by now."""
        named, server = self.server.identity, self.server
        ours = frozenset(each.name for each in server.relationships if _is_ours(each, server, here))
        halves = {each.name: each for each in here.relationships if each.name in ours}
        mirrors = frozenset(name for name, mine in halves.items() if named.is_named(mine.partner))
        return replace(self, ours=ours, mirrors=mirrors)

    def with_earlier(self, before: ServerView) -> ServerView:
        """The server with what was read of it before and not anew."""
        return replace(
            self,
            contents=(*self.contents, *before.contents),
            api=self.api or before.api,
            level=self.level or before.level,
            ready=self.ready or before.ready,
            uses=self.uses or before.uses,
            details=self.details or before.details,
            service=self.service or before.service,
            events=self.events or before.events,
            kept=self.kept or before.kept,
        )

    # --- as it would be ------------------------------------------------------------------------------------------

    def with_half(self, relationship: Relationship) -> ServerView:
        """The server with this half, instead of what it may have of this name."""
        relationships = {**self.relationships, relationship.name: relationship}
        return replace(self, relationships=relationships, ours=self.ours | {relationship.name})

    def without_half(self, name: str) -> ServerView:
        """The server without its half of this name."""
        relationships = {key: value for key, value in self.relationships.items() if key != name}
        return replace(self, relationships=relationships, ours=self.ours - {name})

    def with_members(
        self, name: str, coming: Iterable[IPv4Address] = (), going: Collection[IPv4Address] = ()
    ) -> ServerView:
        """The server with these members more and fewer. Raises KeyError where it has no relationship of this name."""
        current = self.relationships[name]
        scopes = tuple(sorted({*current.scopes, *coming}.difference(going)))
        return replace(self, relationships={**self.relationships, name: replace(current, scopes=scopes)})

    def with_copies(self, copies: Iterable[Scope]) -> ServerView:
        """The server with these copies, instead of what it may have of their scopes."""
        return replace(self, copies={**self.copies, **{copy.scope_id: copy for copy in copies}})

    def with_details(self, scope: IPv4Address, more: ScopeDetails) -> ServerView:
        """The server with these in a scope, beside those that it may have in it."""
        return replace(self, details={**self.details, scope: self.details.get(scope, ScopeDetails()).given(more)})

    def without_copies(self, scopes: Collection[IPv4Address]) -> ServerView:
        """The server without its copies of these scopes."""
        return replace(self, copies={key: copy for key, copy in self.copies.items() if key not in scopes})

    def switched(self, scopes: Iterable[IPv4Address], active: bool) -> ServerView:
        """The server with its copies of these scopes in service (`active`) or out of it. Raises KeyError where it lacks
        one."""
        return self.with_copies([replace(self.copies[scope], active=active) for scope in scopes])


def view(server: Server, source: Source, opposite: Server | None = None) -> ServerView:
    """A server that was read; `opposite`: the one whose partner it is (none: it is the task's own)."""
    relationships = {current.name: current for current in server.relationships}
    copies = {scope.scope_id: scope for scope in server.scopes}
    seen = ServerView(source, server, relationships, copies, frozenset(relationships))
    return seen if opposite is None else seen.opposite(opposite)


def _is_ours(theirs: Relationship, there: Server, here: Server) -> bool:
    """Whether a half on `there` is with `here`. One that mirrors ours outranks an address: a server may have got
    another one."""
    if here.identity.match(theirs.partner) is Match.SAME:
        return True
    mine = here.relationship(theirs.name)
    return mine is not None and mine.partner.is_same(there.identity) and here.identity.is_named(theirs.partner)


@dataclass(frozen=True)
class World:
    """All that is known; nothing at first. `known`: the servers that were asked for, by the name that was asked for
    ("": that of partner_host). `finds_partners`: partner_host is auto.

    `written`: relationships that this run has written to, which is verified on both servers. `journal`: notes of runs
    that did not end, and of this one (`run`), on this server, the latest first; `at_work`: of others that may not have
    ended yet. `secrets`: what this server keeps of those that were sent. `at_once`: scopes that Windows takes in one
    call. `safety_copy`: the one that was asked for. `knocked`: servers that were asked whether they are there.
    `has_journal`: the notes of this server were read. `partner_journal`: those of runs that did not end on partners,
    where they were read. `maintenance`: the notes of maintenance on each server where notes were read.
    """

    views: Mapping[Source, ServerView] = field(default_factory=dict)
    known: Mapping[str, Source | Unread] = field(default_factory=dict)
    has_partner_host: bool = False
    finds_partners: bool = False
    journal: tuple[Note, ...] = ()
    at_work: tuple[Note, ...] = ()
    run: str = ""
    written: tuple[str, ...] = ()
    secrets: SecretRecord = field(default_factory=SecretRecord)
    at_once: int = AT_ONCE
    safety_copy: Export | None = None
    statistics: Mapping[IPv4Address, Utilisation] | None = None
    knocked: Mapping[str, Knocked] = field(default_factory=dict)
    has_journal: bool = False
    partner_journal: tuple[Note, ...] = ()
    maintenance: Mapping[Source, tuple[Maintenance, ...]] = field(default_factory=dict)

    @property
    def here(self) -> ServerView:
        """The task's own server. Raises KeyError before it was read."""
        return self.views[Connection.THIS_SERVER]

    def reads_both(self, name: str) -> bool:
        """Whether the partner is looked at although this server shows nothing that would have to be done."""
        noted = [*self.written, *(note.relationship for note in self.broken_off)]
        return self.has_partner_host or name.casefold() in map(str.casefold, noted)

    @property
    def broken_off(self) -> tuple[Note, ...]:
        """The notes of earlier runs."""
        return tuple(note for note in self.journal if note.run != self.run)

    @property
    def incomplete(self) -> Mapping[IPv4Address, Note]:
        """Scopes of this server, out of service, in which an earlier run may not have put all that belongs there."""
        return {
            scope: note
            for note in self.broken_off
            for scope in note.incomplete
            if scope in self.here.copies and not self.here.serves(scope)
        }

    def note(self, name: str) -> Note | None:
        """The latest note about a relationship, whatever its name's upper and lower case."""
        return next((note for note in self.journal if note.relationship.casefold() == name.casefold()), None)

    def partner_names(self, name: str) -> tuple[str, ...]:
        """What the partner of a relationship is called; none: it is the server of partner_host. Of several that notes
        tell of one that is not known yet, or has a half of it."""
        current = self.here.half(name)
        if current is not None:
            return current.relationship.partner.names
        noted = () if self.has_partner_host else self.noted(name)
        for partner in noted:
            source = self.source(partner)
            if source is None or (not isinstance(source, Unread) and self.views[source].half(name)):
                return (partner,)
        return noted[:1]

    def noted(self, name: str) -> tuple[str, ...]:
        """The partners that notes about a relationship name, those first that could not be read."""
        noted = dict.fromkeys(note.partner for note in self.journal if note.relationship.casefold() == name.casefold())
        return tuple(sorted(noted, key=lambda partner: not isinstance(self.source(partner), Unread)))

    def calls_it(self, name: str, there: ServerView) -> bool:
        """Whether a server that was read is the one of this name."""
        return self.known.get(name) == there.source or there.server.identity.is_called(name)

    def is_with(self, name: str, there: ServerView) -> bool:
        """Whether this server's half of a relationship is with a server that was read. That may have a half of this
        name with this server, too, which an addition that was broken off left there alone."""
        half = self.here.half(name)
        if half is None:
            return False
        sources = [self.source(partner) for partner in half.relationship.partner.names]
        if known := [source for source in sources if source is not None and not isinstance(source, Unread)]:
            return known[0] == there.source
        return name in there.mirrors or half.relationship.partner.is_same(there.server.identity)

    def facing(self, there: ServerView) -> ServerView:
        """This server as the partner of another one: its relationships with third ones only occupy names and scopes."""
        return replace(self.here, ours=frozenset(name for name in self.here.ours if self.is_with(name, there)))

    def called(self, source: Source) -> str:
        """What another server was asked for by, if by a name."""
        names = (name for name, known in self.known.items() if name and known == source)
        return next(names, source.computer if isinstance(source, Hop) else self.views[source].name)

    def asked(self, read: PartnerRead) -> ServerView | Unread | None:
        """The partner, or why it could not be read; None: that is not known yet, or not enough of it."""
        source = self.source(read.key)
        if source is None or not self.here.covers(read):
            return None
        if isinstance(source, Unread):
            return source
        there = self.views[source]
        return there if there.covers(read) and (there.level or not read.level) else None

    def partner(self, name: str) -> ServerView | None:
        """The partner of a relationship, if it was read."""
        names = self.partner_names(name)
        source = self.source(names[0] if names else "")
        return None if source is None or isinstance(source, Unread) else self.views[source]

    def source(self, name: str) -> Source | Unread | None:
        """The server of this name, also where it was asked for by another of its names."""
        if name in self.known or not name:
            return self.known.get(name)
        partners = [relationship.partner for relationship in self.here.server.relationships]
        return next((source for other, source in self.known.items() if are_one(name, other, partners)), None)

    def having(self, *views: ServerView) -> World:
        """All that is known, with these servers as they are given."""
        return replace(self, views={**self.views, **{view.source: view for view in views}})


Planner = Callable[[World], T | ReadRequest]  # see read_request
