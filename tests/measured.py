# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs targets of the Makefile one by one, and tells what each of them cost: `make test` is this.

A start of the PowerShell engine costs a third of a second of a core or more, so there is a most that all of them may
start. Each start is counted, also one PowerShell in another: by scripts of the engine's names that go before it."""

from __future__ import annotations

import argparse
import os
import resource
import shlex
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.powershell.engine import ENGINE_VARIABLE, NOTHING, WINDOWS_NAMES, NoEngine, find_engine


@dataclass(frozen=True)
class Cost:
    """`cpu`: seconds of a core, of all processes that were waited for; `wall`: seconds; `starts`: of the engine."""

    starts: int
    cpu: float
    wall: float

    def __sub__(self, before: Cost) -> Cost:
        return Cost(self.starts - before.starts, self.cpu - before.cpu, self.wall - before.wall)

    def line(self, name: str) -> str:
        return f"{name:12} {self.starts:6} {self.cpu:6.0f} s {self.wall:6.0f} s"


class Meter:
    """`folder`: for the scripts that count. Without an engine nothing is started, and nothing counted."""

    def __init__(self, folder: Path) -> None:
        self._counted = folder / "starts"
        self._counted.touch()
        self.environment = {**os.environ}
        try:
            engine = find_engine().path
        except NoEngine:
            return
        names = folder / "bin"
        names.mkdir()
        for name in {engine.name, *WINDOWS_NAMES}:
            if (engine.parent / name).is_file():
                self._script(names / name, f"printf . >> {shlex.quote(str(self._counted))}\n", engine.parent / name)
        if (engine.parent / NOTHING).is_file():
            self._script(names / NOTHING, "", engine.parent / NOTHING)
        self.environment[ENGINE_VARIABLE] = str(names / engine.name)

    def read(self) -> Cost:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return Cost(self._counted.stat().st_size, used.ru_utime + used.ru_stime, time.monotonic())

    @staticmethod
    def _script(path: Path, first: str, program: Path) -> None:
        path.write_text(f'#!/bin/sh\n{first}exec {shlex.quote(str(program))} "$@"\n', encoding="utf-8")
        path.chmod(0o755)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: that of the first target that failed, or 1 for too many starts."""
    parser = argparse.ArgumentParser(prog="measured", description=__doc__)
    parser.add_argument("--most-starts", type=int, required=True)
    parser.add_argument("targets", nargs="+")
    options = parser.parse_args(arguments)
    make = [os.environ.get("MAKE", "make"), "--no-print-directory"]
    code, lines = 0, []
    with tempfile.TemporaryDirectory(prefix="windhcp-measured-") as folder:
        meter = Meter(Path(folder))
        begin = meter.read()
        for target in options.targets:
            before = meter.read()
            code = subprocess.run([*make, target], env=meter.environment, check=False).returncode
            lines.append((meter.read() - before).line(target))
            if code:
                break
        total = meter.read() - begin
    print(f"\n{'':12} starts      CPU     wall", *lines, total.line("all"), sep="\n")
    if total.starts > options.most_starts:
        print(f"{total.starts} starts of the PowerShell engine, and {options.most_starts} are the most there may be.")
    return code or int(total.starts > options.most_starts)


if __name__ == "__main__":
    raise SystemExit(main())
