# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rules and the switches of the lab that stands here."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path

from lab.core import open_questions

from facts.rules import Rule, Switch, of_switches, of_tree
from facts.sources import LAB, Sources, read


def switches() -> dict[str, Switch]:
    """By name."""
    lines, first = inspect.getsourcelines(open_questions.Switches)
    found = {}
    for one in fields(open_questions.Switches):
        line = next(number for number, text in enumerate(lines, first) if re.match(rf"    {one.name}:", text))
        about = one.metadata
        found[one.name] = Switch(one.name, about["mark"], about["source"], about["question"], line)
    return found


def rules(root: Path = LAB, sources: Sources | None = None) -> list[Rule]:
    """Those of the text below a folder, then those of the switches."""
    known, asked = sources or read(), switches()
    where = str(Path(open_questions.__file__).relative_to(LAB.parent))
    return [*of_tree(root, known, asked), *of_switches(asked.values(), where, known)]
