# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A partner is declared down only when it is silent, and never on both servers."""

from __future__ import annotations

from dataclasses import replace

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Source
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import partner_down
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from random_pairs import Denied
from worlds import GONE, OWN, PARTNER, in_words, partner, world

CUT = builders.relationship("HQ", ["10.0.1.0"], state="CommunicationInterrupted")


def down(state: str, there: Server | RemoteFailure, source: Source = OWN) -> World:
    return world(builders.server([replace(CUT, state=state)]), there, source)


def test_a_silent_partner_is_declared_down() -> None:
    plan = partner_down.declare_down("HQ", down("CommunicationInterrupted", GONE))
    assert isinstance(plan, Plan)
    assert in_words(plan) == [
        f"declare {PARTNER}, the partner of relationship 'HQ', down, since it is silent: {PARTNER} does not answer RPC "
        "(WIN32 1722); DHCP02 does not answer RPC (WIN32 1722); 10.10.0.12 does not answer RPC (WIN32 1722); "
        "TCP 5986 of dhcp02 does not answer (ETIMEDOUT)"
    ]
    again = partner_down.declare_down("HQ", down("PartnerDown", GONE))
    assert isinstance(again, Plan)
    assert again.actions == ()


@pytest.mark.parametrize(
    ("state", "there", "message"),
    [
        (
            "Normal",
            GONE,
            "relationship 'HQ' on DHCP01 is in state Normal; a partner is declared down from CommunicationInterrupted "
            "only",
        ),
        (
            "CommunicationInterrupted",
            Denied(),
            f"{PARTNER}, the partner in 'HQ', answers the controller, so it is not down, although it says: access is",
        ),
        (
            "CommunicationInterrupted",
            partner({"HQ": ["10.0.1.0"]}),
            "DHCP02, the partner in 'HQ', answers (it is in state Normal), so it is not down",
        ),
        (
            "CommunicationInterrupted",
            partner(),
            "DHCP02, the partner in 'HQ', answers and is without this relationship, so it is not down: state: absent",
        ),
    ],
)
def test_a_partner_that_may_serve_is_not_declared_down(state: str, there: Server | RemoteFailure, message: str) -> None:
    with pytest.raises(Refused) as refused:
        partner_down.declare_down("HQ", down(state, there))
    assert str(refused.value).startswith(message)


def test_never_on_both_servers() -> None:
    there = partner({"HQ": ["10.0.1.0"]})
    there = replace(there, relationships=(replace(there.relationships[0], state="PartnerDown"),))
    with pytest.raises(Refused, match=r"^DHCP02 has declared DHCP01 down in 'HQ'; declared on both servers, the same"):
        partner_down.declare_down("HQ", down("CommunicationInterrupted", there))


@pytest.mark.parametrize(
    ("name", "message"), [("Lab", "name: relationship 'Lab' does not exist on DHCP01."), ("hq", "name: DHCP01 has a")]
)
def test_the_relationship_has_to_be_there(name: str, message: str) -> None:
    with pytest.raises(Refused, match=f"^{message}"):
        partner_down.declare_down(name, world(builders.server([builders.relationship()])))
