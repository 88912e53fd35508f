# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The safety copies that are kept on a server: which there are, and what their names say. Pure.

The script names them COMPUTER-LABEL-20260301T080000Z-0123abcd.xml, the label being that of the one who asked for the
copy, with an underscore for all but letters, digits, dots and hyphens."""

from __future__ import annotations

import ntpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._model import moments
from .._model.texts import few, short
from .reply import ReplyObject, Result

_NAME = re.compile(r"\A[\w.-]{1,200}\Z")  # others are read by no module
_MADE = re.compile(r"\A(?P<before>.+)-(?P<stamp>\d{8}T\d{6}Z)-[0-9a-f]{8}\.xml\Z", re.ASCII)
_EDITED = re.compile(r"\Aimport-\d{8}T\d{6}Z-[0-9a-f]{8}\.xml\Z", re.ASCII)  # what an import that was killed left


@dataclass(frozen=True)
class SafetyCopy:
    """One of them. `time`: when it was made; None: neither its name nor the file tells. `label`: None where it was not
    named by the script."""

    path: str
    time: datetime | None
    size: int
    label: str | None = None


@dataclass(frozen=True)
class SafetyCopies:
    """Those of a server, the newest first; `copies` None: they could not be listed, and `problem` says why. A
    `problem` beside some: of those that are left out."""

    copies: tuple[SafetyCopy, ...] | None
    problem: str | None = None

    def public(self, relationships: Sequence[str]) -> Sequence[Mapping[str, Any]] | None:
        """As results show them. `relationships`: those of the server."""
        if self.copies is None:
            return None
        return [
            {
                "path": copy.path,
                "time": moments.shown(copy.time),
                "size": copy.size,
                "label": copy.label,
                "relationship": relationship_of(copy, relationships),
            }
            for copy in self.copies
        ]


def found(answer: Result, computer: str) -> SafetyCopies:
    """What the answer to kept_files.find_copies says. `computer`: the server's computer name. Raises
    UnexpectedReply."""
    if answer.errors:
        return SafetyCopies(None, few((short(error.message) for error in answer.errors), between="; "))
    copies = [_copy(one, computer) for one in answer.objects if _is_one(one.name("path"))]
    copies.sort(key=lambda copy: (copy.time.timestamp() if copy.time else 0, copy.path), reverse=True)
    return SafetyCopies(tuple(copies), few(map(short, answer.warnings), between="; ") or None)


def label_of(name: str) -> str:
    """What the script makes of a label, UTF-16 unit by unit."""
    return re.sub(r"[^A-Za-z0-9.-]", lambda one: "__" if ord(one[0]) > 0xFFFF else "_", name)


def relationship_of(copy: SafetyCopy, names: Iterable[str]) -> str | None:
    """The one of these relationships that a copy is of; None: none, or it could be of several."""
    labelled = [name for name in names if copy.label is not None and label_of(name) == copy.label]
    return labelled[0] if len(labelled) == 1 else None


def _is_one(path: str) -> bool:
    name = _base(path)
    return bool(_NAME.match(name)) and not _EDITED.match(name)


def _copy(one: ReplyObject, computer: str) -> SafetyCopy:
    path = one.name("path")
    made = _MADE.match(_base(path))
    beginning = f"{computer}-"
    ours = made is not None and made["before"].casefold().startswith(beginning.casefold())
    label = made["before"][len(beginning) :] if made and ours else None
    time = moments.read(made["stamp"], "%Y%m%dT%H%M%SZ") if made else None
    time = time or moments.read(one.optional_text("written") or "")
    return SafetyCopy(path, time, one.number("bytes", most=2**63 - 1), label)


def _base(path: str) -> str:
    return ntpath.basename(path)
