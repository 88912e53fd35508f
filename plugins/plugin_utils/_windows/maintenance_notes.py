# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the notes of a maintenance are kept on a server: beside those of runs, so that every task that writes reads them
with those, and its fingerprint holds them; told apart by their names."""

from __future__ import annotations

from dataclasses import replace

from .._model import maintenance_note
from .._model.maintenance_note import Maintenance
from . import kept_files
from .cmdlets import Operation
from .reply import Result

_KIND = f"{kept_files.UNFINISHED}.maintenance"


def named(note: Maintenance) -> Maintenance:
    """The note with the name of its file: one for each server in maintenance and each pair of it, also where the two
    have one name. What has ended is written beside it, so that one of the two is whole at any time."""
    about = (note.server, str(note.own), str(note.ended), *note.partner)
    return replace(note, file=kept_files.text_name(_KIND, *about))


def found(answer: Result) -> tuple[Maintenance, ...]:
    """Those among all kept texts of runs. One that cannot be read is none: nothing was paused before it stood."""
    texts = [text for text in answer.objects if (text.optional_text("name") or "").startswith(f"{_KIND}.")]
    notes = (maintenance_note.from_text(text.text("name"), text.text("public")) for text in texts)
    return tuple(note for note in notes if note is not None)


def keep(note: Maintenance) -> Operation:
    """Writes it, in the place of the one of this name that may be there."""
    return kept_files.keep_text(note.file, note.text(), "")


def drop(note: Maintenance) -> Operation:
    """Removes it."""
    return kept_files.drop_text(note.file)
