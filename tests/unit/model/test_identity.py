# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which names mean which server: decided by how they look, and where that is not enough by their addresses."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import (
    Identity,
    Match,
    are_one,
    computer_name,
    elsewhere,
    same_server,
    spelled,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused

DHCP02 = Identity(("dhcp02.contoso.example", "DHCP02", "10.10.0.12"))
CLUSTER = "cluster.contoso.example"


@pytest.mark.parametrize(
    ("spelling", "other", "same"),
    [
        ("dhcp02", "DHCP02", True),
        ("dhcp02.contoso.example", "DHCP02.Contoso.Example.", True),
        ("dhcp02.contoso.example", "dhcp02", True),
        ("DHCP02", "dhcp02.contoso.example", True),
        ("dhcp02", "dhcp03", False),
        ("dhcp02.contoso.example", "dhcp02.fabrikam.example", False),
        ("10.10.0.12", "10.10.0.12", True),
        ("10.10.0.12", "10.10.0.13", False),
        ("10.10.0.12", "10", False),
        ("10.10.0.12", "10.contoso.example", False),
        ("", "", False),
    ],
)
def test_two_spellings_can_mean_one_server(spelling: str, other: str, same: bool) -> None:
    assert same_server(spelling, other) is same


# what DNS has of DHCP02: it has a second card, on which DHCP does not listen
OWN = {"dhcp02": ("10.10.0.12",), "dhcp02.contoso.example": ("10.10.0.12", "192.168.9.12")}


@pytest.mark.parametrize(
    ("spelling", "resolved", "verdict"),
    [
        ("DHCP02", {}, Match.SAME),
        ("dhcp02.contoso.example.", {}, Match.SAME),
        ("10.10.0.12", {}, Match.SAME),
        ("10.10.0.13", {}, Match.UNKNOWN),
        ("10.10.0.13", OWN, Match.OTHER),
        ("192.168.9.12", OWN, Match.SAME),
        ("dhcp02.fabrikam.example", OWN, Match.UNKNOWN),  # a server of this name in another domain, or an alias
        ("dhcp02.fabrikam.example", {**OWN, "dhcp02.fabrikam.example": ("10.10.0.99",)}, Match.OTHER),
        ("dhcp02.fabrikam.example", {**OWN, "dhcp02.fabrikam.example": ("10.10.0.12",)}, Match.SAME),
        (CLUSTER, OWN, Match.UNKNOWN),
        (CLUSTER, {**OWN, CLUSTER: ("10.10.0.12",)}, Match.SAME),
        (CLUSTER, {**OWN, CLUSTER: ("10.10.0.99", "10.10.0.12")}, Match.IN_PART),
        (CLUSTER, {**OWN, "dhcp02.contoso.example": ("10.10.0.99",), CLUSTER: ("10.10.0.99",)}, Match.OTHER),
        (CLUSTER, {**OWN, CLUSTER: ("192.168.9.12",)}, Match.SAME),
        (CLUSTER, {**OWN, CLUSTER: ("10.10.0.99",)}, Match.OTHER),
        (CLUSTER, {**OWN, CLUSTER: ()}, Match.NOT_RESOLVED),
    ],
)
def test_a_name_that_looks_different_is_unknown_until_it_was_resolved(
    spelling: str, resolved: dict[str, Any], verdict: Match
) -> None:
    assert DHCP02.knowing(resolved).match(spelled(spelling)) is verdict


BERLIN = Identity(("DHCP01", "dhcp01.berlin.example", "10.1.0.1"), own=True)


@pytest.mark.parametrize(
    ("names", "same"),
    [
        (("dhcp01.berlin.example", "10.1.0.1"), True),
        (("dhcp01", "10.1.0.1"), True),
        (("dhcp01",), True),
        (("old-name.berlin.example", "10.1.0.1"), True),  # an address in common is the server
        (("dhcp01.paris.example", "10.1.0.1"), True),
        (("dhcp01.paris.example", "dhcp01"), False),  # the same name in another domain
        (("dhcp01.paris.example",), False),
        (("dhcp01", "10.2.0.1"), False),  # the same name at another address
        (("dhcp01.berlin.example", "10.2.0.1"), False),
        (("127.0.0.2",), True),
    ],
)
def test_another_domain_or_another_address_is_another_server(names: tuple[str, ...], same: bool) -> None:
    assert BERLIN.is_same(Identity(names)) is same


