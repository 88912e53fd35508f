# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scopes and relationships are removed: what a task has to say, what is refused, what a user is told, what is left."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest
from lab.core.server import Lease, Reservation
from pairs import ONE, RELATIONSHIP, SCOPE, THREE, TWO, Pair, pair

OWN = {"partner_host": "dhcp02"}
DELETE = {"keep_scopes_on": "this_server", "other_copy": "delete"}
DISABLE = {"keep_scopes_on": "this_server", "other_copy": "disable"}
NEW = {
    "scope_id": "10.0.99.0",
    "start_range": "10.0.99.10",
    "end_range": "10.0.99.90",
    "subnet_mask": "255.255.255.0",
    "name": "New",
}
ROUTES = pytest.mark.parametrize("route", [OWN, {}], ids=["own connection", "second hop"])


@ROUTES
@pytest.mark.parametrize("said", [{}, {"keep_scopes_on": "partner"}, {"other_copy": "delete"}])
def test_a_removal_has_to_say_who_keeps_and_what_becomes_of_the_other_copy(
    route: dict[str, Any], said: dict[str, Any]
) -> None:
    servers = pair()
    message = servers.refused(SCOPE, **servers.remove(ONE), **route, **said)
    lacking = [option for option in ("keep_scopes_on", "other_copy") if option not in said]
    assert message.startswith(f"{' and '.join(lacking)}: needed, since 10.0.1.0 would leave 'HQ'")
    assert servers.refused(RELATIONSHIP, name="HQ", state="absent", **route, **said).startswith(" and ".join(lacking))


@ROUTES
def test_nothing_has_to_be_said_when_nothing_is_to_be_removed(route: dict[str, Any]) -> None:
    servers = pair()
    assert not servers.ok(SCOPE, **servers.remove(THREE), **route)["changed"]
    assert not servers.ok(RELATIONSHIP, name="Other", state="absent", **route)["changed"]


@ROUTES
def test_what_goes_is_shown_before_it_goes(route: dict[str, Any]) -> None:
    servers = pair()
    options = {**servers.remove(ONE), **route, **DELETE}
    with servers.unchanged():
        check = servers.run(SCOPE, check_mode=True, **options)
    done = servers.ok(SCOPE, **options)
    assert check["plan"] == done["plan"]
    assert check["removals"] == done["removals"]
    (gone,) = done["removals"]
    assert (gone["scope_id"], gone["kept_on"], gone["other_copy"], gone["differences"]) == (
        "10.0.1.0",
        "DHCP01",
        "delete",
        [],
    )
    assert gone["server"].casefold().startswith("dhcp02")
    assert check["diff"]["after"]["scopes"] == done["relationship"]["scopes"] == ["10.0.2.0"]
    becomes = f"10.0.1.0 is kept on DHCP01, and deleted on {gone['server']}, with its leases; the copies are equal"
    assert check["diff"]["after"]["removals"] == [becomes]
    assert [step["step"].split(" ")[0] for step in done["plan"]] == ["keep", "deactivate", "remove"]
    assert not servers.ok(SCOPE, **options)["changed"]


@ROUTES
def test_a_safety_copy_with_leases_is_kept_and_found_again(route: dict[str, Any]) -> None:
    servers = pair()
    (copy,) = servers.ok(SCOPE, **servers.remove(ONE), **route, **DELETE)["safety_copies"]
    host = "dhcp02" if route else "dhcp01"
    assert (copy["host"], copy["scopes"]) == (host, ["10.0.1.0"])
    (content,) = servers.wire.files[host.upper()].found(copy["path"]).values()
    assert content.count(b"<Lease>") == 4
    without = servers.ok(SCOPE, **servers.remove(TWO), **route, **DELETE, safety_copy=False)
    assert "safety_copies" not in without
    assert servers.refused(SCOPE, **servers.remove(ONE), **route, **DELETE, safety_copy_days=-1).startswith(
        "safety_copy_days: is -1, and days (0 keeps every safety copy) go from 0 to 36500"
    )


@ROUTES
def test_content_that_the_kept_copy_lacks_is_not_deleted_by_the_way(route: dict[str, Any]) -> None:
    servers = pair()
    there = servers.server("DHCP02").scopes[ONE]
    there.reservations[IPv4Address("10.0.1.50")] = Reservation(IPv4Address("10.0.1.50"), "00-11-22-33-44-55", "printer")
    message = servers.refused(SCOPE, **servers.remove(ONE), **route, **DELETE)
    assert (
        "the copies that would go differ from those kept on DHCP01: 10.0.1.0 reservation 10.0.1.50: present on "
        in message
    )
    assert "allow_content_loss: true" in message
    disabled = servers.ok(SCOPE, **servers.remove(ONE), **route, **DISABLE)
    assert "reservation 10.0.1.50" in disabled["removals"][0]["differences"][0], (
        "it stays there, and is shown all the same"
    )
    assert IPv4Address("10.0.1.50") in there.reservations


