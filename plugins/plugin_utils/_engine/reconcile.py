# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one way on which a module changes servers: read, plan, guard, prerequisites, claim, look, act or undo, verify.

    read, plan      the Reader asks the planner until it has a plan
    agreed          where somebody has agreed to a plan, this one has to be it (`agreed_plan`), each time it is made
    guard           states, removals, clocks (`guards`); the result has the plan by then, also when it is refused
    prerequisites   the collection's folders are its own, the servers reach each other; here check mode ends
    claim           the copies that are to go are put out of service (`claims` tells why)
    look            both servers are read and planned for again: what is left has to be what was planned. If not: undo
    act             the steps of one connection after the other, each group one request: the reads of before must answer
                    the same, then its calls run up to the first error, then the server is read again
    verify          both servers are looked at once more, and the planner is asked, or the verb's verifier: an action
                    that is left is a failure

Whoever was overtaken by another run plans anew, after a pause of random length, until wait_timeout is over. What a
broken run left is gone on with by the next one, which a note leads to both servers.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from .._model import scope_specs
from .._model.identity import Connection, Source, is_own_of_partner
from .._model.note import Note
from .._model.refusal import NotServing, NotYet, Refused, TaskFailure
from .._model.removal_list import becomes_of_copy
from .._model.server import Server
from .._model.texts import few, in_sight
from .._planning import action_table, agreed_plan, broken_runs, claims, guards
from .._planning.actions import Action, Kind
from .._planning.agreed_plan import AgreedPlan
from .._planning.leaving import is_half_done
from .._planning.plan import Departure, Plan
from .._planning.read_request import ReadRequest
from .._planning.world import Planner, World
from .._windows.errors import NotVerified, RemoteFailure
from . import calls, journal, prerequisites, undoing
from .calls import Step, Waiting
from .connection_reads import HERE
from .reader import Reader
from .verbose import tell, tell_waiting
from .writing import GAP, Overtaken, Writing

# what is still to be done after the plan was carried out: nothing, or it failed
Verifier = Callable[[Plan, World], Plan | ReadRequest]

PAUSE, LONGEST_PAUSE = 1.0, 15.0  # seconds before planning anew: twice as long each time
LONG = 5.0  # seconds after which a task says why it waits
MIDDLE = 10.0  # seconds in which a run that is in the middle of a request ends it
SECOND_LOOK = 5.0  # seconds for a refusal that another run may be the reason of
sleep = time.sleep


