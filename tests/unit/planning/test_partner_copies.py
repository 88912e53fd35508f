# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scopes that come, and that the partner has already: each refusal names what leads on. Servers are written as
`worlds.side` tells; that the advice leads on: tests/unit/modules/test_advice.py, test_broken_additions.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from worlds import HOP, ONE, OWN, PARTNER, in_words, plan_of, servers, side, world

REPLACE, ASKS = Policy(replace_partner_copy=True, keep_days=None), Policy(keep_days=None)
DEFINED = scope_specs.parse([builders.definition("10.0.1.0")])
OPTION = "replace_partner_copy: inactive_only (failover_replace_partner_copy of the role and the playbooks)"


def refusal(start: World, policy: Policy, define: Any = ()) -> str:
    with pytest.raises(Refused) as refused:
        plan_of(start, Spec("HQ", scopes=(ONE,), define=define, create_only=True, option="relationship", policy=policy))
    return str(refused.value)


@pytest.mark.parametrize("policy", [ASKS, REPLACE], ids=["nothing said", "it may be replaced"])
@pytest.mark.parametrize(
    ("there", "message"),
    [
        (
            "1-",
            "create_scopes: 10.0.1.0 is to be created, and DHCP02 has a copy of it, out of service, which an empty "
            "scope would replace. Where a task that creates it was broken off on that server, run it there again; else "
            "remove the copy there first (Remove-DhcpServerv4Scope), or activate it there and bring it into failover "
            "from there.",
        ),
        (
            "1+",
            "create_scopes: 10.0.1.0 is to be created, and exists on DHCP02, in service: run the task on that server, "
            "with this one as partner_server, and it is copied here; or, where that is another one, compare both, and "
            "remove or renumber one of them.",
        ),
    ],
)
def test_an_empty_scope_replaces_none(there: str, message: str, policy: Policy) -> None:
    """So no option is named that would be refused, too."""
    assert refusal(servers("", there), policy, DEFINED) == message


def test_of_two_that_nobody_serves_a_person_says_which_is_right() -> None:
    assert refusal(servers("1-", "1-"), ASKS) == (
        "scopes: 10.0.1.0 exists on DHCP02 already (equal to the one here); neither of the two is in service: compare "
        "them, and remove the one that is wrong (Remove-DhcpServerv4Scope); or activate the one on DHCP01, and "
        f"{OPTION} replaces it, after a safety copy."
    )
    assert refusal(servers("1-", "1-"), REPLACE) == (
        "10.0.1.0 is in service on no server, and DHCP01 and DHCP02 both have a copy (both are outside of failover): "
        "compare them, activate the one that is right (on DHCP01, where it is to be kept), and run again."
    )


def test_a_removal_does_not_say_that_a_member_is_outside_of_failover() -> None:
    leaves = Spec("HQ", leaving=(ONE,), policy=Policy("this_server", "delete"))
    with pytest.raises(Refused, match=r"both have a copy \(the one on DHCP02 is in 'HQ'\): compare them"):
        plan_of(servers("1-", "1-HQ"), leaves)


# --- created on both servers -----------------------------------------------------------------------------------------

MADE = Note("HQ", PARTNER, (ONE,), made=(ONE,), run="dead", coming=(ONE,))


def created(there: str = "DHCP02") -> World:
    """On both servers at once, so that neither got it into the relationship."""
    copy = builders.scope("10.0.1.0", active=False)
    other = replace(side("", "dhcp01.contoso.example"), name=there, addresses=("10.10.0.12",), scopes=(copy,))
    here = side("1-", PARTNER)
    shown = tuple(replace(half, secondary_server=there) for half in here.relationships)
    return replace(world(replace(here, relationships=shown), other, OWN), journal=(MADE,), run="mine")


def test_the_first_of_the_two_replaces_what_the_other_one_created() -> None:
    words = in_words(plan_of(created(), Spec("HQ", define=DEFINED, create_only=True, policy=ASKS)))
    assert words == [
        "delete the copy of 10.0.1.0 on DHCP02, with its leases (DNS records of its clients may go too)",
        f"add to relationship 'HQ', copying to {PARTNER}: 10.0.1.0",
        "activate 10.0.1.0 on DHCP01",
        "activate 10.0.1.0 on DHCP02",
    ]


@pytest.mark.parametrize("policy", [ASKS, REPLACE], ids=["nothing said", "it may be replaced"])
def test_the_other_one_waits_and_tells_what_leads_on(policy: Policy) -> None:
    """Of two that would each remove the other's copy only one may."""
    assert refusal(created("DHCP00"), policy, DEFINED) == (
        "create_scopes: 10.0.1.0 is new and out of service on DHCP01 and on DHCP00: two runs created it at once, or "
        "one that was broken off left it there. Where the task on DHCP00 creates it, too, run that again; else remove "
        "the one there (Remove-DhcpServerv4Scope), and run this one again."
    )


def test_what_is_not_this_servers_own_is_not_replaced() -> None:
    without_note = replace(created(), journal=())
    assert "neither of the two is in service" in refusal(without_note, ASKS, DEFINED)


# --- made by a run of the partner's ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("1-HQ", "1-HQ", ["activate 10.0.1.0 on DHCP01", "activate 10.0.1.0 on DHCP02"]),
        ("1-HQ", "1+HQ", ["activate 10.0.1.0 on DHCP01"]),
        ("1+HQ", "1+HQ", []),
    ],
)
def test_what_a_broken_run_of_the_partner_made_serves_once_both_have_it(
    here: str, there: str, expected: list[str]
) -> None:
    noted = replace(MADE, partner="dhcp01.contoso.example")
    start = replace(servers(here, there), partner_journal=(noted,), has_partner_host=True)
    spec = Spec("HQ", define=DEFINED, create_only=True, policy=ASKS)
    assert in_words(plan_of(start, spec)) == expected
    assert in_words(plan_of(replace(start, partner_journal=()), spec)) == []


def test_over_a_hop_its_notes_are_not_known() -> None:
    there = replace(side("1-HQ", "dhcp01.contoso.example"), name="DHCP02", addresses=("10.10.0.12",))
    start = world(side("1-HQ", PARTNER), there, HOP)
    assert in_words(plan_of(start, Spec("HQ", define=DEFINED, create_only=True, policy=ASKS))) == []
