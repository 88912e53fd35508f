# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which relationships a playbook over a pair is about, and which stay as they are."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import site, site_sets
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import scope_ids
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.site_sets import Existing
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.variables import (
    Declaring,
    Decommission,
    Migration,
    Removal,
)

HOSTS = ["dhcp01", "dhcp02", "dhcp03"]
HQ = Existing("HQ", "dhcp01", "dhcp02")
BRANCHES = Existing("Branches", "dhcp02", "dhcp01")
MUNICH = Existing("Munich", "dhcp01", "dhcp03")
LEAVING = Decommission("dhcp01", "dhcp02", orphan=False)
MOVE = Migration("dhcp01", "dhcp02", "dhcp03")


def declared(*names: str, partner: str = "dhcp03", primary: str = "dhcp01", absent: str = "") -> site.Share:
    data = [{"name": name, "primary": primary, "partner": partner, "mode": "load_balance"} for name in names]
    if absent:
        data.append({"name": absent, "primary": primary, "partner": partner, "state": "absent"})
    return site.share(site.entries(data, HOSTS), "dhcp01")


def answer(*relationships: Existing) -> dict[str, Any]:
    return {"config": {"failover_relationships": [vars(relationship) for relationship in relationships]}}


def test_what_both_servers_show_is_there_once() -> None:
    """In load balance each of the two may take itself for the primary."""
    seen_there = Existing("HQ", "dhcp02", "dhcp01")
    assert site_sets.existing([answer(HQ, MUNICH), answer(seen_there)]) == [HQ, MUNICH]
    same_name = Existing("HQ", "dhcp02", "dhcp03")
    assert site_sets.existing([answer(HQ), answer(same_name)]) == [HQ, same_name]


@pytest.mark.parametrize("wrong", [{}, {"config": None}, {"config": {"failover_relationships": [{"name": "HQ"}]}}])
def test_what_no_server_answered_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="existing: has no result of dhcp_failover_info"):
        site_sets.existing([wrong])


@pytest.mark.parametrize("how", ["failed", "unreachable"])
def test_a_server_that_cannot_be_read_is_named_with_what_can_be_done(how: str) -> None:
    dead = {"item": "dhcp02", how: True, "msg": "timed out."}
    with pytest.raises(Refused, match=r"^dhcp02 cannot be read: timed out\. If it is gone for good, set failover_orph"):
        site_sets.existing([answer(HQ), dead], "dhcp02")
    with pytest.raises(Refused, match=r"^dhcp02 cannot be read: timed out\.$"):
        site_sets.existing([answer(HQ), dead], "dhcp03")


def test_all_relationships_of_the_pair_end_and_the_others_stay() -> None:
    chosen = site_sets.to_remove([HQ, BRANCHES, MUNICH], LEAVING)
    assert (chosen.names, chosen.staying) == (["HQ", "Branches"], [MUNICH])
    assert chosen.staying_as_data() == [{"name": "Munich", "primary": "dhcp01", "partner": "dhcp03"}]


def test_only_those_end_that_are_named() -> None:
    """One that is named and gone already is no mistake: the run before ended it."""
    named = Decommission("dhcp01", "dhcp02", orphan=False, named=["HQ", "Ended before", "HQ"])
    chosen = site_sets.to_remove([HQ, BRANCHES, MUNICH], named)
    assert (chosen.names, chosen.staying) == (["HQ", "Ended before"], [BRANCHES, MUNICH])
    assert chosen.missing == ("Ended before",), "which is told, since it may be a mistake all the same"
    assert site_sets.doubts(chosen, named) == [
        "'Ended before' is no relationship of dhcp01 and dhcp02: it has ended before, or its name is another one; "
        "there is Branches"
    ]
    nothing = Decommission("dhcp01", "dhcp02", orphan=False, named=[])
    assert site_sets.to_remove([HQ, MUNICH], nothing) == site_sets.Chosen([], [HQ, MUNICH], partners=["dhcp02"])


def test_a_pair_that_has_nothing_in_common_is_told_whom_it_has() -> None:
    """A run that is repeated finds nothing more, and so does one with the wrong server."""
    chosen = site_sets.to_remove([MUNICH], LEAVING)
    assert site_sets.doubts(chosen, LEAVING) == [
        "dhcp01 and dhcp02 have no relationship with each other: it has ended before, or another server is meant; "
        "there are some with dhcp03"
    ]
    assert site_sets.doubts(site_sets.to_remove([], LEAVING), LEAVING) == [], "there is nothing to take for another"
    assert site_sets.doubts(site_sets.to_remove([HQ, MUNICH], LEAVING), LEAVING) == []


