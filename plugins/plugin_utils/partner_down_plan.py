# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans the declaration that a partner is down. Made on both sides, it gives the same address to two clients. Pure."""

from __future__ import annotations

from dataclasses import replace

from . import cmdlets
from .model import Refused, Relationship
from .plan import Plan, Step, find
from .sides import Needed, Side, Sides
from .view import settings

DOWN = "PartnerDown"
CUT = "CommunicationInterrupted"


def partner_down(name: str, sides: Sides) -> Plan:
    """The relationship is in state PartnerDown: only from CommunicationInterrupted, and never while the partner answers."""
    here = sides.here
    actual = find(here.server, name)
    if actual is None:
        raise Refused(f"name: relationship '{name}' does not exist on {here.name}.")
    if actual.state == DOWN:
        return Plan((), settings(actual), settings(actual))
    if actual.state != CUT:
        raise Refused(
            f"relationship '{name}' on {here.name} is in state {actual.state}; a partner is declared down from {CUT} only, when it is sure "
            "that it does not serve. Nothing was changed."
        )
    _check_silent(actual, sides)
    step = Step(
        server=here.name,
        text=f"declare {actual.partner_server}, the partner of relationship '{name}', down",
        operation=cmdlets.partner_down(name),
        relationship=name,
        partner="",
        here_only=True,
        settled=False,
    )
    return Plan((step,), settings(actual), settings(replace(actual, state=DOWN)))


def _check_silent(actual: Relationship, sides: Sides) -> None:
    found = sides.partner_or_failure(Needed(actual.partner_names, actual.name))
    if isinstance(found, Side):
        theirs = found.half(actual.name)
        if theirs is not None and theirs.state == DOWN:
            raise Refused(
                f"{found.name} has declared {sides.here.name} down in '{actual.name}'; declared on both servers, the same address could be "
                "given to two clients. Bring the two into contact instead. Nothing was changed."
            )
        state = theirs.state if theirs else "without this relationship"
        raise Refused(
            f"{found.name}, the partner in '{actual.name}', answers (it is in state {state}), so it is not down: mend the connection "
            "between the two servers (TCP 647). Nothing was changed."
        )
    if found.answered:
        raise Refused(
            f"{actual.partner_server}, the partner in '{actual.name}', answers {sides.here.name}, so it is not down, although it says: "
            f"{found} Nothing was changed."
        )
