# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A part of `make nothing-lost`: every scenario, a fifth of the places where it can break, each open question once."""

from __future__ import annotations

import itertools
from copy import deepcopy
from dataclasses import replace

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import action_table, effects
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind
from lab.core.open_questions import Switches, every_single_change
from nothing_lost.broken_runs import NONE, Fault, Outcome, faults, run, served_twice
from nothing_lost.proof import PERSONS, is_refused_in_vain, summary
from nothing_lost.scenarios import BOTH, ONE, Scenario, lab, scenarios
from nothing_lost.task import Wire, perform

EACH = [pytest.param(one, route, id=f"{one.name}, {route}") for one in scenarios() for route in one.routes]
ANSWERS = [
    pytest.param(one, switches, f"{name}={answer}", id=f"{name} = {answer}")
    for (name, answer, switches), one in zip(every_single_change(), itertools.cycle(scenarios()), strict=False)
]
ONE_IN = 5


def problems(outcome: Outcome) -> list[str]:
    person = [f"needs a person: {outcome.person}"] if outcome.person else []
    return [f"{outcome.fault}: {what}" for what in (*outcome.lost, *outcome.wrong, *person)]


@pytest.mark.parametrize(("scenario", "route"), EACH)
def test_broken_off_anywhere_nothing_is_lost_and_the_next_run_ends_it(scenario: Scenario, route: str) -> None:
    plain = run(scenario, route, NONE)
    assert problems(plain) == []
    start = scenario.routes.index(route)
    assert [
        what
        for fault in itertools.islice(faults(plain), start, None, ONE_IN)
        for what in problems(run(scenario, route, fault))
    ] == []


@pytest.mark.parametrize(("scenario", "route"), EACH)
def test_broken_off_between_the_halves_of_a_write_the_next_run_ends_it(scenario: Scenario, route: str) -> None:
    """Where the partner has its half first, this server does not show that anything was done."""
    under = Switches().with_answer("partner_half_first", True)
    plain = run(scenario, route, NONE, under)
    halves = [fault for fault in faults(plain) if "halves" in fault.kind]
    assert [what for fault in halves for what in problems(run(scenario, route, fault, under))] == []


# what was said to be taken back, and was not, or not known
NOT_TAKEN_BACK = (
    ("remove an orphan", "own connection", Fault("no_reply_to_call", 2)),
    ("remove an orphan", "second hop", Fault("process_ends_before_write", 1)),
    ("remove, keep there, delete here", "second hop", Fault("link_cut_before_write", 0)),
    ("remove the last scope", "own connection", Fault("partner_fails_after_half_of_write", 1)),
    ("a maintenance is finished", "own connection", Fault("process_ends_after_write", 0)),
)


@pytest.mark.parametrize(("name", "route", "fault"), NOT_TAKEN_BACK, ids=str)
def test_what_was_not_seen_to_be_taken_back_is_not_said_to_be(name: str, route: str, fault: Fault) -> None:
    chosen = [one for one in scenarios() if one.name == name]
    assert chosen
    assert [what for one in chosen for what in problems(run(one, route, fault))] == []


def test_what_a_third_server_has_under_the_same_name_is_not_in_common() -> None:
    scene = lab()
    ok = perform(Wire(scene), BOTH[0].module, BOTH[0].options)
    assert (ok.get("failed"), served_twice(scene)) == (None, [])
    first, third = scene.servers["DHCP01"], scene.servers["DHCP03"]
    third.scopes[ONE] = deepcopy(first.scopes[ONE])
    third.relationships["HQ"] = replace(scene.servers["DHCP02"].relationships["HQ"], scopes=[ONE])
    assert served_twice(scene) == [
        f"10.0.1.0 is active on {name} and DHCP03, not in one relationship" for name in ("DHCP01", "DHCP02")
    ]


@pytest.mark.parametrize(("scenario", "switches", "answer"), ANSWERS)
def test_under_every_answer_to_an_open_question(scenario: Scenario, switches: Switches, answer: str) -> None:
    """A refusal that leaves it to a person is right under some answers, as when leases of an interruption do not
    travel."""
    outcomes = [run(scenario, route, NONE, switches) for route in scenario.routes]
    assert [what for one in outcomes for what in (*one.lost, *one.wrong)] == []
    assert [one.person for one in outcomes if is_refused_in_vain(one, answer)] == []


def test_a_refusal_that_leaves_nothing_to_a_person_is_found_out() -> None:
    name, answer, said = PERSONS[0]
    by_right = Outcome(f"{name}, delete", "second hop", NONE, person=f"On dhcp01: {said}.")
    assert not is_refused_in_vain(by_right, answer)
    assert is_refused_in_vain(by_right)
    assert is_refused_in_vain(replace(by_right, person="something else"), answer)
    assert is_refused_in_vain(replace(by_right, scenario="create"), answer)
    assert not is_refused_in_vain(replace(by_right, person=""))


@pytest.mark.parametrize(
    ("kind", "effect", "scenario", "said"),
    [
        (Kind.MODIFY, effects.unchanged, "change the share", "DHCP02 has load_balance_percent 30, and the plan said"),
        (Kind.MODIFY, effects.unchanged, "change the mode", "DHCP01 has mode hot_standby, and the plan said load"),
        (Kind.DETACH_MEMBERS, effects.unchanged, "remove, keep here, disable there", "DHCP01 has the members"),
        (Kind.SERVE_OFF, effects.unchanged, "remove, keep here, disable there", "Please report"),
    ],
    ids=lambda value: str(value) if isinstance(value, Kind) else None,
)
def test_a_wrong_effect_is_found_out(
    kind: Kind, effect: effects.Effect, scenario: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what the servers show, or before that by the proof of the plan."""
    monkeypatch.setitem(action_table.KINDS, kind, replace(action_table.KINDS[kind], effect=effect))
    chosen = next(it for it in scenarios() if it.name == scenario)
    outcome = run(chosen, "own connection", NONE)
    assert said in " ".join([*outcome.wrong, outcome.person])


def test_a_lab_that_loses_a_scope_is_found_out() -> None:
    removal = next(one for one in scenarios() if one.name.startswith("remove, keep here, delete"))
    broken = run(removal, "own connection", NONE, sabotage=True)
    assert "scope 10.0.1.0" in broken.lost
    assert summary([broken]) == "scenarios 1, faults 0, scopes lost 1, leases lost 4, need a person 0"
