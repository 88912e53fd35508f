# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.steps import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import relationship_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.secret import Secret
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.unknown import UnknownPartner

PARTNER = {"partner_server": "dhcp02.contoso.example"}
FORCE = {"Force": True, "Confirm": False}


def present(server: Server, name: str = "HQ", **options: Any) -> Plan:
    return builders.present(relationship_options.definition(name, options), server)


def calls(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    return [(step.operation["cmdlet"], step.operation["parameters"]) for step in plan.steps]


DEFAULTS = {
    "Name": "HQ",
    "PartnerServer": "dhcp02.contoso.example",
    "ScopeId": ["10.0.1.0"],
    "MaxClientLeadTime": "01:00:00",
    "AutoStateTransition": False,
    **FORCE,
}


@pytest.mark.parametrize(
    ("options", "parameters"),
    [
        ({}, {**DEFAULTS, "LoadBalancePercent": 50}),
        ({"load_balance_percent": 0}, {**DEFAULTS, "LoadBalancePercent": 0}),
        ({"mode": "hot_standby"}, {**DEFAULTS, "ServerRole": "Active", "ReservePercent": 5}),
        ({"server_role": "standby"}, {**DEFAULTS, "ServerRole": "Standby", "ReservePercent": 5}),
        ({"reserve_percent": 0}, {**DEFAULTS, "ServerRole": "Active", "ReservePercent": 0}),
        ({"shared_secret": "x"}, {**DEFAULTS, "LoadBalancePercent": 50, "SharedSecret": Secret("x")}),
        (
            {"state_switch_interval": "1.00:00:00", "max_client_lead_time": "90"},
            {
                **DEFAULTS,
                "LoadBalancePercent": 50,
                "MaxClientLeadTime": "00:01:30",
                "AutoStateTransition": True,
                "StateSwitchInterval": "1.00:00:00",
            },
        ),
        (
            {"auto_state_transition": True},
            {**DEFAULTS, "LoadBalancePercent": 50, "AutoStateTransition": True, "StateSwitchInterval": "01:00:00"},
        ),
    ],
)
def test_creating_sends_every_setting_of_the_mode(options: dict[str, Any], parameters: dict[str, Any]) -> None:
    plan = present(builders.server(), scopes=["10.0.1.0"], **PARTNER, **options)
    assert calls(plan) == [("Add-DhcpServerv4Failover", parameters)]
    assert plan.before == {}
    assert plan.after["scopes"] == ["10.0.1.0"]


SENT_SET = {"Name": "HQ", **FORCE}


@pytest.mark.parametrize(
    ("actual", "options", "parameters"),
    [
        (builders.relationship(), {"load_balance_percent": 60}, {"LoadBalancePercent": 60}),
        (builders.relationship(), {"max_client_lead_time": "2:00:00"}, {"MaxClientLeadTime": "02:00:00"}),
        (
            builders.relationship(),
            {"state_switch_interval": "60"},
            {"AutoStateTransition": True, "StateSwitchInterval": "00:01:00"},
        ),
        (
            builders.relationship(state_switch_interval=60),
            {"state_switch_interval": "0"},
            {"AutoStateTransition": False},
        ),
        (
            builders.relationship(state_switch_interval=60),
            {"auto_state_transition": False},
            {"AutoStateTransition": False},
        ),
        (
            builders.relationship(),
            {"auto_state_transition": True},
            {"AutoStateTransition": True, "StateSwitchInterval": "01:00:00"},
        ),
        (builders.hot_standby(), {"reserve_percent": 10}, {"ReservePercent": 10}),
        (builders.relationship(), {"mode": "hot_standby"}, {"Mode": "HotStandby", "ReservePercent": 5}),
        (
            builders.relationship(),
            {"mode": "hot_standby", "reserve_percent": 8},
            {"Mode": "HotStandby", "ReservePercent": 8},
        ),
        (builders.hot_standby(), {"mode": "load_balance"}, {"Mode": "LoadBalance", "LoadBalancePercent": 50}),
        (builders.relationship(), {"enable_auth": True, "shared_secret": "x"}, {"SharedSecret": Secret("x")}),
        (builders.relationship(enable_auth=True), {"enable_auth": False}, {"SharedSecret": None}),
        (
            builders.relationship(enable_auth=True),
            {"update_secret": "always", "shared_secret": "x"},
            {"SharedSecret": Secret("x")},
        ),
        (builders.relationship(), {"update_secret": "always", "shared_secret": "x"}, {"SharedSecret": Secret("x")}),
        (
            builders.relationship(),
            {"load_balance_percent": 70, "max_client_lead_time": "1:30:00", "enable_auth": True, "shared_secret": "x"},
            {"LoadBalancePercent": 70, "MaxClientLeadTime": "01:30:00", "SharedSecret": Secret("x")},
        ),
    ],
)
def test_modifying_sends_what_differs_in_one_call(
    actual: Any, options: dict[str, Any], parameters: dict[str, Any]
) -> None:
    plan = present(builders.server([actual]), **options)
    assert calls(plan) == [("Set-DhcpServerv4Failover", {**SENT_SET, **parameters})]


@pytest.mark.parametrize(
    ("actual", "options"),
    [
        (builders.relationship(), {}),
        (builders.relationship(), {"partner_server": "DHCP02", "mode": "load_balance", "load_balance_percent": 50}),
        (
            builders.relationship(),
            {"partner_server": "10.10.0.12", "max_client_lead_time": "3600", "state_switch_interval": "0"},
        ),
        (builders.relationship(state_switch_interval=60), {"auto_state_transition": True}),
        (builders.relationship(enable_auth=True), {"shared_secret": "x"}),
        (builders.relationship(enable_auth=True), {"enable_auth": True}),
        (builders.relationship(), {"shared_secret": "x"}),
        (builders.relationship(scopes=["10.0.1.0", "10.0.2.0"]), {"scopes": ["10.0.2.0"]}),
        (builders.hot_standby(), {"mode": "hot_standby", "server_role": "active", "reserve_percent": 5}),
    ],
)
def test_what_is_so_already_is_no_change(actual: Any, options: dict[str, Any]) -> None:
    plan = present(builders.server([actual]), **options)
    assert plan.steps == ()
    assert plan.before == plan.after


def test_after_shows_what_the_change_leaves() -> None:
    plan = present(
        builders.server([builders.relationship(scopes=["10.0.1.0"])]), mode="hot_standby", scopes=["10.0.3.0"]
    )
    assert {key: plan.after[key] for key in ("mode", "reserve_percent", "server_role", "scopes")} == {
        "mode": "hot_standby",
        "reserve_percent": 5,
        "server_role": "active",
        "scopes": ["10.0.1.0", "10.0.3.0"],
    }
    assert "load_balance_percent" not in plan.after


@pytest.mark.parametrize(
    ("actual", "options", "said"),
    [
        (
            builders.relationship(),
            {"reserve_percent": 5},
            "reserve_percent: belongs to mode hot_standby, and 'HQ' is in mode load_balance",
        ),
        (
            builders.hot_standby(),
            {"load_balance_percent": 5},
            "load_balance_percent: belongs to mode load_balance, and 'HQ'",
        ),
        (
            builders.hot_standby(),
            {"server_role": "standby"},
            "server_role: DHCP01 is active in 'HQ', not standby. Windows cannot",
        ),
        (
            builders.relationship(),
            {"partner_server": "10.10.0.99"},
            "partner_server: 'HQ' on DHCP01 has the partner dhcp02.contoso.example",
        ),
        (builders.relationship(), {"partner_server": "dhcp01"}, "partner_server: 'dhcp01' is DHCP01 itself"),
        (builders.relationship(), {"enable_auth": True}, "shared_secret: needed, since authentication of 'HQ' is off"),
        (
            builders.relationship("hq"),
            {},
            "name: DHCP01 has a relationship 'hq', which differs from 'HQ' in upper and lower case",
        ),
        (
            builders.relationship(),
            {"scopes": ["10.9.9.0"]},
            "scopes: 10.9.9.0 is no scope of DHCP01; create it there first",
        ),
        (
            builders.relationship(),
            {"scopes": ["10.0.1.7"]},
            "scopes: 10.0.1.7 is no scope of DHCP01; it lies inside scope 10.0.1.0",
        ),
        (
            builders.relationship("Other", ["10.0.1.0"]),
            {**PARTNER, "scopes": ["10.0.1.0"]},
            "scopes: 10.0.1.0 is in relationship 'Other'",
        ),
    ],
)
def test_refused_with_the_option_and_the_cure(actual: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused) as refused:
        present(builders.server([actual]), **options)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("addresses", "same"),
    [(("10.10.0.12",), True), (("10.10.0.99", "10.10.0.12"), True), (("10.10.0.99",), False), ((), False)],
)
def test_a_name_that_looks_different_is_told_by_its_addresses(addresses: tuple[str, ...], same: bool) -> None:
    server = builders.server([builders.relationship()])
    with pytest.raises(UnknownPartner):
        present(server, partner_server="dhcp.contoso.example")
    resolved = replace(server, resolved={"dhcp.contoso.example": addresses})
    if same:
        assert present(resolved, partner_server="dhcp.contoso.example").steps == ()
    else:
        with pytest.raises(Refused, match="has the partner dhcp02"):
            present(resolved, partner_server="dhcp.contoso.example")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "partner_server: needed"),
        ({"partner_server": "DHCP01"}, "partner_server: 'DHCP01' is DHCP01 itself"),
        ({"partner_server": "10.10.0.11"}, "partner_server: '10.10.0.11' is DHCP01 itself"),
        ({**PARTNER, "enable_auth": True, "scopes": ["10.0.1.0"]}, "shared_secret: needed"),
        ({**PARTNER, "scopes": ["10.0.4.0"]}, "scopes: 10.0.4.0 is no scope of DHCP01"),
    ],
)
def test_creation_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused) as refused:
        present(builders.server(), **options)
    assert str(refused.value).startswith(said)


