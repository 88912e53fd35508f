# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m matrix [options]: connections for each version of Ansible, then its sanity tests and the unit tests."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from matrix import table
from matrix.cores import CORES, ROOT, Core, NoPython, environment

FOLDER = ROOT / ".build" / "matrix"
CONNECTIONS = ("tests/integration/test_transports.py", "tests/integration/test_partner_connection.py")


def main() -> int:
    parser = argparse.ArgumentParser(prog="matrix", description=__doc__)
    parser.add_argument("--only", default="", help="versions of ansible-core that begin so: 2.16,2.21")
    parser.add_argument("--parts", default="connections,sanity,units")
    told = parser.parse_args()
    chosen = [core for core in CORES if not told.only or core.version.startswith(tuple(told.only.split(",")))]
    parts, failed = told.parts.split(","), False
    if "connections" in parts:
        head = ["ansible-core", "Python", *table.CONNECTIONS.values(), *table.NOT_RUN]
        rows = [[core.version, core.python, *_connections(core)] for core in chosen]
        print(table.markdown(head, rows), flush=True)
        failed |= any("FAILED" in one for row in rows for one in row)
    for part, run in (("sanity", _sanity), ("units", _units)):
        those = [core for core in chosen if getattr(core, part)]
        if part in parts and those:
            rows = [[core.version, core.python, run(core)] for core in those]
            print(f"\n{table.markdown(['ansible-core', 'Python', part], rows)}", flush=True)
            failed |= any("failed" in one.lower() for row in rows for one in row)
    return int(failed)


def _connections(core: Core) -> Sequence[str]:
    width = len(table.CONNECTIONS) + len(table.NOT_RUN)
    try:
        return table.row(_pytest(core, *CONNECTIONS))
    except NoPython as missing:
        return [str(missing)] * width


def _units(core: Core) -> str:
    try:
        return table.count(_pytest(core, "tests/unit", "-n", "2"))
    except NoPython as missing:
        return str(missing)


def _pytest(core: Core, *arguments: str) -> Sequence[table.Case]:
    """Raises NoPython."""
    programs = environment(core, FOLDER)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [str(programs / "pytest"), "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *arguments]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if not report.exists():
            return [table.Case(f"pytest ended with {ended.returncode}", "failed", ended.stdout[-300:])]
        found = table.cases(report.read_text(encoding="utf-8"))
    for case in found:
        if case.outcome == "failed":
            print(f"{core.name}: {case.name}: {case.why}", file=sys.stderr, flush=True)
    return found


def _sanity(core: Core) -> str:
    try:
        programs = environment(core, FOLDER)
    except NoPython as missing:
        return str(missing)
    log = FOLDER / f"sanity-{core.name}.txt"
    with log.open("w", encoding="utf-8") as file:
        ended = subprocess.run(
            ["tests/sanity/run.sh", str(FOLDER / f"sanity-{core.name}")],
            cwd=ROOT,
            env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return f"FAILED, see {log.relative_to(ROOT)}" if ended.returncode else "passed"


if __name__ == "__main__":
    sys.exit(main())
