# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The maintenance of a server: begun, finished, or cancelled, with each of its partners. No I/O.

    begin    no other server of the pairs is in maintenance, both halves are Normal, and nothing differs: a note on this
             server, automatic switchover off, a note on the partner
    finish   both halves are Normal again, which is waited for: switchover back, the notes go, this server's last
    cancel   nothing is waited for: a note of this server says that it is over, the others go, switchover back, that
             note goes. Where the two do not reach each other it stays, and keeps nobody from writing

What is to be put back stands in the notes before it is changed, and the note that the task's own server has is there
until it was put back, so a run that is broken off anywhere is gone on with by the next. The two that end one are about
every maintenance of the pair, so they run on the partner as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._model.failover_states import CUT_OFF, NORMAL, PARTNER_DOWN, PASSING
from .._model.identity import Connection
from .._model.maintenance_note import Maintenance
from .._model.refusal import NotYet, Refused
from .._model.relationship import Relationship
from .._model.relationship_settings import DeclaredSettings
from .._model.texts import few, sentences, variable
from .._windows import maintenance_notes
from . import broken_runs
from .actions import Kind, Lifting, Modification, Stage
from .draft import Draft
from .in_maintenance import SWITCHOVER
from .maintained_pairs import CANCELLED, FINISHED, STARTED, Couple, Wanted, couples_of
from .pair_verdicts import Pair, of_pair
from .plan import Plan
from .plan_proof import finished
from .read_request import PartnerRead, ReadRequest, Unread
from .verdict import KINDS, NOT_COLLECTED, SYNC, Verdict
from .world import ServerView, World

HERE = Connection.THIS_SERVER
_MISSING = "missing"  # in the place of a state
_COMES_BACK = PASSING | {CUT_OFF, PARTNER_DOWN}  # states of a pair of which one server has been away


def plan(wanted: Wanted, world: World) -> Plan | ReadRequest:
    """What brings the maintenance to what is wanted. Raises Refused, NotYet, and RemoteFailure."""
    if not world.views:
        return ReadRequest()
    d = Draft(world)
    couples = couples_of(wanted, d)
    if not d.is_waiting:
        {STARTED: _begin, FINISHED: _finish, CANCELLED: _cancel}[wanted.state](wanted, couples, d)
    if d.is_waiting:
        return d.request()
    made = finished(d)
    shown = _shown(couples, d.start), _shown(couples, d.world)
    return replace(made, diff=shown, header=f"maintenance of {d.here.name}", maintains=True)


def verify(wanted: Wanted, applied: Plan, world: World) -> Plan | ReadRequest:
    """The same once more, after it was done. Raises NotYet for a change that did not travel to the partner, where it is
    made as well then."""
    left = plan(wanted, world)
    sent = {action.name for action in applied.actions if action.kind is Kind.MODIFY and action.where == HERE}
    if isinstance(left, Plan) and left.actions:
        stayed = [
            one.name for one in left.actions if one.kind is Kind.MODIFY and one.where != HERE and one.name in sent
        ]
        if stayed:
            raise NotYet(f"the change of {few(stayed)} has not reached the partner, so it is made there. Run again.")
    return left


def _shown(couples: Sequence[Couple], world: World) -> Mapping[str, Any]:
    """For the diff."""
    names = [current.name for couple in couples for current in couple.relationships]
    halves = {name: half.relationship for name in names if (half := world.here.half(name))}
    noted = {source: note for source, notes in world.maintenance.items() for note in notes if not note.ended}
    return {
        "maintenance_noted_on": [world.views[source].name for source in noted if source in world.views],
        SWITCHOVER: {name: current.state_switch_interval for name, current in halves.items()},
    }


# --- begin -----------------------------------------------------------------------------------------------------------


def _begin(wanted: Wanted, couples: Sequence[Couple], d: Draft) -> None:
    _check_notes(wanted, couples, d)
    fresh = [couple for couple in couples if not couple.notes]
    for couple in fresh:
        if isinstance(couple.there, Unread):
            raise couple.there.failure
        for current in couple.relationships:
            d.ask(PartnerRead(current.partner.names, current.name, current.scopes, leases=False))
    if d.is_waiting:
        return
    _check(wanted, couples, fresh, d)
    for couple in couples:
        note = next((note for note in couple.notes if not note.ended), None) or _new(wanted, couple, d)
        _lay(note, couple, d)
        for name in sorted(note.paused):
            _switch(name, 0, couple, d, normal=couple in fresh)


