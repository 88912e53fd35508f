# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads what a planner asks for: this server over the task's connection, its partners over those of partner_host, or by
this server over a second hop. The protocol is told in _planning/read_request.

A *reading* is one connection as it was read last: what was asked, what was answered. What is read of a connection is
read together, so that one fingerprint stands for all that a plan was made from; where nothing will be written, only
what is not known yet is read.

Each round merges the new request with the earlier ones, reads what is not known, and calls the planner with the World
that all readings show. Which way a partner is reached is decided here: by partner_host's connection, unless that turns
out to be another server; with partner_host: auto by one to the host of the inventory that it is; else by this server,
in the same remote command as its own reads. A partner that cannot be read becomes an Unread, which is an answer; this
server has to be readable. Scopes that a server was seen not to have (*lacking*) are left out of its export, which would
fail over them.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import TypeVar

from .._model.identity import Connection, Hop, Identity, Match, Source, are_one, elsewhere, is_own_of_partner
from .._model.maintenance_note import Maintenance
from .._model.note import Note
from .._model.relationship import Relationship
from .._model.scope import Utilisation
from .._model.server import Server
from .._planning.read_request import Knocked, OwnRead, PartnerRead, ReadRequest, Scopes, Unread
from .._planning.recognising import is_mirrored
from .._planning.world import Planner, ServerView, World
from .._windows import cmdlets, kept_files, maintenance_notes, scope_cmdlets, secret_record, server_replies
from .._windows.cmdlets import Operation
from .._windows.errors import Heard, RemoteFailure, UnexpectedReply
from .._windows.export_elements import Export
from .._windows.reply import Reply
from .._windows.script_request import Remote
from . import connection_reads, journal, needed_folders
from .connection_reads import HERE, THERE, Reading, Reads
from .verbose import tell

T = TypeVar("T")
Find = Callable[[PartnerRead], tuple[str, Remote] | None]
ROUNDS = 16  # what a planner can ask for; more would be a fault of the planner


