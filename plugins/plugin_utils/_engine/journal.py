# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A note on the server while a relationship is written to, for the run after one that did not end.

What a broken run did on one of the two servers cannot be seen on the other. The note is written before the first write
and removed after the last one; a run that finds it looks at both servers, although this one may show nothing to be
done. Pure.
"""

from __future__ import annotations

from .._windows import cmdlets
from .._windows.errors import NOT_OURS, RemoteError, error_ids
from .._windows.reply import Result


def look(relationship: str) -> cmdlets.Operation:
    """The read of a note."""
    return cmdlets.prove_text(_name(relationship), "")


def partner(answer: Result, host: str) -> str | None:
    """The partner that a note names. A note that cannot be read is none: it is only an additional hint.

    Raises RemoteError where somebody else has put something in the place of the notes: no write would be possible.
    """
    if NOT_OURS in error_ids(answer):
        raise RemoteError(answer, host)
    return next((text.text("public") for text in answer.objects), None) or None


def keep(note: tuple[str, str]) -> cmdlets.Operation:
    """Writes a note: a relationship and its partner."""
    relationship, other = note
    return cmdlets.keep_text(_name(relationship), other, "")


def drop(relationship: str) -> cmdlets.Operation:
    """Removes a note."""
    return cmdlets.drop_text(_name(relationship))


def _name(relationship: str) -> str:
    return cmdlets.text_name("unfinished", relationship)
