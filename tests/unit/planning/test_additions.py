# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an addition that was broken off left on a partner alone is taken back, as this server's own note tells; servers
are written as `worlds.side` tells. What whole tasks do with it: tests/unit/modules/test_broken_additions.py."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import broken_runs
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.additions import take_back
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.draft import Draft
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan_proof import finished, in_common, serving
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from worlds import KEEP_HERE, ONE, OWN, PARTNER, TWO, in_words, partner, plan_of, servers, side, world

ADDED = Note("HQ", PARTNER, (ONE,), run="dead", who="tester@controller", coming=(ONE,))
JOINS = Spec("HQ", scopes=(ONE,), policy=Policy(keep_days=None))
OFF, OUT, GONE = (
    "deactivate 10.0.1.0 on DHCP02",
    "take out of relationship 'HQ' on DHCP02 alone: 10.0.1.0",
    "delete the copy of 10.0.1.0 on DHCP02, with its leases (DNS records of its clients may go too)",
)


def taken_back(start: World, spec: Spec = JOINS, note: Note = ADDED) -> Draft:
    d = Draft(replace(start, journal=(note,), run="mine"))
    take_back(spec, d)
    return d


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("1+", "1+HQ", [OFF, OUT, GONE]),
        ("1+", "1-HQ", [OUT, GONE]),
        ("1-", "1-HQ", [OUT, GONE]),
        ("1+", "1-", [GONE]),
        ("1-", "1-", []),
        ("1+HQ", "1+HQ", []),
        ("1+HQ", "", []),
        ("1+", "1+", []),
        ("", "1+HQ", []),
    ],
    ids=[
        "the partner alone has it",
        "claimed",
        "nobody serves it",
        "left by a run that took it back",
        "two that nobody serves: a run there may have made the other one",
        "in common",
        "this server alone has it",
        "a copy that another one put there",
        "this server does not have it any more",
    ],
)
def test_what_the_partner_alone_has_goes(here: str, there: str, expected: list[str]) -> None:
    assert in_words(finished(taken_back(servers(here, there)))) == expected


@pytest.mark.parametrize(
    ("spec", "note"),
    [
        (JOINS, replace(ADDED, coming=())),
        (Spec("Lab", scopes=(TWO,)), ADDED),
    ],
    ids=["it was no addition", "another matter"],
)
def test_nothing_else_does(spec: Spec, note: Note) -> None:
    assert taken_back(servers("1+", "1+HQ"), spec, note).actions == []


def test_where_the_partner_alone_serves_a_person_says_which_copy_is_right() -> None:
    with pytest.raises(Refused, match=r"^an earlier run \(tester@controller\) was broken off while it copied 10\.0\.1"):
        taken_back(servers("1-", "1+HQ"))


def test_whatever_the_task_is_refused_for_a_person_is_told() -> None:
    start = replace(servers("1+", "1+HQ"), journal=(ADDED,), run="mine")
    with pytest.raises(Refused) as refused:
        plan_of(start, replace(JOINS, scopes=(ONE, TWO)))
    assert str(refused.value) == (
        "scopes: 10.0.2.0 is no scope of DHCP01; create it there first, or correct the id. And 10.0.1.0 is in 'HQ' on "
        "DHCP02 alone, since an earlier run was broken off, and DHCP01 and DHCP02 both serve it: the next task about "
        "it that is not refused takes it out there, or state: absent for 'HQ', with keep_scopes_on: this_server and "
        "other_copy: delete."
    )


def alone_there(here: str = "1+") -> World:
    """The partner alone has the relationship."""
    start = servers(here, "1+HQ")
    return start.having(start.here.without_half("HQ"))


def test_a_half_that_the_partner_alone_has_goes_too() -> None:
    end = "remove the relationship 'HQ' on DHCP02 alone"
    assert in_words(finished(taken_back(alone_there()))) == [OFF, OUT, GONE, end]
    empty = servers("1+", "")
    assert in_words(finished(taken_back(empty.having(empty.here.without_half("HQ"))))) == [end]


@pytest.mark.parametrize("keeps", ["this_server", "partner"])
def test_a_removal_says_itself_who_keeps_it(keeps: str) -> None:
    absent = Spec("HQ", absent=True, policy=replace(KEEP_HERE, keep_scopes_on=keeps, keep_days=None))  # type: ignore[arg-type]
    end = finished(taken_back(alone_there(), absent)).end
    has = [ONE in view.copies for view in end.views.values()]
    assert has == [keeps == "this_server", keeps == "partner"]
    assert [view.half("HQ") for view in end.views.values()] == [None, None]
    with pytest.raises(Refused, match=r"^keep_scopes_on and other_copy: needed, since 10\.0\.1\.0 would leave 'HQ'"):
        taken_back(alone_there(), Spec("HQ", absent=True))


def beside_another() -> World:
    """HQ is with DHCP02, which was not asked, and DHCP03 alone has one of this name with this server."""
    there = replace(partner({"HQ": ["10.0.1.0"]}), name="DHCP03", addresses=("10.10.0.13",))
    start = world(side("1+HQ", PARTNER), there, OWN)
    return replace(start, known={"dhcp03.contoso.example": OWN})


def test_a_half_of_the_same_name_on_a_third_server_is_another_one() -> None:
    start = beside_another()
    here, third = start.here, start.views[OWN]
    assert not in_common(here, third, ONE, start)
    assert len(serving(start, ONE)) == 2
    assert (start.facing(third).half("HQ"), here.half("HQ") is not None) == (None, True)


def test_what_a_third_server_alone_got_goes_and_the_relationship_here_stays() -> None:
    """Even where the task says that the partner keeps it: that is the server that has it in common."""
    note = replace(ADDED, partner="dhcp03.contoso.example")
    keep_there = Policy("partner", "delete", keep_days=None)
    for spec in (JOINS, Spec("HQ", absent=True, policy=keep_there)):
        plan = finished(taken_back(beside_another(), spec, note))
        assert in_words(plan)[-1] == "remove the relationship 'HQ' on DHCP03 alone"
        assert (plan.end.here.half("HQ") is not None, plan.end.here.serves(ONE)) == (True, True)
        assert (plan.end.views[OWN].half("HQ"), plan.end.views[OWN].copies) == (None, {})


@pytest.mark.parametrize(
    ("here", "there", "left"),
    [("1+", "1+HQ", True), ("1+", "", False), ("1+HQ", "1+HQ", False), ("1+", "1-", False)],
)
def test_the_note_stays_while_the_partner_alone_has_it(here: str, there: str, *, left: bool) -> None:
    kept = broken_runs.left_of(ADDED, servers(here, there))
    assert kept == (replace(ADDED, until=None) if left else None)


def test_it_stays_while_the_partner_has_a_half_of_it_or_was_not_read() -> None:
    start = servers("1+", "")
    assert broken_runs.left_of(ADDED, start.having(start.here.without_half("HQ"))) == replace(ADDED, scopes=())
    assert broken_runs.left_of(ADDED, world(side("1+", PARTNER))) == ADDED
