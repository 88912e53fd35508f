# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What was found out on two servers as one JSON text, which has no name of a server in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._model.version import VERSION

FORMAT = 1


def findings(asked: Mapping[str, Any], walk: Mapping[str, Mapping[str, Any]], written: str) -> Mapping[str, Any]:
    """`asked`: a result of the experiments. `walk`: the results of the collection's own tasks, by step. `written`:
    when, as ISO 8601."""
    found = {
        "format": FORMAT,
        "collection": VERSION,
        "written": written,
        "servers": list(asked["servers"]),
        "questions": list(asked["questions"]),
        "walk": [_step(name, result) for name, result in walk.items()],
    }
    shown: Mapping[str, Any] = json.loads(_without_names(json.dumps(found), asked["names"]))
    return shown


def text(found: Mapping[str, Any]) -> str:
    """For a file."""
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def sentences(found: Mapping[str, Any]) -> Sequence[str]:
    """What it comes to, and each step that went wrong."""
    questions, walk = found["questions"], found["walk"]
    answered = [one for one in questions if one["not_asked"] is None]
    wrong = [f"{step['step']}: {step['why']}" for step in walk if not step["well"]]
    well = len(walk) - len(wrong)
    return [
        f"{len(answered)} of {len(questions)} questions are answered, and {well} of {len(walk)} steps went well.",
        *wrong,
    ]


def _without_names(text: str, names: Sequence[Sequence[str]]) -> str:
    """`names`: of the first server, and of the second one."""
    for word, several in zip(("FIRST", "SECOND"), names, strict=True):
        for name in sorted(set(several), key=len, reverse=True):
            text = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", word, text, flags=re.IGNORECASE)
    return text


def _step(name: str, result: Mapping[str, Any]) -> Mapping[str, Any]:
    """A step whose name begins with "again" may change nothing, and each other one has to change something."""
    failed = bool(result.get("failed") or result.get("unreachable"))
    changed = bool(result.get("changed"))
    why = str(result.get("msg", "")) if failed else ""
    if not failed and changed == name.startswith("again"):
        why = "it changed something" if changed else "it changed nothing"
    steps = [str(step["step"]) for step in result.get("plan") or ()]
    return {"step": name, "well": not why, "changed": changed, "plan": steps, "why": why or None}