def _check_notes(wanted: Wanted, couples: Sequence[Couple], d: Draft) -> None:
    """Raises Refused where a maintenance is not over yet, a partner is in one, with this server or with another one, or
    what was begun should not be gone on with."""
    notes = [note for couple in couples for note in couple.notes]
    for note in (note for note in notes if note.ended):
        words = note.seen(d.here.relationships).words
        raise Refused(f"{words}: cancel that maintenance first.")
    for source, found in d.world.maintenance.items():
        for note in (note for note in found if not note.ended and note.own != (source == HERE)):
            raise Refused(
                f"{note.words}, and {d.here.name} is its partner: one of the two has to serve. Finish or cancel that "
                "one first (failover_maintenance: finish or cancel)."
            )
    for note in (note for note in notes if wanted.only_new and note.run != wanted.run):
        raise Refused(
            f"{note.words}, which this run did not begin, so it does not end it either: run again when it is over, or "
            "end it first (failover_maintenance: finish or cancel)."
        )


def _check(wanted: Wanted, couples: Sequence[Couple], fresh: Sequence[Couple], d: Draft) -> None:
    """Raises Refused for `fresh` pairs that are not whole: the one that stays has to be able to serve all. And where a
    run is at work, which has to end first."""
    problems = [problem for couple in fresh for problem in _problems(wanted, couple, d)]
    names = {current.name for couple in couples for current in couple.relationships}
    problems += [
        f"{note.who} is writing to '{note.relationship}'." for note in d.world.at_work if note.about[0] in names
    ]
    if problems:
        raise Refused(sentences(problems))


def _problems(wanted: Wanted, couple: Couple, d: Draft) -> Iterator[str]:
    for current in couple.relationships:
        for server, state in _states(current, couple, d).items():
            if state == _MISSING:
                yield (
                    f"'{current.name}' is {state} on {server}, which could not serve it alone: create it anew, or end "
                    f"it on {d.here.name}, before a maintenance begins."
                )
            elif state not in (NORMAL, *wanted.allow_state):
                yield (
                    f"'{current.name}' is {state} on {server}, and a maintenance begins while both servers are Normal: "
                    f"run again when it is; allow_state: [{state}] ({variable('allow_state')}) overrides."
                )
        for verdict in _drift(current, couple, d.here):
            yield f"{verdict.sentence}: {verdict.cure}."
    for note in d.world.broken_off:
        if any(note.relationship == current.name for current in couple.relationships) and broken_runs.left_of(
            note, d.world
        ):
            yield (
                f"a run ({note.whose}) that wrote to '{note.relationship}' was broken off, and "
                "left something half done: run the same task again."
            )


def _states(current: Relationship, couple: Couple, d: Draft) -> Mapping[str, str]:
    theirs = couple.there.half(current.name) if isinstance(couple.there, ServerView) else None
    return {d.here.name: current.state, couple.partner: theirs.relationship.state if theirs else _MISSING}


def _drift(current: Relationship, couple: Couple, here: ServerView) -> Sequence[Verdict]:
    """What the two servers do not have alike of a relationship, or could not be compared."""
    verdicts = of_pair(Pair(current, here, couple.there))
    deciding = {kind.id for kind in KINDS.values() if kind.decides == SYNC}
    return [one for one in verdicts if one.id in deciding or (one.id == NOT_COLLECTED and deciding & one.kinds)]


def _new(wanted: Wanted, couple: Couple, d: Draft) -> Maintenance:
    switches = {each.name: each.state_switch_interval for each in couple.relationships}
    return Maintenance(
        d.here.name,
        couple.called,
        tuple(sorted(each.name for each in couple.relationships)),
        {name: interval for name, interval in switches.items() if interval},
        wanted.who,
        d.here.read_at,
        wanted.reason,
        run=wanted.run,
    )


def _lay(note: Maintenance, couple: Couple, d: Draft) -> None:
    """On both servers, where it does not stand yet; on the partner when switchover is off."""
    if not couple.mine:
        own = maintenance_notes.named(replace(note, partner=couple.called, own=True))
        d.add(Kind.LAY_NOTE, d.here, "", detail=own, stage=Stage.MAKE)
    if not isinstance(couple.there, ServerView) or couple.theirs:
        return
    if couple.keeps_notes:
        other = maintenance_notes.named(replace(note, partner=d.here.server.identity.names, own=False))
        d.add(Kind.LAY_NOTE, couple.there, "", detail=other, stage=Stage.LAST)
    else:
        d.warn(
            f"no note can be left on {couple.partner}, which is reached by {d.here.name} only: a task that runs there "
            "does not know of the maintenance. With partner_host (failover_use_partner_host, and the server in the "
            "inventory) it does"
        )


