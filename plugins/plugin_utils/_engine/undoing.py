# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What becomes of a plan that failed: what it had put out of service serves again, where that is safe, and its notes
tell the next run the rest. Where nothing is left of it no note stays.

Two runs that claimed the two copies of a scope may undo at the same moment, and no lock spans both servers. So one of
them waits (`claims.turn`) until the other one must have done it, and looks once more before and after it.
"""

from __future__ import annotations

from collections.abc import Callable

from .._model.refusal import TaskFailure
from .._planning import claims
from .._planning.plan import Plan
from .._planning.world import Planner
from . import calls
from .connection_reads import HERE
from .reader import Reader
from .verbose import tell
from .writing import Overtaken, Writing

ATTEMPTS = 5
GIVES_WAY = 20.0  # seconds from a look to putting a copy back into service, or from that to the next look, and more

Pause = Callable[[float], None]


def undo(reader: Reader, writing: Writing, plan: Plan, planner: Planner[Plan], pause: Pause) -> None:
    """As far as the servers can be reached. `pause`: waits some seconds."""
    claimed = writing.claimed
    if not claimed and not writing.has_notes:
        return
    for attempt in range(ATTEMPTS):
        try:
            if claimed:
                _serve_again(claimed, writing, plan, pause)
            else:
                _end(reader, writing, plan, planner)
        except Overtaken as late:
            tell(reader.remotes[HERE], f"undoes once more ({attempt + 1}): {late}")
        except TaskFailure as failure:
            tell(reader.remotes[HERE], f"could not undo: {failure}")
            return
        else:
            return


def _end(reader: Reader, writing: Writing, plan: Plan, planner: Planner[Plan]) -> None:
    """Nothing was claimed."""
    writing.look_again()
    if writing.done:
        apart = reader.know(lambda world: claims.last_look((), world, plan.actions)).plan
        writing.carry_out(apart, calls.steps(apart), last=False)
        writing.end_notes()
    elif not writing.lost and claims.are_equal(reader.know(planner).actions, plan.actions):
        writing.withdraw_notes()  # what was refused has left nothing on either server
    else:
        writing.end_notes()


def _serve_again(claimed: claims.Claims, writing: Writing, plan: Plan, pause: Pause) -> None:
    """Raises Overtaken where a server changed meanwhile, so that it is worth another look, and TaskFailure."""
    writing.look_again()
    back = _back(claimed, writing, plan)
    if claims.is_contended(back) and (turn := claims.turn(back, plan.start)):
        pause(GIVES_WAY * turn)
        writing.look_again()
        back = _back(claimed, writing, plan)
    off = claims.carried_on(claimed, plan.departures, back.start)
    unseen = claims.unseen(claimed, plan.departures, back.start)
    writing.take_back(back, calls.steps(back), off, unseen)
    if back.actions:
        _yield(writing, back, plan, pause)


def _back(claimed: claims.Claims, writing: Writing, plan: Plan) -> Plan:
    return writing.reader.know(lambda world: claims.undo(claimed, plan.departures, world))


def _yield(writing: Writing, back: Plan, plan: Plan, pause: Pause) -> None:
    """Where both serve by now nevertheless, apart from each other, one of the two runs puts its copy out again; the
    other one does where that has not happened."""
    for turn in (1, 0, 2):
        writing.look_again()
        both = writing.reader.know(lambda world: claims.yielding(back, world))
        if not both.actions:
            return
        if claims.turn(both, plan.start) == turn:
            writing.carry_out(both, calls.steps(both))
            return
        pause(GIVES_WAY)
