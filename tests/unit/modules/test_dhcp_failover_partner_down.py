# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_partner_down: only from CommunicationInterrupted, never while the partner answers, never on both
servers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pairs import Pair, pair, unhurried

MODULE = "dhcp_failover_partner_down"


def lonely() -> Pair:
    servers = unhurried()
    servers.server("DHCP02").reachable = False
    return servers


RPC = "dhcp02.contoso.example does not answer RPC (WIN32 1722); 10.10.0.12 does not answer RPC (WIN32 1722)"
TCP = f"{RPC}; TCP 5985 of dhcp02 does not answer the controller (ETIMEDOUT)"
OFF = {"partner_is_off": True}


@pytest.mark.parametrize(
    ("route", "heard"),
    [({"partner_host": "dhcp02"}, TCP), (OFF, RPC)],
    ids=["own connection", "second hop"],
)
def test_a_partner_that_does_not_answer_is_declared_down_once(route: dict[str, Any], heard: str) -> None:
    servers = lonely()
    with servers.unchanged():
        check = servers.run(MODULE, check_mode=True, name="HQ", **route)
    result = servers.ok(MODULE, name="HQ", **route)
    assert (
        check["plan"]
        == result["plan"]
        == [
            {
                "server": "DHCP01",
                "step": "declare dhcp02.contoso.example, the partner of relationship 'HQ', down, since it is silent: "
                + heard,
            }
        ]
    )
    assert check["relationship"]["state"] == result["relationship"]["state"] == "PartnerDown"
    again = servers.ok(MODULE, name="HQ", **route)
    assert (again["changed"], again["remote_calls"]) == (False, 1)


def test_a_service_that_is_stopped_does_not_answer() -> None:
    servers = unhurried()
    servers.server("DHCP02").service = "stopped"
    assert servers.ok(MODULE, name="HQ", partner_host="dhcp02")["changed"]


@pytest.mark.parametrize("state", ["Normal", "Recover", "RecoverWait"])
def test_no_other_state_is_left_by_it(state: str) -> None:
    servers = lonely()
    servers.lab.set_state("DHCP01", "HQ", state) if state != "Normal" else setattr(
        servers.server("DHCP02"), "reachable", True
    )
    assert f"is in state {state}; a partner is declared down from CommunicationInterrupted only" in servers.refused(
        MODULE, name="HQ"
    )


def test_never_while_the_partner_answers_the_controller() -> None:
    """The two servers do not reach each other, and both serve: mending the link is the cure."""
    servers = unhurried()
    servers.lab.cut_link("DHCP01", "DHCP02")
    message = servers.refused(MODULE, name="HQ", partner_host="dhcp02")
    assert message.startswith(
        "DHCP02, the partner in 'HQ', answers (it is in state CommunicationInterrupted), so it is not down"
    )


def test_never_on_both_servers() -> None:
    servers = unhurried()
    servers.lab.cut_link("DHCP01", "DHCP02")
    servers.ok(MODULE, name="HQ", host="dhcp02", **OFF)
    message = servers.refused(MODULE, name="HQ", partner_host="dhcp02")
    assert message.startswith("DHCP02 has declared DHCP01 down in 'HQ'")


def test_a_refusal_of_access_is_an_answer() -> None:
    servers = unhurried()
    servers.lab.set_state("DHCP01", "HQ", "CommunicationInterrupted")
    for server in servers.lab.servers.values():
        server.credentials = tuple(replace(one, delegated=False) for one in server.credentials)
    message = servers.refused(MODULE, name="HQ")
    assert "answers DHCP01 at dhcp02.contoso.example, so it is not down, although it says: On dhcp01 asking" in message


def test_no_such_relationship() -> None:
    message = "name: relationship 'Other' does not exist on DHCP01. Nothing was changed."
    assert pair().refused(MODULE, name="Other") == message


def test_the_two_servers_find_together_again() -> None:
    servers = lonely()
    servers.ok(MODULE, name="HQ", **OFF)
    servers.server("DHCP02").reachable = True
    for _poll in range(8):
        states = [
            servers.run("dhcp_failover_info", host=host)["relationships"][0]["state"] for host in ("dhcp01", "dhcp02")
        ]
    assert states == ["Normal", "Normal"]
