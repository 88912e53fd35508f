# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan -> the operations of its remote calls: probe the partner, wait for the state, note it, write, wait again, and
then what follows. Pure.

A *step* is an action with all that running it takes; a *call* is one operation of a request, and its role says what it
is for. Neighbours on one connection are one request (a group), as far as it can be sent at once; the script stops it
after the first call that had an error. So the order of the calls is what keeps a request safe:

    probe      partners of which it is not known yet whether they answer and let us in
    for step   before each write: the wait for Normal, the proofs of its kind, the note of its relationship
    step       its writes
    after      the last wait for Normal, what is true only now (the record of a secret), and the note goes
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from .._model.failover_states import NORMAL, PASSING, PASSING_AFTER_A_WRITE
from .._model.identity import Connection
from .._model.note import Note
from .._model.server import Server
from .._planning import action_table, claims
from .._planning.action_table import KINDS, AtOnce, Row
from .._planning.actions import Action, Kind, Membership, Stage, chunks
from .._planning.plan import Plan
from .._planning.world import World
from .._windows import cmdlets, probes
from .._windows.cmdlets import Operation
from .._windows.reply import Result
from .._windows.script_request import REQUEST_LIMIT
from . import journal

# seconds; two servers that lost contact over a change of secret connect again after a minute (MS-DHCPF 3.1.2.2)
GRACE = 90
# of what steps write in one request; waits, notes and what is read before and after them have the other half
MOST_BYTES = REQUEST_LIMIT // 2


@dataclass(frozen=True)
class Waiting:
    """How long to wait for Normal (seconds, for each wait), whether to at the end, and what else is allowed.

    `grace`: how long, after a write, a state may last that is refused before one.
    """

    timeout: int = 180
    at_end: bool = True
    allow_state: tuple[str, ...] = ()
    grace: int = GRACE


@dataclass(frozen=True)
class Step:
    """An action as it is run. `server` runs it, over `connection`; `partner`: the server that it reaches from there
    ("": none). `pair`: the other one of the two that it is about, as this server calls it ("": none). `operations`: its
    writes, in order."""

    action: Action
    server: str
    text: str
    operations: tuple[Operation, ...]
    partner: str
    pair: str
    connection: Connection
    then: tuple[Operation, ...] = ()

    @property
    def relationship(self) -> str:
        """The one that it is about ("": none)."""
        return self.action.name

    @property
    def row(self) -> Row:
        """What its kind means."""
        return KINDS[self.action.kind]

    @property
    def proofs(self) -> tuple[Operation, ...]:
        """The reads of the task's own server that have to succeed before it."""
        return self.row.proofs(self.action)

    @cached_property
    def size(self) -> int:
        """Bytes of a request, about."""
        return sum(len(json.dumps(operation, default=str)) for operation in (*self.operations, *self.then))

    @property
    def is_written(self) -> bool:
        """Whether the relationship is written to, and stays."""
        return not self.row.ends and not self.row.alone

    @property
    def is_taken_back(self) -> bool:
        """Whether nothing of it is left when the claims are undone."""
        return self.action.stage is Stage.CLAIM and self.action.kind in (Kind.SAVE, Kind.SERVE_OFF)

    def public(self) -> Mapping[str, str]:
        """As the result shows it."""
        return {"server": self.server, "step": self.text}


def steps(plan: Plan) -> tuple[Step, ...]:
    """The plan's actions, with what runs for each."""
    return tuple(_step(action, plan) for action in plan.actions)


def _step(action: Action, plan: Plan) -> Step:
    where = plan.start.views[action.where]
    return Step(
        action,
        where.name if action.kind is Kind.REPLICATE else where.runs_on,
        action_table.words(action, plan.start),
        action_table.operations(action, plan.start),
        action.partner if KINDS[action.kind].reaches_partner else where.computer or "",
        _pair(action, plan.start),
        where.source if isinstance(where.source, Connection) else Connection.THIS_SERVER,
        KINDS[action.kind].then(action, plan.start),
    )


def _pair(action: Action, start: World) -> str:
    """Whom an action is about beside this server. That may be another server than the partner that the relationship of
    this name has now; what it leaves to a former partner at last is noted with what left that."""
    here, current = Connection.THIS_SERVER, start.here.half(action.name)
    if isinstance(action.detail, Membership):
        return current.relationship.partner_server if current is not None else ""
    source = action.other if action.where == here else action.where
    if current is not None and (source is None or start.is_with(action.name, start.views[source])):
        return current.relationship.partner_server
    return action.partner if source is None else start.called(source)


