# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is asked over one connection, and what the answers show: a ReadRequest -> operations, their results -> views.
Pure.

A partner over a second hop is asked by this server, with its own reads and in the same remote command.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from .._model.identity import Connection, Hop
from .._model.server import Server
from .._planning.read_request import Knocked, OwnRead, PartnerRead, ReadRequest, Scopes, with_leases
from .._planning.world import Content, ServerView, view
from .._windows import (
    cmdlets,
    event_log,
    kept_files,
    probes,
    safety_copies,
    scope_cmdlets,
    server_replies,
    service_facts,
)
from .._windows.cmdlets import Operation
from .._windows.errors import EMPTY_FAILOVER, Heard, RemoteFailure, UnexpectedReply
from .._windows.export_elements import NOTHING, Uses
from .._windows.remote_error import RemoteError, error_ids
from .._windows.reply import Reply, Result
from .._windows.script_request import Remote

Lacking = Mapping[Connection | str, frozenset[IPv4Address]]  # scopes that a server was seen not to have, by `place`
HERE, THERE = Connection.THIS_SERVER, Connection.PARTNER
_NEEDS_NOTHING = Uses(frozenset(), frozenset())


@dataclass(frozen=True)
class Reading:
    """A connection as it was read: what was asked, what was answered, which server that is."""

    remote: Remote
    operations: tuple[Operation, ...]
    reply: Reply
    server: Server

    def answer(self, operation: Operation) -> Result:
        """The answer to one of the operations."""
        return self.reply.before[self.operations.index(operation)]

    def has(self, operations: Iterable[Operation]) -> bool:
        """Whether all of them were asked."""
        return all(operation in self.operations for operation in operations)

    @property
    def guarded(self) -> Sequence[Operation]:
        """The reads that have to answer the same before a write, with those that tell what changed."""
        basic = server_replies.reads()
        return [read for read in self.operations if read.get("fingerprint") or read in basic]


@dataclass(frozen=True)
class Reads:
    """What is to be known of one server: of which scopes the content, and whether the management API answers there.

    `computer`: its name for the server that asks it over a second hop.
    """

    scopes: Scopes = ()
    leases: bool = True
    api: str | None = None  # a relationship to ask it with
    level: bool = False
    own_level: bool = False  # of this server, where a change of it matters too
    computer: str | None = None
    lacking: frozenset[IPv4Address] = frozenset()
    service: bool = False
    events: bool = False
    copies: bool = False

    @property
    def export(self) -> Sequence[Operation]:
        """The read of the content, of those scopes that are there."""
        there = sorted(set(self.scopes) - self.lacking, key=int)
        return [cmdlets.export(there, self.computer, leases=self.leases)] if there else []

    @property
    def probe(self) -> Sequence[Operation]:
        """The read that tells whether the management API answers."""
        return [] if self.api is None else [cmdlets.probe_api(self.api, self.computer)]

    @property
    def levels(self) -> Sequence[Operation]:
        """The reads of the server level."""
        if self.own_level:
            return server_replies.level_reads()
        return probes.level_reads(self.computer) if self.level else ()

    @property
    def readiness(self) -> Sequence[Operation]:
        """The reads of what else is to be known of a partner that scopes come to."""
        return probes.readiness_reads(self.computer) if self.level else ()

    @property
    def told(self) -> Sequence[Operation]:
        """The reads of what else is told of the DHCP service."""
        return service_facts.reads(self.computer) if self.service else ()

    @property
    def logged(self) -> Sequence[Operation]:
        """The read of what the DHCP service logged of failover."""
        return [event_log.read(self.computer)] if self.events else ()

    @property
    def kept(self) -> Sequence[Operation]:
        """The read of which safety copies there are."""
        return [kept_files.find_copies()] if self.copies else ()

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return [*self.export, *self.probe, *self.levels, *self.readiness, *self.told, *self.logged]


def of_partners(reads: Sequence[PartnerRead], place: Connection | str, lacking: Lacking) -> Reads:
    """What some requests ask of one partner together. `place`: its connection, or its name over the second hop."""
    return Reads(
        tuple(sorted({scope for read in reads for scope in read.scopes}, key=int)),
        with_leases(*reads),
        next((read.relationship for read in reads if read.api), None),
        any(read.level for read in reads),
        False,
        place if isinstance(place, str) else None,
        lacking.get(place, frozenset()),
        any(read.service for read in reads),
        any(read.events for read in reads),
    )


