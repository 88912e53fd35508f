# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Wrong advice is worse than none: each text is followed to the letter, by tasks and by what an administrator does by
hand, and it has to lead where it says."""

from __future__ import annotations

import copy
from ipaddress import IPv4Address
from typing import Any

import pytest
from lab.core.server import AddressRange, Reservation
from nothing_lost.scenarios import state
from pairs import ONE, RELATIONSHIP, SCOPE, TWO, Pair, pair

REPLICATE, INFO = "dhcp_failover_replicate", "dhcp_failover_info"
FIRST, SECOND, THIRD = (f"dhcp0{number}.contoso.example" for number in (1, 2, 3))
HQ: dict[str, Any] = {"name": "HQ", "partner_server": SECOND, "scopes": ["10.0.1.0"], "wait_timeout": 1}
FROM_SECOND: dict[str, Any] = {**HQ, "partner_server": FIRST, "host": "dhcp02", "partner_host": "dhcp01"}
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])


def told(servers: Pair, module: str, *words: str, **options: Any) -> None:
    """The task is refused, changes nothing, and its text says all of this."""
    message = servers.refused(module, **options)
    assert [word for word in words if word not in message] == [], message


def healthy(servers: Pair, *scopes: IPv4Address, name: str = "HQ", partner: str = "DHCP02") -> None:
    """Both servers have the relationship, Normal, with these members, each with its content."""
    for server, other in (("DHCP01", partner), (partner, "DHCP01")):
        half = servers.server(server).relationships[name]
        assert (half.peer, sorted(half.scopes)) == (other, list(scopes))
        assert servers.lab.state(servers.server(server), half) == "Normal"
        assert [state(servers.lab, server, scope) for scope in scopes] == ["member"] * len(scopes)


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
    (shown,) = servers.run(INFO, host=host, gather=["health"])["relationships"]
    return shown["health"]["authorized"], shown["health"]["healthy"]


# --- replication ---------------------------------------------------------------------------------------------------


def reserve(servers: Pair, name: str, address: str) -> None:
    ip = IPv4Address(address)
    servers.server(name).scopes[ONE].reservations[ip] = Reservation(ip, f"02-00-00-00-00-{ip.packed[3]}")


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


def test_a_hub_replicates_with_each_partner() -> None:
    servers = pair(ONE)
    other = {"relationship": "S", "scopes": ["10.0.2.0"], "wait_timeout": 1}
    servers.ok(SCOPE, **other, create_relationship={"partner_server": THIRD})
    for scope in (ONE, TWO):
        servers.server("DHCP01").scopes[scope].name = "new"
    words = "in failover with 2 partners", "give the relationship of that one, or leave partner_host out"
    told(servers, REPLICATE, *words, all=True, partner_host="dhcp02")
    with_one = servers.ok(REPLICATE, relationship="HQ", partner_host="dhcp02", wait_timeout=1)
    assert with_one["replicated"] == ["10.0.1.0"]
    assert servers.ok(REPLICATE, all=True, wait_timeout=1)["replicated"] == ["10.0.2.0"]


# --- what Windows cannot change in place -----------------------------------------------------------------------------


def followed(servers: Pair, module: str, options: dict[str, Any], *steps: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The task says what is missing, which is added, and then what else is, until it is done."""
    for words, added in steps:
        told(servers, module, words, **options)
        options = {**options, **added}
    return servers.reached(module, **options)


@ROUTES
def test_a_role_that_is_exchanged(route: dict[str, str]) -> None:
    servers = Pair()
    standby = {"mode": "hot_standby", "server_role": "active"}
    servers.ok(RELATIONSHIP, **HQ, **standby, reserve_percent=20)
    followed(
        servers,
        RELATIONSHIP,
        {**HQ, **route, "mode": "hot_standby", "server_role": "standby", "scopes": []},
        ("recreate: when_needed does it", {"recreate": "when_needed"}),
        ("keep_scopes_on: this_server", {"keep_scopes_on": "this_server"}),
        ("have to go before they can be copied anew: other_copy: delete", {"other_copy": "delete"}),
        ("Add scopes: 10.0.1.0, reserve_percent: 20", {"scopes": ["10.0.1.0"], "reserve_percent": 20}),
    )
    healthy(servers, ONE)
    assert servers.run(INFO)["relationships"][0]["server_role"] == "standby"


