# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A report for a terminal: a table of the relationships, and a sentence for each verdict. Pure."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from .._model import durations
from .._model.relationship_settings import MODE_WORDS
from .._model.texts import counted, in_sight

WIDTH = 120
HEAD = ("relationship", "servers", "mode", "share", "MCLT", "state", "scopes", "fullest", "in sync")
_NEEDS = {"reserve_short": " (needs failover_new_clients_per_hour)"}  # what is looked for only with something else
_NO_VALUE = "?"


def table(report: Mapping[str, Any]) -> Sequence[str]:
    """The relationships, in lines of at most WIDTH columns where the names allow it."""
    rows = [cells(pair) for pair in report["pairs"]]
    if rows:
        return aligned(HEAD, rows)
    counts = report["counts"]
    nobody = counts["servers"] and not counts["collected"]
    return ["NO SERVER COULD BE READ" if nobody else "no failover relationship was found"]


def cells(pair: Mapping[str, Any]) -> Sequence[str]:
    """A relationship, a text for each column of HEAD."""
    return (
        in_sight(pair["relationship"]),
        in_sight(" - ".join(half["host"] or half["server"] for half in pair["halves"])),
        MODE_WORDS[pair["mode"]],
        share(pair),
        durations.timespan(pair["max_client_lead_time"]),
        states(pair),
        str(pair["scopes"]),
        fullest(pair),
        yes_or_no(pair["in_sync"]),
    )


def share(pair: Mapping[str, Any]) -> str:
    """Which part of the addresses each of the two servers has, the first one first."""
    first = pair["halves"][0]
    if pair["mode"] == "load_balance":
        return f"{first['load_balance_percent']} : {100 - first['load_balance_percent']}"
    return f"{first['server_role']}, {pair['reserve_percent']} %"


def states(pair: Mapping[str, Any]) -> str:
    """What the two servers show, once where it is the same."""
    shown = [in_sight(half["state"]) if half["state"] else _NO_VALUE for half in pair["halves"]]
    return " / ".join(dict.fromkeys(shown))


def fullest(pair: Mapping[str, Any]) -> str:
    """The scope that is nearest to its end."""
    found = pair["fullest"]
    return f"{found['scope_id']} {math.floor(found['percent_in_use'])} %" if found else _NO_VALUE


def yes_or_no(value: bool | None) -> str:
    """What is not known is no yes."""
    return {True: "yes", False: "NO", None: "unknown"}[value]


def sentences(report: Mapping[str, Any]) -> Sequence[str]:
    """Each verdict with its cure, the worst first, and what all of it comes to, without what is switched off."""
    counts = report["counts"]
    told = [
        f"{verdict['severity']}: {in_sight(verdict['sentence'])}. -> {in_sight(verdict['cure'])}"
        for verdict in report["verdicts"]
    ]
    words = {"critical": "critical", "warning": "", "unknown": "unknown"}
    found = [counted(counts[severity], severity, word) for severity, word in words.items() if counts[severity]]
    servers = f"{counts['collected']} of {counts['servers']} servers were read"
    what = f"{counted(counts['relationships'], 'relationship')} with {counted(counts['scopes'], 'scope')}"
    total = f"{servers}: {what}; "
    unasked = [f"{in_sight(kind)}{_NEEDS.get(kind, '')}" for kind in report["off"]]
    off = f"; not looked for: {', '.join(unasked)}" if unasked else ""
    none = "nothing is wrong with them" if counts["collected"] else "so nothing is known"
    return [*told, total + (", ".join(found) or none) + off]


def scopes(report: Mapping[str, Any]) -> Sequence[str]:
    """The scopes of each relationship, with those that do not serve marked, and the scopes that are in none."""
    lines = [
        f"scopes of '{in_sight(pair['relationship'])}': {', '.join(map(_scope, pair['scope_list'])) or _none(pair)}"
        for pair in report["pairs"]
    ]
    alone = [(in_sight(server["host"]), server["unprotected_scopes"]) for server in report["servers"]]
    return [*lines, *(f"in no relationship on {host}: {', '.join(several)}" for host, several in alone if several)]


def _none(pair: Mapping[str, Any]) -> str:
    return "they were not collected" if pair["scopes"] else "none"


def _scope(scope: Mapping[str, Any]) -> str:
    name = f" {in_sight(scope['name'])}" if scope["name"] else ""
    return f"{scope['scope_id']}{name}{'' if scope['state'] == 'active' else ' (inactive)'}"


def safety_copies(report: Mapping[str, Any]) -> Sequence[str]:
    """The safety copies of each server that was asked for them, the newest first."""
    lines: list[str] = []
    for server in report["servers"]:
        where, problem = f"on {in_sight(server['host'])}", server["safety_copies_problem"]
        lines += [
            f"safety copy {where}: {copy['time']} {copy['size'] // 1024} KB {in_sight(copy['path'])}"
            for copy in server["safety_copies"] or ()
        ]
        lines += [f"safety copies {where}: {in_sight(problem)}"] if problem else []
    return lines


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Sequence[str]:
    """Columns below each other; the widest ones are cut until a line fits."""
    widths = [max(_width(row[column]) for row in (head, *rows)) for column in range(len(head))]
    while sum(widths) + 2 * (len(widths) - 1) > WIDTH and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    rule = ["-" * width for width in widths]
    return ["  ".join(map(_cell, row, widths)).rstrip() for row in (head, rule, *rows)]


def _cell(text: str, width: int) -> str:
    if _width(text) > width:
        while _width(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns of a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
