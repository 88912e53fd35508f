# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server is never its own partner, another server of the same name never the partner, and a half never removed
because of a name that was not understood."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest
from lab import topology
from lab.core.server import Card
from nothing_lost.watched import watched
from pairs import ONE, Pair, pair

COPY, RELATIONSHIP = "dhcp_failover_scope_copy", "dhcp_failover_relationship"
OWN: dict[str, Any] = {"partner_host": "dhcp02"}
ALIAS, CARD = "dhcp.contoso.example", "192.168.9.11"
ITSELF = ["dhcp01", "DHCP01.contoso.example.", "localhost", "127.0.0.1", "10.10.0.11", ALIAS, CARD]


def alone() -> Pair:
    """DHCP01 with an alias in DNS and a second card; 10.0.1.0 is inactive there, and nowhere else."""
    servers = Pair()
    here = servers.server("DHCP01")
    here.aliases, here.cards = (ALIAS,), {"Management": Card("Management", IPv4Address(CARD))}
    here.scopes[ONE].state = "InActive"
    return servers


# --- a server is never its own partner -------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ITSELF)
def test_the_only_copy_is_not_deleted_because_this_server_has_it(spelling: str) -> None:
    message = alone().refused(COPY, scopes=["10.0.1.0"], partner_server=spelling)
    assert message.startswith(f"partner_server: '{spelling}' is DHCP01 itself; name the other server.")


def test_nor_because_partner_host_is_this_server() -> None:
    message = alone().refused(COPY, scopes=["10.0.1.0"], partner_host="dhcp01")
    assert message.startswith("partner_host: it is DHCP01 itself; name the other server.")


@pytest.mark.parametrize("spelling", ITSELF)
def test_a_relationship_with_itself_is_refused_before_a_copy_goes(spelling: str) -> None:
    options = {"name": "HQ", "partner_server": spelling, "scopes": ["10.0.1.0"], "wait_timeout": 1}
    message = alone().refused(RELATIONSHIP, **options, replace_partner_copy="inactive_only")
    assert message.startswith(f"partner_server: '{spelling}' is DHCP01 itself; name the other server.")


def test_a_card_that_no_cmdlet_lists_is_known_by_the_servers_own_name() -> None:
    """Get-DhcpServerv4Binding lists cards with a fixed address."""
    servers = alone()
    plain = servers.wire.execute

    def execute(server: str, arguments: Any) -> Any:
        answer: dict[str, Any] = {**plain(server, arguments)}
        for result in answer["reply"]["before"]:
            if result["id"] == "bindings":
                result["objects"] = result["objects"][:1]
        return answer

    servers.wire.execute = execute  # type: ignore[method-assign]
    assert "is DHCP01 itself" in servers.refused(COPY, scopes=["10.0.1.0"], partner_server=CARD)


def test_a_server_that_answers_to_a_name_without_addresses_may_be_this_one() -> None:
    """A name of the hosts file or of NetBIOS, which DNS does not have."""
    servers = pair()
    servers.server("DHCP02").scopes[ONE] = replace(servers.server("DHCP01").scopes[ONE], state="InActive")
    del servers.server("DHCP02").relationships["HQ"]
    resolve = servers.lab.resolve
    servers.lab.resolve = lambda name, asker=None: [] if name == "dhcp01" else resolve(name, asker)  # type: ignore[method-assign]
    message = servers.refused(COPY, host="dhcp02", scopes=["10.0.1.0"], partner_server="dhcp01")
    assert message.startswith("partner_server: 'dhcp01' has no address in the DNS of DHCP02")
    servers.reached(COPY, host="dhcp02", scopes=["10.0.1.0"], partner_server="10.10.0.11")


# --- two servers of one name -----------------------------------------------------------------------------------------

