# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What tasks do to copies of scopes, as text for a person who has to agree to it. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .texts import few

NOTHING = "No copy of a scope goes."
DNS = "DNS records of the clients may go with a copy that is deleted."
_BECOMES = {
    "delete": "deleted on {server}, with its leases",
    "disable": "left on {server}, inactive, with its leases",
    "replace": "deleted on {server} and copied there anew",
}


def removal_list(results: Iterable[Mapping[str, Any]]) -> list[str]:
    """One line for each copy, then the steps, then the safety copies. `results`: of tasks that were run, would run, or
    failed."""
    tasks = list(results)
    removals = [(task, removal) for task in tasks for removal in task.get("removals") or ()]
    lines = [f"{_relationship(task)}{_copy(removal)}" for task, removal in removals] or [NOTHING]
    if any(removal["other_copy"] != "disable" for _one, removal in removals):
        lines.append(DNS)
    for task in tasks:
        lines += [f"{_relationship(task)}{step['server']}: {step['step']}" for step in task.get("plan") or ()]
        lines += [
            f"{_relationship(task)}safety copy on {copy['host']}: {copy['path']}"
            for copy in task.get("safety_copies") or ()
        ]
        if task.get("failed"):
            lines.append(
                f"{_relationship(task)}FAILED, and was not done, or not all of it; the message of the task says why."
            )
    return lines


def _relationship(result: Mapping[str, Any]) -> str:
    """The name that the task was looped over."""
    return f"'{result['item']}': " if result.get("item") else ""


def _copy(removal: Mapping[str, Any]) -> str:
    becomes = _BECOMES[removal["other_copy"]].format(server=removal["server"])
    return (
        f"{removal['scope_id']} is kept on {removal['kept_on']}, and {becomes}; {_differences(removal['differences'])}"
    )


def _differences(differences: Sequence[str]) -> str:
    return f"the copies differ: {few(differences, 'removals', between='; ')}" if differences else "the copies are equal"
