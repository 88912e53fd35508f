# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""While a note of maintenance stands on one of two servers, nothing is written to the pair: refused, whichever of the
two the task runs on. What is in sync stays so, with a warning. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from .._model.identity import Connection, same_server
from .._model.maintenance_note import Maintenance
from .._model.refusal import Refused
from .._model.texts import few
from . import action_table
from .actions import Action, Kind, Modification
from .plan import Plan
from .read_request import ReadRequest
from .world import Planner, World

HERE = Connection.THIS_SERVER
SWITCHOVER = "state_switch_interval"  # what a maintenance pauses
_CURE = (
    "the playbook windhcp.failover.maintenance with failover_maintenance: finish, or cancel, ends it "
    "(dhcp_failover_maintenance: state: finished or cancelled)"
)


class InMaintenance(Refused):
    """The pair that a plan writes to is in maintenance."""


def check(plan: Plan) -> None:
    """Raises InMaintenance for a plan that writes to a pair of which a server is in maintenance."""
    if plan.maintains:
        return
    for note in _of_pairs(plan.start):
        if any(_concerns(action, note, plan.start) for action in plan.actions):
            names = few(f"'{name}'" for name in note.relationships)
            raise InMaintenance(
                f"{note.words}, so nothing is written to {names}, to anything else of that pair or to either of the "
                "two alone until it has ended (what one of them has with a third server is not held back): "
                f"{_CURE}."
            )


def held(plan: Plan) -> Plan:
    """The plan without what would put back a switchover that is paused: that is no difference to what is declared, as
    long as the maintenance lasts."""
    if plan.maintains or not any(plan.start.maintenance.values()):
        return plan
    notes = [note for note in plan.start.maintenance.get(HERE, ()) if not note.ended]
    paused = {
        name: interval
        for note in notes
        for name, interval in note.paused.items()
        if name.casefold() in _names(note, plan.start)
    }
    kept = tuple(action for action in (_held(action, paused) for action in plan.actions) if action is not None)
    if kept == tuple(plan.actions):
        return plan
    end = plan.start
    for action in kept:
        end = action_table.effect(end, action)
    return replace(plan, actions=kept, end=end)


def _held(action: Action, paused: Mapping[str, int]) -> Action | None:
    """It, without that; None where nothing is left of it."""
    if action.kind is not Kind.MODIFY or action.name not in paused:
        return action
    modification: Modification = action.detail
    changes, declared = modification.changes, modification.settings
    only_on = declared.state_switch_interval is None and declared.auto_state_transition  # with whatever interval
    if SWITCHOVER not in changes or not (only_on or changes[SWITCHOVER] == paused[action.name]):
        return action
    others = {option: value for option, value in changes.items() if option != SWITCHOVER}
    return replace(action, detail=replace(modification, changes=others)) if others else None


def heeding(planner: Planner[Plan]) -> Planner[Plan]:
    """A planner for tasks that know nothing of maintenance: see held."""

    def planned(world: World) -> Plan | ReadRequest:
        made = planner(world)
        return held(made) if isinstance(made, Plan) else made

    return planned


def warnings(plan: Plan) -> Sequence[str]:
    """Of a plan that has nothing to do: that it could not, where it is about a pair in maintenance; and of what a
    maintenance that has ended has not put back yet."""
    if plan.maintains:
        return ()
    names = {spec.name.casefold() for spec in plan.desired}
    notes = [note for note in plan.start.maintenance.get(HERE, ()) if not names or names & _names(note, plan.start)]
    return [f"{note.seen(plan.end.here.relationships).words}: {_CURE}" for note in notes]


def hint(notes: Iterable[Maintenance]) -> str:
    """What a task that fails says beside its error: the reason may be the maintenance of its server or partner."""
    found = [note.words for note in notes if not note.ended]
    return f" {found[0]}: {_CURE}." if found else ""


def _of_pairs(world: World) -> Iterator[Maintenance]:
    """The notes that keep others from writing, each with the other server of its pair as `partner`, as seen from the
    task's own."""
    for source, notes in world.maintenance.items():
        for note in (note for note in notes if not note.ended):
            if source == HERE:
                yield note
            elif any(map(world.here.server.identity.is_called, note.partner)):
                called = [name for name, known in world.known.items() if name and known == source]
                names = world.views[source].server.identity.names if source in world.views else ()
                yield replace(note, partner=(*names, *called))


def _names(note: Maintenance, world: World) -> frozenset[str]:
    """What a note calls the relationships of its pair, in lower case. One that was made with another server since has
    the name alone in common."""
    halves = {name: world.here.half(name) for name in note.relationships}
    return frozenset(
        name.casefold() for name, half in halves.items() if not half or not note.is_of_another(half.relationship)
    )


def _concerns(action: Action, note: Maintenance, world: World) -> bool:
    """Whether an action writes to the pair: to a relationship of the two, to the other server, or to this one alone."""
    if action.name.casefold() in _names(note, world):
        return True
    sources = [source for source in (action.where, action.other) if source is not None and source != HERE]
    others = [world.views[source].server.identity for source in sources]
    half = world.here.half(action.name)
    others += [half.relationship.partner] if half is not None else []
    if not others and not action.partner:
        return True
    if any(same_server(action.partner, name) for name in note.partner):
        return True
    return any(identity.is_called(name) for identity in others for name in note.partner)
