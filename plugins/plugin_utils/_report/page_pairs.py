# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A panel for each pair: what it is, one sentence for each of its servers, what is wrong, what happened, its scopes."""

from __future__ import annotations

import math
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Any

from .._model.relationship_settings import MODE_WORDS
from .page_text import (
    CRITICAL,
    OK,
    TONES,
    UNKNOWN,
    UNKNOWN_MARK,
    Entry,
    answer,
    badge,
    count,
    duration,
    known,
    moment,
    name,
    percent,
    plain,
    since,
    text,
    tone,
)
from .page_verdicts import Places, findings, severities

_OPEN_AT_MOST = 3  # pairs of a small fleet that are all open
_TABLE_OPEN_AT_MOST = 12  # scopes of a table that is open


def panels(places: Places, created: object) -> str:
    """All pairs, the worst first, else in the order of the report."""
    if not places.pairs:
        return '<p class="calm">There is no failover relationship on the servers that were read.</p>'
    ranks = [TONES.index(tone(pair.get("status"))) for pair in places.pairs]
    return "".join(
        _panel(places, index, created) for index in sorted(range(len(ranks)), key=lambda index: ranks[index])
    )


def _panel(places: Places, index: int, created: object) -> str:
    pair, own = places.pairs[index], places.own_of_pair(index)
    status = tone(pair.get("status"))
    halves = pair.get("halves") or ()
    opened = " open" if status == CRITICAL or len(places.pairs) <= _OPEN_AT_MOST else ""
    found_by = severities(own, *([status] if status != OK or not own else []))
    return (
        f'<details class="panel {status}" data-f="p" data-p="{index}" data-s="{found_by}"{opened}>'
        f'<summary>{badge(status)}<span class="id"><h3>{name(pair.get("relationship"))}</h3>'
        f'<span class="who">{" and ".join(name(half.get("server")) for half in halves)}</span></span>'
        f'<span class="sum">{answer("in sync", pair.get("in_sync"), status)}'
        f"{answer('healthy', pair.get('healthy'), status)}{_fullest(pair.get('fullest'))}</span></summary>"
        f'<div class="in" id="p{index}">{_servers(places, pair, created)}{_settings(pair)}{findings(own, 4)}'
        f"{_timeline(pair)}{_scopes(pair)}</div></details>"
    )


def _fullest(fullest: Any) -> str:
    if not fullest:
        return f'<span class="ans"><span>fullest</span> <b class="{UNKNOWN}">{UNKNOWN_MARK}</b></span>'
    share = fullest.get("percent_in_use")
    return f'<span class="ans"><span>fullest</span> <b class="bar {_width(share)}">{percent(share)}</b></span>'


def _servers(places: Places, pair: Entry, created: object) -> str:
    sentences = "".join(f"<li>{_half(places, pair, half, created)}</li>" for half in pair.get("halves") or ())
    return f'<ul class="halves">{sentences}</ul>' if sentences else ""


def _half(places: Places, pair: Entry, half: Entry, created: object) -> str:
    server, host, state = half.get("server"), half.get("host"), half.get("state")
    who = f"<b>{name(server)}</b>"
    if host is not None and str(host).casefold() != str(server).casefold():
        who += f' <span class="of">({name(host)})</span>'
    when = f" since {since(half['state_since'], created)}" if half.get("state_since") else ""
    if state is None:
        is_in = f'is in a state that is <b class="state">{UNKNOWN_MARK}</b>'
    else:
        is_in = f'is <b class="state">{name(state)}</b>{when or ", since when is unknown"}'
    if half.get("present") is False:
        says = f"{who} was read, and <b>does not have it</b>."
    elif half.get("collected") is not True:
        seen = "nobody saw its state" if state is None else f"as its partner sees it, it {is_in}"
        says = f"{who} was <b>not read</b>; {seen}."
    else:
        says = f"{who} {is_in}{_share(pair, half)}."
    index = places.of_host.get(str(host))
    own = places.own_of_server(host) if index is not None else ()
    more = f' <a class="to" href="#s{index}">{count(len(own), "finding")} of the server itself</a>' if own else ""
    return f"<p>{says}{more}</p>"


def _share(pair: Entry, half: Entry) -> str:
    role, share = half.get("server_role"), half.get("load_balance_percent")
    if role == "standby" and pair.get("reserve_percent") is not None:
        return f"; it is the standby server and keeps {percent(pair['reserve_percent'])} of the addresses"
    if role:
        return f"; it is the {text(role)} server"
    return f"; it answers {percent(share)} of the clients" if share is not None else ""