def test_no_relationship_with_another_server_ends() -> None:
    named = Decommission("dhcp01", "dhcp02", orphan=False, named=["HQ", "Munich"])
    with pytest.raises(Refused) as refused:
        site_sets.to_remove([HQ, MUNICH], named)
    assert str(refused.value).splitlines()[1:] == [
        "- failover_relationships_to_end: has 'Munich', which is of dhcp01 and dhcp03; it should have relationships of "
        "dhcp01 and dhcp02 only."
    ]


def test_a_name_that_two_pairs_have_does_not_end_both() -> None:
    """A half on the leaving server alone, and a whole relationship of this name with a third server."""
    with pytest.raises(Refused, match="_to_end: is not set, and 'HQ' of dhcp01 and dhcp03 would end"):
        site_sets.to_remove([Existing("HQ", "dhcp01", "dhcp03"), Existing("HQ", "dhcp02", "dhcp01")], LEAVING)


def test_what_the_data_has_with_the_new_partner_migrates() -> None:
    chosen = site_sets.to_migrate([HQ, BRANCHES], declared("HQ"), MOVE)
    assert (chosen.names, chosen.staying) == (["HQ"], [BRANCHES])


def test_what_has_migrated_in_part_is_taken_again() -> None:
    """So that a run that broke off is finished by the next; what has nothing to do with it is left alone."""
    migrated = Existing("HQ", "dhcp01", "dhcp03")
    there, data = [migrated, MUNICH, BRANCHES], declared("HQ", "Munich")
    broken = {**answer(*there), "verdicts": [{"id": "broken_run", "relationship": "HQ"}, {"id": "drift"}]}
    assert site_sets.unfinished([broken, answer()]) == {"HQ"}
    assert site_sets.to_migrate(there, data, MOVE, {"HQ"}).names == ["HQ"]
    assert site_sets.to_migrate(there, declared("Branches", "Munich"), MOVE).names == ["Branches"]
    done = site_sets.to_migrate(there, data, MOVE)
    assert (done.names, done.staying) == ([], there)
    assert site_sets.to_migrate([], declared("HQ"), MOVE).names == ["HQ"], "taken apart and not yet created"
    assert site_sets.to_migrate([], declared("HQ", absent="Old"), MOVE).names == ["HQ"], "what ends comes nowhere"


def test_what_migrates_nothing_says_what_is_still_there() -> None:
    assert site_sets.still_there([HQ, BRANCHES, MUNICH], MOVE) == (
        "'HQ', 'Branches' of dhcp01 and dhcp02 is not with dhcp03 in failover_relationships; write partner: dhcp03 "
        "there for what is to go to it"
    )
    assert site_sets.still_there([MUNICH], MOVE) == "dhcp01 and dhcp02 have no relationship with each other any more"


def test_a_relationship_with_a_fourth_server_does_not_migrate() -> None:
    elsewhere = Existing("HQ", "dhcp01", "dhcp04")
    chosen = site_sets.to_migrate([elsewhere, BRANCHES], declared("HQ", "Branches"), MOVE)
    assert (chosen.names, chosen.staying) == (["Branches"], [elsewhere])


@pytest.mark.parametrize("data", [declared("HQ", partner="dhcp02"), declared("HQ", primary="dhcp03", partner="dhcp01")])
def test_data_without_the_new_partner_is_refused(data: site.Share) -> None:
    with pytest.raises(Refused, match="has no relationship of dhcp01 that is to go from dhcp02 to dhcp03"):
        site_sets.to_migrate([HQ], data, MOVE)


