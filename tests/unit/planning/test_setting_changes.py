# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The settings of a relationship: what is sent at its creation, what for a change, and what Windows cannot change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
import lab_client
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import task_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.secret import Secret
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import action_table
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.secret_record import SecretRecord
from lab import topology
from worlds import alone, in_words, plan_of, world

PARTNER = {"partner_server": "dhcp02.contoso.example"}
FORCE = {"Force": True, "Confirm": False}


def present(server: Server, name: str = "HQ", **options: Any) -> Plan:
    settings = task_options.parse(name, options)
    return alone(server, Spec(name, settings, settings.scopes))


def calls(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    operations = [operation for action in plan.actions for operation in action_table.operations(action, plan.start)]
    return [(operation["cmdlet"], operation["parameters"]) for operation in operations]


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
    assert plan.shown[0] == {}
    assert plan.shown[1]["scopes"] == ["10.0.1.0"]


SENT_SET = {"Name": "HQ", **FORCE}


@pytest.mark.parametrize(
    ("current", "options", "parameters"),
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
    current: Any, options: dict[str, Any], parameters: dict[str, Any]
) -> None:
    plan = present(builders.server([current]), **options)
    assert calls(plan) == [("Set-DhcpServerv4Failover", {**SENT_SET, **parameters})]


@pytest.mark.parametrize(
    ("current", "options"),
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
def test_what_is_so_already_is_no_change(current: Any, options: dict[str, Any]) -> None:
    plan = present(builders.server([current]), **options)
    assert plan.actions == ()
    assert plan.shown[0] == plan.shown[1]


def test_after_shows_what_the_change_leaves() -> None:
    plan = present(
        builders.server([builders.relationship(scopes=["10.0.1.0"])]), mode="hot_standby", scopes=["10.0.3.0"]
    )
    assert {key: plan.shown[1][key] for key in ("mode", "reserve_percent", "server_role", "scopes")} == {
        "mode": "hot_standby",
        "reserve_percent": 5,
        "server_role": "active",
        "scopes": ["10.0.1.0", "10.0.3.0"],
    }
    assert "load_balance_percent" not in plan.shown[1]


@pytest.mark.parametrize(
    ("current", "options", "message"),
    [
        (
            builders.relationship(),
            {"reserve_percent": 5},
            "reserve_percent: belongs to mode hot_standby, and 'HQ' is in mode load_balance; leave it out or give "
            "mode.",
        ),
        (
            builders.relationship(),
            {"server_role": "active"},
            "server_role: belongs to mode hot_standby, and 'HQ' is in mode load_balance; leave it out or give mode.",
        ),
        (
            builders.hot_standby(),
            {"load_balance_percent": 5},
            "load_balance_percent: belongs to mode load_balance, and 'HQ' is in mode hot_standby; leave it out or give "
            "mode.",
        ),
        (
            builders.hot_standby(),
            {"server_role": "standby"},
            "server_role: DHCP01 is active in 'HQ', not standby. Windows cannot change this in place.",
        ),
        (
            builders.relationship(),
            {"enable_auth": True},
            "shared_secret: needed, since authentication of 'HQ' is off and is to be turned on "
            "(failover_shared_secret of the role and the playbooks).",
        ),
    ],
)
def test_refused_with_the_option_and_the_cure(current: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused) as refused:
        present(builders.server([current]), **options)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("current", "options", "words"),
    [
        (builders.relationship(), {"load_balance_percent": 60}, "load_balance_percent 50 -> 60"),
        (builders.relationship(), {"max_client_lead_time": "2:00:00"}, "max_client_lead_time 01:00:00 -> 02:00:00"),
        (builders.relationship(), {"state_switch_interval": "60"}, "state_switch_interval off -> 00:01:00"),
        (
            builders.relationship(state_switch_interval=60),
            {"auto_state_transition": False},
            "state_switch_interval 00:01:00 -> off",
        ),
        (builders.relationship(enable_auth=True), {"enable_auth": False}, "enable_auth True -> False"),
        (
            builders.relationship(enable_auth=True),
            {"update_secret": "always", "shared_secret": "x"},
            "shared_secret sent anew",
        ),
        (
            builders.hot_standby(),
            {"mode": "load_balance"},
            "mode hot_standby -> load_balance, load_balance_percent 50",
        ),
    ],
)
def test_a_change_in_words(current: Any, options: dict[str, Any], words: str) -> None:
    (text,) = in_words(present(builders.server([current]), **options))
    assert text == f"modify relationship 'HQ': {words}"


FIRST, SECOND = "Kx7-one-secret", "Kx7-two-secret"
FORGET, SEND = "forget what DHCP01 keeps of the secret of 'HQ'", "modify relationship 'HQ': shared_secret sent anew"
TURN_ON, TURN_OFF = (
    "modify relationship 'HQ': enable_auth False -> True",
    "modify relationship 'HQ': enable_auth True -> False",
)
ON_AND_SENT = f"{TURN_ON}, shared_secret sent anew"
SHARE = "modify relationship 'HQ': load_balance_percent 50 -> 60"
ON_CHANGE = {"update_secret": "on_change"}
ON = {**ON_CHANGE, "enable_auth": True}


def keeping(secret: str | None, **settings: Any) -> World:
    """HQ, and what DHCP01 keeps of a secret that was sent."""
    start = world(builders.server([builders.relationship(**settings)]))
    if secret is None:
        return start
    remote, kept = lab_client.remote(topology.load(topology.TOPOLOGIES / "company.yml")), SecretRecord()
    reply = remote.write([], "", [SecretRecord().keep("HQ", secret), kept.read_operation("HQ")])
    return replace(start, secrets=kept.with_answers({"HQ": reply.calls[-1]}))


@pytest.mark.parametrize(
    ("kept", "is_on", "options", "expected", "keeps"),
    [
        (FIRST, True, {**ON_CHANGE, "shared_secret": FIRST}, [], False),
        (FIRST, True, {**ON_CHANGE, "shared_secret": SECOND}, [FORGET, SEND], True),
        (FIRST, False, {**ON, "shared_secret": FIRST}, [FORGET, ON_AND_SENT], True),
        (FIRST, False, {**ON_CHANGE, "shared_secret": SECOND}, [], False),
        (None, True, {**ON_CHANGE, "shared_secret": FIRST}, [SEND], True),
        (None, False, {**ON, "shared_secret": FIRST}, [ON_AND_SENT], True),
        (None, False, {**ON_CHANGE, "shared_secret": FIRST}, [], False),
        (FIRST, True, {**ON_CHANGE, "shared_secret": FIRST, "load_balance_percent": 60}, [SHARE], False),
        (FIRST, True, {"update_secret": "always", "shared_secret": FIRST}, [FORGET, SEND], False),
        (None, True, {"update_secret": "always", "shared_secret": FIRST}, [SEND], False),
        (FIRST, True, {"shared_secret": SECOND}, [], False),
        (FIRST, False, {"shared_secret": SECOND, "enable_auth": True}, [FORGET, TURN_ON], False),
        (FIRST, True, {"enable_auth": False}, [FORGET, TURN_OFF], False),
        (FIRST, True, {"enable_auth": False, **ON_CHANGE}, [FORGET, TURN_OFF], False),
        (None, True, {"enable_auth": False}, [TURN_OFF], False),
        (FIRST, True, {"load_balance_percent": 60}, [SHARE], False),
    ],
)
def test_what_is_sent_of_a_secret_and_what_is_kept_of_it(
    kept: str | None, is_on: bool, options: dict[str, Any], expected: list[str], keeps: bool
) -> None:
    made = plan_of(keeping(kept, enable_auth=is_on), Spec("HQ", task_options.parse("HQ", options)))
    assert in_words(made) == expected
    then = [
        operation["op"]
        for action in made.actions
        for operation in action_table.KINDS[action.kind].then(action, made.start)
    ]
    assert then == ["keep_text"] * keeps


def test_what_is_kept_is_dropped_only_when_the_partner_answers() -> None:
    """As the change itself: both are refused together."""
    settings = task_options.parse("HQ", {**ON_CHANGE, "shared_secret": SECOND})
    forget, modify = plan_of(keeping(FIRST, enable_auth=True), Spec("HQ", settings)).actions
    assert (forget.partner, forget.normal) == (modify.partner, modify.normal) == ("dhcp02.contoso.example", True)


@pytest.mark.parametrize(
    "spec",
    [
        Spec("HQ", absent=True),
        Spec("HQ", absent=True, policy=Policy(orphan=True)),
    ],
    ids=["absent", "orphan"],
)
def test_of_a_relationship_that_went_without_a_task_nothing_stays_either(spec: Spec) -> None:
    gone = replace(keeping(FIRST), views=world(builders.server()).views)
    assert in_words(plan_of(gone, spec)) == [FORGET]
