# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What ends a task with a message. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

UNCHANGED = "Nothing was changed."


class TaskFailure(Exception):
    """str(): what happened and the cure. `shows`: what the task's result has all the same, by its key. `relationship`:
    the one that it is about, if no other one is. `entry`: the declared one that could not be planned for, though the
    others may have to do with it. `nothing`: a sentence for where nothing was written before it; `written`: one on what
    was, as soon as that is known. `passes`: running again may be all that it takes."""

    relationship = ""
    entry = ""
    nothing = ""
    written = ""
    passes = True

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.shows: dict[str, Any] = {}

    def say(self, text: str) -> None:
        """Other words for the same."""
        self.args = (text,)

    def message(self) -> str:
        """What the user is told: what happened, the cure, and what was written before it."""
        said, written = str(self), self.written or self.nothing
        return f"{said.rstrip('.')}. {written}" if written else said


class Refused(TaskFailure):
    """A request that is not carried out, found before the first write. The text names the option and the cure."""

    nothing = UNCHANGED
    passes = False

    def about(self, relationship: str) -> Refused:
        """The same, which leaves room for what other relationships have to have done."""
        self.relationship = relationship
        return self


@contextmanager
def showing(**result: Any) -> Iterator[None]:
    """A task that fails within has this in its result."""
    try:
        yield
    except TaskFailure as failure:
        failure.shows.update(result)
        raise


class NotYet(Refused):
    """What comes by itself is not there yet: it is waited for, as long as the task waits for Normal."""


class NotServing(Refused):
    """The copy of a scope that is to be kept does not serve. Another run may just be at work on it, so a second look is
    worth its while."""