SCOPES = "{10.0.2.0: {name: Clients, subnet_mask: 255.255.255.0, start_range: 10.0.2.10, end_range: 10.0.2.99}}"
TWO_DOMAINS = f"""
credentials: [{{user: admin, password: random}}]
servers:
  PARIS: {{fqdn: paris.paris.example, address: 127.0.0.11, ip: 10.2.0.1, scopes: {SCOPES}}}
  BERLIN: {{fqdn: berlin.berlin.example, address: 127.0.0.12, ip: 10.1.0.1, scopes: {SCOPES}}}
  DHCP02: {{fqdn: dhcp02.hub.example, address: 127.0.0.13, ip: 10.3.0.1, scopes: {SCOPES}}}
relationships:
  HQ: {{primary: PARIS, secondary: DHCP02, scopes: [10.0.2.0]}}
"""
REMOVE: dict[str, Any] = {"name": "HQ", "state": "absent", "other_copy": "delete", "wait_timeout": 1}


def two_domains(*, addresses: bool = True) -> Pair:
    """A hub with a relationship with Paris. Berlin's server is called dhcp01 as well, also by NetBIOS."""
    servers = Pair(watched(topology.loads(TWO_DOMAINS)))
    servers.lab.leads["dhcp01"] = "PARIS"
    plain = servers.wire.execute

    def execute(server: str, arguments: Any) -> Any:
        request = re.sub(r"dhcp01\.(paris|berlin)\.", r"\1.\1.", arguments["request"])
        said = json.dumps(plain(server, {**arguments, "request": request}))
        said = re.sub(r"(paris|berlin)\.\1\.", r"dhcp01.\1.", said)
        answer: dict[str, Any] = json.loads(re.sub(r'"(paris|berlin)"', '"dhcp01"', said, flags=re.IGNORECASE))
        for result in (*answer["reply"]["before"], *answer["reply"]["finally"]):
            for shown in result["objects"]:
                if "PrimaryServerIP" in shown and not addresses:
                    shown.update(PrimaryServerIP=None, SecondaryServerIP=None)
        return answer

    servers.wire.execute = execute  # type: ignore[method-assign]
    return servers


@pytest.mark.parametrize("addresses", [True, False], ids=["addresses are shown", "names alone"])
def test_another_pairs_relationship_is_not_taken_apart(addresses: bool) -> None:
    servers = two_domains(addresses=addresses)
    with servers.unchanged():
        result = servers.run(RELATIONSHIP, host="berlin", keep_scopes_on="partner", **OWN, **REMOVE)
    assert not result["changed"]
    assert servers.run(RELATIONSHIP, host="paris", keep_scopes_on="partner", **OWN, **REMOVE)["changed"]
    assert servers.server("DHCP02").relationships == {}


@pytest.mark.parametrize("addresses", [True, False], ids=["addresses are shown", "names alone"])
def test_another_server_of_the_name_is_no_partner_host(addresses: bool) -> None:
    servers = two_domains(addresses=addresses)
    options: dict[str, Any] = {"host": "dhcp02", "keep_scopes_on": "this_server", **REMOVE}
    message = servers.refused(RELATIONSHIP, partner_host="berlin", **options)
    assert message.startswith("partner_host: it is dhcp01")
    assert "the partner of 'HQ' is dhcp01 = dhcp01.paris.example" in message
    assert servers.run(RELATIONSHIP, partner_host="paris", **options)["changed"]


# --- a name that is not understood -----------------------------------------------------------------------------------


def known_as(alias: str) -> Pair:
    """DHCP02 has this name for DHCP01 and no other, as a server of 2012 shows it."""
    servers = pair()
    servers.server("DHCP02").relationships["HQ"].partner_server = alias
    plain = servers.wire.execute

    def execute(server: str, arguments: Any) -> Any:
        answer: dict[str, Any] = {**plain(server, arguments)}
        for result in (*answer["reply"]["before"], *answer["reply"]["finally"]):
            for shown in result["objects"]:
                if shown.get("PartnerServer") == alias:
                    for key in ("PrimaryServerName", "SecondaryServerName", "PrimaryServerIP", "SecondaryServerIP"):
                        shown.pop(key, None)
        return answer

    servers.wire.execute = execute  # type: ignore[method-assign]
    return servers


