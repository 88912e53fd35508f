# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A picture of who is in failover with whom: servers are boxes, relationships are lines with a shape for each status.

It is laid out as stars: the server with the most relationships on the left, its partners on the right, a row for each
relationship; what is left over of a ring or a mesh makes further stars, in which a server is drawn again. So no line
crosses another one, each has room for its name, and the same report gives the same picture. A star is an SVG of its
own, which lets a narrow window put them below each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .page_text import CRITICAL, OK, TONES, UNKNOWN, WARNING, Entry, known, name, plain, text, tone
from .page_verdicts import Places

WIDTH, ROW = 400, 58
_BOX, _HUB = 124, 48  # width of a box, height of one that does not span its rows
_LEFT, _RIGHT = _BOX + 1, WIDTH - _BOX - 1
_ICON = 16
_LONG = 16  # letters of a state that are still one line
_GAPS = {CRITICAL: 17}  # around the sign; a line that is broken is seen to be
_FIRST = 24  # stars that are not folded away
MISSING = "missing"  # instead of a state: the server was read, and does not have the relationship
_STARS = '<div class="stars{}">{}</div>'
_LETTER = 7.2  # of a small letter, about; what is longer after all is clipped


@dataclass(frozen=True)
class Edge:
    """A relationship: the number of its pair, and its two servers, each as (key, half)."""

    index: int
    pair: Entry
    ends: tuple[str, str]
    halves: Mapping[str, Entry]

    def other(self, key: str) -> str:
        """The server at the other end."""
        return self.ends[1] if self.ends[0] == key else self.ends[0]


@dataclass(frozen=True)
class Star:
    """A server and its relationships, those with one partner beside each other. `again`: servers that are in an earlier
    one too."""

    hub: str
    spokes: Sequence[tuple[str, Sequence[Edge]]]
    again: frozenset[str]


def edges(pairs: Sequence[Entry]) -> Sequence[Edge]:
    """The relationships that have two servers. A server is known by its host, one without a host by its name."""
    found = []
    for index, pair in enumerate(pairs):
        halves = list(pair.get("halves") or ())[:2]
        keys = [_key(half) for half in halves]
        if len(keys) == 2 and keys[0] != keys[1]:
            found.append(Edge(index, pair, (keys[0], keys[1]), dict(zip(keys, halves, strict=True))))
    return found


def _key(half: Entry) -> str:
    host = half.get("host")
    return f"h:{host}" if host is not None else f"n:{str(half.get('server')).casefold()}"


def stars(found: Sequence[Edge]) -> Sequence[Star]:
    """The groups in which something is worst first, of these the largest, then as the report has them."""
    groups: dict[str, list[Edge]] = {}
    roots: dict[str, str] = {}

    def root(key: str) -> str:
        while roots.setdefault(key, key) != key:
            roots[key] = key = roots[roots[key]]
        return key

    for edge in found:
        first, second = root(edge.ends[0]), root(edge.ends[1])
        roots[second] = first
    for edge in found:
        groups.setdefault(root(edge.ends[0]), []).append(edge)
    ordered = sorted(groups.values(), key=lambda group: (min(map(_rank, group)), -len(group)))
    return [star for group in ordered for star in _stars_of(group)]


def _rank(edge: Edge) -> int:
    return TONES.index(tone(edge.pair.get("status")))


def _stars_of(group: Sequence[Edge]) -> Iterator[Star]:
    left, seen = list(group), frozenset[str]()
    while left:
        degree: dict[str, int] = {}
        for edge in left:
            for key in edge.ends:
                degree[key] = degree.get(key, 0) + 1
        hub = max(degree, key=lambda key: degree[key])
        spokes: dict[str, list[Edge]] = {}
        for edge in left:
            if hub in edge.ends:
                spokes.setdefault(edge.other(hub), []).append(edge)
        yield Star(hub, list(spokes.items()), seen & {hub, *spokes})
        seen |= {hub, *spokes}
        left = [edge for edge in left if hub not in edge.ends]


