# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Verdicts on a relationship, by what both of its servers show of it. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address
from typing import Any

from .._model import durations
from .._model.failover_states import NORMAL, PARTNER_DOWN, PASSING, STATES, TOLD
from .._model.relationship import Relationship
from .._model.texts import few
from .._windows.export_elements import NOTHING, Export
from . import comparison, setting_changes
from .comparison import Difference
from .read_request import PartnerRead, Unread
from .recognising import not_the_partner
from .verdict import BOTH, NOT_COLLECTED, PARTNER, Verdict, needing
from .world import ServerView

MOST = 50  # differences in the evidence of one verdict
_REPLICATE = "look at them with windhcp.failover.replicate --check, and replicate them in the direction that is right"


@dataclass(frozen=True)
class Pair:
    """A relationship of `here`. `there`: the partner, or why it could not be read; None: nobody asked for it."""

    relationship: Relationship
    here: ServerView
    there: ServerView | Unread | None = None

    @property
    def name(self) -> str:
        """The relationship's."""
        return self.relationship.name

    @property
    def partner(self) -> str:
        """What the partner is called: by itself, where it was read."""
        return self.there.name if isinstance(self.there, ServerView) else self.relationship.partner_server

    @cached_property
    def problem(self) -> str | None:
        """Why the partner that was asked for is not known; None: it is, or nobody asked."""
        if isinstance(self.there, Unread):
            return str(self.there.failure)
        if self.there is None:
            return None
        return not_the_partner(PartnerRead(self.relationship.partner.names, self.name), self.here, self.there)

    @cached_property
    def common(self) -> Sequence[IPv4Address]:
        """The scopes that are members on both servers; none where the partner's half was not read."""
        half = self.there.half(self.name) if isinstance(self.there, ServerView) else None
        return sorted(self.relationship.members & half.relationship.members, key=int) if half else ()

    @property
    def has_half(self) -> bool:
        """Whether the partner was read, is the partner, and has the other half."""
        return isinstance(self.there, ServerView) and not self.problem and self.there.half(self.name) is not None

    @property
    def compared(self) -> bool:
        """Whether the content of the common members was read, and there are some."""
        there = self.there
        read = isinstance(there, ServerView) and all(self.here.content(s) and there.content(s) for s in self.common)
        return read and bool(self.common)

    @cached_property
    def differences(self) -> Sequence[Difference]:
        """Of the content of those, which was read."""
        return comparison.differences(*self._exports, self.common)

    @cached_property
    def level_differences(self) -> Sequence[Difference]:
        """What the two servers have otherwise for all scopes; nothing is known of it without a common one."""
        return comparison.level_differences(*self._exports) if self.common else ()

    @property
    def _exports(self) -> tuple[Export, Export]:
        there = self.there.exported(self.common) if isinstance(self.there, ServerView) else NOTHING
        return self.here.exported(self.common), there

    def says(self, id_: str, sentence: str, cure: str, scopes: Sequence[IPv4Address] = (), **evidence: Any) -> Verdict:
        """A verdict on the relationship."""
        shown = tuple(map(str, scopes))
        return Verdict(id_, self.here.name, sentence, cure, self.name, self.partner, shown, evidence)


def of_pair(pair: Pair) -> Sequence[Verdict]:
    """All that is known to be wrong, and what is unknown because the partner was asked for and not read."""
    found, there = [*_of_one_half(pair)], pair.there
    if pair.problem or not isinstance(there, ServerView):
        return [*found, *_state(pair, None), *([_not_read(pair, pair.problem)] if pair.problem else [])]
    half = there.half(pair.name)
    if half is None:
        other = there.relationships.get(pair.name)
        missing = half_missing(pair.name, pair.here.name, pair.partner, other.partner_server if other else None)
        return [*found, *_state(pair, None), missing]
    return [*found, *_state(pair, half.relationship.state), *_of_both(pair, half.relationship)]


# --- what one server shows -------------------------------------------------------------------------------------------


def _of_one_half(pair: Pair) -> Iterator[Verdict]:
    mine = pair.relationship
    if not mine.scopes:
        yield pair.says(
            "relationship_empty",
            f"'{pair.name}' with {pair.partner} has no scopes",
            "add scopes, or end it (state: absent)",
        )
    off = [scope for scope in mine.scopes if scope in pair.here.copies and not pair.here.serves(scope)]
    off = [scope for scope in off if not _serves_there(pair, scope)]
    if off:
        yield pair.says(
            "members_inactive",
            f"out of service in '{pair.name}', on both servers as far as it is known: {few(off)}",
            "activate them on both servers (Set-DhcpServerv4Scope -State Active), or take them out",
            off,
        )
    if not mine.enable_auth:
        yield pair.says(
            "authentication_off",
            f"the messages of '{pair.name}' are not authenticated",
            "declare enable_auth: true with a shared_secret",
        )
    if 0 < mine.state_switch_interval < mine.max_client_lead_time:
        interval, lead = map(durations.timespan, (mine.state_switch_interval, mine.max_client_lead_time))
        yield pair.says(
            "interval_below_mclt",
            f"'{pair.name}' declares the partner down after {interval}, before the MCLT of {lead} is over",
            "declare a state_switch_interval that is not below max_client_lead_time, or 0",
            state_switch_interval=mine.state_switch_interval,
            max_client_lead_time=mine.max_client_lead_time,
        )


