# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tasks of every module, present and absent, in check mode and in earnest, over both routes, and the servers that they
meet."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import kept_files
from lab import topology
from lab.core.lab import Lab
from lab.standin.files import Files
from nothing_lost.scenarios import BOTH, ONE, PARTNER, SERVERS, Task, scenarios
from nothing_lost.task import Wire, perform

from fuzz.wild import SECRET

INFO = {"gather": ["drift", "health", "events", "safety_copies"]}


@dataclass(frozen=True, eq=False)
class Scene:
    """A task, and the servers as it finds them."""

    name: str
    task: Task
    check_mode: bool
    lab: Lab
    files: Mapping[str, Files]

    def wire(self) -> Wire:
        """The servers anew."""
        lab = Lab(
            servers=copy.deepcopy(self.lab.servers),
            switches=self.lab.switches,
            clock=self.lab.clock,
            salt=self.lab.salt,
            logs=copy.deepcopy(self.lab.logs),
        )
        lab.cut_links = set(self.lab.cut_links)
        return Wire(lab, files=copy.deepcopy(dict(self.files)))


@cache
def scenes() -> tuple[Scene, ...]:
    return tuple(Scene(name, task, check_mode, wire.lab, wire.files) for name, task, check_mode, wire in _raw())


@cache
def calls(scene: Scene) -> int:
    """How many requests the task sends when nothing is spoilt."""
    wire = scene.wire()
    result = perform(wire, scene.task.module, scene.task.options, scene.task.host, scene.check_mode)
    if result.get("failed"):
        raise AssertionError(f"{scene.name} fails without being spoilt: {result['msg']}")
    return wire.calls


def _raw() -> Iterator[tuple[str, Task, bool, Wire]]:
    for scenario in scenarios():
        for route in scenario.routes:
            own = {"partner_host": scenario.partner_host} if route == "own connection" else {}
            task = _with(scenario.task, **own)
            wire = _prepared(scenario.before)
            if scenario.scene:
                scenario.scene(wire.lab)
            yield f"{scenario.name}, {route}", task, False, wire
            yield f"{scenario.name}, {route}, check mode", task, True, wire
    for name, task, before, scene in _others():
        wire = _prepared(before)
        if scene is not None:
            scene(wire.lab)
        for check_mode in (False, True):
            yield name + (", check mode" if check_mode else ""), task, check_mode, wire
    wire, path = _with_copy()
    for check_mode in (False, True):
        yield "restore", Task("dhcp_failover_restore", {"path": path}), check_mode, wire


def _others() -> Iterator[tuple[str, Task, tuple[Task, ...], Any]]:
    relationship = {
        "name": "HQ",
        "partner_server": PARTNER,
        "scopes": ["10.0.1.0"],
        "shared_secret": SECRET,
        "wait_timeout": 1,
    }
    yield "create with a secret", Task("dhcp_failover_relationship", relationship), (), None
    changed = {
        "name": "HQ",
        "load_balance_percent": 70,
        "shared_secret": SECRET,
        "update_secret": "on_change",
        "wait_timeout": 1,
    }
    yield "change, and the secret", Task("dhcp_failover_relationship", changed), BOTH, None
    for partner in ({}, {"partner_host": "dhcp02"}):
        yield f"info {partner}", Task("dhcp_failover_info", {**INFO, **partner}), BOTH, None
        for source in ("this_server", "partner"):
            options = {"all": True, "source": source, "allow_overwrite": True, "wait_timeout": 1, **partner}
            yield f"replicate from {source} {partner}", Task("dhcp_failover_replicate", options), BOTH, _renamed
    new = {
        "name": "New",
        "subnet_mask": "255.255.255.0",
        "start_range": "10.0.9.10",
        "end_range": "10.0.9.90",
        "scope_id": "10.0.9.0",
        "router": ["10.0.9.1"],
        "options": [{"id": 46, "value": ["8"]}],
        "exclusions": [{"start_range": "10.0.9.10", "end_range": "10.0.9.19"}],
        "reservations": [{"ip": "10.0.9.15", "client_id": "00155d0a1401"}],
        "delay": 5,
    }
    created = {"relationship": "HQ", "scopes": ["10.0.3.0"], "create_scopes": [new], "wait_timeout": 1}
    for partner in ({}, {"partner_host": "dhcp02"}):
        yield f"create a scope {partner}", Task("dhcp_failover_scope", {**created, **partner}), BOTH, None
    yield (
        "partner down",
        Task("dhcp_failover_partner_down", {"name": "HQ", "partner_is_off": True}),
        BOTH,
        _partner_stops,
    )


def _renamed(lab: Lab) -> None:
    lab.servers["DHCP01"].scopes[ONE].name = "Renamed"


def _partner_stops(lab: Lab) -> None:
    lab.servers["DHCP02"].reachable = False


def _prepared(before: tuple[Task, ...]) -> Wire:
    wire = Wire(topology.loads(SERVERS))
    for task in before:
        result = perform(wire, task.module, task.options, task.host)
        if result.get("failed"):
            raise AssertionError(result["msg"])
    return wire


def _with_copy() -> tuple[Wire, str]:
    wire = _prepared(())
    request = {"calls": [kept_files.safety_copy([ONE], "fuzz")], "mutex": 1}
    reply = wire.execute("DHCP01", {"request": json.dumps(request), "secrets": []})["reply"]
    del wire.lab.servers["DHCP01"].scopes[ONE]
    return wire, str(reply["calls"][0]["objects"][0]["path"])


def _with(task: Task, **more: Any) -> Task:
    secret = (
        {"shared_secret": SECRET}
        if task.module == "dhcp_failover_relationship" and task.options.get("state") != "absent"
        else {}
    )
    return Task(task.module, {**secret, **task.options, **more}, task.host)