def picture(places: Places) -> str:
    """The stars, what the lines mean, the same in words, and who stands alone."""
    found = edges(places.pairs)
    drawn = [_svg(star, number) for number, star in enumerate(stars(found))]
    in_words = "".join(f"<li>{_in_words(places, index)}</li>" for index in range(len(places.pairs)))
    words = f"<details><summary>The same in words</summary><ul>{in_words}</ul></details>" if in_words else ""
    legend = "".join(
        f'<li><svg viewBox="0 0 56 16" aria-hidden="true"><path class="e {status}" d="M0 8H56"/>'
        f"{_mark(status, 28, 8, ' page')}</svg> {status}</li>"
        for status in (CRITICAL, WARNING, UNKNOWN, OK)
    )
    shown, folded = "".join(drawn[:_FIRST]), "".join(drawn[_FIRST:])
    many = " many" if folded else ""
    more = f"<details><summary>{len(drawn) - _FIRST} more</summary>{_STARS.format(many, folded)}</details>"
    meaning = f'<ul class="legend" aria-label="What the lines mean">{legend}</ul>'
    figure = f"{_STARS.format(many, shown)}{more if folded else ''}{meaning}"
    return (figure if drawn else "") + words + _alone(places, found)


def _alone(places: Places, found: Sequence[Edge]) -> str:
    paired = {key for edge in found for key in edge.ends}
    alone = [number for number, server in enumerate(places.servers) if f"h:{server.get('host')}" not in paired]
    if not alone:
        return ""
    return f'<p class="calm">In no relationship that was read: {", ".join(map(places.link_to_server, alone))}</p>'


def _in_words(places: Places, index: int) -> str:
    pair = places.pairs[index]
    states = " and ".join(f"{name(half.get('server'))} {_is(half)}" for half in pair.get("halves") or ())
    return f'<a class="to" href="#p{index}">{name(pair.get("relationship"))}</a>: {tone(pair.get("status"))}; {states}'


def _is(half: Entry) -> str:
    if half.get("present") is False:
        return "does not have it"
    return f"{'is' if half.get('collected') is True else 'was not read, seen as'} {known(half.get('state'))}"


def _state(half: Entry) -> str:
    return MISSING if half.get("present") is False else plain(half.get("state"))


def _svg(star: Star, number: int) -> str:
    rows = [edge for _key, several in star.spokes for edge in several]
    height = len(rows) * ROW + 6
    title, description = _told(star, rows)
    parts = [_edge(star, edge, row) for row, edge in enumerate(rows)]
    row = 0
    for key, several in star.spokes:
        halves = [edge.halves[key] for edge in several]
        parts.append(_box(_RIGHT, row, len(several), halves, key in star.again))
        row += len(several)
    halves = [edge.halves[star.hub] for edge in rows]
    if len(star.spokes) == 1:
        parts.append(_box(1, 0, len(rows), halves, star.hub in star.again))
    else:
        middle = (height - ROW) / 2 / ROW
        parts.append(_box(1, middle, 1, halves, star.hub in star.again))
    return (
        f'<svg class="star" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t{number} d{number}">'
        f'<title id="t{number}">{title}</title><desc id="d{number}">{description}</desc>{"".join(parts)}</svg>'
    )


def _told(star: Star, rows: Sequence[Edge]) -> tuple[str, str]:
    hub = _server(rows[0].halves[star.hub])
    partners = [_server(several[0].halves[key]) for key, several in star.spokes]
    title = f"{hub} and {partners[0]}" if len(partners) == 1 else f"{hub} and its {len(partners)} partners"
    described = [
        f"{plain(edge.pair.get('relationship'))} with {_server(_far(star, edge))}: {_states(edge)}" for edge in rows
    ]
    return text(title), text(". ".join(described))


def _far(star: Star, edge: Edge) -> Entry:
    return edge.halves[edge.other(star.hub)]


def _server(half: Entry) -> str:
    return plain(half.get("server"))


def _states(edge: Edge) -> str:
    states = [plain(edge.halves[key].get("state")) for key in edge.ends]
    return f"{tone(edge.pair.get('status'))}, {states[0] if states[0] == states[1] else ' / '.join(states)}"


