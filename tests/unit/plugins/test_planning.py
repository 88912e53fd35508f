# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Worlds, identity, the table of kinds, what is asked for, and what was confused before views knew whose they are."""

from __future__ import annotations

import time
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import builders
import planners
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import adapter
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.sides import Side, Sides
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Connection, Hop, Verdict
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship import Definition
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import scope_ids
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import kinds, verbs
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.planner import plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec, whole
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import PartnerRead, ReadRequest, mirrored
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export import Export
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.kept_secret import Kept

ONE, TWO = scope_ids(["10.0.1.0", "10.0.2.0"])
NOTHING = Export({}, {}, {}, {})
KEEP = Policy("this_server", "delete", recreate=True)


def there(name: str, members: list[str], scopes: list[str] | None = None) -> Server:
    """DHCP02 with a relationship that names DHCP01."""
    half = builders.relationship(name, members, partner_server="DHCP01", is_primary=False, load_balance_percent=30)
    return replace(
        builders.server([half], members if scopes is None else scopes), name="DHCP02", addresses=("10.10.0.12",)
    )


def own_connection(here: Server, partner: Server) -> Sides:
    """Both read over connections of their own, with all that can be asked for."""
    scopes = frozenset(scope_ids(["10.0.1.0", "10.0.2.0", "10.0.3.0"]))
    side = Side(partner, "partner", content=NOTHING, looked_at=scopes, api=True, opposite=here)
    return Sides(
        Side(here, content=NOTHING, looked_at=scopes, api=True), {"": side, "dhcp02.contoso.example": side}, True
    )


def made(found: Plan | ReadRequest) -> Plan:
    assert isinstance(found, Plan)
    return found


# --- the table
# ---------------------------------------------------------------------------------------------------------


def test_every_kind_has_a_row_and_an_undo_has_an_undo() -> None:
    assert set(kinds.KINDS) == set(Kind)
    for kind, row in kinds.KINDS.items():
        assert row.undo is None or kinds.KINDS[row.undo].undo is kind


# --- identity
# ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelling", "resolved", "verdict"),
    [
        ("DHCP02", {}, Verdict.SAME),
        ("dhcp02.contoso.example.", {}, Verdict.SAME),
        ("10.10.0.12", {}, Verdict.SAME),
        ("10.10.0.13", {}, Verdict.OTHER),
        ("dhcp02.fabrikam.example", {}, Verdict.SAME),  # its first label is that of secondary_server
        ("cluster.contoso.example", {}, Verdict.UNKNOWN),
        ("cluster.contoso.example", {"cluster.contoso.example": ("10.10.0.12",)}, Verdict.SAME),
        ("cluster.contoso.example", {"cluster.contoso.example": ()}, Verdict.OTHER),
    ],
)
def test_whether_a_name_means_the_partner(spelling: str, resolved: dict[str, Any], verdict: Verdict) -> None:
    server = replace(builders.server([builders.relationship()]), resolved=resolved)
    assert server.relationships[0].partner.verdict(spelling, server.resolved) is verdict


def test_a_partner_that_is_called_partner_is_asked_over_the_hop() -> None:
    """Its name is no word for a connection: what is saved there is what is there."""
    here = builders.server([builders.relationship("HQ", ["10.0.1.0"], partner_server="partner", is_primary=None)])
    scopes = frozenset([ONE])
    far = replace(there("HQ", ["10.0.1.0"]), name="partner")
    side = Side(far, computer="partner", via="DHCP01", content=NOTHING, looked_at=scopes, opposite=here)
    world = adapter.world_of(Sides(Side(here, content=NOTHING, looked_at=scopes), {"partner": side}))
    assert set(world.views) == {Connection.THIS_SERVER, Hop("partner", "DHCP01")}
    found = made(plan([Spec("HQ", leaving=(ONE,), policy=KEEP)], world))
    saved = kinds.operation(found.actions[0], world)
    assert (found.actions[0].kind, saved["parameters"]["ComputerName"]) == (Kind.SAVE, "partner")


def test_one_server_that_was_asked_for_under_two_names_is_one() -> None:
    here = builders.server([builders.relationship("HQ", ["10.0.1.0"])])
    side = Side(there("HQ", ["10.0.1.0"]), computer="dhcp02.contoso.example", via="DHCP01", opposite=here)
    world = adapter.world_of(
        Sides(Side(here), {"dhcp02.contoso.example": side, "10.10.0.12": replace(side, computer="10.10.0.12")})
    )
    assert len(world.views) == 2
    assert world.asked(PartnerRead(("DHCP02",), "HQ")) is world.views[Hop("dhcp02.contoso.example", "DHCP01")]


def test_a_mirrored_half_is_as_we_would_show_it() -> None:
    theirs = builders.hot_standby("HQ", [], partner_server="DHCP01", server_role="standby", is_primary=False)
    ours = mirrored(theirs, "dhcp02")
    assert (ours.partner_server, ours.server_role, ours.is_primary) == ("dhcp02", "active", True)
    assert mirrored(ours, "DHCP01") == theirs


# --- what the partner alone has
# ------------------------------------------------------------------------------------------


def test_a_relationship_that_the_partner_alone_has_is_created_anew() -> None:
    """With its members, which stay here; nobody has to say a name that this server is not called."""
    sides = own_connection(builders.server(), there("HQ", ["10.0.1.0"]))
    found = made(plan([Spec("HQ", Definition("HQ", scopes=(ONE,)), (ONE,), policy=KEEP)], adapter.world_of(sides)))
    assert [(action.kind, action.where) for action in found.actions] == [
        (Kind.SAVE, Connection.PARTNER),
        (Kind.SERVE_OFF, Connection.PARTNER),
        (Kind.DETACH_MEMBERS, Connection.PARTNER),
        (Kind.DELETE, Connection.PARTNER),
        (Kind.DETACH_HALF, Connection.PARTNER),
        (Kind.CREATE, Connection.THIS_SERVER),
    ]
    assert found.actions[-1].partner == "DHCP02"
    assert found.before(found.desired[0])["load_balance_percent"] == 70


