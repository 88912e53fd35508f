# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which states of two halves go together. The other verdicts on a pair are tests/unit/modules/test_verdicts.py."""

from __future__ import annotations

from dataclasses import replace

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.pair_verdicts import (
    Pair,
    of_pair,
    state_verdict,
)
from worlds import ONE, PARTNER, partner, world

HQ = builders.relationship("HQ", ["10.0.1.0"], enable_auth=True)


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("Normal", None, None),
        ("Normal", "Normal", None),
        ("PartnerDown", None, "not_normal"),
        ("Recover", None, "state_passing"),
        ("CommunicationInterrupted", "CommunicationInterrupted", "not_normal"),
        ("PartnerDown", "CommunicationInterrupted", "not_normal"),
        ("PotentialConflict", "PotentialConflict", "not_normal"),
        ("PartnerDown", "Recover", "state_passing"),
        ("Normal", "RecoverDone", "state_passing"),
        ("Startup", "Normal", "state_passing"),
        ("Normal", "PartnerDown", "states_contradict"),
        ("CommunicationInterrupted", "Normal", "states_contradict"),
        ("PartnerDown", "PartnerDown", "states_contradict"),
        ("Normal", "Unheard", "not_normal"),
    ],
)
def test_states(here: str, there: str | None, expected: str | None) -> None:
    assert state_verdict(here, there) == expected
    if there is not None:
        assert state_verdict(there, here) == expected


@pytest.mark.parametrize(
    ("percent", "wrong"), [(60, False), (40, False), (50, True)], ids=["as here", "what lacks to 100", "neither"]
)
def test_which_share_the_partner_shows_is_not_known(percent: int, wrong: bool) -> None:
    here = builders.server([replace(HQ, load_balance_percent=60)])
    there = partner({"HQ": ["10.0.1.0"]})
    half = replace(there.relationships[0], load_balance_percent=percent, enable_auth=True)
    start = world(here, replace(there, relationships=(half,)))
    seen = start.partner("HQ")
    found = of_pair(Pair(start.here.relationships["HQ"], start.here, seen))
    assert ("settings_differ" in [verdict.id for verdict in found]) is wrong


def test_a_verdict_names_servers_relationship_and_scopes() -> None:
    here = builders.server([replace(HQ, state="PartnerDown")], [builders.scope("10.0.1.0", active=False)])
    start = world(here)
    shown = {verdict.id: verdict.public() for verdict in of_pair(Pair(HQ, start.here))}
    assert shown["members_inactive"]["scopes"] == [str(ONE)]
    assert {(one["server"], one["partner"], one["relationship"]) for one in shown.values()} == {
        ("DHCP01", PARTNER, "HQ")
    }
