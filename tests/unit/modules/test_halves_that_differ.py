# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A declared setting that only the partner has otherwise: a change that did not travel, or one that was made there by
hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lab.core.server import Relationship
from pairs import RELATIONSHIP, Pair, pair

OWN: dict[str, Any] = {"partner_host": "dhcp02"}
HQ: dict[str, Any] = {"name": "HQ", "wait_timeout": 1}
SECRET = "correct horse battery"  # of a simulated server
HOUR = timedelta(hours=1)


def standby(half: Relationship) -> None:
    half.mode, half.percentage = "HotStandby", 7


def halves(servers: Pair) -> list[tuple[Any, ...]]:
    found = [servers.server(name).relationships["HQ"] for name in ("DHCP01", "DHCP02")]
    return [(half.mode, half.percentage, half.mclt, half.safe_period, bool(half.secret)) for half in found]


@pytest.mark.parametrize(
    ("otherwise", "declared", "step"),
    [
        (lambda half: setattr(half, "percentage", 33), {"load_balance_percent": 50}, "load_balance_percent 50"),
        (standby, {"mode": "load_balance"}, "mode load_balance sent anew, load_balance_percent 50"),
        (
            lambda half: setattr(half, "mclt", 5 * HOUR),
            {"max_client_lead_time": 3600},
            "max_client_lead_time 01:00:00",
        ),
        (
            lambda half: setattr(half, "safe_period", HOUR),
            {"auto_state_transition": False},
            "state_switch_interval off",
        ),
        (lambda half: setattr(half, "secret", "x"), {"enable_auth": False}, "enable_auth False"),
    ],
    ids=["share", "mode", "MCLT", "switchover", "authentication"],
)
def test_it_is_sent_once_more_and_the_next_run_has_nothing_to_do(
    otherwise: Callable[[Relationship], None], declared: dict[str, Any], step: str
) -> None:
    servers = pair()
    right = halves(servers)
    otherwise(servers.server("DHCP02").relationships["HQ"])
    assert halves(servers) != right
    result = servers.ok(RELATIONSHIP, **HQ, **declared, **OWN)
    assert result["plan"] == [{"server": "DHCP01", "step": f"modify relationship 'HQ': {step} sent anew"}]
    assert halves(servers) == right
    assert not servers.ok(RELATIONSHIP, **HQ, **declared, **OWN)["changed"]


def test_authentication_that_one_of_the_two_has_is_turned_on_with_the_declared_secret() -> None:
    servers = pair()
    servers.ok(RELATIONSHIP, **HQ, **OWN, shared_secret=SECRET, enable_auth=True)
    servers.server("DHCP02").relationships["HQ"].secret = None
    assert not servers.ok(RELATIONSHIP, **HQ, **OWN, shared_secret=SECRET)["changed"]
    result = servers.ok(RELATIONSHIP, **HQ, **OWN, shared_secret=SECRET, enable_auth=True)
    assert result["plan"][0]["step"].endswith("enable_auth True sent anew, shared_secret sent anew")
    assert len({servers.server(name).relationships["HQ"].secret for name in ("DHCP01", "DHCP02")}) == 1
    assert not servers.ok(RELATIONSHIP, **HQ, **OWN, shared_secret=SECRET, enable_auth=True)["changed"]


def test_other_settings_that_differ_do_not_keep_authentication_off() -> None:
    servers = pair()
    servers.ok(RELATIONSHIP, **HQ, **OWN, shared_secret=SECRET, enable_auth=True)
    half = servers.server("DHCP02").relationships["HQ"]
    half.secret, half.mclt = None, 5 * HOUR
    wanted = {"shared_secret": SECRET, "enable_auth": True, "max_client_lead_time": 3600}
    servers.ok(RELATIONSHIP, **HQ, **OWN, **wanted)
    assert len(set(halves(servers))) == 1
    assert not servers.ok(RELATIONSHIP, **HQ, **OWN, **wanted)["changed"]