def smaller(steps: Iterable[Step], plan: Plan, most: int) -> list[Step]:
    """The same, with at most so many scopes in one call."""
    found: list[Step] = []
    for step in steps:
        action = step.action
        splits = step.row.scopes_at_once is AtOnce.CALL or action.kind is Kind.CREATE
        if not splits or len(action.scopes) <= most:
            found.append(step)
            continue
        for number, scopes in enumerate(chunks(action.scopes, most)):
            joins = action.kind is Kind.CREATE and number > 0
            part = replace(action, kind=Kind.JOIN, detail=None) if joins else action
            found.append(_step(replace(part, scopes=scopes), plan))
    return found


def parted(steps: Sequence[Step]) -> tuple[Sequence[Step], Sequence[Step]]:
    """The steps up to the claims, after which both servers are looked at, and the others. Without a claim all are
    others."""
    claimed = any(step.action.stage is Stage.CLAIM and step.action.kind is not Kind.SAVE for step in steps)
    first = [step for step in steps if claimed and step.action.stage <= Stage.CLAIM]
    return first, [step for step in steps if not claimed or step.action.stage > Stage.CLAIM]


def requests(steps: Sequence[Step]) -> Sequence[tuple[Connection, Sequence[Step]]]:
    """The groups of both parts."""
    return [group for part in parted(steps) for group in groups(part)]


def takes_out(steps: Sequence[Step]) -> bool:
    """Whether copies go that a pair has in common."""
    return any(step.row.ends_copies and step.action.stage in (Stage.LOSER, Stage.KEEPER) for step in steps)


def takes_apart(steps: Sequence[Step]) -> bool:
    """Whether something ends on one server that the other one does not have: it may only not have it yet."""
    return any(step.action.kind in (Kind.DETACH_MEMBERS, Kind.DETACH_HALF) for step in steps)


def groups(steps: Iterable[Step]) -> Iterator[tuple[Connection, Sequence[Step]]]:
    """The steps that follow each other on one connection, as far as they fit into one request: each group is a remote
    call."""
    for connection, neighbours in itertools.groupby(steps, key=lambda step: step.connection):
        group: list[Step] = []
        size = 0
        for step in neighbours:
            if group and size + step.size > MOST_BYTES:
                yield connection, tuple(group)
                group, size = [], 0
            group.append(step)
            size += step.size
        yield connection, tuple(group)


def partners(steps: Iterable[Step]) -> Sequence[str]:
    """The servers that these steps reach from the one that runs them."""
    return list(dict.fromkeys(step.partner for step in steps if step.partner))


def reaching(steps: Iterable[Step], partner: str) -> str:
    """The first relationship of which steps reach this server ("": none)."""
    return next((step.relationship for step in steps if step.partner == partner), "")


def written(steps: Iterable[Step]) -> frozenset[str]:
    """The relationships that the steps write to, and leave there."""
    return frozenset(step.relationship for step in steps if step.is_written)


class Role(Enum):
    """What a call is for."""

    PROBE = "probe"
    STEP = "step"  # a write of a step
    FOR_STEP = "for step"  # a wait, a proof or a note that the step needs
    AFTER = "after"


@dataclass(frozen=True)
class Call:
    """An operation of a remote call. `step`: the one that it belongs to. `partner`: whom a probe asks."""

    operation: Operation
    role: Role
    step: Step | None = None
    partner: str = ""


def calls(
    steps: Sequence[Step], server: Server, waiting: Waiting, unasked: Sequence[str], before: Collection[str]
) -> Sequence[Call]:
    """In order, so that nothing is written when a probe or a wait fails.

    `unasked`: partners of which it is not known yet whether this server reaches them. `before`: relationships that the
    task has written to already, over another connection.
    """
    run = [Call(probe, Role.PROBE, partner=partner) for partner in unasked for probe in probes.probes(partner)]
    unsettled = {
        relationship.name for relationship in server.relationships
    }  # there, and not seen Normal since the last write
    touched = set(before)
    for step in steps:
        name = step.relationship
        if step.action.normal and name in unsettled:
            run.append(Call(_wait_for(step, waiting, name in touched), Role.FOR_STEP, step))
            unsettled.remove(name)
        if step.connection == Connection.THIS_SERVER:  # for a step over another one they were asked before it
            run += [Call(proof, Role.FOR_STEP, step) for proof in step.proofs]
        run += [Call(operation, Role.STEP, step) for operation in step.operations]
        if step.row.ends:
            unsettled.discard(name)
        elif not step.row.alone:
            unsettled.add(name)
        touched |= written([step])
    if waiting.at_end:
        run += [Call(_wait(name, waiting, True), Role.AFTER) for name in _there_at_the_end(steps, server)]
    return [*run, *(Call(then, Role.AFTER) for step in steps for then in step.then)]


