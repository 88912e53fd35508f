# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A relationship as one of the two servers shows it, and as a playbook declares it."""

from __future__ import annotations

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DeclaredSettings


@pytest.mark.parametrize(
    ("partner_server", "is_primary", "names"),
    [
        ("dhcp02.contoso.example", True, ("dhcp02.contoso.example", "DHCP02", "10.10.0.12")),
        ("DHCP02", True, ("DHCP02", "10.10.0.12")),
        ("DHCP01", False, ("DHCP01", "10.10.0.11")),
        ("dhcp02.contoso.example", None, ("dhcp02.contoso.example",)),
    ],
    ids=["of the primary", "each name once", "of the secondary", "nobody says who is primary"],
)
def test_the_partner_is_known_by_every_name_that_the_server_shows(
    partner_server: str, is_primary: bool | None, names: tuple[str, ...]
) -> None:
    shown = builders.relationship(partner_server=partner_server, is_primary=is_primary)
    assert shown.partner.names == names


@pytest.mark.parametrize("spelling", ["localhost", "."])
def test_the_partner_is_never_this_computer(spelling: str) -> None:
    assert not builders.relationship().partner.is_called(spelling)


def test_a_declaration_is_never_printed_with_its_secret() -> None:
    assert repr(DeclaredSettings("HQ", "dhcp02", shared_secret="Kx7-secret")) == "DeclaredSettings('HQ')"
