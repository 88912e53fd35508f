# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which steps bring scopes into a relationship, those included that do not exist yet."""

from __future__ import annotations

from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import batch
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.adapter import declared
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.steps import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import relationship_options, scope_definitions
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import scope_ids
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Spec

PARTNER = "dhcp02.contoso.example"
THERE = builders.server([builders.relationship(scopes=["10.0.1.0"])])


def plan(
    server: Server, scopes: list[str], create_scopes: list[dict[str, Any]], create: dict[str, Any] | None = None
) -> Plan:
    definition = None if create is None else relationship_options.definition("HQ", create)
    wanted = Spec(
        "HQ",
        definition,
        scope_ids(scopes),
        scope_definitions.parse(create_scopes),
        create_only=True,
        option="relationship",
    )
    return declared(wanted)(builders.alone(server))


def steps(made: Plan) -> list[str]:
    return [step.text for step in made.steps]


@pytest.mark.parametrize(
    ("scopes", "create_scopes", "expected"),
    [
        (["10.0.1.0"], [], []),
        (["10.0.1.0", "10.0.2.0"], [], [f"add to relationship 'HQ', copying to {PARTNER}: 10.0.2.0"]),
        ([], [builders.definition("10.0.1.0")], []),
        (
            [],
            [builders.definition("10.0.2.0", name="Other")],
            [f"add to relationship 'HQ', copying to {PARTNER}: 10.0.2.0"],
        ),
        (
            ["10.0.2.0", "10.0.9.0"],
            [builders.definition("10.0.9.0"), builders.definition("10.0.8.0", lease_duration="600", state="inactive")],
            [
                "create scope 10.0.8.0 'Scope 10.0.8.0' (mask 255.255.255.0, 10.0.8.10 to 10.0.8.200, leases of "
                "00:10:00, inactive)",
                "create scope 10.0.9.0 'Scope 10.0.9.0' (mask 255.255.255.0, 10.0.9.10 to 10.0.9.200)",
                f"add to relationship 'HQ', copying to {PARTNER}: 10.0.2.0, 10.0.8.0, 10.0.9.0",
            ],
        ),
    ],
)
def test_steps_in_a_relationship_that_is_there(
    scopes: list[str], create_scopes: list[dict[str, Any]], expected: list[str]
) -> None:
    made = plan(THERE, scopes, create_scopes)
    assert steps(made) == expected
    assert made.before["scopes"] == ["10.0.1.0"]
    assert made.after["scopes"] == sorted({"10.0.1.0", *scopes, *(one["scope_id"] for one in create_scopes)})
    assert [str(one.scope_id) for one in made.creates] == [
        text.split()[2] for text in expected if text.startswith("create scope")
    ]


def test_both_come_into_being() -> None:
    made = plan(builders.server(), [], [builders.definition("10.0.9.0")], {"partner_server": PARTNER})
    assert [text.split(" (")[0] for text in steps(made)] == [
        "create scope 10.0.9.0 'Scope 10.0.9.0'",
        f"create relationship 'HQ' with {PARTNER}",
    ]
    assert made.after["scopes"] == ["10.0.9.0"]


@pytest.mark.parametrize(
    ("server", "scopes", "create_scopes", "said"),
    [
        (builders.server(), [], [builders.definition("10.0.9.0")], "relationship: 'HQ' does not exist"),
        (THERE, ["10.0.7.0"], [builders.definition("10.0.9.0")], "scopes: 10.0.7.0 is no scope of DHCP01"),
        (THERE, [], [builders.definition("10.0.0.0", subnet_mask="255.255.0.0")], "overlaps scope 10.0.1.0"),
        (
            builders.server([builders.relationship("Other", ["10.0.2.0"]), builders.relationship()]),
            [],
            [builders.definition("10.0.2.0")],
            "10.0.2.0 is in relationship 'Other'",
        ),
    ],
)
def test_refused(server: Server, scopes: list[str], create_scopes: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(Refused, match=said):
        plan(server, scopes, create_scopes)


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (THERE, ["wait_for_state", "add_scope", "add_scope", "add_failover_scopes", "wait_for_state"]),
        (builders.server(), ["add_scope", "add_scope", "add_failover", "wait_for_state"]),
    ],
)
def test_the_state_is_looked_at_before_a_scope_is_created(server: Server, expected: list[str]) -> None:
    made = plan(
        server, [], [builders.definition("10.0.8.0"), builders.definition("10.0.9.0")], {"partner_server": PARTNER}
    )
    assert [call["id"] for call in batch.operations(made.steps, server, batch.Waiting())] == expected
