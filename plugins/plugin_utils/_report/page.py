# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report of a fleet as one HTML page that needs nothing else: no server, no network, no script.

The same report gives the same bytes. The policy in its head lets the browser load nothing at all, and run and apply
only what this room wrote, by its hash; nothing of the report is ever inside of a script or a style."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from . import page_pairs, page_servers, page_verdicts, pair_picture
from .page_script import SCRIPT
from .page_style import style
from .page_text import CRITICAL, INFO, OK, TONES, UNKNOWN, WARNING, Entry, count, known, moment, plain, sign, text, tone
from .page_verdicts import Places

# a status's shape, with its sign cut out of it
_SHAPES = {
    CRITICAL: (
        '<path fill="currentColor" d="M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5z"/>'
        '<path class="k" d="M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2"/>'
    ),
    WARNING: (
        '<path fill="currentColor" d="M6.9 1.3a1.3 1.3 0 0 1 2.2 0l6.5 11.6a1.3 1.3 0 0 1-1.1 1.9h-13a1.3 1.3 0 0 1'
        '-1.1-1.9z"/>'
        '<path class="k" d="M8 5.5v4"/><circle class="kf" cx="8" cy="12.3" r="1.2"/>'
    ),
    UNKNOWN: (
        '<circle fill="currentColor" cx="8" cy="8" r="7.5"/>'
        '<path class="k" d="M5.8 6.2a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.4"/>'
        '<circle class="kf" cx="8" cy="12.2" r="1.2"/>'
    ),
    INFO: (
        '<rect fill="currentColor" x=".5" y=".5" width="15" height="15" rx="3"/>'
        '<path class="k" d="M8 7.5v4.5"/><circle class="kf" cx="8" cy="4.3" r="1.2"/>'
    ),
    OK: '<circle fill="currentColor" cx="8" cy="8" r="7.5"/><path class="k" d="M4.7 8.3L7 10.6l4.3-4.6"/>',
}
_FILTERS = (
    ("", "All"),
    (CRITICAL, "Critical"),
    (WARNING, "Warning"),
    (UNKNOWN, "Unknown"),
    (INFO, "Info"),
    (OK, "No finding"),
)


def page(report: Mapping[str, Any]) -> str:
    """The page of what `_planning.fleet.report()` made."""
    places, styles, counts = Places.of(report), style(), report.get("counts") or {}
    status, headline = tone(report.get("status")), text(_headline(report, counts))
    policy = (
        f"default-src 'none'; style-src 'sha256-{_hash(styles)}'; script-src 'sha256-{_hash(SCRIPT)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    created = report.get("created")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{headline} - DHCP failover</title>
<style>{styles}</style>
</head>
<body>
{_symbols()}
<a class="skip" href="#todo">Skip to what to do first</a>
<div class="page">
<header>
<div class="kicker"><span>DHCP failover report</span><button type="button" id="theme" hidden>Dark colours</button></div>
<div class="answer">{sign(status)}<h1>{headline}</h1><p>Made {moment(created)}, {_read(counts)}</p></div>
{_numbers(counts)}{_notice(places)}
</header>
{_controls()}
<main>
<section aria-labelledby="todo"><h2 id="todo">What to do first</h2>
{page_verdicts.todo(places, report.get("status"))}
<p class="calm" id="none" hidden>Nothing on this page is like that.</p></section>
<section aria-labelledby="with"><h2 id="with">Who is with whom</h2>
{pair_picture.picture(places)}</section>
<section aria-labelledby="pairs"><h2 id="pairs">Relationships</h2>
{page_pairs.panels(places, created)}</section>
<section aria-labelledby="servers"><h2 id="servers">Servers</h2>
{page_servers.cards(places)}</section>
</main>
<footer>{_footer(report)}</footer>
</div>
<script>{SCRIPT}</script>
</body>
</html>
"""


def _hash(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _symbols() -> str:
    drawn = "".join(
        f'<symbol id="i-{status}" viewBox="0 0 16 16">{shape}</symbol>' for status, shape in _SHAPES.items()
    )
    return f'<svg class="defs" aria-hidden="true">{drawn}</svg>'


def _headline(report: Entry, counts: Entry) -> str:
    """The answer to the first question, by the report's own status and counts."""
    status = tone(report.get("status"))
    if status == OK and counts.get("servers") == 0:
        return "No server was asked"
    critical, warnings = (plain(counts.get(severity)) for severity in (CRITICAL, WARNING))
    if status == CRITICAL:
        also = f", {warnings} {'warning' if warnings == '1' else 'warnings'}" if counts.get(WARNING) else ""
        return f"{critical} critical {'finding' if critical == '1' else 'findings'}{also}"
    if status == WARNING:
        return f"{warnings} {'warning' if warnings == '1' else 'warnings'}, nothing critical"
    if status == OK:
        return "All is well"
    if counts.get("collected") == 0:
        return "No server could be read"
    return "Nothing is known to be wrong, but not all is known"


def _read(counts: Entry) -> str:
    return f"{known(counts.get('collected'))} of {count(counts.get('servers'), 'server')} read"


def _numbers(counts: Entry) -> str:
    numbers = [("Servers", "servers"), ("Relationships", "relationships"), ("Scopes", "scopes")]
    shown = "".join(f"<div><dt>{word}</dt><dd>{known(counts.get(key))}</dd></div>" for word, key in numbers)
    for severity in TONES[:-1]:
        number = counts.get(severity)
        mark = sign(severity) + " " if number else ""
        shown += f'<div class="ans"><dt>{severity.capitalize()}</dt><dd>{mark}{known(number)}</dd></div>'
    return f'<dl class="nums">{shown}</dl>'


def _notice(places: Places) -> str:
    missing = [index for index, server in enumerate(places.servers) if server.get("collected") is not True]
    if not missing:
        return ""
    was, they = ("was", "it knows") if len(missing) == 1 else ("were", "they know")
    words = f"{count(len(missing), 'server')} {was} not read; what only {they} is unknown"
    return f'<p class="notice">{sign(UNKNOWN)} {words}: {", ".join(map(places.link_to_server, missing))}</p>'


def _controls() -> str:
    chips = "".join(
        f'<label class="chip"><input type="radio" name="severity" value="{value}"><span>'
        f"{sign(value) if value else ''}{word}</span></label>"
        for value, word in _FILTERS
    )
    return (
        '<div class="controls" id="controls" role="search" aria-label="Filter this page" hidden>'
        f"<fieldset><legend>Severity</legend>{chips}</fieldset>"
        '<label class="find"><span class="vh">Search</span><input type="search" id="q" '
        'placeholder="Server, scope, name, text" autocomplete="off" spellcheck="false"></label>'
        '<button type="button" id="open" aria-pressed="false">Open all</button>'
        '<output id="said" role="status" aria-live="polite"></output></div>'
    )


def _footer(report: Entry) -> str:
    off = [text(one).replace("_", " ") for one in report.get("off") or ()]
    switched = f"<p>Not looked for, and so not in this report: {', '.join(off)}.</p>" if off else ""
    made = f"Made by windhcp.failover, {text(plain(report.get('schema')))}"
    return f"{switched}<p>{made}. Times are UTC, durations [d.]hh:mm:ss.</p>"
