# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which folders of the collection's own a plan needs on a server: looked at with the reads, so that check mode knows
them too. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._model.server import Server
from .._windows import cmdlets
from .._windows.errors import NOT_OURS, error_ids
from .._windows.reply import Result
from . import journal
from .steps import Step

_USED: Mapping[str, Sequence[str]] = {
    "safety_copy": ("safety-copies",),
    "import_copy": ("safety-copies", "backups"),
    "keep_text": ("kept",),
    "drop_text": ("kept",),
}


def looks() -> Sequence[cmdlets.Operation]:
    return [cmdlets.check_folder(name) for name in ("kept", "safety-copies", "backups")]


def needed(steps: Sequence[Step], server: Server, *, notes: bool) -> Sequence[cmdlets.Operation]:
    """Those of the looks that have to answer well before these steps. `notes`: their run is noted on the server."""
    operations = [operation for step in steps for operation in (step.operation, *step.then)]
    names = {name for operation in operations for name in _USED.get(operation["op"], ())}
    if notes and journal.notes(steps, server):
        names.add("kept")
    return [look for look in looks() if look["name"] in names]


def refusal(answers: Sequence[Result]) -> Result | None:
    """The first that finds something of somebody else. What else may be wrong with a folder is for the operation that
    needs it."""
    return next((answer for answer in answers if NOT_OURS in error_ids(answer)), None)
