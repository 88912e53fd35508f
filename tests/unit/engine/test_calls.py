# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What one remote call runs for the steps of a plan: probes first, and a wait before each write and at the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import calls, journal
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.calls import Role, Waiting
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs, task_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Source
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from worlds import HERE, HOP, KEEP_HERE, ONE, OWN, THREE, alone, pair, partner, plan_of, world

PARTNER = "dhcp02.contoso.example"
MEMBERS = {"HQ": ["10.0.1.0", "10.0.2.0", "10.0.3.0"]}
SERVE = ["activate_scope"] * 4  # two scopes on two servers


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
            ["wait_for_state", "add_scope", "add_scope", "add_failover_scopes", *SERVE, "wait_for_state"],
        ),
        (builders.server(), ["add_scope", "add_scope", "add_failover", *SERVE, "wait_for_state"]),
    ],
)
def test_the_state_is_looked_at_before_a_scope_is_created(server: Server, expected: list[str]) -> None:
    define = scope_specs.parse([builders.definition("10.0.8.0"), builders.definition("10.0.9.0")])
    settings = task_options.parse("HQ", {"partner_server": PARTNER})
    plan = alone(server, Spec("HQ", settings, (), define, create_only=True, option="relationship"))
    assert [call["id"] for call in operations(plan)] == expected


def test_a_note_stands_before_the_first_write_and_goes_after_the_last() -> None:
    plan = planned(builders.server([builders.relationship()]), load_balance_percent=60, scopes=["10.0.1.0"])
    steps, server = calls.steps(plan), plan.start.here.server
    run = calls.calls(steps, server, Waiting(), [PARTNER], ())
    noted = calls.noted(run, calls.notes(steps, server), [journal.drop(Note("HQ", "dhcp02"))])
    ids = [call.operation["id"] for call in noted]
    assert ids[2:5] == ["wait_for_state", "keep_text", "set_failover"]
    assert ids[-1] == "drop_text"
    assert [call.role for call in noted[:2]] == [Role.PROBE, Role.PROBE]
    left = [call.operation["id"] for call in calls.noted(run, calls.notes(steps, server), ())]
    assert left == ids[:-1], "where another request follows it stays"
    before = calls.noted((), calls.notes(steps, server), ())
    assert [call.operation["id"] for call in before] == ["keep_text"], "where another connection writes first"


@pytest.mark.parametrize(
    ("policy", "loser"),
    [
        (KEEP_HERE, PARTNER),
        (Policy("this_server", "disable"), PARTNER),
        (Policy("partner", "delete"), "DHCP01"),
        (Policy("partner", "disable"), "DHCP01"),
    ],
)
@pytest.mark.parametrize("source", [HOP, OWN], ids=["second hop", "own connection"])
def test_a_note_tells_which_copies_are_out_of_service(source: Source, policy: Policy, loser: str) -> None:
    plan = plan_of(pair(MEMBERS, source), Spec("HQ", leaving=(ONE, THREE), policy=policy))
    (note,) = calls.notes(calls.steps(plan), plan.start.here.server)
    assert note == Note("HQ", PARTNER, (ONE, THREE), {ONE: loser, THREE: loser})


def test_a_note_tells_which_scopes_are_made() -> None:
    define = scope_specs.parse([builders.definition("10.0.9.0")])
    spec = Spec("HQ", scopes=(THREE,), define=define, create_only=True, option="relationship")
    plan = alone(builders.server([builders.relationship()]), spec)
    (note,) = calls.notes(calls.steps(plan), plan.start.here.server)
    nine = define[0].scope_id
    assert note == Note("HQ", PARTNER, (THREE, nine), made=(nine,), coming=(THREE, nine))


def parts(plan: Plan) -> list[list[Kind]]:
    return [[step.action.kind for step in part] for part in calls.parted(calls.steps(plan))]


def test_the_claims_come_first_and_then_both_servers_are_looked_at() -> None:
    leaves = Spec("HQ", leaving=(ONE,), policy=KEEP_HERE)
    assert parts(plan_of(pair(MEMBERS, OWN), leaves)) == [[Kind.SAVE, Kind.SERVE_OFF], [Kind.WITHDRAW_MEMBERS]]
    disable = replace(leaves, policy=replace(KEEP_HERE, other_copy="disable"))
    claim, rest = parts(plan_of(pair(MEMBERS, OWN), disable))
    assert (claim[-1], rest) == (Kind.SERVE_OFF, [Kind.DETACH_MEMBERS] * 2)


def test_without_a_claim_there_is_no_first_part() -> None:
    joins = Spec("HQ", scopes=(ONE, THREE))
    assert parts(plan_of(pair({"HQ": ["10.0.1.0"]}, OWN), joins)) == [[], [Kind.JOIN]]
    here = builders.server([builders.relationship("HQ", ["10.0.1.0"])])
    left = world(here, partner({"HQ": ["10.0.1.0"]}, []), OWN)
    off = left.having(left.views[OWN].switched([ONE], False))
    assert parts(plan_of(off, Spec("HQ", leaving=(ONE,), policy=KEEP_HERE))) == [
        [],
        [Kind.SAVE, Kind.WITHDRAW_MEMBERS],
    ], "out of service it is already"


def test_of_a_scope_that_nobody_serves_the_claim_is_that_it_is_out_of_the_relationship() -> None:
    start = pair(MEMBERS, OWN)
    idle = start.having(*(view.switched([ONE], False) for view in start.views.values()))
    claim, rest = calls.parted(calls.steps(plan_of(idle, Spec("HQ", leaving=(ONE,), policy=KEEP_HERE))))
    assert [step.action.kind for step in claim] == [Kind.SAVE, Kind.DETACH_MEMBERS]
    assert [(step.action.kind, step.action.where) for step in rest] == [(Kind.DELETE, OWN), (Kind.DETACH_MEMBERS, HERE)]
    assert [step.is_taken_back for step in claim] == [True, False]


def test_steps_that_are_too_much_for_one_request_are_sent_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    define = scope_specs.parse([builders.definition(f"10.0.{number}.0") for number in range(40, 60)])
    settings = task_options.parse("HQ", {"partner_server": PARTNER})
    server = builders.server([builders.relationship(scopes=["10.0.1.0"])])
    steps = calls.steps(alone(server, Spec("HQ", settings, (), define, create_only=True, option="relationship")))
    assert len(list(calls.groups(steps))) == 1
    monkeypatch.setattr(calls, "MOST_BYTES", 2000)
    groups = list(calls.groups(steps))
    assert len(groups) > 2
    assert [step for _connection, group in groups for step in group] == list(steps)
    assert all(sum(step.size for step in group) <= 2000 or len(group) == 1 for _connection, group in groups)


def test_a_note_about_others_waits_where_it_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is sent before they are written to; of several that are sent alone one comes at least."""
    notes = [Note(name, PARTNER, (ONE, THREE), run="1") for name in ("A", "B", "C")]
    assert len(calls.noted((), notes, ())) == 3
    monkeypatch.setattr(calls, "MOST_BYTES", 20)
    assert [call.operation for call in calls.noted((), notes, ())] == [journal.keep(notes[0])]