def test_another_partner() -> None:
    servers = pair(ONE)
    words = "If both names mean the same server, write one of those it has here"
    told(servers, RELATIONSHIP, words, **{**HQ, "partner_server": THIRD})
    followed(
        servers,
        RELATIONSHIP,
        {**HQ, "partner_server": THIRD},
        ("recreate: when_needed does it", {"recreate": "when_needed"}),
        ("are deleted or disabled: other_copy", {"keep_scopes_on": "this_server", "other_copy": "disable"}),
    )
    healthy(servers, ONE, partner="DHCP03")
    assert state(servers.lab, "DHCP02", ONE) == "inactive"


@pytest.mark.parametrize("module", [RELATIONSHIP, SCOPE])
def test_a_scope_of_another_relationship_moves_or_that_is_renamed(module: str) -> None:
    servers = pair(ONE)
    new = {"create_relationship": {"partner_server": SECOND}} if module == SCOPE else {"partner_server": SECOND}
    name = "relationship" if module == SCOPE else "name"
    wanted = {name: "Lab", "scopes": ["10.0.1.0"], "wait_timeout": 1, **new}
    words = "move: true of dhcp_failover_scope takes it from there", "previous_name of dhcp_failover_relationship"
    told(servers, module, *words, **wanted)
    if module == SCOPE:
        servers.reached(SCOPE, **wanted, move=True)
    else:
        renamed = {**wanted, "previous_name": "HQ"}
        followed(
            servers,
            RELATIONSHIP,
            renamed,
            ("recreate: when_needed does it", {"recreate": "when_needed"}),
            ("other_copy: delete", {"keep_scopes_on": "this_server", "other_copy": "delete"}),
        )
        assert "HQ" not in servers.server("DHCP01").relationships
    healthy(servers, ONE, name="Lab")


def test_options_of_the_other_mode_take_the_mode_along() -> None:
    servers = pair(ONE)
    more = {"reserve_percent": 20}
    told(servers, RELATIONSHIP, "belongs to mode hot_standby", "leave it out or give mode", **HQ, **more)
    assert servers.reached(RELATIONSHIP, **HQ, **more, mode="hot_standby")["changed"]


def test_authentication_that_is_to_be_turned_on_takes_the_secret() -> None:
    servers = pair(ONE)
    followed(
        servers,
        RELATIONSHIP,
        {**HQ, "enable_auth": True},
        ("shared_secret: needed", {"shared_secret": "Winter-2026-Lamp", "partner_host": "dhcp02"}),
    )


# --- names -----------------------------------------------------------------------------------------------------------


def test_a_name_in_other_letters_is_written_as_it_is_there() -> None:
    servers = pair(ONE)
    told(servers, RELATIONSHIP, "write the name as it is there", **{**HQ, "name": "hq"})
    assert not servers.ok(RELATIONSHIP, **HQ)["changed"]


@ROUTES
def test_a_name_that_the_partner_has_with_another_server(route: dict[str, str]) -> None:
    servers = Pair()
    servers.server("DHCP02").scopes[TWO] = copy.deepcopy(servers.server("DHCP01").scopes[TWO])
    other = {"relationship": "HQ", "scopes": ["10.0.2.0"], "create_relationship": {"partner_server": THIRD}}
    servers.ok(SCOPE, host="dhcp02", **other, wait_timeout=1)
    words = "DHCP02 has a relationship 'HQ', and DHCP01 has not" if route else "has a relationship 'HQ', and DHCP01"
    told(servers, RELATIONSHIP, words, "choose another name, or remove it there (state: absent", **HQ, **route)
    servers.reached(RELATIONSHIP, **{**HQ, "name": "Lab"}, **route)
    healthy(servers, ONE, name="Lab")
    gone = {"name": "HQ", "state": "absent", "keep_scopes_on": "this_server", "other_copy": "delete"}
    servers.ok(RELATIONSHIP, host="dhcp02", **gone, wait_timeout=1)
    del servers.server("DHCP02").scopes[TWO]  # by hand: it was made by hand
    servers.reached(RELATIONSHIP, **{**HQ, "scopes": ["10.0.2.0"]}, **route)
    healthy(servers, TWO)