def test_some_scopes_of_the_relationships_that_have_them() -> None:
    data = [
        {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02", "scopes": ["10.0.1.0", "10.0.2.0"]},
        {"name": "Branches", "primary": "dhcp01", "partner": "dhcp02", "scopes": ["10.0.3.0"]},
    ]
    written = site_sets.with_scopes(site.share(site.entries(data, HOSTS), "dhcp01"), [IPv4Address("10.0.2.0")])
    assert [(options["name"], options["scopes"]) for options in written] == [("HQ", ["10.0.2.0"])]


SHOWN = {
    "relationships": [
        {"name": "HQ", "scopes": ["10.0.1.0", "10.0.2.0"]},
        {"name": "Branches", "scopes": ["10.0.3.0"]},
    ],
    "unprotected_scopes": [{"scope_id": "10.0.9.0"}],
}


def test_scopes_leave_the_relationships_that_have_them() -> None:
    asked = Removal("dhcp01", (), scope_ids(["10.0.1.0", "10.0.3.0", "10.0.9.0"]))
    leaving = site_sets.to_take_out(SHOWN, asked)
    assert leaving.members == [site_sets.Members("HQ", ["10.0.1.0"]), site_sets.Members("Branches", ["10.0.3.0"])]
    assert leaving.missing == ["10.0.9.0"]
    assert leaving.doubts == ["'10.0.9.0' is in no relationship of dhcp01: it has left before, or another one is meant"]


def test_scopes_of_a_relationship_that_ends_leave_with_it() -> None:
    leaving = site_sets.to_take_out(SHOWN, Removal("dhcp01", ("HQ",), scope_ids(["10.0.1.0"])))
    assert leaving == site_sets.TakenOut([], [], [], ["HQ"])


def test_what_the_data_has_to_say_from_then_on() -> None:
    leaving = site_sets.to_take_out(SHOWN, Removal("dhcp01", ("HQ",), scope_ids(["10.0.3.0"])))
    assert leaving.in_the_data == (
        "in failover_relationships take 10.0.3.0 out of the scopes of 'Branches'; give 'HQ' state: absent; or "
        "windhcp.failover.site wants it back"
    )


def test_what_is_no_scope_of_the_keeper_is_refused() -> None:
    with pytest.raises(Refused, match=r"failover_scopes_to_remove: has 10\.0\.8\.0, which is no scope of dhcp01"):
        site_sets.to_take_out(SHOWN, Removal("dhcp01", (), scope_ids(["10.0.1.0", "10.0.8.0", "10.0.9.0"])))


def test_a_relationship_that_is_not_there_is_told_with_those_that_are() -> None:
    leaving = site_sets.to_take_out(SHOWN, Removal("dhcp01", ("HQX",), ()))
    assert leaving.missing == ["HQX"]
    assert leaving.doubts == [
        "'HQX' is no relationship of dhcp01: it has ended before, or its name is another one; there is HQ, Branches"
    ]


def test_a_keeper_that_was_not_read_is_refused() -> None:
    with pytest.raises(Refused, match="cannot be read: no"):
        site_sets.to_take_out({"failed": True, "msg": "no"}, Removal("dhcp01", ("HQ",), ()))


def test_the_relationships_of_a_server_that_is_down() -> None:
    there = [site_sets.Existing("HQ", "dhcp01", "dhcp02"), site_sets.Existing("Munich", "dhcp03", "dhcp01")]
    chosen = site_sets.to_declare(there, Declaring("dhcp01", "dhcp02.contoso.example"))
    assert (chosen.names, [other.name for other in chosen.staying]) == (["HQ"], ["Munich"])
    with pytest.raises(Refused, match=r"has no relationship with dhcp09; it has some with dhcp02, dhcp03\."):
        site_sets.to_declare(there, Declaring("dhcp01", "dhcp09"))
    with pytest.raises(Refused, match=r"and none at all\."):
        site_sets.to_declare([], Declaring("dhcp01", "dhcp09"))


def test_a_partner_is_the_host_of_the_inventory_however_it_is_spelled() -> None:
    for spelled in ("dhcp02", "DHCP02", "dhcp02.contoso.example"):
        chosen = site_sets.to_declare([HQ, MUNICH], Declaring("dhcp01", spelled))
        assert chosen.partner_host(spelled, HOSTS) == "dhcp02"
        gone = site_sets.to_remove([HQ, MUNICH], Decommission("dhcp01", spelled, orphan=True))
        assert gone.partner_host(spelled, HOSTS) == "dhcp02"
    assert chosen.partner_host("dhcp02", ["dhcp01"]) is None, "which knows it no more"


def test_one_of_two_hosts_that_are_alike_is_named_in_full() -> None:
    there = [Existing(domain, "dhcp01", f"dhcp02.{domain}.example") for domain in ("a", "b")]
    hosts = [one.partner for one in there]
    chosen = site_sets.to_declare(there, Declaring("dhcp01", "dhcp02"))
    with pytest.raises(Refused, match=r"'dhcp02' can be dhcp02\.a\.example or dhcp02\.b\.example; write the name"):
        chosen.partner_host("dhcp02", hosts)
    assert chosen.partner_host("dhcp02.b.example", hosts) == "dhcp02.b.example"
