# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_relationship: one relationship, present with its settings and members, or absent. What cannot be
changed in place is in test_recreations, how members leave in test_removals."""

from __future__ import annotations

from typing import Any

import pytest
from pairs import ONE, RELATIONSHIP, SCOPE, TWO, Pair, pair, steps

PARTNER = "dhcp02.contoso.example"
HQ = {"name": "HQ", "partner_server": PARTNER, "wait_timeout": 1}
BOTH = ["10.0.1.0", "10.0.2.0"]
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])


@ROUTES
@pytest.mark.parametrize(
    ("options", "step"),
    [
        (
            {},
            f"create relationship 'HQ' with {PARTNER} (load balance, 50 % here, MCLT 01:00:00, no automatic "
            "switchover, authentication off), copying there: 10.0.1.0, 10.0.2.0",
        ),
        (
            {"mode": "hot_standby", "reserve_percent": 10, "state_switch_interval": "1:00:00"},
            f"create relationship 'HQ' with {PARTNER} (hot standby, active here, 10 % reserved, MCLT 01:00:00, "
            "switchover after 01:00:00, authentication off), copying there: 10.0.1.0, 10.0.2.0",
        ),
        (
            {"shared_secret": "Kx7-secret", "max_client_lead_time": "2:00:00"},
            f"create relationship 'HQ' with {PARTNER} (load balance, 50 % here, MCLT 02:00:00, no automatic "
            "switchover, authentication on), copying there: 10.0.1.0, 10.0.2.0",
        ),
    ],
    ids=["load balance", "hot standby", "with a secret"],
)
def test_it_is_created_with_its_first_members(options: dict[str, Any], step: str, route: dict[str, str]) -> None:
    servers = Pair()
    result = servers.reached(RELATIONSHIP, **HQ, scopes=BOTH, **options, **route)
    assert steps(result) == [step]
    assert (result["relationship"]["state"], result["relationship"]["scopes"]) == ("Normal", BOTH)
    assert [servers.server(name).relationships["HQ"].scopes for name in ("DHCP01", "DHCP02")] == [[ONE, TWO]] * 2
    assert "Kx7-secret" not in repr(result)


@ROUTES
@pytest.mark.parametrize(
    ("options", "change", "field", "value"),
    [
        ({"load_balance_percent": 70}, "load_balance_percent 50 -> 70", "load_balance_percent", 70),
        (
            {"max_client_lead_time": "2:00:00"},
            "max_client_lead_time 01:00:00 -> 02:00:00",
            "max_client_lead_time",
            7200,
        ),
        ({"state_switch_interval": "60"}, "state_switch_interval off -> 00:01:00", "state_switch_interval", 60),
        ({"auto_state_transition": True}, "state_switch_interval off -> 01:00:00", "state_switch_interval", 3600),
        ({"shared_secret": "Kx7-secret", "enable_auth": True}, "enable_auth False -> True", "enable_auth", True),
        (
            {"mode": "hot_standby", "reserve_percent": 8},
            "mode load_balance -> hot_standby, reserve_percent 8",
            "reserve_percent",
            8,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_setting_that_differs_is_changed_in_place(
    options: dict[str, Any], change: tuple[str, str], field: str, value: object, route: dict[str, str]
) -> None:
    servers = pair()
    result = servers.reached(RELATIONSHIP, name="HQ", wait_timeout=1, **options, **route)
    assert steps(result) == [f"modify relationship 'HQ': {change}"]
    assert result["relationship"][field] == value
    assert result["diff"]["after"][field] == value


def test_further_members_come_and_none_goes() -> None:
    servers = pair(ONE)
    result = servers.reached(RELATIONSHIP, **HQ, scopes=["10.0.2.0"])
    assert steps(result) == [f"add to relationship 'HQ', copying to {PARTNER}: 10.0.2.0"]
    assert result["relationship"]["scopes"] == BOTH


def test_without_members_it_waits_for_its_first_one() -> None:
    servers = Pair()
    result = servers.reached(RELATIONSHIP, **HQ)
    assert (result["pending"], result["relationship"]["state"], result["changed"]) == (True, "Empty", False)


def chain(servers: Pair, *tasks: tuple[str, dict[str, Any]], check_mode: bool) -> list[list[str]]:
    """Tasks of one run, each with the facts that those before it have left. Their steps."""
    shown = []
    for module, options in tasks:
        result = servers.ok(module, check_mode=check_mode, **{"wait_timeout": 1, **options})
        servers.wire.facts.update(result.get("ansible_facts", {}))
        shown.append(steps(result))
    return shown


@ROUTES
@pytest.mark.parametrize("scopes", [["10.0.1.0"], []], ids=["created", "waiting"])
def test_what_a_later_task_leaves_out_stays_as_it_was_declared(scopes: list[str], route: dict[str, str]) -> None:
    """In check mode, where nothing of it is on a server, as in earnest."""
    tasks: list[tuple[str, dict[str, Any]]] = [
        (RELATIONSHIP, {**HQ, "mode": "hot_standby", "scopes": scopes, **route}),
        (RELATIONSHIP, {"name": "HQ", "reserve_percent": 7, **route}),
        (SCOPE, {"relationship": "HQ", "scopes": ["10.0.2.0"], **route}),
        (RELATIONSHIP, {"name": "HQ", "load_balance_percent": 70, "mode": "load_balance", **route}),
    ]
    servers = Pair()
    with servers.unchanged():
        ahead = chain(servers, *tasks, check_mode=True)
    servers.wire.facts.clear()
    assert ahead == chain(servers, *tasks, check_mode=False)
    assert ahead[-1] == ["modify relationship 'HQ': mode hot_standby -> load_balance, load_balance_percent 70"]


@ROUTES
def test_it_ends_on_both_servers(route: dict[str, str]) -> None:
    servers = pair()
    keep = {"keep_scopes_on": "this_server", "other_copy": "delete"}
    result = servers.reached(RELATIONSHIP, name="HQ", state="absent", wait_timeout=1, **keep, **route)
    assert steps(result)[1:] == [
        *(f"deactivate {scope} on {'DHCP02' if route else PARTNER}" for scope in (ONE, TWO)),
        f"remove from relationship 'HQ', keeping on DHCP01 and deleting on {'DHCP02' if route else PARTNER}: "
        "10.0.1.0, 10.0.2.0",
        f"remove the empty relationship 'HQ' on DHCP01 and {'DHCP02' if route else PARTNER}",
    ]
    assert result["relationship"] is None
    assert [servers.server(name).relationships for name in ("DHCP01", "DHCP02")] == [{}, {}]
    assert servers.server("DHCP02").scopes == {}


def test_what_is_not_there_is_absent_already() -> None:
    assert not Pair().reached(RELATIONSHIP, name="HQ", state="absent")["changed"]
