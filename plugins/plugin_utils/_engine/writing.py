# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Carries steps out: one request for each group of neighbours on one connection, and the notes around them.

A request reads first what the plan was made from; where that answers otherwise nothing is written. Its calls run up to
the first error, then the server is read again. What was written before an error is known here, in words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

from .._model.identity import Connection, Source
from .._model.note import Note
from .._model.refusal import UNCHANGED, NotYet
from .._model.render import differences
from .._model.texts import few
from .._planning import action_table, broken_runs, claims
from .._planning.plan import Plan
from .._planning.read_request import Scopes
from .._windows import probes, server_replies
from .._windows.cmdlets import ONLY_IDLE, PROVE_SWITCHOVER, Operation
from .._windows.errors import OVERTAKEN, NothingDone, RemoteFailure
from .._windows.remote_error import RemoteError, error_ids
from .._windows.reply import Reply, Result
from .._windows.script_request import Remote, who
from . import calls, journal
from .calls import Call, Role, Step, Waiting
from .connection_reads import HERE, Reading
from .reader import Reader
from .verbose import tell

TOO_MANY, NOT_SO = "DHCP 20130", "windhcp.wait_refused"
# seconds after a run's last word for which others let it go on; nothing hangs on it but who has to undo and plan anew
GAP = 60


class Overtaken(RemoteFailure):
    """Somebody else was faster, so planning anew may be all that it takes. `sure`: seen, and not only supposed from an
    error. `patience`: seconds that are waited at least."""

    nothing = f"{UNCHANGED} Run again."

    def __init__(self, text: str, *, sure: bool = True, patience: int = 10) -> None:
        super().__init__(text)
        self.sure, self.patience = sure, patience


@dataclass(frozen=True)
class Group:
    """The steps of one request. `partners`: whom they reach. `content`: scopes whose content is read after them.
    `last`: nothing is written after them."""

    connection: Connection
    steps: Sequence[Step]
    partners: Sequence[str]
    content: Scopes = ()
    last: bool = False


