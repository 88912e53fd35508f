# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The verdicts of a report: what to do first, and each one whole in the panel that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .page_text import TONES, UNKNOWN, Entry, badge, evidence, name, text, title, tone

_FIRST = 6  # of one kind that are not folded away
_NOBODY = '<p class="calm">Nothing: no server and no relationship has a finding.</p>'
_NOT_ALL = '<p class="calm">Nothing was found, but not everything was looked at.</p>'


@dataclass(frozen=True)
class Places:
    """Where things are on the page. By the numbers of verdicts, pairs and servers in the report: `of_pair`, the pair
    that a verdict is told in; `of_host`, the server that a host is; `told`, by host, the verdicts that its server's
    panel tells; `beside`, those about it that the panel of another server, or of a pair that it is not in, tells;
    `pairs_of`, by host, the pairs it is in."""

    verdicts: Sequence[Entry]
    pairs: Sequence[Entry]
    servers: Sequence[Entry]
    of_pair: Mapping[int, int] = field(default_factory=dict)
    of_host: Mapping[str, int] = field(default_factory=dict)
    told: Mapping[str, Sequence[int]] = field(default_factory=dict)
    beside: Mapping[str, Sequence[int]] = field(default_factory=dict)
    pairs_of: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @staticmethod
    def of(report: Entry) -> Places:
        """Of all that the report has; a part that it lacks is empty."""
        verdicts, pairs, servers = (report.get(key) or () for key in ("verdicts", "pairs", "servers"))
        of_pair: dict[int, int] = {}
        seen_there: dict[int, set[str]] = {}  # the hosts of all pairs that tell a verdict
        pairs_of: dict[str, list[int]] = {}
        for index, pair in enumerate(pairs):
            for number in _numbers(pair, verdicts):
                of_pair.setdefault(number, index)
                seen_there.setdefault(number, set()).update(str(half.get("host")) for half in pair.get("halves") or ())
            for half in pair.get("halves") or ():
                pairs_of.setdefault(str(half.get("host")), []).append(index)
        of_host: dict[str, int] = {}
        for index, server in enumerate(servers):
            of_host.setdefault(str(server.get("host")), index)
        told: dict[str, list[int]] = {}
        beside: dict[str, list[int]] = {}
        for number, verdict in enumerate(verdicts):
            by = str(verdict.get("host"))
            if number not in of_pair:
                told.setdefault(by, []).append(number)
            for host in map(str, verdict.get("hosts") or ()):
                if host not in seen_there.get(number, {by}):
                    beside.setdefault(host, []).append(number)
        return Places(verdicts, pairs, servers, of_pair, of_host, told, beside, pairs_of)

    def own_of_pair(self, index: int) -> Sequence[Entry]:
        """The verdicts that a pair's panel tells."""
        return [self.verdicts[number] for number in _numbers(self.pairs[index], self.verdicts)]

    def own_of_server(self, host: object) -> Sequence[Entry]:
        """The verdicts that a server's panel tells: those that no pair's does, as it was the one to say them."""
        return [self.verdicts[number] for number in self.told.get(str(host), ())]

    def beside_of_server(self, host: object) -> Sequence[tuple[Entry, str]]:
        """What is about the server and told in another panel, and a link to that."""
        return [(self.verdicts[number], self._link(number)) for number in self.beside.get(str(host), ())]

    def _link(self, number: int) -> str:
        if number in self.of_pair:
            return self.link_to_pair(self.of_pair[number])
        other = self.of_host.get(str(self.verdicts[number].get("host")))
        return "" if other is None else self.link_to_server(other)

    def links(self, number: int) -> str:
        """From a verdict to its panel: the pair, or each server that it is about."""
        pair = self.of_pair.get(number)
        if pair is not None:
            return self.link_to_pair(pair)
        verdict = self.verdicts[number]
        hosts = [str(host) for host in [verdict.get("host"), *(verdict.get("hosts") or ())] if host is not None]
        return " ".join(
            self.link_to_server(self.of_host[host]) for host in dict.fromkeys(hosts) if host in self.of_host
        )

    def link_to_pair(self, index: int) -> str:
        """By the relationship and its servers, since two can have one name."""
        pair = self.pairs[index]
        servers = ", ".join(name(half.get("server")) for half in pair.get("halves") or ())
        return f'<a class="to" href="#p{index}">{name(pair.get("relationship"))}</a> <span class="of">{servers}</span>'

    def link_to_server(self, index: int) -> str:
        """By the server's own name, or its host's."""
        server = self.servers[index]
        return f'<a class="to" href="#s{index}">{name(server.get("name") or server.get("host"))}</a>'


