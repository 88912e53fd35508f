# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A note on the server while a relationship is written to, for the run after one that did not end.

What a broken run did on one of the two servers cannot be seen on the other. The note is written before the first write
and removed after the last one; a run that finds it looks at both servers, although this one may show nothing to be
done. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._model.server import Server
from .._windows import cmdlets
from .._windows.errors import NOT_OURS, RemoteError, error_ids
from .._windows.reply import Result
from .steps import Step


def notes(steps: Sequence[Step], server: Server) -> Mapping[str, str]:
    """Relationship -> its partner, for those of which the steps write more than this server's part."""
    found: dict[str, str] = {}
    for step in steps:
        relationship = server.relationship(step.relationship)
        partner = relationship.partner_server if relationship else step.partner
        if step.relationship and partner:
            found.setdefault(step.relationship, partner)
    return found


def noted(steps: Sequence[Step], server: Server, calls: Sequence[cmdlets.Operation]) -> Sequence[cmdlets.Operation]:
    """The calls that carry out the steps, each note before the first write that it is about, and all removed at the
    end.

    What is refused before (by a probe, or a wait) leaves no note.
    """
    found = notes(steps, server)
    first = {id(step.operation): step.relationship for step in reversed(steps) if step.relationship in found}
    written: set[str] = set()
    together: list[cmdlets.Operation] = []
    for call in calls:
        relationship = first.get(id(call))
        if relationship is not None and relationship not in written:
            written.add(relationship)
            together.append(keep((relationship, found[relationship])))
        together.append(call)
    return [*together, *map(drop, found)]


def look(relationship: str) -> cmdlets.Operation:
    return cmdlets.prove_text(_name(relationship), "")


def partner(answer: Result, host: str) -> str | None:
    """The partner that a note names. A note that cannot be read is none: it is only an additional hint.

    Raises RemoteError where somebody else has put something in the place of the notes: no write would be possible.
    """
    if NOT_OURS in error_ids(answer):
        raise RemoteError(answer, host)
    return next((one.text("public") for one in answer.objects), None) or None


def keep(note: tuple[str, str]) -> cmdlets.Operation:
    relationship, other = note
    return cmdlets.keep_text(_name(relationship), other, "")


def drop(relationship: str) -> cmdlets.Operation:
    return cmdlets.drop_text(_name(relationship))


def _name(relationship: str) -> str:
    return cmdlets.text_name("unfinished", relationship)
