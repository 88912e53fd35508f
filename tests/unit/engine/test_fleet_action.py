# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a host's variable holds, as a report takes it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.fleet_action import first_line, held, seen

RESULT = {"server": "DHCP01", "relationships": [], "verdicts": []}


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (RESULT, ""),
        ({**RESULT, "failed": True, "msg": "no\nmore"}, "no"),
        ({**RESULT, "unreachable": True, "msg": "gone"}, "gone"),
        ({}, "it gave no reason"),
        (None, "there is no result of dhcp_failover_info in the variable 'v'"),
        ([1], "there is no result of dhcp_failover_info in the variable 'v'"),
    ],
)
def test_what_was_not_read_has_a_reason(found: Any, problem: str) -> None:
    one = seen("dhcp01", "v", {"dhcp01": {"v": found}})
    assert (one.problem, one.result is None) == (problem, bool(problem))


def test_a_host_that_does_not_exist() -> None:
    assert seen("dhcp09", "v", {}).result is None


def test_it_becomes_plain_data() -> None:
    one = seen("dhcp01", "v", {"dhcp01": {"v": {**RESULT, "day": date(2026, 1, 1)}}})
    assert one.result is not None
    assert one.result["day"] == "2026-01-01"


def test_what_a_variable_holds() -> None:
    hosts = {"dhcp01": {"v": {"a": date(2026, 1, 1)}}}
    assert held("dhcp01", "v", hosts) == {"a": "2026-01-01"}
    assert held("dhcp01", "w", hosts) is None
    assert held("dhcp09", "v", hosts) is None


@pytest.mark.parametrize(
    ("message", "first"), [("one\ntwo", "one"), ("", "it gave no reason"), (None, "it gave no reason")]
)
def test_the_first_line_of_a_message(message: Any, first: str) -> None:
    assert first_line(message) == first
