# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Preconditions over a Plan, checked before the first write. Each has an override, named in its text. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address

from .._engine.steps import Plan
from .._model.refusal import Refused
from .._model.relationship import Relationship
from .._model.render import settings
from .._model.server import Server
from .._model.texts import few, sentences
from .._windows.export import Export
from .content import lacking

NORMAL = "Normal"
# states that pass by themselves: the batch waits for Normal before it writes
PASSING = frozenset({"Init", "Startup", "Recover", "RecoverWait", "RecoverDone", "ConflictDone"})
# states in which a write could split the two servers' views
_REFUSED = {
    "CommunicationInterrupted": "the partner is not reachable from it; bring it back, or look at the network between "
    "them (TCP 647); "
    "after a change of the secret it passes by itself within a minute or two",
    "PartnerDown": "the partner was declared down; bring it back and wait until both show Normal",
    "PotentialConflict": "both servers served alone and are comparing leases; wait until both show Normal",
    "ResolutionInterrupted": "the comparison of leases was interrupted; let the two servers reach each other",
}
# what a write of ours can cause for a while: a message with the other secret closes the connection (MS-DHCPF 3.1.5)
PASSING_AFTER_A_WRITE = frozenset({"CommunicationInterrupted"})
CLOCK_LIMIT = timedelta(minutes=1)
MANY_MEMBERS = 10  # from so many on, the share that is removed counts
STATES = frozenset({NORMAL}) | PASSING | frozenset(_REFUSED)


@dataclass(frozen=True)
class Limits:
    """What a task allows a plan to do: its options of these names."""

    allow_state: tuple[str, ...] = ()
    allow_clock_skew: bool = False
    allow_content_loss: bool = False
    max_removals_percent: int = 30


def check_removals(plan: Plan, limits: Limits) -> None:
    """Raises Refused when copies go that have what the kept ones have not, or too many of the members at once."""
    lost = [f"{one.scope_id} {what}" for one in plan.removals for what in one.loses]
    if lost and not limits.allow_content_loss:
        kept, told = plan.removals[0].kept_on, few(lost, "removals", between="; ")
        raise Refused(
            f"the copies that would go differ from those kept on {kept}: {told}. Keep the scopes on the server that "
            "is "
            "right, "
            "or replicate from it first (dhcp_failover_replicate; leases travel by themselves, while both servers "
            "are "
            "Normal); "
            "allow_content_loss: true overrides. Nothing was changed."
        )
    removed = sum(not one.replaced for one in plan.removals)
    if plan.members >= MANY_MEMBERS and 100 * removed > limits.max_removals_percent * plan.members:
        raise Refused(
            f"{removed} of the {plan.members} members would be removed, and {limits.max_removals_percent} % is the "
            "most at once; "
            f"look at the list, or say max_removals_percent: {-(-100 * removed // plan.members)}. Nothing was "
            "changed."
        )


def check(plan: Plan, server: Server, allow_state: Collection[str] = ()) -> None:
    """Raises Refused when a relationship that the plan writes to is in a state that forbids it."""
    gone: set[str] = set()
    for step in plan.steps:
        relationship = server.relationship(step.relationship)
        if step.settled and relationship is not None and relationship.name not in gone:
            _check_state(server.name, relationship.name, relationship.state, allow_state)
        if step.removes:
            gone.add(step.relationship)


def _check_state(server: str, name: str, state: str, allow_state: Collection[str]) -> None:
    if state == NORMAL or state in PASSING or state in allow_state:
        return
    if state not in STATES:
        raise Refused(
            f"relationship '{name}' on {server} shows the state '{state}', which is not known; nothing was changed."
        )
    raise Refused(
        f"relationship '{name}' on {server} is in state {state}: {_REFUSED[state]}. Nothing was changed; "
        "allow_state: "
        f"[{state}] overrides."
    )


def check_partner(
    plan: Plan, here: Server, there: Server, allow_clock_skew: bool = False, elsewhere: Collection[str] = ()
) -> None:
    """Raises Refused for what the partner, read over its own connection, would refuse or be hurt by.

    `elsewhere`: relationships whose partner may be another server.
    """
    problems: list[str] = []
    for name in plan.touched():
        relationship = here.relationship(name)
        names = (
            relationship.partner.names
            if relationship
            else tuple(step.partner for step in plan.steps if step.relationship == name)
        )
        if name in elsewhere or not any(names):
            continue
        problems += not_the_partner(name, names, there)
    if problems:
        raise Refused(sentences(problems) + " Nothing was changed.")
    check_clocks(here, there, allow_clock_skew)


def check_lacking(source: Export, destination: Export, scopes: Iterable[IPv4Address], name: str) -> None:
    """Raises Refused when the server called `name` does not have what scopes need that are copied there."""
    problems = lacking(source, destination, scopes)
    if problems:
        raise Refused(
            f"{name} lacks what the scopes use, and Windows does not replicate it: {few(problems)}. "
            "Create it there first; nothing was changed."
        )


def check_clocks(here: Server, there: Server, allow_clock_skew: bool) -> None:
    """Raises Refused when it is certain that the clocks of the two servers differ by more than Windows takes."""
    difference = here.clock.apart(there.clock)
    if difference > CLOCK_LIMIT and not allow_clock_skew:
        raise Refused(
            f"the clocks of {here.name} and {there.name} differ by {round(difference.total_seconds())} s or more, "
            "and "
            "a minute is "
            "the most; set the time of both (w32tm), or allow_clock_skew: true. Nothing was changed."
        )


def check_is_partner(relationships: Iterable[Relationship], there: Server) -> None:
    """Raises Refused when `there` is not the partner of each of them."""
    problems = [problem for one in relationships for problem in not_the_partner(one.name, one.partner.names, there)]
    if problems:
        raise Refused(sentences(problems))


def not_the_partner(name: str, names: Iterable[str], there: Server) -> list[str]:
    """What is wrong when `there` is called by none of the names."""
    spelled = dict.fromkeys(names)
    if any(there.identity.is_called(one) for one in spelled):
        return []
    return [
        f"partner_host: it is {there.name}, and the partner of '{name}' is {' = '.join(spelled)}; "
        "name the right host, or write partner_server as the host's own name or address."
    ]


def differs_at_partner(relationship: Relationship, there: Server) -> list[str]:
    """What the partner does not show of a relationship; shares and roles are each server's own."""
    shown = there.relationship(relationship.name)
    if shown is None:
        return ["the relationship"]
    own = ("partner_server", "load_balance_percent", "server_role", "state")
    mine, theirs = settings(relationship), settings(shown)
    return [
        f"{field} {mine[field]} (it shows {theirs.get(field)})"
        for field in mine
        if field not in own and mine[field] != theirs.get(field)
    ]
