# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which host of the inventory a partner is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.inventory import host_of
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused

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
