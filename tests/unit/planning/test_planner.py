# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One planner for all that is declared: what it asks for before there is a plan, and plans for several
relationships."""

from __future__ import annotations

import time
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DeclaredSettings
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import (
    OwnRead,
    PartnerRead,
    ReadRequest,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec, whole
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.secret_record import SecretRecord
from worlds import KEEP_HERE, ONE, OWN, PARTNER, THREE, TWO, asked_of, pair, partner, plan_of, world

ANEW = replace(KEEP_HERE, recreate=True)
HQ = builders.relationship("HQ", ["10.0.1.0"])
LATER = {"partner_server": "dhcp03.contoso.example", "secondary_server": "DHCP03", "secondary_ip": "10.10.0.13"}
LAB = builders.relationship("Lab", ["10.0.2.0"], **LATER)


def exact(name: str, *scopes: IPv4Address, previous_name: str | None = None) -> Spec:
    definition = DeclaredSettings(name, PARTNER, scopes=scopes)
    return Spec(name, definition, scopes, exact=True, policy=replace(ANEW, previous_name=previous_name))


def test_before_scopes_come_their_partner_is_asked() -> None:
    spec = Spec("HQ", DeclaredSettings("HQ", "dhcp02", scopes=(ONE,)), (ONE,))
    asked = asked_of(world(builders.server()), spec)
    assert asked == ReadRequest(partners=(PartnerRead(("dhcp02",), "HQ", level=True, guarded=False),))


def test_a_planner_that_knows_nothing_asks_for_this_server() -> None:
    spec = Spec("HQ", absent=True, policy=Policy(previous_name="Old"))
    assert asked_of(World(), spec) == ReadRequest(OwnRead(secrets=("HQ", "Old")))


def test_nothing_is_asked_where_nothing_is_to_be_done() -> None:
    spec = Spec("HQ", DeclaredSettings("HQ", scopes=(ONE,)), (ONE,), exact=True)
    assert plan_of(world(builders.server([HQ])), spec).actions == ()


def test_a_name_that_looks_different_is_resolved_first() -> None:
    spec = Spec("HQ", DeclaredSettings("HQ", "cluster.contoso.example"))
    assert asked_of(world(builders.server([HQ])), spec) == ReadRequest(resolve=("cluster.contoso.example",))


def test_several_partners_are_asked_for_together() -> None:
    desired = [Spec(name, absent=True, policy=ANEW) for name in ("HQ", "Lab")]
    asked = asked_of(world(builders.server([HQ, LAB])), *desired)
    assert [(read.key, read.scopes) for read in asked.partners] == [
        (PARTNER, (ONE,)),
        (LATER["partner_server"], (TWO,)),
    ]


def test_one_partner_is_asked_once_for_all() -> None:
    here = builders.server([HQ, builders.relationship("Lab", ["10.0.2.0"])])
    asked = asked_of(world(here), *whole([exact("HQ", ONE, THREE), Spec("Lab", absent=True, policy=ANEW)]))
    assert [(read.names, read.scopes) for read in asked.partners] == [((PARTNER, "DHCP02", "10.10.0.12"), (TWO,))]


def test_a_scope_moves_a_relationship_is_renamed_and_all_in_one_list() -> None:
    start = pair({"HQ": ["10.0.1.0", "10.0.2.0"], "Lab": ["10.0.3.0"]})
    plan = plan_of(start, *whole([exact("HQ", ONE), exact("Branch", TWO, THREE, previous_name="Lab")]))
    assert [(action.kind, action.name) for action in plan.actions if action.kind is not Kind.SAVE] == [
        (Kind.SERVE_OFF, "HQ"),
        (Kind.SERVE_OFF, "Lab"),
        (Kind.WITHDRAW_MEMBERS, "HQ"),
        (Kind.WITHDRAW_MEMBERS, "Lab"),
        (Kind.WITHDRAW_RELATIONSHIP, "Lab"),
        (Kind.CREATE, "Branch"),
    ]
    ends = {name: half.scopes for name, half in plan.end.here.relationships.items()}
    assert ends == {"HQ": (ONE,), "Branch": (TWO, THREE)}


def test_a_secret_that_is_kept_goes_with_its_relationship() -> None:
    start = replace(pair({"HQ": ["10.0.1.0"]}, OWN), secrets=SecretRecord({"HQ": ("salt", "proof")}))
    made = plan_of(start, Spec("HQ", absent=True, policy=ANEW))
    assert [action.kind for action in made.actions][-2:] == [Kind.FORGET, Kind.WITHDRAW_RELATIONSHIP]
    assert not made.end.secrets.exists("HQ")


@pytest.mark.parametrize(
    ("theirs", "warnings"),
    [
        ({}, ()),
        ({"max_client_lead_time": 60}, ("DHCP02 does not show of 'HQ': max_client_lead_time 3600 (it shows 60)",)),
        ({"load_balance_percent": 30}, ("DHCP02 does not show of 'HQ': load_balance_percent 50 (it shows 30)",)),
        ({"state": "CommunicationInterrupted"}, ()),
    ],
    ids=["as here", "another setting", "a share that does not fit", "what is each server's own"],
)
def test_what_the_partner_does_not_show_is_a_warning(theirs: dict[str, Any], warnings: tuple[str, ...]) -> None:
    there = partner({"HQ": ["10.0.1.0"]})
    there = replace(there, relationships=(replace(there.relationships[0], **theirs),))
    made = plan_of(world(builders.server([HQ]), there, OWN), Spec("HQ", DeclaredSettings("HQ")))
    assert (made.actions, made.warnings) == ((), warnings)


def test_a_large_server_that_is_as_declared_takes_no_time() -> None:
    """31 relationships of 300 scopes each."""
    scopes = [[IPv4Address(f"10.{name}.{number // 200}.{number % 200}") for number in range(300)] for name in range(31)]
    halves = [replace(builders.relationship(f"R{name}"), scopes=tuple(scopes[name])) for name in range(31)]
    copy = builders.scope("10.0.1.0")
    copies = tuple(replace(copy, scope_id=scope) for several in scopes for scope in several)
    start = world(replace(builders.server(halves, []), scopes=copies))
    desired = whole([exact(f"R{name}", *scopes[name]) for name in range(31)])
    before = time.process_time()
    assert plan_of(start, *desired).actions == ()
    assert time.process_time() - before < 1
