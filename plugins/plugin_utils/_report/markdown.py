# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A report in Markdown, for a ticket, a wiki or a merge request. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._model.texts import in_sight
from . import table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:@$^=])")


def markdown(report: Mapping[str, Any]) -> str:
    """The whole report; a name in it is text, whatever it looks like."""
    counts = report["counts"]
    lines = [
        "# DHCP failover",
        "",
        f"**{report['status'].upper()}** at {plain(report['created'])}: {counts['collected']} of {counts['servers']} "
        f"servers read, {counts['relationships']} relationships, {counts['scopes']} scopes.",
        "",
        *_verdicts(report),
        "## Relationships",
        "",
        *_grid(table.HEAD, [table.cells(pair) for pair in report["pairs"]]),
        "",
        "## Servers",
        "",
        *_grid(("host", "server", "read", "relationships", "scopes", "in no relationship"), _servers(report)),
    ]
    if report["off"]:
        lines += ["", f"Not looked for: {', '.join(map(plain, report['off']))}."]
    return "\n".join(lines) + "\n"


def _verdicts(report: Mapping[str, Any]) -> Iterator[str]:
    if not report["verdicts"]:
        yield from ("Nothing is wrong." if report["counts"]["collected"] else "No server was read.", "")
        return
    yield from ("## What to do", "")
    for verdict in report["verdicts"]:
        yield f"- **{verdict['severity']}** {plain(verdict['sentence'])}. *{plain(verdict['cure'])}* ({verdict['id']})"
    yield ""


def _servers(report: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    for server in report["servers"]:
        read = "yes" if server["collected"] else f"NO: {server['problem']}"
        scopes = "?" if server["scopes"] is None else str(server["scopes"])
        alone = ", ".join(server["unprotected_scopes"]) or "none"
        name = server["name"] or "?"
        yield server["host"], name, read, str(server["relationships"]), scopes, alone if server["collected"] else "?"


def _grid(head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(plain, row))} |"


def plain(text: str) -> str:
    """A text on one line in which nothing means anything to Markdown or HTML."""
    return _SPECIAL.sub(r"\\\1", in_sight(text))