def _serves_there(pair: Pair, scope: IPv4Address) -> bool:
    """Then it is content that differs."""
    return isinstance(pair.there, ServerView) and pair.there.serves(scope)


def _count(several: Sequence[object], noun: str) -> str:
    return f"1 {noun} is" if len(several) == 1 else f"{len(several)} {noun}s are" if several else f"no {noun} is"


# --- states ----------------------------------------------------------------------------------------------------------


def _state(pair: Pair, theirs: str | None) -> Iterator[Verdict]:
    """`theirs`: the partner's; None: it is not known."""
    mine, shown = pair.relationship.state, f"on {pair.partner}"
    id_ = state_verdict(mine, theirs)
    if id_ is None:
        return
    both = f"'{pair.name}' is {mine} on {pair.here.name}" + (f" and {theirs} {shown}" if theirs else "")
    told = theirs if mine == NORMAL and theirs else mine
    means = TOLD.get(told, "what that means is not known")
    if id_ == "states_contradict":
        means = "the two servers do not agree on who serves: look at the network between them and at both event logs"
    yield pair.says(id_, both, means, state_here=mine, state_at_partner=theirs)


def state_verdict(mine: str, theirs: str | None) -> str | None:
    """Which kind of verdict two states are together; None: all is well, as far as it is known."""
    if theirs is None:
        return None if mine == NORMAL else "state_passing" if mine in PASSING else "not_normal"
    both = {mine, theirs}
    if both == {NORMAL}:
        return None
    if not both <= STATES:
        return "not_normal"
    if both & PASSING:  # one that comes back finds the other in any state
        return "state_passing"
    return "states_contradict" if NORMAL in both or both == {PARTNER_DOWN} else "not_normal"


# --- what both show --------------------------------------------------------------------------------------------------


def _not_read(pair: Pair, problem: str) -> Verdict:
    words = f"{pair.partner} could not be looked at for '{pair.name}'"
    kinds = needing(PARTNER, BOTH)
    evidence = {"problem": problem}
    return Verdict(
        NOT_COLLECTED, pair.here.name, words, problem, pair.name, pair.partner, evidence=evidence, kinds=kinds
    )


def half_missing(name: str, here: str, there: str, other: str | None) -> Verdict:
    """A relationship of `here` that `there` does not have, or has with an `other` one."""
    if other:
        has = f"has one of this name with {other}"
        cure = (  # that one is left alone
            f"state: absent ends this half, with keep_scopes_on: partner where {there} has its scopes, and this_server "
            "where it has none of them"
        )
    else:
        has = "does not have it"
        cure = "dhcp_failover_relationship with partner_host makes it anew, and state: absent ends this half"
    return Verdict(
        "half_missing",
        here,
        f"'{name}' is on {here}, and {there} {has}",
        f"see that its name still leads to {there}; {cure}",
        name,
        there,
    )


def _of_both(pair: Pair, theirs: Relationship) -> Iterator[Verdict]:
    yield from _settings(pair, theirs)
    yield from _members(pair, theirs)
    yield from _content(pair)


def _settings(pair: Pair, theirs: Relationship) -> Iterator[Verdict]:
    differs = {
        setting.option: tuple(setting.shown(getattr(half, setting.option)) for half in (pair.relationship, theirs))
        for setting in setting_changes.apart(pair.relationship, theirs)
    }
    if differs:
        words = [f"{option} {here} here and {there} there" for option, (here, there) in differs.items()]
        yield pair.says(
            "settings_differ",
            f"the halves of '{pair.name}' on {pair.here.name} and {pair.partner} differ: {few(words, between='; ')}",
            "declare the settings that are right, with partner_host (windhcp.failover.site does)",
            settings={option: {"this_server": here, "partner": there} for option, (here, there) in differs.items()},
        )


def _members(pair: Pair, theirs: Relationship) -> Iterator[Verdict]:
    here, there = members_apart(pair.relationship, theirs)
    if here or there:
        ends = ((here, pair.here.name), (there, pair.partner))
        words = [f"{few(scopes)} on {name} only" for scopes, name in ends if scopes]
        yield pair.says(
            "members_differ",
            f"members of '{pair.name}': {', '.join(words)}",
            "run windhcp.failover.site with the scopes that belong to it",
            sorted((*here, *there)),
            only_here=list(map(str, here)),
            only_at_partner=list(map(str, there)),
        )


def members_apart(mine: Relationship, theirs: Relationship) -> tuple[Sequence[IPv4Address], Sequence[IPv4Address]]:
    """The scopes that are members on this server only, and on the partner only."""
    return sorted(mine.members - theirs.members), sorted(theirs.members - mine.members)


def _content(pair: Pair) -> Iterator[Verdict]:
    if not pair.compared:
        return
    differs = pair.differences
    if differs:
        scopes = sorted({difference.scope_id for difference in differs})
        yield pair.says(
            "content_differs",
            f"{_count(scopes, 'scope')} not the same on {pair.here.name} and {pair.partner}: {few(scopes)}",
            _REPLICATE,
            scopes,
            **differences_shown(differs),
        )


def differences_shown(differs: Sequence[Difference]) -> Mapping[str, Any]:
    """With the count of all: a report of a fleet cannot hold every one."""
    ends = [
        {"scope_id": str(one.scope_id), "field": one.field, "this_server": one.source, "partner": one.destination}
        for one in differs[:MOST]
    ]
    return {"count": len(differs), "differences": ends}
