# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is said of a fleet: each once, under the servers that it is about, and nothing healthy that nobody looked at."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet import Seen, report
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import KINDS, NOT_COLLECTED, SYNC
from faults import FAULTS, fill, half, healthy, served_twice
from fleets import CREATED, plain, reported, seen
from pairs import ONE, THREE, TWO, Pair

ALL = ("dhcp01", "dhcp02", "dhcp03")
ALONE: dict[str, Any] = {"verdicts_off": ["scopes_unprotected"]}
FOUR = IPv4Address("10.0.4.0")


def told(shown: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    return [(verdict["id"], verdict["hosts"]) for verdict in shown["verdicts"]]


def third(servers: Pair) -> Any:
    """DHCP03, of which there is nothing to say."""
    server = servers.server("DHCP03")
    server.dns_account = "CONTOSO\\dns"
    return server


def other_scope(servers: Pair, server: str, scope: IPv4Address, **changes: Any) -> None:
    """A scope like 10.0.1.0 on a server."""
    one, offset = servers.server("DHCP01").scopes[ONE], int(scope) - int(ONE)
    start, end = one.start_range + offset, one.end_range + offset
    new = {"scope_id": scope, "start_range": start, "end_range": end, "leases": {}, "reservations": {}, **changes}
    servers.server(server).scopes[scope] = replace(one, **new)


def second_relationship(servers: Pair) -> Pair:
    """Lab between the same two servers."""
    for name in ("DHCP01", "DHCP02"):
        other_scope(servers, name, FOUR)
        relationships = servers.server(name).relationships
        relationships["Lab"] = replace(relationships["HQ"], name="Lab", scopes=[FOUR])
    return servers


def changed(fleet: list[Seen], host: str, **changes: Any) -> list[Seen]:
    """The results, where those of a host, or of its relationships, are others."""
    made = []
    for one in fleet:
        result = plain(one.result or {})
        if one.host == host:
            result = {**result, **{key: value for key, value in changes.items() if key in result}}
            inner = {key: value for key, value in changes.items() if key not in result}
            result["relationships"] = [{**entry, **inner} for entry in result["relationships"]]
        made.append(Seen(one.host, result))
    return made


# --- who is who ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["dhcp01", "dhcp02", "both"])
def test_the_names_of_the_inventory_do_not_matter(host: str) -> None:
    fleet = seen(healthy())
    for one in ("dhcp01", "dhcp02") if host == "both" else (host,):
        fleet = changed(fleet, one, partner_host=None)
    renamed = [Seen({"dhcp01": "berlin-a", "dhcp02": "berlin-b"}[one.host], one.result) for one in fleet]
    shown = report(renamed, CREATED)
    (pair,) = shown["pairs"]
    assert (shown["status"], told(shown), pair["in_sync"], pair["healthy"]) == ("ok", [], True, True)
    assert [one["host"] for one in pair["halves"]] == ["berlin-a", "berlin-b"]


def test_where_it_is_not_known_who_the_partner_is_it_is_not_known_who_serves_twice() -> None:
    stranger = {"partner_host": None, "partner_server": "old", "partner_names": ["old"], "drift": None}
    fleet = seen(healthy())
    for host in ("dhcp01", "dhcp02"):
        fleet = changed(fleet, host, **stranger)
    shown = report(fleet, CREATED)
    assert {verdict["id"] for verdict in shown["verdicts"]} == {NOT_COLLECTED}
    assert [pair["healthy"] for pair in shown["pairs"]] == [None, None]


def test_two_servers_of_one_computer_name() -> None:
    servers = healthy()
    served_twice(servers)
    third(servers).scopes = {THREE: servers.server("DHCP02").scopes.pop(THREE)}
    fleet = changed(seen(servers, ALL, **ALONE), "dhcp03", server="DHCP01")
    (verdict,) = report(fleet, CREATED)["verdicts"]
    assert (verdict["id"], verdict["hosts"]) == ("served_twice", ["dhcp01", "dhcp03"])
    assert "DHCP01 (dhcp03) (10.0.3.0)" in verdict["sentence"]


# --- each once, and where it belongs ---------------------------------------------------------------------------------


def test_double_service_in_a_hub_has_the_servers_that_serve() -> None:
    servers = healthy()
    server = third(servers)
    for name in ("DHCP01", "DHCP03"):
        other_scope(servers, name, FOUR)
    mine, theirs = (servers.server(name).relationships["HQ"] for name in ("DHCP01", "DHCP02"))
    lab = {"name": "Lab", "secondary": "DHCP03", "scopes": [FOUR]}
    servers.server("DHCP01").relationships["Lab"] = replace(
        mine, peer="DHCP03", partner_server="dhcp03.contoso.example", **lab
    )
    server.relationships["Lab"] = replace(theirs, **lab)
    assert told(reported(servers, ALL)) == []
    server.scopes[ONE] = copy.deepcopy(servers.server("DHCP02").scopes[ONE])
    shown = reported(servers, ALL, **ALONE)
    assert told(shown) == [("served_twice", ["dhcp01", "dhcp03"]), ("served_twice", ["dhcp02", "dhcp03"])]
    assert {pair["relationship"]: (pair["verdicts"], pair["healthy"]) for pair in shown["pairs"]} == {
        "HQ": ([0, 1], False),
        "Lab": ([], True),
    }


def test_double_service_of_different_scopes_is_told_once() -> None:
    servers, mask = healthy(), IPv4Address("255.255.254.0")
    other_scope(servers, "DHCP01", FOUR, end_range=IPv4Address("10.0.5.200"), subnet_mask=mask)
    other_scope(servers, "DHCP02", IPv4Address("10.0.5.0"))
    shown = reported(servers, **ALONE)
    (verdict,) = shown["verdicts"]
    assert verdict["scopes"] == ["10.0.4.0", "10.0.5.0"]
    assert [one["host"] for one in verdict["evidence"]["ranges"]] == ["dhcp01", "dhcp02"]


def test_a_member_on_one_server_only_is_not_hidden_by_what_the_other_one_says() -> None:
    servers = healthy()
    servers.server("DHCP01").relationships["HQ"].scopes.remove(TWO)
    del servers.server("DHCP01").scopes[TWO]
    fill(servers, lambda _number: False)
    full = servers.server("DHCP02").scopes[TWO]
    addresses = range(int(full.start_range), int(full.end_range) + 1)
    lease = next(iter(servers.server("DHCP02").scopes[ONE].leases.values()))
    full.leases = {IPv4Address(one): replace(lease, ip=IPv4Address(one)) for one in addresses}
    scopes = [verdict["scopes"] for verdict in reported(servers)["verdicts"] if verdict["id"] == "scope_full"]
    assert scopes == [["10.0.1.0"], ["10.0.2.0"]]


@pytest.mark.parametrize(
    "kind", ["clocks_differ", "classes_differ", "server_settings_differ", "dns_credentials_differ"]
)
def test_what_two_servers_have_as_a_whole_is_told_once_for_all_their_relationships(kind: str) -> None:
    servers = second_relationship(healthy())
    assert told(reported(servers)) == []
    FAULTS[kind].plant(servers)
    shown = reported(servers)
    assert told(shown) == [(kind, ["dhcp01", "dhcp02"])]
    assert shown["verdicts"][0]["evidence"]["relationships"] == ["HQ", "Lab"]
    assert [(pair["verdicts"], pair["healthy"]) for pair in shown["pairs"]] == [([0], FAULTS[kind].healthy)] * 2


def test_an_account_that_one_server_lacks_is_told_once() -> None:
    servers = healthy()
    servers.server("DHCP02").dns_account = ""
    assert [id_ for id_, _hosts in told(reported(servers))] == ["dns_credentials_differ"]
    shown = reported(servers, verdicts_off=["dns_credentials_differ"])
    assert told(shown) == [("dns_credentials_missing", ["dhcp02"])]


def test_a_fault_of_one_pair_is_not_one_of_another_pair_of_its_name() -> None:
    servers = healthy()
    half(servers, "DHCP02", mclt=timedelta(hours=2))
    stale = replace(servers.server("DHCP02").relationships["HQ"], scopes=[], mclt=timedelta(hours=1))
    third(servers).relationships["HQ"] = stale
    shown = reported(servers, ALL)
    kinds = [[shown["verdicts"][number]["id"] for number in pair["verdicts"]] for pair in shown["pairs"]]
    assert kinds == [["settings_differ"], ["half_missing", "relationship_empty"]]


@pytest.mark.parametrize("kind", ["served_twice", "settings_differ"])
@pytest.mark.parametrize("hosts", [("dhcp01", "dhcp02"), ("dhcp02", "dhcp01")])
def test_what_is_about_two_servers_is_in_the_status_of_both(kind: str, hosts: tuple[str, ...]) -> None:
    servers = healthy()
    FAULTS[kind].plant(servers)
    assert [one["status"] for one in reported(servers, hosts, **ALONE)["servers"]] == ["critical", "critical"]


# --- what nobody looked at -------------------------------------------------------------------------------------------


def test_a_half_that_is_missing_on_a_server_that_the_partner_could_not_read() -> None:
    servers = healthy()
    FAULTS["half_missing"].plant(servers)
    servers.lab.cut_link("DHCP01", "DHCP02", "rpc")
    shown = reported(servers, partner_host=None)
    (pair,) = shown["pairs"]
    assert told(shown) == [("half_missing", ["dhcp01", "dhcp02"])]
    assert (shown["status"], pair["in_sync"], pair["healthy"]) == ("critical", False, False)
    assert [(one["collected"], one["present"], one["server"]) for one in pair["halves"]] == [
        (True, True, "DHCP01"),
        (True, False, "DHCP02"),
    ]


def test_a_half_with_a_third_server_that_the_partner_could_not_read() -> None:
    servers = healthy()
    mine = servers.server("DHCP02").relationships["HQ"]
    both = {"primary": "DHCP02", "secondary": "DHCP03"}
    third(servers).relationships["HQ"] = replace(mine, peer="DHCP02", partner_server="DHCP02", **both)
    servers.server("DHCP02").relationships["HQ"] = replace(mine, peer="DHCP03", partner_server="DHCP03", **both)
    servers.server("DHCP03").scopes = copy.deepcopy(servers.server("DHCP02").scopes)
    servers.lab.cut_link("DHCP01", "DHCP02", "rpc")
    shown = reported(servers, ALL, partner_host=None)
    (verdict,) = (one for one in shown["verdicts"] if one["id"] == "half_missing")
    assert verdict["sentence"] == "'HQ' is on DHCP01, and DHCP02 has one of this name with DHCP03"
    assert [(pair["in_sync"], len(pair["halves"])) for pair in shown["pairs"]] == [(False, 2), (True, 2)]


@pytest.mark.parametrize(("serves", "keep"), [(True, "partner"), (False, "this_server")])
def test_a_half_whose_partner_is_with_a_third_server_ends_as_its_cure_says(serves: bool, keep: str) -> None:
    servers = healthy()
    theirs = servers.server("DHCP02")
    other = {"peer": "DHCP03", "partner_server": "DHCP03", "primary": "DHCP03"}
    theirs.relationships["HQ"] = replace(theirs.relationships["HQ"], **other)
    if not serves:
        theirs.relationships["HQ"].scopes.clear()
        theirs.scopes.clear()
    cures = {(one["id"], one["server"]): one["cure"] for one in reported(servers)["verdicts"]}
    assert cures["half_missing", "DHCP01"].endswith(
        "; state: absent ends this half, with keep_scopes_on: partner where DHCP02 has its scopes, and this_server "
        "where it has none of them"
    )
    before = copy.deepcopy((theirs.relationships, theirs.scopes))
    options = {"name": "HQ", "state": "absent", "keep_scopes_on": keep, "other_copy": "disable"}
    servers.ok("dhcp_failover_relationship", partner_host="dhcp02", **options)
    here = servers.server("DHCP01")
    assert "HQ" not in here.relationships
    assert [here.scopes[scope].state for scope in (ONE, TWO)] == ["InActive" if serves else "Active"] * 2
    assert (theirs.relationships, theirs.scopes) == before


def test_a_report_is_no_better_than_a_pair_that_nobody_compared() -> None:
    off = sorted(kind.id for kind in KINDS.values() if "drift" in kind.needs)
    shown = reported(second_relationship(healthy()), gather=["health", "scopes"], verdicts_off=off)
    assert [(pair["status"], pair["in_sync"], pair["healthy"]) for pair in shown["pairs"]] == [
        ("unknown", None, True)
    ] * 2
    assert (shown["status"], told(shown)) == ("unknown", [(NOT_COLLECTED, ["dhcp01", "dhcp02"])])
    assert shown["verdicts"][0]["sentence"].endswith("otherwise in 'HQ', 'Lab'")


def test_a_report_without_the_scopes_does_not_know_who_serves_what() -> None:
    servers = healthy()
    gather = ["drift", "health"]
    assert told(reported(servers, gather=gather)) == [], "partners were compared"
    third(servers)
    shown = reported(servers, ALL, gather=gather)
    (verdict,) = shown["verdicts"]
    assert (shown["status"], verdict["evidence"]["kinds"]) == ("unknown", ["served_twice", "split_scope"])


def test_partners_that_are_no_host_of_the_report_are_told_once_each() -> None:
    shown = reported(second_relationship(healthy()), ("dhcp01",))
    (verdict,) = shown["verdicts"]
    assert (verdict["partner"], verdict["evidence"]["relationships"]) == ("dhcp02.contoso.example", ["HQ", "Lab"])
    assert [pair["healthy"] for pair in shown["pairs"]] == [None, None]
    assert "not_authorized" in verdict["evidence"]["kinds"]


def test_a_server_that_was_not_read_is_unknown_whatever_is_switched_off() -> None:
    every = sorted(KINDS.keys() - {NOT_COLLECTED})
    shown = report([seen(healthy())[0], Seen("dhcp02", problem="It does not answer.")], CREATED, every)
    assert (shown["status"], shown["counts"]["unknown"]) == ("unknown", 2)
    assert (shown["pairs"][0]["in_sync"], shown["pairs"][0]["healthy"]) == (None, None)


def test_that_everything_is_switched_off_is_told() -> None:
    every = sorted(KINDS.keys() - {NOT_COLLECTED})
    shown = report(seen(healthy()), CREATED, every)
    assert (shown["status"], [one["sentence"] for one in shown["verdicts"]]) == (
        "unknown",
        ["every verdict is switched off, so nothing was looked at"],
    )


def test_a_partner_that_could_not_be_read_is_not_in_sync_whatever_is_switched_off() -> None:
    servers = healthy()
    servers.lab.cut_link("DHCP01", "DHCP02", "rpc")
    off = [kind.id for kind in KINDS.values() if kind.decides == SYNC]
    (one,) = seen(servers, ("dhcp01",), verdicts_off=off)
    (relationship,) = (one.result or {})["relationships"]
    assert (relationship["drift"]["in_sync"], relationship["health"]["healthy"]) == (None, None)


def test_what_was_switched_off_in_the_tasks_is_told_by_the_report() -> None:
    shown = report(seen(healthy(), verdicts_off=["content_differs"], new_clients_per_hour=1), CREATED)
    assert shown["off"] == ["content_differs"]


def test_what_two_servers_could_not_compare_is_unknown_once() -> None:
    servers = healthy()
    servers.server("DHCP02").relationships["HQ"].scopes.clear()
    servers.server("DHCP02").scopes.clear()
    kinds = [verdict["evidence"].get("kinds") for verdict in reported(servers)["verdicts"]]
    assert kinds == [None, None, ["classes_differ", "server_settings_differ"]]


def test_a_rate_that_nobody_told_is_unknown_once() -> None:
    shown = reported(healthy(), new_clients_per_hour={"10.0.1.0": 1})
    assert told(shown) == [(NOT_COLLECTED, ["dhcp01", "dhcp02"])]
    assert shown["verdicts"][0]["scopes"] == ["10.0.2.0"]
    assert shown["verdicts"][0]["evidence"]["kinds"] == ["reserve_short"]


def test_other_partners_are_unknown_where_one_relationship_was_asked_for() -> None:
    """Alone. A report that has the scopes of all servers knows it."""
    servers = healthy()
    half_ = servers.server("DHCP01").relationships["HQ"]
    other = replace(half_, name="Far", partner_server="dhcp03.contoso.example", peer="DHCP03", secondary="DHCP03")
    servers.server("DHCP01").relationships["Far"] = replace(other, scopes=[])
    (one,) = seen(servers, ("dhcp01",), name="HQ")
    (verdict,) = (one.result or {})["verdicts"]
    assert (verdict["partner"], verdict["evidence"]["kinds"]) == (
        "dhcp03.contoso.example",
        ["served_twice", "split_scope"],
    )
    assert (one.result or {})["relationships"][0]["health"]["healthy"] is True


def test_members_of_relationships_that_nobody_asked_for_are_not_served_twice() -> None:
    """For all that is known."""
    shown = reported(second_relationship(healthy()), name="HQ")
    (verdict,) = shown["verdicts"]
    assert (verdict["id"], verdict["scopes"]) == (NOT_COLLECTED, ["10.0.4.0"])
    assert [(pair["relationship"], pair["healthy"]) for pair in shown["pairs"]] == [("HQ", True)]


# --- many ------------------------------------------------------------------------------------------------------------


def test_very_many_servers_of_one_range_are_told_once_and_each_pair_is_unhealthy() -> None:
    fleet = []
    for number, one in enumerate([*seen(healthy())] * 40):
        pair, first = divmod(number, 2)
        names = [f"srv{2 * pair}", f"srv{2 * pair + 1}"]
        result: Any = plain(one.result or {})
        own, partner = names[::-1] if first else names
        entry = {**result["relationships"][0], "name": f"R{pair}", "partner_server": partner}
        entry.update(partner_host=None, partner_names=[partner])
        scopes = [{**scope, "relationship": f"R{pair}"} for scope in result["scopes"]]
        result.update(server=own.upper(), server_names=[own.upper()], relationships=[entry], scopes=scopes)
        fleet.append(Seen(own, result))
    shown = report(fleet, CREATED)
    assert [(one["id"], one["scopes"], len(one["hosts"])) for one in shown["verdicts"]] == [
        ("served_twice", ["10.0.1.0"], 80),
        ("served_twice", ["10.0.2.0"], 80),
    ]
    assert shown["verdicts"][0]["evidence"]["count"] == 80
    assert {pair["healthy"] for pair in shown["pairs"]} == {False}


def test_of_many_events_the_newest_are_in_the_report() -> None:
    events = [{"time": f"2026-03-01T08:{number:02}:00Z", "text": str(number)} for number in range(60)]
    (pair,) = report(changed(seen(healthy()), "dhcp01", events=events), CREATED)["pairs"]
    assert ([one["text"] for one in pair["events"]], pair["events_left_out"]) == ([str(n) for n in range(10, 60)], 10)


def test_since_when_a_state_is_is_known_by_the_partner_where_the_server_does_not_tell() -> None:
    fleet = changed(seen(healthy()), "dhcp02", partner_state_since=CREATED)
    (pair,) = report(fleet, CREATED)["pairs"]
    assert [one["state_since"] for one in pair["halves"]] == [CREATED, None]