def test_the_domain_is_no_evidence_where_it_is_not_known() -> None:
    assert Identity(("DHCP01", "dhcp01")).is_same(Identity(("dhcp01.paris.example",)))


def test_whose_addresses_have_to_be_known_first() -> None:
    assert DHCP02.unknown(spelled(CLUSTER)) == (CLUSTER, "dhcp02.contoso.example")
    assert DHCP02.unknown(spelled("192.168.9.12")) == ("dhcp02.contoso.example",)
    # a name without a domain may lead to another server of that name
    assert Identity(("dhcp02",)).unknown(spelled("192.168.9.12")) == ("dhcp02",)
    assert Identity(("dhcp02", "10.10.0.12")).unknown(spelled("192.168.9.12")) == ()
    assert DHCP02.knowing({**OWN, CLUSTER: ()}).unknown(spelled(CLUSTER)) == ()


@pytest.mark.parametrize(
    ("identity", "called"),
    [
        (Identity(("DHCP01",), own=True), True),
        (Identity(("DHCP01",)), False),
    ],
    ids=["itself", "another server"],
)
@pytest.mark.parametrize("spelling", ["localhost", "127.0.0.1", "."])
def test_the_words_for_this_computer_mean_the_server_itself_alone(
    identity: Identity, called: bool, spelling: str
) -> None:
    assert identity.is_called(spelling) is called


def test_two_servers_are_one_when_a_name_of_the_one_can_mean_the_other() -> None:
    assert DHCP02.is_same(Identity(("dhcp02",)))
    assert DHCP02.is_same(Identity(("unheard-of", "10.10.0.12")))
    assert not DHCP02.is_same(Identity(("dhcp03", "10.10.0.13")))
    assert not DHCP02.is_same(Identity(()))


@pytest.mark.parametrize(
    ("spelling", "other", "same"),
    [("dhcp02", "dhcp02.contoso.example", True), ("10.10.0.12", "dhcp02", True), ("10.10.0.13", "dhcp02", False)],
)
def test_two_spellings_mean_one_server_by_what_is_known_of_it(spelling: str, other: str, same: bool) -> None:
    assert are_one(spelling, other, [DHCP02]) is same


@pytest.mark.parametrize(
    "name", ["dhcp02", "dhcp_02.contoso.example", "2dhcp", "10.0.0.2", "::1", "fe80::2", "_a", "a" * 255]
)
def test_what_can_be_the_name_of_a_computer(name: str) -> None:
    assert computer_name(name, "partner_server") == name


@pytest.mark.parametrize("text", ["dhcp02; Get-Process", "-Force", "$(hostname)", "dhcp 02", "", "dhcp02\n", "a" * 256])
def test_what_is_no_name_of_a_computer(text: str) -> None:
    """Windows' own export puts it into a text that it runs."""
    with pytest.raises(Refused) as refused:
        computer_name(text, "partner_server")
    assert str(refused.value) == (
        f"partner_server: {text!r} is no name of a computer; write its name or address, with letters, digits and . - _ "
        ": only, and no hyphen in front."
    )


def test_a_name_that_leads_to_where_it_is_asked_is_this_server() -> None:
    """As a line of its hosts file says."""
    own = Identity(("dhcp01.contoso.example", "10.10.0.11"), own=True)
    resolved = {"dhcp01.contoso.example": ("10.10.0.11",), "myself": ("127.0.0.1",)}
    assert own.knowing(resolved).match(spelled("myself")) is Match.SAME
    assert DHCP02.knowing({**OWN, "myself": ("127.0.0.1",)}).match(spelled("myself")) is Match.OTHER


def test_that_address_does_not_say_which_other_server_it_is() -> None:
    """Of a name that leads to 127.0.0.1 on this server: another server's own names do not make it that one."""
    dhcp03 = Identity(("DHCP03", "dhcp03.contoso.example", "10.10.0.13"), own=True)
    resolved = {"dhcp02.contoso.example": ("127.0.0.1",), "dhcp03.contoso.example": ("10.10.0.13",)}
    assert dhcp03.knowing(elsewhere(resolved)).match(spelled("dhcp02.contoso.example")) is Match.NOT_RESOLVED
    assert dhcp03.knowing(elsewhere(resolved)).match(spelled("dhcp03.contoso.example")) is Match.SAME
