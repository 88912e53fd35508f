# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Preconditions of a plan, each with the option that overrides it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import task_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DeclaredSettings
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import scope_ids
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import ClockOffset
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import guards
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import Content as Read
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.compact_content import Content
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_elements import Export
from worlds import KEEP_HERE, ONE, OWN, READ_AT, alone, content_of, lease, pair, partner, plan_of, world


def plan_in(state: str, **options: Any) -> Plan:
    """A change of HQ, which is in this state here."""
    settings = task_options.parse("HQ", options or {"load_balance_percent": 60})
    return alone(builders.server([builders.relationship(state=state)]), Spec("HQ", settings))


STRICT = guards.Limits()


@pytest.mark.parametrize(
    "state", ["Normal", "Init", "Startup", "Recover", "RecoverWait", "RecoverDone", "ConflictDone"]
)
def test_states_that_are_good_or_pass(state: str) -> None:
    guards.check(plan_in(state), STRICT)


@pytest.mark.parametrize(
    "state", ["CommunicationInterrupted", "PartnerDown", "PotentialConflict", "ResolutionInterrupted"]
)
def test_states_that_are_refused_unless_allowed(state: str) -> None:
    told = rf"is in state {state}: .*allow_state: \[{state}\] \(failover_allow_state .*\) overrides"
    with pytest.raises(Refused, match=told):
        guards.check(plan_in(state), STRICT)
    guards.check(plan_in(state), guards.Limits(allow_state=(state,)))


def test_a_change_of_the_secret_interrupts_for_a_while() -> None:
    with pytest.raises(Refused, match="after a change of the secret it passes by itself within a minute or two"):
        guards.check(plan_in("CommunicationInterrupted"), STRICT)


@pytest.mark.parametrize("state", ["NoState", "Resting", ""])
def test_an_unknown_word_is_an_error_whatever_is_allowed(state: str) -> None:
    with pytest.raises(Refused, match="which is not known"):
        guards.check(plan_in(state), guards.Limits(allow_state=("CommunicationInterrupted",)))


def test_nothing_to_do_is_never_refused() -> None:
    guards.check(plan_in("PartnerDown", load_balance_percent=50), STRICT)


LEAVING = Spec("HQ", leaving=(ONE,), policy=KEEP_HERE)


def lossy() -> Plan:
    """A removal whose other copy has a reservation and a client that the kept one does not know."""
    there = content_of(ONE, {"reservation 10.0.1.9": {"client_id": "bb"}}, _50=lease())
    start = pair({"HQ": ["10.0.1.0"]}, exported_here=content_of(ONE, {}), exported_there=there)
    return plan_of(start, LEAVING)


def test_what_would_be_lost_is_told_unless_it_may_be() -> None:
    with pytest.raises(Refused) as refused:
        guards.check(lossy(), guards.Limits())
    assert str(refused.value) == (
        "the copies that would go differ from those kept on DHCP01: 10.0.1.0 reservation 10.0.1.9: present on DHCP02, "
        "none on DHCP01; 10.0.1.0 lease 10.0.1.50 of aa: on DHCP02 only. Keep the scopes on the server that is right, "
        "or replicate from it first, where both have them in failover (dhcp_failover_replicate; leases travel by "
        "themselves, while both servers are "
        "Normal); allow_content_loss: true (failover_allow_content_loss of the role and the playbooks) overrides."
    )
    guards.check(lossy(), guards.Limits(allow_content_loss=True))


