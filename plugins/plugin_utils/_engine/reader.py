# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads what a planner needs: this server first, and then, asked by the planner, its partners and what their scopes
hold.

Knows two connections, the task's own and that of partner_host, and nothing of Ansible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from .._model.refusal import Refused
from .._model.server import Server
from .._model.unknown import UnknownPartner
from .._planning import guards
from .._planning.requirements import Requirements
from .._windows import cmdlets, secret_record, server_reads
from .._windows.client import Remote
from .._windows.cmdlets import Operation
from .._windows.errors import EMPTY_FAILOVER, RemoteError, RemoteFailure, UnexpectedReply, error_ids
from .._windows.export import NOTHING
from .._windows.reply import Reply, Result
from . import journal, own_folders, pending, prerequisites
from .sides import AT_ONCE, Connection, Needed, Side, Sides
from .steps import Plan

Planner = Callable[[Sides], Plan]
ROUNDS = 8  # what a planner can ask for; more would be a fault of the planner


@dataclass(frozen=True)
class Seen:
    """A server as it was read: what was asked, what was answered, what that means."""

    remote: Remote
    reads: Sequence[Operation]
    reply: Reply
    server: Server

    def answer(self, operation: Operation) -> Result:
        return self.reply.before[list(self.reads).index(operation)]

    @property
    def guarded(self) -> Sequence[Operation]:
        """The reads that have to answer the same before a write, with those that tell what changed."""
        return [read for read in self.reads if read.get("fingerprint") or read in server_reads.reads()]


class _Lacking(Exception):
    """A server does not have scopes whose content was asked for: this one, the one of partner_host, or another by its
    name."""

    def __init__(self, where: str, scopes: frozenset[IPv4Address]) -> None:
        super().__init__(where)
        self.where, self.scopes = where, scopes


