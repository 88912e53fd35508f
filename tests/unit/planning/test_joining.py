# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a relationship and its scopes come to be: what is created, what joins, and what is in the way goes before."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs, task_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import scope_ids
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from worlds import HERE, ONE, OWN, PARTNER, in_words, pair, partner, plan_of, world

HQ = builders.server([builders.relationship(scopes=["10.0.1.0"])])
FRESH = builders.server()
MANY = [f"10.1.{number}.0" for number in range(65)]
REPLACE = Policy(replace_partner_copy=True)


def joined(
    here: Server, scopes: list[str], define: list[dict[str, Any]] | None = None, create: dict[str, Any] | None = None
) -> Plan:
    """What dhcp_failover_scope plans, whose partner has what is in failover here."""
    settings = None if create is None else task_options.parse("HQ", create)
    wanted = scope_specs.parse(define or [])
    spec = Spec("HQ", settings, scope_ids(scopes), wanted, create_only=True, option="relationship")
    theirs = {half.name: [str(scope) for scope in half.scopes] for half in here.relationships}
    return plan_of(world(here, partner(theirs)), spec)


@pytest.mark.parametrize(
    ("scopes", "define", "expected"),
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
                "create scope 10.0.8.0 'Scope 10.0.8.0' on DHCP01 (mask 255.255.255.0, 10.0.8.10 to 10.0.8.200, leases "
                "of 00:10:00, inactive)",
                "create scope 10.0.9.0 'Scope 10.0.9.0' on DHCP01 (mask 255.255.255.0, 10.0.9.10 to 10.0.9.200)",
                f"add to relationship 'HQ', copying to {PARTNER}: 10.0.2.0, 10.0.8.0, 10.0.9.0",
                "activate 10.0.9.0 on DHCP01",
                "activate 10.0.9.0 on DHCP02",
            ],
        ),
    ],
    ids=["a member", "another one", "defined and a member", "defined and there", "defined and not there"],
)
def test_scopes_join_a_relationship_that_is_there(
    scopes: list[str], define: list[dict[str, Any]], expected: list[str]
) -> None:
    plan = joined(HQ, scopes, define)
    assert in_words(plan) == expected
    before, after = plan.shown
    assert before["scopes"] == ["10.0.1.0"]
    assert after["scopes"] == sorted({"10.0.1.0", *scopes, *(scope["scope_id"] for scope in define)})


def test_relationship_and_scope_come_into_being_in_one_task() -> None:
    plan = joined(FRESH, [], [builders.definition("10.0.9.0")], {"partner_server": PARTNER})
    assert [words.split(" (")[0] for words in in_words(plan)] == [
        "create scope 10.0.9.0 'Scope 10.0.9.0' on DHCP01",
        f"create relationship 'HQ' with {PARTNER}",
        "activate 10.0.9.0 on DHCP01",
        "activate 10.0.9.0 on DHCP02",
    ]
    assert plan.shown[1]["scopes"] == ["10.0.9.0"]
    assert [view.serves(IPv4Address("10.0.9.0")) for view in plan.end.views.values()] == [True, True]


@pytest.mark.parametrize(
    ("here", "scopes", "message"),
    [
        (
            FRESH,
            ["10.0.1.0"],
            "relationship: 'HQ' does not exist on DHCP01, and no task of this play declared it; give "
            "create_relationship, or declare it with dhcp_failover_relationship before.",
        ),
        (HQ, ["10.0.7.0"], "scopes: 10.0.7.0 is no scope of DHCP01; create it there first, or correct the id."),
    ],
)
def test_it_takes_a_relationship_and_scopes(here: Server, scopes: list[str], message: str) -> None:
    with pytest.raises(Refused) as refused:
        joined(here, scopes)
    assert str(refused.value) == message


