# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs declarations through the real engine against the lab, looks at every moment, and kills some of the runs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any
from unittest.mock import patch

from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import reconcile
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.calls import Waiting
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.reader import Reader
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.reconcile import Reconciliation
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import guards
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.declared import WholeServer
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import PartnerRead
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import Remote
from lab import topology
from lab.core.lab import Lab
from lab.standin.files import Files
from nothing_lost.broken_runs import served_twice
from nothing_lost.said import otherwise
from nothing_lost.task import Wire
from nothing_lost.watched import Killed, Watch, WatchedLab, held, watched

from whole_server.declarations import SCOPES, Declaration, declaration

ATTEMPTS = 6
# what a declaration may be refused for, each for what it says
EXPECTED = (
    "a scope can be in one only",
    "takes a task that declares all of it",
    "have to go before they can be copied anew",
)
RANGE = (
    "{{name: Clients, subnet_mask: 255.255.255.0, start_range: 10.0.{0}.10, end_range: 10.0.{0}.99, leases: "
    "{{count: 2}}}}"
)
INSIDE = ", ".join(f"{scope}: {RANGE.format(str(scope).split('.')[2])}" for scope in SCOPES)
SERVERS = f"""
credentials: [{{user: admin, password: random}}]
switches: {{settle_polls: 0}}
servers:
  DHCP01: {{fqdn: dhcp01.contoso.example, address: 127.0.0.11, ip: 10.10.0.11, scopes: {{{INSIDE}}}}}
  DHCP02: {{fqdn: dhcp02.contoso.example, address: 127.0.0.12, ip: 10.10.0.12}}
  DHCP03: {{fqdn: dhcp03.contoso.example, address: 127.0.0.13, ip: 10.10.0.13}}
"""


@dataclass
class Outcome:
    """What became of a chain of declarations. `own`: each partner was read over a connection of its own. `wrong`: what
    must not be; `refused`: texts."""

    own: bool = False
    declarations: int = 0
    killed: int = 0
    steps: int = 0
    remote_calls: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def chain(seed: int, length: int = 4) -> Outcome:
    """Declarations that follow each other on the same servers; about every second run is killed at a write. Chains of
    an odd seed have a connection of their own to each partner."""
    rng, outcome = random.Random(seed), Outcome(own=bool(seed % 2))
    lab = watched(topology.loads(SERVERS))
    files: dict[str, Files] = {}
    before: Declaration | None = None
    for _number in range(length):
        wanted = declaration(rng, before)
        outcome.declarations += 1
        die_at = rng.randint(0, 12) if rng.random() < 0.5 else None
        watch = Watch(held(lab), die_at=die_at, after=rng.random() < 0.5)
        said = _reached(lab, wanted, watch, files, outcome)
        if said and any(text in said for text in EXPECTED):
            outcome.refused.append(said)
        elif said:
            outcome.wrong.append(f"seed {seed}: {said}")
        elif left := list(_lacking(lab, wanted)):
            outcome.wrong += [f"seed {seed}: {what}" for what in left]
        outcome.wrong += [f"seed {seed}: lost {what}" for what in lab.watch.lost] if lab.watch else []
        outcome.wrong += [f"seed {seed}: {what}" for what in served_twice(lab)]
        before = wanted
    return outcome


def _reached(lab: WatchedLab, wanted: Declaration, watch: Watch, files: dict[str, Files], outcome: Outcome) -> str:
    """Runs it until nothing is left to do; what it failed with."""
    lab.watch = watch
    served = _served(lab)
    watch.under_way = lambda number: outcome.wrong.extend(_unserved(lab, served))
    for attempt in range(ATTEMPTS):
        wire = Wire(lab, files=files)
        try:
            result, made = run(wire, wanted, own=outcome.own)
        except Killed:
            outcome.killed += 1
            watch.die_at = None
            continue
        except (Refused, RemoteFailure) as failure:
            return str(failure)
        outcome.steps += len(result["plan"])
        outcome.wrong += otherwise(lab, made)
        if attempt == 0:
            outcome.remote_calls.append(wire.calls)
        if not result["changed"]:
            return ""
    outcome.wrong.append("it changes something every time")
    return ""


def run(wire: Wire, wanted: Declaration, *, own: bool = False) -> tuple[dict[str, Any], Plan]:
    """One task on dhcp01: its result, and the plan that it carried out. Raises Killed, Refused, RemoteFailure."""

    def remote(name: str) -> Remote:
        return Remote(lambda arguments: wire.execute(name, arguments), name.lower(), check_mode=False)

    def find(read: PartnerRead) -> tuple[str, Remote] | None:
        names = (name.partition(".")[0].upper() for name in read.names)
        return next(((name.lower(), remote(name)) for name in names if name in wire.lab.servers), None)

    task = Reconciliation(
        Reader(remote("DHCP01"), find=find if own else None),
        check_mode=False,
        waiting=Waiting(timeout=1),
        limits=guards.Limits(max_removals_percent=100),
    )

    declared = WholeServer(wanted.specs, {}, wanted.policy, wanted.purge, frozenset())
    with patch.object(reconcile, "sleep", wire.pause):
        return task.result, task.run(declared.plan)


def _served(lab: Lab) -> frozenset[IPv4Address]:
    return frozenset(
        scope.scope_id for server in lab.servers.values() for scope in server.scopes.values() if scope.state == "Active"
    )


def _unserved(lab: Lab, served: frozenset[IPv4Address]) -> Iterator[str]:
    yield from (f"{scope} is served by nobody" for scope in sorted(served - _served(lab)))
    yield from served_twice(lab)


def _lacking(lab: Lab, wanted: Declaration) -> Iterator[str]:
    """What DHCP01 and the partners do not show of a declaration."""
    here = lab.servers["DHCP01"]
    for spec in wanted.specs:
        half = here.relationships.get(spec.name)
        if spec.absent or spec.settings is None:
            if half is not None:
                yield f"{spec.name} is there"
            continue
        there = lab.servers[str(spec.settings.partner_server).partition(".")[0].upper()].relationships.get(spec.name)
        if half is None or there is None:
            yield f"{spec.name} is not on both"
            continue
        if sorted(half.scopes) != sorted(there.scopes) or not set(spec.members) <= set(half.scopes):
            yield f"{spec.name} has {half.scopes} here and {there.scopes} there"
        if spec.exact and set(half.scopes) != set(spec.members):
            yield f"{spec.name} has {half.scopes} and no others were wanted"
    listed = {spec.name for spec in wanted.specs}
    if wanted.purge and (left := set(here.relationships) - listed):
        yield f"{left} was to be purged"
