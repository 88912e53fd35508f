# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Parts of a task without Ansible's and the lab's share: the real action plugin over replies that were stored before.

`python -m bench.parts KIND STORED` is one measurement in a process of its own, since memory has no median."""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.reader import Reader
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DeclaredSettings
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.planner import plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import ReadRequest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Spec, whole
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import Remote
from lab.core.lab import Lab
from nothing_lost.task import ACTIONS, Wire, perform

from bench import metered
from bench.servers import Entry, estate
from bench.sizes import Size

PRIMARY = "dhcp001"
PLANNING, INFO, DRIFT, WHOLE = "planning", "info", "drift", "dhcp_failover"
WORDS = {
    PLANNING: "planning the whole server, in sync, without reading",
    INFO: "dhcp_failover_info",
    DRIFT: "dhcp_failover_info, gather: drift",
    WHOLE: "dhcp_failover, in sync",
}
SCOPES = ("31/310", "31/1000", "31/3100", "31/10000")
RELATIONSHIPS = ("1/310", "5/310", "31/310")
SIZES: Mapping[str, Sequence[str]] = {
    PLANNING: (*RELATIONSHIPS, *SCOPES[1:], "31/31000"),
    INFO: (*RELATIONSHIPS, *SCOPES[1:]),
    WHOLE: (*RELATIONSHIPS, *SCOPES[1:]),
    DRIFT: SCOPES,
}


@dataclass(frozen=True)
class Part:
    """`cpu`: seconds, the median of `runs`; `memory`: MB of the whole process, Python and Ansible included."""

    kind: str
    size: str
    cpu: float
    memory: float
    runs: int = 1


@dataclass
class Stored(Wire):
    """Gives the replies in order. When there is none left the lab is asked, and what it says is one more."""

    replies: list[str] = field(default_factory=list)

    def execute(self, server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        number = self.calls
        if number == len(self.replies):
            self.replies.append(json.dumps(super().execute(server, arguments)))
        self.calls = number + 1
        reply: Mapping[str, Any] = json.loads(self.replies[number])
        return reply


def is_there(kind: str) -> bool:
    """Whether the work tree has what it measures."""
    return kind != WHOLE or importlib.util.find_spec(f"{ACTIONS}.{WHOLE}") is not None


def measure(kind: str, word: str, runs: int = 5) -> Part:
    """Each time in a fresh process. Raises NoSize, RuntimeError for a part that fails."""
    servers = estate(Size.parse(word))
    wire, entries = Stored(servers.lab), servers.declared[PRIMARY]
    _spent(kind, wire, entries)
    with tempfile.TemporaryDirectory(prefix="windhcp-bench-") as folder:
        stored = Path(folder) / "stored.json"
        stored.write_text(json.dumps({"replies": wire.replies, "entries": entries}), encoding="ascii")
        command = [sys.executable, "-m", "bench.parts", kind, str(stored)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = [metered.run(command, environment) for _number in range(runs)]
    failed = [ended.said for ended in done if ended.code]
    if failed:
        raise RuntimeError(f"{kind}, {word}: {failed[0]}")
    cpu = statistics.median(float(ended.said) for ended in done)
    memory = statistics.median(ended.memory for ended in done)
    return Part(kind, word, cpu, memory, runs)


def _spent(kind: str, wire: Wire, entries: Sequence[Entry]) -> float:
    """Seconds of CPU of the task, or of its planning alone."""
    if kind == PLANNING:
        return _planned(wire, entries)
    tasks: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        INFO: ("dhcp_failover_info", {}),
        DRIFT: ("dhcp_failover_info", {"gather": ["drift"]}),
        WHOLE: (WHOLE, {"relationships": entries}),
    }
    module, options = tasks[kind]
    begin = time.process_time()
    result = perform(wire, module, options, PRIMARY)
    spent = time.process_time() - begin
    if result.get("failed") or result["changed"]:
        raise RuntimeError(f"{kind}: {result.get('msg') or 'it was not in sync'}")
    return spent


def _planned(wire: Wire, entries: Sequence[Entry]) -> float:
    specs = whole([_spec(**entry) for entry in entries])
    spent = 0.0

    def planner(world: World) -> Plan | ReadRequest:
        nonlocal spent
        begin = time.process_time()
        answer = plan(specs, world)
        spent += time.process_time() - begin
        return answer

    here = Remote(lambda arguments: wire.execute(PRIMARY.upper(), arguments), PRIMARY, check_mode=False)
    made = Reader(here).know(planner)
    if made.actions:
        raise RuntimeError(f"{PLANNING}: it was not in sync")
    return spent


def _spec(name: str, partner_server: str, scopes: Sequence[str], **settings: Any) -> Spec:
    members = tuple(map(IPv4Address, scopes))
    return Spec(name, DeclaredSettings(name, partner_server, scopes=members, **settings), members)


def main(kind: str, path: str) -> None:
    """Prints the seconds of CPU that the part took."""
    stored = json.loads(Path(path).read_text(encoding="ascii"))
    print(_spent(kind, Stored(Lab(), replies=stored["replies"]), stored["entries"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
