# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a server answers, and what is odd about it: values that no plan takes are told, and others do not stop a
task."""

from __future__ import annotations

from typing import Any

import pytest
from pairs import ONE, RELATIONSHIP, SCOPE, Pair, answering, pair

NEW = {
    "scope_id": "10.0.9.0",
    "name": "N",
    "subnet_mask": "255.255.255.0",
    "start_range": "10.0.9.10",
    "end_range": "10.0.9.90",
}
TASKS: list[tuple[str, dict[str, Any]]] = [
    (SCOPE, {"relationship": "HQ", "scopes": ["10.0.9.0"], "create_scopes": [NEW], "wait_timeout": 1}),
    (SCOPE, {"relationship": "HQ", "scopes": ["10.0.2.0"], "wait_timeout": 1}),
    (
        RELATIONSHIP,
        {"name": "B", "partner_server": "dhcp03.contoso.example", "scopes": ["10.0.2.0"], "wait_timeout": 1},
    ),
]
EVERY_TASK = pytest.mark.parametrize(
    ("module", "options"), TASKS, ids=["creates a scope", "adds a scope", "creates a relationship"]
)


@EVERY_TASK
@pytest.mark.parametrize("mask", ["255.0.255.0", "1.2.3.4", "0.0.0.255", ".".join("0000")])
def test_a_mask_that_is_none_is_told(module: str, options: dict[str, Any], mask: str) -> None:
    message = (
        f"On dhcp01: Get-DhcpServerv4Scope answered something that cannot be read: SubnetMask is '{mask}', which "
        "is not a subnet mask."
    )
    for of in (1, None):
        assert answering(of=of, SubnetMask=mask).refused(module, **options).startswith(message)


@EVERY_TASK
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SubnetMask", "255.255.255.255"),
        ("SubnetMask", "128.0.0.0"),
        ("StartRange", "10.0.1.99"),
        ("StartRange", "255.255.255.255"),
        ("EndRange", "0.0.0.1"),
        ("LeaseDuration", 922_337_203_685),
        ("LeaseDuration", 0),
    ],
)
def test_odd_data_of_a_server_stops_nothing(module: str, options: dict[str, Any], name: str, value: Any) -> None:
    """It is its own, and what does not go together is for Windows to refuse."""
    result = answering(of=1, **{name: value}).run(module, check_mode=True, **options)
    assert not result.get("failed") or "overlaps" in result["msg"]


@pytest.mark.parametrize("scope_id", ["10.0.1.77", "224.0.0.1", "255.255.255.255"])
def test_a_scope_id_need_not_be_the_network_of_its_mask(scope_id: str) -> None:
    for module, options in TASKS:
        result = answering(of=1, ScopeId=scope_id).run(module, check_mode=True, **options)
        assert not result.get("failed") or result["msg"].startswith(("scopes: ", "create_scopes: "))


@pytest.mark.parametrize(("counts", "expected"), [((0, 0), None), ((1, 3), 25.0)])
def test_a_scope_without_any_address_ends_no_look_at_the_others(
    counts: tuple[int, int], expected: float | None
) -> None:
    in_use, free = counts
    servers = answering("statistics", PercentageInUse="NaN", AddressesInUse=in_use, AddressesFree=free)
    (relationship,) = servers.ok("dhcp_failover_info", gather=["health"])["relationships"]
    assert [one["percent_in_use"] for one in relationship["health"]["scopes"]] == [expected]


def blank_at_the_end() -> Pair:
    servers = pair(ONE)
    for server in ("DHCP01", "DHCP02"):
        half = servers.server(server).relationships.pop("HQ")
        half.name = "HQ "
        servers.server(server).relationships["HQ "] = half
    return servers


def test_a_name_with_a_blank_at_its_end_is_only_not_created() -> None:
    servers = blank_at_the_end()
    changed = servers.ok(RELATIONSHIP, name="HQ ", max_client_lead_time="7200", wait_timeout=1)
    assert changed["relationship"]["max_client_lead_time"] == 7200
    assert servers.ok(SCOPE, relationship="HQ ", scopes=["10.0.2.0"], wait_timeout=1)["relationship"]["scopes"] == [
        "10.0.1.0",
        "10.0.2.0",
    ]
    new = {"partner_server": "dhcp02.contoso.example", "wait_timeout": 1}
    for name in ("B ", "\tB"):
        message = servers.refused(RELATIONSHIP, name=name, scopes=["10.0.3.0"], **new)
        assert message.startswith(
            f"name: '{name}' begins or ends with a space, and DHCP01 has no relationship".replace("\t", r"\x09")
        )
    servers.ok(
        RELATIONSHIP, name="HQ ", state="absent", keep_scopes_on="this_server", other_copy="delete", wait_timeout=1
    )
    assert servers.server("DHCP01").relationships == servers.server("DHCP02").relationships == {}
