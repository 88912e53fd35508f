# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server's whole failover from one list: every declaration is reached, a killed run is completed, nothing is lost on
the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.adapter import world_of
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.sides import Side, Sides
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship import Definition
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import scope_ids
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import effects, kinds, proof
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Action, Kind
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.draft import Draft
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.planner import plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec, whole
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import ReadRequest, World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export import Export
from whole_server.runs import chain

PARTNER = "dhcp02.contoso.example"
ONE, TWO, THREE = scope_ids(["10.0.1.0", "10.0.2.0", "10.0.3.0"])
POLICY = Policy("this_server", "delete", recreate=True)


@pytest.mark.parametrize("part", range(4))
def test_random_declarations(part: int) -> None:
    found = [chain(seed) for seed in range(part * 13, part * 13 + 13)]
    assert [what for one in found for what in one.wrong] == []
    assert sum(one.killed for one in found) > 5
    assert sum(len(one.refused) for one in found) < sum(one.declarations for one in found) / 4


def test_a_wrong_effect_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    row = kinds.KINDS[Kind.WITHDRAW_MEMBERS]
    monkeypatch.setitem(kinds.KINDS, Kind.WITHDRAW_MEMBERS, replace(row, effect=effects.members_detached))
    assert any("the plan said" in what or "Please report" in what for seed in range(6) for what in chain(seed).wrong)