def waits(steps: Sequence[Step], server: Server, waiting: Waiting) -> Sequence[Call]:
    """For relationships of the server that are on their way to Normal and have to be there for one of the steps: before
    the first of them, so that nothing is taken out of one for the sake of another one that does not come to it."""
    found, ended = dict[str, Call](), set[str]()
    states = {relationship.name: relationship.state for relationship in server.relationships}
    for step in steps:
        name = step.relationship
        if step.action.normal and states.get(name, NORMAL) != NORMAL and name not in ended:
            found.setdefault(name, Call(_wait_for(step, waiting, False), Role.FOR_STEP))
        if step.row.ends:
            ended.add(name)
    return [*found.values()]


def notes(steps: Sequence[Step], server: Server) -> Sequence[Note]:
    """One of each relationship and partner of which the steps write more than this server's part, without what only the
    run knows."""
    about = dict.fromkeys((step.relationship, step.pair) for step in steps if step.relationship and step.pair)
    return [
        _note(name, server.name, partner, [step for step in steps if (step.relationship, step.pair) == (name, partner)])
        for name, partner in about
    ]


def _note(name: str, here: str, partner: str, steps: Sequence[Step]) -> Note:
    scopes = sorted({scope for step in steps for scope in step.action.scopes})
    made = claims.made_in_service(step.action for step in steps)
    filled = [step.action for step in steps if len(step.operations) > 1 or step.action.kind is Kind.COMPLETE]
    incomplete = sorted(scope for action in filled for scope in action.scopes)
    taken = claims.made_by(step.action for step in steps)
    claimed = {scope: here if where is Connection.THIS_SERVER else partner for scope, where in taken.items()}
    comes = [step.action for step in steps if step.action.kind in (Kind.CREATE, Kind.JOIN)]
    coming = sorted(scope for action in comes for scope in action.scopes)
    return Note(name, partner, tuple(scopes), claimed, tuple(made), tuple(incomplete), coming=tuple(coming))


def noted(calls: Sequence[Call], notes: Collection[Note], last: Sequence[Operation]) -> Sequence[Call]:
    """The same, with the notes of a relationship before the first write that is about it, and what becomes of them at
    the end. What is refused before, by a probe or a wait, leaves none. Notes about others come as far as they can be
    sent at once."""
    together: list[Call] = []
    left = list(notes)
    for call in calls:
        if call.role is Role.STEP and call.step is not None:
            mine = [note for note in left if note.relationship == call.step.relationship]
            together += [Call(journal.keep(note), Role.FOR_STEP, call.step) for note in mine]
            left = [note for note in left if note not in mine]
        together.append(call)
    size = 0
    for note in left:  # another connection writes first
        size += len(note.text())
        if size <= MOST_BYTES // 2 or not together:
            together.append(Call(journal.keep(note), Role.AFTER))
    return [*together, *(Call(operation, Role.AFTER) for operation in last)]


def _there_at_the_end(steps: Sequence[Step], server: Server) -> Sequence[str]:
    """The relationships that the steps leave behind, and that are more than one server's half. A former partner of one
    that was created anew has none of them."""
    last = {step.relationship: step for step in steps if step.action.normal or step.row.ends}
    created = {step.relationship for step in steps if step.action.kind is Kind.CREATE}
    there = created | {relationship.name for relationship in server.relationships}
    return [name for name, step in last.items() if not step.row.ends and name in there]


def under_way(steps: Sequence[Step], run: Sequence[Call], results: Sequence[Result]) -> Step | None:
    """The first step that was not carried out, given the results of the calls that ran."""
    done = sum(1 for _call in itertools.takewhile(lambda result: not result.errors, results))
    left = [call.step for call in run[done:] if call.role is Role.STEP]
    return next((step for step in steps if step in left), None)


def _wait_for(step: Step, waiting: Waiting, after_a_write: bool) -> Operation:
    """What a step needs, in the states that it may find besides."""
    allowed = replace(waiting, allow_state=(*waiting.allow_state, *step.action.allowed_states))
    return _wait(step.relationship, allowed, after_a_write)


def _wait(name: str, waiting: Waiting, after_a_write: bool) -> Operation:
    allowed: Collection[str] = {NORMAL, *waiting.allow_state}
    grace = min(waiting.grace, waiting.timeout) if after_a_write else 0
    passing = PASSING - set(allowed)
    states = cmdlets.AwaitedStates(allowed, passing, PASSING_AFTER_A_WRITE, grace)
    return cmdlets.wait_for_state(name, states, waiting.timeout)
