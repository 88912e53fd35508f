# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is no name of a computer goes nowhere: not from a task, and not from a server that shows it as a partner's."""

from __future__ import annotations

from typing import Any

import pytest
from lab import topology
from lab.core.lab import Lab
from nothing_lost.task import Wire, perform

BAD = "dhcp02; Get-Process"
FORCE = "-Force"  # a word that Windows takes for one of its own


def company() -> Lab:
    return topology.load(topology.TOPOLOGIES / "company.yml")


@pytest.mark.parametrize("bad", [BAD, FORCE])
@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("dhcp_failover_relationship", {"name": "HQ", "scopes": ["10.10.10.0"]}),
        ("dhcp_failover_relationship", {"name": "HQ", "state": "absent"}),
        ("dhcp_failover_scope_copy", {"scopes": ["10.10.10.0"]}),
        ("dhcp_failover_scope", {"relationship": "HQ", "scopes": ["10.10.10.0"], "create_relationship": {}}),
    ],
)
def test_a_task_is_refused(module: str, options: dict[str, Any], bad: str) -> None:
    options = (
        {**options, "create_relationship": {"partner_server": bad}}
        if "create_relationship" in options
        else {**options, "partner_server": bad}
    )
    lab = company()
    result = perform(Wire(lab), module, options)
    assert result["failed"]
    assert f"partner_server: '{bad}' is no name of a computer; write its name or address" in result["msg"]
    assert [entry for entry in lab.audit.entries if entry.write] == []


@pytest.mark.parametrize("bad", [BAD, FORCE])
def test_one_that_the_server_shows_is_never_called(bad: str) -> None:
    lab = company()
    relationship = {"name": "HQ", "partner_server": "dhcp02", "scopes": ["10.10.10.0", "10.10.20.0"], "wait_timeout": 1}
    assert "failed" not in perform(Wire(lab), "dhcp_failover_relationship", relationship)
    lab.servers["DHCP01"].relationships["HQ"].partner_server = bad
    mark = lab.audit.mark()
    leave = {
        "relationship": "HQ",
        "scopes": ["10.10.20.0"],
        "state": "absent",
        "keep_scopes_on": "this_server",
        "other_copy": "delete",
    }
    result = perform(Wire(lab), "dhcp_failover_scope", leave)
    assert result["failed"]
    assert "what should be the name of a computer is none" in result["msg"]
    assert f"nothing was called (windhcp.computer_name: '{bad}' is no name of a computer." in result["msg"]
    assert {entry.via for entry in lab.audit.since(mark, "cmdlet")} == {"session"}
    assert [entry for entry in lab.audit.since(mark, "cmdlet") if entry.write] == []