@ROUTES
@pytest.mark.parametrize("how", [DELETE, DISABLE], ids=["delete", "disable"])
def test_a_running_lease_that_the_keeper_does_not_know_is_no_less_than_content(
    route: dict[str, Any], how: dict[str, Any]
) -> None:
    servers = pair()
    leases = servers.server("DHCP02").scopes[ONE].leases
    known = next(iter(leases.values()))
    leases[IPv4Address("10.0.1.77")] = replace(
        known, ip=IPv4Address("10.0.1.77"), client_id="aa-bb-cc-00-00-01", expires=None
    )
    assert "10.0.1.0 lease 10.0.1.77 of " in servers.refused(SCOPE, **servers.remove(ONE), **route, **how)
    servers.ok(SCOPE, **servers.remove(ONE), **route, **how, allow_content_loss=True)


def test_an_ended_lease_is_none() -> None:
    servers = pair()
    leases = servers.server("DHCP02").scopes[ONE].leases
    known = next(one for one in leases.values() if one.expires)
    assert isinstance(known, Lease)
    ended = known.expires.replace(year=2020) if known.expires else None
    leases[IPv4Address("10.0.1.77")] = replace(
        known, ip=IPv4Address("10.0.1.77"), client_id="aa-bb-cc-00-00-01", expires=ended
    )
    servers.ok(SCOPE, **servers.remove(ONE), **OWN, **DELETE)


def test_an_inactive_keeper_is_no_keeper() -> None:
    servers = pair()
    servers.server("DHCP01").scopes[ONE].state = "InActive"
    for how in (DELETE, DISABLE):
        for more in ({}, {"allow_content_loss": True}):
            message = servers.refused(SCOPE, **servers.remove(ONE), **OWN, **how, **more)
            assert message.startswith(
                "keep_scopes_on: 10.0.1.0 is in service on DHCP02 and not on DHCP01, which is to keep it, so nobody "
                "would serve it."
            )
            assert "keep it on DHCP02, or activate it on DHCP01 first. Nothing was changed." in message
    assert servers.ok(SCOPE, **servers.remove(ONE), **OWN, keep_scopes_on="partner", other_copy="delete")["changed"]
    assert servers.server("DHCP02").scopes[ONE].state == "Active"


def test_a_keeper_that_lacks_the_scope_is_refused() -> None:
    servers = pair()
    del servers.server("DHCP02").scopes[ONE]
    message = servers.refused(SCOPE, **servers.remove(ONE), **OWN, keep_scopes_on="partner", other_copy="delete")
    assert message.startswith("keep_scopes_on: DHCP02 does not have 10.0.1.0, so removing would lose them")


def many(count: int) -> Pair:
    scopes = [IPv4Address(f"10.0.{number}.0") for number in range(1, count + 1)]
    servers = Pair()
    here = servers.server("DHCP01").scopes
    for scope in scopes[3:]:
        here[scope] = replace(
            here[ONE], scope_id=scope, start_range=scope + 10, end_range=scope + 99, leases={}, reservations={}
        )
    servers.ok(
        SCOPE,
        relationship="HQ",
        scopes=[*map(str, scopes)],
        create_relationship={"partner_server": "dhcp02"},
        wait_timeout=1,
    )
    return servers


def test_a_third_of_many_members_is_the_most_at_once() -> None:
    servers = many(10)
    message = servers.refused(SCOPE, relationship="HQ", scopes=["10.0.1.0"], purge=True, **OWN, **DELETE)
    assert message.startswith("9 of the 10 members of 'HQ' would be removed or lose a copy for good, and 30 % is the")
    assert "max_removals_percent: 90" in message
    absent = {"name": "HQ", "state": "absent", **OWN, **DELETE}
    message = servers.refused(RELATIONSHIP, **absent, max_removals_percent=99)
    assert message.startswith("10 of the 10 members of 'HQ'"), "a percentage that is given holds for what is named, too"
    assert not servers.run(RELATIONSHIP, **absent, check_mode=True).get("failed"), "what is named is meant"
    whole: dict[str, Any] = {"relationships": [{"name": "HQ", "state": "absent"}], **OWN, **DELETE}
    assert servers.refused("dhcp_failover", **whole, max_removals_percent=99).startswith("10 of the 10 members of 'HQ'")
    assert not servers.run("dhcp_failover", **whole, check_mode=True).get("failed")
    servers.ok(SCOPE, **servers.remove(ONE, TWO, THREE), **OWN, **DELETE)
    assert len(servers.server("DHCP01").relationships["HQ"].scopes) == 7
    purge = {"relationship": "HQ", "scopes": ["10.0.10.0"], "purge": True, **OWN, **DELETE}
    assert servers.refused(SCOPE, **purge).startswith("6 of the 7 members")
    servers.ok(SCOPE, **purge, max_removals_percent=86)


