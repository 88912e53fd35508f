# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Windows cannot change in place is taken apart, keeping every scope here, and created anew: in which order,
and what a task has to say before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import task_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship import Relationship
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from worlds import HERE, HOP, KEEP_HERE, ONE, OWN, PARTNER, THREE, TWO, pair, partner, plan_of, world

ANEW = replace(KEEP_HERE, recreate=True, keep_days=None)
SAVED = replace(ANEW, keep_days=30)
DISABLE = replace(ANEW, other_copy="disable")
LATER = "dhcp03.contoso.example"


def declared(name: str, scopes: Sequence[IPv4Address] = (ONE,), policy: Policy = ANEW, **options: Any) -> Spec:
    settings = task_options.parse(name, {"scopes": list(map(str, scopes)), **options})
    return Spec(name, settings, tuple(scopes), policy=policy)


def standby(current: Relationship | None = None) -> World:
    """HQ in mode hot standby, DHCP01 active."""
    here = builders.server([current or builders.hot_standby("HQ", ["10.0.1.0"])])
    there = partner({"HQ": ["10.0.1.0"]})
    half = builders.hot_standby("HQ", ["10.0.1.0"], partner_server="DHCP01", server_role="standby", is_primary=False)
    return world(here, replace(there, relationships=(half,)), OWN)


def with_third(here: Server, there: Server) -> World:
    """And DHCP03, over the second hop, which has nothing yet."""
    here = replace(here, resolved={LATER: ("10.10.0.13",)})
    start = world(here, there)
    third = replace(builders.server([], []), name="DHCP03", addresses=("10.10.0.13",))
    other = world(here, third, replace(HOP, computer=LATER))
    views = {**start.views, **other.views}
    return replace(start, views=views, known={PARTNER: HOP, LATER: replace(HOP, computer=LATER)})


HOT: dict[str, Any] = {"mode": "hot_standby", "reserve_percent": 5}


def test_roles_change_places() -> None:
    """With one partner its copies have to go before, since Windows adds no scope that the partner has."""
    plan = plan_of(standby(), declared("HQ", policy=SAVED, **HOT, server_role="standby"))
    assert [(action.kind, action.where) for action in plan.actions] == [
        (Kind.SAVE, OWN),
        (Kind.SERVE_OFF, OWN),
        (Kind.WITHDRAW_MEMBERS, HERE),
        (Kind.WITHDRAW_RELATIONSHIP, HERE),
        (Kind.CREATE, HERE),
    ]
    assert plan.end.here.relationships["HQ"].server_role == "standby"
    assert [(copy.scope_id, copy.replaced) for copy in plan.removals] == [(ONE, True)]


def test_a_new_name() -> None:
    start = pair({"HQ": ["10.0.1.0"]})
    plan = plan_of(start, declared("Berlin", policy=replace(ANEW, previous_name="HQ")))
    assert [(action.kind, action.name) for action in plan.actions] == [
        (Kind.SERVE_OFF, "HQ"),
        (Kind.WITHDRAW_MEMBERS, "HQ"),
        (Kind.WITHDRAW_RELATIONSHIP, "HQ"),
        (Kind.CREATE, "Berlin"),
    ]
    assert plan.before(plan.desired[0])["name"] == "HQ"


@pytest.mark.parametrize(("policy", "last"), [(ANEW, [Kind.DELETE]), (DISABLE, [])], ids=["delete", "disable"])
def test_a_new_partner_has_the_scopes_before_the_old_one_loses_its_copies(policy: Policy, last: list[Kind]) -> None:
    start = with_third(builders.server([builders.relationship("HQ", ["10.0.1.0"])]), partner({"HQ": ["10.0.1.0"]}))
    plan = plan_of(start, declared("HQ", policy=policy, partner_server=LATER))
    kinds = [action.kind for action in plan.actions]
    assert kinds[0] is Kind.SERVE_OFF, "the old copy serves no longer"
    assert kinds[kinds.index(Kind.CREATE) + 1 :] == last


def test_only_what_is_still_wanted_goes_on() -> None:
    """A whole declaration: members that it does not name leave for good."""
    start = pair({"HQ": ["10.0.1.0", "10.0.2.0"]})
    spec = replace(declared("Berlin", policy=replace(ANEW, previous_name="HQ")), exact=True)
    plan = plan_of(start, spec)
    assert [(copy.scope_id, copy.replaced) for copy in plan.removals] == [(ONE, True), (TWO, False)]
    assert plan.end.here.members("Berlin") == {ONE}


@pytest.mark.parametrize("there", [[], ["10.0.2.0"]], ids=["in no relationship", "with others"])
def test_a_relationship_that_this_server_alone_has_is_completed(there: list[str]) -> None:
    """Its creation stopped half-way; the half goes by the API and the relationship is created anew."""
    here = builders.server([builders.relationship("HQ", ["10.0.1.0"])])
    start = world(here, partner({"Lab": there} if there else None), OWN)
    plan = plan_of(start, declared("HQ", policy=Policy()))
    assert [action.kind for action in plan.actions] == [Kind.DETACH_MEMBERS, Kind.DETACH_HALF, Kind.CREATE]
    assert plan.removals == ()


def test_it_is_not_completed_over_copies_that_the_partner_has() -> None:
    here = builders.server([builders.relationship("HQ", ["10.0.1.0"])])
    start = world(here, partner(None, ["10.0.1.0"]), OWN)
    with pytest.raises(Refused, match=r"^relationship 'HQ' exists on DHCP01 alone, and 10.0.1.0 on DHCP02 as well"):
        plan_of(start, declared("HQ", policy=Policy()))


