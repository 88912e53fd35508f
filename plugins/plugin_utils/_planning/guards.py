# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Preconditions over a Plan, checked before the first write. Each has an override, named in its text. No I/O."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from .._model.failover_states import NORMAL, PASSING, REFUSED, STATES
from .._model.identity import Connection
from .._model.refusal import Refused
from .._model.relationship import Relationship
from .._model.relationship_settings import SETTINGS, OnPartner
from .._model.render import settings
from .._model.server import Server
from .._model.texts import few
from .action_table import KINDS
from .actions import Kind
from .plan import Plan
from .world import ServerView

CLOCK_LIMIT = timedelta(minutes=1)
MANY_MEMBERS = 10  # from so many on, the share that is removed counts
# fields of a relationship that each of its two servers has a value of its own for
_EACH_OWN = {"partner_server", "state", *(row.option for row in SETTINGS if row.on_partner is not OnPartner.SAME)}


@dataclass(frozen=True)
class Limits:
    """What a task allows a plan to do: its options of these names."""

    allow_state: tuple[str, ...] = ()
    allow_clock_skew: bool = False
    allow_content_loss: bool = False
    max_removals_percent: int = 30


def _check_removals(plan: Plan, limits: Limits) -> None:
    """Raises Refused when copies go that have what the kept ones have not, or too many of the members at once."""
    lost = [f"{removal.scope_id} {what}" for removal in plan.removals for what in removal.loses]
    if lost and not limits.allow_content_loss:
        raise Refused(
            f"the copies that would go differ from those kept on {plan.removals[0].kept_on}: "
            f"{few(lost, 'removals', between='; ')}. Keep the scopes on the server that "
            "is right, or replicate from it first (dhcp_failover_replicate; leases travel by themselves, while both "
            "servers are Normal); allow_content_loss: true overrides. Nothing was changed."
        )
    removed = sum(not removal.replaced for removal in plan.removals)
    if plan.members >= MANY_MEMBERS and 100 * removed > limits.max_removals_percent * plan.members:
        raise Refused(
            f"{removed} of the {plan.members} members would be removed, and {limits.max_removals_percent} % is the "
            f"most at once; look at the list, or say max_removals_percent: {-(-100 * removed // plan.members)}. "
            "Nothing was changed."
        )


def check(plan: Plan, limits: Limits) -> None:
    """Raises Refused for a plan that must not be carried out: the states of its relationships, what would be removed,
    the clocks of the two servers."""
    for view in plan.start.views.values():
        _check_states(plan, view, limits)
    _check_removals(plan, limits)
    for view in plan.start.views.values() if plan.actions else ():
        _check_clocks(plan, view, limits)


def _check_states(plan: Plan, view: ServerView, limits: Limits) -> None:
    """Those of the relationships that the plan writes to, until it ends them."""
    ended: set[str] = set()
    for action in plan.actions:
        half = view.half(action.name)
        if action.normal and half is not None and action.name not in ended:
            _check_state(view.name, action.name, half.relationship.state, limits.allow_state)
        if KINDS[action.kind].ends:
            ended.add(action.name)


def _check_state(server: str, name: str, state: str, allow_state: Collection[str]) -> None:
    if state == NORMAL or state in PASSING or state in allow_state:
        return
    if state not in STATES:
        raise Refused(
            f"relationship '{name}' on {server} shows the state '{state}', which is not known; nothing was changed."
        )
    raise Refused(
        f"relationship '{name}' on {server} is in state {state}: {REFUSED[state]}. Nothing was changed; "
        f"allow_state: [{state}] overrides."
    )


def _check_clocks(plan: Plan, there: ServerView, limits: Limits) -> None:
    """Raises Refused when it is certain that the clocks of the two servers differ by more than Windows takes. No
    override makes it create a relationship then."""
    here = plan.start.here
    if there.source is Connection.PARTNER:
        difference = here.server.clock.apart(there.server.clock)
    else:
        difference = (there.ready and there.ready.apart) or timedelta(0)
    creates = any(action.kind is Kind.CREATE and action.other == there.source for action in plan.actions)
    if difference > CLOCK_LIMIT and (creates or not limits.allow_clock_skew):
        cure = "; Windows creates no relationship then" if creates else ", or allow_clock_skew: true"
        raise Refused(
            f"the clocks of {here.name} and {there.name} differ by {round(difference.total_seconds())} s or more, "
            f"and a minute is the most; set the time of both (w32tm){cure}. Nothing was changed."
        )


def differs_at_partner(relationship: Relationship, there: Server) -> list[str]:
    """What the partner does not show of a relationship; shares and roles are each server's own."""
    shown = there.relationship(relationship.name)
    if shown is None:
        return ["the relationship"]

    mine, theirs = settings(relationship), settings(shown)
    return [
        f"{field} {mine[field]} (it shows {theirs.get(field)})"
        for field in mine
        if field not in _EACH_OWN and mine[field] != theirs.get(field)
    ]