@ROUTES
@pytest.mark.parametrize("count", [1, 3, 12])
def test_an_empty_list_purges_nothing_whatever_is_allowed(route: dict[str, Any], count: int) -> None:
    servers = many(count)
    purge = {"relationship": "HQ", "scopes": [], "purge": True, "max_removals_percent": 100, **route, **DELETE}
    message = servers.refused(SCOPE, **purge, allow_content_loss=True)
    assert message.startswith("scopes: the list for 'HQ' is empty, and with purge every scope that it does not name")
    assert servers.refused(SCOPE, **purge, create_scopes=[NEW]) == message, "what is created is no list of what stays"
    assert len(servers.server("DHCP02").scopes) == count


def test_the_side_with_more_members_is_counted() -> None:
    """Drift: this server shows one member, and its partner, which would lose all of them, has more."""
    servers = many(8)
    kept, *others = sorted(servers.server("DHCP01").relationships["HQ"].scopes)
    servers.server("DHCP01").relationships["HQ"].scopes = [kept]
    purge = {"relationship": "HQ", "scopes": [str(kept)], "purge": True, "wait_timeout": 1, **DELETE}
    message = servers.refused(SCOPE, **purge, **OWN)
    assert message.startswith(f"{len(others)} of the 8 members of 'HQ' would be removed")


def test_what_a_former_partner_loses_is_counted() -> None:
    for other_copy, refused in (("delete", True), ("disable", False)):
        servers = many(4)
        scopes = [*map(str, sorted(servers.server("DHCP01").relationships["HQ"].scopes))]
        keep = {"keep_scopes_on": "this_server", "other_copy": other_copy, "wait_timeout": 1}
        anew = {"name": "HQ", "partner_server": "dhcp03", "scopes": scopes, "recreate": "when_needed", **keep}
        move = {
            "relationship": "New",
            "scopes": scopes[:2],
            "create_relationship": {"partner_server": "dhcp03"},
            **keep,
        }
        for module, options, going in ((RELATIONSHIP, anew, 4), (SCOPE, {**move, "move": True}, 2)):
            if refused:
                message = servers.refused(module, **options)
                assert message.startswith(f"{going} of the 4 members of 'HQ' would be removed or lose a copy for good")
            told: dict[str, Any] = {**options, **({"max_removals_percent": 25 * going} if refused else {})}
            assert not servers.run(module, check_mode=True, **told).get("failed")


@ROUTES
def test_where_the_management_api_cannot_be_called_nothing_is_changed(route: dict[str, Any]) -> None:
    servers = pair()
    for name in ("DHCP01",) if not route else ("DHCP01", "DHCP02"):
        servers.server(name).management_api = False
        message = servers.refused(SCOPE, **servers.remove(ONE), **route, **DISABLE)
        assert "the DHCP management API (dhcpsapi.dll) cannot be called there" in message
        servers.server(name).management_api = True
    servers.server("DHCP01").management_api = False
    servers.ok(SCOPE, **servers.remove(ONE), **route, **DELETE)


def test_a_state_in_which_the_servers_may_not_agree_is_refused() -> None:
    servers = pair()
    servers.lab.set_state("DHCP02", "HQ", "PotentialConflict")
    message = servers.refused(SCOPE, **servers.remove(ONE), **OWN, **DELETE)
    assert message.startswith("relationship 'HQ' on DHCP02 is in state PotentialConflict")


@ROUTES
def test_a_partner_that_cannot_be_read_stops_a_removal(route: dict[str, Any]) -> None:
    servers = pair()
    servers.server("DHCP02").reachable = False
    message = servers.refused(SCOPE, **servers.remove(ONE), **route, **DELETE)
    assert "Both servers are read before anything is removed." in message
    assert message.endswith("Nothing was changed.")
    assert "orphan: remove_here" in message
    unsure = servers.ok(SCOPE, **servers.remove(THREE), **route)
    assert "whether its partner still has one in 'HQ' is not known" in unsure["warnings"][0]


