# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A name in DNS that leads to another server by now is no reason to do anything to it, nor to leave the partner with a
half that nobody knows."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest
from lab.core.server import Card
from pairs import ONE, RELATIONSHIP, SCOPE, TWO, Pair, pair, unhurried

OWN = {"partner_host": "dhcp02"}
KEEP = {"keep_scopes_on": "this_server", "other_copy": "delete"}
HQ: dict[str, Any] = {"name": "HQ", "partner_server": "dhcp02.contoso.example", "wait_timeout": 1}
ANEW = {"recreate": "when_needed", "max_removals_percent": 100, **KEEP}
TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "end": (RELATIONSHIP, {"name": "HQ", "state": "absent", **KEEP}),
    "take out": (SCOPE, {"relationship": "HQ", "scopes": ["10.0.1.0"], "state": "absent", **KEEP}),
    "give away": (
        SCOPE,
        {"relationship": "HQ", "scopes": ["10.0.1.0"], "state": "absent", **KEEP, "keep_scopes_on": "partner"},
    ),
    "new name": (
        RELATIONSHIP,
        {**HQ, "name": "New", "previous_name": "HQ", "scopes": ["10.0.1.0", "10.0.2.0"], **ANEW},
    ),
    "add": (SCOPE, {"relationship": "HQ", "scopes": ["10.0.3.0"]}),
}


def misled(servers: Pair) -> Pair:
    """The partner's name leads to DHCP03."""
    servers.lab.leads |= {"dhcp02.contoso.example": "DHCP03", "dhcp02": "DHCP03"}
    return servers


@pytest.mark.parametrize("copies", [None, "Active", "InActive"], ids=str)
@pytest.mark.parametrize("task", TASKS)
def test_what_answers_to_the_partners_name_at_another_address_is_not_the_partner(task: str, copies: str | None) -> None:
    servers = misled(pair())
    for scope in (ONE, TWO) if copies else ():
        here = servers.server("DHCP01").scopes[scope]
        servers.server("DHCP03").scopes[scope] = replace(deepcopy(here), state=copies)
    module, options = TASKS[task]
    message = servers.refused(module, **{"wait_timeout": 1, **options})
    assert message.startswith("dhcp02.contoso.example leads to 10.10.0.13 in the DNS of DHCP01, and 'HQ' has its ")
    assert "Correct DNS, or name the partner's host in partner_host." in message


def test_the_partner_is_taken_out_all_the_same_where_its_host_is_named() -> None:
    servers = misled(pair())
    servers.ok(SCOPE, **servers.remove(ONE, **KEEP), **OWN)
    assert ONE not in servers.server("DHCP02").relationships["HQ"].scopes


def test_a_partner_with_its_half_is_known_by_that_whatever_its_name_leads_to() -> None:
    """It got another address, which DNS has already."""
    servers = pair()
    servers.server("DHCP02").ip = IPv4Address("10.10.0.77")
    result = servers.run(SCOPE, **servers.remove(ONE, **KEEP))
    assert "leads to" not in result.get("msg", "")


def test_a_removal_that_was_broken_off_is_not_gone_on_with_on_another_server() -> None:
    servers = pair()
    servers.server("DHCP02").relationships["HQ"].scopes.remove(ONE)  # its half is done
    misled(servers)
    assert "leads to 10.10.0.13" in servers.refused(SCOPE, **servers.remove(ONE, **KEEP))


def test_a_new_relationship_is_made_with_the_server_that_was_looked_at() -> None:
    servers = misled(Pair())
    options = {**HQ, "scopes": ["10.0.1.0"], **OWN}
    message = servers.refused(RELATIONSHIP, **options)
    assert message.startswith(
        "partner_server: 'dhcp02.contoso.example' leads to 10.10.0.13 in the DNS of DHCP01, and DHCP02 (partner_host) "
        "has 10.10.0.12"
    )
    servers.ok(RELATIONSHIP, **{**options, "partner_server": "10.10.0.12"})
    assert servers.server("DHCP02").relationships.keys() == {"HQ"}


