# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every way out of a relationship: by the cmdlet where both have the scope and the other copy is deleted, else one
server at a time, the one that loses its copies first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Connection, Source
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import leaving
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Action, Kind
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from random_pairs import Denied
from worlds import GONE, HOP, KEEP_HERE, ONE, OWN, PARTNER, TWO, asked_of, in_words, pair, partner, plan_of, world

HQ = {"HQ": ["10.0.1.0", "10.0.2.0"]}
DISABLE = replace(KEEP_HERE, other_copy="disable")
GIVE = Policy("partner", "delete")
DELETED = "with its leases (DNS records of its clients may go too)"


@pytest.mark.parametrize(
    ("policy", "source", "expected"),
    [
        (
            KEEP_HERE,
            OWN,
            [
                "keep a safety copy on DHCP02 of what is on DHCP02, with leases: 10.0.1.0",
                "deactivate 10.0.1.0 on DHCP02",
                "remove from relationship 'HQ', keeping on DHCP01 and deleting on DHCP02: 10.0.1.0",
            ],
        ),
        (
            replace(KEEP_HERE, keep_days=None),
            HOP,
            [
                "deactivate 10.0.1.0 on DHCP02",
                "remove from relationship 'HQ', keeping on DHCP01 and deleting on DHCP02: 10.0.1.0",
            ],
        ),
        (
            replace(DISABLE, keep_days=None),
            OWN,
            [
                "deactivate 10.0.1.0 on DHCP02",
                "take out of relationship 'HQ' on DHCP02 alone: 10.0.1.0",
                "take out of relationship 'HQ' on DHCP01 alone: 10.0.1.0",
            ],
        ),
        (
            replace(GIVE, keep_days=None),
            OWN,
            [
                "deactivate 10.0.1.0 on DHCP01",
                "remove from relationship 'HQ', keeping on DHCP02 and deleting on DHCP01: 10.0.1.0",
            ],
        ),
    ],
    ids=["delete, with a safety copy", "delete", "disable", "the partner keeps it"],
)
def test_one_scope_of_two_leaves(policy: Policy, source: Source, expected: list[str]) -> None:
    plan = plan_of(pair(HQ, source), Spec("HQ", leaving=(ONE,), policy=policy))
    assert in_words(plan) == expected
    for view in plan.end.views.values():
        assert view.members("HQ") == {TWO}, f"{view.name} still has the relationship with the other scope"


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (
            {"here": ["10.0.1.0"], "there": []},
            ["take out of relationship 'HQ' on DHCP01 alone: 10.0.1.0"],
        ),
        (
            {"here": [], "there": ["10.0.1.0"]},
            [
                "deactivate 10.0.1.0 on DHCP02",
                "take out of relationship 'HQ' on DHCP02 alone: 10.0.1.0",
                f"delete the copy of 10.0.1.0 on DHCP02, {DELETED}",
            ],
        ),
        ({"here": [], "there": []}, []),
    ],
    ids=["it left the partner", "it left this server", "it left both"],
)
def test_a_removal_that_broke_off_is_finished(members: Mapping[str, list[str]], expected: list[str]) -> None:
    """Where both servers are read; what the other one still has of it goes one server at a time."""
    here = builders.server([builders.relationship("HQ", members["here"])])
    start = world(here, partner({"HQ": members["there"]}), OWN)
    policy = replace(KEEP_HERE, keep_days=None)
    assert in_words(plan_of(start, Spec("HQ", leaving=(ONE,), policy=policy))) == expected


def test_a_relationship_ends_when_its_members_have_left() -> None:
    plan = plan_of(pair(HQ), Spec("HQ", absent=True, policy=replace(KEEP_HERE, keep_days=None)))
    assert in_words(plan) == [
        "deactivate 10.0.1.0 on DHCP02",
        "deactivate 10.0.2.0 on DHCP02",
        "remove from relationship 'HQ', keeping on DHCP01 and deleting on DHCP02: 10.0.1.0, 10.0.2.0",
        "remove the empty relationship 'HQ' on DHCP01 and DHCP02",
    ]
    assert [view.half("HQ") for view in plan.end.views.values()] == [None, None]


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (
            Policy(),
            "keep_scopes_on and other_copy: needed, since 10.0.1.0 would leave 'HQ'. keep_scopes_on "
            "(failover_keep_scopes_on of the role and the playbooks) says which server "
            "keeps them (this_server or partner), other_copy (failover_other_copy of the role and the "
            "playbooks) what becomes of the other server's copies: delete, or disable (they stay there, inactive).",
        ),
        (Policy("this_server"), "other_copy: needed, since 10.0.1.0 would leave 'HQ'."),
        (Policy(None, "delete"), "keep_scopes_on: needed, since 10.0.1.0 would leave 'HQ'."),
    ],
)
def test_the_task_has_to_say_who_keeps_and_what_goes(policy: Policy, message: str) -> None:
    with pytest.raises(Refused) as refused:
        plan_of(pair(HQ), Spec("HQ", leaving=(ONE,), policy=policy))
    assert str(refused.value).startswith(message)


def test_a_scope_that_the_keeper_does_not_have_is_not_taken_from_the_other() -> None:
    start = world(builders.server([builders.relationship("HQ", ["10.0.1.0"])]), partner({"HQ": []}), OWN)
    with pytest.raises(Refused, match=r"^keep_scopes_on: DHCP02 does not have 10.0.1.0, so removing would lose them"):
        plan_of(start, Spec("HQ", leaving=(ONE,), policy=GIVE))


