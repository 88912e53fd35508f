# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The servers: who was not read and why, which scopes nobody would take over, and what is said of each as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from .page_text import OK, TONES, UNKNOWN, UNKNOWN_MARK, Entry, badge, count, known, name, sign, text, title, tone
from .page_verdicts import Places, findings, severities

_OPEN_AT_MOST = 4  # servers of a small fleet that are all open


def server_tone(server: Entry) -> str:
    """The status that the report gives the server; one that was not read is never shown as good."""
    status = tone(server.get("status"))
    return UNKNOWN if status == OK and server.get("collected") is not True else status


def cards(places: Places) -> str:
    """All servers, the worst first, else in the order of the report. One that there is nothing to say of is a line."""
    if not places.servers:
        return '<p class="calm">No server was asked.</p>'
    ranks = [TONES.index(server_tone(server)) for server in places.servers]
    shown = (_card(places, index) for index in sorted(range(len(ranks)), key=lambda index: ranks[index]))
    return f'<div class="list">{"".join(shown)}</div>'


def _card(places: Places, index: int) -> str:
    server = places.servers[index]
    own, beside = places.own_of_server(server.get("host")), places.beside_of_server(server.get("host"))
    status = server_tone(server)
    found_by = severities(
        [*own, *(verdict for verdict, _link in beside)], *([status] if status != OK or not (own or beside) else [])
    )
    marks = f'class="panel server {status}" data-f="s" data-s="{found_by}"'
    head = (
        f'{badge(status)}<span class="id"><h3>{name(server.get("name") or server.get("host"))}</h3>'
        f'{_host(server)}</span><span class="sum">{_sum(server)}</span>'
    )
    inside = _inside(places, index, own, beside)
    if not inside:
        return f'<div {marks} id="s{index}"><div class="head">{head}</div></div>'
    opened = " open" if len(places.servers) <= _OPEN_AT_MOST or server.get("collected") is not True else ""
    return f'<details {marks}{opened}><summary>{head}</summary><div class="in" id="s{index}">{inside}</div></details>'


def _host(server: Entry) -> str:
    own, host = server.get("name"), server.get("host")
    differs = own and host and str(own).casefold() != str(host).casefold()
    return f'<span class="who">{name(host)}</span>' if differs else ""


def _sum(server: Entry) -> str:
    if server.get("collected") is not True:
        return '<span class="ans"><b>not read</b></span>'
    alone = server.get("unprotected_scopes") or ()
    parts = [count(server.get("relationships"), "relationship"), count(server.get("scopes"), "scope")]
    parts += [f"{len(alone)} without a partner"] if alone else []
    return "".join(f'<span class="ans">{part}</span>' for part in parts)


def _inside(places: Places, index: int, own: Sequence[Entry], beside: Sequence[tuple[Entry, str]]) -> str:
    server, parts = places.servers[index], []
    if server.get("collected") is not True:
        why = text(server["problem"]) if server.get("problem") else UNKNOWN_MARK
        parts.append(f'<p class="why"><b>Not read:</b> {why}</p>')
    alone = server.get("unprotected_scopes") or ()
    if alone:
        scopes = ", ".join(known(scope) for scope in alone)
        parts.append(f'<p class="alone"><b>In no relationship:</b> <span class="ids">{scopes}</span></p>')
    partners = [f"<span>{_with(places, pair)}</span>" for pair in places.pairs_of.get(str(server.get("host")), ())]
    parts += [f'<p class="with"><b>In failover:</b> {" ".join(partners)}</p>'] if partners else []
    parts.append(findings(own, 4))
    for verdict, link in beside:
        where = f": see {link}" if link else ""
        parts.append(f'<p class="see">{badge(verdict.get("severity"))} {title(verdict.get("id"))}{where}</p>')
    return "".join(parts)


def _with(places: Places, pair: int) -> str:
    status = tone(places.pairs[pair].get("status"))
    return f'{sign(status)}<span class="vh">{status}: </span> {places.link_to_pair(pair)}'