def _edge(star: Star, edge: Edge, row: int) -> str:
    status, fan = tone(edge.pair.get("status")), len(star.spokes) > 1
    y = row * ROW + ROW / 2 + 3
    hub_y = (sum(len(several) for _key, several in star.spokes) * ROW + 6) / 2
    start = _LEFT + 44 if fan else _LEFT
    middle = (start + _RIGHT) / 2
    bend = f"M{_LEFT} {hub_y:g}C{_LEFT + 30} {hub_y:g} {_LEFT + 14} {y:g} {start} {y:g}H" if fan else f"M{start} {y:g}H"
    called, room = plain(edge.pair.get("relationship")), _RIGHT - start - 6
    servers = " / ".join(f"{_server(edge.halves[key])} {_state(edge.halves[key])}" for key in edge.ends)
    told = f"{called}: {status}; {servers}"
    return (
        f'<a href="#p{edge.index}" tabindex="-1" data-e="{edge.index}"><title>{text(told)}</title>'
        f'<path class="e {status}" d="{bend}{_RIGHT}"/>{_mark(status, middle, y)}'
        f"{_clipped(called, 'rel', start + 3, y - 27, room)}"
        f"{_clipped(status, 'st ' + status, start + 3, y + 8, room)}</a>"
    )


def _mark(status: str, x: float, y: float, back: str = "") -> str:
    """The sign of a status on a line, with room around it."""
    return (
        f'<circle class="back{back}" cx="{x:g}" cy="{y:g}" r="{_GAPS.get(status, 11)}"/>'
        f'<use class="{status}" href="#i-{status}" x="{x - _ICON / 2:g}" y="{y - _ICON / 2:g}"'
        f' width="{_ICON}" height="{_ICON}"/>'
    )


def _box(x: float, row: float, rows: int, halves: Sequence[Entry], again: bool) -> str:
    y, height = row * ROW + 3 + (ROW - _HUB) / 2, rows * ROW - (ROW - _HUB)
    read = all(half.get("collected") is True for half in halves)
    states = list(dict.fromkeys(map(_state, halves)))
    lines: Sequence[str]
    if len(states) > 1 or (rows == 1 and len(halves) > 1):
        lines = [f"{len(halves)} relationships"] if read else ["not read"]
    else:
        lines = _lines(states[0]) if read else ["not read", f"seen as {states[0]}"]
    marks = ("" if read else " dark") + (" again" if again else "")
    full, up = _server(halves[0]), y + height / 2 - 6 * (len(lines) - 1)
    small = " small" if _letters(full) > (_BOX - 8) / _LETTER else ""
    below = "".join(_clipped(line, "sub", x + 4, up - 1 + 13 * number, _BOX - 8) for number, line in enumerate(lines))
    return (
        f'<g class="box{marks}"><title>{text(full)}{" (drawn once more)" if again else ""}</title>'
        f'<rect x="{x:g}" y="{y:g}" width="{_BOX}" height="{height:g}" rx="8"/>'
        f"{_clipped(full, 'srv' + small, x + 4, up - 18, _BOX - 8)}{below}</g>"
    )


def _lines(state: str) -> Sequence[str]:
    """A state of Windows' that is too long for a box, in two lines where its second word begins."""
    second = next((at for at in range(1, len(state)) if state[at].isupper() and state[at - 1].islower()), 0)
    return (state[:second], state[second:]) if second and len(state) > _LONG else (state,)


def _clipped(value: str, kind: str, x: float, y: float, room: float) -> str:
    """A line of text that cannot leave its room."""
    short = shortened(value, room / _LETTER * (1.22 if "small" in kind or "srv" not in kind else 1))
    line = f'<text class="{kind}" x="50%" y="14">{text(short)}</text>'
    return f'<svg x="{x:g}" y="{y:g}" width="{room:g}" height="20">{line}</svg>'


def shortened(value: str, letters: float) -> str:
    """The beginning of a text that is wider than so many small letters, as far as one can tell without its font."""
    if _letters(value) <= letters:
        return value
    width = 1.0
    for number, character in enumerate(value):
        width += _width(character)
        if width > letters:
            return f"{value[: max(1, number)].rstrip()}\u2026"
    return value


def _letters(value: str) -> float:
    return sum(map(_width, value))


def _width(character: str) -> float:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.75
    return 1.25 if character.isupper() else 1
