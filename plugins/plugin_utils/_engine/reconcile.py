# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one way on which a module changes servers: read, plan, guard, prerequisites, apply, verify.

    read, plan      the Reader asks the planner until it has a plan
    guard           states, removals, clocks (`guards`); the result has the plan by then, also when it is refused
    prerequisites   the collection's folders are its own, the servers reach each other; here check mode ends
    apply           the steps of one connection after the other, each group one request: the reads of before must answer
                    the same, then its calls run up to the first error, then the server is read again
    verify          the planner is asked once more, or the verb's verifier: an action that is left is a failure

Two things begin anew: a plan whose calls have too many scopes for Windows (20130), with half as many at once; and a
broken run, by the next one, which a note leads to both servers. What was written before an error is in its text.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from .._model import scope_specs
from .._model.identity import Connection
from .._model.refusal import Refused
from .._model.render import differences
from .._model.texts import few
from .._planning import guards
from .._planning.plan import Plan
from .._planning.read_request import ReadRequest, Scopes
from .._planning.world import Planner, World
from .._windows import probes, server_replies
from .._windows.cmdlets import Operation
from .._windows.errors import RemoteError, RemoteFailure, error_ids
from .._windows.reply import Reply, Result
from .._windows.script_request import Remote
from . import calls, journal, needed_folders
from .calls import Call, Role, Step, Waiting
from .connection_reads import HERE, THERE, Reading
from .reader import Reader
from .verbose import tell

TOO_MANY = "DHCP 20130"
# what is still to be done after the plan was carried out: nothing, or it failed
Verifier = Callable[[Plan, World], Plan | ReadRequest]