class Writing:
    """What a task writes. `result` has its part of what the task shows; `done`: what was written, in words."""

    def __init__(self, reader: Reader, waiting: Waiting, result: dict[str, Any], done: Sequence[str] = ()) -> None:
        """`done`: what earlier plans of the task have written."""
        self.reader = reader
        self.waiting = waiting
        self.result = result
        self.done = self._before = list(done)
        self.steps: list[Step] = []  # that were carried out
        self._taken_back = False  # all that was written
        self.lost = False  # the reply of a request that writes
        self.acted = False  # something was carried out, or begun, that no undoing takes back
        self.claimed: dict[IPv4Address, Source] = {}  # scope -> the server on which it is out of service until it goes
        self._waits: Sequence[calls.Call] = ()  # for what has to be Normal before the first write
        self._notes: list[Note] = []  # that are still to be left before it
        self._left: dict[tuple[str, str], Note] = {}  # that stand there, by what they are about
        self._earlier: Sequence[Operation] = ()  # what becomes in the end of the notes of earlier runs

    @property
    def has_notes(self) -> bool:
        """Whether notes of this task stand on its server."""
        return bool(self._left)

    # --- notes -----------------------------------------------------------------------------------------------------

    def begin(self, plan: Plan, steps: Sequence[Step]) -> None:
        """What is noted on the task's own server before the first of the steps. A note tells other runs how long this
        one may take to its next request; the last request needs none, since no other one writes beside it. The notes of
        broken runs of the same relationships stay until all that they tell is set right, by this plan or another."""
        here = self.reader.readings[HERE]
        now = here.reply.now
        several = len(calls.requests(steps)) > 1 or calls.takes_apart(steps)
        until = now + timedelta(seconds=GAP) if now is not None and several else None
        notes = calls.notes(steps, here.server)
        self._notes = [replace(note, run=self.reader.run, who=who(), since=now, until=until) for note in notes]
        names = {note.relationship.casefold() for note in notes}
        earlier = (note for note in plan.start.broken_off if note.relationship.casefold() in names)
        self._earlier = [_last_word(note, plan) for note in earlier]
        self._waits = calls.waits(steps, here.server, self.waiting)

    def wait_for_others(self) -> None:
        """The notes stand, and no other run is in the middle of a write on this server, which shows what was planned
        for. Raises RemoteFailure."""
        self._write(Group(HERE, (), ()))
        while self._notes:
            self._write(Group(HERE, (), ()))

    def drop_notes(self) -> None:
        """Those that the last request did not take along, since it went to the partner. This server is read again."""
        drops = self._last_words(self._left.values())
        if drops:
            rereads = self._rereads(HERE, ())
            reply = self.reader.remotes[HERE].write((), "", drops, rereads)
            self._left, self._earlier = {}, ()
            self.reader.learn(HERE, rereads, replace(reply, before=reply.after))

    def withdraw_notes(self) -> None:
        """This run has left nothing, and what earlier ones left is as it was."""
        self._earlier = ()
        self.drop_notes()

    def _last_words(self, notes: Iterable[Note]) -> Sequence[Operation]:
        """What becomes in the end of notes of this run, and of those of earlier ones."""
        return [*map(journal.drop, notes), *self._earlier]

    def remember(self) -> None:
        """The servers do not show what was written: the next run has to look at both, beside what is noted by now."""
        since = self.reader.readings[HERE].reply.now
        written = {note.about: note for note in calls.notes(self.steps, self.reader.here)}
        notes: list[Note] = []
        for about in self.reader.asked_partners:
            told = written.get(about, Note(*about))
            new = Note(*about, told.made, made=told.made, coming=told.coming)
            new = replace(new, run=self.reader.run, who=who(), since=since)
            notes.append(replace(self._left.get(about, new), until=None))
        if notes:
            self.reader.remotes[HERE].write((), "", [journal.keep(note) for note in notes])

    def _learn_notes(self, run: Sequence[Call], reply: Reply) -> None:
        """Which notes stand after a request."""
        done = [call.operation for call, result in zip(run, reply.calls, strict=False) if not result.errors]
        self._left.update((note.about, note) for note in self._notes if journal.keep(note) in done)
        self._left = {about: note for about, note in self._left.items() if journal.drop(note) not in done}
        self._earlier = [operation for operation in self._earlier if operation not in done]
        self._notes = [note for note in self._notes if journal.keep(note) not in done]

    def take_back(self, plan: Plan, steps: Sequence[Step], off: claims.Claims, unseen: claims.Claims) -> None:
        """The steps undo what was claimed, but what is `unseen`. Where nothing else was written and all of it was seen,
        all is as it was, but for the copies `off` service that somebody else has to do with. Raises RemoteFailure."""
        acted = self.acted or bool(unseen)
        before, carried_out = self.done, list(self.steps)
        self.carry_out(plan, steps, last=False)
        self.steps, self.claimed = (carried_out, {}) if acted else ([], {})
        self.done = before if acted else self._before
        self._taken_back = bool(before) and not self.done
        self.result["changed"] = self.has_written
        if not (acted or off):
            self.withdraw_notes()
        self.end_notes({scope for step in steps for scope in step.action.scopes}, off)

    def end_notes(self, undone: Collection[IPv4Address] = (), off: claims.Claims | None = None) -> None:
        """The notes that stay tell that this run has ended, and what it did not undo. Whoever finds `off` out of
        service later sets it right, this run too. Raises RemoteFailure."""
        ended: list[Note] = []
        for note in self._left.values():
            claimed = {scope: server for scope, server in note.claimed.items() if scope not in undone}
            kept = {scope: self._called(source, note) for scope, source in (off or {}).items() if scope in note.claimed}
            ended.append(replace(note, claimed={**claimed, **kept}, until=None))
        if ended != list(self._left.values()):
            self.reader.remotes[HERE].write((), "", [journal.keep(note) for note in ended])
            self._left = {note.about: note for note in ended}

    def _called(self, source: Source, note: Note) -> str:
        """A server as the note calls it."""
        return self.reader.readings[HERE].server.name if source is HERE else note.partner

    # --- requests --------------------------------------------------------------------------------------------------

    def carry_out(self, plan: Plan, steps: Sequence[Step], *, content: Scopes = (), last: bool = True) -> None:
        """One request after the other; the reader knows then what each server shows after its own. Steps of more
        scopes than Windows takes at once (20130) go on in smaller ones.

        `content`: scopes whose content is read again. `last`: nothing is written after them, so the notes go. Raises
        RemoteFailure."""
        stale: set[Connection] = set()
        left = list(steps)
        while left:
            connection, group = next(calls.groups(left))
            while connection is not HERE and (self._notes or self._waits):
                mine = [step for step in left if step.connection is HERE]
                self._write(Group(HERE, (), calls.partners(mine)))  # the notes stand before the partner is written to
            if connection in stale:  # a fresh fingerprint
                again = server_replies.hop_among(self.reader.readings[connection].operations)
                self.reader.look(connection, again)
                self._check_foreseen(plan, connection, group)
            if connection is not HERE:
                self._prove(group)
            stale.discard(connection)
            if not all(step.row.alone for step in group):  # a cmdlet writes on the partner too
                stale |= {*self.reader.readings} - {connection}
            ends = last and len(group) == len(left)
            too_many = self._write(Group(connection, group, calls.partners(group), content or plan.rereads, ends))
            carried_out = group if too_many is None else group[: group.index(too_many)]
            left = left[len(carried_out) :]
            if too_many is not None:
                left = calls.smaller(left, plan, len(too_many.action.scopes) // 2)
        if last:
            self.drop_notes()

    def look_again(self, but: Connection | None = None, content: Scopes = ()) -> None:
        """The servers are read as they are now, `but` the one that has just been. `content`: scopes whose content is
        read as well. Raises RemoteFailure."""
        for connection, reading in list(self.reader.readings.items()):
            if connection is not but:
                read = self.reader.content_operations(connection, content)
                self.reader.look(connection, [*server_replies.hop_among(reading.operations), *read])

    def _prove(self, group: Sequence[Step]) -> None:
        """What has to be so on this server before a group is sent to another one. Raises RemoteFailure."""
        proofs = [proof for step in group for proof in step.proofs]
        remote = self.reader.remotes[HERE]
        for answer in remote.read(proofs).before if proofs else ():
            if answer.errors:
                raise RemoteError(answer, remote.host)

    def _check_foreseen(self, plan: Plan, connection: Connection, group: Sequence[Step]) -> None:
        """Raises Overtaken where somebody changed a server since it was planned for, beside what this run did."""
        expected = plan.start
        for step in self.steps:
            expected = action_table.effect(expected, step.action)
        if not claims.is_as_foreseen(expected, self.reader.world(), connection, [step.action for step in group]):
            name = self.reader.readings[connection].server.name
            raise Overtaken(f"{name} was changed by another task or a person after it was written to.")

    def _write(self, group: Group) -> Step | None:
        """Returns the step that has more scopes than Windows takes, with all before it carried out. Raises
        RemoteFailure."""
        connection, reading = group.connection, self.reader.readings[group.connection]
        unasked = [partner for partner in group.partners if (connection, partner) not in self.reader.reached]
        written = calls.written(self.steps)
        run = calls.calls(group.steps, reading.server, self.waiting, unasked, written)
        if connection is HERE:
            run, self._waits = [*self._waits, *run], ()
            stand = (*self._left.values(), *self._notes)
            run = calls.noted(run, self._notes, self._last_words(stand) if group.last else ())
        rereads = self._rereads(connection, group.content)
        operations = [call.operation for call in run]
        tell(reading.remote, f"runs {len(operations)} operations on {reading.server.name}")
        try:
            reply = reading.remote.write(reading.guarded, reading.reply.fingerprint, operations, rereads)
        except NothingDone:
            raise
        except RemoteFailure:
            self._lose(group)
            raise
        self.reader.reached.update((connection, partner) for partner in unasked)
        if reply.status == "changed_meanwhile":
            raise self._changed_meanwhile(reading, reply)
        if connection is HERE:
            self._learn_notes(run, reply)
        self._note_copies(reading.remote, run, reply)
        step = calls.under_way(group.steps, run, reply.calls)
        self._learn_acted(run, reply)
        self._learn(connection, group.steps if step is None else group.steps[: group.steps.index(step)], rereads, reply)
        if reply.status != "stopped":
            return None
        if step is not None and len(step.action.scopes) > 1 and TOO_MANY in error_ids(reply.calls[-1]):
            return step
        if step is not None:
            self.claimed.update(claims.made_by([step.action]))  # what fails may have been done nevertheless
        failed = step or (group.steps[-1] if group.steps else None)
        call = run[len(reply.calls) - 1]
        error = self._stopped(reading.remote, call, reply.calls[-1], failed)
        error.relationship = error.relationship or calls.reaching(group.steps, call.partner)
        raise error

    def _lose(self, group: Group) -> None:
        """Nobody knows what a request has written of which the reply is lost, or still writes: its notes stay."""
        if group.connection is HERE:
            self._left.update((note.about, note) for note in self._notes)
        self.lost = self.lost or bool(group.steps)
        self.acted = self.acted or self.lost
        self.result["changed"] = self.has_written

    @property
    def has_written(self) -> bool:
        """Whether something was written, or may have been."""
        return bool(self.done) or self.lost

    def _learn_acted(self, run: Sequence[Call], reply: Reply) -> None:
        """A write that fails may have reached one of the two servers."""
        ran = run[: len(reply.calls)]
        writes = (call.step for call in ran if call.role is Role.STEP and call.step is not None)
        self.acted = self.acted or any(not step.is_taken_back for step in writes)

    def _rereads(self, connection: Connection, content: Scopes) -> Sequence[Operation]:
        reading = self.reader.readings[connection]
        return (
            *server_replies.reads(),
            journal.look(),
            *server_replies.hop_among(reading.operations),
            *self.reader.content_operations(connection, content),
            *(self.reader.details_operations if connection is HERE else ()),
        )

    def _learn(self, connection: Connection, done: Sequence[Step], rereads: Sequence[Operation], reply: Reply) -> None:
        """What was written, and what the server shows then. Raises RemoteFailure."""
        reading, before = self.reader.readings[connection], self.done
        self.steps += done
        self.claimed.update(claims.made_by(step.action for step in done))
        words = [step.text for step in done]
        self.done = [*before, *words]
        self.result["changed"] = self.has_written
        try:
            self.reader.learn(connection, rereads, replace(reply, before=reply.after))
        except RemoteFailure as failure:
            raise RemoteFailure(f"{reading.server.name} could not be read again after a write: {failure}") from failure
        self.done = [*before, *(differences(reading.server, self.reader.readings[connection].server) or words)]
        self.result["changed"] = self.has_written

    def _note_copies(self, remote: Remote, run: Sequence[Call], reply: Reply) -> None:
        for call, result in zip(run, reply.calls, strict=False):
            if call.operation["op"] != "safety_copy" or call.step is None:
                continue
            for file in result.objects:
                scopes = call.operation["parameters"]["ScopeId"]
                copy = {"host": remote.host, "path": file.name("path"), "scopes": scopes}
                self.result.setdefault("safety_copies", []).append(copy)

    # --- errors ----------------------------------------------------------------------------------------------------

    def _stopped(self, remote: Remote, call: Call, answer: Result, step: Step | None) -> RemoteFailure:
        """The error of the call that stopped the others."""
        if call.role is Role.PROBE:
            return probes.refusal(answer, remote.host, call.partner, remote.goes_on())
        if (only := call.operation.get("only_if")) and error_ids(answer) == {NOT_SO}:
            raise Overtaken(_not_so(only, step))
        if call.operation["id"] == PROVE_SWITCHOVER and error_ids(answer) == {NOT_SO}:
            raise NotYet(
                f"automatic switchover of '{call.operation['match']['Name']}' is not on again on both servers, so "
                "the note that remembers it stays; run again."
            )
        error = RemoteError(answer, remote.host, step.partner if step else "")
        told: RemoteFailure = error
        if error_ids(answer) <= OVERTAKEN:
            told = Overtaken(str(error), sure=False)
            told.passes, told.nothing = error.passes, error.nothing
        told.relationship = step.relationship if step else call.operation.get("match", {}).get("Name", "")
        return told

    def _changed_meanwhile(self, reading: Reading, reply: Reply) -> RemoteFailure:
        host, name = reading.remote.host, reading.server.name
        failed = [
            now
            for read, now in zip(reading.guarded, reply.before, strict=False)
            if now.errors and not reading.answer(read).errors
        ]
        if failed:
            return RemoteError(failed[0], host)
        changes = differences(reading.server, server_replies.parse(reply.before, host, reply.offset))
        return Overtaken(
            f"{name} was changed by another task or a person between reading and writing, so nothing was written "
            f"there: {few(changes, between='; ') or 'a read answers differently'}."
        )

    def told(self, passes: bool) -> str:
        """What was written before an error, in a sentence. The next run completes it, at once if the error `passes`,
        else not while what was refused stays as it is. Empty: nothing was written."""
        if self._taken_back:
            return f"All that was written was taken back.{' Run again.' if passes else ''}"
        if not self.done:
            return ""
        completes = "Running again completes it." if passes else "Once that is mended, running again completes it."
        return f"Written before: {few(self.done, between='; ')}. {completes}"


def _last_word(note: Note, plan: Plan) -> Operation:
    """What becomes of an earlier run's note once the plan is carried out."""
    left = broken_runs.left_of(note, plan.start)
    rest = left and broken_runs.left_of(left, plan.end)
    return journal.keep(rest) if rest else journal.drop(note)


def _not_so(only_if: Operation, step: Step | None) -> str:
    """What of another server was no longer as a write over a second hop needs it."""
    if only_if["id"] == ONLY_IDLE:
        scopes = few(step.action.scopes) if step else "a scope"
        return f"another task or a person put the copy of {scopes} back into service that was to go, so it stays."
    name = f"'{step.relationship}'" if step else "a relationship"
    return (
        f"{name} was made anew, or ended, by another task or a person on the server that keeps it, so nothing was "
        "taken out of it."
    )
