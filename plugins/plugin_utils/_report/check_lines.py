# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rows of a check as a table for a terminal: what failed or is unknown in full, with its cure below it. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._model.texts import in_sight
from .table import WIDTH, aligned

HEAD = ("of", "check", "status", "what was found")
_PASS = "PASS"
_LEAST = 40  # columns of what was found, however long the names of servers are


def check_lines(rows: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """The table; the subject stands where it begins."""
    plain = [tuple(in_sight(str(row[key])) for key in ("subject", "label", "status")) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(HEAD[:3], *plain, strict=True)]
    left = max(WIDTH - sum(widths) - 2 * len(widths), _LEAST)
    lines: list[Sequence[str]] = []
    before: Mapping[str, Any] = {}
    for row, (subject, label, status) in zip(rows, plain, strict=True):
        is_same = status != _PASS and all(row[key] == before.get(key) for key in ("subject", "evidence", "cure"))
        found = ["likewise"] if is_same else list(_found(row, left))
        lines.append((subject if row["subject"] != before.get("subject") else "", label, status, found[0]))
        lines += [("", "", "", more) for more in found[1:]]
        before = row
    return aligned(HEAD, lines)


def _found(row: Mapping[str, Any], width: int) -> Iterator[str]:
    evidence, cure = in_sight(row["evidence"]), in_sight(row["cure"])
    if row["status"] == _PASS:
        yield textwrap.shorten(evidence, width, placeholder="…")
        return
    yield from textwrap.wrap(evidence, width) or [""]
    if cure:
        yield from textwrap.wrap(f"-> {cure}", width, subsequent_indent="   ")