def test_whether_a_scope_may_serve_bootp_clients_is_left_to_windows() -> None:
    server = builders.server(scopes=[builders.scope("10.0.4.0", type="Both")])
    (step,) = present(server, **PARTNER, scopes=["10.0.4.0"]).steps
    assert step.copies == (server.scopes[0].scope_id,)


def test_the_32nd_relationship_is_refused_and_the_31st_is_not() -> None:
    full = [builders.relationship(f"R{number}") for number in range(31)]
    with pytest.raises(Refused, match="has 31 failover relationships, and 31 is the most"):
        present(builders.server(full), **PARTNER, scopes=["10.0.1.0"])
    assert present(builders.server(full[:30]), **PARTNER, scopes=["10.0.1.0"]).steps


def test_every_bad_scope_is_named_at_once() -> None:
    with pytest.raises(Refused) as refused:
        present(builders.server(), **PARTNER, scopes=["10.0.1.0", "10.8.0.0", "10.9.0.0"])
    assert "10.8.0.0" in str(refused.value)
    assert "10.9.0.0" in str(refused.value)


def test_without_scopes_it_waits_for_its_first_one() -> None:
    plan = present(builders.server(), **PARTNER, mode="hot_standby")
    assert plan.pending
    assert plan.steps == ()
    assert plan.after["state"] == "Empty"


def test_thirty_scopes_a_call() -> None:
    many = [f"10.1.{number}.0" for number in range(65)]
    plan = present(builders.server(scopes=many), **PARTNER, scopes=many)
    sent = [len(parameters["ScopeId"]) for _cmdlet, parameters in calls(plan)]
    assert sent == [30, 30, 5]
    assert [cmdlet for cmdlet, _parameters in calls(plan)][1:] == ["Add-DhcpServerv4FailoverScope"] * 2
