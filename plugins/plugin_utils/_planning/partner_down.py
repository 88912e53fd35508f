# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Declaring a partner down: no state that is kept, but something that is done, once and only when it is silent. No
I/O."""

from __future__ import annotations

from .._model.failover_states import CUT_OFF, PARTNER_DOWN
from .._model.refusal import Refused
from .actions import Kind
from .draft import Draft
from .plan import Plan
from .plan_proof import finished
from .read_request import ReadRequest
from .silence import Asking, listen, warn_of_unserved
from .spec import Spec
from .world import World


def declare_down(name: str, world: World, option: str = "name", *, is_off: bool = False) -> Plan | ReadRequest:
    """The relationship is in state PartnerDown: only from CommunicationInterrupted, and never while the partner
    answers: see `silence`. `is_off`: a person says that it is, where only this server can ask.

    Made on both servers, it gives the same address to two clients. Raises Refused.
    """
    if not world.views:
        return ReadRequest()
    d, here = Draft(world), world.here
    current = here.find(name, option)
    if current is None:
        raise Refused(f"{option}: relationship '{name}' does not exist on {here.name}.")
    state = current.relationship.state
    warn_of_unserved(name, here.members(name), d)
    if state == PARTNER_DOWN:
        return finished(d, [Spec(name, option=option)])
    if state != CUT_OFF:
        raise Refused(
            f"relationship '{name}' on {here.name} is in state {state}; a partner is declared down from {CUT_OFF} "
            "only, when it is sure that it does not serve."
        )
    silence = listen(current.relationship, Asking("", "it is not down", is_off), d)
    if silence is None:
        return d.request()
    d.add(Kind.DOWN, here, name, partner=current.relationship.partner_server, detail=silence.words)
    return finished(d, [Spec(name, option=option)])
