# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs a row over an estate and measures it: a real ansible-playbook, the real winrm plugin, the lab on loopback."""

from __future__ import annotations

import json
import os
import re
import statistics
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from harness import COLLECTIONS, Site

from bench import metered
from bench.door import STANDIN, BenchDoor
from bench.rows import Other, Row, play, variables
from bench.servers import Estate, Kept

HERE = Path(__file__).parent
FORKS = 50
STOPWATCH = "stopwatch"
MEDIANS = ("cpu", "memory", "seconds", "tasks")
LONG = 20.0  # seconds of a run that is not repeated


class Failed(RuntimeError):
    """A row did not end as it has to; the text is what Ansible told."""


@dataclass(frozen=True)
class Counts:
    """`bytes_in`, `bytes_out`: of the servers, bodies of HTTP."""

    commands: int
    starts: int
    compiles: int
    requests: int
    bytes_in: int
    bytes_out: int


@dataclass(frozen=True)
class Measured:
    """One run, or the medians of `runs`. `cpu`: seconds of the controller with all its processes, `memory`: MB of the
    largest of them, `seconds`: of the whole play, `tasks`: without Ansible's own start. `changed`: tasks of all hosts
    that changed something. `untold`: commands whose script was not run. `modelled`: what Windows has to start is not
    in the seconds."""

    counts: Counts
    hosts: int
    cpu: float
    memory: float
    seconds: float
    tasks: float
    changed: int
    untold: int
    modelled: bool
    runs: int = 1


@dataclass(frozen=True)
class Bench:
    """`net`: the loopback addresses of the lab, `runs`: of each row, of which the medians are told."""

    door: str = "standin"
    net: str = "127.0.77"
    runs: int = 5
    other: Other | None = None

    def measure(self, row: Row, estate: Estate, kept: Kept, door: str = "") -> Measured:
        """Each time from the same state. `door`: another one. Raises Failed, NoDoor, and what LabService raises."""
        done: list[Measured] = []
        while len(done) < self.runs and not (done and done[0].seconds > LONG):
            kept.restore()
            done.append(self._once(row, estate, door or self.door))
        if len({run.counts for run in done}) > 1:
            raise Failed(f"{row.name}: the counts of {len(done)} runs differ: {[run.counts for run in done]}")
        return replace(
            done[0],
            runs=len(done),
            **{name: statistics.median(getattr(run, name) for run in done) for name in MEDIANS},
        )

    def _once(self, row: Row, estate: Estate, name: str) -> Measured:
        door = BenchDoor(name, estate.lab)
        with Site(estate.lab, door, self.net) as site:
            self._write(site.folder, row, estate)
            mark = estate.lab.audit.mark()
            program = str(Path(sys.executable).with_name("ansible-playbook"))
            ended = metered.run([program, "-i", "inventory.yml", "play.yml"], _environment(site.folder), site.folder)
            wire = estate.lab.audit.counts(since=mark)
            if ended.code:
                raise Failed(f"{row.name}: ansible-playbook ended with {ended.code}\n{ended.said[:6000]}")
            tasks = float((site.folder / STOPWATCH).read_text(encoding="utf-8"))
        started = door.started
        return Measured(
            Counts(wire.commands, started.powershells, started.compiles, wire.requests, wire.bytes_in, wire.bytes_out),
            len(estate.lab.servers) if row.everywhere else len(estate.declared),
            ended.cpu,
            ended.memory,
            ended.seconds,
            tasks,
            sum(int(number) for number in re.findall(r"changed=(\d+)", ended.said.rsplit("PLAY RECAP", 1)[-1])),
            started.unknown,
            door.name == STANDIN,
        )

    def _write(self, folder: Path, row: Row, estate: Estate) -> None:
        """The playbook, its inventory and variables, and where the collections are found."""
        (folder / "play.yml").write_text(yaml.safe_dump(play(row), sort_keys=False), encoding="utf-8")
        inventory = yaml.safe_load((folder / "inventory.yml").read_text(encoding="utf-8"))
        inventory["primaries"] = {"hosts": dict.fromkeys(estate.declared)}
        (folder / "inventory.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
        for name, content in variables(estate).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(json.dumps(content), encoding="utf-8")
        if self.other:
            namespace, name = self.other.name
            path = folder / "ansible_collections" / namespace / name
            path.parent.mkdir(parents=True)
            path.symlink_to(self.other.path, target_is_directory=True)


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": f"{COLLECTIONS}:{folder}",
        "ANSIBLE_LIBRARY": str(HERE / "modules"),
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "stopwatch",
        "ANSIBLE_FORKS": str(FORKS),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_RETRY_FILES_ENABLED": "0",
        "STOPWATCH_FILE": str(folder / STOPWATCH),
    }
