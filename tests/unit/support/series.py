# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Metrics read again as Prometheus reads them, and its own tool."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from declared.base import PATH
from prometheus_client.parser import text_string_to_metric_families

TOOL = shutil.which("promtool", path=PATH)
PROMTOOL = pytest.mark.skipif(TOOL is None, reason="NOT CHECKED: promtool is not here (make declared brings it)")


@dataclass(frozen=True)
class Sample:
    """One line of the file."""

    name: str
    labels: dict[str, str]
    value: float

    def has(self, labels: Mapping[str, str]) -> bool:
        """Whether these are among its labels."""
        return labels.items() <= self.labels.items()


@dataclass(frozen=True)
class Series:
    """What a file has."""

    all: Sequence[Sample]

    def of(self, name: str) -> list[Sample]:
        return [one for one in self.all if one.name == name]

    def value(self, name: str, **labels: str) -> float:
        (found,) = (one.value for one in self.of(name) if one.labels == labels)
        return found


def parsed(text: str) -> Series:
    """By Prometheus' Python client. Each metric has a HELP and a TYPE, each series is there once, and the last line
    ends."""
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    text.encode()
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    assert all(family.type == "gauge" and family.documentation for family in families)
    found = [Sample(one.name, dict(one.labels), one.value) for family in families for one in family.samples]
    series = [(one.name, tuple(sorted(one.labels.items()))) for one in found]
    assert len(set(series)) == len(series)
    lines = [line for line in text.split("\n")[:-1] if not line.startswith("#")]
    assert len(lines) == len(found)
    return Series(found)


def promtool(*arguments: str, said: str = "") -> str:
    """What it prints when all is well."""
    assert TOOL
    done = subprocess.run([TOOL, *arguments], input=said.encode(), capture_output=True, check=False, timeout=300)
    output = (done.stdout + done.stderr).decode(errors="replace")
    assert done.returncode == 0, output
    return output
