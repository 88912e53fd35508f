# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What was found out on two servers as one JSON text. No message of a task is in it, and no step of a plan: these have
names of servers and accounts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._model.texts import counted
from .._model.version import VERSION
from .assumed import is_as_assumed
from .experiments import LEFT_OUT

FORMAT = 1
_IDS = re.compile(r"\b(?:DHCP 20\d{3}|WIN32 \d{1,5}|windhcp\.[a-z_]+)\b")


def findings(asked: Mapping[str, Any], walk: Mapping[str, Mapping[str, Any]], written: str) -> Mapping[str, Any]:
    """`asked`: a result of the experiments. `walk`: the results of the collection's own tasks, by step. `written`:
    when, as ISO 8601."""
    return {
        "format": FORMAT,
        "collection": VERSION,
        "written": written,
        "servers": list(asked["servers"]),
        "questions": list(asked["questions"]),
        "walk": [_step(name, result) for name, result in walk.items()],
    }


def text(found: Mapping[str, Any]) -> str:
    """For a file."""
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def sentences(found: Mapping[str, Any]) -> Sequence[str]:
    """What it comes to, each answer that is not the assumed one, and each step that went wrong."""
    questions, walk = found["questions"], found["walk"]
    answered = [one for one in questions if one["not_asked"] is None]
    left_out = [one for one in questions if one["not_asked"] == LEFT_OUT]
    open_ = len(questions) - len(answered) - len(left_out)
    otherwise = [
        f"Otherwise than assumed: {one['id']} ({one['asks']}) is {_word(one['answer'])}, not {_word(one['assumed'])}."
        for one in answered
        if not is_as_assumed(one["id"], one["answer"])
    ]
    wrong = [f"{step['step']}: {step['why']}" for step in walk if not step["well"]]
    return [
        f"{counted(len(answered), 'question')} answered, {len(otherwise)} of them otherwise than assumed; "
        f"{open_} could not be asked here, and {len(left_out)} were left out of this run.",
        f"{len(walk) - len(wrong)} of {counted(len(walk), 'step')} went well.",
        *otherwise,
        *wrong,
    ]


def _word(answer: Any) -> str:
    return json.dumps(answer, ensure_ascii=False)


def _step(name: str, result: Mapping[str, Any]) -> Mapping[str, Any]:
    """A step whose name begins with "again" may change nothing, and each other one has to change something. `steps`: of
    its plan."""
    why = None
    if result.get("failed") or result.get("unreachable"):
        ids = ", ".join(dict.fromkeys(_IDS.findall(str(result.get("msg", "")))))
        why = f"it {'did not answer' if result.get('unreachable') else 'failed'}{f' ({ids})' if ids else ''}"
    elif bool(result.get("changed")) == name.startswith("again"):
        why = "it changed something" if result.get("changed") else "it changed nothing"
    steps = len(result.get("plan") or ())
    return {"step": name, "well": why is None, "changed": bool(result.get("changed")), "steps": steps, "why": why}