class Reconciliation:
    """One task. `result` is what it has to show so far, also when it fails."""

    def __init__(
        self, reader: Reader, *, check_mode: bool, waiting: Waiting | None = None, limits: guards.Limits | None = None
    ) -> None:
        self.reader = reader
        self.check_mode = check_mode
        self.waiting = waiting or Waiting()
        self.limits = limits or guards.Limits()
        self.result: dict[str, Any] = {"changed": False}
        self.plan: Plan | None = None
        self._done: list[str] = []  # steps, and what they changed, in words

    def run(self, planner: Planner[Plan], verifier: Verifier | None = None) -> Plan:
        """Plans from what is there, applies it, and plans once more: a plan that is not empty then is a failure. Raises
        Refused and RemoteFailure."""
        try:
            plan = self.reader.know(planner)
        except RemoteError as error:
            raise self._failure(error) from error
        self.plan = plan
        steps = calls.steps(plan)
        here = self.reader.remotes[HERE]
        tell(here.hide(f"plan: {'; '.join(step.text for step in steps) or 'nothing to do'}"), here.host)
        self._show(plan, steps)  # also when it is refused
        self._guard(plan, steps)
        self._announce(plan)
        if self.check_mode or not (steps or plan.start.journal):
            return plan
        if not steps:
            self._forget_notes(plan)
            return plan
        self._apply(plan, steps)
        try:
            self._verify(plan, lambda world: verifier(plan, world) if verifier else planner(world))
        except RemoteFailure:
            self._remember()
            raise
        return plan

    # --- before the first write ----------------------------------------------------------------------------------

    def _guard(self, plan: Plan, steps: Sequence[Step]) -> None:
        guards.check(plan, self.limits)
        self._check_folders(steps)
        try:
            self._check_reached(steps)
        except RemoteError as error:
            raise self._failure(error) from error

    def _check_folders(self, steps: Sequence[Step]) -> None:
        """Raises RemoteFailure where somebody else made what the plan needs to be ours."""
        for connection, reading in self.reader.readings.items():
            mine = [step for step in steps if step.connection is connection]
            operations = [operation for step in mine for operation in (step.operation, *step.then)]
            if connection is HERE:
                operations += [journal.drop(name) for name in calls.notes(mine, reading.server)]
            if refusal := needed_folders.refusal(map(reading.answer, needed_folders.needed(operations))):
                raise RemoteFailure(
                    f"{RemoteError(refusal, reading.remote.host)} {self._so_far('Nothing was changed.')}"
                )

    def _check_reached(self, steps: Sequence[Step]) -> None:
        """Whether the servers reach each other. What the first call writes, it probes itself. Raises RemoteError."""
        unasked: dict[Connection, list[str]] = {}
        for number, (connection, group) in enumerate(calls.groups(steps)):
            if number or self.check_mode:
                partners = self._unasked(connection, group)
                unasked.setdefault(connection, []).extend(name for name in partners if name not in unasked[connection])
        for connection, partners in unasked.items():
            if partners:
                self._probe(connection, partners)

    def _unasked(self, connection: Connection, steps: Sequence[Step]) -> Sequence[str]:
        return [partner for partner in calls.partners(steps) if (connection, partner) not in self.reader.reached]

    def _probe(self, connection: Connection, partners: Sequence[str]) -> None:
        remote = self.reader.remotes[connection]
        asking = {partner: probes.probes(partner) for partner in partners}
        answers = iter(remote.read([*itertools.chain(*asking.values())]).before)
        for partner, reads in asking.items():
            said = list(itertools.islice(answers, len(reads)))
            probes.check(said, remote.host, partner, remote.goes_on())
            self.reader.reached.add((connection, partner))

    def _show(self, plan: Plan, steps: Sequence[Step]) -> None:
        """The plan as the task's result shows it."""
        self.result["plan"] = [step.public() for step in steps]
        self.result["removals"] = [removal.public() for removal in plan.removals]
        if plan.differences is not None:
            self.result["differences"] = [difference.public() for difference in plan.differences]

    def _announce(self, plan: Plan) -> None:
        before, after = plan.shown
        if plan.creates:
            after = {**after, "create_scopes": [scope_specs.options(spec) for spec in plan.creates]}
        header = plan.header or f"failover on {self.reader.here.name}"
        self.result["changed"] = bool(plan.actions)
        self.result["diff"] = {"before": before, "after": after, "before_header": header, "after_header": header}
        if plan.warnings:
            self.result["warnings"] = list(plan.warnings)

    # --- applying ------------------------------------------------------------------------------------------------

    def _apply(self, plan: Plan, steps: Sequence[Step]) -> None:
        """One remote call after the other; the reader knows then what each server shows after its call. Steps of more
        scopes than Windows takes at once (20130) go on in smaller ones. Raises RemoteFailure."""
        self.result["changed"] = False  # until something was written
        self.reader.settle()
        done: list[Step] = []
        touched: set[Connection] = set()
        left = list(steps)
        while left:
            connection, group = calls.groups(left)[0]
            if connection in touched:  # a fresh fingerprint
                again = server_replies.hop_among(self.reader.readings[connection].operations)
                self.reader.look(connection, again)
            touched.add(connection)
            too_many = self._write(connection, group, calls.written(done), plan.rereads)
            carried_out = group if too_many is None else group[: group.index(too_many)]
            done += carried_out
            left = left[len(carried_out) :]
            if too_many is not None:
                left = calls.smaller(left, plan, len(too_many.action.scopes) // 2)
        self.result["changed"] = True

    def _write(
        self, connection: Connection, steps: Sequence[Step], before: Collection[str], content: Scopes
    ) -> Step | None:
        """One remote call. Returns the step that has more scopes than Windows takes, with all before it carried out.
        Raises RemoteFailure."""
        reading = self.reader.readings[connection]
        unasked = self._unasked(connection, steps)
        run = calls.calls(steps, reading.server, self.waiting, unasked, before)
        if connection is HERE:
            run = calls.noted(run, calls.notes(steps, reading.server))
        rereads = (
            *server_replies.reads(),
            *server_replies.hop_among(reading.operations),
            *self.reader.content_operations(connection, content),
        )
        operations = [call.operation for call in run]
        tell(reading.remote.hide(f"runs {len(operations)} operations on {reading.server.name}"), reading.remote.host)
        reply = reading.remote.write(reading.guarded, reading.reply.fingerprint, operations, rereads)
        self.reader.reached.update((connection, partner) for partner in unasked)
        if reply.status == "changed_meanwhile":
            raise self._changed_meanwhile(reading, reply)
        self._note_copies(reading.remote, run, reply)
        step = calls.under_way(steps, run, reply.calls)
        done = [earlier.text for earlier in (steps if step is None else steps[: steps.index(step)])]
        self.result["changed"] = bool(done or self._done)
        try:
            self.reader.learn(connection, rereads, replace(reply, before=reply.after))
        except RemoteFailure as failure:
            raise RemoteFailure(
                f"Done: {few([*self._done, *done], between='; ') or 'nothing'}. Reading the server again failed: "
                f"{failure} Run again."
            ) from failure
        self._done += differences(reading.server, self.reader.readings[connection].server) or done
        self.result["changed"] = step is None or bool(self._done)
        if reply.status != "stopped":
            return None
        if step is not None and len(step.action.scopes) > 1 and TOO_MANY in error_ids(reply.calls[-1]):
            return step
        raise self._stopped(reading.remote, run[len(reply.calls) - 1], reply.calls[-1], step or steps[-1])

    def _stopped(self, remote: Remote, call: Call, answer: Result, step: Step) -> RemoteFailure:
        """The error of the call that stopped the others."""
        if call.role is Role.PROBE:
            return self._failure(probes.refusal(answer, remote.host, call.partner, remote.goes_on()))
        return self._failure(RemoteError(answer, remote.host, step.partner))

    def _changed_meanwhile(self, reading: Reading, reply: Reply) -> RemoteFailure:
        host, name = reading.remote.host, reading.server.name
        failed = [
            now
            for read, now in zip(reading.guarded, reply.before, strict=False)
            if now.errors and not reading.answer(read).errors
        ]
        if failed:
            return self._failure(RemoteError(failed[0], host))
        changes = differences(reading.server, server_replies.parse(reply.before, host, reply.offset))
        return RemoteFailure(
            f"{name} was changed by someone else between reading and writing, so nothing was written there: "
            f"{few(changes, between='; ') or 'a read answers differently'}. {self._so_far('Run again.')}"
        )

    def _note_copies(self, remote: Remote, run: Sequence[Call], reply: Reply) -> None:
        for call, result in zip(run, reply.calls, strict=False):
            if call.operation["op"] != "safety_copy" or call.step is None:
                continue
            for file in result.objects:
                scopes = call.operation["parameters"]["ScopeId"]
                copy = {"host": remote.host, "path": file.name("path"), "scopes": scopes}
                self.result.setdefault("safety_copies", []).append(copy)

    # --- notes of broken runs ------------------------------------------------------------------------------------

    def _forget_notes(self, plan: Plan) -> None:
        """An earlier run did not end, and both servers show all the same what is wanted. The note of a partner that was
        not looked at stays."""
        partners = [source for source in plan.start.known.values() if source in plan.start.views]
        if partners and len(partners) == len(plan.start.known):
            reading = self.reader.readings[HERE]
            seen = [view.server.identity for source, view in plan.start.views.items() if source is not HERE]
            drops = [
                journal.drop(name)
                for name, partner in plan.start.journal.items()
                if partner in plan.start.known or any(identity.is_called(partner) for identity in seen)
            ]
            reading.remote.write(reading.operations, reading.reply.fingerprint, drops)

    def _remember(self) -> None:
        """The servers do not show what was written: the next run has to look at both."""
        if notes := self.reader.asked_partners:
            keeps: list[Operation] = [journal.keep(note) for note in notes.items()]
            self.reader.remotes[HERE].write((), "", keeps)

    # --- words ---------------------------------------------------------------------------------------------------

    def _failure(self, error: RemoteError) -> RemoteFailure:
        """The error with what was written before it."""
        return RemoteFailure(f"{error} {self._so_far('Nothing was changed.', error)}")

    def _so_far(self, nothing: str, error: RemoteFailure | None = None) -> str:
        """What was written before the error. The next run completes it, but not while what was refused stays as it
        is."""
        if not self._done:
            return nothing
        completes = (
            "Running again completes it."
            if error is None or error.passes
            else "Once that is mended, running again completes it."
        )
        return f"Written before: {few(self._done, between='; ')}. {completes}"

    # --- verifying -----------------------------------------------------------------------------------------------

    def _verify(self, plan: Plan, verifier: Planner[Plan]) -> None:
        """What wrote last has just been read again, the others have not. Raises RemoteFailure."""
        last = calls.steps(plan)[-1].connection
        for connection, reading in list(self.reader.readings.items()):
            if connection is not last:
                content = self.reader.content_operations(connection, plan.rereads)
                self.reader.look(connection, [*server_replies.hop_among(reading.operations), *content])
        name = self.reader.here.name
        tell("plans once more, to verify what was written", self.reader.remotes[HERE].host)
        try:
            left = calls.steps(self.reader.know(verifier))
        except Refused as refused:
            raise RemoteFailure(
                f"Everything was written, but {name} does not show what was asked for: {refused}"
            ) from None
        if left:
            words = few((step.text for step in left), between="; ")
            raise RemoteFailure(f"Everything was written, but {name} still needs: {words}. Run again.")
        if THERE in self.reader.readings:
            self._verify_partner(plan)

    def _verify_partner(self, plan: Plan) -> None:
        """How each setting travels to the partner is only likely, so it is looked at there."""
        after, there = self.reader.here, self.reader.readings[THERE].server
        written = {action.name for action in plan.actions} - self.reader.elsewhere
        for relationship in after.relationships:
            missing = guards.differs_at_partner(relationship, there) if relationship.name in written else []
            if missing:
                raise RemoteFailure(
                    f"Everything was written on {after.name}, but its partner {there.name} does not show of "
                    f"'{relationship.name}': {few(missing, between='; ')}. Look at the state of both servers and run "
                    "again; a setting that did not travel has to be set by running the task on the partner."
                )
