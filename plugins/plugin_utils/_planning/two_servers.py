# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Verdicts on two servers as a whole: each once, whichever relationships they have with each other. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .._model.identity import Source
from .._model.texts import few
from .guards import CLOCK_LIMIT, clocks_apart
from .pair_verdicts import Pair, differences_shown
from .verdict import NOT_COLLECTED, Verdict
from .world import ServerView

_CLASSES = ("vendor class ", "user class ", "definition of option ")


@dataclass(frozen=True)
class Two:
    """A server and a partner, by all the relationships that they have with each other."""

    pairs: Sequence[Pair]
    there: ServerView

    @property
    def here(self) -> ServerView:
        """The server whose task it is."""
        return self.pairs[0].here

    def says(self, id_: str, sentence: str, cure: str, kinds: frozenset[str] = frozenset(), **evidence: Any) -> Verdict:
        """A verdict on both."""
        names = [pair.name for pair in self.pairs]
        alone = names[0] if len(names) == 1 else None
        more = {} if alone else {"relationships": names}
        return Verdict(id_, self.here.name, sentence, cure, alone, self.there.name, (), {**evidence, **more}, kinds)


def of_two_servers(pairs: Iterable[Pair]) -> Iterator[Verdict]:
    """On this server and each partner that was read and has the other half of something."""
    for two in _partners(pairs):
        yield from _level(two)
        yield from _clocks(two)
        yield from _accounts(two)
        yield from _unknown(two)


def _partners(pairs: Iterable[Pair]) -> Iterator[Two]:
    found: dict[Source, list[Pair]] = {}
    for pair in pairs:
        if pair.has_half and isinstance(pair.there, ServerView):
            found.setdefault(pair.there.source, []).append(pair)
    for several in found.values():
        if isinstance(several[0].there, ServerView):
            yield Two(several, several[0].there)


def _compared(two: Two) -> Pair | None:
    """A relationship by which the level of the two servers was read."""
    return next((pair for pair in two.pairs if pair.compared), None)


def _level(two: Two) -> Iterator[Verdict]:
    pair = _compared(two)
    level = pair.level_differences if pair else ()
    classes = [difference for difference in level if difference.field.startswith(_CLASSES)]
    rest = [difference for difference in level if difference not in classes]
    if classes:
        yield two.says(
            "classes_differ",
            f"{two.here.name} and {two.there.name} differ in {few(one.field for one in classes)}",
            "add them to the server that lacks them; Windows does not replicate them",
            **differences_shown(classes),
        )
    if rest:
        yield two.says(
            "server_settings_differ",
            f"{two.here.name} and {two.there.name} differ for all scopes in {few(one.field for one in rest)}",
            "set both alike where it is not meant so; Windows does not replicate it",
            **differences_shown(rest),
        )


def _clocks(two: Two) -> Iterator[Verdict]:
    apart = clocks_apart(two.here, two.there)
    if apart is not None and apart > CLOCK_LIMIT:
        seconds = round(apart.total_seconds())
        yield two.says(
            "clocks_differ",
            f"the clocks of {two.here.name} and {two.there.name} differ by {seconds} s or more; a minute is the most",
            "set the time of both (w32tm)",
            seconds=seconds,
        )


def _accounts(two: Two) -> Iterator[Verdict]:
    mine, theirs = (view.service.dns_account if view.service else None for view in (two.here, two.there))
    if mine is not None and theirs is not None and mine.casefold() != theirs.casefold():
        ends = ((two.here.name, mine), (two.there.name, theirs))
        accounts = [f"{name} as {account or 'itself'}" for name, account in ends]
        yield two.says(
            "dns_credentials_differ",
            f"names are registered in DNS by {' and '.join(accounts)}: neither can change what the other registered",
            "set the same account on both (Set-DhcpServerDnsCredential)",
            this_server=mine,
            partner=theirs,
        )


def _unknown(two: Two) -> Iterator[Verdict]:
    """What the partner was asked for, and does not tell. Two servers without any member have nothing to compare."""
    halves = [two.there.half(pair.name) for pair in two.pairs]
    members = any(pair.relationship.members for pair in two.pairs)
    members = members or any(half.relationship.members for half in halves if half)
    level = members and _compared(two) is None
    unknown = dict.fromkeys(("classes_differ", "server_settings_differ"), level)
    if two.here.service and two.there.service:
        unknown["clocks_differ"] = clocks_apart(two.here, two.there) is None
        unknown["dns_credentials_differ"] = None in (two.here.service.dns_account, two.there.service.dns_account)
    if kinds := frozenset(kind for kind, missing in unknown.items() if missing):
        names = few(f"'{pair.name}'" for pair in two.pairs)
        words = f"not all of {two.there.name} could be looked at for {names}"
        cure = "look at the rights of the account there; without a common scope, classes and options are not compared"
        yield two.says(NOT_COLLECTED, words, cure, kinds)


def without_repeats(verdicts: Iterable[Verdict]) -> Sequence[Verdict]:
    """A server that has no account where its partner has one is told once."""
    told = list(verdicts)
    lacking = {one.server for one in told if one.id == "dns_credentials_differ" and one.evidence["this_server"] == ""}
    return [one for one in told if one.id != "dns_credentials_missing" or one.server not in lacking]
