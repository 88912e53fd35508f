# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values of a report -> HTML that holds them and nothing else. Each function here returns markup; nobody else makes
markup of a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any

from .._model import moments
from .._model.durations import timespan
from .._model.texts import in_sight

Entry = Mapping[str, Any]

CRITICAL, WARNING, UNKNOWN, INFO, OK = "critical", "warning", "unknown", "info", "ok"
TONES = (CRITICAL, WARNING, UNKNOWN, INFO, OK)  # what the page has colours, shapes and filters for
UNKNOWN_MARK = '<span class="nil">unknown</span>'
_DEEPEST = 5  # levels of evidence that are laid out; what is below them is one text
_DAY = 86400
_SPELLED = {"dns": "DNS", "id": "ID", "mclt": "MCLT"}


def text(value: object) -> str:
    """A value as text of an element or of a quoted attribute: what cannot be seen in sight, and braces by their codes,
    so that nobody's template language finds any."""
    return escape(in_sight(str(value)), quote=True).replace("{", "&#123;").replace("}", "&#125;")


def name(value: object) -> str:
    """What somebody called something. It does not turn round the writing beside it."""
    return UNKNOWN_MARK if value is None or value == "" else f"<bdi>{text(value)}</bdi>"


def known(value: object) -> str:
    """A plain value; null is unknown."""
    return UNKNOWN_MARK if value is None else text(plain(value))


def plain(value: object) -> str:
    """A plain value in words, not escaped."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else "unknown" if value is None else str(value)


def count(number: object, noun: str, several: str = "") -> str:
    """`1 server`, `2 servers`, `unknown servers`."""
    return f"{known(number)} {noun if number == 1 else several or noun + 's'}"


def percent(value: object) -> str:
    """A share of a hundred."""
    return UNKNOWN_MARK if value is None else f"{text(plain(value))} %"


def duration(seconds: object, zero: str = "00:00:00") -> str:
    """Seconds as [d.]hh:mm:ss. `zero`: what none at all means."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 0:
        return known(seconds)
    return text(timespan(seconds)) if seconds else zero


def read_moment(value: object) -> datetime | None:
    """A time in ISO 8601, in UTC. None: it is none, or nobody knows where it is that time."""
    found = moments.from_iso(value)
    try:
        return found.astimezone(timezone.utc) if found and found.tzinfo else None
    except OverflowError:
        return None


def moment(value: object) -> str:
    """When something was, in UTC; what is not understood stands as it came."""
    when = read_moment(value)
    if when is None:
        return known(value)
    return f'<time datetime="{when:%Y-%m-%dT%H:%M:%SZ}">{when:%Y-%m-%d %H:%M:%S} UTC</time>'


def since(value: object, until: object) -> str:
    """Since when, and for how long by the time of the report."""
    start, end = read_moment(value), read_moment(until)
    if start is None or end is None or end < start:
        return moment(value)
    return f'{moment(value)} <span class="ago">({_rough(end - start)})</span>'


def _rough(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return timespan(seconds) if seconds < _DAY else count(seconds // _DAY, "day")


def tone(status: object) -> str:
    """A status as one that the page has a look for. What it does not know is unknown, never good."""
    return str(status) if status in TONES else UNKNOWN


def icon(status: object) -> str:
    """The shape of a status; its word stands beside it."""
    return f'<svg class="i" aria-hidden="true"><use href="#i-{tone(status)}"/></svg>'


def sign(status: object) -> str:
    """The same in the status's colour."""
    return f'<svg class="i {tone(status)}" aria-hidden="true"><use href="#i-{tone(status)}"/></svg>'


def badge(status: object) -> str:
    """A status by shape, word and colour."""
    return f'<span class="badge {tone(status)}">{icon(status)}{text(_word(status))}</span>'


def answer(question: str, value: object, bad: str) -> str:
    """Yes, no or unknown to a question: null is unknown, and so is all that is neither. `bad`: the status that a no
    looks like."""
    status, word = UNKNOWN, "unknown"
    if isinstance(value, bool):
        status, word = (OK, "yes") if value else (bad, "no")
    return f'<span class="ans"><span>{question}</span> <b class="{status}">{icon(status)}{word}</b></span>'


def _word(status: object) -> str:
    return str(status) if status else UNKNOWN


def title(identifier: object) -> str:
    """The id of a verdict as a heading: `settings_differ` -> `Settings differ`."""
    words = " ".join(_SPELLED.get(word, word) for word in str(identifier).split("_")).strip()
    return text(words[:1].upper() + words[1:]) if words else "Finding"


def evidence(value: Any, level: int = 0) -> str:
    """What a verdict rests on: any JSON value, as tables where it is one, else as lists."""
    if level >= _DEEPEST and isinstance(value, (Mapping, list, tuple)):
        return text(value)
    if isinstance(value, Mapping):
        rows = list(value.values())
        if rows and all(isinstance(row, Mapping) and row and all(map(_is_plain, row.values())) for row in rows):
            return _table([{"": key, **row} for key, row in value.items()])
        items = "".join(f"<dt>{title(key)}</dt><dd>{evidence(one, level + 1)}</dd>" for key, one in value.items())
        return f"<dl>{items}</dl>" if items else "none"
    if isinstance(value, (list, tuple)):
        return _several(value, level)
    return known(value) if value != "" else "empty"


def _several(values: Sequence[Any], level: int) -> str:
    if not values:
        return "none"
    if all(map(_is_plain, values)):
        return ", ".join(known(one) for one in values)
    if all(isinstance(row, Mapping) and row and all(map(_is_plain, row.values())) for row in values):
        return _table(values)
    return f"<ul>{''.join(f'<li>{evidence(one, level + 1)}</li>' for one in values)}</ul>"


def _table(rows: Sequence[Entry]) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    head = "".join(f'<th scope="col">{title(key) if key else "Of"}</th>' for key in columns)
    body = "".join(f"<tr>{''.join(f'<td>{known(row.get(key))}</td>' for key in columns)}</tr>" for row in rows)
    return f'<div class="tbl"><table class="ev"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))