def test_what_is_not_declared_is_not_set_and_told() -> None:
    servers = pair()
    servers.server("DHCP02").relationships["HQ"].mclt = 5 * HOUR
    result = servers.ok(RELATIONSHIP, **HQ, **OWN, load_balance_percent=50)
    assert not result["changed"]
    assert result["warnings"] == ["DHCP02 does not show of 'HQ': max_client_lead_time 3600 (it shows 18000)"]


@pytest.mark.parametrize("noted", [False, True])
@pytest.mark.parametrize("sends", ["given", "all"])
def test_nothing_of_this_server_becomes_as_the_partner_has_it(sends: str, noted: bool) -> None:
    servers = pair(set_sends=sends, set_propagates_fields="all_but_times" if noted else "all")
    wanted = {**HQ, **OWN, "max_client_lead_time": 7200 if noted else 3600}
    if noted:
        assert servers.run(RELATIONSHIP, **wanted)["failed"]
        servers.lab.switches = replace(servers.lab.switches, set_propagates_fields="all")
    here = halves(servers)[0]
    half = servers.server("DHCP02").relationships["HQ"]
    half.mclt, half.percentage = 5 * HOUR, 20
    assert not servers.run(RELATIONSHIP, **wanted).get("failed")
    assert (halves(servers)[0], halves(servers)[1][2]) == (here, here[2])


@pytest.mark.parametrize("noted", [False, True])
@pytest.mark.parametrize("route", [{}, OWN], ids=["hop", "own"])
def test_no_share_of_one_mode_is_sent_to_a_partner_in_the_other_one(route: dict[str, Any], noted: bool) -> None:
    servers = pair(set_propagates_fields="all_but_times" if noted else "all")
    wanted: dict[str, Any] = {**HQ, **route, "load_balance_percent": 50, "scopes": ["10.0.3.0"]}
    if noted:
        wanted["max_client_lead_time"] = 7200
        assert servers.run(RELATIONSHIP, **wanted)["failed"]
        servers.lab.switches = replace(servers.lab.switches, set_propagates_fields="all")
    else:
        servers.ok(RELATIONSHIP, **wanted)
    standby(servers.server("DHCP02").relationships["HQ"])
    for _run in range(2):
        servers.ok(RELATIONSHIP, **wanted)
    assert [half[:2] for half in halves(servers)] == [("LoadBalance", 50), ("HotStandby", 7)]


@pytest.mark.parametrize("update", ["on_create", "on_change"])
def test_a_secret_turns_authentication_off_nowhere(update: str) -> None:
    servers = pair()
    servers.server("DHCP02").relationships["HQ"].secret = "x"
    result = servers.ok(RELATIONSHIP, **HQ, **OWN, shared_secret=SECRET, update_secret=update)
    assert not result["changed"]
    assert "DHCP02 does not show of 'HQ': enable_auth False (it shows True)" in result["warnings"]
    assert servers.server("DHCP02").relationships["HQ"].secret == "x"


@pytest.mark.parametrize("route", [{}, OWN], ids=["hop", "own"])
def test_what_a_broken_run_left_waits_for_the_two_to_be_in_contact(route: dict[str, Any]) -> None:
    """Also where the partner has others otherwise that are not declared."""
    servers = pair(set_propagates_fields="all_but_times")
    wanted = {**HQ, **route, "max_client_lead_time": 7200, "scopes": ["10.0.3.0"]}
    assert servers.run(RELATIONSHIP, **wanted)["failed"]
    assert {half[2] for half in halves(servers)} == {HOUR, 2 * HOUR}
    servers.lab.switches = replace(servers.lab.switches, set_propagates_fields="all")
    both = [servers.server(name).relationships["HQ"] for name in ("DHCP01", "DHCP02")]
    for half in both:
        half.state = "CommunicationInterrupted"
    assert "is in state CommunicationInterrupted" in servers.refused(RELATIONSHIP, **wanted)
    for half in both:
        half.state = "Normal"
    both[1].safe_period = HOUR
    servers.ok(RELATIONSHIP, **wanted)
    assert {half[2] for half in halves(servers)} == {2 * HOUR}
    assert not servers.ok(RELATIONSHIP, **wanted)["changed"]