# --- the end ---------------------------------------------------------------------------------------------------------


def _finish(wanted: Wanted, couples: Sequence[Couple], d: Draft) -> None:
    ending = [couple for couple in couples if couple.notes]
    _warn_of_notes([couple for couple in couples if couple not in ending or not isinstance(couple.there, Unread)], d)
    for couple in ending:
        _check_back(wanted, couple, d)
    for couple in ending:
        for current in couple.relationships:  # only now: it is read again as often as somebody is waited for
            d.ask(PartnerRead(current.partner.names, current.name, current.scopes, leases=False))
    if d.is_waiting:
        return
    for couple in ending:
        for current in couple.relationships:
            for verdict in _drift(current, couple, d.here):
                d.warn(f"after the maintenance {verdict.sentence}: {verdict.cure}")
        _put_back(couple, d, normal=True)
        _lift(couple, d)


def _check_back(wanted: Wanted, couple: Couple, d: Draft) -> None:
    """Raises NotYet where one of the two is on its way back, and Refused for what does not pass by itself."""
    if isinstance(couple.there, Unread):
        raise NotYet(f"{couple.partner} cannot be read: {couple.there.failure} {_WAIT}")
    for current in couple.relationships:
        states = _states(current, couple, d)
        if all(state in (NORMAL, *wanted.allow_state) for state in states.values()):
            continue
        words = " and ".join(f"{state} on {server}" for server, state in states.items())
        passes = {*states.values()} <= _COMES_BACK | {NORMAL, *wanted.allow_state}
        if passes:
            raise NotYet(f"'{current.name}' is {words}, and not Normal on both yet. {_WAIT}")
        raise Refused(
            f"'{current.name}' is {words}, which does not become Normal by itself: look at both servers, or cancel "
            "the maintenance (failover_maintenance: cancel), which waits for nothing."
        )


_WAIT = (
    "The maintenance stands, and what it paused is put back by a later run with failover_maintenance: finish, or "
    "cancel, which waits for nothing; wait_timeout (failover_wait_timeout) says how long to wait."
)


def _cancel(wanted: Wanted, couples: Sequence[Couple], d: Draft) -> None:
    _warn_of_notes(couples, d)
    for couple in [couple for couple in couples if couple.notes]:
        back = _to_put_back(couple, d)
        away = _away(wanted, couple, back)
        if back:  # until it is back this server remembers, and keeps nobody from writing
            _end(couple, d, remembers=bool(away))
        if away:
            names, reason = few(f"'{name}'" for name in away), "".join(_unreached(wanted, couple)[:1])
            d.warn(
                f"automatic switchover of {names} stays off, since {d.here.name} and {couple.partner} are not in "
                f"contact{reason and f' ({reason})'}: a later run with failover_maintenance: cancel puts it back"
            )
        else:
            _put_back(couple, d, normal=False)
        _lift(couple, d, first=bool(couple.mine or away), keeps=bool(away))


def _end(couple: Couple, d: Draft, *, remembers: bool) -> None:
    """This server's note gives way to one that keeps nobody from writing, and is there first. `remembers`: this server
    does, also where the partner alone has a note."""
    over = {note.file for note in couple.mine if note.ended}
    standing = [note for note in couple.mine if not note.ended]
    theirs = [replace(note, partner=couple.called, own=not note.own) for note in couple.theirs[:1]]
    for note in standing or (theirs if remembers and not over else []):
        ended = maintenance_notes.named(replace(note, ended=True))
        if ended.file not in over:
            d.add(Kind.LAY_NOTE, d.here, "", detail=ended, stage=Stage.MAKE)
    for note in standing:
        d.add(Kind.LIFT_NOTE, d.here, "", detail=Lifting(note, (), couple.called[0]), stage=Stage.MAKE)


def _away(wanted: Wanted, couple: Couple, names: Collection[str]) -> Sequence[str]:
    """Those of the relationships whose servers do not reach each other, so that no change would reach both."""
    there = couple.relationships
    cut_off = isinstance(couple.there, Unread) or bool(_unreached(wanted, couple))
    return [current.name for current in there if current.name in names and (cut_off or current.state == CUT_OFF)]


def _unreached(wanted: Wanted, couple: Couple) -> Sequence[str]:
    """Why one of the two does not reach the other, by the names that they have for each other."""
    views = [couple.there] if isinstance(couple.there, ServerView) else []
    theirs = [half.relationship for view in views for each in couple.relationships if (half := view.half(each.name))]
    names = dict.fromkeys(each.partner_server for each in (*couple.relationships, *theirs))
    return [wanted.unreached[name] for name in names if name in wanted.unreached]


