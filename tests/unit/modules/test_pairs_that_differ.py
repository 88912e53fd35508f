# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task does where the two servers, or what it is told of them, are not as they should be."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible.utils.display import Display
from lab.core.lab import Lab
from lab.core.server import Reservation
from nothing_lost.scenarios import lab as servers_of_three
from nothing_lost.task import Wire, perform
from nothing_lost.watched import Killed, Watch, held
from pairs import ONE, RELATIONSHIP, SCOPE, THREE, TWO, Pair, pair, unhurried

D2, D3 = "dhcp02.contoso.example", "dhcp03.contoso.example"
KEEP = {"keep_scopes_on": "this_server", "other_copy": "delete"}
HQ: dict[str, Any] = {"name": "HQ", "partner_server": D2, "scopes": [str(ONE), str(TWO)], "wait_timeout": 1}
ANEW: Mapping[str, tuple[str, dict[str, Any]]] = {
    "a move": (
        SCOPE,
        {
            "relationship": "Branch",
            "scopes": [str(ONE)],
            "create_relationship": {"partner_server": D2},
            "move": True,
            "safety_copy": False,
            "wait_timeout": 1,
        },
    ),
    "another name": (
        RELATIONSHIP,
        {**HQ, "name": "Berlin", "previous_name": "HQ", "recreate": "when_needed", "safety_copy": False, **KEEP},
    ),
}


def reserve(servers: Pair) -> None:
    """The partner has a reservation that this server has not."""
    address = IPv4Address("10.0.1.77")
    servers.server("DHCP02").scopes[ONE].reservations[address] = Reservation(address, "00-00-00-00-00-77", "printer")


def switch_off(servers: Pair) -> None:
    """This server's copy is out of service, and the partner's is not."""
    servers.server("DHCP01").scopes[ONE].state = "InActive"


@pytest.mark.parametrize("task", ANEW)
def test_a_copy_that_is_made_anew_loses_nothing_unasked(task: str) -> None:
    servers = pair()
    reserve(servers)
    module, options = ANEW[task]
    assert "allow_content_loss" in servers.refused(module, **options)


@pytest.mark.parametrize("task", ANEW)
def test_a_copy_that_alone_serves_is_not_made_anew_from_one_that_does_not(task: str) -> None:
    """Whatever may be lost: for a while nobody would serve it."""
    servers = pair()
    switch_off(servers)
    module, options = ANEW[task]
    message = servers.refused(module, **options, allow_content_loss=True)
    assert message.startswith(f"keep_scopes_on: 10.0.1.0 is in service on {D2} and not on DHCP01")
    assert "activate it on DHCP01 first" in message


@pytest.mark.parametrize("there", [True, False], ids=["HQ is there", "nothing is there"])
def test_a_partner_host_that_is_dead_is_an_answer(there: bool) -> None:
    servers = pair() if there else Pair()
    servers.server("DHCP02").reachable = False
    for name in servers.server("DHCP01").relationships:
        servers.lab.set_state("DHCP01", name, "CommunicationInterrupted")
    orphan: dict[str, Any] = {"recreate": "when_needed", "orphan": "remove_here", "keep_scopes_on": "this_server"}
    result = servers.run(RELATIONSHIP, **{**HQ, "partner_server": D3, "partner_host": "dhcp02", **orphan})
    assert "msg" in result or result["changed"]


@pytest.mark.parametrize(
    "keeper",
    [{"partner_host": "dhcp01"}, {"partner_server": "localhost"}, {"partner_server": "10.10.0.11"}],
    ids=str,
)
def test_a_server_keeps_no_copy_for_itself(keeper: dict[str, str]) -> None:
    servers = Pair()
    servers.server("DHCP01").scopes[THREE].state = "InActive"
    assert "itself" in servers.refused("dhcp_failover_scope_copy", scopes=[str(THREE)], **keeper)


@pytest.mark.parametrize(("lacks", "source"), [("DHCP02", "this_server"), ("DHCP01", "partner")])
@pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])
def test_a_copy_that_replication_brings_back_is_seen(lacks: str, source: str, route: dict[str, str]) -> None:
    servers = pair()
    del servers.server(lacks).scopes[ONE]
    servers.ok("dhcp_failover_replicate", relationship="HQ", source=source, wait_timeout=1, **route)
    assert ONE in servers.server(lacks).scopes


def test_after_too_many_at_once_all_that_the_plan_says_is_done() -> None:
    """Smaller calls of the same plan: the former partner's copies go, and no note stays."""
    servers = pair()
    servers.lab.switches = replace(servers.lab.switches, add_scopes_max=1)
    move = {"create_relationship": {"partner_server": D3}, "move": True, "other_copy": "delete", "wait_timeout": 1}
    result = servers.ok(SCOPE, relationship="Branch", scopes=[str(ONE), str(TWO)], **move)
    assert {removal["other_copy"] for removal in result["removals"]} == {"delete"}
    assert servers.server("DHCP02").scopes == {}
    assert len(result["safety_copies"]) == 1


