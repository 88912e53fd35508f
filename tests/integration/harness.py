# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs real playbooks with the real connection plugins against a lab on loopback, and reads what the user would see."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from lab import topology, transports
from lab.audit import Counts
from lab.core.lab import Lab
from lab.door import Door
from lab.inventory import inventory
from lab.service import LabService

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = Path(os.environ.get("WINDHCP_COLLECTIONS", ROOT / ".build" / "collections"))
TARGETS = ROOT / "tests" / "integration" / "targets"


@dataclass(frozen=True)
class Run:
    """One ansible-playbook run. `tasks`: (task name, host, status, result) in order."""

    code: int
    output: str
    tasks: Sequence[Mapping[str, Any]]
    counts: Counts
    written: Sequence[str]

    def result(self, task: str, host: str | None = None) -> Mapping[str, Any]:
        found = [one["result"] for one in self.tasks if one["task"] == task and host in (None, one["host"])]
        assert found, f"no task '{task}' ran:\n{self.output}"
        result: Mapping[str, Any] = found[-1]
        return result

    def failure(self, task: str) -> Mapping[str, Any]:
        """The result of a task that must have failed."""
        assert "failed" in [one["status"] for one in self.tasks if one["task"] == task], self.output
        return self.result(task)

    @property
    def changed(self) -> int:
        """changed= of the recap, all hosts."""
        return sum(int(number) for number in re.findall(r"changed=(\d+)", self.output.rsplit("PLAY RECAP", 1)[-1]))

    def ok(self) -> Run:
        assert self.code == 0, self.output
        return self


class Site:
    """A lab that runs, with an inventory for one transport. Use it in a `with`."""

    def __init__(
        self, lab: Lab, door: str | Door = "auto", net: str = "127.0.0", transport: str = transports.DEFAULT
    ) -> None:
        for index, server in enumerate(lab.servers.values()):
            server.address = f"{net}.{11 + index}"
            server.transports = (transport,)
        self.lab = lab
        self.transport = transport
        self.service = LabService(lab, door)
        self._folder = tempfile.TemporaryDirectory(prefix="windhcp-test-")
        self.folder = Path(self._folder.name)

    def __enter__(self) -> Site:
        self.service.start()
        (self.folder / "inventory.yml").write_text(
            yaml.safe_dump(inventory(self.service.ready(), self.transport)), encoding="utf-8"
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.service.stop()
        self._folder.cleanup()

    def play(self, tasks: Sequence[Mapping[str, Any]], *options: str, host: str = "dhcp01", **play: Any) -> Run:
        """Runs tasks on one server. `options` go to ansible-playbook."""
        book = [{"name": "Test", "hosts": host, "gather_facts": False, "tasks": list(tasks), **play}]
        path = self.folder / "play.yml"
        path.write_text(yaml.safe_dump(book, sort_keys=False), encoding="utf-8")
        return self.run(path, *options)

    def site(self, relationships: Sequence[Mapping[str, Any]], *options: str, playbook: str = "site") -> Run:
        """Runs a playbook of the collection with these relationships as the role's data."""
        path = self.folder / "vars.json"
        path.write_text(json.dumps({"failover_relationships": relationships}), encoding="utf-8")
        return self.run(f"windhcp.failover.{playbook}", "-e", f"@{path}", *options)

    def run(self, playbook: Path | str, *options: str, environment: Mapping[str, str] | None = None) -> Run:
        return self.execute(
            "ansible-playbook",
            "-i",
            str(self.folder / "inventory.yml"),
            str(playbook),
            *options,
            environment=environment,
        )

    def kill(self) -> None:
        """The program that runs, with everything it started: as if its machine had gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.program.pid, signal.SIGKILL)

    def execute(self, program: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Run:
        """Runs a program of Ansible's, or one at a path, which finds the collection and a home of its own."""
        log = self.folder / "tasks.jsonl"
        log.unlink(missing_ok=True)
        mark = self.lab.audit.mark()
        with subprocess.Popen(
            [str(Path(sys.executable).parent / program), *arguments],
            cwd=self.folder,
            env={**_environment(self.folder, log), **(environment or {})},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as self.program:
            try:
                output, _error = self.program.communicate(timeout=300)
            finally:
                self.kill()
        tasks = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
        written = [entry.cmdlet for entry in self.lab.audit.since(mark, "cmdlet") if entry.write]
        return Run(self.program.returncode, output, tasks, self.lab.audit.counts(since=mark), written)


def printed(*command: str, folder: Path, seconds: float, **environment: str) -> str:
    """What a program prints that must end well."""
    ended = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def lab(name: str = "company", **switches: Any) -> Lab:
    """A shipped topology, with other answers to open questions."""
    path = topology.TOPOLOGIES / f"{name}.yml"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    raw["switches"] = {**(raw.get("switches") or {}), **switches}
    return topology.loads(yaml.safe_dump(raw, allow_unicode=True))


def _environment(folder: Path, log: Path) -> Mapping[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_ROLES_PATH": str(TARGETS),
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).with_name("callback_plugins")),
        "ANSIBLE_CALLBACKS_ENABLED": "recorder",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_RETRY_FILES_ENABLED": "0",
        "RECORDER_FILE": str(log),
    }
