# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs a program and measures it with all processes that it waited for.

As a program of its own (REPORT ENVIRONMENT PROGRAM ...) it stands between: Linux counts the memory of who forks as
that of the program, and this one is small, which the benchmark with its simulated servers is not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """`said`: both outputs. `cpu`: seconds, `memory`: MB of the largest process, `seconds`: from start to end."""

    code: int
    said: str
    cpu: float
    memory: float
    seconds: float


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path | None = None) -> Ended:
    """Whatever the program ends with. With its processes it is killed if this is interrupted."""
    with tempfile.TemporaryDirectory(prefix="windhcp-bench-") as place:
        report, output = Path(place) / "report.json", Path(place) / "output"
        between = [sys.executable, str(Path(__file__)), str(report), json.dumps(dict(environment)), *command]
        with output.open("w", encoding="utf-8") as file:
            program = subprocess.Popen(
                between, cwd=folder, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
            )
            try:
                program.wait()
            except BaseException:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()
                raise
        said = output.read_text(encoding="utf-8")
        if program.returncode:
            return Ended(program.returncode, said, 0, 0, 0)
        return Ended(said=said, **json.loads(report.read_text(encoding="ascii")))


def main(report: str, environment: str, *command: str) -> None:
    """Writes how it ended, and what it used, as JSON."""
    begin = time.monotonic()
    program = subprocess.Popen(command, env=json.loads(environment))
    _pid, status, used = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(status)
    found = {
        "code": program.returncode,
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / 1024,
        "seconds": time.monotonic() - begin,
    }
    Path(report).write_text(json.dumps(found), encoding="ascii")


if __name__ == "__main__":
    main(*sys.argv[1:])