class Reader:
    """What a task knows of the servers. `readings`: each connection as it was read last.

    `partner`: that of partner_host. `find`: the one of a server that is asked for, with the name that the inventory has
    for it; None: it is asked over the hop. `ahead`: makes of what was
    read what it would be by now; in check mode, after the earlier tasks. Not `writes`: nothing is going to be written.
    """

    def __init__(
        self,
        here: Remote,
        partner: Remote | None = None,
        *,
        find: Find | None = None,
        ahead: Callable[[World], World] = lambda world: world,
        writes: bool = True,
    ) -> None:
        self.remotes = {HERE: here}
        if partner is not None:
            self.remotes[THERE] = partner
        self.run = uuid.uuid4().hex  # what tells the notes of this plan from those of others
        self._runs = {self.run}  # and those of the task's earlier plans
        self.reached: set[tuple[Connection, str]] = set()  # partners over a second hop that are, with rights there
        self._ahead, self._writes = ahead, writes
        self._find, self._found = find, dict[tuple[str, str], Connection | None]()
        self.forget()

    def begin_anew(self) -> None:
        """A plan did not come to its end: what it left is gone on with as what a broken run left."""
        self.run = uuid.uuid4().hex
        self._runs.add(self.run)
        self.forget()

    def forget(self) -> None:
        """All that was read: somebody else has changed it."""
        self.readings: dict[Connection, Reading] = {}
        self._request = ReadRequest()
        self._views: dict[Source, ServerView] = {}
        self._known: dict[str, Source | Unread] = {}
        self._failures: dict[Connection, RemoteFailure] = {}  # connections of partners that cannot be used
        self._lacking: dict[Connection | str, frozenset[IPv4Address]] = {}
        self._resolved: dict[str, tuple[str, ...]] = {}
        self._secrets = secret_record.SecretRecord()
        self._notes: dict[Connection, tuple[Note, ...]] = {}  # as they are on each server
        self.maintenance: dict[Source, tuple[Maintenance, ...]] = {}
        # of other runs that were at work at any time since, by run and by what they are about
        self._at_work: dict[tuple[str, str, str], Note] = {}
        self._written: tuple[Note, ...] = ()  # relationships that this task writes to: verifying looks at both servers
        self._understood: object = None  # what was asked when this server's answers were looked at
        self._knocked: Mapping[str, Knocked] = {}
        self._copy: Export | None = None
        self._statistics: Mapping[IPv4Address, Utilisation] | None = None

    @property
    def here(self) -> Server:
        """This server as it was read last."""
        return self.readings[HERE].server

    @property
    def elsewhere(self) -> frozenset[str]:
        """Relationships whose partner may be another server than the one of partner_host."""
        return frozenset(name for read in self._request.partners if read.elsewhere for name in read.relationships)

    def is_partner(self, there: Server, relationship: Relationship) -> bool:
        """Whether a server that has a connection of its own is the partner of a relationship."""
        is_named = self._find is None and relationship.name not in self.elsewhere
        return is_named or relationship.partner.is_same(there.identity)

    @property
    def asked_partners(self) -> Sequence[tuple[str, str]]:
        """Relationships and their partners, as these were asked for."""
        return [(name, read.key) for read in self._request.partners if read.key for name in read.relationships]

    @property
    def partners_reached(self) -> Sequence[tuple[str, str]]:
        """Those that answered over connections of their own, each with the host of the inventory, and with its own name
        in lower case, with its domain where that is known."""
        seen = [reading for place, reading in self.readings.items() if is_own_of_partner(place)]
        return [(one.remote.host, (one.server.host_name or one.server.name).lower()) for one in seen]

    # --- planners ------------------------------------------------------------------------------------------------

    def know(self, planner: Planner[T]) -> T:
        """What the planner comes to, once it knows enough. Raises what it raises, and RemoteFailure."""
        for _round in range(ROUNDS):
            answer = planner(self.world())
            if not isinstance(answer, ReadRequest):
                return answer
            tell(self.remotes[HERE], f"reads {answer.words()}")
            self.read(answer)
        raise RemoteFailure(
            f"{self.remotes[HERE].host} and its partners do not show the same twice, so no plan can be made. Run "
            "again, and please report it where it stays so."
        )

    def world(self) -> World:
        """All that is known by now."""
        resolved, others = dict(self._resolved), elsewhere(self._resolved)
        views = {
            source: replace(shown, server=replace(shown.server, resolved=resolved if source is HERE else others))
            for source, shown in self._views.items()
        }
        if resolved:
            views = {key: one if key is HERE else one.opposite(views[HERE].server) for key, one in views.items()}
        known, (ours, alive) = dict(self._known), self._sorted_notes()
        named = {note.about for note in ours}
        return self._ahead(
            World(
                views,
                known,
                has_partner_host=THERE in self.remotes,
                finds_partners=self._find is not None,
                journal=(*ours, *(note for note in self._written if note.about not in named)),
                at_work=alive,
                run=self.run,
                written=tuple(note.relationship for note in self._written),
                secrets=self._secrets,
                safety_copy=self._copy,
                statistics=self._statistics,
                knocked=self._knocked,
                has_journal=HERE in self._notes,
                partner_journal=self._partner_notes(),
                maintenance=dict(self.maintenance),
            )
        )

    def _sorted_notes(self) -> tuple[list[Note], tuple[Note, ...]]:
        """Those of this server that are this run's or of one that did not end, and those of runs that may be at work,
        here or at the partner, or were while the servers were read, one after the other."""
        ours = [note for note in self._notes.get(HERE, ()) if not self._is_alive(note, HERE)]
        ours.sort(key=lambda note: note.since.timestamp() if note.since else 0, reverse=True)
        return ours, tuple(self._at_work.values())

    def _partner_notes(self) -> tuple[Note, ...]:
        """Those on partners of runs that did not end."""
        places = [place for place in self._notes if is_own_of_partner(place)]
        return tuple(note for place in places for note in self._notes[place] if not self._is_alive(note, place))

    def _is_alive(self, note: Note, connection: Connection) -> bool:
        return note.is_alive(self.readings[connection].reply.now, self._runs)

    def read(self, request: ReadRequest) -> None:
        """Makes known what is asked for, and what was asked for before. Raises RemoteFailure for what this server does
        not tell."""
        self._request = self._request.merged(request)
        if HERE in self.readings:  # what earlier tasks of a check mode run would have made is asked for too
            asked = {*connection_reads.of_this_server(self._request, {}).scopes, *self._request.own.uses}
            absent = frozenset(scope for scope in asked if self.here.scope(scope) is None)
            self._lacking[HERE] = self._lacking.get(HERE, frozenset()) | absent
        lacking = None
        while lacking != self._lacking:  # no server exports scopes that it does not have
            lacking = dict(self._lacking)
            if not any(read.first is HERE for read in self._request.partners):
                self._look_at_partners()
            self._look_here()
            self._look_at_partners()
            self._look_here()  # only now it may be known that partner_host is another server

    def content_operations(self, connection: Connection, scopes: Scopes) -> Sequence[Operation]:
        """The reads of the content that is known or among these scopes, where there are any; for what a write
        changes."""
        if not scopes:
            return []
        self._lacking = {place: absent.difference(scopes) for place, absent in self._lacking.items()}
        if connection is not HERE:
            return connection_reads.of_partners(self._asked_over(connection), connection, self._lacking).export
        if new := tuple(sorted({*scopes}.difference(connection_reads.of_this_server(self._request, {}).scopes))):
            self._request = self._request.merged(ReadRequest(OwnRead(scopes=new)))
        far = [connection_reads.of_partners([read], read.key, self._lacking).export for read in self._over_hop()]
        own = connection_reads.of_this_server(self._request, self._lacking).export
        there = [*itertools.chain.from_iterable(far)]
        return [*own, *there] if connection_reads.own_first(self._request) else [*there, *own]

    @property
    def details_operations(self) -> Sequence[Operation]:
        """The reads of what this server has in the scopes that are defined, for what a write puts there."""
        return scope_cmdlets.reads(self._request.own.details)

    def settle(self) -> None:
        """Something was written: what this server kept of secrets may be gone, and partners that were asked are looked
        at once more."""
        seen = [about for about in self.asked_partners if not isinstance(self._known.get(about[1]), Unread)]
        self._written = tuple(Note(*about, run=self.run) for about in seen)
        self._secrets = secret_record.SecretRecord()
        if THERE in self.readings:
            self._known[""] = THERE  # a relationship that is gone names no partner

    # --- connections ---------------------------------------------------------------------------------------------

    def look(self, connection: Connection, operations: Sequence[Operation] = ()) -> None:
        """Reads a server as it is now; `operations`: beside those that show its relationships and scopes."""
        basic = (*server_replies.reads(), *((*needed_folders.looks(), journal.look()) if self._writes else ()))
        asked, remote = (*basic, *operations), self.remotes[connection]
        before = self.readings.get(connection)
        if before is None or self._writes:
            reply = remote.read(asked)
        else:
            new = [operation for operation in asked if operation not in before.operations]
            reply = remote.read(new)
            asked = (*before.operations, *new)
            reply = replace(reply, before=(*before.reply.before, *reply.before))
        self.learn(connection, asked, reply)

    def learn(self, connection: Connection, operations: Sequence[Operation], reply: Reply) -> None:
        """A connection was read: `reply.before` answers the operations. Raises RemoteFailure for what this server does
        not tell."""
        remote = self.remotes[connection]
        server = server_replies.parse(reply.before, remote.host, reply.offset)
        self.readings[connection] = Reading(remote, tuple(operations), reply, server)
        if journal.look() in operations:
            self._learn_notes(connection)
        if connection is HERE:
            self._learn_here(self.readings[HERE])
        for place in self.readings:
            if is_own_of_partner(place):
                self._learn_partner(place)

    def _learn_notes(self, connection: Connection) -> None:
        """Where nothing is written, notes that cannot be read are only unknown."""
        answer = self.readings[connection].answer(journal.look())
        if answer.errors and not self._writes:
            return
        notes = journal.found(answer, self.remotes[connection].host)
        self._notes[connection] = notes
        self.maintenance[connection] = maintenance_notes.found(answer)
        alive = {(note.run, *note.about): note for note in notes if self._is_alive(note, connection)}
        self._at_work.update(alive)

    def _secret_reads(self) -> Sequence[Operation]:
        """The reads of what is kept of secrets."""
        return [self._secrets.read_operation(name) for name in self._request.own.secrets]

    def _kept_reads(self) -> Sequence[Operation]:
        """With the notes, which a task that writes reads anyway."""
        notes = [journal.look()] if self._request.own.service and not self._writes else []
        return [*self._secret_reads(), *notes]

    def _look_here(self) -> None:
        operations = connection_reads.own_operations(self._request, self._over_hop(), self._kept_reads(), self._lacking)
        if HERE not in self.readings or not self.readings[HERE].has(operations):
            self.look(HERE, operations)
        elif self._understood != (self._request, self._lacking):  # nothing new to read, and something new to know
            self._learn_here(self.readings[HERE])

    def _look_at_partners(self) -> None:
        """Only where something of one is needed; by then partner_host can turn out to be another server than it."""
        for connection in dict.fromkeys(map(self._place, self._request.partners)):
            if connection is not None:
                self._look_at_partner(connection)

    def _look_at_partner(self, connection: Connection) -> None:
        if connection in self._failures:
            self._miss_partner(connection, self._failures[connection])
            return
        asked = self._asked_over(connection)
        operations = connection_reads.of_partners(asked, connection, self._lacking).operations()
        if connection in self.readings and self.readings[connection].has(operations):
            self._learn_partner(connection)
            return
        try:
            self.look(connection, operations)
        except UnexpectedReply:  # a partner that answers is not gone
            raise
        except RemoteFailure as failure:
            self._miss_partner(connection, failure)

    def _miss_partner(self, connection: Connection, failure: RemoteFailure) -> None:
        self._failures[connection] = failure
        self._forget([read.key for read in self._asked_over(connection)], Unread(failure, own=True))

    def _forget(self, keys: Sequence[str], unread: Unread) -> None:
        """What partners showed before says nothing of what they are now, whatever they are called."""
        gone = {source for key in keys if (source := self._known.get(key)) and not isinstance(source, Unread)}
        keys = [*keys, *(key for key, source in self._known.items() if source in gone)]
        self._known.update(dict.fromkeys(keys, unread))
        self._views = {source: shown for source, shown in self._views.items() if source not in gone}

    def _place(self, read: PartnerRead) -> Connection | None:
        """The connection over which a partner is asked; None: by this server. Raises Refused where the inventory has it
        twice."""
        if self._find is None:
            return None if self._is_over_hop(read) else THERE
        known = (read.key, read.relationship)
        if known not in self._found:
            partner = Identity(read.names)
            mates = (one.name for one in self.here.relationships if one.partner.is_same(partner))
            host, remote = self._find(replace(read, also=(*read.also, *mates))) or ("", None)
            self._found[known] = Connection(host) if remote else None
            if remote is not None:
                self.remotes.setdefault(Connection(host), remote)
        return self._found[known]

    def _is_over_hop(self, read: PartnerRead) -> bool:
        """Whether the partner is asked by this server: partner_host is not given, or turned out to be another
        server."""
        if THERE not in self.remotes:
            return True
        known = self.readings.get(THERE)
        if known is None:  # what keeps us from partner_host says nothing of a server that may be another one
            return bool(read.elsewhere and read.names and THERE in self._failures)
        if not read.elsewhere:
            return False
        here, shown = self._views.get(HERE), self._views.get(THERE)
        identity = known.server.identity.knowing(elsewhere(self._resolved))
        mirrors = here is not None and shown is not None and is_mirrored(read, here, shown)
        return not mirrors and identity.match(Identity(read.names)) is not Match.SAME

    def _over_hop(self) -> list[PartnerRead]:
        return [read for read in self._request.partners if self._place(read) is None]

    def _asked_over(self, connection: Connection) -> list[PartnerRead]:
        return [read for read in self._request.partners if self._place(read) == connection]

    # --- what they show ------------------------------------------------------------------------------------------

    def _learn_here(self, seen: Reading) -> None:
        """This server, and the partners that it asked. Raises RemoteFailure for what is its own."""
        self._understood = (self._request, dict(self._lacking))
        own, host = self._request.own, seen.remote.host
        reads = connection_reads.of_this_server(self._request, self._lacking)
        self._take(connection_reads.own_view(seen, self._request, reads), reads, HERE)
        if own.statistics and seen.has([cmdlets.get_statistics()]):
            self._statistics = server_replies.statistics(seen.reply.before, host)
        if seen.has(self._secret_reads()):
            looks = {name: seen.answer(self._secrets.read_operation(name)) for name in own.secrets}
            self._secrets = self._secrets.with_answers(looks, host)
        asks = {name: cmdlets.resolve_name(name) for name in self._request.resolve}
        answers = {name: seen.answer(ask) for name, ask in asks.items() if seen.has([ask])}
        self._resolved.update({name: server_replies.resolved(answer) for name, answer in answers.items()})
        self._knocked = connection_reads.knocked(seen, self._request)
        if own.copy and seen.has([kept_files.read_copy(own.copy)]) and self._copy is None:
            self._copy = server_replies.read_copy(seen.reply.before, host)
        over_hop = self._over_hop()
        for name in connection_reads.reached_now(seen, self._request, over_hop):
            self.reached.add((HERE, name))
        for read in over_hop:
            if seen.has(connection_reads.partner_shows(read)[1:]):
                self._learn_hop(seen, read)

    def _learn_hop(self, seen: Reading, read: PartnerRead) -> None:
        reads = connection_reads.of_partners([read], read.key, self._lacking)
        try:
            shown = connection_reads.hop_view(seen, read, reads)
        except UnexpectedReply:
            raise
        except RemoteFailure as failure:
            self._forget([read.key], Unread(failure))
            return
        self.reached.add((HERE, read.key))
        partners = [relationship.partner for relationship in seen.server.relationships]
        hops = (hop for key, hop in self._known.items() if isinstance(hop, Hop) and are_one(key, read.key, partners))
        source = next(hops, shown.source)  # each server once, whatever it was called when it was asked for
        self._known[read.key] = source
        self._take(replace(shown, source=source), reads, read.key)

    def _learn_partner(self, connection: Connection) -> None:
        """One that answers and does not tell all that is needed cannot be planned with."""
        asked = self._asked_over(connection)
        reads = connection_reads.of_partners(asked, connection, self._lacking)
        try:
            shown = connection_reads.partner_view(self.readings[connection], connection, reads, self.here)
        except UnexpectedReply:
            raise
        except RemoteFailure as failure:
            failure.heard = Heard.ANSWER
            self._miss_partner(connection, failure)
            return
        self._take(shown, reads, connection)
        self._known.update({read.key: connection for read in asked})

    def _take(self, shown: ServerView, reads: Reads, place: Connection | str) -> None:
        """A server as it is now, with what was read of it before and not anew."""
        there = {scope for scope in reads.lacking if shown.server.scope(scope) is not None}  # one came back
        lacking = (reads.lacking | connection_reads.missing(shown, reads)) - there
        if lacking != reads.lacking:
            self._lacking[place] = frozenset(lacking)
        before = self._views.get(shown.source)
        if before is not None:
            shown = shown.with_earlier(before)
        self._views[shown.source] = shown