def test_without_scopes_a_relationship_waits_for_its_first_one() -> None:
    settings = task_options.parse("HQ", {"partner_server": PARTNER, "mode": "hot_standby"})
    plan = plan_of(world(FRESH), Spec("HQ", settings))
    assert (plan.actions, list(plan.pending)) == ((), ["HQ"])
    assert plan.shown[1]["state"] == "Empty"
    with pytest.raises(Refused, match=r"^scopes: at least one is needed, since the relationship does not exist yet\.$"):
        plan_of(world(FRESH), Spec("HQ", settings, create_only=True))


@pytest.mark.parametrize(("at_once", "sizes"), [(30, [30, 30, 5]), (50, [50, 15]), (65, [65])])
def test_as_many_scopes_a_call_as_the_server_takes(at_once: int, sizes: list[int]) -> None:
    settings = task_options.parse("HQ", {"partner_server": PARTNER})
    start = replace(world(builders.server(scopes=list(MANY)), partner()), at_once=at_once)
    plan = plan_of(start, Spec("HQ", settings, scope_ids(MANY)))
    assert [len(action.scopes) for action in plan.actions] == sizes
    assert [action.kind for action in plan.actions] == [Kind.CREATE, *[Kind.JOIN] * (len(sizes) - 1)]


@pytest.mark.parametrize("type_of_scope", ["Both", "Bootp"])
def test_whether_a_scope_may_serve_bootp_clients_is_left_to_windows(type_of_scope: str) -> None:
    here = builders.server([builders.relationship()], [builders.scope("10.0.1.0", type=type_of_scope)])
    assert [action.scopes for action in joined(here, ["10.0.1.0"]).actions] == [(ONE,)]


def test_a_copy_that_is_in_the_way_is_saved_and_goes_before() -> None:
    there = partner({"HQ": []}, [builders.scope("10.0.1.0", active=False)])
    start = world(builders.server([builders.relationship()]), there, OWN)
    plan = plan_of(start, Spec("HQ", scopes=(ONE,), policy=REPLACE))
    assert [(action.kind, action.where) for action in plan.actions] == [
        (Kind.SAVE, OWN),
        (Kind.DELETE, OWN),
        (Kind.JOIN, HERE),
    ]


def test_a_copy_is_not_replaced_by_one_that_does_not_serve_either() -> None:
    """Of two that nobody serves a person knows which is right, and an empty one is it for sure not."""
    there = partner({"HQ": []}, [builders.scope("10.0.1.0", active=False), builders.scope("10.0.3.0", active=False)])
    here = builders.server([builders.relationship()], [builders.scope("10.0.1.0", active=False)])
    start = world(here, there, OWN)
    with pytest.raises(
        Refused, match=r"^10\.0\.1\.0 is in service on no server, and DHCP01 and DHCP02 both have a copy"
    ):
        plan_of(start, Spec("HQ", scopes=(ONE,), policy=REPLACE))
    define = scope_specs.parse([builders.definition("10.0.3.0")])
    new = Spec("HQ", define=define, create_only=True, option="relationship", policy=REPLACE)
    with pytest.raises(Refused, match=r"^create_scopes: 10\.0\.3\.0 is to be created, and DHCP02 has a copy of it"):
        plan_of(start, new)


def test_a_member_that_is_one_on_this_server_alone_is_added_again() -> None:
    start = replace(world(HQ, partner({"HQ": []}), OWN), journal=(Note("HQ", PARTNER, run="0"),), run="1")
    plan = plan_of(start, Spec("HQ", scopes=(ONE,)))
    assert [(action.kind, action.where) for action in plan.actions] == [(Kind.DETACH_MEMBERS, HERE), (Kind.JOIN, HERE)]


def test_settings_change_before_scopes_join() -> None:
    settings = task_options.parse("HQ", {"load_balance_percent": 70})
    plan = plan_of(pair({"HQ": ["10.0.1.0"]}), Spec("HQ", settings, scope_ids(["10.0.2.0"])))
    assert [action.kind for action in plan.actions] == [Kind.MODIFY, Kind.JOIN]