HQ = {"name": "HQ", "partner_server": "dhcp02.contoso.example", "scopes": ["10.0.1.0", "10.0.2.0"], "wait_timeout": 1}


@pytest.mark.parametrize("route", [OWN, {}], ids=["own connection", "second hop"])
@pytest.mark.parametrize("members", [["10.0.1.0", "10.0.2.0"], []], ids=["with members", "empty"])
def test_an_alias_that_the_partner_has_for_this_server_is_resolved(members: list[str], route: dict[str, Any]) -> None:
    servers = known_as(ALIAS)
    servers.server("DHCP01").aliases = (ALIAS,)
    for name in ("DHCP01", "DHCP02"):
        servers.server(name).relationships["HQ"].scopes = [IPv4Address(scope) for scope in members]
    with servers.unchanged():
        assert not servers.ok(RELATIONSHIP, **{**HQ, "scopes": members}, **route)["changed"]
    (shown,) = servers.ok("dhcp_failover_info", gather=["drift"], **route)["relationships"]
    assert shown["drift"]["problem"] is None
    options = {"keep_scopes_on": "this_server", "other_copy": "disable", "wait_timeout": 1}
    servers.reached(RELATIONSHIP, name="HQ", state="absent", **options, **route)
    assert [len(server.relationships) for server in servers.lab.servers.values()] == [0, 0, 0]


@pytest.mark.parametrize("task", [HQ, {"name": "HQ", "state": "absent", "keep_scopes_on": "this_server"}], ids=str)
def test_a_name_that_nobody_knows_removes_no_half(task: dict[str, Any]) -> None:
    servers = known_as("gone.contoso.example")
    message = servers.refused(RELATIONSHIP, **{"other_copy": "delete", "recreate": "when_needed", **task}, **OWN)
    assert message.startswith("'HQ' on DHCP02 is with gone.contoso.example, and DHCP01 finds no address of it")


def test_a_partner_server_that_nobody_knows_is_no_other_partner() -> None:
    """It would be a reason to take the relationship apart."""
    servers = pair()
    options = {**HQ, "partner_server": "typo.contoso.example", "recreate": "when_needed"}
    message = servers.refused(RELATIONSHIP, **options, keep_scopes_on="this_server", other_copy="delete")
    assert message.startswith("partner_server: typo.contoso.example has no address in the DNS of DHCP01")
    assert "dhcp02.contoso.example" in message


# --- a server with two cards, and a typo -----------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["192.168.9.12", "backup.contoso.example"])
@pytest.mark.parametrize("route", [OWN, {}], ids=["own connection", "second hop"])
def test_the_partner_may_be_named_by_the_card_that_dhcp_does_not_use(spelling: str, route: dict[str, Any]) -> None:
    servers = Pair()
    there = servers.server("DHCP02")
    there.cards, there.aliases = {"Backup": Card("Backup", IPv4Address("192.168.9.12"))}, ("backup.contoso.example",)
    servers.reached(RELATIONSHIP, **{**HQ, "partner_server": spelling}, **route)
    assert servers.server("DHCP01").relationships["HQ"].peer == "DHCP02"


def test_a_name_that_does_not_resolve_is_told_so() -> None:
    options = {**HQ, "partner_server": "dhcp20.contoso.example"}
    message = Pair().refused(RELATIONSHIP, **options)
    assert "dhcp20.contoso.example has no address in the DNS of DHCP01" in message
    message = alone().refused(COPY, scopes=["10.0.1.0"], partner_server="dhcp20.contoso.example")
    assert "dhcp20.contoso.example has no address in the DNS of DHCP01" in message
