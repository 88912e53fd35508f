# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The list that a person agrees to before copies of scopes go."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.removal_list import DNS, NOTHING, removal_list


def copy(other_copy: str, *differences: str) -> dict[str, Any]:
    return {
        "scope_id": "10.1.0.0",
        "server": "TWO",
        "kept_on": "ONE",
        "other_copy": other_copy,
        "differences": list(differences),
    }


@pytest.mark.parametrize(
    ("other_copy", "becomes", "warns"),
    [
        ("delete", "deleted on TWO, with its leases", True),
        ("disable", "left on TWO, inactive, with its leases", False),
        ("replace", "deleted on TWO and copied there anew", True),
    ],
)
def test_a_copy_and_the_warning_where_one_is_deleted(other_copy: str, becomes: str, warns: bool) -> None:
    line = f"10.1.0.0 is kept on ONE, and {becomes}; the copies are equal"
    assert removal_list([{"removals": [copy(other_copy)]}]) == [line, *([DNS] if warns else [])]


def test_every_difference_step_safety_copy_and_failure_with_the_name_that_was_looped_over() -> None:
    result = {
        "item": "HQ",
        "failed": True,
        "removals": [copy("disable", "name: A on TWO, B on ONE", "lease 10.1.0.9 of 00-01: on TWO only")],
        "plan": [{"server": "TWO", "step": "deactivate 10.1.0.0 on TWO"}],
        "safety_copies": [{"host": "two", "path": "C:\\copy.xml", "scopes": ["10.1.0.0"]}],
    }
    assert removal_list([result]) == [
        "'HQ': 10.1.0.0 is kept on ONE, and left on TWO, inactive, with its leases; "
        "the copies differ: name: A on TWO, B on ONE; lease 10.1.0.9 of 00-01: on TWO only",
        "'HQ': TWO: deactivate 10.1.0.0 on TWO",
        "'HQ': safety copy on two: C:\\copy.xml",
        "'HQ': FAILED, and was not done, or not all of it; the message of the task says why.",
    ]


def test_copies_of_all_tasks_come_before_the_steps() -> None:
    step = {"server": "ONE", "step": "remove"}
    lines = removal_list(
        [{"removals": [copy("delete")], "plan": [step]}, {"removals": [copy("disable")], "plan": [step]}]
    )
    assert [line.split()[0] for line in lines] == ["10.1.0.0", "10.1.0.0", "DNS", "ONE:", "ONE:"]


def test_what_failed_before_it_had_a_plan_promises_nothing() -> None:
    assert removal_list([{"failed": True, "msg": "x"}]) == [
        "FAILED, and was not done, or not all of it; the message of the task says why."
    ]


def test_nothing_goes() -> None:
    assert removal_list([]) == removal_list([{"skipped": True}, {"removals": [], "plan": []}]) == [NOTHING]