class Reconciliation:
    """One task. `result` is what it has to show so far, also when it fails."""

    def __init__(
        self,
        reader: Reader,
        *,
        check_mode: bool,
        waiting: Waiting | None = None,
        limits: guards.Limits | None = None,
        agreed: AgreedPlan | None = None,
    ) -> None:
        self.reader = reader
        self.agreed = agreed
        self.check_mode = check_mode
        self.waiting = waiting or Waiting()
        self.limits = limits or guards.Limits()
        self.result: dict[str, Any] = {"changed": False}
        self.plan: Plan | None = None
        self.writing = Writing(reader, self.waiting, self.result)
        self._departures: dict[tuple[IPv4Address, Source], Departure] = {}
        self._carried_out: list[Step] = []  # of plans before the last one
        self._begun: Sequence[Action] = ()  # of the plan that was agreed to, once it is carried out

    def run(self, planner: Planner[Plan], verifier: Verifier | None = None) -> Plan:
        """Plans from what is there, applies it, and plans once more: a plan that is not empty then is a failure. Raises
        Refused and RemoteFailure."""
        try:
            return self._run(planner, verifier)
        except TaskFailure as failure:
            self._settle()
            if not isinstance(failure, NotVerified):
                failure.written = self.writing.told(failure.passes)
            raise

    def _run(self, planner: Planner[Plan], verifier: Verifier | None) -> Plan:
        waited, before = 0.0, ""
        for attempt in itertools.count():
            try:
                return self._attempt(planner, verifier)
            except (Overtaken, NotServing, NotYet) as late:
                pause = random.uniform(0.5, 1) * min(PAUSE * 2**attempt, LONGEST_PAUSE)  # noqa: S311 # no secret
                waited += pause
                if waited > self._patience(late, before):
                    raise
                tell(self.reader.remotes[HERE], f"plans anew in {pause:.1f} s: {late}")
                if waited >= LONG > waited - pause:
                    tell_waiting(self.reader.remotes[HERE], str(late))
                before = str(late)
                sleep(pause)
                self.begin_anew()
        raise AssertionError("the attempts end by a plan or an error")

    def begin_anew(self, without: Collection[IPv4Address] = ()) -> None:
        """For another plan, after one that did not come to its end. `without`: scopes that are left to the next run."""
        self._departures = {key: each for key, each in self._departures.items() if each.scope not in without}
        self._carried_out += self.writing.steps
        self.writing = Writing(self.reader, self.waiting, self.result, self.writing.done)
        self.reader.begin_anew()

    def _patience(self, late: Overtaken | NotServing | NotYet, before: str) -> float:
        """Seconds for planning anew; none where the same error came twice, or nothing is to be waited for."""
        if not self.waiting.timeout:
            return 0
        if isinstance(late, Overtaken):
            return 0 if not late.sure and str(late) == before else max(self.waiting.timeout, late.patience)
        if self.check_mode:
            return 0
        return self.waiting.timeout if isinstance(late, NotYet) else SECOND_LOOK

    def _attempt(self, planner: Planner[Plan], verifier: Verifier | None) -> Plan:
        plan = self._planned(planner)
        self.plan = plan
        steps = calls.steps(plan)
        tell(self.reader.remotes[HERE], f"plan: {'; '.join(step.text for step in steps) or 'nothing to do'}")
        self._show(plan, steps)  # also when it is refused
        self._check_agreed(plan, steps)
        self._guard(plan, steps)
        self._announce(plan)
        if self.check_mode or not (steps or plan.start.journal or self._departures):
            return plan
        if steps:
            self._apply(plan, steps, planner)
        else:
            self._forget_notes(plan)
        last = steps[-1].connection if steps else HERE
        try:
            self._verify(plan, last, lambda world: verifier(plan, world) if verifier else planner(world))
        except RemoteFailure:
            self.writing.remember()
            raise
        return plan

    @property
    def has_written(self) -> bool:
        """Whether a plan of the task has changed something, or may have."""
        return self.writing.has_written

    @property
    def steps(self) -> Sequence[Step]:
        """Those of the task: of its last plan, and what was carried out of the ones before."""
        return (*self._carried_out, *(calls.steps(self.plan) if self.plan else ()))

    # --- before the first write ----------------------------------------------------------------------------------

    def _planned(self, planner: Planner[Plan]) -> Plan:
        """Raises Overtaken where another run may be at work on the same."""
        try:
            plan = self.reader.know(planner)
        except Refused as refused:
            if at_work := self.reader.world().at_work:
                raise self._busy(at_work[0], str(refused)) from refused
            raise
        if concerned := _concerned(plan):
            raise self._busy(concerned[0])
        return plan

    def _busy(self, note: Note, refusal: str = "") -> Overtaken:
        since = f" since {note.since:%Y-%m-%d %H:%M:%S} (UTC)" if note.since else ""
        return Overtaken(
            f"{note.who or 'Another run'} is writing to '{note.relationship}'{since}, and has to end first. "
            f"{refusal}".rstrip(),
            patience=2 * GAP,
        )

    def _check_agreed(self, plan: Plan, steps: Sequence[Step]) -> None:
        """A plan that was agreed to is carried out as a whole: what is planned anew before a write has to be all of it,
        and after one no more than is left. Raises Refused."""
        if self.agreed is None or not steps:
            return
        hide = self.reader.remotes[HERE].hide
        shown = {"plan": [step.public() for step in steps], "removals": [each.public() for each in plan.removals]}
        now = agreed_plan.of_result(shown, lambda text: in_sight(hide(text)))
        if self.writing.done:
            views, beyond = plan.start.views, claims.beyond(plan.actions, self._begun)
            more = [f"new: {views[one.where].runs_on}: {action_table.words(one, plan.start)}" for one in beyond]
            more += self.agreed.lost_beyond(now)
        else:
            more = self.agreed.otherwise(now)
            self._begun = plan.actions
        if more:
            raise agreed_plan.refusal(more)

    def _guard(self, plan: Plan, steps: Sequence[Step]) -> None:
        guards.check(plan, self.limits)
        prerequisites.check_folders(self.reader, steps)
        prerequisites.check_reached(self.reader, steps, check_mode=self.check_mode)

    def _show(self, plan: Plan, steps: Sequence[Step]) -> None:
        """The plan as the task's result shows it."""
        self.result["plan"] = [step.public() for step in (*self._carried_out, *steps)]
        self.result["removals"] = [removal.public() for removal in plan.removals]
        if plan.differences is not None:
            self.result["differences"] = [difference.public() for difference in plan.differences]

    def _announce(self, plan: Plan) -> None:
        before, after = plan.shown
        if plan.creates:
            after = {**after, "create_scopes": [scope_specs.options(spec) for spec in plan.creates]}
        if plan.removals:
            after = {**after, "removals": [becomes_of_copy(removal.public()) for removal in plan.removals]}
        header = plan.header or f"failover on {self.reader.here.name}"
        self.result["changed"] = bool(plan.actions or self.writing.done)
        self.result["diff"] = {"before": before, "after": after, "before_header": header, "after_header": header}
        if plan.warnings:
            self.result["warnings"] = list(plan.warnings)

    # --- claim, look, act or undo --------------------------------------------------------------------------------

    def _apply(self, plan: Plan, steps: Sequence[Step], planner: Planner[Plan]) -> None:
        self.result["changed"] = bool(self.writing.done)  # until something is written
        self._departures.update({(each.scope, each.loser): each for each in plan.departures})
        first, rest = calls.parted(steps)
        self.writing.begin(plan, steps)
        own = any(map(is_own_of_partner, plan.start.views))
        if is_half_done(plan):
            tell(self.reader.remotes[HERE], f"waits {MIDDLE:g} s: a run on the partner may be in the middle of it")
            sleep(MIDDLE)  # the first request finds it out
        try:
            going = tuple(sorted({each.scope for each in plan.departures}))
            if first:
                self.writing.carry_out(plan, first, content=going, last=False)
            if own and not first and calls.takes_apart(rest):
                self.writing.wait_for_others()
                self.writing.look_again(HERE, going)
                self._look(plan, rest, planner)
            elif first or (own and going and calls.takes_out(rest)):  # no fingerprint spans two connections
                self.writing.look_again(first[-1].connection if first else None, going)
                self._look(plan, rest, planner)
            self._departures.update({(each.scope, each.loser): replace(each, acted=True) for each in plan.departures})
            self.reader.settle()  # not before the look, which is for the same plan: secrets are kept yet
            self.writing.carry_out(plan, rest)
        except TaskFailure:
            undoing.undo(self.reader, self.writing, plan, planner, sleep)
            raise
        self.result["changed"] = True

    def _look(self, plan: Plan, rest: Sequence[Step], planner: Planner[Plan]) -> None:
        """Raises Overtaken where something else than the rest of the plan is to be done by now."""
        try:
            now = self.reader.know(planner)
            guards.check(now, self.limits)
        except Refused as refused:
            raise Overtaken(str(refused)) from refused
        if not claims.is_looked_at(plan, [step.action for step in rest], now):
            raise Overtaken(
                f"While the scopes were being taken out, {self.reader.here.name} or its partner was changed by another "
                "task or a person."
            )

    # --- verifying -----------------------------------------------------------------------------------------------

    def _verify(self, plan: Plan, last: Connection, verifier: Planner[Plan]) -> None:
        """Raises RemoteFailure."""
        try:
            self.writing.look_again(last, plan.rereads)
        except RemoteFailure as failure:
            raise _not_seen(str(failure)) from failure
        name = self.reader.here.name
        tell(self.reader.remotes[HERE], "plans once more, to verify what was written")
        self._last_look(plan)
        try:
            left = calls.steps(self.reader.know(verifier))
        except (NotYet, NotVerified):
            raise
        except RemoteFailure as failure:
            raise _not_seen(str(failure)) from failure
        except Refused as refused:
            raise NotVerified(
                f"Everything was written, but {name} does not show what was asked for: {refused}"
            ) from None
        if not left or any(step.connection is HERE and step.action.kind is Kind.MODIFY for step in left):
            self._verify_sent(plan)
        if left:
            words = few((step.text for step in left), between="; ")
            names = few(dict.fromkeys(self.reader.readings[step.connection].server.name for step in left))
            raise NotVerified(f"Everything was written, but {names} still needs: {words}. Run again.")
        for connection, reading in self.reader.readings.items():
            if is_own_of_partner(connection):
                self._verify_partner(plan, reading.server)

    def _last_look(self, plan: Plan) -> None:
        """Whether the copies that were to go are out of service and the kept ones serve, which another run may have
        changed since the first look; once it is set right. Raises RemoteFailure."""
        departures = [*self._departures.values(), *claims.joined_meanwhile(plan, self.reader.world())]
        for attempt in range(2):
            try:
                look = self.reader.know(lambda world: claims.last_look(departures, world, plan.actions))
            except RemoteFailure as failure:
                raise _not_seen(str(failure)) from failure
            steps = calls.steps(look.plan)
            words = [*look.wrong, *(f"still needed: {step.text}" for step in steps)]
            if look.wrong or (steps and attempt):
                wrong = RemoteFailure(
                    f"Another task or a person was at work on the same scopes: {'; '.join(words)}. Look at both "
                    "servers: one of them has to serve the scope, or both in one relationship."
                )
                wrong.passes = False
                raise wrong
            if look.unseen:
                raise _not_seen(" ".join(look.unseen))
            if not steps:
                return
            self.writing.carry_out(look.plan, steps)
            self.writing.look_again(steps[-1].connection, ())

    def _settle(self) -> None:
        """The task fails, and an earlier plan of it has begun to take scopes apart: what another run has put back
        beside the kept copies since then goes out of service again, as far as the servers can be reached."""
        acted = [each for each in self._departures.values() if each.acted]
        if not acted:
            return
        try:
            self.writing.look_again()
            plan = self.reader.know(lambda world: claims.last_look(acted, world)).plan
            self.writing.carry_out(plan, calls.steps(plan), last=False)  # the notes stay
        except TaskFailure as failure:
            tell(self.reader.remotes[HERE], f"could not look at what is left: {failure}")

    def _verify_sent(self, plan: Plan) -> None:
        """What was sent to a partner, also over the hop, as far as it was looked at there."""
        world = self.reader.world()
        for action in plan.actions:
            there = world.partner(action.name)
            if there is not None and (missing := guards.not_arrived(action, world)):
                raise self._not_travelled(there.name, action.name, missing)

    def _verify_partner(self, plan: Plan, there: Server) -> None:
        """How each setting travels to the partner is only likely, so it is looked at there."""
        after = self.reader.here
        written = {action.name for action in plan.actions}
        for relationship in after.relationships:
            if not self.reader.is_partner(there, relationship):
                continue
            before = guards.differed_at_partner(relationship.name, plan.start)
            fields = guards.differs_at_partner(relationship, there) if relationship.name in written else {}
            missing = [words for name, words in fields.items() if name not in before]
            if missing:
                raise self._not_travelled(there.name, relationship.name, missing)

    def _not_travelled(self, there: str, name: str, missing: Sequence[str]) -> NotVerified:
        return NotVerified(
            f"Everything was written on {self.reader.here.name}, but its partner {there} does not show of '{name}': "
            f"{few(missing, between='; ')}. Look at the state of both servers and run again; a setting that did not "
            "travel has to be set by a task on the partner that declares it."
        )

    # --- notes of broken runs ------------------------------------------------------------------------------------

    def _forget_notes(self, plan: Plan) -> None:
        """An earlier run did not end, and both servers show all the same what is wanted. The note of a partner that was
        not looked at stays."""
        partners = [source for source in plan.start.known.values() if source in plan.start.views]
        if partners and len(partners) == len(plan.start.known):
            reading = self.reader.readings[HERE]
            drops = [journal.drop(note) for note in plan.start.journal if broken_runs.is_settled(note, plan.end)]
            if drops:
                reading.remote.write(reading.operations, reading.reply.fingerprint, drops)


def _not_seen(why: str) -> NotVerified:
    """The last look at what was written failed."""
    return NotVerified(f"Everything was written, and could not be looked at again: {why} Run again.")


def _concerned(plan: Plan) -> list[Note]:
    """The notes of runs that may be at work on what the plan is about."""
    names = {spec.name for spec in plan.desired} | {action.name for action in plan.actions}
    scopes = {
        *broken_runs.About.all_of(plan.desired).scopes,
        *(scope for action in plan.actions for scope in action.scopes),
    }
    return [note for note in plan.start.at_work if note.relationship in names or scopes & {*note.scopes}]
