# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a plan tells of itself: the copies that go and what they have alone, how many members it is about, before and
after."""

from __future__ import annotations

from dataclasses import replace

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs, task_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DeclaredSettings
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from worlds import KEEP_HERE, ONE, OWN, PARTNER, THREE, TWO, content_of, lease, pair, partner, plan_of, world

HQ = {"HQ": ["10.0.1.0", "10.0.2.0"]}
LEAVING = Spec("HQ", leaving=(ONE,), policy=KEEP_HERE)


@pytest.mark.parametrize(
    ("spec", "removals"),
    [
        (LEAVING, [("10.0.1.0", "DHCP02", "DHCP01", "delete")]),
        (
            replace(LEAVING, policy=replace(KEEP_HERE, other_copy="disable")),
            [("10.0.1.0", "DHCP02", "DHCP01", "disable")],
        ),
        (replace(LEAVING, policy=Policy("partner", "delete")), [("10.0.1.0", "DHCP01", "DHCP02", "delete")]),
        (
            Spec(
                "Berlin",
                DeclaredSettings("Berlin", PARTNER, scopes=(ONE, TWO)),
                (ONE, TWO),
                policy=replace(KEEP_HERE, recreate=True, previous_name="HQ"),
            ),
            [("10.0.1.0", "DHCP02", "DHCP01", "replace"), ("10.0.2.0", "DHCP02", "DHCP01", "replace")],
        ),
        (Spec("HQ", DeclaredSettings("HQ", load_balance_percent=70)), []),
    ],
    ids=["delete", "disable", "the partner keeps", "re-created", "no removal"],
)
def test_each_copy_that_goes_is_told_with_what_becomes_of_it(spec: Spec, removals: list[tuple[str, ...]]) -> None:
    public = [removal.public() for removal in plan_of(pair(HQ, OWN), spec).removals]
    fields = ("scope_id", "server", "kept_on", "other_copy")
    assert [tuple(removal[field] for field in fields) for removal in public] == removals


def test_what_the_copy_that_goes_has_alone_is_told_and_counted_as_lost() -> None:
    there = content_of(ONE, {"": {"name": "Clients"}, "reservation 10.0.1.9": {"client_id": "bb"}}, _50=lease())
    here = content_of(ONE, {"": {"name": "Clients, new"}})
    (removal,) = plan_of(pair(HQ, OWN, exported_here=here, exported_there=there), LEAVING).removals
    assert list(removal.differences) == [
        "name: Clients on DHCP02, Clients, new on DHCP01",
        "reservation 10.0.1.9: present on DHCP02, none on DHCP01",
        "lease 10.0.1.50 of aa: on DHCP02 only",
    ]
    assert list(removal.loses) == list(removal.differences)


ABSENT = Spec("HQ", absent=True, policy=KEEP_HERE)
EXACT = Spec("HQ", DeclaredSettings("HQ", scopes=(ONE,)), (ONE,), exact=True, policy=KEEP_HERE)
ANEW = DeclaredSettings("Berlin", PARTNER, scopes=(ONE, TWO))


@pytest.mark.parametrize(
    ("spec", "going"),
    [
        (LEAVING, 0),
        (replace(LEAVING, one_by_one=False), 1),
        (ABSENT, 0),
        (replace(ABSENT, one_by_one=False), 2),
        (EXACT, 1),
        (replace(EXACT, policy=replace(KEEP_HERE, other_copy="disable")), 1),
        (Spec("HQ", scopes=(ONE, TWO, THREE)), 0),
        (Spec("Berlin", ANEW, (ONE, TWO), policy=replace(KEEP_HERE, recreate=True, previous_name="HQ")), 0),
        (Spec("Berlin", ANEW, (ONE,), policy=replace(KEEP_HERE, move=True)), 0),
    ],
    ids=[
        "leaving, one by one",
        "leaving, with a percentage",
        "absent, by name",
        "absent, purged",
        "exact",
        "exact, and the copy stays",
        "joining",
        "made anew",
        "moved, the partner being the same",
    ],
)
def test_what_goes_without_being_named_is_counted(spec: Spec, going: int) -> None:
    *counts, together = plan_of(pair(HQ, OWN), spec).counts
    hq = [(count.all, count.going) for count in counts if count.what == "the 2 members of 'HQ'"]
    assert hq == [(2, going)] or (hq, going) == ([], 0), "what is not declared and loses nothing is no matter"
    assert together.going == going


def test_the_server_with_more_members_is_the_one_that_counts() -> None:
    for here, there in (([ONE], [ONE, TWO, THREE]), ([ONE, TWO, THREE], [ONE])):
        mine = builders.server([builders.relationship("HQ", list(map(str, here)))])
        start = world(mine, partner({"HQ": list(map(str, there))}, copies=["10.0.1.0", "10.0.2.0", "10.0.3.0"]), OWN)
        hq, _together = plan_of(start, EXACT).counts
        assert (hq.all, hq.going) == (3, 2)


def test_of_all_together_only_those_are_counted_that_lose_members() -> None:
    start = pair({"HQ": ["10.0.1.0"], "Lab": ["10.0.2.0"], "Branch": ["10.0.3.0"]}, OWN)
    moved = Spec("Branch", scopes=(ONE, TWO, THREE), policy=replace(KEEP_HERE, move=True))
    purged = [replace(ABSENT, name=name, one_by_one=False) for name in ("HQ", "Lab")]
    together = plan_of(start, Spec("Branch", scopes=(THREE,)), *purged).counts[-1]
    assert (together.all, together.going) == (2, 2), "one that loses nothing makes the share no smaller"
    assert plan_of(start, moved).counts[-1].going == 0, "with the same partner they come back"


def test_members_of_the_partner_alone_that_nothing_is_done_to_do_not_go() -> None:
    mine = builders.server([builders.relationship("HQ", ["10.0.1.0"])])
    start = world(mine, partner({"HQ": ["10.0.1.0", "10.0.2.0"]}), OWN)
    hq, _together = plan_of(start, Spec("HQ", DeclaredSettings("HQ", load_balance_percent=70))).counts
    assert (hq.all, hq.going) == (2, 0)


def test_before_and_after_of_one_relationship() -> None:
    settings = task_options.parse("HQ", {"load_balance_percent": 70, "scopes": ["10.0.3.0"]})
    before, after = plan_of(pair(HQ), Spec("HQ", settings, settings.scopes)).shown
    assert {field: (before[field], after[field]) for field in before if before[field] != after[field]} == {
        "load_balance_percent": (50, 70),
        "scopes": (["10.0.1.0", "10.0.2.0"], ["10.0.1.0", "10.0.2.0", "10.0.3.0"]),
    }


def test_before_and_after_of_several_by_name() -> None:
    before, after = plan_of(pair(HQ), Spec("HQ"), Spec("Lab", DeclaredSettings("Lab", PARTNER))).shown
    assert (before["HQ"], before["Lab"]) == (after["HQ"], {})
    assert after["Lab"]["state"] == "Empty", "Windows holds none that never had a scope"


def test_what_is_absent_on_this_server_is_shown_as_the_partner_has_it() -> None:
    start = world(builders.server(), partner({"HQ": ["10.0.1.0"]}), OWN)
    plan = plan_of(start, Spec("HQ", absent=True, policy=KEEP_HERE))
    assert (plan.shown[0]["partner_server"], plan.shown[0]["scopes"], plan.shown[1]) == ("DHCP02", ["10.0.1.0"], {})


def test_a_secret_is_shown_as_sent_and_never_itself() -> None:
    settings = task_options.parse("HQ", {"update_secret": "always", "shared_secret": "Kx7-secret"})
    plan = plan_of(pair(HQ), Spec("HQ", settings))
    assert plan.shown[1]["shared_secret"] == "sent anew"
    assert "Kx7-secret" not in repr((plan.shown, plan.actions))


def test_scopes_that_come_into_being() -> None:
    define = scope_specs.parse([builders.definition("10.0.9.0"), builders.definition("10.0.1.0")])
    assert [str(new.scope_id) for new in plan_of(pair(HQ), Spec("HQ", define=define)).creates] == ["10.0.9.0"]
