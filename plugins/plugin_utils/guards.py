# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Preconditions over a Plan, checked before the first write. Each has an override, named in its text. No I/O."""

from __future__ import annotations

from collections.abc import Collection

from .model import Refused, Server
from .plan import Plan

NORMAL = "Normal"
# states that pass by themselves: the batch waits for Normal before it writes
PASSING = frozenset({"Init", "Startup", "Recover", "RecoverWait", "RecoverDone", "ConflictDone"})
# states in which a write could split the two servers' views
_REFUSED = {
    "CommunicationInterrupted": "the partner is not reachable from it; bring it back, or look at the network between them (TCP 647)",
    "PartnerDown": "the partner was declared down; bring it back and wait until both show Normal",
    "PotentialConflict": "both servers served alone and are comparing leases; wait until both show Normal",
    "ResolutionInterrupted": "the comparison of leases was interrupted; let the two servers reach each other",
}
STATES = frozenset({NORMAL}) | PASSING | frozenset(_REFUSED)


def check(plan: Plan, server: Server, allow_state: Collection[str] = ()) -> None:
    """Raises Refused when a relationship that the plan writes to is in a state that forbids it."""
    for name in plan.touched():
        relationship = server.relationship(name)
        if relationship is not None:
            _check_state(server.name, name, relationship.state, allow_state)


def _check_state(server: str, name: str, state: str, allow_state: Collection[str]) -> None:
    if state == NORMAL or state in PASSING or state in allow_state:
        return
    if state not in STATES:
        raise Refused(f"relationship '{name}' on {server} shows the state '{state}', which is not known; nothing was changed.")
    raise Refused(
        f"relationship '{name}' on {server} is in state {state}: {_REFUSED[state]}. Nothing was changed; allow_state: [{state}] overrides."
    )