@pytest.mark.parametrize("kind", [Kind.SERVE_OFF, Kind.DETACH_MEMBERS, Kind.WITHDRAW_MEMBERS], ids=str)
def test_a_planner_that_leaves_something_out_is_refused(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a fault of the planner would do is found before the first write, whoever made the plan."""
    add = Draft.add

    def without(self: Draft, added: Kind, *given: Any, **more: Any) -> None:
        if added is not kind:
            add(self, added, *given, **more)

    monkeypatch.setattr(Draft, "add", without)
    disable = replace(POLICY, other_copy="disable" if kind is not Kind.WITHDRAW_MEMBERS else "delete")
    with pytest.raises(proof.Unsafe, match="Please report this with the task"):
        made([spec("HQ", absent=True, policy=disable)], pair(("HQ", ["10.0.1.0", "10.0.2.0"])))


def world(here: Server, there: Server | None) -> World:
    """Both servers with nothing more to be read; without a partner it has to be."""
    scopes = frozenset(scope_ids(["10.0.1.0", "10.0.2.0", "10.0.3.0"]))
    nothing = Export({}, {}, {}, {})
    sides = Side(here, content=nothing, looked_at=scopes, api=True)
    if there is None:
        return world_of(Sides(sides))
    partner = Side(there, computer=PARTNER, via="DHCP01", content=nothing, looked_at=scopes, api=True)
    return world_of(Sides(sides, {PARTNER: partner}))


def spec(name: str, *scopes: IPv4Address, **more: Any) -> Spec:
    return replace(Spec(name, Definition(name, PARTNER, scopes=scopes), scopes, exact=True, policy=POLICY), **more)


def made(desired: Sequence[Spec], start: World) -> Plan:
    found = plan(whole(desired), start)
    assert isinstance(found, Plan)
    return found


def pair(*relationships: tuple[str, list[str]]) -> World:
    """DHCP01 and DHCP02 with these relationships and their members."""
    here = builders.server([builders.relationship(name, scopes) for name, scopes in relationships])
    theirs = [
        builders.relationship(name, scopes, partner_server="DHCP01", is_primary=False) for name, scopes in relationships
    ]
    members = [scope for _name, scopes in relationships for scope in scopes]
    return world(here, replace(builders.server(theirs, members), name="DHCP02", addresses=("10.10.0.12",)))


def test_what_has_to_be_read_is_asked_for_once_and_for_all() -> None:
    start = world(
        builders.server([builders.relationship("HQ", ["10.0.1.0"]), builders.relationship("Lab", ["10.0.2.0"])]), None
    )
    found = plan(whole([spec("HQ", ONE, THREE), spec("Lab", absent=True)]), start)
    assert isinstance(found, ReadRequest)
    (read,) = found.partners
    assert read.scopes == (TWO,)


def test_a_scope_moves_renames_and_ends_in_one_list() -> None:
    start = pair(("HQ", ["10.0.1.0", "10.0.2.0"]), ("Lab", ["10.0.3.0"]))
    found = made([spec("HQ", ONE), spec("Branch", TWO, THREE, policy=replace(POLICY, previous_name="Lab"))], start)
    assert [(action.kind, action.name) for action in found.actions if action.kind is not Kind.SAVE] == [
        (Kind.WITHDRAW_MEMBERS, "HQ"),
        (Kind.WITHDRAW_MEMBERS, "Lab"),
        (Kind.WITHDRAW_RELATIONSHIP, "Lab"),
        (Kind.CREATE, "Branch"),
    ]
    assert {name: half.scopes for name, half in found.end.here.relationships.items()} == {
        "HQ": (ONE,),
        "Branch": (TWO, THREE),
    }
    assert {action.strand for action in found.actions} == {"strand 1"}


def test_a_relationship_that_another_one_is_renamed_into_is_exact_too() -> None:
    start = pair(("HQ", ["10.0.1.0", "10.0.2.0"]), ("Lab", ["10.0.3.0"]))
    found = made([spec("HQ", ONE, THREE, policy=replace(POLICY, previous_name="Lab"))], start)
    assert {name: half.scopes for name, half in found.end.here.relationships.items()} == {"HQ": (ONE, THREE)}
    assert [(one.scope_id, one.deleted, one.replaced) for one in found.removals] == [
        (TWO, True, False),
        (THREE, True, True),
    ]


def test_what_does_not_hang_together_has_strands_of_its_own() -> None:
    start = pair(("HQ", ["10.0.1.0"]), ("Lab", ["10.0.3.0"]))
    found = made([spec("HQ", ONE, TWO), spec("Lab", absent=True)], start)
    assert len({action.strand for action in found.actions}) == 2


@pytest.mark.parametrize(
    "desired",
    [
        [spec("HQ", ONE, policy=replace(POLICY, other_copy="disable"))],
        [spec("HQ", ONE, policy=replace(POLICY, other_copy="delete"))],
        [spec("HQ", absent=True), spec("Branch", ONE, TWO, THREE)],
        [spec("HQ", absent=True, policy=replace(POLICY, other_copy="disable"))],
        [spec("Branch", ONE, TWO, policy=replace(POLICY, previous_name="HQ"))],
    ],
    ids=["purge, disable", "purge, delete", "absent and move", "absent", "rename"],
)
def test_dependent_actions_that_change_places_are_refused(desired: list[Spec]) -> None:
    start = pair(("HQ", ["10.0.1.0", "10.0.2.0"]))
    found = made(desired, start)
    proof.proven(start, found.actions, found.idle)
    swapped = [swap(found.actions, first) for first in range(len(found.actions) - 1)]
    refused = 0
    for first, actions in enumerate(swapped):
        if commutes(found.actions, first):
            continue
        with pytest.raises(proof.Unsafe):
            proof.proven(start, actions, found.idle)
        refused += 1
    assert refused


def swap(actions: Sequence[Action], first: int) -> list[Action]:
    return [*actions[:first], actions[first + 1], actions[first], *actions[first + 2 :]]


def commutes(actions: Sequence[Action], first: int) -> bool:
    """Whether two neighbours have nothing in common, change one half each, or one of them reads what the other leaves
    alone."""
    one, other = actions[first], actions[first + 1]
    apart = not set(one.scopes) & set(other.scopes) and (bool(one.scopes and other.scopes) or one.name != other.name)
    halves = {one.kind, other.kind} <= {Kind.DETACH_MEMBERS, Kind.DETACH_HALF} and one.where != other.where
    return apart or halves or {one.kind, other.kind} == {Kind.SAVE, Kind.SERVE_OFF}


def test_a_fold_does_not_change_what_it_started_from() -> None:
    start = pair(("HQ", ["10.0.1.0", "10.0.2.0"]))
    found = made([spec("HQ", absent=True)], start)
    assert start.here.members("HQ") == {ONE, TWO}
    assert found.end.here.half("HQ") is None
    assert [kinds.needs(found.end, action) for action in found.actions if action.kind is Kind.WITHDRAW_MEMBERS] != [
        None
    ]


@pytest.mark.parametrize(
    ("desired", "said"),
    [
        ([spec("HQ", ONE), spec("Lab", ONE)], "scopes: 10.0.1.0 is listed in 'HQ' and in 'Lab'"),
        ([spec("HQ", ONE), spec("hq", TWO)], "relationships: 'hq' is listed twice"),
        ([spec("Lab", ONE)], "scopes: 10.0.1.0 is in relationship 'HQ'"),
    ],
)
def test_refused(desired: list[Spec], said: str) -> None:
    with pytest.raises(Refused, match=said):
        made(desired, pair(("HQ", ["10.0.1.0"])))
