# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A fleet's report as the output of a Nagios plugin, and the file that extensions/monitoring/check_windhcp_failover
prints. No I/O.

    2 1795680000
    WINDHCP CRITICAL - 1 warning, 1 critical, 0 unknown; ... | servers=2;;;0 ...
    CRITICAL: ...

First the exit code and when the report was made, in seconds since 1970; the rest is what the plugin prints. The time
stands inside, because a file that is copied is younger than what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._model.texts import short, visible
from .metrics import timestamp

CODES: Mapping[str, int] = {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}
MOST_LINES = 20  # Nagios takes 8 KB in all
MOST_CHARACTERS = 300
_PIPE = "|"


def exit_code(report: Mapping[str, Any]) -> int:
    """0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."""
    return CODES[report["status"]]


def status_line(report: Mapping[str, Any]) -> str:
    """What the plugin prints: one line with the worst of it and the figures, and then each verdict that counts."""
    counts = report["counts"]
    told = [verdict for verdict in report["verdicts"] if verdict["severity"] != "info"]
    first = _plain(told[0]["sentence"]) if told else _fleet(counts)
    figures = f"{counts['warning']} warning, {counts['critical']} critical, {counts['unknown']} unknown"
    lines = [f"WINDHCP {report['status'].upper()} - {figures}; {first} {_PIPE} {_performance(counts)}"]
    lines += [f"{verdict['severity'].upper()}: {_plain(verdict['sentence'])}" for verdict in told[:MOST_LINES]]
    if len(told) > MOST_LINES:
        lines.append(f"and {len(told) - MOST_LINES} more")
    return "\n".join(lines)


def status_file(report: Mapping[str, Any]) -> str:
    """The file of check_windhcp_failover."""
    return f"{exit_code(report)} {int(timestamp(report['created']) or 0)}\n{status_line(report)}\n"


def _plain(text: str) -> str:
    """On one line and without the character that begins the figures, whatever a server calls something."""
    return short(text, MOST_CHARACTERS).replace(_PIPE, visible(ord(_PIPE)))


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