def test_a_copy_that_another_relationship_serves_is_not_touched() -> None:
    here = builders.server([builders.relationship("HQ", ["10.0.1.0"])])
    other = builders.relationship("Branch", ["10.0.1.0"], partner_server="dhcp03.contoso.example", is_primary=None)
    there = partner({"HQ": []}, ["10.0.1.0"])
    start = world(here, replace(there, relationships=(*there.relationships, other)), OWN)
    with pytest.raises(Refused, match=r"^scopes: 10.0.1.0 \('Branch'\) is in another relationship on DHCP02"):
        plan_of(start, Spec("HQ", leaving=(ONE,), policy=KEEP_HERE))


def test_the_server_that_loses_its_copies_is_read_first() -> None:
    start = world(builders.server([builders.relationship("HQ", ["10.0.1.0"])]))
    asked = {
        keeps: asked_of(start, Spec("HQ", leaving=(ONE,), policy=how))
        for keeps, how in (("this_server", KEEP_HERE), ("partner", GIVE))
    }
    assert {keeps: [read.first for read in request.partners] for keeps, request in asked.items()} == {
        "this_server": [Connection.PARTNER],
        "partner": [Connection.THIS_SERVER],
    }
    assert {read.scopes for request in asked.values() for read in request.partners} == {(ONE,)}


@pytest.mark.parametrize(
    ("failure", "ends"),
    [
        (GONE, "If it got another address or name: partner_host, and the guide's section about that."),
        (Denied(), "before anything is removed."),
    ],
    ids=["silent", "denied"],
)
def test_a_partner_that_cannot_be_read_stops_a_removal(failure: RemoteFailure, ends: str) -> None:
    start = world(builders.server([builders.relationship("HQ", ["10.0.1.0"])]), failure)
    with pytest.raises(RemoteFailure) as refused:
        plan_of(start, Spec("HQ", leaving=(ONE,), policy=KEEP_HERE))
    assert str(refused.value).startswith(str(failure))
    assert str(refused.value).endswith(ends)
    assert ("If the partner is gone for good: orphan: remove_here (failover_orphan: true" in str(refused.value)) is (
        failure is GONE
    )


ORPHAN = Policy(orphan=True)


def test_an_orphan_leaves_on_this_server_alone() -> None:
    cut = builders.relationship("HQ", ["10.0.1.0"], state="CommunicationInterrupted")
    plan = plan_of(world(builders.server([cut]), GONE, OWN), Spec("HQ", absent=True, policy=ORPHAN))
    assert in_words(plan) == [
        "take out of relationship 'HQ' on DHCP01 alone: 10.0.1.0",
        "remove the relationship 'HQ' on DHCP01 alone",
    ]
    assert plan.removals == ()
    assert plan.warnings == (
        f"orphan: {PARTNER}, the partner in 'HQ', is taken for gone: {PARTNER} does not answer RPC (WIN32 1722); "
        "DHCP02 does not answer RPC (WIN32 1722); 10.10.0.12 does not answer RPC (WIN32 1722); "
        "TCP 5986 of dhcp02 does not answer (ETIMEDOUT)",
    )


@pytest.mark.parametrize(
    ("state", "there", "message"),
    [
        ("Normal", GONE, "orphan: 'HQ' on DHCP01 is in state Normal, so its partner"),
        ("PartnerDown", Denied(), f"orphan: {PARTNER}, the partner in 'HQ', answers DHCP01 at {PARTNER}, so it is not"),
        ("PartnerDown", partner({"HQ": ["10.0.1.0"]}), f"orphan: {PARTNER}, the partner in 'HQ', answers (it is in"),
        (
            "CommunicationInterrupted",
            GONE,
            f"partner_is_off: needed, since {PARTNER}, the partner in 'HQ', was asked by",
        ),
    ],
)
def test_a_partner_that_is_there_leaves_no_orphan(state: str, there: Any, message: str) -> None:
    start = world(builders.server([builders.relationship("HQ", ["10.0.1.0"], state=state)]), there)
    with pytest.raises(Refused) as refused:
        plan_of(start, Spec("HQ", absent=True, policy=ORPHAN))
    assert str(refused.value).startswith(message)


def test_an_unread_partner_is_a_warning_where_this_server_has_nothing_to_remove() -> None:
    start = replace(world(builders.server([builders.relationship("HQ", ["10.0.2.0"])]), GONE), has_partner_host=True)
    plan = plan_of(start, Spec("HQ", leaving=(ONE,), policy=KEEP_HERE))
    assert plan.actions == ()
    assert plan.warnings == (
        f"nothing had to be removed on DHCP01; whether its partner still has one in 'HQ' is not known: {GONE}",
    )
    assert PARTNER in start.known


@pytest.mark.parametrize(
    ("source", "there", "scope", "is_half_done"),
    [
        (HOP, HQ, ONE, False),
        (HOP, {"HQ": ["10.0.2.0"]}, ONE, True),
        (HOP, {"HQ": ["10.0.2.0"]}, TWO, False),
        (HOP, {}, TWO, True),
        (OWN, {"HQ": ["10.0.2.0"]}, ONE, False),
    ],
    ids=["alike", "on one side", "another scope is on one side", "one half", "whose notes are read"],
)
def test_a_pair_that_differs_in_what_is_written_may_have_a_run_in_the_middle(
    source: Source, there: Mapping[str, list[str]], scope: IPv4Address, *, is_half_done: bool
) -> None:
    start = world(builders.server([builders.relationship("HQ", HQ["HQ"])]), partner(there), source)
    action = Action(0, Kind.DETACH_MEMBERS, Connection.THIS_SERVER, "HQ", (scope,))
    assert leaving.is_half_done(Plan((action,), start, start)) is is_half_done