def test_a_new_partner_is_none_that_the_old_ones_name_leads_to() -> None:
    servers = misled(pair())
    anew = {**HQ, "partner_server": "dhcp03.contoso.example", "scopes": ["10.0.1.0", "10.0.2.0"], **ANEW}
    assert "dhcp02.contoso.example leads to 10.10.0.13" in servers.refused(RELATIONSHIP, **anew)


def inside(*names: str) -> Pair:
    """Servers with a card for inside use, whose address others have as well, and DNS has it."""
    servers = pair() if "DHCP01" not in names else Pair()
    for name in names:
        servers.server(name).cards = {"nat": Card("nat", IPv4Address("172.17.0.1"))}
    return servers


def test_an_address_that_two_computers_have_makes_them_no_one() -> None:
    servers = inside("DHCP02", "DHCP03")
    anew = {**HQ, "partner_server": "dhcp03.contoso.example", "scopes": ["10.0.1.0", "10.0.2.0"], **ANEW}
    message = servers.refused(RELATIONSHIP, **anew)
    assert "so it is not known whether it is that one. Write one of those names, or an address" in message
    servers.ok(RELATIONSHIP, **{**anew, "partner_server": "10.10.0.13"})
    assert servers.server("DHCP03").relationships.keys() == {"HQ"}
    other = {"name": "New", "partner_server": "dhcp03.contoso.example", "scopes": ["10.0.3.0"], "wait_timeout": 1}
    assert inside("DHCP02", "DHCP03").refused(RELATIONSHIP, **other, **OWN).startswith("partner_host: it is DHCP02")


def test_nor_is_such_a_partner_this_server() -> None:
    servers = inside("DHCP01", "DHCP02")
    options = {**HQ, "scopes": ["10.0.1.0"]}
    message = servers.refused(RELATIONSHIP, **options)
    assert message.startswith("partner_server: 'dhcp02.contoso.example' leads to an address that DHCP01 has too")
    servers.ok(RELATIONSHIP, **{**options, "partner_server": "10.10.0.12"})


ALIAS = "backup.contoso.example"


def by_another_name() -> Pair:
    """HQ was made with an alias of DHCP02, and Windows stores that as its name."""
    servers = pair()
    servers.lab.servers["DHCP02"] = replace(servers.server("DHCP02"), aliases=(ALIAS,))
    for name in ("DHCP01", "DHCP02"):
        servers.server(name).relationships["HQ"].secondary_name = ALIAS
    servers.server("DHCP01").relationships["HQ"].partner_server = ALIAS
    return servers