def test_who_says_too_little_is_told_which_server_loses_its_copies() -> None:
    sides = own_connection(builders.server(), there("HQ", ["10.0.1.0"]))
    spec = Spec("HQ", Definition("HQ", scopes=(ONE,)), (ONE,), policy=Policy(recreate=True))
    with pytest.raises(Refused, match="the copies on DHCP02 have to go"):
        plan([spec], adapter.world_of(sides))


# --- texts
# -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (Spec("hq", Definition("hq")), "name: DHCP01 has a relationship 'HQ'"),
        (Spec("hq", leaving=(ONE,), option="relationship"), "relationship: DHCP01 has a relationship 'HQ'"),
        (
            Spec("New", Definition("New"), policy=Policy(previous_name="hq")),
            "previous_name: DHCP01 has a relationship 'HQ'",
        ),
        (
            Spec("New", Definition("New"), policy=Policy(previous_name="HQ")),
            "its name was 'HQ'. Windows cannot change this",
        ),
    ],
)
def test_the_option_is_named_that_was_written(spec: Spec, said: str) -> None:
    with pytest.raises(Refused, match=f"^{said}"):
        plan([spec], adapter.world_of(builders.alone(builders.server([builders.relationship()]))))


# --- what is asked for
# ---------------------------------------------------------------------------------------------------


def test_before_scopes_come_their_partner_is_asked() -> None:
    world = adapter.world_of(builders.alone(builders.server()))
    found = plan([Spec("HQ", Definition("HQ", "dhcp02", scopes=(ONE,)), (ONE,))], world)
    assert found == ReadRequest((PartnerRead(("dhcp02",), "HQ", guarded=False),))


def test_nothing_is_asked_where_nothing_is_to_be_done() -> None:
    here = builders.server([builders.relationship("HQ", ["10.0.1.0"])])
    found = made(
        plan([Spec("HQ", Definition("HQ", scopes=(ONE,)), (ONE,), exact=True)], adapter.world_of(builders.alone(here)))
    )
    assert found.actions == ()


def test_several_relationships_ask_for_their_partners_together() -> None:
    here = builders.server([builders.relationship("HQ", ["10.0.1.0"]), builders.relationship("Lab", ["10.0.2.0"])])
    other: dict[str, Any] = {
        "partner_server": "dhcp03.contoso.example",
        "secondary_server": "DHCP03",
        "secondary_ip": "10.10.0.13",
    }
    here = replace(here, relationships=(here.relationships[0], replace(here.relationships[1], **other)))
    found = plan(
        [Spec(name, absent=True, policy=KEEP) for name in ("HQ", "Lab")], adapter.world_of(builders.alone(here))
    )
    assert isinstance(found, ReadRequest)
    assert [(read.key, read.scopes) for read in found.partners] == [
        ("dhcp02.contoso.example", (ONE,)),
        ("dhcp03.contoso.example", (TWO,)),
    ]


@pytest.mark.parametrize("answer", [RemoteFailure("silence"), planners.Denied()], ids=["silence", "denied"])
def test_a_partner_is_declared_down_in_silence_only(answer: RemoteFailure) -> None:
    here = builders.server([builders.relationship(state="CommunicationInterrupted")])
    world = adapter.world_of(Sides(Side(here), {"dhcp02.contoso.example": answer}))
    if answer.args == ("silence",):
        found = made(verbs.declare_down("HQ", world))
        assert [action.kind for action in found.actions] == [Kind.DOWN]
        assert found.end.here.relationships["HQ"].state == "PartnerDown"
    else:
        with pytest.raises(Refused, match="so it is not down"):
            verbs.declare_down("HQ", world)


def test_a_secret_that_is_kept_goes_with_its_relationship() -> None:
    sides = own_connection(builders.server([builders.relationship("HQ", ["10.0.1.0"])]), there("HQ", ["10.0.1.0"]))
    world = adapter.world_of(replace(sides, kept=Kept({"HQ": ("salt", "proof")})))
    found = made(plan([Spec("HQ", absent=True, policy=KEEP)], world))
    assert [action.kind for action in found.actions][-2:] == [Kind.FORGET, Kind.WITHDRAW_RELATIONSHIP]
    assert not found.end.secrets.holds("HQ")


# --- size
# ------------------------------------------------------------------------------------------------------------------


def test_a_large_server_that_is_as_declared_takes_no_time() -> None:
    """31 relationships of 300 scopes each."""
    scopes = [[IPv4Address(f"10.{name}.{number // 200}.{number % 200}") for number in range(300)] for name in range(31)]
    halves = [replace(builders.relationship(f"R{name}"), scopes=tuple(scopes[name])) for name in range(31)]
    copy = builders.scope("10.0.1.0")
    here = replace(
        builders.server(halves, []),
        scopes=tuple(replace(copy, scope_id=scope) for several in scopes for scope in several),
    )
    world = adapter.world_of(builders.alone(here))
    desired = whole(
        [
            Spec(f"R{name}", Definition(f"R{name}", scopes=tuple(scopes[name])), tuple(scopes[name]), exact=True)
            for name in range(31)
        ]
    )
    start = time.process_time()
    assert made(plan(desired, world)).actions == ()
    assert time.process_time() - start < 1