def test_changed_is_true_where_a_reply_got_lost_after_a_write() -> None:
    class Losing(Wire):
        writes = 0

        def execute(self, server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
            self.writes += '"mutex"' in arguments["request"]
            return {"msg": "boom", "failed": True} if self.writes == 2 else super().execute(server, arguments)

    lab = servers_of_three()
    lab.switches = replace(lab.switches, add_scopes_max=1)
    copies = lab.servers["DHCP02"].scopes
    for scope in (ONE, TWO):
        copies[scope] = replace(copy.deepcopy(lab.servers["DHCP01"].scopes[scope]), state="InActive", leases={})
    result = perform(Losing(lab), RELATIONSHIP, {**HQ, "replace_partner_copy": "inactive_only"})
    assert copies == {}
    assert (result["failed"], result["changed"]) == (True, True)


@pytest.mark.parametrize("answer", ["empty", "WIN32 259", "DHCP 20115"])
def test_somebody_elses_change_is_what_is_told(answer: str) -> None:
    class Meanwhile(Wire):
        def execute(self, server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
            if '"mutex"' in arguments["request"]:
                self.lab.servers["DHCP01"].scopes[THREE].name = "Changed"
            return super().execute(server, arguments)

    lab = servers_of_three()
    lab.switches = replace(lab.switches, empty_server_errors=answer)
    inactive = replace(copy.deepcopy(lab.servers["DHCP01"].scopes[ONE]), state="InActive", leases={})
    lab.servers["DHCP02"].scopes[ONE] = inactive
    task = {**HQ, "replace_partner_copy": "inactive_only"}
    result = perform(Meanwhile(lab), RELATIONSHIP, {**task, "wait_timeout": 0})
    assert "DHCP01 was changed by another task or a person between reading and writing" in result["msg"]
    assert (result["changed"], lab.servers["DHCP02"].relationships) == (False, {})
    lab.servers["DHCP01"].scopes[THREE].name = "Clients"
    assert "msg" not in perform(Meanwhile(lab), RELATIONSHIP, {**task, "wait_timeout": 60}), "it is planned anew"


@pytest.mark.parametrize("died_at", [4, 5])
def test_a_note_outlives_a_run_that_looked_at_another_server(died_at: int) -> None:
    servers = pair()
    lab: Any = servers.lab
    gone: dict[str, Any] = {
        "name": "HQ",
        "state": "absent",
        "keep_scopes_on": "partner",
        "other_copy": "disable",
        "wait_timeout": 1,
    }
    lab.watch = Watch(held(lab), die_at=died_at)
    with suppress(Killed):
        servers.run(RELATIONSHIP, **gone)
    lab.watch = None
    settle(lab)
    gone["wait_timeout"] = 900  # until the run may not be at work any more
    servers.run(RELATIONSHIP, **gone, partner_host="dhcp03")
    servers.run(RELATIONSHIP, **gone)
    assert servers.server("DHCP02").relationships == {}


def settle(lab: Lab) -> None:
    for _time in range(5):
        lab.settle([(server, half) for server in lab.servers.values() for half in server.relationships.values()])


def test_who_watches_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    monkeypatch.setattr(Display, "vv", lambda _self, line, host=None: lines.append(line))
    Pair().run(RELATIONSHIP, check_mode=True, **{**HQ, "name": "Kx7-Sekret", "shared_secret": "Kx7-Sekret"})
    assert lines
    assert not [line for line in lines if "Kx7-Sekret" in line]


def test_a_server_to_which_nothing_comes_through_gets_no_second_relationship() -> None:
    servers = unhurried(ONE)
    servers.lab.cut_link("DHCP01", "DHCP02", "failover")
    for name in ("DHCP01", "DHCP02"):
        servers.lab.set_state(name, "HQ", "CommunicationInterrupted")
    second: dict[str, Any] = {
        "name": "B",
        "partner_server": "dhcp02.contoso.example",
        "scopes": ["10.0.3.0"],
        "wait_timeout": 1,
    }
    message = servers.refused("dhcp_failover_relationship", **second)
    assert message.startswith(
        "'HQ' with dhcp02.contoso.example is in state CommunicationInterrupted, so 'B' most likely "
    )
    anew = servers.run("dhcp_failover_relationship", **second, allow_state=["CommunicationInterrupted"])
    assert "create relationship 'B'" in anew["plan"][0]["step"]
