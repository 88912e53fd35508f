# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run of the benchmark found, and the same as JSON."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.parts import Part
from bench.running import Counts, Measured

STORED = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Cell:
    """One row at one size. `missing`: why it was not measured."""

    row: str
    words: str
    size: str
    measured: Measured | None = None
    missing: str = ""


@dataclass(frozen=True)
class Results:
    """`machine`: what it ran on and with, `command`: what was typed."""

    machine: Mapping[str, str]
    command: str
    cells: Sequence[Cell] = ()
    parts: Sequence[Part] = field(default=())

    def cell(self, row: str, size: str) -> Measured | None:
        """None: not measured."""
        found = (cell.measured for cell in self.cells if (cell.row, cell.size) == (row, size))
        return next(found, None)

    def part(self, kind: str, size: str) -> Part | None:
        return next((part for part in self.parts if (part.kind, part.size) == (kind, size)), None)

    @property
    def sizes(self) -> Sequence[str]:
        return list(dict.fromkeys(cell.size for cell in self.cells))

    @property
    def rows(self) -> Mapping[str, str]:
        """Their words, by name."""
        return {cell.row: cell.words for cell in self.cells}

    def dumps(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"


def loads(text: str) -> Results:
    """The reverse of dumps."""
    raw = json.loads(text)
    cells = [Cell(**{**cell, "measured": _measured(cell["measured"])}) for cell in raw["cells"]]
    return Results(raw["machine"], raw["command"], cells, [Part(**part) for part in raw["parts"]])


def _measured(raw: Mapping[str, Any] | None) -> Measured | None:
    return None if raw is None else Measured(**{**raw, "counts": Counts(**raw["counts"])})


def differing(one: Results, other: Results) -> Sequence[str]:
    """Counts that are not the same in both, of what both measured; in words."""
    return [
        f"{cell.row}, {cell.size}: {cell.measured.counts} and then {again.counts}"
        for cell in one.cells
        if cell.measured is not None
        and (again := other.cell(cell.row, cell.size)) is not None
        and again.counts != cell.measured.counts
    ]


def machine(door: str) -> Mapping[str, str]:
    """This one. `door`: as its description says."""
    versions = {name: importlib.metadata.version(name) for name in ("ansible-core", "pywinrm", "pypsrp")}
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": platform.python_version(),
        "ansible-core": versions["ansible-core"],
        "pywinrm": versions["pywinrm"],
        "connection": "winrm, Basic over HTTP, loopback",
        "servers": f"the lab, {door}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
