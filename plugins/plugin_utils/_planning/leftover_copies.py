# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Copies of scopes that a removal left on a server: no state of a relationship, but something that is done. No I/O."""

from __future__ import annotations

from dataclasses import replace

from .._model.refusal import Refused
from .._model.texts import few
from .actions import Kind, Stage
from .claims import check_not_last
from .draft import Draft
from .plan import Plan
from .plan_proof import finished
from .read_request import PartnerRead, ReadRequest, Scopes
from .recognising import check_another, check_not_itself
from .world import World

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
    if not names and (world.finds_partners or not world.has_partner_host):
        raise Refused(
            "partner_server: name the server that keeps the scopes: a copy that is in no relationship tells no partner."
        )
    for spelling in names:
        check_not_itself(spelling, here)
    going = [scope for scope in scopes if scope in here.copies]
    serving = [scope for scope in going if scope in here.owners or here.serves(scope)]
    if serving:
        raise Refused(
            f"scopes: {few(serving)} is active or in failover on {here.name}, so it is no left-over copy; take "
            "it out of its relationship (dhcp_failover_scope, state: absent), or deactivate it when the other server "
            "serves it."
        )
    if not going:
        return finished(d)
    there = d.need(PartnerRead(names, "", tuple(going)))
    if there is None:
        return d.request()
    d.resolve(*check_another(names[0] if names else "", here, there))
    if d.is_waiting:
        return d.request()
    alone = [scope for scope in going if scope not in there.copies]
    if alone:
        raise Refused(f"scopes: {few(alone)} does not exist on {there.name}, so it would be lost.")
    check_not_last(going, "", there, here)
    d.save(here, LEFT_OVER, going, keep_days, other=there.source, stage=Stage.LOSER)
    d.add(Kind.DELETE, here, "", going, other=there.source, stage=Stage.LOSER)
    return replace(finished(d), diff=({"scopes": list(map(str, going))}, {"scopes": []}))