@ROUTES
def test_an_orphan_is_removed_on_this_server_alone(route: dict[str, Any]) -> None:
    servers = pair()
    orphan = {"name": "HQ", "state": "absent", "orphan": "remove_here", **route}
    assert servers.refused(RELATIONSHIP, **orphan).startswith(
        "orphan: 'HQ' on DHCP01 is in state Normal, so its partner"
    )
    servers.lab.set_state("DHCP01", "HQ", "CommunicationInterrupted")
    assert "answers (it is in state Normal), so it is not gone" in servers.refused(RELATIONSHIP, **orphan)
    servers.server("DHCP02").reachable = False
    if not route:
        assert servers.refused(RELATIONSHIP, **orphan).startswith("partner_is_off: needed")
        orphan["partner_is_off"] = True
    assert "leave one of them out" in servers.refused(RELATIONSHIP, **orphan, keep_scopes_on="partner")
    result = servers.ok(RELATIONSHIP, **orphan)
    assert result["removals"] == []
    assert [step["step"] for step in result["plan"]] == [
        "take out of relationship 'HQ' on DHCP01 alone: 10.0.1.0, 10.0.2.0",
        "remove the relationship 'HQ' on DHCP01 alone",
    ]
    assert servers.server("DHCP01").relationships == {}
    assert {str(scope): one.state for scope, one in servers.server("DHCP01").scopes.items()}["10.0.1.0"] == "Active"
    assert list(servers.server("DHCP02").relationships) == ["HQ"], "nothing was tried there"
    assert not servers.ok(RELATIONSHIP, **orphan)["changed"]


def test_a_partner_that_refuses_access_is_not_gone() -> None:
    servers = pair()
    servers.lab.set_state("DHCP01", "HQ", "CommunicationInterrupted")
    for server in servers.lab.servers.values():
        server.credentials = tuple(replace(one, delegated=False) for one in server.credentials)
    message = servers.refused(RELATIONSHIP, name="HQ", state="absent", orphan="remove_here")
    assert "answers DHCP01 at dhcp02.contoso.example, so it is not gone" in message


def test_disabling_needs_no_second_hop_with_partner_host() -> None:
    servers = pair()
    for server in servers.lab.servers.values():
        server.credentials = tuple(replace(one, delegated=False) for one in server.credentials)
    assert "access is denied at the partner" in servers.refused(SCOPE, **servers.remove(ONE), **DISABLE)
    servers.ok(SCOPE, **servers.remove(ONE), **OWN, **DISABLE)
    servers.ok(RELATIONSHIP, name="HQ", state="absent", **OWN, **DISABLE)
    assert [len(server.relationships) for server in servers.lab.servers.values()] == [0, 0, 0]


def test_the_wrong_partner_host_is_refused() -> None:
    servers = pair()
    message = servers.refused(SCOPE, **servers.remove(ONE), partner_host="dhcp03", **DELETE)
    assert message.startswith("partner_host: it is DHCP03, and the partner of 'HQ' is dhcp02.contoso.example")


def test_options_that_have_no_meaning_with_absent() -> None:
    servers = pair()
    for option in ({"purge": True}, {"move": True}, {"create_relationship": {"mode": "load_balance"}}):
        assert "has no meaning together with state: absent" in servers.refused(
            SCOPE, **servers.remove(ONE), **DELETE, **option
        )


def left_over(servers: Pair) -> None:
    """10.0.1.0 left HQ, and DHCP02 has its copy yet, out of service."""
    servers.ok(SCOPE, **servers.remove(ONE), **OWN, **DISABLE)


def test_a_copy_of_the_partner_is_replaced_only_when_told_and_inactive() -> None:
    servers = pair()
    left_over(servers)
    servers.server("DHCP01").scopes[ONE].name = "Renamed"
    again = {"relationship": "HQ", "scopes": ["10.0.1.0"], "wait_timeout": 1, **OWN}
    message = servers.refused(SCOPE, **again)
    assert (
        "10.0.1.0 exists on DHCP02 already (name: Clients on DHCP02, Renamed on DHCP01; state: InActive on DHCP02"
        in message
    )
    assert (
        "replace_partner_copy: inactive_only (failover_replace_partner_copy of the role and the playbooks) replaces it"
        in message
    )
    servers.server("DHCP02").scopes[ONE].state = "Active"
    assert "it is in service there" in servers.refused(SCOPE, **again, replace_partner_copy="inactive_only")
    servers.server("DHCP02").scopes[ONE].state = "InActive"
    result = servers.ok(SCOPE, **again, replace_partner_copy="inactive_only")
    assert result["removals"][0]["other_copy"] == "replace"
    assert servers.server("DHCP02").scopes[ONE].name == "Renamed"
    assert len(servers.server("DHCP02").scopes[ONE].leases) == 4


