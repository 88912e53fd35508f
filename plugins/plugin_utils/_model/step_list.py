# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What tasks found and did, as text for a person. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def step_lines(result: Mapping[str, Any]) -> list[str]:
    """One line for each step of a task, with the server that runs it, and for each safety copy that was made."""
    saved = (f"safety copy on {copy['host']}: {copy['path']}" for copy in result.get("safety_copies") or ())
    return [*(f"{step['server']}: {step['step']}" for step in result.get("plan") or ()), *saved]


def step_list(results: Iterable[Mapping[str, Any]]) -> list[str]:
    """One line for each difference of content, then for each step and safety copy. `results`: of tasks that ran or
    would run."""
    tasks = list(results)
    differences = [line for result in tasks for line in difference_lines(result)]
    return [*differences, *(line for result in tasks for line in step_lines(result))]


def difference_lines(result: Mapping[str, Any]) -> list[str]:
    """One line for each difference of content that a task found."""
    return [_difference(difference) for difference in result.get("differences") or ()]


def _difference(difference: Mapping[str, Any]) -> str:
    """Without servers it is of a safety copy and the server that the task runs on."""
    source, destination = difference.get("source_server"), difference.get("destination_server")
    places = (f"on {source}", f"on {destination}") if source and destination else ("in the copy", "on the server")
    here, there = (_value(difference[end]) for end in ("source", "destination"))
    return f"{difference['scope_id']}: {difference['field']}: {here} {places[0]}, {there} {places[1]}"


def _value(value: object) -> str:
    return "none" if value is None else str(value)
