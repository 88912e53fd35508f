# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the two servers of a relationship do not have in common, and how full their scopes are, as info returns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Source
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import Utilisation
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.inspecting import (
    Inspected,
    Inspection,
    health,
    inspect,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import OwnRead, ReadRequest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_elements import Export
from worlds import HOP, ONE, OWN, PARTNER, TWO, content_of, partner, world

HQ = builders.relationship("HQ", ["10.0.1.0", "10.0.2.0"])
RESERVED = {"reservation 10.0.1.9": {"client_id": "bb"}}
EMPTY, ALONE = content_of(ONE, {}), content_of(ONE, RESERVED)
UNKNOWN = {
    "partner_state": None,
    "in_sync": None,
    "scopes_only_here": None,
    "scopes_only_at_partner": None,
    "differences": None,
    "server_differences": None,
}
IN_SYNC = {
    "partner_state": "Normal",
    "in_sync": True,
    "scopes_only_here": [],
    "scopes_only_at_partner": [],
    "differences": [],
    "server_differences": [],
    "problem": None,
}
HALF_OF_IT = {**IN_SYNC, "in_sync": False, "server_differences": None}


def seen(there: Server | RemoteFailure, exported: Export = EMPTY, source: Source = HOP) -> Mapping[str, Any]:
    """The drift of HQ, with one scope here, from this partner."""
    here = builders.server([replace(HQ, scopes=(ONE,))])
    start = world(here, there, source, exported_here=EMPTY, exported_there=exported)
    shown = inspect(Inspection(drift=True), start)
    assert not isinstance(shown, ReadRequest), f"it asks for {shown}"
    (entry,) = shown.relationships
    return dict(entry["drift"])


def theirs(scopes: list[str], **changes: Any) -> Server:
    """The partner with its half of HQ."""
    there = partner({"HQ": scopes})
    return replace(there, relationships=tuple(replace(half, **changes) for half in there.relationships))


@pytest.mark.parametrize(
    ("there", "exported", "expected"),
    [
        (theirs(["10.0.1.0"]), EMPTY, IN_SYNC),
        (
            theirs([], state="RecoverWait"),
            EMPTY,
            {**HALF_OF_IT, "partner_state": "RecoverWait", "scopes_only_here": ["10.0.1.0"]},
        ),
        (
            theirs(["10.0.1.0", "10.0.2.0"]),
            EMPTY,
            {**IN_SYNC, "in_sync": False, "scopes_only_at_partner": ["10.0.2.0"]},
        ),
        (
            theirs(["10.0.1.0"]),
            ALONE,
            {
                **IN_SYNC,
                "in_sync": False,
                "differences": [
                    {"scope_id": "10.0.1.0", "field": "reservation 10.0.1.9", "this_server": None, "partner": "present"}
                ],
            },
        ),
        (
            RemoteFailure("On dhcp01: the partner is not reachable."),
            EMPTY,
            {**UNKNOWN, "problem": "On dhcp01: the partner is not reachable."},
        ),
        (partner(), EMPTY, {**UNKNOWN, "in_sync": False, "problem": "the partner has no relationship 'HQ'"}),
        (
            theirs(["10.0.1.0"], partner_server="dhcp09.contoso.example", primary_server="X", primary_ip=None),
            EMPTY,
            {**UNKNOWN, "in_sync": False, "problem": "the partner has no relationship 'HQ'"},
        ),
    ],
    ids=["in sync", "a scope here only", "there only", "content", "not read", "none there", "one with another server"],
)
def test_what_could_not_be_looked_at_never_looks_healthy(
    there: Server | RemoteFailure, exported: Export, expected: Mapping[str, Any]
) -> None:
    assert seen(there, exported) == expected


def test_another_server_than_the_partner_is_a_finding() -> None:
    other = replace(theirs(["10.0.1.0"]), name="DHCP03", addresses=("10.10.0.13",))
    assert "partner_host: it is DHCP03, and the partner of 'HQ' is" in seen(other, source=OWN)["problem"]


def test_what_is_asked_for_first_and_then() -> None:
    assert inspect(Inspection(health=True), World()) == ReadRequest(OwnRead(statistics=True, level=True, service=True))
    here = builders.server([replace(HQ, scopes=(ONE,))])
    asked = inspect(Inspection(drift=True), world(here))
    assert isinstance(asked, ReadRequest)
    assert [(read.key, read.scopes, read.leases) for read in asked.partners] == [(PARTNER, (ONE,), False)]
    assert isinstance(inspect(Inspection(), world(here)), Inspected)


HALF_FULL = Utilisation(50, 50, 50.0, 30, 20, 25, 25)
FULL = Utilisation(100, 0, 100.0, 60, 40, 0, 0)


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ({ONE: HALF_FULL, TWO: FULL}, {"in_use": 150, "free": 50, "free_here": 25, "free_at_partner": 25}),
        ({ONE: HALF_FULL}, dict.fromkeys(("in_use", "free", "free_here", "free_at_partner"))),
        (
            {ONE: HALF_FULL, TWO: replace(FULL, free_here=None)},
            {"in_use": 150, "free": 50, "free_here": None, "free_at_partner": 25},
        ),
    ],
    ids=["all told", "one scope is missing", "no shares"],
)
def test_how_full_a_relationship_is(scopes: Mapping[Any, Utilisation], expected: Mapping[str, Any]) -> None:
    shown = dict(health(HQ, scopes))
    fullest = [scope["scope_id"] for scope in shown.pop("scopes")]
    assert shown == {"authorized": None, **expected}
    assert fullest == [str(scope) for scope in reversed(scopes)], "the fullest stands first"
