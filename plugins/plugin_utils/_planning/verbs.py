# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is no state of a relationship, but something that is done: these emit the same actions, through the same proof.
No I/O."""

from __future__ import annotations

from dataclasses import replace

from .._model.refusal import Refused
from .._model.relationship import Relationship
from .._model.texts import few
from .actions import Kind, Stage
from .draft import Draft
from .leaving import answers
from .plan import Plan
from .planner import finished
from .read_request import PartnerRead, ReadRequest, Scopes, Unread
from .spec import Spec
from .world import World

CUT = "CommunicationInterrupted"
DOWN = "PartnerDown"
LEFT_OVER = "left-over"  # what the files of such safety copies are called


def remove_copies(scopes: Scopes, names: tuple[str, ...], keep_days: int | None, world: World) -> Plan | ReadRequest:
    """Copies on this server that are in no relationship, and inactive, are deleted; the server called `names` keeps the
    scopes.

    Raises Refused.
    """
    if not world.views:
        return ReadRequest()
    d = Draft(world)
    here = d.here
    going = [scope for scope in scopes if scope in here.copies]
    serving = [scope for scope in going if scope in here.owners or here.serves(scope)]
    if serving:
        raise Refused(
            f"scopes: {few(serving)} is active or in failover on {here.name}, so it is no left-over copy; take "
            "it out of its relationship (dhcp_failover_scope, state: absent), or deactivate it when the other server "
            "serves it. Nothing was changed."
        )
    if not going:
        return finished(d)
    there = d.need(PartnerRead(names, "", tuple(going)))
    if there is None:
        return d.request()
    alone = [scope for scope in going if scope not in there.copies]
    if alone:
        raise Refused(f"scopes: {few(alone)} does not exist on {there.name}, so it would be lost. Nothing was changed.")
    if keep_days is not None:
        d.add(Kind.SAVE, here, LEFT_OVER, going, detail=keep_days, other=there.source, stage=Stage.LOSER)
    d.add(Kind.DELETE, here, "", going, other=there.source, stage=Stage.LOSER)
    return replace(finished(d), diff=({"scopes": list(map(str, going))}, {"scopes": []}))


def declare_down(name: str, world: World, option: str = "name") -> Plan | ReadRequest:
    """The relationship is in state PartnerDown: only from CommunicationInterrupted, and never while the partner
    answers.

    Made on both sides, it gives the same address to two clients. Raises Refused.
    """
    if not world.views:
        return ReadRequest()
    d, here = Draft(world), world.here
    current = here.find(name, option)
    if current is None:
        raise Refused(f"{option}: relationship '{name}' does not exist on {here.name}.")
    state = current.relationship.state
    if state == DOWN:
        return finished(d, [Spec(name, option=option)])
    if state != CUT:
        raise Refused(
            f"relationship '{name}' on {here.name} is in state {state}; a partner is declared down from {CUT} only, "
            "when it is sure that it does not serve. Nothing was changed."
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
    if theirs is not None and theirs.relationship.state == DOWN:
        raise Refused(
            f"{there.name} has declared {d.here.name} down in '{current.name}'; declared on both servers, the same "
            "address could be given to two clients. Bring the two into contact instead. Nothing was changed."
        )
    state = theirs.relationship.state if theirs else "without this relationship"
    raise Refused(
        f"{there.name}, the partner in '{current.name}', answers (it is in state {state}), so it is not down: mend the "
        "connection between the two servers (TCP 647). Nothing was changed."
    )
