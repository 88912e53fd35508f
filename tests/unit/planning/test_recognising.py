# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whose addresses are asked for before a server is taken for the one that is meant, and what is refused then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import recognising
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import PartnerRead
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import ServerView
from worlds import HOP, OWN, PARTNER, partner, world

ALIAS, WHOLE = "dhcp.contoso.example", "dhcp01.contoso.example"
HQ = builders.relationship("HQ", ["10.0.1.0"])


def here(resolved: Mapping[str, tuple[str, ...]], *, knows: bool = False) -> ServerView:
    """DHCP01 with what its DNS has; `knows`: it has HQ with DHCP02."""
    server = replace(builders.server([HQ] if knows else []), host_name=WHOLE)
    shown = world(server).here
    return replace(shown, server=replace(shown.server, resolved=resolved))


def there(source: object = OWN, **changes: object) -> ServerView:
    server = replace(partner({"HQ": ["10.0.1.0"]}), **changes)  # type: ignore[arg-type]
    return world(builders.server([HQ]), server, OWN if source is OWN else HOP).views[OWN if source is OWN else HOP]


@pytest.mark.parametrize(
    ("spelling", "resolved", "unknown"),
    [
        (ALIAS, {}, (ALIAS, WHOLE)),
        (ALIAS, {WHOLE: ()}, (ALIAS,)),
        ("192.168.9.11", {}, (WHOLE,)),
        (ALIAS, {WHOLE: (), ALIAS: ("10.10.0.12",)}, ()),
    ],
)
def test_an_alias_and_an_address_are_unknown_until_dns_was_asked(
    spelling: str, resolved: dict[str, tuple[str, ...]], unknown: tuple[str, ...]
) -> None:
    assert recognising.check_not_itself(spelling, here(resolved)) == unknown


@pytest.mark.parametrize(
    ("spelling", "resolved"),
    [
        ("DHCP01", {}),
        (ALIAS, {WHOLE: (), ALIAS: ("10.10.0.11",)}),
        ("192.168.9.11", {WHOLE: ("10.10.0.11", "192.168.9.11")}),
    ],
)
def test_a_server_is_never_its_own_partner(spelling: str, resolved: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(Refused, match=f"^partner_server: '{spelling}' is DHCP01 itself"):
        recognising.check_not_itself(spelling, here(resolved))


def test_the_partner_of_a_relationship_is_another_server_without_asking() -> None:
    assert recognising.check_not_itself(PARTNER, here({}, knows=True)) == ()


def test_a_name_without_addresses_that_answers_over_a_hop_may_be_this_server() -> None:
    with pytest.raises(Refused, match=f"^partner_server: '{ALIAS}' has no address in the DNS of DHCP01"):
        recognising.check_another(ALIAS, here({WHOLE: (), ALIAS: ()}), there(HOP))


def test_a_connection_of_its_own_shows_who_it_is_but_not_where_this_server_finds_the_name() -> None:
    assert recognising.check_another(ALIAS, here({}), there()) == (ALIAS,)
    assert recognising.check_another(ALIAS, here({ALIAS: ("10.10.0.12",)}), there()) == ()
    with pytest.raises(Refused, match=f"^partner_server: '{ALIAS}' leads to 10.10.0.13 in the DNS of DHCP01, and "):
        recognising.check_another(ALIAS, here({ALIAS: ("10.10.0.13",)}), there())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, None),
        ({"addresses": ("10.10.0.99",)}, None),  # its half mirrors ours
        ({"addresses": ("10.10.0.99",), "relationships": ()}, "the name is the same, and the address is another"),
        ({"name": "DHCP03", "addresses": ("10.10.0.13",), "relationships": ()}, "name the right host"),
    ],
    ids=["as it is", "a new address", "a new address and no half", "another server"],
)
def test_who_is_the_partner(changes: dict[str, object], words: str | None) -> None:
    here = world(builders.server([HQ])).here
    wrong = recognising.not_the_partner(PartnerRead(HQ.partner.names, "HQ"), here, there(**changes))
    assert wrong is None if words is None else wrong is not None and words in wrong


def test_the_former_partner_is_not_the_new_one() -> None:
    here, new = world(builders.server([HQ])).here, PartnerRead(("dhcp03.contoso.example",), "HQ")
    wrong = recognising.not_the_partner(new, here, there())
    assert wrong is not None
    assert wrong.startswith("partner_host: it is DHCP02, and the partner of 'HQ' is dhcp03.contoso.example; name the")


def test_a_new_address_of_the_partner_is_told() -> None:
    start = world(builders.server([HQ])).here
    assert recognising.other_address("HQ", start, there()) is None
    words = recognising.other_address("HQ", start, there(addresses=("10.10.0.99",)))
    assert words is not None
    assert words.startswith("DHCP02 has the address 10.10.0.99, and 'HQ' on DHCP01 has it at 10.10.0.12.")
