# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The notes on the task's own server: what runs there are about, and what one that did not end left undone. Pure.

What a broken run did on one of the two servers cannot be seen on the other. A note is written before the first write
and removed after the last one; a run that finds it looks at both servers, although this one may show nothing to be
done, and puts copies back into service that the other one took out of it. Each run has a note of its own for each
relationship and partner of it, so that none takes away what another one has noted meanwhile. All notes of a server are
read at once, so that a scope is found in those of every relationship.
"""

from __future__ import annotations

from .._model import note
from .._model.note import Note
from .._windows import cmdlets, kept_files
from .._windows.errors import NOT_OURS
from .._windows.remote_error import RemoteError, error_ids
from .._windows.reply import Result


def look() -> cmdlets.Operation:
    """The read of all notes."""
    return kept_files.find_texts(kept_files.UNFINISHED)


def found(answer: Result, host: str) -> tuple[Note, ...]:
    """The notes. One that cannot be read is none: it is only an additional hint.

    Raises RemoteError where somebody else has put something in the place of the notes: no write would be possible.
    """
    if NOT_OURS in error_ids(answer):
        raise RemoteError(answer, host)
    notes = (note.from_text(text.text("public")) for text in answer.objects)
    return tuple(each for each in notes if each is not None)


def keep(kept: Note) -> cmdlets.Operation:
    """Writes a note, in the place of the one that may be there of the same run about the same."""
    return kept_files.keep_text(_name(kept), kept.text(), "")


def drop(kept: Note) -> cmdlets.Operation:
    """Removes a note."""
    return kept_files.drop_text(_name(kept))


def _name(note: Note) -> str:
    return kept_files.text_name(kept_files.UNFINISHED, note.relationship, note.run, note.partner)
