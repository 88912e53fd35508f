# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What one remote call runs for the steps of a plan: probes first, and a wait before each write and at the end."""

from __future__ import annotations

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import batch
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.adapter import declared
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.steps import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import relationship_options, scope_specs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import scope_ids
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Spec


def plan_in(state: str) -> tuple[Plan, Server]:
    server = builders.server([builders.relationship(state=state)])
    return builders.present(relationship_options.parse("HQ", {"load_balance_percent": 60}), server), server


def test_the_batch_probes_first_and_waits_before_each_write_and_at_the_end() -> None:
    many = [f"10.1.{number}.0" for number in range(40)]
    server = builders.server([builders.relationship()], scopes=list(many))
    plan = builders.present(relationship_options.parse("HQ", {"load_balance_percent": 60, "scopes": many}), server)
    calls = batch.operations(plan.steps, server, batch.Waiting(), probes.probes(*batch.partners(plan.steps)))
    add = ["wait_for_state", "add_failover_scopes"]
    assert [call["id"] for call in calls] == [
        "probe_partner",
        "probe_rights",
        "wait_for_state",
        "set_failover",
        *add,
        *add,
        "wait_for_state",
    ]
    waits = [call for call in calls if call["id"] == "wait_for_state"]
    assert [(wait["tolerated"], wait["grace"]) for wait in waits] == [
        (["CommunicationInterrupted"], grace) for grace in (0, 90, 90, 90)
    ]
    short = batch.operations(plan.steps, server, batch.Waiting(timeout=5))
    assert max(call.get("grace", 0) for call in short) == 5


def test_a_new_relationship_is_not_waited_for_before_it_is_there() -> None:
    server = builders.server()
    plan = builders.present(
        relationship_options.parse("HQ", {"partner_server": "dhcp02", "scopes": ["10.0.1.0"]}), server
    )
    operations = [call["op"] for call in batch.operations(plan.steps, server, batch.Waiting())]
    assert operations == ["cmdlet", "wait_until"]
    assert [call["op"] for call in batch.operations(plan.steps, server, batch.Waiting(at_end=False))] == ["cmdlet"]


def test_what_was_removed_is_not_waited_for() -> None:
    server = builders.server([builders.relationship()])
    there = builders.server([builders.relationship()], scopes=[])
    plan = declared(Spec("HQ", absent=True))(builders.pair(server, there))
    assert [call["op"] for call in batch.operations(plan.steps, server, batch.Waiting())] == ["wait_until", "cmdlet"]


def test_allowed_states_end_the_wait() -> None:
    plan, server = plan_in("CommunicationInterrupted")
    waits = [
        call
        for call in batch.operations(plan.steps, server, batch.Waiting(allow_state=("CommunicationInterrupted",)))
        if "values" in call
    ]
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
    settings = relationship_options.parse("HQ", {"partner_server": "dhcp02.contoso.example"})
    spec = Spec("HQ", settings, scope_ids([]), define, create_only=True, option="relationship")
    plan = declared(spec)(builders.alone(server))
    assert [call["id"] for call in batch.operations(plan.steps, server, batch.Waiting())] == expected
