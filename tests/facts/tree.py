# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rules and the switches of the lab that stands here."""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path

from lab.core.open_questions_reading import Reading
from lab.core.open_questions_writing import Writing

from facts.rules import Known, Rule, Switch, of_switches, of_tree
from facts.sources import LAB, read


def switches() -> dict[str, Switch]:
    """By name."""
    asked: dict[str, Switch] = {}
    for part in (Reading, Writing):
        lines, first = inspect.getsourcelines(part)
        where = str(Path(inspect.getfile(part)).relative_to(LAB.parent))
        for one in fields(part):
            line = next(number for number, text in enumerate(lines, first) if text.startswith(f"    {one.name}:"))
            about = one.metadata
            asked[one.name] = Switch(one.name, about["mark"], about["source"], about["question"], where, line)
    return asked


def rules() -> list[Rule]:
    """Those of the lab's text, then those of the switches."""
    known = Known(read(), switches())
    return [*of_tree(LAB, known), *of_switches(known.switches.values(), known.sources)]