def new_names(partner: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Tasks that make a relationship with `partner` of what is in HQ."""
    module, options = TASKS["new name"]
    created = {"partner_server": partner, "mode": "load_balance", "enable_auth": False}
    moved = {"relationship": "New", "scopes": ["10.0.1.0"], "move": True, "create_relationship": created}
    return {
        "new name": (module, {**options, "partner_server": partner}),
        "move": (SCOPE, {**moved, "wait_timeout": 1, "max_removals_percent": 100, **KEEP}),
    }


@pytest.mark.parametrize("task", new_names(""))
def test_scopes_stay_with_the_partner_by_whatever_name_the_new_relationship_calls_it(task: str) -> None:
    servers = by_another_name()
    module, options = new_names("dhcp02.contoso.example")[task]
    servers.ok(module, **options, **OWN)
    for name in ("DHCP01", "DHCP02"):
        assert ONE in servers.server(name).relationships["New"].scopes
        assert servers.server(name).scopes[ONE].state == "Active"


@pytest.mark.parametrize("task", new_names(""))
def test_over_the_hop_the_name_that_is_known_has_to_be_written(task: str) -> None:
    """A server is asked by a name there, and by two names it would be two servers."""
    servers = by_another_name()
    module, options = new_names("dhcp02.contoso.example")[task]
    assert servers.refused(module, **options) == (
        "partner_server: dhcp02.contoso.example is the partner of 'HQ' on DHCP01, which has it as "
        f"{ALIAS} = 10.10.0.12. Write one of those names, or give partner_host, so that both are looked at as one "
        "server. Nothing was changed."
    )
    module, options = new_names(ALIAS)[task]
    servers.ok(module, **options)


def with_two_cards(alias: str = "") -> Pair:
    """Two relationships with DHCP02, each made by another of its addresses, and by another of its names."""
    servers = pair()
    servers.ok(RELATIONSHIP, **{**HQ, "name": "Other", "scopes": ["10.0.3.0"]})
    second = IPv4Address("10.20.0.12")
    cards = {"second": Card("second", second)}
    servers.lab.servers["DHCP02"] = replace(servers.server("DHCP02"), cards=cards, aliases=(alias,) if alias else ())
    for name in ("DHCP01", "DHCP02"):
        servers.server(name).relationships["Other"].secondary_ip = second
    return called(servers, alias, "Other") if alias else servers


def called(servers: Pair, name: str, *relationships: str) -> Pair:
    """Windows stored that as the partner's name."""
    for relationship in relationships:
        for server in ("DHCP01", "DHCP02"):
            servers.server(server).relationships[relationship].secondary_name = name
        servers.server("DHCP01").relationships[relationship].partner_server = name
    return servers


@pytest.mark.parametrize(
    ("alias", "route"),
    [("", {}), ("", OWN), (ALIAS, OWN), ("dhcp02", {}), ("dhcp02", OWN)],
    ids=["hop", "own", "own, and by two names", "hop, by a short name", "own, by a short name"],
)
@pytest.mark.parametrize("copy", ["delete", "disable"])
def test_a_scope_moves_between_relationships_with_two_addresses_of_one_partner(
    copy: str, alias: str, route: dict[str, Any]
) -> None:
    servers = called(with_two_cards(), alias, "HQ", "Other") if alias == "dhcp02" else with_two_cards(alias)
    move = {"relationship": "Other", "scopes": ["10.0.1.0"], "move": True, "max_removals_percent": 100}
    servers.ok(SCOPE, **move, **{**KEEP, "other_copy": copy}, **route, wait_timeout=1)
    for name in ("DHCP01", "DHCP02"):
        assert ONE in servers.server(name).relationships["Other"].scopes
        assert servers.server(name).scopes[ONE].state == "Active"


@pytest.mark.parametrize("copy", ["delete", "disable"])
def test_a_short_name_makes_two_addresses_no_one_server(copy: str) -> None:
    servers = pair()
    servers.ok(RELATIONSHIP, name="Other", partner_server="dhcp03.contoso.example", scopes=["10.0.3.0"], wait_timeout=1)
    called(servers, "dhcp03", "HQ")
    servers.lab.leads |= {"dhcp03": "DHCP02"}
    move: dict[str, Any] = {"relationship": "Other", "scopes": ["10.0.1.0"], "move": True, "max_removals_percent": 100}
    move |= {**KEEP, "other_copy": copy, "partner_host": "dhcp03", "wait_timeout": 1}
    result = servers.run(SCOPE, **move)
    assert "msg" not in result, result["msg"]
    assert ONE in servers.server("DHCP03").relationships["Other"].scopes


@pytest.mark.parametrize("task", new_names(""))
def test_of_a_partner_that_is_gone_another_server_may_have_the_address(task: str) -> None:
    servers = unhurried()
    gone, new = servers.server("DHCP02"), servers.server("DHCP03")
    gone.reachable = False
    gone.ip, new.ip = IPv4Address("10.10.0.99"), gone.ip
    half = servers.server("DHCP01").relationships["HQ"]
    half.secondary_ip, half.secondary_name, half.state = new.ip, "dhcp02.contoso.example", "CommunicationInterrupted"
    module, options = new_names("dhcp03.contoso.example")[task]
    all_of_it = {"max_client_lead_time": 3600, "auto_state_transition": False, "mode": "load_balance"}
    options |= all_of_it if task == "new name" else {"scopes": ["10.0.1.0", "10.0.2.0"]}
    servers.ok(module, **options, orphan="remove_here", partner_is_off=True)
    assert servers.server("DHCP03").relationships["New"].scopes == [ONE, TWO]