@pytest.mark.parametrize(
    ("members", "leaving", "percent", "refused"),
    [
        (2, 1, 30, False),
        (3, 1, 30, True),
        (4, 1, 30, False),
        (9, 8, 30, True),
        (10, 3, 30, False),
        (10, 4, 30, True),
        (10, 4, 40, False),
        (10, 1, 5, True),
    ],
    ids=["two members", "one of three", "of four", "nearly all", "a share", "more", "as told", "less than one"],
)
def test_of_three_members_a_third_is_too_many_at_once(members: int, leaving: int, percent: int, refused: bool) -> None:
    scopes = [f"10.1.{number}.0" for number in range(members)]
    read = Export({}, {}, {scope: Content() for scope in scope_ids(scopes)}, {})
    here = builders.server([builders.relationship("HQ", scopes)], list(scopes))
    start = world(here, partner({"HQ": scopes}))
    views = {
        source: replace(view, contents=(Read(frozenset(read.scopes), read, READ_AT),))
        for source, view in start.views.items()
    }
    stay = scope_ids(scopes[leaving:])
    start = replace(start, views=views)
    plan = plan_of(start, Spec("HQ", DeclaredSettings("HQ"), stay, exact=True, policy=KEEP_HERE))
    named = plan_of(start, replace(LEAVING, leaving=scope_ids(scopes[:leaving])))
    limits = guards.Limits(max_removals_percent=percent)
    guards.check(named, limits)
    if not refused:
        guards.check(plan, limits)
        return
    with pytest.raises(Refused) as too_many:
        guards.check(plan, limits)
    assert str(too_many.value) == (
        f"{leaving} of the {members} members of 'HQ' would be removed or lose a copy for good, and {percent} % is the "
        f"most at once; look at the list, or say max_removals_percent: {-(-100 * leaving // members)} "
        "(failover_max_removals_percent of the role and the playbooks)."
    )
    guards.check(plan, guards.Limits(max_removals_percent=-(-100 * leaving // members)))


def test_many_small_relationships_are_counted_together() -> None:
    relationships = {f"R{number}": [f"10.0.{number}.0"] for number in (1, 2, 3)}
    gone = [Spec(name, absent=True, policy=KEEP_HERE, one_by_one=False) for name in relationships]
    with pytest.raises(Refused, match=r"^3 of the 3 members of these relationships would be removed"):
        guards.check(plan_of(pair(relationships, OWN), *gone), STRICT)
    guards.check(plan_of(pair(relationships, OWN), *(replace(spec, one_by_one=True) for spec in gone)), STRICT)


@pytest.mark.parametrize(
    ("least", "most", "refused"),
    [(0, 0, False), (30, 60, False), (61, 90, True), (-90, -61, True), (-90, 90, False)],
    ids=["equal", "within a minute", "ahead", "behind", "nobody knows"],
)
def test_clocks_that_certainly_differ(least: int, most: int, refused: bool) -> None:
    ahead = ClockOffset(timedelta(seconds=least), timedelta(seconds=most))
    there = replace(partner({"HQ": []}), clock=ahead)
    settings = task_options.parse("HQ", {"load_balance_percent": 60})
    plan = plan_of(world(builders.server([builders.relationship()]), there, OWN), Spec("HQ", settings))
    guards.check(plan, guards.Limits(allow_clock_skew=True))
    if not refused:
        guards.check(plan, STRICT)
        return
    with pytest.raises(
        Refused, match=r"^the clocks of DHCP01 and DHCP02 differ by 61 s or more, .* allow_clock_skew: true"
    ):
        guards.check(plan, STRICT)


@pytest.mark.parametrize(
    ("theirs", "differs"),
    [
        ({}, []),
        ({"load_balance_percent": 50, "state": "RecoverWait"}, []),
        ({"load_balance_percent": 30}, ["load_balance_percent 50 (it shows 30)"]),
        ({"max_client_lead_time": 60}, ["max_client_lead_time 3600 (it shows 60)"]),
        ({"name": "Lab"}, ["the relationship"]),
    ],
    ids=["equal", "what is each server's own", "a share that does not fit", "a setting", "nothing"],
)
def test_what_the_partner_does_not_show(theirs: dict[str, Any], differs: list[str]) -> None:
    there = partner({"HQ": []})
    there = replace(there, relationships=(replace(there.relationships[0], **theirs),))
    assert list(guards.differs_at_partner(builders.relationship(), there).values()) == differs