def of_this_server(request: ReadRequest, lacking: Lacking) -> Reads:
    """What is asked of this server: the content of all that is compared with a partner's too."""
    both: Sequence[OwnRead | PartnerRead] = [request.own, *request.partners]
    return Reads(
        tuple(sorted({scope for read in both for scope in read.scopes}, key=int)),
        with_leases(*both),
        request.own.api or next((read.relationship for read in request.partners if read.api), None),
        False,
        request.own.level,
        None,
        lacking.get(HERE, frozenset()),
        request.own.service,
        request.own.events,
        request.own.copies,
    )


def partner_shows(read: PartnerRead) -> Sequence[Operation]:
    """What a partner over a second hop is always asked: the way there first, then what it shows."""
    return probes.reads(read.key, guarded=read.guarded)


def own_operations(
    request: ReadRequest, over_hop: Sequence[PartnerRead], looks: Sequence[Operation], lacking: Lacking
) -> Sequence[Operation]:
    """What is asked over the task's own connection beside server_replies.reads(). `looks`: at what earlier runs
    left."""
    own, mine = request.own, of_this_server(request, lacking)
    far: list[Operation] = []
    for read in over_hop:
        far += [*partner_shows(read), *of_partners([read], read.key, lacking).operations()]
    content = [*mine.export, *mine.probe]
    return [
        *looks,
        *(content + far if own_first(request) else far + content),
        *(probe for name in reached_later(request, over_hop) for probe in probes.probes(name)),
        *mine.levels,
        *mine.told,
        *mine.logged,
        *mine.kept,
        *([cmdlets.get_statistics()] if own.statistics else []),
        *([kept_files.read_copy(own.copy)] if own.copy else []),
        *_uses(own, mine),
        *scope_cmdlets.reads(own.details),
        *map(cmdlets.resolve_name, request.resolve),
        *map(cmdlets.knock, request.knocks),
        *(look for name in request.visits for look in _visit(name)),
    ]


def own_first(request: ReadRequest) -> bool:
    """Whether the content of this server is read before that of its partners: it is the one that loses."""
    return any(read.first is HERE for read in request.partners)


def reached_later(request: ReadRequest, over_hop: Sequence[PartnerRead]) -> Sequence[str]:
    """Partners of partner_host that this server will reach for scopes to come there: asked now, where it is asked
    anyway."""
    reads = [read for read in request.partners if read not in over_hop and read.level and read.names]
    return list(dict.fromkeys(read.names[0] for read in reads)) if request.own.uses else []


def _visit(name: str) -> Sequence[Operation]:
    return (cmdlets.get_failover(name), cmdlets.get_scopes(name))


# --- answers -> views ---------------------------------------------------------------------------------------------


def reached_now(seen: Reading, request: ReadRequest, over_hop: Sequence[PartnerRead]) -> Iterator[str]:
    """Those of `reached_later` that were. Raises RemoteError, for the relationship that it is about."""
    for name in reached_later(request, over_hop):
        if seen.has(probes.probes(name)):
            answers = [seen.answer(probe) for probe in probes.probes(name)]
            try:
                probes.check(answers, seen.remote.host, name, seen.remote.goes_on())
            except RemoteError as error:
                error.relationship = next((read.relationship for read in request.partners if name in read.names), "")
                raise
            yield name


def own_view(reading: Reading, request: ReadRequest, reads: Reads) -> ServerView:
    """This server. Raises RemoteError."""
    seen = _with_reads(view(reading.server, HERE), reading, reads)
    asked = _uses(request.own, reads)
    if request.own.uses and reading.has(asked):
        used = server_replies.used(reading.reply.before, reading.remote.host) if asked else NOTHING
        # one that is not there (yet, in check mode) needs nothing
        nothing = dict.fromkeys(request.own.uses, _NEEDS_NOTHING)
        seen = replace(seen, uses=replace(used, uses={**nothing, **used.uses}))
    if request.own.details and reading.has(details := scope_cmdlets.reads(request.own.details)):
        answers = [reading.answer(read) for read in details]
        seen = replace(seen, details=scope_cmdlets.details(request.own.details, answers, reading.remote.host))
    return seen


