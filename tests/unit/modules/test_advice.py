# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Wrong advice is worse than none: each text is followed to the letter, by tasks and by what an administrator does by
hand, and it has to lead where it says."""

from __future__ import annotations

import copy
from ipaddress import IPv4Address

import pytest
from advice import FROM_SECOND, HQ, INFO, REPLICATE, ROUTES, SECOND, THIRD, healthy, reserve, told
from lab.core.server import AddressRange
from nothing_lost.shown import state
from pairs import ONE, RELATIONSHIP, SCOPE, TWO, Pair, pair


def served_elsewhere(servers: Pair) -> None:
    """10.0.1.0 is in HQ here, and on DHCP02 in S, with DHCP03."""
    half = servers.server("DHCP02").relationships["HQ"]
    other = copy.deepcopy(half)
    other.name, other.peer, other.primary, other.partner_server = "S", "DHCP03", "DHCP03", THIRD
    mirrored = copy.deepcopy(other)
    mirrored.peer, mirrored.partner_server = "DHCP02", SECOND
    half.scopes = []
    servers.server("DHCP02").relationships["S"], servers.server("DHCP03").relationships["S"] = other, mirrored
    servers.server("DHCP03").scopes[ONE] = copy.deepcopy(servers.server("DHCP02").scopes[ONE])


def set_up_anew(servers: Pair, name: str) -> None:
    """A new installation takes the place of a server."""
    server = servers.server(name)
    server.relationships.clear()
    server.scopes.clear()
    servers.wire.files.pop(name, None)


# --- a server that was set up anew ---------------------------------------------------------------------------------


@ROUTES
def test_a_primary_that_was_set_up_anew_is_filled_from_its_partner(route: dict[str, str]) -> None:
    servers = pair(ONE)
    leases = dict(servers.server("DHCP02").scopes[ONE].leases)
    set_up_anew(servers, "DHCP01")
    words = "Do not create it here", "run the task on that server, with this one as partner_server and partner_host"
    told(servers, RELATIONSHIP, "no scope of DHCP01", *words, **HQ, **route)
    assert servers.ok(RELATIONSHIP, **FROM_SECOND)["changed"]
    healthy(servers, ONE)
    assert servers.server("DHCP02").scopes[ONE].leases == leases
    assert not servers.ok(RELATIONSHIP, **HQ, **route)["changed"]


@ROUTES
def test_a_scope_that_was_made_by_hand_on_such_a_server_is_no_way_into_a_circle(route: dict[str, str]) -> None:
    servers = pair(ONE)
    made = copy.deepcopy(servers.server("DHCP01").scopes[ONE])
    made.leases.clear()
    set_up_anew(servers, "DHCP01")
    servers.server("DHCP01").scopes[ONE] = made
    words = "a removal did not end, or this server was set up anew", "state: absent, keep_scopes_on, other_copy and p"
    told(servers, RELATIONSHIP, *words, "add it then on the server that kept it", **HQ, **route)
    leaves = {"keep_scopes_on": "partner", "other_copy": "delete", "partner_host": "dhcp02"}
    assert servers.ok(SCOPE, **servers.remove(ONE, **leaves))["changed"]
    assert (state(servers.lab, "DHCP01", ONE), state(servers.lab, "DHCP02", ONE)) == ("absent", "standalone")
    assert servers.ok(RELATIONSHIP, **FROM_SECOND)["changed"]
    healthy(servers, ONE)


def test_a_partner_that_was_set_up_anew_is_filled_once_all_is_declared() -> None:
    servers = pair(ONE)
    servers.ok(RELATIONSHIP, **{**HQ, "max_client_lead_time": "7200"})
    set_up_anew(servers, "DHCP02")
    own = {"partner_host": "dhcp02"}
    told(servers, RELATIONSHIP, "Add max_client_lead_time: 7200", **HQ, **own)
    assert servers.ok(RELATIONSHIP, **HQ, **own, max_client_lead_time="7200")["changed"]
    healthy(servers, ONE)


# --- what is in the way on the partner -----------------------------------------------------------------------------


@ROUTES
def test_a_split_scope_becomes_one_in_failover(route: dict[str, str]) -> None:
    servers = Pair()
    here, there = servers.server("DHCP01").scopes[ONE], copy.deepcopy(servers.server("DHCP01").scopes[ONE])
    servers.server("DHCP02").scopes[ONE] = there
    there.leases.clear()
    lower, upper = (
        AddressRange(IPv4Address(f"10.0.1.{a}"), IPv4Address(f"10.0.1.{b}")) for a, b in ((10, 79), (80, 99))
    )
    here.exclusions, there.exclusions = [upper], [lower]
    told(servers, RELATIONSHIP, "it is in service there", "deactivate the one there, and replace_", **HQ, **route)
    there.state = "InActive"
    here.exclusions.clear()
    assert servers.ok(RELATIONSHIP, **HQ, **route, replace_partner_copy="inactive_only")["safety_copies"]
    healthy(servers, ONE)
    assert servers.server("DHCP02").scopes[ONE].exclusions == []


@ROUTES
def test_a_scope_that_the_partner_serves_alone_comes_from_there(route: dict[str, str]) -> None:
    """After a restore, or a removal that kept the other copy."""
    servers = Pair()
    here, there = servers.server("DHCP01").scopes[ONE], servers.server("DHCP02").scopes
    there[ONE] = copy.deepcopy(here)
    leases, here.state = dict(here.leases), "InActive"
    words = "in service there, and the one on DHCP01 is not: run the task on", "with DHCP01 as partner_server"
    told(servers, RELATIONSHIP, *words, "where replace_partner_copy: inactive_only", **HQ, **route)
    assert servers.ok(RELATIONSHIP, **FROM_SECOND, replace_partner_copy="inactive_only")["safety_copies"]
    healthy(servers, ONE)
    assert there[ONE].leases == leases


def test_a_scope_that_the_partner_has_in_another_relationship_comes_once_it_left_that() -> None:
    servers = Pair()
    servers.server("DHCP02").scopes[ONE] = copy.deepcopy(servers.server("DHCP01").scopes[ONE])
    other = {"relationship": "S", "scopes": ["10.0.1.0"], "host": "dhcp02", "wait_timeout": 1}
    servers.ok(SCOPE, **other, create_relationship={"partner_server": THIRD})
    told(servers, RELATIONSHIP, "it is in 'S' there: take it out of that one first, or renumber", **HQ)
    servers.ok(SCOPE, **other, state="absent", keep_scopes_on="this_server", other_copy="delete")
    told(servers, RELATIONSHIP, "it is in service there", "deactivate the one there", **HQ)
    servers.server("DHCP02").scopes[ONE].state = "InActive"
    servers.ok(RELATIONSHIP, **HQ, replace_partner_copy="inactive_only")
    healthy(servers, ONE)


@ROUTES
def test_a_partner_that_may_not_serve_is_told_before_scopes_go_there(route: dict[str, str]) -> None:
    servers = Pair()
    servers.server("DHCP02").authorized = False
    (warning,) = servers.ok(RELATIONSHIP, check_mode=True, **HQ, **route)["warnings"]
    assert "is not authorised in Active Directory" in warning
    assert "Add-DhcpServerInDC" in warning
    assert servers.run(INFO, host="dhcp02", gather=["health"])["relationships"] == []
    servers.server("DHCP02").authorized = True
    assert "warnings" not in servers.reached(RELATIONSHIP, **HQ, **route)
    assert health_of(servers, "dhcp02") == (True, True)
    servers.server("DHCP02").authorized = False
    assert health_of(servers, "dhcp02") == (False, False)
    servers.server("DHCP02").domain_joined = False  # a workgroup asks nobody
    assert health_of(servers, "dhcp02") == (True, True)


def health_of(servers: Pair, host: str) -> tuple[bool, bool]:
    (shown,) = servers.run(INFO, host=host, gather=["drift", "health"])["relationships"]
    return shown["health"]["authorized"], shown["health"]["healthy"]


# --- replication ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "winner"), [("this_server", "DHCP01"), ("partner", "DHCP02")])
@ROUTES
def test_two_people_who_reserved_something_on_one_server_each(source: str, winner: str, route: dict[str, str]) -> None:
    servers = pair(ONE)
    reserve(servers, "DHCP01", "10.0.1.51")
    reserve(servers, "DHCP02", "10.0.1.52")
    lists = "10.0.1.0 reservation 10.0.1.51 (present)", "10.0.1.0 reservation 10.0.1.52 (present)"
    options = {"all": True, "source": source, "wait_timeout": 1, **route}
    told(servers, REPLICATE, "either direction removes something", *lists, "by hand what is to stay", **options)
    reserve(servers, winner, "10.0.1.52" if winner == "DHCP01" else "10.0.1.51")
    assert servers.ok(REPLICATE, **options)["changed"]
    for name in ("DHCP01", "DHCP02"):
        assert sorted(map(str, servers.server(name).scopes[ONE].reservations)) == ["10.0.1.51", "10.0.1.52"]


@pytest.mark.parametrize("source", ["this_server", "partner"])
@ROUTES
def test_a_scope_of_two_relationships_is_replicated_to_neither(source: str, route: dict[str, str]) -> None:
    servers = pair(ONE)
    served_elsewhere(servers)
    servers.server("DHCP01").scopes[ONE].name = "HQ's own"
    told(servers, REPLICATE, "is in 'HQ' on DHCP01, and in 'S' on", all=True, source=source, **route)
    leaves = {"keep_scopes_on": "partner", "other_copy": "delete", **route}
    servers.ok(SCOPE, **servers.remove(ONE, **leaves, allow_content_loss=True))
    assert not servers.ok(REPLICATE, all=True, **route)["changed"]
    assert [state(servers.lab, f"DHCP0{number}", ONE) for number in (1, 2, 3)] == ["absent", "member", "member"]


@ROUTES
def test_a_scope_that_is_a_member_on_one_side_is_added_before_it_is_replicated(route: dict[str, str]) -> None:
    servers = pair(ONE, TWO)
    servers.server("DHCP02").relationships["HQ"].scopes.remove(ONE)
    servers.server("DHCP02").scopes[ONE].state = "InActive"
    servers.server("DHCP01").scopes[ONE].name = "new"
    told(servers, REPLICATE, "in no relationship on", "dhcp_failover_scope with partner_host", all=True, **route)
    added = {"relationship": "HQ", "scopes": ["10.0.1.0"], "partner_host": "dhcp02", "wait_timeout": 1}
    servers.ok(SCOPE, **added, replace_partner_copy="inactive_only")
    healthy(servers, ONE, TWO)
    assert not servers.ok(REPLICATE, all=True, **route)["changed"]


@ROUTES
def test_a_member_on_one_side_that_the_other_side_lacks_is_not_copied_there(route: dict[str, str]) -> None:
    """Both would serve it, without having it in common."""
    servers = pair(ONE, TWO)
    servers.server("DHCP02").relationships["HQ"].scopes.remove(ONE)
    del servers.server("DHCP02").scopes[ONE]
    told(servers, REPLICATE, "in no relationship on", "run again when it has ended", all=True, force=True, **route)


def test_a_hub_replicates_with_each_partner() -> None:
    servers = pair(ONE)
    other = {"relationship": "S", "scopes": ["10.0.2.0"], "wait_timeout": 1}
    servers.ok(SCOPE, **other, create_relationship={"partner_server": THIRD})
    for scope in (ONE, TWO):
        servers.server("DHCP01").scopes[scope].name = "new"
    words = "in failover with 2 partners", "give the relationship of that one, or partner_host: auto, or leave it out"
    told(servers, REPLICATE, *words, all=True, partner_host="dhcp02")
    with_one = servers.ok(REPLICATE, relationship="HQ", partner_host="dhcp02", wait_timeout=1)
    assert with_one["replicated"] == ["10.0.1.0"]
    assert servers.ok(REPLICATE, all=True, wait_timeout=1)["replicated"] == ["10.0.2.0"]
