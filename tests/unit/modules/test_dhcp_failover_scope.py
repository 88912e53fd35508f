# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_scope: scopes are members of a relationship, which may come into being with them, or no longer. How
they leave is in test_removals, how they move in test_recreations."""

from __future__ import annotations

from typing import Any

import pytest
from pairs import ONE, SCOPE, THREE, TWO, Pair, pair, steps, unhurried

PARTNER = "dhcp02.contoso.example"
CREATE = {"create_relationship": {"partner_server": PARTNER}}
KEEP = {"keep_scopes_on": "this_server", "other_copy": "delete", "safety_copy": False}
NEW = {
    "scope_id": "10.0.9.0",
    "name": "Visitors",
    "subnet_mask": "255.255.255.0",
    "start_range": "10.0.9.10",
    "end_range": "10.0.9.90",
}
MADE = "create scope 10.0.9.0 'Visitors' on DHCP01 (mask 255.255.255.0, 10.0.9.10 to 10.0.9.90)"
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])


def members(servers: Pair) -> list[list[str]]:
    """Of HQ on both servers."""
    return [[str(scope) for scope in servers.server(name).relationships["HQ"].scopes] for name in ("DHCP01", "DHCP02")]


@ROUTES
@pytest.mark.parametrize(
    ("options", "expected", "there"),
    [
        ({"scopes": ["10.0.1.0"]}, [], ["10.0.1.0"]),
        (
            {"scopes": ["10.0.2.0", "10.0.3.0"]},
            [f"add to relationship 'HQ', copying to {PARTNER}: 10.0.2.0, 10.0.3.0"],
            ["10.0.1.0", "10.0.2.0", "10.0.3.0"],
        ),
        (
            {"create_scopes": [NEW]},
            [
                MADE,
                f"add to relationship 'HQ', copying to {PARTNER}: 10.0.9.0",
                "activate 10.0.9.0 on DHCP01",
                "activate 10.0.9.0 on {partner}",
            ],
            ["10.0.1.0", "10.0.9.0"],
        ),
    ],
    ids=["a member", "two more", "one that does not exist"],
)
def test_scopes_become_members(
    options: dict[str, Any], expected: list[str], there: list[str], route: dict[str, str]
) -> None:
    servers = pair(ONE)
    result = servers.reached(SCOPE, relationship="HQ", wait_timeout=1, **options, **route)
    assert steps(result) == [step.format(partner="DHCP02" if route else PARTNER) for step in expected]
    assert result["relationship"]["scopes"] == there
    assert {scope.state for name in ("DHCP01", "DHCP02") for scope in servers.server(name).scopes.values()} == {
        "Active"
    }
    assert members(servers) == [there, there]


def test_the_relationship_comes_into_being_with_its_first_member() -> None:
    servers = Pair()
    result = servers.reached(SCOPE, relationship="HQ", scopes=["10.0.1.0"], **CREATE, wait_timeout=1)
    assert [step.partition(" (")[0] for step in steps(result)] == [f"create relationship 'HQ' with {PARTNER}"]
    assert members(servers) == [["10.0.1.0"]] * 2


def test_settings_for_its_creation_change_nothing_of_one_that_is_there() -> None:
    other = {"create_relationship": {"partner_server": PARTNER, "load_balance_percent": 70}}
    assert not pair(ONE).reached(SCOPE, relationship="HQ", scopes=["10.0.1.0"], **other)["changed"]


@ROUTES
def test_purge_leaves_the_members_that_are_named_and_no_others(route: dict[str, str]) -> None:
    servers = pair(ONE, TWO)
    result = servers.reached(
        SCOPE, relationship="HQ", scopes=["10.0.2.0", "10.0.3.0"], purge=True, wait_timeout=1, **KEEP, **route
    )
    assert [(copy["scope_id"], copy["other_copy"]) for copy in result["removals"]] == [("10.0.1.0", "delete")]
    assert members(servers) == [["10.0.2.0", "10.0.3.0"]] * 2
    assert ONE not in servers.server("DHCP02").scopes
    assert ONE in servers.server("DHCP01").scopes


def test_a_scope_that_is_defined_otherwise_is_told_and_left_as_it_is() -> None:
    servers = pair(ONE)
    defined = {**NEW, "scope_id": "10.0.1.0", "start_range": "10.0.1.10", "end_range": "10.0.1.99"}
    result = servers.reached(SCOPE, relationship="HQ", create_scopes=[defined], wait_timeout=1)
    assert result["definition_differences"] == [
        {"scope_id": "10.0.1.0", "field": "name", "declared": "Visitors", "actual": "Clients"}
    ]
    assert not result["changed"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scopes": ["10.0.4.0"]}, "scopes: 10.0.4.0 is no scope of DHCP01; create it there first, or correct the id."),
        (
            {"scopes": ["10.0.2.0"], "relationship": "Lab"},
            "relationship: 'Lab' does not exist on DHCP01, and no task of this play declared it; give "
            "create_relationship, or declare it with dhcp_failover_relationship before.",
        ),
        (
            {"scopes": ["10.0.1.0"], "state": "absent"},
            "keep_scopes_on and other_copy: needed, since 10.0.1.0 would leave 'HQ'.",
        ),
    ],
)
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    assert pair(ONE).refused(SCOPE, **{"relationship": "HQ", **options}).startswith(message)


def test_other_scopes_are_left_alone() -> None:
    servers = pair(ONE)
    before = dict(servers.server("DHCP01").scopes[THREE].leases)
    servers.reached(SCOPE, relationship="HQ", scopes=["10.0.2.0"], wait_timeout=1)
    assert servers.server("DHCP01").scopes[THREE].leases == before
    assert THREE not in servers.server("DHCP02").scopes


@pytest.mark.parametrize("route", [{}, {"partner_host": "auto"}], ids=["second hop", "own connection"])
@pytest.mark.parametrize("other_copy", ["delete", "disable"])
def test_nothing_leaves_for_a_relationship_that_does_not_come_to_normal(route: dict[str, str], other_copy: str) -> None:
    servers = unhurried(ONE, TWO)
    servers.wire.inventory = ["dhcp01", "dhcp02", "dhcp03"]
    far = {"name": "Far", "partner_server": "dhcp03.contoso.example", "scopes": ["10.0.3.0"]}
    servers.ok("dhcp_failover_relationship", **far)
    lab, plain = servers.lab, type(servers.lab)._perform

    def perform(session: Any, function: Any, *given: Any) -> Any:
        for name in ("DHCP01", "DHCP03"):
            lab.set_state(name, "Far", "RecoverWait")
        return plain(lab, session, function, *given)

    setattr(lab, "_perform", perform)  # noqa: B010 # of another type
    options: dict[str, Any] = {"relationship": "Far", "scopes": ["10.0.1.0"], "move": True, "wait_timeout": 20, **route}
    with servers.unchanged():
        result = servers.run(SCOPE, keep_scopes_on="this_server", other_copy=other_copy, **options)
    assert (result["failed"], result["changed"]) == (True, False)
    assert "'RecoverWait' after 20 s" in result["msg"]
    assert result["msg"].endswith("Nothing was changed.")
    assert servers.server("DHCP02").scopes[ONE].state == "Active"