def _uses(own: OwnRead, mine: Reads) -> Sequence[Operation]:
    there = tuple(scope for scope in own.uses if scope not in mine.lacking)
    return [cmdlets.uses(there)] if there else []


def partner_view(reading: Reading, source: Connection, reads: Reads, here: Server) -> ServerView:
    """A server that has a connection of its own. Raises RemoteError."""
    return _with_reads(view(reading.server, source, here), reading, reads)


def hop_view(reading: Reading, read: PartnerRead, reads: Reads) -> ServerView:
    """A partner that this server asked. Raises RemoteError where it does not reach it, or does not tell something."""
    host, here = reading.remote.host, reading.server
    probe, *_shown = asked = partner_shows(read)
    if reading.has([probe]):
        goes_on = reading.remote.goes_on()
        probes.check([reading.answer(operation) for operation in asked], host, read.key, goes_on)
    try:
        server = server_replies.hop(reading.reply.before, host, read.key)
        return _with_reads(view(server, Hop(read.key, here.name), here), reading, reads, probe)
    except RemoteFailure as failure:
        failure.heard = Heard.ANSWER
        raise


def knocked(reading: Reading, request: ReadRequest) -> Mapping[str, Knocked]:
    """What came of the servers that were asked whether they are there."""
    asked = [name for name in request.knocks if reading.has([cmdlets.knock(name)])]
    return {
        name: Knocked(tuple(sorted(error_ids(reading.answer(cmdlets.knock(name))))), _visited(reading, request, name))
        for name in asked
    }


def _visited(reading: Reading, request: ReadRequest, name: str) -> Server | RemoteFailure | None:
    if name not in request.visits or not reading.has(_visit(name)):
        return None
    try:
        return server_replies.hop(reading.reply.before, reading.remote.host, name)
    except UnexpectedReply:
        raise
    except RemoteFailure as failure:
        return failure


def missing(seen: ServerView, reads: Reads) -> frozenset[IPv4Address]:
    """Scopes whose content was asked for, and that the server does not have."""
    return frozenset(scope for scope in reads.scopes if scope not in reads.lacking and seen.server.scope(scope) is None)


def _with_reads(seen: ServerView, reading: Reading, reads: Reads, probe: Operation | None = None) -> ServerView:
    """The view with what else was asked of it."""
    results, host, computer = reading.reply.before, reading.remote.host, reads.computer
    seen = replace(seen, read_at=reading.reply.now)
    if reads.scopes and reading.has(reads.export):
        export = server_replies.exported(results, host, computer, there_only=True) if reads.export else NOTHING
        content = Content(frozenset(reads.scopes), export, reading.reply.now, reads.leases)
        seen = replace(seen, contents=(content,))
    for operation in reads.probe if reading.has(reads.probe) else ():
        answer = reading.answer(operation)
        if answer.errors and not error_ids(answer) <= EMPTY_FAILOVER:
            raise RemoteError(answer, host, computer or "")
        seen = replace(seen, api=True)
    if reads.levels and reading.has(reads.levels):
        answers = [reading.answer(operation) for operation in reads.levels]
        version = answers[0] if probe is None else reading.answer(probe)
        level = probes.level(version, answers, host, computer or "", reading.remote.goes_on())
        seen = replace(seen, level=level)
    if reads.readiness and reading.has(reads.readiness):
        ready = probes.readiness([reading.answer(operation) for operation in reads.readiness])
        seen = replace(seen, ready=ready)
    if reads.told and reading.has(reads.told):
        facts = service_facts.found([reading.answer(operation) for operation in reads.told])
        seen = replace(seen, service=facts)
    for operation in reads.logged if reading.has(reads.logged) else ():
        seen = replace(seen, events=event_log.found(reading.answer(operation)))
    for operation in reads.kept if reading.has(reads.kept) else ():
        seen = replace(seen, kept=safety_copies.found(reading.answer(operation), seen.name))
    return seen
