# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read, plan, guard, (check mode stops here), apply, verify: the one way on which a module changes servers."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._model import scope_specs
from .._model.refusal import Refused
from .._model.render import differences
from .._model.server import Server
from .._model.texts import few
from .._planning import guards
from .._windows import cmdlets, secret_record, server_reads
from .._windows.client import Remote
from .._windows.cmdlets import Operation
from .._windows.errors import RemoteError, RemoteFailure, TooManyAtOnce
from .._windows.reply import Reply, Result
from . import batch, journal, own_folders, pending, prerequisites
from .prerequisites import NOBODY, Coming
from .reader import Gathering, Planner, Seen
from .sides import Connection, Side, Sides
from .steps import Plan, Step

TOO_MANY = "DHCP 20130"


class Convergence(Gathering):
    """One task. `result` is what it has to show so far, also when it fails."""

    def __init__(
        self,
        here: Remote,
        partner: Remote | None = None,
        *,
        check_mode: bool = False,
        facts: pending.Facts | None = None,
        waiting: batch.Waiting | None = None,
        limits: guards.Limits | None = None,
    ) -> None:
        super().__init__(here, partner, check_mode=check_mode, facts=facts)
        self.waiting = waiting or batch.Waiting()
        self.limits = limits or guards.Limits()
        self.result: dict[str, Any] = {"changed": False}
        self._done: list[str] = []  # steps, and what they changed, in words

    def run(self, planner: Planner, verifier: Planner | None = None) -> tuple[Plan, Server]:
        """Plans from what is there, applies it, and plans once more: a plan that is not empty then is a failure."""
        try:
            plan, sides = self.plan(planner)
        except RemoteError as error:
            raise self._failure(error) from error
        self._show(plan)  # also when it is refused
        self.guard(plan, sides)
        here = self.seen["this_server"].server
        self.announce(plan, f"failover on {here.name}")
        if self.check_mode or not (plan.steps or sides.unfinished):
            return plan, here
        if not plan.steps:
            if sides.partners and all(isinstance(side, Side) for side in sides.partners.values()):
                self._forget(sides)
            return plan, here
        try:
            self.carry_out(plan)
        except TooManyAtOnce:
            self.at_once = self.at_once // 2
            self.seen.clear()
            return self.run(planner, verifier)
        try:
            return plan, self._verify(plan, sides, verifier or planner)
        except RemoteFailure:
            self._remember()
            raise

    def guard(self, plan: Plan, sides: Sides) -> None:
        """Before the first write. Reads the server of partner_host when something is to be done, unless that is known
        to be gone."""
        gone = any(isinstance(side, RemoteFailure) for side in sides.partners.values())
        if plan.steps and "partner" in self.remotes and "partner" not in self.seen and not gone:
            self.look("partner")
        here = self.seen["this_server"].server
        others = [_shared(side) for side in sides.partners.values() if isinstance(side, Side)]
        for server in (here, *others):
            guards.check(plan, server, self.limits.allow_state)
        guards.check_removals(plan, self.limits)
        if plan.steps and "partner" in self.seen:
            guards.check_partner(
                plan, here, self.seen["partner"].server, self.limits.allow_clock_skew, self._elsewhere()
            )
        self.check_folders(plan)
        if sides.here.content:
            self.requirements.used.append(sides.here.content)
        coming = prerequisites.coming(plan, here)
        self.prerequisites(plan, coming)
        for partner, scopes in coming.items():
            side = sides.partners.get(partner)
            self.requirements.check(partner, side.name if isinstance(side, Side) else partner, scopes)

    def prerequisites(self, plan: Plan, coming: Coming = NOBODY) -> None:
        """Before the first write, and in check mode: whether the servers reach each other, and what `coming` scopes
        need there.

        What the first call writes, it probes itself, unless something else has to be asked.
        """
        here = self.remotes["this_server"]
        unknown = self.requirements.unknown(scope for scopes in coming.values() for scope in scopes)
        untold = [partner for partner in coming if partner not in self.requirements.levels]
        far = [partner for partner in untold if self._over_hop(self.needs.get(partner))]
        more = [*([cmdlets.uses(unknown)] if unknown else []), *itertools.chain(*map(prerequisites.level_reads, far))]
        reached = dict(prerequisites.reached(plan, self.asked, all_of_it=self.check_mode or bool(more)))
        mine = reached.pop("this_server", ())
        try:
            if mine or more:
                answers = self._ask("this_server", mine, more)
                for partner in far:
                    self.know_level(partner, answers, here, partner)
                if unknown:
                    self.requirements.used.append(server_reads.used(answers, here.host))
            for connection, partners in reached.items():
                self._ask(connection, partners)
            for partner in [one for one in untold if one not in far]:
                remote = self.remotes["partner"]
                self.know_level(partner, remote.read(prerequisites.level_reads()).before, remote, None)
        except RemoteError as error:
            raise self._failure(error) from error

    def _ask(self, connection: Connection, partners: Sequence[str], more: Sequence[Operation] = ()) -> Sequence[Result]:
        """The answers to `more`. Raises RemoteFailure for a partner that is not reached."""
        asking = {partner: prerequisites.probes(partner) for partner in partners}
        answers = iter(self.remotes[connection].read([*itertools.chain(*asking.values()), *more]).before)
        self.check_reached(
            connection, {partner: list(itertools.islice(answers, len(reads))) for partner, reads in asking.items()}
        )
        return list(answers)

    def check_folders(self, plan: Plan) -> None:
        """Before the first write, and in check mode. Raises RemoteFailure where somebody else made what the plan needs
        to be ours."""
        for connection, seen in self.seen.items():
            steps = [step for step in plan.steps if step.connection == connection]
            looks = own_folders.needed(steps, seen.server, notes=connection == "this_server")
            if refusal := own_folders.refusal([seen.answer(look) for look in looks]):
                raise RemoteFailure(f"{RemoteError(refusal, seen.remote.host)} {self._so_far('Nothing was changed.')}")

    def check_reached(self, connection: Connection, answers: Mapping[str, Sequence[Result]]) -> None:
        """Raises RemoteFailure for a partner whose answers to the probes say that the server does not reach it, or has
        no rights there."""
        try:
            for partner, said in answers.items():
                self.reached(connection, partner, said)
        except RemoteError as error:
            raise self._failure(error) from error

    def _elsewhere(self) -> frozenset[str]:
        """Relationships whose partner may be another server than the one of partner_host."""
        return frozenset(needed.relationship for needed in self.needs.values() if needed.elsewhere)

    def announce(self, plan: Plan, header: str) -> None:
        """The plan as the task's result shows it: the whole one, where it had to be made anew for smaller calls."""
        if "diff" in self.result:
            return
        self._show(plan)
        self.result["changed"] = bool(plan.steps)
        self.result["diff"] = {
            "before": plan.before,
            "after": plan.after,
            "before_header": header,
            "after_header": header,
        }
        if plan.creates:
            self.result["diff"]["after"] = {
                **plan.after,
                "create_scopes": [scope_specs.options(one) for one in plan.creates],
            }
        if plan.warnings:
            self.result["warnings"] = list(plan.warnings)

    def _show(self, plan: Plan) -> None:
        if "plan" not in self.result:
            self.result.update(
                plan=[step.public() for step in plan.steps], removals=[one.public() for one in plan.removals]
            )

    def carry_out(self, plan: Plan, again: Sequence[Operation] = ()) -> None:
        """Runs the plan, one remote call after the other; `seen` is what each server shows after its call. Raises
        RemoteFailure."""
        self.result["changed"] = False  # until something was written
        done: list[tuple[Connection, Sequence[Step]]] = []
        for connection, steps in batch.groups(plan):
            if connection in [one for one, _steps in done]:
                self.look(connection)
            self._write(connection, steps, again, batch.touched(step for _one, earlier in done for step in earlier))
            done.append((connection, steps))
        self.result["changed"] = True

    def _write(
        self, connection: Connection, steps: Sequence[Step], again: Sequence[Operation], written: Collection[str]
    ) -> None:
        seen = self.seen[connection]
        host = seen.remote.host
        unasked = [partner for partner in batch.partners(steps) if (connection, partner) not in self.asked]
        probes = [probe for partner in unasked for probe in prerequisites.probes(partner)]
        calls = batch.operations(steps, seen.server, self.waiting, probes, written)
        if connection == "this_server":
            calls = journal.noted(steps, seen.server, calls)
        rereads = (*server_reads.reads(), *server_reads.hop_among(seen.reads), *again)
        reply = seen.remote.write(seen.guarded, seen.reply.fingerprint, calls, rereads)
        self.asked.update((connection, partner) for partner in unasked)
        if reply.status == "changed_meanwhile":
            failed = [
                now for was, now in zip(seen.reply.before, reply.before, strict=False) if now.errors and not was.errors
            ]
            if failed:
                error = RemoteError(failed[0], host)
                raise self._failure(error)
            changes = differences(seen.server, server_reads.parse(reply.before, host, reply.offset))
            raise RemoteFailure(
                f"{seen.server.name} was changed by someone else between reading and writing, so nothing was written "
                "there: "
                f"{few(changes, between='; ') or 'a read answers differently'}. {self._so_far('Run again.')}"
            )
        self._note_copies(seen.remote, calls, reply)
        step = batch.under_way(steps, calls, reply.calls)
        done = [one.text for one in batch.done(steps, step)]
        self.result["changed"] = bool(done or self._done)
        try:
            after = server_reads.parse(reply.after, host, reply.offset)
        except RemoteFailure as failure:
            raise RemoteFailure(
                f"Done: {few([*self._done, *done], between='; ') or 'nothing'}. Reading the server again failed: "
                f"{failure} Run again."
            ) from failure
        self.seen[connection] = Seen(seen.remote, rereads, replace(reply, before=reply.after), after)
        self._done += differences(seen.server, after) or done
        self.result["changed"] = step is None or bool(self._done)
        if reply.status == "stopped":
            last = reply.calls[-1]
            if len(reply.calls) <= len(probes):
                error = prerequisites.refusal(last, host, unasked[(len(reply.calls) - 1) // 2], seen.remote.goes_on())
            else:
                error = RemoteError(last, host, step.partner if step else steps[-1].partner)
            if TOO_MANY in error.ids and self.at_once > 1:
                raise TooManyAtOnce
            raise self._failure(error)

    def _forget(self, sides: Sides) -> None:
        """An earlier run did not end, and both servers show all the same what is wanted."""
        seen = self.seen["this_server"]
        seen.remote.write(seen.reads, seen.reply.fingerprint, [journal.drop(name) for name in sides.unfinished])

    def _remember(self) -> None:
        """The servers do not show what was written: the next run has to look at both."""
        seen = self.seen["this_server"]
        notes = {
            needed.relationship: needed.key for needed in self.needs.values() if needed.relationship and needed.key
        }
        if notes:
            seen.remote.write((), "", [journal.keep(note) for note in notes.items()])

    def _failure(self, error: RemoteError) -> RemoteFailure:
        """The error with what was written before it."""
        return RemoteFailure(f"{error} {self._so_far('Nothing was changed.', error)}")

    def _so_far(self, nothing: str, error: RemoteFailure | None = None) -> str:
        """What was written before the error. The next run completes it, but not while what was refused stays as it
        is."""
        if not self._done:
            return nothing
        then = (
            "Running again completes it."
            if error is None or error.passes
            else "Once that is mended, running again completes it."
        )
        return f"Written before: {few(self._done, between='; ')}. {then}"

    def _note_copies(self, remote: Remote, calls: Sequence[Operation], reply: Reply) -> None:
        for call, result in zip(calls, reply.calls, strict=False):
            for one in result.objects if call["op"] == "safety_copy" else ():
                copy = {"host": remote.host, "path": one.name("path"), "scopes": call["parameters"]["ScopeId"]}
                self.result.setdefault("safety_copies", []).append(copy)

    # --- verifying -------------------------------------------------------------------------------------------------

    def _verify(self, plan: Plan, sides: Sides, verifier: Planner) -> Server:
        name = sides.here.name
        try:
            left = self.planned(verifier, self._afterwards(plan, sides))[0].steps
        except Refused as refused:
            raise RemoteFailure(
                f"Everything was written, but {name} does not show what was asked for: {refused}"
            ) from None
        if left:
            told = few((step.text for step in left), between="; ")
            raise RemoteFailure(f"Everything was written, but {name} still needs: {told}. Run again.")
        if "partner" in self.seen:
            self._verify_partner(plan, self.seen["this_server"].server, self.seen["partner"].server)
        return self.seen["this_server"].server

    def _afterwards(self, plan: Plan, sides: Sides) -> Sides:
        """Every side that was looked at, as it is now: what wrote last has just been read again, the others have
        not."""
        last = plan.steps[-1].connection
        for connection in self.seen:
            if connection != last:
                self.look(connection, also=server_reads.hop_among(self.seen[connection].reads))
        partners: dict[str, Side | RemoteFailure] = {}
        seen = self.seen["this_server"]
        for key, side in sides.partners.items():
            if isinstance(side, Side) and side.computer:
                partners[key] = replace(
                    side, server=server_reads.hop(seen.reply.before, seen.remote.host, side.computer)
                )
            elif isinstance(
                side, Side
            ):  # found under no name as well, since a relationship that is gone names no partner
                partners[key] = partners[""] = replace(side, server=self.seen["partner"].server)
            else:
                partners[key] = side
        here = replace(sides.here, server=replace(seen.server, resolved=dict(self.resolved)))
        noted = {needed.relationship: needed.key for needed in self.needs.values() if needed.key}
        kept = secret_record.SecretRecord()  # what a step dropped is gone
        return replace(sides, here=here, partners=partners, unfinished={**noted, **sides.unfinished}, kept=kept)

    def _verify_partner(self, plan: Plan, after: Server, there: Server) -> None:
        """How each setting travels to the partner is not known (L), so it is looked at there."""
        for relationship in after.relationships:
            touched = relationship.name in plan.touched() and relationship.name not in self._elsewhere()
            if touched and (missing := guards.differs_at_partner(relationship, there)):
                told = few(missing, between="; ")
                raise RemoteFailure(
                    f"Everything was written on {after.name}, but its partner {there.name} does not show of "
                    f"'{relationship.name}': "
                    f"{told}. Look at the state of both servers and run again; a setting that did not travel has to be "
                    "set by running the task on the partner."
                )


def _shared(side: Side) -> Server:
    """The server with those of its relationships that it has with the other one."""
    opposite = side.opposite
    shared = (one for one in side.server.relationships if opposite is None or one.partner.is_same(opposite.identity))
    return replace(side.server, relationships=tuple(shared))
