# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Declaring a partner down: no state that is kept, but something that is done, once and only when it is silent. No
I/O."""

from __future__ import annotations

from .._model.failover_states import CUT_OFF, PARTNER_DOWN
from .._model.refusal import Refused
from .._model.relationship import Relationship
from .actions import Kind
from .draft import Draft
from .leaving import answers
from .plan import Plan
from .plan_proof import finished
from .read_request import PartnerRead, ReadRequest, Unread
from .spec import Spec
from .world import World


def declare_down(name: str, world: World, option: str = "name") -> Plan | ReadRequest:
    """The relationship is in state PartnerDown: only from CommunicationInterrupted, and never while the partner
    answers.

    Made on both servers, it gives the same address to two clients. Raises Refused.
    """
    if not world.views:
        return ReadRequest()
    d, here = Draft(world), world.here
    current = here.find(name, option)
    if current is None:
        raise Refused(f"{option}: relationship '{name}' does not exist on {here.name}.")
    state = current.relationship.state
    if state == PARTNER_DOWN:
        return finished(d, [Spec(name, option=option)])
    if state != CUT_OFF:
        raise Refused(
            f"relationship '{name}' on {here.name} is in state {state}; a partner is declared down from {CUT_OFF} "
            "only, when it is sure that it does not serve. Nothing was changed."
        )
    if not _is_silent(current.relationship, d):
        return d.request()
    d.add(Kind.DOWN, here, name, partner=current.relationship.partner_server)
    return finished(d, [Spec(name, option=option)])


def _is_silent(current: Relationship, d: Draft) -> bool:
    """Raises Refused where the partner is not; False: that has to be asked first."""
    there = d.ask(PartnerRead(current.partner.names, current.name))
    if there is None:
        return False
    if isinstance(there, Unread):
        if answers(there):
            raise Refused(
                f"{current.partner_server}, the partner in '{current.name}', answers {d.here.name}, so it is not down, "
                f"although it says: {there.failure} Nothing was changed."
            )
        return True
    theirs = there.half(current.name)
    if theirs is not None and theirs.relationship.state == PARTNER_DOWN:
        raise Refused(
            f"{there.name} has declared {d.here.name} down in '{current.name}'; declared on both servers, the same "
            "address could be given to two clients. Bring the two into contact instead. Nothing was changed."
        )
    state = theirs.relationship.state if theirs else "without this relationship"
    raise Refused(
        f"{there.name}, the partner in '{current.name}', answers (it is in state {state}), so it is not down: mend the "
        "connection between the two servers (TCP 647). Nothing was changed."
    )
