# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What tasks do to copies of scopes, as text for a person who has to agree to it. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .step_list import step_lines
from .texts import few

NOTHING = "No copy of a scope goes."
DNS = "DNS records of the clients may go with a copy that is deleted."
_BECOMES = {
    "delete": "deleted on {server}, with its leases",
    "disable": "left on {server}, inactive, with its leases",
    "replace": "deleted on {server} and copied there anew",
}


def removal_list(results: Iterable[Mapping[str, Any]]) -> list[str]:
    """One line for each copy, then the steps, then the safety copies.

    `results`: of tasks that were run, would run, or failed.
    """
    tasks = list(results)
    lines = copy_lines(tasks)
    if not lines and not any(result.get("failed") and not result.get("plan") for result in tasks):
        lines = [NOTHING]  # of one that failed before it had a plan nothing is known
    for result in tasks:
        whose = prefix(result)
        lines += [f"{whose}{line}" for line in step_lines(result)]
        if result.get("failed"):
            lines.append(f"{whose}FAILED, and was not done, or not all of it; the message of the task says why.")
    return lines


def copy_lines(results: Iterable[Mapping[str, Any]]) -> list[str]:
    """One line for each copy, and the warning where DNS records may go with one."""
    removals = [(result, removal) for result in results for removal in result.get("removals") or ()]
    lines = [f"{prefix(result)}{becomes_of_copy(removal)}" for result, removal in removals]
    if any(removal["other_copy"] != "disable" for _result, removal in removals):
        lines.append(DNS)
    return lines


def prefix(result: Mapping[str, Any]) -> str:
    """The relationship that the task was looped over."""
    item = result.get("item")
    name = item.get("relationship") if isinstance(item, Mapping) else item
    return f"'{name}': " if name else ""


def becomes_of_copy(removal: Mapping[str, Any]) -> str:
    """Which copy of a scope stays, what becomes of the other one, and what differs. `removal`: as a result has it."""
    return f"{kept_and_other(removal)}; {_differences(removal['differences'])}"


def kept_and_other(removal: Mapping[str, Any]) -> str:
    """Which copy of a scope stays, and what becomes of the other one."""
    becomes = _BECOMES[removal["other_copy"]].format(server=removal["server"])
    return f"{removal['scope_id']} is kept on {removal['kept_on']}, and {becomes}"


def _differences(words: Sequence[str]) -> str:
    return f"the copies differ: {few(words, 'removals', between='; ')}" if words else "the copies are equal"