def _numbers(pair: Entry, verdicts: Sequence[Entry]) -> Sequence[int]:
    told = pair.get("verdicts") or ()
    return [number for number in told if isinstance(number, int) and 0 <= number < len(verdicts)]


def severities(verdicts: Iterable[Entry], *more: str) -> str:
    """What a filter by severity finds a panel by."""
    found = {tone(verdict.get("severity")) for verdict in verdicts} | set(more)
    return " ".join(one for one in TONES if one in found)


def todo(places: Places, status: object) -> str:
    """What to do, the worst first: those of one kind with one cure together, in the order of the report."""
    groups: dict[tuple[int, str, str], list[int]] = {}
    for number, verdict in enumerate(places.verdicts):
        rank = TONES.index(tone(verdict.get("severity")))
        groups.setdefault((rank, str(verdict.get("id")), str(verdict.get("cure") or "")), []).append(number)
    if not groups:
        return _NOT_ALL if tone(status) == UNKNOWN else _NOBODY
    ordered = sorted(groups.items(), key=lambda group: group[0][0])
    return f'<ol class="todo">{"".join(_group(places, cure, numbers) for (_r, _i, cure), numbers in ordered)}</ol>'


def _group(places: Places, cure: str, numbers: Sequence[int]) -> str:
    first = places.verdicts[numbers[0]]
    severity = first.get("severity")
    items = [_item(places, number) for number in numbers]
    shown, folded = items[:_FIRST], items[_FIRST:]
    more = f"<details><summary>{len(folded)} more</summary><ul>{''.join(folded)}</ul></details>" if folded else ""
    several = f' <span class="n">{len(numbers)}</span>' if len(numbers) > 1 else ""
    return (
        f'<li class="do"><div class="what">{badge(severity)}<h3>{title(first.get("id"))}{several}</h3></div>'
        f"<div><ul>{''.join(shown)}</ul>{more}{_cure(cure)}</div></li>"
    )


def _item(places: Places, number: int) -> str:
    verdict = places.verdicts[number]
    sentence = text(verdict.get("sentence") or "")
    return (
        f'<li data-f="v" data-s="{tone(verdict.get("severity"))}"><p class="say">{sentence}</p>'
        f'<p class="where">{places.links(number)}</p></li>'
    )


def _cure(cure: object) -> str:
    return f'<p class="cure"><span class="vh">What to do: </span>{text(cure)}</p>' if cure else ""


def whole(verdict: Entry) -> str:
    """A verdict in the panel that it belongs to: the sentence, what it rests on, what to do."""
    severity = verdict.get("severity")
    scopes = verdict.get("scopes") or ()
    rests_on = {**({"scopes": scopes} if scopes else {}), **(verdict.get("evidence") or {})}
    folded = (
        f"<details><summary>What this rests on</summary>{evidence(rests_on)}</details>"
        if any(value not in (None, "", [], {}) for value in rests_on.values())
        else ""
    )
    return (
        f'<li class="fact"><p class="say">{badge(severity)} {text(verdict.get("sentence") or "")}</p>'
        f"{_cure(verdict.get('cure'))}{folded}</li>"
    )


def findings(verdicts: Iterable[Entry], level: int) -> str:
    """The verdicts of a panel under a heading of that level; nothing where there are none."""
    shown = "".join(map(whole, verdicts))
    return f'<h{level}>Findings</h{level}><ul class="facts">{shown}</ul>' if shown else ""