def _settings(pair: Entry) -> str:
    mode, auth = pair.get("mode"), pair.get("enable_auth")
    shares = [half.get("load_balance_percent") for half in pair.get("halves") or ()]
    detail = ""
    if mode == "load_balance" and any(share is not None for share in shares):
        detail = f", {' / '.join(map(percent, shares))}"
    elif pair.get("reserve_percent") is not None:
        detail = f", {percent(pair['reserve_percent'])} in reserve"
    facts = (
        ("Mode", known(mode if mode is None else MODE_WORDS.get(str(mode), mode)) + detail),
        ("Maximum client lead time", duration(pair.get("max_client_lead_time"))),
        ("State switchover interval", duration(pair.get("state_switch_interval"), "off")),
        ("Messages authenticated", known(auth)),
        ("Scopes", known(pair.get("scopes"))),
        ("Fullest scope", _fullest_scope(pair.get("fullest"))),
    )
    return f'<dl class="set">{"".join(f"<div><dt>{word}</dt><dd>{value}</dd></div>" for word, value in facts)}</dl>'


def _fullest_scope(fullest: Any) -> str:
    return f"{known(fullest.get('scope_id'))}, {percent(fullest.get('percent_in_use'))}" if fullest else UNKNOWN_MARK


def _timeline(pair: Entry) -> str:
    shown = "".join(
        f"<li>{moment(event.get('time'))} <span>{_event(event)}</span></li>" for event in pair.get("events") or ()
    )
    left_out = pair.get("events_left_out")
    older = f'<p class="calm">{count(left_out, "older event")} not shown</p>' if left_out else ""
    return f'<h4>What happened</h4>{older}<ol class="line">{shown}</ol>' if shown else ""


def _event(event: Entry) -> str:
    says, ends = str(event.get("text") or event.get("kind") or ""), (event.get("from"), event.get("to"))
    server = event.get("server")
    words = [f"<b>{name(server)}</b>"] if server and str(server).casefold() not in says.casefold() else []
    words += [text(says)] if says else []
    if any(end is not None and str(end) not in says for end in ends):
        words.append(f"{known(ends[0])} &rarr; <b>{known(ends[1])}</b>")
    scope = event.get("scope_id")
    words += [f"scope {text(scope)}"] if scope and str(scope) not in says else []
    words += [f'<span class="of">by {name(event["by"])}</span>'] if event.get("by") else []
    return " ".join(words)


# --- the scopes: a page can have ten thousand, so a row holds nothing that its table can say --------------------------


def _scopes(pair: Entry) -> str:
    scopes = pair.get("scope_list") or ()
    if not scopes:
        none = "none" if pair.get("scopes") == 0 else "they were not collected"
        return f'<h4>Scopes</h4><p class="calm">{none}</p>'
    halves = list(pair.get("halves") or ())
    names = [name(half.get("server")) for half in halves]
    lead = halves[0].get("host") if halves else None
    free = f"<th scope=col>Free on {names[0]}<th scope=col>Free on {names[1]}" if len(names) == 2 else ""
    rows = "".join(_row(scope, lead, bool(free)) for scope in scopes)
    called = pair.get("relationship")
    opened, kind = (" open", "tbl") if len(scopes) <= _TABLE_OPEN_AT_MOST else ("", "tbl large")
    return (
        f'<details class="scopes"{opened}><summary><h4>{count(len(scopes), "scope")}</h4></summary>'
        f'<div class="{kind}" role="region" tabindex="0" aria-label="Scopes of {text(plain(called))}">'
        f'<table class="sc"><caption class="vh">Scopes of {name(called)}, and how full each is</caption>'
        "<thead><tr><th scope=col>Scope<th scope=col>Name<th scope=col>Range<th scope=col>State"
        f"<th scope=col>In use<th scope=col>Free{free}</thead><tbody>{rows}</tbody></table></div></details>"
    )


def _row(scope: Entry, lead: object, by_server: bool) -> str:
    share, ends = scope.get("percent_in_use"), (scope.get("start_range"), scope.get("end_range"))
    of_each = ""
    if by_server:
        free = [scope.get("free_here"), scope.get("free_at_partner")]
        here, there = free if scope.get("host") == lead else reversed(free)
        of_each = f"<td>{known(here)}<td>{known(there)}"
    state = scope.get("state")
    span = f"{text(ends[0])} &ndash; {text(ends[1])}" if None not in ends else UNKNOWN_MARK
    return (
        f"<tr><th scope=row>{_network(scope)}<td>{_called(scope.get('name'))}<td>{span}"
        f"<td>{known(state) if state in ('active', None) else f'<b>{text(state)}</b>'}"
        f"<td class={_width(share)}>{percent(share)}<td>{known(scope.get('free'))}{of_each}\n"
    )


def _called(value: object) -> str:
    """A scope may have no name."""
    return "" if value == "" else name(value)


def _network(scope: Entry) -> str:
    scope_id, mask = scope.get("scope_id"), scope.get("subnet_mask")
    try:
        return text(IPv4Network(f"{scope_id}/{mask}"))
    except (AddressValueError, NetmaskValueError, ValueError):
        return known(scope_id)


def _width(share: object) -> str:
    """The class of a bar, in whole percent; `w` is one that nobody knows."""
    if isinstance(share, bool) or not isinstance(share, (int, float)) or math.isnan(share):
        return "w"
    return f"w{round(min(max(share, 0), 100))}"