def test_a_note_of_a_broken_run_stays_until_both_servers_were_seen() -> None:
    servers = pair()
    servers.lab.fail_next("DHCP01", "Remove-DhcpServerv4FailoverScope", "DHCP 20133", half_applied=True)
    asked = {**servers.remove(ONE), **DELETE}
    assert servers.run(SCOPE, **asked)["failed"]
    servers.lab.cut_link("DHCP01", "DHCP02")
    assert "is not known" in servers.ok(SCOPE, **asked)["warnings"][0]
    servers.lab.mend_link("DHCP01", "DHCP02")
    result = servers.ok(SCOPE, **asked)
    assert [step["step"].split(" ")[0] for step in result["plan"]] == ["keep", "take", "delete"], "out of service it is"
    assert ONE not in servers.server("DHCP02").scopes


def strangers(servers: Pair) -> None:
    """DHCP02 has a relationship of the same name with DHCP03, and the scope in it."""
    there = servers.server("DHCP02")
    there.scopes[THREE] = replace(servers.server("DHCP01").scopes[THREE], leases={})
    create = {"partner_server": "dhcp03.contoso.example"}
    servers.ok(SCOPE, host="dhcp02", relationship="HQ", scopes=["10.0.3.0"], create_relationship=create, wait_timeout=1)


def test_a_relationship_of_the_partner_with_somebody_else_is_not_touched() -> None:
    servers = Pair()
    strangers(servers)
    for how in (DELETE, DISABLE):
        with servers.unchanged():
            assert not servers.ok(RELATIONSHIP, name="HQ", state="absent", **OWN, **how)["changed"]
            assert not servers.ok(SCOPE, **servers.remove(THREE), **OWN, **how)["changed"]
    wanted = {
        "name": "HQ",
        "partner_server": "dhcp02",
        "scopes": ["10.0.1.0"],
        "recreate": "when_needed",
        "wait_timeout": 1,
    }
    message = servers.refused(RELATIONSHIP, **wanted, **OWN, **DELETE)
    assert "DHCP02 has a relationship 'HQ', and DHCP01 has not" in message
    assert "10.0.3.0 exists on DHCP02 already" in servers.refused(
        RELATIONSHIP, **{**wanted, "scopes": ["10.0.3.0"]}, **OWN, **DELETE
    )


def test_a_copy_that_serves_in_another_relationship_there_is_not_touched() -> None:
    servers = Pair()
    create = {"partner_server": "dhcp03.contoso.example"}
    servers.server("DHCP02").scopes[ONE] = replace(servers.server("DHCP01").scopes[ONE], leases={})
    servers.ok(
        SCOPE, host="dhcp02", relationship="Other", scopes=["10.0.1.0"], create_relationship=create, wait_timeout=1
    )
    servers.ok(
        SCOPE, relationship="HQ", scopes=["10.0.2.0"], create_relationship={"partner_server": "dhcp02"}, wait_timeout=1
    )
    servers.server("DHCP01").relationships["HQ"].scopes.append(ONE)  # a broken run put it in on this server alone
    for how in (DELETE, DISABLE):
        message = servers.refused(SCOPE, **servers.remove(ONE), **OWN, **how)
        assert message.startswith("scopes: 10.0.1.0 ('Other') is in another relationship on DHCP02")


def test_what_a_probe_refuses_leaves_no_note() -> None:
    servers = pair()
    for server in servers.lab.servers.values():
        server.credentials = tuple(replace(one, delegated=False) for one in server.credentials)
    more: dict[str, Any] = {"relationship": "HQ", "scopes": ["10.0.3.0"], "wait_timeout": 1}
    assert "access is denied at the partner" in servers.run(SCOPE, **more)["msg"]
    assert servers.ok(SCOPE, relationship="HQ", scopes=["10.0.1.0"])["remote_calls"] == 1


def test_a_note_and_a_partner_that_cannot_be_read_are_told_together() -> None:
    servers = pair()
    servers.lab.fail_next("DHCP01", "Add-DhcpServerv4FailoverScope", "DHCP 20133", half_applied=True)
    more: dict[str, Any] = {"relationship": "HQ", "scopes": ["10.0.3.0"], "wait_timeout": 1}
    assert servers.run(SCOPE, **more)["failed"]
    servers.server("DHCP02").reachable = False
    assert servers.run(SCOPE, **more)["msg"].startswith(
        "An earlier run that wrote to 'HQ' was broken off, so its partner is looked at. On dhcp01 asking"
    )
