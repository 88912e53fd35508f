# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One planner for all that is declared of a server's failover. No I/O, nothing of Ansible.

    make         scopes that are defined and not there, and those that a broken run left incomplete
    take_back    what a broken run added on a partner alone goes out there again
    find_misfit  relationships that have to end before the declared ones can be: another role, partner or name
    move         scopes out of other relationships, before those end
    take_apart   what is unfit, half-made or to be absent ends
    settle       what is missing is created, what differs is changed, scopes join
    purge        what is to leave leaves
    delete_former  copies on a former partner that an earlier run was to delete, and did not

In the end, what a run that was broken off left out of service goes on (`broken_runs.go_on`).

Each phase goes over the whole list, and each action is folded into the draft's world at once, so that the next sees it.
The order of the plan is by stages, and no matter of the phases. What has to be read for all of them is one ReadRequest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from .._model.refusal import Refused
from .._model.texts import few
from .additions import take_back, tell
from .broken_runs import About, go_on, revive
from .defining import make, read_of
from .draft import Draft
from .guards import differs_at_partner
from .joining import settle
from .leaving import delete_former, purge
from .plan import Plan
from .plan_proof import finished
from .read_request import OwnRead, ReadRequest
from .recreating import find_misfit, give_up, move, take_apart
from .spec import Spec, check, named
from .world import World

Phase = Callable[[Spec, Draft], None]
PHASES: Sequence[Phase] = (make, take_back, find_misfit, give_up, move, take_apart, settle, purge, delete_former)


def plan(desired: Sequence[Spec], world: World) -> Plan | ReadRequest:
    """What brings the server to what is declared, or what has to be read first. Raises Refused, and RemoteFailure for a
    partner that cannot be read and has to be."""
    if not world.views:
        check(desired)
        return ReadRequest(OwnRead(secrets=named(desired), details=read_of(desired)))
    d, about = Draft(world, several_partners=len(desired) > 1), About.all_of(desired)
    revive(d, about)
    try:
        for phase in PHASES:
            for spec in desired:
                d.run(phase, spec)
    except Refused as refused:
        tell(refused, about, d.start)
        raise
    go_on(d, about)
    if d.is_waiting:
        return d.request()
    for spec in desired:
        _warn(spec, d)
    return finished(d, desired)


def _warn(spec: Spec, d: Draft) -> None:
    """The partner, where it was looked at, may show a relationship that has nothing to be done otherwise."""
    current = d.here.half(spec.name)
    if current is None or not spec.is_present or spec.create_only or spec.name in d.unfit:
        return
    there = d.world.partner(spec.name) if d.start.reads_both(spec.name) else None
    shown = replace(there.server, relationships=tuple(there.relationships.values())) if there else None
    differs = differs_at_partner(current.relationship, shown) if shown else {}
    if there and differs:
        d.warnings.append(f"{there.name} does not show of '{spec.name}': {few(differs.values(), between='; ')}")