@ROUTES
def test_a_half_that_the_partner_alone_has_is_removed_there(route: dict[str, str]) -> None:
    servers = pair(ONE)
    servers.server("DHCP01").relationships.clear()
    for name in ("DHCP01", "DHCP02"):
        del servers.server(name).scopes[ONE]
    servers.server("DHCP02").relationships["HQ"].scopes.clear()
    wanted = {**HQ, "scopes": ["10.0.2.0"], **route}
    told(
        servers, RELATIONSHIP, "has a relationship 'HQ', and DHCP01 has not", "remove it there (state: absent", **wanted
    )
    servers.ok(RELATIONSHIP, host="dhcp02", name="HQ", state="absent", wait_timeout=1)
    servers.reached(RELATIONSHIP, **wanted)
    healthy(servers, TWO)


# --- scopes that leave -----------------------------------------------------------------------------------------------


@ROUTES
def test_what_has_to_be_said_of_scopes_that_leave(route: dict[str, str]) -> None:
    servers = pair(ONE, TWO)
    options = {"relationship": "HQ", "scopes": ["10.0.1.0"], "state": "absent", "wait_timeout": 1, **route}
    added = {"keep_scopes_on": "this_server", "other_copy": "delete"}
    followed(servers, SCOPE, options, ("keep_scopes_on and other_copy: needed", added))
    assert [state(servers.lab, name, ONE) for name in ("DHCP01", "DHCP02")] == ["standalone", "absent"]


@ROUTES
def test_a_copy_that_has_more_is_kept_or_replicated_first(route: dict[str, str]) -> None:
    for cure in ("keep", "replicate"):
        servers = pair(ONE, TWO)
        reserve(servers, "DHCP02", "10.0.1.52")
        options = {"relationship": "HQ", "scopes": ["10.0.1.0"], "state": "absent", "wait_timeout": 1, **route}
        here, there = ({"keep_scopes_on": who, "other_copy": "delete"} for who in ("this_server", "partner"))
        words = "Keep the scopes on the server that is right, or replicate from it first"
        told(servers, SCOPE, words, "10.0.1.0 reservation 10.0.1.52", **options, **here)
        if cure == "replicate":
            servers.ok(REPLICATE, relationship="HQ", source="partner", wait_timeout=1, **route)
        servers.reached(SCOPE, **options, **(here if cure == "replicate" else there))
        kept = servers.server("DHCP01" if cure == "replicate" else "DHCP02")
        assert [str(address) for address in kept.scopes[ONE].reservations] == ["10.0.1.52"]


@ROUTES
def test_a_partner_that_is_gone_for_good_is_left_behind(route: dict[str, str]) -> None:
    servers = pair(ONE)
    servers.server("DHCP02").reachable = False
    gone = {"name": "HQ", "state": "absent", "wait_timeout": 1, **route}
    added = {"keep_scopes_on": "this_server", "other_copy": "delete"}
    told(servers, RELATIONSHIP, "If the partner is gone for good: orphan: remove_here.", **gone, **added)
    servers.reached(RELATIONSHIP, **gone, orphan="remove_here")
    assert state(servers.lab, "DHCP01", ONE) == "standalone"


def test_a_copy_that_serves_is_no_left_over_copy_until_it_is_switched_off() -> None:
    servers = Pair()
    servers.server("DHCP02").scopes[ONE] = copy.deepcopy(servers.server("DHCP01").scopes[ONE])
    module, options = "dhcp_failover_scope_copy", {"scopes": ["10.0.1.0"], "partner_host": "dhcp01"}
    assert "deactivate it when the other server serves it" in servers.run(module, host="dhcp02", **options)["msg"]
    servers.server("DHCP02").scopes[ONE].state = "InActive"
    assert servers.ok(module, host="dhcp02", **options)["changed"]
    assert [state(servers.lab, name, ONE) for name in ("DHCP01", "DHCP02")] == ["standalone", "absent"]
