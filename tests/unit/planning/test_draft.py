# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan in the making: pieces of as many scopes as a call takes, an order by stages, and reads before it goes on."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind, Stage
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.draft import Draft
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import PartnerRead, Unread
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from worlds import HOP, ONE, PARTNER, THREE, TWO, pair, partner, world

MANY = [IPv4Address(f"10.1.{number}.0") for number in range(65)]
READ = PartnerRead((PARTNER,), "HQ", (ONE,))


def draft(at_once: int = 30) -> Draft:
    here = builders.server([builders.relationship("HQ")], [str(scope) for scope in MANY])
    there = partner({"HQ": []}, [builders.scope(str(scope), active=False) for scope in MANY])
    return Draft(replace(world(here, there), at_once=at_once))


@pytest.mark.parametrize(
    ("kind", "at_once", "sizes"),
    [
        (Kind.JOIN, 30, [30, 30, 5]),
        (Kind.JOIN, 50, [50, 15]),
        (Kind.SAVE, 30, [65]),
        (Kind.SERVE_OFF, 30, [1] * 65),
        (Kind.REPLICATE, 40, [40, 25]),
    ],
)
def test_an_action_takes_as_many_scopes_as_its_kind(kind: Kind, at_once: int, sizes: list[int]) -> None:
    d = draft(at_once)
    more: dict[str, Any] = {"detail": 0} if kind is Kind.SAVE else {}
    d.add(kind, d.here, "HQ", MANY, **more)
    assert [len(action.scopes) for action in d.actions] == sizes


def test_an_action_about_no_scopes_is_none_and_one_about_the_relationship_is() -> None:
    d = draft()
    d.add(Kind.JOIN, d.here, "HQ", [])
    d.add(Kind.DETACH_HALF, d.here, "HQ")
    assert [action.kind for action in d.actions] == [Kind.DETACH_HALF]
    assert d.here.half("HQ") is None, "the next one sees what this one leaves"
    assert d.start.here.half("HQ") is not None


def test_actions_stand_in_stages_each_as_it_was_added() -> None:
    d = Draft(pair({"HQ": ["10.0.1.0"]}))
    d.add(Kind.JOIN, d.here, "HQ", [TWO])
    d.add(Kind.SERVE_OFF, d.view(HOP), "HQ", [ONE], stage=Stage.LOSER)
    d.add(Kind.JOIN, d.here, "HQ", [THREE])
    assert [(action.id, action.kind, action.scopes) for action in d.ordered()] == [
        (0, Kind.SERVE_OFF, (ONE,)),
        (1, Kind.JOIN, (TWO,)),
        (2, Kind.JOIN, (THREE,)),
    ]


def test_what_is_not_known_is_asked_for_once() -> None:
    d = Draft(world(builders.server([builders.relationship("HQ", ["10.0.1.0"])])))
    assert d.ask(READ) is None
    assert d.need(replace(READ, scopes=(TWO,), api=True)) is None
    assert d.request().partners == (replace(READ, scopes=(ONE, TWO), api=True),)
    known = Draft(pair({"HQ": ["10.0.1.0"]}))
    assert known.ask(READ) == known.view(HOP)
    assert not known.is_waiting


def test_a_partner_that_cannot_be_read_and_is_needed() -> None:
    failure = RemoteFailure("On dhcp01: the partner is not reachable.")
    start = world(builders.server([builders.relationship("HQ", ["10.0.1.0"])]), failure)
    assert Draft(start).ask(READ) == Unread(failure)
    with pytest.raises(RemoteFailure, match=r"^On dhcp01: the partner is not reachable\.$"):
        Draft(start).need(READ)
    with pytest.raises(
        RemoteFailure, match=r"^An earlier run that wrote to 'HQ' was broken off, so its partner is look"
    ):
        Draft(replace(start, journal=(Note("HQ", PARTNER, run="0"),), run="1")).need(READ)
    with pytest.raises(RemoteFailure, match=r"^On dhcp01: the partner is not reachable\.$"):
        Draft(replace(start, journal=(Note("HQ", PARTNER, run="1"),), run="1")).need(READ)


def test_what_is_refused_while_something_is_to_be_read_may_look_different_then() -> None:
    def refuse(spec: Spec, d: Draft) -> None:
        raise Refused(f"name: {spec.name} cannot be.")

    def asks(spec: Spec, d: Draft) -> None:
        d.ask(READ)

    waiting = Draft(world(builders.server()))
    waiting.run(asks, Spec("HQ"))
    waiting.run(refuse, Spec("Lab"))
    waiting.run(refuse, Spec("HQ"))
    assert waiting.is_waiting
    with pytest.raises(Refused, match=r"^name: HQ cannot be\.$"):
        Draft(world(builders.server())).run(refuse, Spec("HQ"))
