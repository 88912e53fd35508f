# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is done, and is no state of a relationship: left-over copies that go, and a partner that is declared down."""

from __future__ import annotations

from dataclasses import replace

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import Scope
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import verbs
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import ReadRequest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from random_pairs import Denied
from worlds import ONE, PARTNER, TWO, in_words, partner, world

LEFT_OVER = [builders.scope("10.0.1.0", active=False), builders.scope("10.0.2.0", active=False)]
SILENT = RemoteFailure("On dhcp01: the partner is not reachable.")


def removed(start: World, keep_days: int | None = None) -> Plan | ReadRequest:
    return verbs.remove_copies((ONE, TWO), (PARTNER,), keep_days, start)


@pytest.mark.parametrize(
    ("copies", "keep_days", "expected"),
    [
        (
            LEFT_OVER,
            30,
            [
                "keep a safety copy on DHCP01 of what is on DHCP01, with leases: 10.0.1.0, 10.0.2.0",
                "delete the copy of 10.0.1.0 on DHCP01, with its leases (DNS records of its clients may go too)",
                "delete the copy of 10.0.2.0 on DHCP01, with its leases (DNS records of its clients may go too)",
            ],
        ),
        (
            LEFT_OVER[:1],
            None,
            ["delete the copy of 10.0.1.0 on DHCP01, with its leases (DNS records of its clients may go too)"],
        ),
        ([], 30, []),
    ],
    ids=["both", "one, without a safety copy", "none is left"],
)
def test_left_over_copies_go(copies: list[Scope], keep_days: int | None, expected: list[str]) -> None:
    plan = removed(world(builders.server([], copies), partner(None, ["10.0.1.0", "10.0.2.0"])), keep_days)
    assert isinstance(plan, Plan)
    assert in_words(plan) == expected


def test_the_server_that_keeps_them_is_looked_at_before() -> None:
    asked = removed(world(builders.server([], LEFT_OVER)))
    assert isinstance(asked, ReadRequest)
    assert [(read.names, read.scopes) for read in asked.partners] == [((PARTNER,), (ONE, TWO))]


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (
            world(builders.server([], [builders.scope("10.0.1.0"), LEFT_OVER[1]]), partner(None, ["10.0.1.0"])),
            "scopes: 10.0.1.0 is active or in failover on DHCP01, so it is no left-over copy;",
        ),
        (
            world(builders.server([builders.relationship("HQ", ["10.0.2.0"])], LEFT_OVER), partner()),
            "scopes: 10.0.2.0 is active or in failover on DHCP01",
        ),
        (
            world(builders.server([], LEFT_OVER), partner(None, ["10.0.1.0"])),
            "scopes: 10.0.2.0 does not exist on DHCP02, so it would be lost. Nothing was changed.",
        ),
    ],
    ids=["in service", "in failover", "the last one"],
)
def test_what_is_no_left_over_copy_stays(start: World, message: str) -> None:
    with pytest.raises(Refused) as refused:
        removed(start)
    assert str(refused.value).startswith(message)


def down(state: str, there: Server | RemoteFailure) -> World:
    return world(builders.server([builders.relationship("HQ", ["10.0.1.0"], state=state)]), there)


def test_a_silent_partner_is_declared_down() -> None:
    plan = verbs.declare_down("HQ", down("CommunicationInterrupted", SILENT))
    assert isinstance(plan, Plan)
    assert in_words(plan) == [f"declare {PARTNER}, the partner of relationship 'HQ', down"]
    again = verbs.declare_down("HQ", down("PartnerDown", SILENT))
    assert isinstance(again, Plan)
    assert again.actions == ()


@pytest.mark.parametrize(
    ("state", "there", "message"),
    [
        (
            "Normal",
            SILENT,
            "relationship 'HQ' on DHCP01 is in state Normal; a partner is declared down from CommunicationInterrupted "
            "only",
        ),
        (
            "CommunicationInterrupted",
            Denied(),
            f"{PARTNER}, the partner in 'HQ', answers DHCP01, so it is not down, although it says: access is denied",
        ),
        (
            "CommunicationInterrupted",
            partner({"HQ": ["10.0.1.0"]}),
            "DHCP02, the partner in 'HQ', answers (it is in state Normal), so it is not down",
        ),
        (
            "CommunicationInterrupted",
            partner(),
            "DHCP02, the partner in 'HQ', answers (it is in state without this relationship), so it is not down",
        ),
    ],
)
def test_a_partner_that_may_serve_is_not_declared_down(state: str, there: Server | RemoteFailure, message: str) -> None:
    with pytest.raises(Refused) as refused:
        verbs.declare_down("HQ", down(state, there))
    assert str(refused.value).startswith(message)


def test_never_on_both_servers() -> None:
    there = partner({"HQ": ["10.0.1.0"]})
    there = replace(there, relationships=(replace(there.relationships[0], state="PartnerDown"),))
    with pytest.raises(Refused, match=r"^DHCP02 has declared DHCP01 down in 'HQ'; declared on both servers, the same"):
        verbs.declare_down("HQ", down("CommunicationInterrupted", there))


@pytest.mark.parametrize(
    ("name", "message"), [("Lab", "name: relationship 'Lab' does not exist on DHCP01."), ("hq", "name: DHCP01 has a")]
)
def test_the_relationship_has_to_be_there(name: str, message: str) -> None:
    with pytest.raises(Refused, match=f"^{message}"):
        verbs.declare_down(name, world(builders.server([builders.relationship()])))
