# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which host of the inventory a partner is, and which one is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.inventory import (
    PartnerHosts,
    host_of,
    partner_host,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import PartnerRead

NAMES = ("dhcp02.contoso.example", "10.10.0.12")


def variables(**hosts: str) -> Mapping[str, Any]:
    """Hosts and their ansible_host."""
    return {
        "groups": {"all": list(hosts)},
        "hostvars": {host: {"ansible_host": address} if address else {} for host, address in hosts.items()},
    }


@pytest.mark.parametrize(
    ("hosts", "host"),
    [
        ({"dhcp01": "", "dhcp02": ""}, "dhcp02"),
        ({"dhcp01": "", "DHCP02": "10.9.9.9"}, "DHCP02"),
        ({"dhcp01": "", "b": "10.10.0.12"}, "b"),
        ({"dhcp01": "", "b": "dhcp02.contoso.example"}, "b"),
        ({"dhcp01": "", "b": "{{ lookup('env', 'DHCP02') }}"}, None),
        ({"dhcp01": "", "dhcp02": "", "b": "10.10.0.12"}, "dhcp02"),
        ({"dhcp01": "10.10.0.12"}, None),
        ({}, None),
    ],
    ids=["its name", "in another case", "its address", "its name as an address", "a template", "a name comes first",
         "never the task's own", "nobody"],
)  # fmt: skip
def test_the_one_host_that_it_is(hosts: dict[str, str], host: str | None) -> None:
    assert host_of(NAMES, variables(**hosts), "dhcp01") == host


def test_two_are_an_error_that_names_both() -> None:
    with pytest.raises(Refused, match=r"auto finds a and b for dhcp02\.contoso\.example = 10\.10\.0\.12; name the one"):
        host_of(NAMES, variables(a="10.10.0.12", b="dhcp02"), "dhcp01")


def test_without_an_inventory_there_is_none() -> None:
    assert host_of(NAMES, {}, "dhcp01") is None


def asks(relationship: str, *names: str, elsewhere: bool = False) -> PartnerRead:
    return PartnerRead(names, relationship, elsewhere=elsewhere)


@pytest.mark.parametrize(
    ("read", "host"),
    [
        (asks("A", *NAMES), "b"),
        (asks("B", *NAMES), "b"),
        (asks("B", "10.10.0.12"), "b"),
        (asks("A", "dhcp03.contoso.example", elsewhere=True), "c"),
        (asks("A", "dhcp04.contoso.example", elsewhere=True), ""),
        (asks("A", "other.contoso.example", elsewhere=True), "other"),
        (asks("A", "other.contoso.example"), "b"),
        (asks("B", "other.contoso.example"), ""),
    ],
    ids=["as its entry says", "as the other entry of the partner says", "by its address", "of a new partner",
         "declared without a host", "of a former partner", "the one of its entry", "of an entry that says nothing"],
)  # fmt: skip
def test_a_partner_is_reached_in_one_way(read: PartnerRead, host: str) -> None:
    partners = [(NAMES[0], "b"), ("dhcp02", ""), (NAMES[1], "b"), ("dhcp03", "auto"), ("dhcp04", "")]
    hosts = PartnerHosts("", {"A": "b"}, partners)
    inventory = variables(dhcp01="", b="", c="dhcp03.contoso.example", dhcp04="", other="")
    assert (hosts.named, hosts.several, hosts.of(read, inventory, "dhcp01") or "") == (("b",), True, host)


def test_a_host_that_is_not_the_only_one_of_a_name_is_none() -> None:
    inventory = variables(dhcp01="", dhcp02="", **{"dhcp02.contoso.example": ""})
    assert partner_host(["dhcp02"], inventory, "dhcp01") is None
    assert partner_host(["dhcp03"], inventory, "dhcp01") is None
    assert partner_host(["dhcp01.contoso.example"], inventory, "dhcp02") == "dhcp01"
