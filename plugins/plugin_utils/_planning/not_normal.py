# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Relationships that are not Normal, which every task tells, changed or not. Every task loads this, so it is apart from
what dhcp_failover_info alone looks at. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .._model.failover_states import NORMAL, TOLD
from .read_request import PartnerRead, ReadRequest, Unread
from .world import Half, World


def partners_to_ask(names: Iterable[str], world: World) -> ReadRequest | None:
    """Of relationships that are not Normal: their partners that were not asked, where partner_host is auto. None:
    there are none."""
    halves = [half for name in names if (half := world.here.half(name)) and half.relationship.state != NORMAL]
    reads = [PartnerRead(half.relationship.partner.names, half.name, guarded=False) for half in halves]
    reads = [read for read in reads if world.source(read.key) is None]
    return ReadRequest(partners=tuple(reads)) if world.finds_partners and reads else None


def warnings(names: Iterable[str], world: World) -> Sequence[str]:
    """Warnings of those of the relationships that are there and not Normal, on this server or on a partner that was
    looked at."""
    return [warning for name in names if (half := world.here.half(name)) and (warning := _warning(half, world))]


def _warning(half: Half, world: World) -> str | None:
    state, there = half.relationship.state, world.partner(half.name)
    theirs = there.half(half.name) if there else None
    other = theirs.relationship.state if theirs else None
    telling = other if state == NORMAL and other else state
    if telling == NORMAL:
        return None
    words = f"relationship '{half.name}' is in state {state} on {half.server}"
    if there is not None and other is None:
        return f"{words}, and {there.name} does not have it: dhcp_failover_relationship with partner_host makes it anew"
    also = f", and {other} on {there.name}" if there else ""
    source = world.source(half.relationship.partner.names[0])
    if there is not None:
        more = ""
    elif isinstance(source, Unread):
        more = f"; its partner could not be looked at: {source.failure}"
    else:
        more = "; with partner_host it is told as well what the partner shows"
    return f"{words}{also}: {TOLD.get(telling, 'what that means is not known')}{more}"
