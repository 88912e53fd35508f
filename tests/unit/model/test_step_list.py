# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The filter step_list: plans of several tasks as the lines that a dry run shows."""

from __future__ import annotations

from ansible_collections.windhcp.failover.plugins.filter.step_list import FilterModule

STEP = {"server": "DHCP01", "step": "create relationship 'HQ'"}
DIFFERENCE = {"scope_id": "10.0.1.0", "field": "reservation 10.0.1.20", "source": "present", "destination": None}
SERVERS = {"source_server": "DHCP01", "destination_server": "dhcp02.contoso.example"}

step_list = FilterModule().filters()["step_list"]


def test_what_differs_comes_before_the_steps() -> None:
    results = [
        {"item": "HQ", "plan": [STEP]},
        {"item": "Branches", "plan": [], "differences": [{**DIFFERENCE, **SERVERS}]},
    ]
    assert step_list(results) == [
        "10.0.1.0: reservation 10.0.1.20: present on DHCP01, none on dhcp02.contoso.example",
        "DHCP01: create relationship 'HQ'",
    ]
    assert step_list([{"differences": [DIFFERENCE]}]) == [
        "10.0.1.0: reservation 10.0.1.20: present in the copy, none on the server"
    ]


def test_a_safety_copy_is_told_with_the_steps() -> None:
    """What dhcp_failover_restore needs."""
    saved = {"host": "dhcp02", "path": "C:\\copy.xml", "scopes": ["10.0.1.0"]}
    assert step_list([{"plan": [STEP], "safety_copies": [saved]}])[1:] == ["safety copy on dhcp02: C:\\copy.xml"]


def test_nothing_is_told_of_tasks_that_had_nothing_to_do() -> None:
    assert step_list([]) == step_list([{"skipped": True, "item": "HQ"}, {"failed": True, "msg": "x"}]) == []
