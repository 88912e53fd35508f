# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_scope_copy: copies that a removal left on this server, inactive and in no relationship, are deleted."""

from __future__ import annotations

from typing import Any

import pytest
from pairs import ONE, SCOPE, THREE, TWO, Pair, pair, steps

COPY = "dhcp_failover_scope_copy"
DELETED = "with its leases (DNS records of its clients may go too)"
ROUTES = pytest.mark.parametrize(
    "route",
    [{"partner_host": "dhcp01"}, {"partner_server": "dhcp01.contoso.example"}],
    ids=["own connection", "second hop"],
)


def left_over() -> Pair:
    """10.0.1.0 left HQ, and DHCP02 has its copy yet, out of service; 10.0.2.0 is in failover."""
    servers = pair()
    removal = servers.remove(ONE, keep_scopes_on="this_server", other_copy="disable", partner_host="dhcp02")
    servers.ok(SCOPE, **removal)
    return servers


@ROUTES
@pytest.mark.parametrize("days", [30, 0], ids=["kept for 30 days", "kept for ever"])
def test_a_copy_goes_after_a_safety_copy(route: dict[str, str], days: int) -> None:
    servers = left_over()
    result = servers.reached(COPY, host="dhcp02", scopes=["10.0.1.0", "10.9.9.0"], safety_copy_days=days, **route)
    assert result["removed"] == ["10.0.1.0"]
    assert steps(result) == [
        "keep a safety copy on DHCP02 of what is on DHCP02, with leases: 10.0.1.0",
        f"delete the copy of 10.0.1.0 on DHCP02, {DELETED}",
    ]
    assert [(copy["host"], copy["scopes"]) for copy in result["safety_copies"]] == [("dhcp02", ["10.0.1.0"])]
    assert ONE not in servers.server("DHCP02").scopes
    assert ONE in servers.server("DHCP01").scopes


def test_without_a_safety_copy_when_told() -> None:
    servers = left_over()
    options = {"scopes": ["10.0.1.0"], "safety_copy": False, "partner_host": "dhcp01"}
    assert steps(servers.reached(COPY, host="dhcp02", **options)) == [
        f"delete the copy of 10.0.1.0 on DHCP02, {DELETED}"
    ]


@ROUTES
def test_what_serves_or_is_in_failover_stays(route: dict[str, Any]) -> None:
    servers = left_over()
    servers.server("DHCP02").scopes[ONE].state = "Active"
    for scope in ("10.0.1.0", "10.0.2.0"):
        message = servers.refused(COPY, host="dhcp02", scopes=[scope], **route)
        assert message.startswith(f"scopes: {scope} is active or in failover on DHCP02, so it is no left-over copy;")


@ROUTES
def test_the_last_copy_of_a_scope_never_goes(route: dict[str, str]) -> None:
    servers = left_over()
    del servers.server("DHCP01").scopes[ONE]
    message = servers.refused(COPY, host="dhcp02", scopes=["10.0.1.0"], **route)
    assert message.startswith("scopes: 10.0.1.0 does not exist on ")
    assert message.endswith(", so it would be lost. Nothing was changed.")


def test_many_copies_at_once_are_refused_unless_told() -> None:
    servers = pair(ONE, TWO, THREE)
    scopes = ["10.0.1.0", "10.0.2.0", "10.0.3.0"]
    removal = servers.remove(ONE, TWO, THREE, keep_scopes_on="this_server", other_copy="disable", partner_host="dhcp02")
    servers.ok(SCOPE, **removal)
    options = {"host": "dhcp02", "partner_host": "dhcp01"}
    message = servers.refused(COPY, scopes=scopes, **options)
    assert message.startswith(
        "3 of the 3 scopes of DHCP02 would be removed or lose a copy for good, and 30 % is the most"
    )
    servers.ok(COPY, scopes=scopes[:2], **options)
    servers.ok(COPY, scopes=scopes, **options)
    assert not servers.server("DHCP02").scopes


def test_a_percentage_lets_them_go() -> None:
    servers = pair(ONE, TWO, THREE)
    removal = servers.remove(ONE, TWO, THREE, keep_scopes_on="this_server", other_copy="disable", partner_host="dhcp02")
    servers.ok(SCOPE, **removal)
    options = {"host": "dhcp02", "partner_host": "dhcp01", "max_removals_percent": 100}
    servers.reached(COPY, scopes=["10.0.1.0", "10.0.2.0", "10.0.3.0"], **options)


@pytest.mark.parametrize("options", [{"partner_host": "auto"}, {"partner_server": ""}])
def test_who_keeps_the_scopes_has_to_be_named(options: dict[str, Any]) -> None:
    message = left_over().refused(COPY, host="dhcp02", scopes=["10.0.1.0"], **options)
    assert message.startswith("partner_server: name the server that keeps the scopes")
