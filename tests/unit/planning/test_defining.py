# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is planned for scopes that are defined: what is read first, who is completed, and who is left alone."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope_details import OptionValue, ScopeDetails
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.planner import plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import ReadRequest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_elements import ServerLevel
from worlds import PARTNER, asked_of, in_words, partner, plan_of, world

NINE = IPv4Address("10.0.9.0")
SAID: dict[str, Any] = {"router": ["10.0.9.1"], "delay": 5}
NOTE = Note("HQ", PARTNER, (NINE,), {}, (NINE,), (NINE,), "earlier", "someone@controller")
COMPLETE = "complete scope 10.0.9.0 on DHCP01, which a broken run has begun (router)"
JOINS = [f"add to relationship 'HQ', copying to {PARTNER}: 10.0.9.0"]
SERVES = ["activate 10.0.9.0 on DHCP01", "activate 10.0.9.0 on DHCP02"]


def spec(**said: Any) -> Spec:
    (definition,) = scope_specs.parse([builders.definition("10.0.9.0", **(said or SAID))])
    return Spec("HQ", define=(definition,), create_only=True, option="relationship")


def begun(
    details: ScopeDetails | None = None, *, active: bool = False, member: bool = False, note: Note = NOTE
) -> World:
    """10.0.9.0 was made by a broken run; `details`: what of it was read."""
    members = ["10.0.9.0"] if member else []
    copy = builders.scope("10.0.9.0", active=active)
    here = builders.server([builders.relationship("HQ", ["10.0.1.0", *members])], ["10.0.1.0", copy])
    there = partner({"HQ": ["10.0.1.0", *members]})
    if member:
        there = replace(there, scopes=(*there.scopes[:1], copy))
    now = world(here, there)
    told = {} if details is None else {NINE: details}
    return replace(now.having(replace(now.here, details=told)), journal=(note,))


def test_what_definitions_say_is_read_with_all_else() -> None:
    asked = plan([spec()], World())
    assert isinstance(asked, ReadRequest)
    assert asked.own.details.options == asked.own.details.delays == {NINE}
    assert not asked.own.details.exclusions
    assert "details 10.0.9.0" in asked.words()
    (plain,) = scope_specs.parse([builders.definition("10.0.9.0")])
    asked = plan([Spec("HQ", define=(plain,))], World())
    assert isinstance(asked, ReadRequest)
    assert not asked.own.details


def test_of_a_scope_that_came_meanwhile_it_is_read_before_anything_is_planned() -> None:
    assert asked_of(begun(), spec()).own.details.options == {NINE}


def test_what_is_missing_is_completed_before_it_joins() -> None:
    made = plan_of(begun(ScopeDetails(delay=5)), spec())
    assert in_words(made) == [COMPLETE, *JOINS, *SERVES]
    assert made.end.here.details[NINE] == ScopeDetails((OptionValue(3, ("10.0.9.1",)),), delay=5)
    assert [view.serves(NINE) for view in made.end.views.values()] == [True, True]


def test_one_that_has_all_of_it_goes_on() -> None:
    whole = ScopeDetails((OptionValue(3, ("10.0.9.1",)), OptionValue(51, ("691200",))), delay=5)
    assert in_words(plan_of(begun(whole), spec())) == [*JOINS, *SERVES]


def test_a_definition_that_says_nothing_any_more_is_all_there() -> None:
    (plain,) = scope_specs.parse([builders.definition("10.0.9.0")])
    assert in_words(plan_of(begun(), Spec("HQ", define=(plain,), create_only=True))) == [*JOINS, *SERVES]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (begun(ScopeDetails(), note=replace(NOTE, made=(), incomplete=())), JOINS),
        (begun(ScopeDetails(), active=True), JOINS),
        (begun(ScopeDetails(), member=True), []),
    ],
    ids=["not of a broken run", "activated by a person", "put into failover by a person"],
)
def test_whose_it_may_be_is_not_touched(start: World, expected: list[str]) -> None:
    assert not [words for words in in_words(plan_of(start, spec())) if words.startswith("complete")]
    assert in_words(plan_of(start, spec()))[: len(expected)] == expected


def test_one_that_a_person_put_into_failover_is_not_activated() -> None:
    made = plan_of(begun(ScopeDetails(), member=True), spec())
    assert made.actions == ()
    (told,) = made.warnings
    assert "created 10.0.9.0 on DHCP01, where it is out of service, and options, exclusions or reservations may" in told


def test_a_task_without_the_definition_leaves_it_out() -> None:
    with pytest.raises(Refused, match=r"^scopes: 10\.0\.9\.0 was being created on DHCP01 by an earlier run \(someone@"):
        plan([Spec("HQ", scopes=(NINE,), create_only=True)], begun())


def test_what_options_need_is_asked_only_where_every_server_may_lack_it() -> None:
    start = begun(ScopeDetails(delay=5))
    unknown = start.having(replace(start.here, level=None))
    assert in_words(plan_of(unknown, spec()))[0] == COMPLETE
    more = spec(options=[{"id": 42, "value": ["10.0.0.1"]}])
    assert asked_of(unknown, more).own.level
    with pytest.raises(Refused, match=r"10\.0\.9\.0: options: 42: DHCP01 has no definition of option 42; add it"):
        plan([more], start)


def test_a_definition_that_is_of_another_type_at_the_partner_is_refused() -> None:
    start = begun(ScopeDetails(delay=5))
    levels = [ServerLevel((10, 0), {}, {("42", ""): kind}) for kind in ("IPv4Address (MultiValued)", "IPv4Address")]
    here, there = (replace(view, level=level) for view, level in zip(start.views.values(), levels, strict=True))
    more = spec(options=[{"id": 42, "value": ["10.0.0.1"]}])
    with pytest.raises(Refused, match=r"lacks what the scopes use.*option 42 as IPv4Address \(MultiValued\) \(it has"):
        plan([more], start.having(here, there))
    assert in_words(plan_of(start.having(here, replace(there, level=here.level)), more))[1:] == [*JOINS, *SERVES]
