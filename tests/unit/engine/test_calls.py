# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What one remote call runs for the steps of a plan: probes first, and a wait before each write and at the end."""

from __future__ import annotations

from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import calls
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.calls import Role, Waiting
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs, task_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Spec
from worlds import KEEP_HERE, alone, pair, plan_of

PARTNER = "dhcp02.contoso.example"


def planned(server: Server, **options: Any) -> Plan:
    settings = task_options.parse("HQ", options)
    return alone(server, Spec("HQ", settings, settings.scopes))


def operations(plan: Plan, waiting: Waiting | None = None, unasked: list[str] | None = None) -> list[dict[str, Any]]:
    """Those of the plan's only remote call."""
    server = plan.start.here.server
    run = calls.calls(calls.steps(plan), server, waiting or Waiting(), unasked or [], ())
    return [dict(call.operation) for call in run]


def test_the_batch_probes_first_and_waits_before_each_write_and_at_the_end() -> None:
    many = [f"10.1.{number}.0" for number in range(40)]
    server = builders.server([builders.relationship()], scopes=list(many))
    plan = planned(server, load_balance_percent=60, scopes=many)
    run = operations(plan, unasked=[PARTNER])
    add = ["wait_for_state", "add_failover_scopes"]
    assert [call["id"] for call in run] == [
        "probe_partner",
        "probe_rights",
        "wait_for_state",
        "set_failover",
        *add,
        *add,
        "wait_for_state",
    ]
    waits = [call for call in run if call["id"] == "wait_for_state"]
    assert [(wait["tolerated"], wait["grace"]) for wait in waits] == [
        (["CommunicationInterrupted"], grace) for grace in (0, 90, 90, 90)
    ]
    assert max(call.get("grace", 0) for call in operations(plan, Waiting(timeout=5))) == 5


def test_a_new_relationship_is_not_waited_for_before_it_is_there() -> None:
    plan = planned(builders.server(), partner_server="dhcp02", scopes=["10.0.1.0"])
    assert [call["op"] for call in operations(plan)] == ["cmdlet", "wait_until"]
    assert [call["op"] for call in operations(plan, Waiting(at_end=False))] == ["cmdlet"]


def test_what_was_removed_is_not_waited_for() -> None:
    plan = plan_of(pair({"HQ": []}), Spec("HQ", absent=True, policy=KEEP_HERE))
    assert [call["op"] for call in operations(plan)] == ["wait_until", "cmdlet"]


def test_allowed_states_end_the_wait() -> None:
    server = builders.server([builders.relationship(state="CommunicationInterrupted")])
    run = operations(planned(server, load_balance_percent=60), Waiting(allow_state=("CommunicationInterrupted",)))
    waits = [call for call in run if "values" in call]
    assert all(wait["values"] == ["CommunicationInterrupted", "Normal"] for wait in waits)
    assert "CommunicationInterrupted" not in waits[0]["while"]


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (
            builders.server([builders.relationship(scopes=["10.0.1.0"])]),
            ["wait_for_state", "add_scope", "add_scope", "add_failover_scopes", "wait_for_state"],
        ),
        (builders.server(), ["add_scope", "add_scope", "add_failover", "wait_for_state"]),
    ],
)
def test_the_state_is_looked_at_before_a_scope_is_created(server: Server, expected: list[str]) -> None:
    define = scope_specs.parse([builders.definition("10.0.8.0"), builders.definition("10.0.9.0")])
    settings = task_options.parse("HQ", {"partner_server": PARTNER})
    plan = alone(server, Spec("HQ", settings, (), define, create_only=True, option="relationship"))
    assert [call["id"] for call in operations(plan)] == expected


def test_a_note_stands_before_the_first_write_and_goes_after_the_last() -> None:
    plan = planned(builders.server([builders.relationship()]), load_balance_percent=60, scopes=["10.0.1.0"])
    steps = calls.steps(plan)
    run = calls.noted(
        calls.calls(steps, plan.start.here.server, Waiting(), [PARTNER], ()), calls.notes(steps, plan.start.here.server)
    )
    ids = [call.operation["id"] for call in run]
    assert ids[2:5] == ["wait_for_state", "keep_text", "set_failover"]
    assert ids[-1] == "drop_text"
    assert [call.role for call in run[:2]] == [Role.PROBE, Role.PROBE]