class Gathering:
    """What a task knows of the servers. `seen` is each one as it was read last. `partner`: the connection of
    partner_host."""

    def __init__(
        self,
        here: Remote,
        partner: Remote | None = None,
        *,
        check_mode: bool = False,
        facts: pending.Facts | None = None,
    ) -> None:
        self.remotes: dict[Connection, Remote] = {"this_server": here}
        if partner:
            self.remotes["partner"] = partner
        self.check_mode = check_mode
        self.facts = facts or {}
        self.relationships: Sequence[str] = ()  # those that the task is about, first the one that it is to have
        self.brings: Sequence[IPv4Address] = ()  # scopes that it may put into it
        self.requirements = Requirements()
        self.kept = secret_record.SecretRecord()
        self.seen: dict[Connection, Seen] = {}
        self.needs: dict[str, Needed] = {}
        self.asked: set[tuple[Connection, str]] = (
            set()
        )  # partners that are reached over a second hop, with rights there
        self.lacking: dict[str, frozenset[IPv4Address]] = {}  # scopes that a server was seen not to have
        self.at_once = AT_ONCE
        self.resolved: dict[str, tuple[str, ...]] = {}

    def look(self, connection: Connection = "this_server", also: Sequence[Operation] = ()) -> Seen:
        """A server as it is now; `also`: further reads."""
        remote = self.remotes[connection]
        reads = (*server_reads.reads(), *own_folders.looks(), *also)
        reply = remote.read(reads)
        self.seen[connection] = Seen(remote, reads, reply, server_reads.parse(reply.before, remote.host, reply.offset))
        return self.seen[connection]

    def plan(self, planner: Planner) -> tuple[Plan, Sides]:
        """What is to be done, and what of the servers was needed to know it."""
        return self.planned(planner, self._gather())

    def planned(self, planner: Planner, sides: Sides) -> tuple[Plan, Sides]:
        """The same, where some of it is known already."""
        for _round in range(ROUNDS):
            try:
                return planner(sides), sides
            except UnknownPartner as unknown:
                self.resolved[unknown.spelling] = self._resolve(unknown.spelling)
                sides = replace(
                    sides, here=replace(sides.here, server=replace(sides.here.server, resolved=dict(self.resolved)))
                )
            except Needed as needed:
                for one in (needed, *needed.also):
                    self.needs[one.key] = one.merged(self.needs.get(one.key))
                sides = self._gather()
        raise AssertionError("the planner never has enough")

    def _resolve(self, spelling: str) -> tuple[str, ...]:
        """What addresses the server's DNS has for a name; none is an answer too."""
        (found,) = self.remotes["this_server"].read([cmdlets.resolve_name(spelling)]).before
        return tuple(str(address) for one in found.objects for address in one.addresses("addresses"))

    def _gather(self) -> Sides:
        """Reads what is needed: where content is compared, the side that loses before the other."""
        while True:
            try:
                return self._gathered()
            except _Lacking as lacking:  # it cannot export what it does not have
                self.lacking[lacking.where] = lacking.scopes

    def _gathered(self) -> Sides:
        needs = self.needs.values()
        if any(needed.first == "this_server" for needed in needs):
            here, far = self._look_here(), self._look_at_partner_host()
        else:
            far = self._look_at_partner_host()
            here = self._look_here()
        partners = {needed.key: self._partner_side(needed, here, far) for needed in needs}
        notes = {
            name: journal.partner(here.answer(journal.look(name)), here.remote.host) for name in self.relationships
        }
        noted = {name: partner for name, partner in notes.items() if partner}
        kept = self.kept.with_answers(
            {name: here.answer(self.kept.read_operation(name)) for name in self.relationships}, here.remote.host
        )
        return Sides(self._here_side(here), partners, "partner" in self.remotes, noted, self.at_once, kept)

    def _content(self, needs: Iterable[Needed], where: str) -> tuple[Operation, ...]:
        """The reads that the needs take on one server: the content of scopes, and whether the management API
        answers."""
        scopes = sorted({scope for needed in needs for scope in needed.scopes} - self.lacking.get(where, frozenset()))
        api = next((needed.relationship for needed in needs if needed.api), None)
        computer = None if where in ("this_server", "partner") else where
        return (
            *([cmdlets.export(scopes, computer, leases=True)] if scopes else []),
            *([cmdlets.probe_api(api, computer)] if api is not None else []),
        )

    def _side(self, seen: Seen, server: Server, needs: Iterable[Needed], where: str, **more: Any) -> Side:
        """A server with what was read of it for these needs. Raises RemoteError where the management API does not
        answer."""
        computer = None if where in ("this_server", "partner") else where
        looked_at = frozenset(scope for needed in needs for scope in needed.scopes)
        side = Side(server, computer=computer, read_at=seen.reply.now, looked_at=looked_at, **more)
        side = replace(side, content=NOTHING if looked_at else None)
        for read in self._content(needs, where):
            answer, host = seen.answer(read), seen.remote.host
            if read["op"] == "export":
                missing = frozenset(
                    scope for scope in looked_at - self.lacking.get(where, frozenset()) if server.scope(scope) is None
                )
                if missing:
                    raise _Lacking(where, missing | self.lacking.get(where, frozenset()))
                side = replace(side, content=server_reads.exported(seen.reply.before, host, computer))
            elif answer.errors and not error_ids(answer) <= EMPTY_FAILOVER:
                raise RemoteError(answer, host, computer or "")
            else:
                side = replace(side, api=True)
        return side

    def _look_at_partner_host(self) -> Seen | RemoteFailure | None:
        """Only when something of it is needed; by then it can turn out to be another server than the partner."""
        mine = [needed for needed in self.needs.values() if not self._over_hop(needed)]
        if not mine:
            return None
        try:
            joining = any(self._may_join(needed) or (needed.elsewhere and self.brings) for needed in mine)
            return self._look_once(
                "partner", self._content(mine, "partner"), prerequisites.level_reads() if joining else ()
            )
        except UnexpectedReply:  # a partner that answers is not gone
            raise
        except RemoteFailure as failure:
            return failure

    def _look_here(self) -> Seen:
        """This server with the content that is compared, and over a second hop those partners that partner_host is
        not."""
        far: list[Operation] = []
        for needed in self.needs.values():
            if self._over_hop(needed):
                far += [*prerequisites.reads(needed.key, guarded=needed.guarded), *self._content([needed], needed.key)]
        own = self._content(self.needs.values(), "this_server")
        texts = [look(name) for name in self.relationships for look in (journal.look, self.kept.read_operation)]
        first = any(needed.first == "this_server" for needed in self.needs.values())
        before, more = self.seen.get("this_server"), self._uses()
        seen = self._look_once(
            "this_server", (*texts, *own, *far) if first else (*texts, *far, *own), (*more, *self._levels())
        )
        if more and seen is not before:
            self.requirements.used.append(server_reads.used(seen.reply.before, seen.remote.host))
        return seen

    def _look_once(self, connection: Connection, also: Sequence[Operation], more: Sequence[Operation] = ()) -> Seen:
        """Reads a server, unless it was read with all of this already; then `more` is no reason to."""
        seen = self.seen.get(connection)
        return seen if seen and all(read in seen.reads for read in also) else self.look(connection, (*also, *more))

    def _uses(self) -> Sequence[Operation]:
        """What the scopes need that are likely to come, of which the content is not read anyway."""
        seen = self.seen.get("this_server")
        if seen is None or not self.needs:
            return ()
        compared = {scope for needed in self.needs.values() for scope in needed.scopes}
        likely = [
            one
            for one in self.brings
            if seen.server.scope(one) and seen.server.relationship_of(one) is None and one not in compared
        ]
        unknown = self.requirements.unknown(likely)
        return [cmdlets.uses(unknown)] if unknown else ()

    def _levels(self) -> Sequence[Operation]:
        """What the partners have of classes and definitions to which scopes may go."""
        asked = [one for one in self.needs.values() if self._over_hop(one) and self._may_join(one)]
        return [
            read
            for one in asked
            for read in prerequisites.level_reads(one.key)
            if one.key not in self.requirements.levels
        ]

    def _may_join(self, needed: Needed) -> bool:
        """Whether scopes may come to this partner: new ones, or those of a relationship that is taken apart."""
        seen = self.seen.get("this_server")
        actual = seen.server.relationship(self.relationships[0]) if seen and self.relationships else None
        new = set(self.brings) - set(actual.scopes if actual else ())
        other = actual is not None and bool(needed.names) and not any(map(actual.partner.is_called, needed.names))
        return not needed.elsewhere and bool(self.brings) and bool(new or needed.scopes or other)

    def know_level(self, partner: str, results: Sequence[Result], remote: Remote, computer: str | None) -> None:
        """Raises RemoteError where the partner does not tell it."""
        asked = {read["id"] for read in prerequisites.level_reads(computer)}
        if partner not in self.requirements.levels and asked <= {result.id for result in results}:
            self.requirements.levels[partner] = prerequisites.level(results, remote.host, computer, remote.goes_on())

    def _over_hop(self, needed: Needed | None) -> bool:
        """Whether the partner is asked by this server: partner_host is not given, or turned out to be another
        server."""
        if needed is None:
            return True
        if "partner" not in self.remotes:
            return True
        known = self.seen.get("partner")
        return bool(
            needed.elsewhere and known and not any(known.server.identity.is_called(name) for name in needed.names)
        )

    def _here_side(self, seen: Seen) -> Side:
        """This server; in check mode as it would be after the earlier tasks."""
        return self._side(
            seen, replace(self._ahead(seen.server), resolved=dict(self.resolved)), self.needs.values(), "this_server"
        )

    def _ahead(self, here: Server) -> Server:
        return pending.overlay(here, self.facts) if self.check_mode else here

    def _mirrored(self, there: Server, names: Sequence[str], here: Server) -> Server:
        return pending.mirrored(there, names, here, self._ahead(here)) if self.check_mode else there

    def _partner_side(self, needed: Needed, here: Seen, far: Seen | RemoteFailure | None) -> Side | RemoteFailure:
        answered = False
        try:
            if isinstance(far, RemoteFailure):
                return far
            if not self._over_hop(needed) and far is not None:
                wrong = guards.not_the_partner(needed.relationship, needed.names, far.server) if needed.names else []
                if wrong:
                    raise Refused(f"{wrong[0]} Nothing was changed.")
                answered = True
                self.know_level(needed.key, far.reply.before, far.remote, None)
                there = self._mirrored(far.server, needed.names, here.server)
                return self._side(far, there, [needed], "partner", connection="partner", opposite=here.server)
            asking = prerequisites.reads(needed.key, guarded=needed.guarded)
            if asking[0] not in here.reads:  # only now it is known that partner_host is another server
                here = self._look_here()
            self.reached("this_server", needed.key, [here.answer(read) for read in asking])
            answered = True
            self.know_level(needed.key, here.reply.before, here.remote, needed.key)
            there = server_reads.hop(here.reply.before, here.remote.host, needed.key)
            there = self._mirrored(there, needed.names, here.server)
            return self._side(here, there, [needed], needed.key, via=here.server.name, opposite=here.server)
        except UnexpectedReply:
            raise
        except RemoteFailure as failure:
            failure.answered = failure.answered or answered
            return failure

    def reached(self, connection: Connection, partner: str, answers: Sequence[Result]) -> None:
        """Raises RemoteError where it is not."""
        remote = self.remotes[connection]
        prerequisites.check(answers, remote.host, partner, remote.goes_on())
        self.asked.add((connection, partner))
