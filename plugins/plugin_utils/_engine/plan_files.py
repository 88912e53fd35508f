# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan on the controller: the text that a person reviews, and the JSON file beside it, or as a variable. Nothing here
imports Ansible.

Neither file is believed without the other: the text has to be that of the JSON, letter by letter, and the JSON what is
written of its own content. Nothing of them is a template or a program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .._model.refusal import Refused
from .._model.texts import shown
from .._planning import reviewed_plan
from .._planning.reviewed_plan import ANEW, PLAN, Document
from .._report.plan_text import difference, json_text, plan_text
from .written_files import create_all

SUFFIX = ".md"
FILE = "file (failover_plan_file of the playbooks)"
MOST = 16 * 1024 * 1024  # bytes of one of the files


class _StandsTwice(ValueError):
    """A key, in one object."""


def paths(file: str) -> tuple[Path, Path]:
    """Of the text and of the JSON. Raises Refused."""
    path = Path(file).absolute()
    if path.suffix != SUFFIX or not file:
        raise Refused(f"{FILE}: is '{file}'; it should be the file that people read, whose name ends in {SUFFIX}.")
    return path, path.with_suffix(".json")


def write(file: str, plan: Document) -> None:
    """Both, or neither. Raises Refused where one of them exists, and TaskFailure."""
    text, data = paths(file)
    create_all({text: plan_text(plan), data: json_text(plan)})


def read(file: str) -> Document:
    """The plan. Raises Refused."""
    text, data = paths(file)
    reviewed, raw = _content(text), _content(data)
    try:
        plan = reviewed_plan.read(_parsed(raw))
        wrong = [
            *(f"{data}: {found}" for found in [difference(raw, json_text(plan))] if found),
            *(f"{text}: {found}" for found in [difference(reviewed, plan_text(plan))] if found),
        ]
    except (ValueError, RecursionError) as error:
        raise Refused(f"{FILE}: {data} is no JSON that can be read ({_why(error)}). {ANEW}") from error
    if wrong:
        raise Refused(f"{FILE}: the text and the JSON do not agree, or were changed: {'; '.join(wrong)}. {ANEW}")
    return plan


def handed_on(data: Any) -> Document:
    """The plan that an earlier job has handed on in a variable: a text of JSON, or what is in it. Raises Refused."""
    try:
        return reviewed_plan.read(_parsed(data if isinstance(data, str) else json.dumps(data)))
    except (TypeError, ValueError, RecursionError) as error:
        raise Refused(f"{PLAN}: is no JSON that can be read ({_why(error)}). {ANEW}") from error


def _parsed(text: str) -> Any:
    """Raises ValueError, where a key stands twice too: who reads it may see the other value."""
    return json.loads(text, object_pairs_hook=_each_once)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _StandsTwice(f"{shown(key)} stands twice in an object")
        found[key] = value
    return found


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, _StandsTwice) else type(error).__name__


def _content(path: Path) -> str:
    """Raises Refused."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST + 1)
        if len(content) > MOST:
            raise Refused(f"{FILE}: {path} has more than {MOST} bytes, so it is none that was written here. {ANEW}")
        return content.decode()
    except OSError as error:
        raise Refused(f"{FILE}: {path} cannot be read on the controller ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{FILE}: {path} is not UTF-8, so it is none that was written here. {ANEW}") from error
