# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A fleet's report as the output of a Nagios plugin, and the file that extensions/monitoring/check_windhcp_failover
prints. No I/O.

    2 1795680000 1234
    WINDHCP CRITICAL - 1 warning, 1 critical, 0 unknown; ... | servers=2;;;0 ...
    CRITICAL: ...

First the exit code, when the report was made, in seconds since 1970, and how many bytes the rest has, which is what the
plugin prints. The time stands inside, because a file that is copied is younger than what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._model.texts import short, visible
from .metrics import timestamp

CODES: Mapping[str, int] = {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}
# in bytes: Nagios takes 8 KB in all, and NRPE 1 KB, of which the first line is the one that counts
MOST, MOST_OF_A_LINE, MOST_OF_THE_FIRST = 8000, 300, 680
MOST_LINES = 20
_PIPE = "|"


def exit_code(report: Mapping[str, Any]) -> int:
    """0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."""
    return CODES[report["status"]]


def status_line(report: Mapping[str, Any]) -> str:
    """What the plugin prints: one line with the worst of it and the figures, and then the verdicts that count, as many
    as there is room for."""
    counts = report["counts"]
    told = [verdict for verdict in report["verdicts"] if verdict["severity"] != "info"]
    figures = f"{counts['warning']} warning, {counts['critical']} critical, {counts['unknown']} unknown"
    head, tail = f"WINDHCP {report['status'].upper()} - {figures}; ", f" {_PIPE} {_performance(counts)}"
    first = told[0]["sentence"] if told else _fleet(counts)
    lines = [head + _plain(first, MOST_OF_THE_FIRST - len(head) - len(tail)) + tail]
    more = [f"{verdict['severity'].upper()}: {_plain(verdict['sentence'], MOST_OF_A_LINE)}" for verdict in told]
    room = MOST - len(lines[0].encode())
    for number, line in enumerate(more):
        room -= len(line.encode()) + 1
        if number == MOST_LINES or room < 0:
            return "\n".join([*lines, f"and {len(more) - number} more"])
        lines.append(line)
    return "\n".join(lines)


def status_file(report: Mapping[str, Any]) -> str:
    """The file of check_windhcp_failover."""
    line = status_line(report)
    return f"{exit_code(report)} {int(timestamp(report['created']) or 0)} {len(line.encode())}\n{line}\n"


def _plain(text: str, most: int) -> str:
    """On one line of so many bytes and without the character that begins the figures, whatever a server calls it."""
    plain = short(text).replace(_PIPE, visible(ord(_PIPE))).encode()
    return plain.decode() if len(plain) <= most else plain[: most - 3].decode(errors="ignore") + "..."


def _fleet(counts: Mapping[str, int]) -> str:
    words = (
        f"{counts[noun]} {noun[:-1] if counts[noun] == 1 else noun}" for noun in ("relationships", "scopes", "servers")
    )
    return ", ".join(words)


def _performance(counts: Mapping[str, int]) -> str:
    """Each as name=value;warning;critical;least;most."""
    thresholds = {"critical": ";;0;0", "warning": ";0;;0", "collected": f";;;0;{counts['servers']}"}
    names = ("servers", "collected", "relationships", "scopes", "critical", "warning", "unknown", "info")
    return " ".join(f"{name}={counts[name]}{thresholds.get(name, ';;;0')}" for name in names)
