# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of a relationship, checked against each other before anything is asked."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import task_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused

LOAD_BALANCE, HOT_STANDBY = {"mode": "load_balance"}, {"mode": "hot_standby"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({**LOAD_BALANCE, "reserve_percent": 5}, "reserve_percent: belongs to mode hot_standby"),
        ({**LOAD_BALANCE, "server_role": "active"}, "server_role: belongs to mode hot_standby"),
        ({**HOT_STANDBY, "load_balance_percent": 50}, "load_balance_percent: belongs to mode load_balance"),
        ({"load_balance_percent": 50, "reserve_percent": 5}, "load_balance_percent: belongs to mode load_balance"),
        ({"load_balance_percent": 50, "server_role": "standby"}, "load_balance_percent: belongs to mode load_balance"),
        ({"load_balance_percent": 101}, "load_balance_percent: is 101"),
        ({"load_balance_percent": -1}, "load_balance_percent: is -1"),
        ({"reserve_percent": 200}, "reserve_percent: is 200"),
        ({"max_client_lead_time": "0"}, "max_client_lead_time: cannot be 0"),
        ({"max_client_lead_time": "0:00:00"}, "max_client_lead_time: cannot be 0"),
        ({"max_client_lead_time": "soon"}, "max_client_lead_time: is 'soon'"),
        ({"state_switch_interval": "False"}, "state_switch_interval: is 'False'"),
        (
            {"state_switch_interval": "60", "auto_state_transition": False},
            "state_switch_interval: an interval together with",
        ),
        ({"state_switch_interval": "0", "auto_state_transition": True}, "state_switch_interval: 0 means off"),
        ({"shared_secret": ""}, "shared_secret: is empty"),
        ({"shared_secret": "x", "enable_auth": False}, "shared_secret: given together with enable_auth: false"),
        ({"update_secret": "always"}, "shared_secret: needed with update_secret: always"),
        ({"partner_server": "  "}, "partner_server: must not be empty"),
        ({"partner_server": "dhcp02; Get-Process"}, "partner_server: 'dhcp02; Get-Process' is no name of a computer"),
        ({"partner_server": "$(hostname)"}, "partner_server: '$(hostname)' is no name of a computer"),
        ({"partner_server": "dhcp02\nx"}, "partner_server: "),
        ({"partner_server": "x" * 256}, "partner_server: "),
        ({"scopes": ["nowhere"]}, "scopes: 'nowhere' is no IPv4 address"),
    ],
)
def test_contradictions_are_refused_with_the_option(options: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused) as refused:
        task_options.parse("HQ", options)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "must not be empty"), (" ", "must not be empty"), ("x" * 127, "has 127 characters")],
)
def test_names_that_windows_would_not_take_as_meant(name: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        task_options.parse(name, {})


def test_the_edges_are_taken() -> None:
    declared = task_options.parse(
        "x" * 126, {"load_balance_percent": 0, "state_switch_interval": "0", "max_client_lead_time": "1"}
    )
    assert (declared.load_balance_percent, declared.state_switch_interval, declared.max_client_lead_time) == (0, 0, 1)
    assert task_options.parse("HQ", {"reserve_percent": 100}).reserve_percent == 100
    for name in ("dhcp-02_x.contoso.example", "10.1.0.2", "fe80::1", "D" * 255, " dhcp02 "):
        assert task_options.parse("HQ", {"partner_server": name}).partner_server == name.strip()


def test_an_empty_secret_is_none_where_authentication_is_to_be_off() -> None:
    off = task_options.parse("HQ", {"shared_secret": "", "enable_auth": False})
    assert (off.shared_secret, off.enable_auth) == (None, False)
    for on in ({}, {"enable_auth": True}, {"enable_auth": None}):
        with pytest.raises(Refused, match=r"^shared_secret: is empty"):
            task_options.parse("HQ", {"shared_secret": "", **on})


def test_a_definition_never_shows_its_secret() -> None:
    assert "s3cret" not in repr(task_options.parse("HQ", {"shared_secret": "s3cret"}))


@pytest.mark.parametrize(
    ("option", "value", "edges"),
    [
        ("wait_timeout", -1, (0, 2147483)),
        ("wait_timeout", 3_000_000_000, (0, 2147483)),
        ("max_removals_percent", -1, (0, 100)),
        ("max_removals_percent", 101, (0, 100)),
        ("safety_copy_days", -1, (0, 36500)),
        ("safety_copy_days", 10_000_000, (0, 36500)),
    ],
)
def test_numbers_that_nothing_can_be_done_with(option: str, value: int, edges: tuple[int, int]) -> None:
    with pytest.raises(Refused, match=rf"^{option}: is {value}, and .* go from {edges[0]} to {edges[1]}\.$"):
        task_options.check_bounds({option: value})
    for edge in (*edges, None):
        task_options.check_bounds({option: edge})
