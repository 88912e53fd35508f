# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server got another address, or another name as well: its relationships have the old one for good. What the guide
says to do, task by task."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pairs import ONE, TWO, Pair, pair

RELATIONSHIP, DOWN = "dhcp_failover_relationship", "dhcp_failover_partner_down"
OLD_ADDRESS, OLD_NAME = "10.10.0.99", "old02.contoso.example"
OWN = {"partner_host": "dhcp02"}
HQ = {"name": "HQ", "partner_server": "dhcp02.contoso.example", "scopes": ["10.0.1.0", "10.0.2.0"], "wait_timeout": 1}
END = {
    "name": "HQ",
    "state": "absent",
    "keep_scopes_on": "this_server",
    "other_copy": "disable",
    "allow_state": ["CommunicationInterrupted"],
    "wait_timeout": 1,
}


def moved(partner_server: str = "dhcp02.contoso.example", *, renamed: bool = False) -> Pair:
    """DHCP02 has another address than HQ has for it (`renamed`: and another name), so the two are out of contact. Both
    halves show what it was when HQ was created."""
    servers = pair()
    old = {"10.10.0.12": OLD_ADDRESS} | ({"dhcp02.contoso.example": OLD_NAME} if renamed else {})
    servers.server("DHCP01").relationships["HQ"].partner_server = partner_server
    servers.lab.leads |= {OLD_ADDRESS: "", OLD_NAME: ""}
    for name in ("DHCP01", "DHCP02"):
        servers.lab.set_state(name, "HQ", "CommunicationInterrupted")
    plain = servers.wire.execute

    def execute(server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        answer: dict[str, Any] = json.loads(json.dumps(plain(server, arguments)))
        for result in (*answer["reply"]["before"], *answer["reply"]["finally"]):
            for shown in result["objects"]:
                if shown.get("State") == "CommunicationInterrupted":
                    for key in ("SecondaryServerIP", "SecondaryServerName"):
                        shown[key] = old.get(shown[key], shown[key])
        return answer

    servers.wire.execute = execute  # type: ignore[method-assign]
    return servers


@pytest.mark.parametrize("partner_server", ["dhcp02.contoso.example", OLD_ADDRESS], ids=["by name", "by address"])
def test_the_relationship_is_ended_on_both_and_created_anew(partner_server: str) -> None:
    servers = moved(partner_server)
    leases = {scope: len(servers.server("DHCP01").scopes[scope].leases) for scope in (ONE, TWO)}
    servers.reached(RELATIONSHIP, **END, **OWN)
    assert [len(server.relationships) for server in servers.lab.servers.values()] == [0, 0, 0]
    assert {servers.server("DHCP02").scopes[scope].state for scope in (ONE, TWO)} == {"InActive"}
    servers.reached(RELATIONSHIP, **HQ, **OWN, replace_partner_copy="inactive_only")
    for name in ("DHCP01", "DHCP02"):
        shown = servers.server(name)
        assert {scope: len(shown.scopes[scope].leases) for scope in (ONE, TWO)} == leases
        assert shown.relationships["HQ"].state == "Normal"


def test_until_then_every_run_says_so() -> None:
    servers = moved()
    result = servers.ok(RELATIONSHIP, **HQ, **OWN)
    assert not result["changed"]
    warning, state = result["warnings"]
    assert "CommunicationInterrupted" in state
    assert warning.startswith(f"DHCP02 has the address 10.10.0.12, and 'HQ' on DHCP01 has it at {OLD_ADDRESS}.")


@pytest.mark.parametrize(
    ("module", "options"),
    [(DOWN, {}), (RELATIONSHIP, {"state": "absent", "orphan": "remove_here"})],
    ids=["declared down", "left behind"],
)
def test_it_is_not_taken_for_gone(module: str, options: dict[str, Any]) -> None:
    message = moved().refused(module, name="HQ", **options, partner_is_off=True)
    assert f"answers at 10.10.0.12, and 'HQ' has it at {OLD_ADDRESS}: it got another address, so it is not" in message
    assert "create it anew" in message


def test_where_the_old_address_is_all_that_is_known_the_text_says_what_may_be() -> None:
    message = moved(OLD_ADDRESS).refused(RELATIONSHIP, **END)
    assert "If it got another address or name: partner_host" in message


def test_one_with_another_name_and_address_ends_its_half_itself() -> None:
    servers = moved(OLD_NAME, renamed=True)
    assert servers.refused(RELATIONSHIP, **END, **OWN).startswith(
        "partner_host: it is DHCP02, and the partner of 'HQ' is"
    )
    there = {**END, "keep_scopes_on": "partner", "host": "dhcp02", "partner_host": "dhcp01"}
    servers.reached(RELATIONSHIP, **there)
    assert list(servers.server("DHCP01").relationships) == ["HQ"]
    servers.reached(RELATIONSHIP, name="HQ", state="absent", orphan="remove_here", partner_is_off=True)
    servers.reached(RELATIONSHIP, **HQ, **OWN, replace_partner_copy="inactive_only")
    assert servers.server("DHCP02").relationships["HQ"].state == "Normal"


def test_a_half_that_is_with_the_old_address_of_this_server_is_told() -> None:
    """DHCP02 was renamed, too: its own task does not recognise DHCP01's half, and takes nothing apart for it."""
    servers = moved(OLD_NAME, renamed=True)
    options = {**HQ, "partner_server": "dhcp01.contoso.example", "recreate": "when_needed", "host": "dhcp02"}
    options |= {"keep_scopes_on": "this_server", "other_copy": "delete", "partner_host": "dhcp01"}
    message = servers.refused(RELATIONSHIP, **options)
    assert message.startswith(f"'HQ' on DHCP01 is with {OLD_NAME} = {OLD_ADDRESS}, and that is not DHCP02")


def test_another_server_of_the_name_without_the_half_is_refused() -> None:
    servers = moved()
    del servers.server("DHCP02").relationships["HQ"]
    message = servers.refused(RELATIONSHIP, **END, **OWN)
    assert message.startswith(
        "partner_host: it is DHCP02 with the address 10.10.0.12, and the partner of 'HQ' is dhcp02"
    )
    assert "the name is the same, and the address is another" in message