def test_a_relationship_that_the_partner_alone_has_is_created_anew() -> None:
    """With its members, which stay here, and its settings; nobody has to say a name that this server is not called."""
    start = world(builders.server(), partner({"HQ": ["10.0.1.0"]}), OWN)
    plan = plan_of(start, declared("HQ", policy=SAVED))
    assert [(action.kind, action.where) for action in plan.actions] == [
        (Kind.SAVE, OWN),
        (Kind.SERVE_OFF, OWN),
        (Kind.DETACH_MEMBERS, OWN),
        (Kind.DELETE, OWN),
        (Kind.DETACH_HALF, OWN),
        (Kind.CREATE, HERE),
    ]
    assert plan.actions[-1].partner == "DHCP02"
    with pytest.raises(Refused, match="the copies on DHCP02 have to go"):
        plan_of(start, declared("HQ", policy=Policy(recreate=True)))


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (
            KEEP_HERE,
            "server_role: DHCP01 is active in 'HQ', not standby. Windows cannot change this in place. Re-creating the "
            "relationship would remove it on both servers, keep its scopes (1) on one of them, and delete them on the "
            "other with leases and reservations before they are copied anew; recreate: when_needed "
            "(failover_recreate of the role and the playbooks) does it, and the playbooks migrate and swap_roles list "
            "all of it first.",
        ),
        (
            Policy(recreate=True),
            "keep_scopes_on and other_copy: needed to re-create 'HQ' (server_role: DHCP01 is active in 'HQ', not "
            f"standby). keep_scopes_on: this_server, since the scopes are copied from here; the copies on {PARTNER} "
            "have to go before they can be copied anew: other_copy: delete.",
        ),
        (
            replace(ANEW, keep_scopes_on="partner"),
            "keep_scopes_on: re-creating copies the scopes from this server, so it has to keep them; run the task on "
            "the partner.",
        ),
        (DISABLE, "keep_scopes_on and other_copy: needed to re-create 'HQ'"),
    ],
    ids=["never", "nothing said", "partner", "disable"],
)
def test_it_takes_being_told(policy: Policy, message: str) -> None:
    with pytest.raises(Refused) as refused:
        plan_of(standby(), declared("HQ", policy=policy, **HOT, server_role="standby"))
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("current", "lacking"),
    [
        ({"reserve_percent": 8}, "reserve_percent: 8"),
        ({"max_client_lead_time": 7200}, "max_client_lead_time: 7200"),
        ({"state_switch_interval": 60}, "state_switch_interval: 60"),
        (
            {"enable_auth": True},
            "shared_secret (failover_shared_secret of the role and the playbooks; or enable_auth: false)",
        ),
        ({"scopes": (ONE, THREE)}, "scopes: 10.0.3.0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_takes_a_task_that_declares_all_that_is_not_as_windows_makes_it(
    current: dict[str, Any], lacking: str
) -> None:
    start = standby(replace(builders.hot_standby("HQ", ["10.0.1.0"]), **current))
    with pytest.raises(Refused) as refused:
        plan_of(start, declared("HQ", mode="hot_standby", server_role="standby"))
    assert str(refused.value) == (
        "re-creating 'HQ' takes a task that declares all of it, so that a run that is broken off can be finished by "
        f"the next. Add {lacking}."
    )


def moves(**more: Any) -> Spec:
    return Spec(
        "Branch",
        task_options.parse("Branch", {"partner_server": more.pop("to", PARTNER)}),
        (ONE,),
        create_only=True,
        option="relationship",
        policy=replace(KEEP_HERE, keep_days=None, move=True, **more),
    )


def test_a_scope_moves_between_relationships_of_one_partner() -> None:
    plan = plan_of(pair({"HQ": ["10.0.1.0", "10.0.2.0"]}), moves())
    assert [(action.kind, action.name) for action in plan.actions] == [
        (Kind.SERVE_OFF, "HQ"),
        (Kind.WITHDRAW_MEMBERS, "HQ"),
        (Kind.CREATE, "Branch"),
    ]
    assert [set(plan.end.here.members(name)) for name in ("HQ", "Branch")] == [{TWO}, {ONE}]


def test_copies_of_the_same_partner_cannot_stay_where_a_scope_moves() -> None:
    start = pair({"HQ": ["10.0.1.0", "10.0.2.0"]})
    assert plan_of(start, moves()).warnings == ()
    assert plan_of(start, moves(other_copy="disable")).warnings == (
        "other_copy: disable is not for 10.0.1.0: 'HQ' and 'Branch' have the same partner, whose copies are deleted "
        "and made anew",
    )


def test_nothing_is_asked_of_a_move_to_a_relationship_that_is_not_there() -> None:
    with pytest.raises(Refused, match=r"^relationship: 'Branch' does not exist on DHCP01, and no task of this play"):
        plan_of(pair({"HQ": ["10.0.1.0"]}), replace(moves(other_copy=None), settings=None))


def test_a_scope_that_moves_to_another_partner_leaves_the_old_one_last() -> None:
    start = with_third(builders.server([builders.relationship("HQ", ["10.0.1.0"])]), partner({"HQ": ["10.0.1.0"]}))
    plan = plan_of(start, moves(to=LATER))
    kinds = [action.kind for action in plan.actions]
    assert (kinds[-2:], plan.actions[-1].where) == ([Kind.CREATE, Kind.DELETE], HOP)
    with pytest.raises(Refused, match=r"^other_copy: needed, since 10.0.1.0 would move from 'HQ'"):
        plan_of(start, moves(to=LATER, other_copy=None))
    with pytest.raises(Refused, match=r"^keep_scopes_on: a move copies the scopes from this server"):
        plan_of(start, moves(to=LATER, keep_scopes_on="partner"))
