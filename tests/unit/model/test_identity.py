# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import same_server
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import scope_ids


@pytest.mark.parametrize(
    ("one", "other", "same"),
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
def test_spellings_of_a_server(one: str, other: str, same: bool) -> None:
    assert same_server(one, other) is same


@pytest.mark.parametrize("spelling", ["dhcp02", "DHCP02.contoso.example", "10.10.0.12"])
def test_a_partner_is_known_by_every_name(spelling: str) -> None:
    assert builders.relationship(partner_server="dhcp02.contoso.example").partner.is_called(spelling)
    assert builders.relationship(partner_server="10.10.0.12").partner.is_called(spelling)


def test_the_partner_of_a_secondary_is_the_primary() -> None:
    found = builders.relationship(partner_server="DHCP01", is_primary=False)
    assert found.partner.is_called("10.10.0.11")
    assert not found.partner.is_called("dhcp02")


@pytest.mark.parametrize("spelling", ["dhcp01", "DHCP01.contoso.example", "10.10.0.11", "localhost", "127.0.0.1", "."])
def test_a_server_knows_itself(spelling: str) -> None:
    assert builders.server().identity.is_called(spelling)


def test_scope_ids_are_sorted_as_numbers_and_each_once() -> None:
    assert [str(one) for one in scope_ids(["10.0.10.0", " 10.0.9.0", "10.0.10.0"])] == ["10.0.9.0", "10.0.10.0"]


@pytest.mark.parametrize("text", ["10.0.1", "10.0.1.0/24", "fd00::", "Clients", "", None])
def test_what_is_no_scope_id_is_refused(text: object) -> None:
    with pytest.raises(Refused, match=r"scopes: .* is no IPv4 address"):
        scope_ids([text])