def test_a_reserve_is_changed_while_the_partner_is_in_the_other_mode() -> None:
    servers = pair()
    for name in ("DHCP01", "DHCP02"):
        standby(servers.server(name).relationships["HQ"])
    half = servers.server("DHCP02").relationships["HQ"]
    half.mode, half.percentage = "LoadBalance", 50
    result = servers.run(RELATIONSHIP, **HQ, **OWN, reserve_percent=9)
    assert (result["changed"], halves(servers)[0][:2]) == (True, ("HotStandby", 9)), result.get("msg")
    assert result["warnings"] == ["DHCP02 does not show of 'HQ': mode hot_standby (it shows load_balance)"]


def test_a_mode_that_is_sent_once_more_changes_no_role() -> None:
    servers = pair(active_after_lb_to_hs="secondary")
    wanted: dict[str, Any] = {"mode": "hot_standby", "reserve_percent": 7}
    servers.run(RELATIONSHIP, **HQ, **OWN, **wanted)
    servers.server("DHCP02").relationships["HQ"].mode = "LoadBalance"
    diff = servers.ok(RELATIONSHIP, **HQ, **OWN, **wanted)["diff"]
    assert {diff[when]["server_role"] for when in ("before", "after")} == {"standby"}


def test_a_mode_and_what_goes_with_neither_are_set_in_one_run() -> None:
    servers = pair()
    half = servers.server("DHCP02").relationships["HQ"]
    standby(half)
    half.mclt = 5 * HOUR
    wanted = {"mode": "load_balance", "load_balance_percent": 50, "max_client_lead_time": 3600}
    for changed in (True, False):
        assert servers.ok(RELATIONSHIP, **HQ, **OWN, **wanted)["changed"] is changed
    assert len(set(halves(servers))) == 1
    servers.server("DHCP02").relationships["HQ"].mclt = 5 * HOUR
    wanted = {"mode": "hot_standby", "max_client_lead_time": 3600}
    servers.ok(RELATIONSHIP, **HQ, **OWN, **wanted)
    assert not servers.ok(RELATIONSHIP, **HQ, **OWN, **wanted)["changed"]


def test_what_does_not_travel_however_often_it_is_sent_is_told_with_the_cure() -> None:
    servers = pair(set_sends="changed")
    servers.server("DHCP02").relationships["HQ"].percentage = 33
    wanted = {**HQ, **OWN, "load_balance_percent": 50}
    for _run in range(2):
        message = servers.run(RELATIONSHIP, **wanted)["msg"]
        assert "its partner DHCP02 does not show of 'HQ': load_balance_percent 50 (it shows 67)" in message
        assert "has to be set by a task on the partner that declares it" in message
    servers.ok(RELATIONSHIP, **HQ, load_balance_percent=50, host="dhcp02", partner_host="dhcp01")
    assert not servers.ok(RELATIONSHIP, **wanted)["changed"]


@pytest.mark.parametrize("answers", [{"set_sends": "changed"}, {"set_propagates_fields": "all_but_times"}, {}], ids=str)
def test_a_scope_that_joins_over_the_hop_has_nothing_to_do_with_it(answers: dict[str, str]) -> None:
    servers = pair(**answers)
    servers.server("DHCP02").relationships["HQ"].mclt = 5 * HOUR
    wanted = {**HQ, "max_client_lead_time": 3600, "scopes": ["10.0.3.0"]}
    assert len(servers.ok(RELATIONSHIP, **wanted)["plan"]) == 1
    assert not servers.ok(RELATIONSHIP, **wanted)["changed"]


def test_without_partner_host_nobody_looks() -> None:
    servers = pair()
    servers.server("DHCP02").relationships["HQ"].mclt = 5 * HOUR
    assert not servers.ok(RELATIONSHIP, **HQ, max_client_lead_time=3600)["changed"]
