# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the two servers of a relationship do not have in common, and how full their scopes are, as info returns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import Utilisation
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.drift import PartnerView, drift, health
from worlds import ONE, TWO, content_of

HQ = builders.relationship("HQ", ["10.0.1.0", "10.0.2.0"])
RESERVED = {"reservation 10.0.1.9": {"client_id": "bb"}}
EMPTY, ALONE = content_of(ONE, {}), content_of(ONE, RESERVED)
UNKNOWN = {
    "partner_state": None,
    "in_sync": None,
    "scopes_only_here": None,
    "scopes_only_at_partner": None,
    "differences": None,
}
IN_SYNC = {
    "partner_state": "Normal",
    "in_sync": True,
    "scopes_only_here": [],
    "scopes_only_at_partner": [],
    "differences": [],
    "problem": None,
}


@pytest.mark.parametrize(
    ("partner", "expected"),
    [
        (PartnerView([replace(HQ, scopes=(ONE,))], EMPTY), IN_SYNC),
        (
            PartnerView([replace(HQ, scopes=(), state="RecoverWait")], EMPTY),
            {**IN_SYNC, "partner_state": "RecoverWait", "in_sync": False, "scopes_only_here": ["10.0.1.0"]},
        ),
        (
            PartnerView([HQ], EMPTY),
            {**IN_SYNC, "in_sync": False, "scopes_only_at_partner": ["10.0.2.0"]},
        ),
        (
            PartnerView([replace(HQ, scopes=(ONE,))], ALONE),
            {
                **IN_SYNC,
                "in_sync": False,
                "differences": [
                    {"scope_id": "10.0.1.0", "field": "reservation 10.0.1.9", "this_server": None, "partner": "present"}
                ],
            },
        ),
        (
            PartnerView(problem="On dhcp01: the partner is not reachable."),
            {**UNKNOWN, "problem": "On dhcp01: the partner is not reachable."},
        ),
        (PartnerView([], EMPTY), {**UNKNOWN, "problem": "the partner has no relationship 'HQ'"}),
    ],
    ids=["in sync", "a scope here only", "a scope there only", "content", "not read", "no such relationship there"],
)
def test_what_could_not_be_looked_at_never_looks_healthy(partner: PartnerView, expected: Mapping[str, Any]) -> None:
    assert drift(replace(HQ, scopes=(ONE,)), EMPTY, partner) == expected


HALF_FULL = Utilisation(50, 50, 50.0, 30, 20, 25, 25)
FULL = Utilisation(100, 0, 100.0, 60, 40, 0, 0)


@pytest.mark.parametrize(
    ("state", "scopes", "expected"),
    [
        (
            "Normal",
            {ONE: HALF_FULL},
            {"healthy": True, "in_use": 50, "free": 50, "free_here": 25, "free_at_partner": 25},
        ),
        (
            "Normal",
            {ONE: HALF_FULL, TWO: FULL},
            {"healthy": False, "in_use": 150, "free": 50, "free_here": 25, "free_at_partner": 25},
        ),
        (
            "CommunicationInterrupted",
            {ONE: HALF_FULL},
            {"healthy": False, "in_use": 50, "free": 50, "free_here": 25, "free_at_partner": 25},
        ),
        ("Normal", {}, {"healthy": True, "in_use": 0, "free": 0, "free_here": 0, "free_at_partner": 0}),
    ],
    ids=["room", "one scope is full", "cut off", "no statistics"],
)
def test_how_full_a_relationship_is(state: str, scopes: Mapping[Any, Utilisation], expected: Mapping[str, Any]) -> None:
    shown = dict(health(replace(HQ, state=state), scopes))
    fullest = [scope["scope_id"] for scope in shown.pop("scopes")]
    assert shown == expected
    assert fullest == [str(scope) for scope in reversed(scopes)], "the fullest stands first"
