# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""partner_host: auto: each partner over a connection of its own, if the inventory has it, and only when it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from pairs import ONE, RELATIONSHIP, SCOPE, THREE, TWO, Pair, pair

WHOLE = "dhcp_failover"
AUTO: dict[str, Any] = {"partner_host": "auto", "wait_timeout": 1}
THIRD = "dhcp03.contoso.example"
KEEP: dict[str, Any] = {"keep_scopes_on": "this_server", "other_copy": "delete"}


def hub(inventory: Sequence[str] = ("dhcp01", "dhcp02", "dhcp03")) -> tuple[Pair, list[str]]:
    """DHCP01 with HQ to DHCP02 and Far to DHCP03, and the servers that commands of later tasks run on."""
    servers = pair()
    servers.ok(RELATIONSHIP, name="Far", partner_server=THIRD, scopes=[str(THREE)], wait_timeout=1)
    servers.wire.inventory = inventory
    commands: list[str] = []
    plain = servers.wire.execute

    def execute(server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        commands.append(server)
        return plain(server, arguments)

    servers.wire.execute = execute  # type: ignore[method-assign]
    return servers, commands


def test_a_server_in_sync_is_one_command_and_no_partner_is_asked() -> None:
    servers, commands = hub()
    entries = [{"name": "HQ", "scopes": [str(ONE), str(TWO)]}, {"name": "Far", "scopes": [str(THREE)]}]
    assert not servers.ok(WHOLE, relationships=entries, **AUTO)["changed"]
    assert commands == ["DHCP01"]


def test_each_of_several_partners_has_a_connection_of_its_own() -> None:
    servers, commands = hub()
    gone = [{"name": "HQ", "state": "absent"}, {"name": "Far", "state": "absent"}]
    result = servers.ok(WHOLE, relationships=gone, **KEEP, **AUTO)
    assert result["changed"]
    assert {*commands} == {"DHCP01", "DHCP02", "DHCP03"}
    assert (servers.server("DHCP02").scopes, servers.server("DHCP03").scopes) == ({}, {})
    assert not servers.server("DHCP01").relationships


def test_a_partner_that_the_inventory_lacks_is_asked_over_the_hop() -> None:
    servers, commands = hub(["dhcp01", "dhcp02"])
    gone = [{"name": "HQ", "state": "absent"}, {"name": "Far", "state": "absent"}]
    assert servers.ok(WHOLE, relationships=gone, **KEEP, **AUTO)["changed"]
    assert {*commands} == {"DHCP01", "DHCP02"}
    assert servers.server("DHCP03").scopes == {}


def test_an_entry_can_name_its_partners_host() -> None:
    servers, commands = hub([])
    gone = [{"name": "HQ", "state": "absent"}, {"name": "Far", "state": "absent", "partner_host": "dhcp03"}]
    assert servers.ok(WHOLE, relationships=gone, wait_timeout=1, **KEEP)["changed"]
    assert {*commands} == {"DHCP01", "DHCP03"}


@pytest.mark.parametrize(
    ("module", "options"),
    [
        (SCOPE, {"relationship": "HQ", "scopes": [str(ONE)], "state": "absent", **KEEP}),
        (RELATIONSHIP, {"name": "HQ", "state": "absent", **KEEP}),
        ("dhcp_failover_replicate", {"all": True, "source": "partner"}),
    ],
)
def test_every_module_that_asks_the_partner_finds_it(module: str, options: dict[str, Any]) -> None:
    servers, commands = hub()
    servers.server("DHCP02").scopes[ONE].description = "changed there"
    options = {**options, "allow_content_loss": True} if "state" in options else options
    servers.ok(module, **options, **AUTO)
    assert "DHCP02" in commands


def test_two_hosts_that_it_may_be_are_named() -> None:
    servers, _commands = hub(["dhcp01", "dhcp02", "DHCP02"])
    with servers.unchanged():
        message = servers.run(RELATIONSHIP, name="HQ", state="absent", **KEEP, **AUTO)["msg"]
    assert message.startswith("partner_host: auto finds dhcp02 and DHCP02 for dhcp02.contoso.example")


def test_one_that_does_not_answer_is_no_failure_where_all_is_in_sync() -> None:
    servers, _commands = hub()
    servers.server("DHCP02").reachable = False
    entries = [{"name": "HQ", "scopes": [str(ONE), str(TWO)]}]
    result = servers.ok(WHOLE, relationships=entries, ignore=["Far"], **AUTO)
    assert not result["changed"]
    (warning,) = result["warnings"]
    assert warning.startswith("relationship 'HQ' is in state CommunicationInterrupted on DHCP01: ")
    assert warning.endswith("its partner could not be looked at: partner_host: DHCP02 cannot be reached.")


def test_a_state_that_is_not_normal_is_told_of_both() -> None:
    servers, commands = hub()
    servers.server("DHCP01").relationships["HQ"].state = "PartnerDown"
    result = servers.ok(WHOLE, relationships=[{"name": "HQ"}], ignore=["Far"], **AUTO)
    assert commands == ["DHCP01", "DHCP02"]
    assert "is in state PartnerDown on DHCP01, and " in result["warnings"][0]


def test_a_former_partner_has_one_of_its_own_too() -> None:
    """Its copies go over it, once this server has seen that the scopes are members of the new relationship."""
    servers, commands = hub()
    new = {
        "name": "HQ",
        "partner_server": THIRD,
        "partner_host": "dhcp03",
        "mode": "load_balance",
        "load_balance_percent": 50,
        "max_client_lead_time": "3600",
        "state_switch_interval": "0",
        "enable_auth": False,
        "scopes": [str(ONE), str(TWO)],
    }
    result = servers.ok(WHOLE, relationships=[new], recreate="when_needed", **KEEP, **AUTO)
    assert result["changed"]
    assert {*commands} == {"DHCP01", "DHCP02", "DHCP03"}
    assert (servers.server("DHCP02").scopes, {*servers.server("DHCP03").scopes}) == ({}, {ONE, TWO, THREE})
    assert not servers.ok(WHOLE, relationships=[new], recreate="when_needed", **KEEP, **AUTO)["changed"]
