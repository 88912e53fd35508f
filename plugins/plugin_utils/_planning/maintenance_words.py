# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task says of a maintenance that it began or ended: in sentences, and as data. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._model import durations, moments
from .._model.identity import Connection, is_own_of_partner
from .._model.maintenance_note import Maintenance
from .._model.texts import few
from .maintained_pairs import STARTED, Wanted
from .plan import Plan
from .read_request import Unread
from .world import World

HERE = Connection.THIS_SERVER


def told(wanted: Wanted, made: Plan, check_mode: bool) -> Mapping[str, Any]:
    """For the task's result: the maintenances that stand on this server afterwards, and what was done in sentences."""
    before, after = (world.maintenance.get(HERE, ()) for world in (made.start, made.end))
    kept = [note for note in after if _is_chosen(note, wanted)]
    if wanted.state == STARTED:
        said = [_begun(note, bool(made.actions), check_mode) for note in kept]
    elif made.actions:
        ended = [note for note in before if _is_chosen(note, wanted)]
        said = [_over(note, wanted.state, check_mode, made.end) for note in ended]
        said = said or [f"What a maintenance had left on the partner {_is(check_mode)} {wanted.state}."]
    elif kept:
        said = [f"The maintenance of {note.server} ({_names(note)}) was over{_stays(note, made.end)}." for note in kept]
    else:
        said = [*_nothing(wanted, made)]
    return {"maintenance": [_public(note) for note in kept], "sentences": [*dict.fromkeys(said)]}


def failed(state: str, has_changed: bool) -> Sequence[str]:
    """What is to be known where it came to no end."""
    if state == STARTED:
        half = (
            "The maintenance may be begun in part: failover_maintenance: start completes it, and cancel takes it back."
        )
        return [half] if has_changed else []
    return [
        "The maintenance may stand, or what it paused may still be off: look at why this failed, and run it again "
        "(failover_maintenance: finish, or cancel)."
    ]


def _nothing(wanted: Wanted, made: Plan) -> Iterator[str]:
    names = few(f"'{name}'" for name in wanted.names or ())
    partner = f"the partner of {names}" if names else "a partner"
    asked = made.start.known.values()  # of a partner over the hop, or one that was not read, the notes are not known
    all_noted = bool(asked) and all(not isinstance(found, Unread) and is_own_of_partner(found) for found in asked)
    known = "" if all_noted else ", as far as its own notes tell"
    yield f"{made.start.here.name} is in no maintenance with {partner}{known}, so there is nothing to end."
    for note in made.end.maintenance.get(HERE, ()):  # with others
        yield f"Left as it is, with {note.partner[0]}: {note.seen(made.end.here.relationships).words}."


def _is_chosen(note: Maintenance, wanted: Wanted) -> bool:
    return wanted.names is None or bool({*wanted.names} & {*note.relationships})


def _begun(note: Maintenance, is_new: bool, check_mode: bool) -> str:
    state = ", which it was before" if not is_new else " (or would be: this is check mode)" if check_mode else ""
    paused = "; ".join(f"'{name}' ({durations.timespan(interval)})" for name, interval in sorted(note.paused.items()))
    what = f"automatic switchover is off: {paused}" if paused else "automatic switchover was off before"
    until = "until it has ended (failover_maintenance: finish, or cancel)"
    return f"{note.words}{state}; {what}. Nothing is written to {_names(note)} {until}."


def _over(note: Maintenance, state: str, check_mode: bool, end: World) -> str:
    is_ = _is(check_mode)
    halves = [half.relationship for name in sorted(note.paused) if (half := end.here.half(name))]
    halves = [each for each in halves if not note.is_of_another(each)]
    on = [f"'{each.name}' ({durations.timespan(each.state_switch_interval)})" for each in halves]
    on = [words for words, each in zip(on, halves, strict=True) if each.state_switch_interval]
    back = f", and automatic switchover {is_} on again: {few(on)}" if on else ""
    return f"The maintenance of {note.server} ({_names(note)}) {is_} {state}{back}{_stays(note, end)}."


def _stays(note: Maintenance, end: World) -> str:
    off = replace(note, ended=True).seen(end.here.relationships).paused
    if not off:
        return ""
    names = few(f"'{name}'" for name in sorted(off))
    return f", and automatic switchover of {names} stays off: a later failover_maintenance: cancel puts it back"


def _names(note: Maintenance) -> str:
    return few(f"'{name}'" for name in note.relationships)


def _is(check_mode: bool) -> str:
    return "would be" if check_mode else "is"


def _public(note: Maintenance) -> Mapping[str, Any]:
    return {
        "server": note.server,
        "partner": note.partner[0],
        "relationships": list(note.relationships),
        "paused": dict(note.paused),
        "who": note.who,
        "since": moments.shown(note.since),
        "reason": note.reason,
    }