def _warn_of_notes(couples: Sequence[Couple], d: Draft) -> None:
    for couple in couples:
        if isinstance(couple.there, Unread):
            d.warn(
                f"whether {couple.partner} has a note of a maintenance is not known, and one would stay there: "
                f"{couple.there.failure} A later run with failover_maintenance: cancel removes it"
            )
        elif not couple.keeps_notes and couple.mine:  # each of the two may have been left one
            d.warn(
                f"whether {couple.partner} has a note of the maintenance is not known, since it is reached by "
                f"{d.here.name} only; where it was begun with partner_host one may stay there, and keep tasks there "
                "from writing: end the maintenance there as well, or once more with partner_host "
                "(failover_use_partner_host)"
            )


def _put_back(couple: Couple, d: Draft, *, normal: bool) -> None:
    """The switchover as the first note has it. What a note says of a relationship that is gone says nothing."""
    for name, interval in _to_put_back(couple, d).items():
        _switch(name, interval, couple, d, normal=normal)
    gone = {name for note in couple.notes for name in note.paused} - {current.name for current in couple.relationships}
    for name in sorted(gone):
        d.warn(
            f"'{name}' is no relationship of {d.here.name} and {couple.partner} any more, so its switchover is not put "
            "back"
        )


def _to_put_back(couple: Couple, d: Draft) -> Mapping[str, int]:
    """The intervals of those that are not as they were. One that has ended kept nobody from writing, so what is neither
    off nor as it was, on either server, was declared since."""
    paused = {name: interval for note in reversed(couple.notes) for name, interval in note.paused.items()}
    if any(note.ended for note in couple.notes):
        paused = {name: paused[name] for name in paused if _intervals(name, couple, d.start) <= {0, paused[name]}}
    return {name: paused[name] for name in sorted(paused) if _otherwise(name, paused[name], couple, d.start)}


def _intervals(name: str, couple: Couple, now: World) -> set[int]:
    """What both servers show, as far as they were read."""
    return {half.state_switch_interval for _view, half in _halves(name, couple, now)}


def _otherwise(name: str, interval: int, couple: Couple, now: World) -> Sequence[ServerView]:
    """The servers whose half has another interval: a change that was broken off may have reached one of the two."""
    return [view for view, half in _halves(name, couple, now) if half.state_switch_interval != interval]


def _halves(name: str, couple: Couple, now: World) -> Sequence[tuple[ServerView, Relationship]]:
    if all(current.name != name for current in couple.relationships):
        return []
    views = [now.here, *([couple.there] if isinstance(couple.there, ServerView) else [])]
    return [(view, half.relationship) for view in views if (half := view.half(name))]


def _switch(name: str, interval: int, couple: Couple, d: Draft, *, normal: bool) -> None:
    """On this server, which takes it to the partner; where the partner alone has it otherwise, there."""
    wrong = _otherwise(name, interval, couple, d.start)
    if not wrong:
        return
    there = couple.there if isinstance(couple.there, ServerView) else None
    one, other = (d.here, there) if wrong[0].source == HERE else (wrong[0], d.here)
    d.add(
        Kind.MODIFY,
        one,
        name,
        other=other.source if other else None,
        partner=one.relationships[name].partner_server,
        normal=normal,
        detail=Modification({SWITCHOVER: interval}, DeclaredSettings(name=name, state_switch_interval=interval)),
    )


def _lift(couple: Couple, d: Draft, *, first: bool = False, keeps: bool = False) -> None:
    """The partner's notes go before this server's; `first`: before anything else, where this server's remembers.
    `keeps`: this server goes on remembering. The one that remembers is there until both servers show what was put
    back."""
    back = () if keeps else tuple(_to_put_back(couple, d))
    if isinstance(couple.there, ServerView):
        for note in couple.theirs:
            proven = () if couple.mine else back
            stage = Stage.CLEAR if first else Stage.LAST
            d.add(Kind.LIFT_NOTE, couple.there, "", detail=Lifting(note, proven, couple.called[0]), stage=stage)
    files = {each.file for note in couple.mine for each in (note, maintenance_notes.named(replace(note, ended=True)))}
    for note in d.world.maintenance.get(HERE, ()):
        if note.file in files and not keeps:
            d.add(Kind.LIFT_NOTE, d.here, "", detail=Lifting(note, back, couple.called[0]), stage=Stage.LAST)
