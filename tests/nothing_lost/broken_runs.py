# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs a scenario, breaks it off in every way, runs it again, and looks at what is left."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from lab.core.lab import Lab
from lab.core.open_questions import Switches
from lab.core.server import Server
from lab.standin.files import Files

from nothing_lost.said import otherwise, shown_otherwise
from nothing_lost.scenarios import Scenario, Task, lab
from nothing_lost.task import Wire, perform
from nothing_lost.watched import Held, Killed, Watch, WatchedLab, held, shape

SAID_AHEAD = ("changed", "plan", "removals", "diff", "warnings", "msg")
ATTEMPTS = 4  # a run that was broken off, and what it takes to end it


@dataclass(frozen=True)
class Fault:
    """`kind` at `number`: a remote call for killed_before and reply_lost, a write for the others."""

    kind: str
    number: int

    def __str__(self) -> str:
        return "no fault" if self.kind == "none" else f"{self.kind.replace('_', ' ')} {self.number}"


NONE = Fault("none", 0)


@dataclass
class Outcome:
    """What became of one run. `lost`: at any moment; `person`: what a person has to decide; `wrong`: anything else."""

    scenario: str
    route: str
    fault: Fault
    calls: int = 0
    writes: list[tuple[str, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    person: str = ""
    wrong: list[str] = field(default_factory=list)


def faults(plain: Outcome) -> Iterator[Fault]:
    """Every place at which the run of `plain`, which had none, can break."""
    for number in range(plain.calls):
        yield Fault("killed_before_call", number)
        yield Fault("reply_lost_of_call", number)
        yield Fault("no_reply_to_call", number)
    for number in range(len(plain.writes)):
        yield Fault("killed_before_write", number)
        yield Fault("killed_after_write", number)
        yield Fault("killed_between_the_halves_of_write", number)
        yield Fault("process_ends_before_write", number)
        yield Fault("process_ends_after_write", number)
        yield Fault("process_ends_between_the_halves_of_write", number)
        yield Fault("link_cut_before_write", number)
        yield Fault("partner_fails_in_write", number)
        yield Fault("partner_fails_after_half_of_write", number)


def run(
    scenario: Scenario, route: str, fault: Fault, switches: Switches | None = None, *, sabotage: bool = False
) -> Outcome:
    scene = lab()
    scene.switches = switches or scene.switches
    files: dict[str, Files] = {}
    for task in scenario.before:
        wire = Wire(scene, files=files)
        result = perform(wire, task.module, task.options, task.host)
        if result.get("failed"):
            return Outcome(scenario.name, route, fault, wrong=[f"the scene failed: {result['msg']}"])
        if wrong := list(_not_as_said(scene, wire.plan, result)):
            return Outcome(scenario.name, route, fault, wrong=wrong)
    _settle(scene)
    before = held(scene)  # and what dies with a server is no loss of ours
    if scenario.scene:
        scenario.scene(scene)
        now = held(scene)
        before = Held(before.scopes & now.scopes, before.leases & now.leases)
    scene.watch = replace(_watch(before, fault, sabotage), never=scenario.never)
    outcome = Outcome(scenario.name, route, fault)
    wire = _wire(scene, fault, files)
    _attempts(scene, scenario, route, wire, outcome)
    outcome.calls, outcome.writes = wire.calls, scene.watch.writes
    outcome.lost = [*scene.watch.lost, *(what for what in before.lost(held(scene)) if what not in scene.watch.lost)]
    if not outcome.person:
        outcome.wrong += [*scenario.done(scene), *scenario.kept(files)]
    outcome.wrong += served_twice(scene)
    return outcome


def served_twice(scene: Lab) -> list[str]:
    """Scopes that two servers hand out without knowing of each other: the same address could be given to two
    clients."""
    active: dict[IPv4Address, list[Server]] = {}
    for server in scene.servers.values():
        for scope in server.scopes.values():
            if scope.state == "Active" and server.reachable:
                active.setdefault(scope.scope_id, []).append(server)
    return [
        f"{scope} is active on {one.name} and {other.name}, not in one relationship"
        for scope, servers in active.items()
        for one, other in itertools.combinations(servers, 2)
        if not _in_common(scope, one, other)
    ]


def _in_common(scope: IPv4Address, one: Server, other: Server) -> bool:
    """Whether it is in a relationship of the two with each other; one of its name with a third server is another."""
    mine, theirs = one.relationship_of(scope), other.relationship_of(scope)
    if mine is None or theirs is None or mine.name != theirs.name:
        return False
    return (mine.peer, theirs.peer) == (other.name, one.name)


def _attempts(scene: WatchedLab, scenario: Scenario, route: str, wire: Wire, outcome: Outcome) -> None:
    """The broken run, then the same task again until it says that nothing is left to do."""
    said = ""
    for attempt in range(ATTEMPTS):
        again = attempt > 0 or outcome.fault == NONE  # what breaks a run is in no check
        foretold = again and not scenario.breaks(scene)
        told = _told(scenario, route, scenario.goes_on if attempt else None)
        ahead = perform(Wire(scene, files=wire.files), *told, check_mode=True) if foretold else None
        start = shape(scene)
        try:
            result = perform(wire, *told)
        except Killed:
            result = {"changed": True}
            wire.pause(3600)  # after which nobody takes it for one that is at work
        else:
            outcome.wrong += _not_as_said(scene, wire.plan, result, ahead)
            if result.get("failed") and not result["changed"] and shape(scene) != start:
                outcome.wrong.append(f"it changed something, and said that it had not: {result['msg']}")
        _mend(scene)
        if not result.get("failed") and not result["changed"]:
            return
        said = str(result.get("msg", ""))
        unbroken = outcome.fault == NONE and not scenario.breaks(scene)
        if said and attempt == 0 and unbroken and result["changed"]:
            outcome.wrong.append(f"nothing broke it, and it failed half-way: {said}")
        wire = Wire(scene, files=wire.files)
    if said:
        outcome.person = said
    else:
        outcome.wrong.append("it changes something every time")


def _not_as_said(
    scene: Lab, made: Plan | None, result: Mapping[str, Any], ahead: Mapping[str, Any] | None = None
) -> Iterator[str]:
    """Of a run that ended well: what the servers show otherwise than its plan said, and check mode (`ahead`) before
    it."""
    if result.get("failed"):
        return
    if made is not None:
        yield from otherwise(scene, made)
        yield from shown_otherwise(scene, made, result)
    for key in SAID_AHEAD:
        if ahead is not None and _foreseen(ahead.get(key)) != _foreseen(result.get(key)):
            yield f"check mode said {key}: {ahead.get(key)} {ahead.get('msg', '')}, and it was {result.get(key)}"


def _foreseen(said: Any) -> Any:
    """Without the state of a relationship, which nobody foresees: a write may be what mends it."""
    told = [each for each in said if "is in state" not in str(each)] if isinstance(said, list) else said
    return told or None


def _told(scenario: Scenario, route: str, later: Task | None) -> tuple[str, dict[str, Any], str]:
    own, task = {"partner_host": scenario.partner_host} if route == "own connection" else {}, later or scenario.task
    return task.module, {**task.options, **own}, task.host


def _watch(before: Held, fault: Fault, sabotage: bool) -> Watch:
    ends = fault.kind.startswith(("killed", "process_ends"))
    return Watch(
        before,
        die_at=fault.number if fault.kind.endswith(("_before_write", "_after_write")) and ends else None,
        after=fault.kind.endswith("_after_write"),
        halved_at=fault.number if fault.kind.endswith("_between_the_halves_of_write") else None,
        cut_at=fault.number if fault.kind == "link_cut_before_write" else None,
        fail_at=fault.number if fault.kind.startswith("partner_fails") else None,
        half_applied=fault.kind == "partner_fails_after_half_of_write",
        sabotage=sabotage,
    )


def _wire(scene: Lab, fault: Fault, files: dict[str, Files]) -> Wire:
    return Wire(
        scene,
        die_at=fault.number if fault.kind == "killed_before_call" else None,
        lose_at=fault.number if fault.kind in ("reply_lost_of_call", "no_reply_to_call") else None,
        lives_on=fault.kind.startswith(("no_reply", "process_ends")),
        files=files,
    )


def _mend(scene: WatchedLab) -> None:
    """What was broken works again."""
    scene.cut_links.clear()
    scene.faults.clear()
    if scene.watch:
        scene.watch.die_at = scene.watch.halved_at = scene.watch.cut_at = scene.watch.fail_at = None
    _settle(scene)


def _settle(scene: Lab) -> None:
    """Time passes: what becomes Normal by itself is Normal."""
    for _poll in range(5):
        scene.settle([(server, half) for server in scene.servers.values() for half in server.relationships.values()])
