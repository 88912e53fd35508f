# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One playbook run of the demo: its command on the screen, its whole output in a file, and what its tasks said."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from lab.inventory import inventory
from lab.service import LabService

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / ".build" / "demo"
WIDTH = 120


class Wrong(Exception):
    """The demo did not go as it should; the text says where to look."""


@dataclass(frozen=True)
class Run:
    """``tasks``: what each task returned, in order. ``writes``: cmdlets that changed something."""

    code: int
    tasks: Sequence[Mapping[str, Any]]
    writes: int
    log: Path

    def result(self, task: str) -> Mapping[str, Any]:
        """Of the last task of that name that was not skipped."""
        for one in reversed(self.tasks):
            if one["task"] == task and one["status"] != "skipped":
                result: Mapping[str, Any] = one["result"]
                return result
        raise Wrong(f"There was no task '{task}'. The run's output: {self.log}")

    @property
    def changed(self) -> bool:
        return any(one["result"].get("changed") for one in self.tasks)

    def closing(self) -> Sequence[str]:
        """The list with which the playbook ends: what was or would be done."""
        lists = [one["result"]["msg"] for one in self.tasks if isinstance(one["result"].get("msg"), list)]
        self.should(bool(lists))
        last: Sequence[str] = lists[-1]
        return last

    def failure(self) -> str:
        """The message of the task that stopped the run."""
        for one in self.tasks:
            if one["status"] == "failed":
                return str(one["result"]["msg"])
        raise Wrong(f"This should have been refused, and was not. The run's output: {self.log}")

    def should(self, holds: bool) -> None:
        if not holds:
            raise Wrong(f"This did not go as it should. The run's output: {self.log}")


class Stage:
    """The running lab, and a folder with the inventory and the data. ``writes``: of all runs."""

    def __init__(self, service: LabService, folder: Path) -> None:
        self.service = service
        self.lab = lab = service.lab
        self.writes = 0
        self._folder = folder
        self._runs = 0
        OUTPUT.mkdir(parents=True, exist_ok=True)
        for old in OUTPUT.glob("*.txt"):
            old.unlink()
        self._file("inventory.yml", inventory(service.ready()))
        self._file("secret.yml", {"failover_shared_secret": secrets.token_urlsafe(24)})
        passwords = {one.user: one.password for server in lab.servers.values() for one in server.credentials}
        self._file("nohop.yml", {"ansible_user": "nohop", "ansible_password": passwords["nohop"]})

    def play(self, playbook: str, *options: str, shown: str = "", account: str = "") -> Run:
        """``shown``: how the screen has the options. ``account``: another one than the inventory's."""
        say(f"$ ansible-playbook windhcp.failover.{playbook} {shown or ' '.join(options)}".rstrip(), "  ")
        data = (Path(__file__).with_name("failover.yml"), self._folder / "secret.yml")
        files = (*data, *([self._folder / f"{account}.yml"] if account else []))
        extra = [argument for file in files for argument in ("-e", f"@{file}")]
        tasks, mark = self._folder / "tasks.jsonl", self.lab.audit.mark()
        tasks.unlink(missing_ok=True)
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        ended = subprocess.run(
            (program, f"windhcp.failover.{playbook}", "-i", str(self._folder / "inventory.yml"), *extra, *options),
            cwd=self._folder,
            env=self._environment(tasks),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self._runs += 1
        log = OUTPUT / f"{self._runs}-{playbook}.txt"
        log.write_text(ended.stdout, encoding="utf-8")
        lines = tasks.read_text(encoding="utf-8").splitlines() if tasks.exists() else []
        writes = self.lab.audit.counts(since=mark).writes
        self.writes += writes
        return Run(ended.returncode, [json.loads(line) for line in lines], writes, log)

    def _file(self, name: str, data: Mapping[str, Any]) -> None:
        (self._folder / name).write_text(yaml.safe_dump(data), encoding="utf-8")

    def _environment(self, tasks: Path) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "LANG": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
            "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests" / "integration" / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "recorder",
            "ANSIBLE_NOCOLOR": "1",
            "RECORDER_FILE": str(tasks),
        }


def act(number: int, what: str) -> None:
    print()
    say(f"{number}. {what}", "", "   ")


def outcome(text: str) -> None:
    say(f"=> {text}", "  ", "     ")


def say(text: str, first: str = "    ", then: str = "      ") -> None:
    kept = text.replace(" -e ", " -e\N{NO-BREAK SPACE}")  # an option and its value stay together
    wrapped = textwrap.fill(
        kept, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )
    print(wrapped.replace("\N{NO-BREAK SPACE}", " "), flush=True)
