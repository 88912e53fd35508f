# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which folders of the collection's own a plan needs on a server: looked at with the reads, so that check mode knows
them too. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .._windows import cmdlets, kept_files
from .._windows.errors import NOT_OURS
from .._windows.remote_error import error_ids
from .._windows.reply import Result

_USED: Mapping[str, Sequence[str]] = {
    "safety_copy": ("safety-copies",),
    "import_copy": ("safety-copies", "backups"),
    "keep_text": ("kept",),
    "drop_text": ("kept",),
}


def looks() -> Sequence[cmdlets.Operation]:
    """The reads of all of them."""
    return [kept_files.check_folder(name) for name in kept_files.FOLDERS]


def needed(operations: Iterable[cmdlets.Operation]) -> Sequence[cmdlets.Operation]:
    """Those of the looks that have to answer well before these operations."""
    names = {name for operation in operations for name in _USED.get(operation["op"], ())}
    return [look for look in looks() if look["name"] in names]


def refusal(answers: Iterable[Result]) -> Result | None:
    """The first that finds something of somebody else. What else may be wrong with a folder is for the operation that
    needs it."""
    return next((answer for answer in answers if NOT_OURS in error_ids(answer)), None)
