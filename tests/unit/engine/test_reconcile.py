# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever is declared and whatever is there: after one run the server shows it, and the next plan is empty."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import builders
import lab_client
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import calls
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs, task_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DeclaredSettings
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.render import settings
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import scope_ids
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.planner import plan as plan_for
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lab import topology
from lab.core.lab import Lab
from lab.core.open_questions import every_single_change
from worlds import alone

SCOPES = ["10.0.1.0", "10.0.2.0", "10.0.10.0", "10.0.3.0"]
RANGE = "subnet_mask: 255.255.255.0, start_range: {0}.10, end_range: {0}.99, leases: {{count: 3}}"
INSIDE = ", ".join(f"{one}: {{name: S, {RANGE.format(one[:-2])}}}" for one in SCOPES)
TOPOLOGY = f"""
clock: 2026-03-01T08:00:00Z
credentials: [{{user: admin, password: random}}]
switches: {{settle_polls: 0}}
servers:
  DHCP01: {{fqdn: dhcp01.contoso.example, address: 127.0.0.11, ip: 10.10.0.11, scopes: {{{INSIDE}}}}}
  DHCP02: {{fqdn: dhcp02.contoso.example, address: 127.0.0.12, ip: 10.10.0.12}}
"""

durations = st.sampled_from(["1", "60", "0:30:00", "1:00:00", "1.00:00:00"])
scopes = st.lists(st.sampled_from(SCOPES), unique=True)
common = {
    "max_client_lead_time": durations,
    "state_switch_interval": st.sampled_from(["0", "60", "1:00:00"]),
    "shared_secret": st.sampled_from(["Kx7-the-first", "Kx7-the-second"]),
    "scopes": scopes,
}
load_balance = st.fixed_dictionaries(
    {"mode": st.just("load_balance")}, optional={**common, "load_balance_percent": st.integers(0, 100)}
)
hot_standby = st.fixed_dictionaries(
    {"mode": st.just("hot_standby")},
    optional={**common, "reserve_percent": st.integers(0, 100), "server_role": st.just("active")},
)
declared = st.one_of(load_balance, hot_standby)


def run(lab: Lab, wanted: DeclaredSettings) -> Plan:
    """The relationship module's task, for real."""
    spec = Spec("HQ", wanted, wanted.scopes)
    return lab_client.task(lab).run(lambda world: plan_for([spec], world))


def after(plan: Plan) -> Any:
    """What the plan said of the relationship."""
    return plan.shown[1]


def definition(options: dict[str, Any]) -> DeclaredSettings:
    return task_options.parse("HQ", {"partner_server": "dhcp02.contoso.example", **options})


@given(declared, declared)
@hypothesis_settings(max_examples=60, deadline=None)
def test_one_run_reaches_it_and_the_next_changes_nothing(first: dict[str, Any], second: dict[str, Any]) -> None:
    lab = topology.loads(TOPOLOGY)
    for options in (first, second):
        plan = run(lab, definition(options))
        shown = lab.servers["DHCP01"].relationships.get("HQ")
        if shown is None:
            assert plan.pending
            continue
        server, _fingerprint = lab_client.read(lab)
        assert after(plan) == settings(server.relationship("HQ")), "what the plan said is what came"
        assert run(lab, definition(options)).actions == ()
    assert len({scope for server in lab.servers.values() for scope in server.scopes}) == len(SCOPES)


@given(declared)
@hypothesis_settings(max_examples=25, deadline=None)
def test_a_plan_writes_at_most_one_set(options: dict[str, Any]) -> None:
    lab = topology.loads(TOPOLOGY)
    run(lab, definition({"scopes": ["10.0.1.0"]}))
    server, _fingerprint = lab_client.read(lab)
    plan = alone(server, Spec("HQ", definition(options), definition(options).scopes))
    operations = [operation["cmdlet"] for step in calls.steps(plan) for operation in step.operations]
    assert operations.count("Set-DhcpServerv4Failover") <= 1


SWITCHES = [(name, answer) for name, answer, _switches in every_single_change()]


@pytest.mark.parametrize(("name", "answer"), SWITCHES, ids=str)
def test_under_every_answer_to_an_open_question(name: str, answer: Any) -> None:
    """Creating, adding and modifying reach what was declared, or say clearly what Windows did instead; nothing is
    lost."""
    lab = topology.loads(TOPOLOGY)
    lab.switches = lab.switches.with_answer(name, answer)
    run(lab, definition({"scopes": ["10.0.1.0"], "load_balance_percent": 70, "shared_secret": "Kx7-the-first"}))
    run(lab, definition({"scopes": ["10.0.2.0"]}))
    run(lab, definition({"load_balance_percent": 30, "max_client_lead_time": "2:00:00", "state_switch_interval": "60"}))
    if answer == "all_but_secret":
        with pytest.raises(RemoteFailure, match="State is 'CommunicationInterrupted'"):
            run(lab, definition({"enable_auth": False}))
        lab.servers["DHCP02"].relationships["HQ"].secret = None  # a person sets it there
    else:
        run(lab, definition({"enable_auth": False}))
    wanted = definition({"mode": "hot_standby", "reserve_percent": 7, "server_role": "active"})
    if name == "active_after_lb_to_hs" and answer == "secondary":
        with pytest.raises(RemoteFailure, match="does not show what was asked for: server_role: DHCP01 is standby"):
            run(lab, wanted)
        with pytest.raises(Refused, match="server_role: DHCP01 is standby"):
            run(lab, wanted)
    else:
        run(lab, wanted)
        assert run(lab, wanted).actions == ()
    leases = {
        address for server in lab.servers.values() for scope in server.scopes.values() for address in scope.leases
    }
    assert len(leases) == 3 * len(SCOPES)
    here, there = lab.servers["DHCP01"].relationships["HQ"], lab.servers["DHCP02"].relationships["HQ"]
    assert sorted(map(str, here.scopes)) == sorted(map(str, there.scopes)) == ["10.0.1.0", "10.0.2.0"]


DEFINED = ["10.0.9.0", "10.0.20.0", "10.0.1.0"]  # the last one exists
members = st.tuples(
    st.lists(st.sampled_from(SCOPES), unique=True), st.lists(st.sampled_from(DEFINED), unique=True)
).filter(any)
lease_durations = st.one_of(st.none(), durations)


def scopes_present(lab: Lab, scopes: list[str], defined: list[dict[str, Any]]) -> Plan:
    """Scopes in HQ, as the scope module does it: what was planned. Raises RemoteFailure."""
    create_scopes = scope_specs.parse(defined)
    spec = Spec("HQ", definition({}), scope_ids(scopes), create_scopes, create_only=True, option="relationship")
    return lab_client.task(lab).run(lambda world: plan_for([spec], world))


@given(members, members, lease_durations, st.sampled_from(["active", "inactive"]))
@hypothesis_settings(max_examples=40, deadline=None)
def test_defined_scopes_exist_and_are_members_after_one_run(
    first: tuple[list[str], list[str]], second: tuple[list[str], list[str]], lease_duration: str | None, state: str
) -> None:
    lab = topology.loads(TOPOLOGY)
    before = {scope_id: scope.name for scope_id, scope in lab.servers["DHCP01"].scopes.items()}
    for scopes, ids in (first, second):
        defined = [builders.definition(one, lease_duration=lease_duration, state=state, description="D") for one in ids]
        plan = scopes_present(lab, scopes, defined)
        server, _fingerprint = lab_client.read(lab)
        assert after(plan) == settings(server.relationship("HQ")), "what the plan said is what came"
        assert scopes_present(lab, scopes, defined).actions == ()
        assert scope_specs.differences(plan.creates, {one.scope_id: one for one in server.scopes}, {}) == []
        assert [str(scope) for scope in scope_ids([*scopes, *ids])] == [
            scope for scope in after(plan)["scopes"] if scope in {*scopes, *ids}
        ]
    here, there = lab.servers["DHCP01"].scopes, lab.servers["DHCP02"].scopes
    assert {scope_id: here[scope_id].name for scope_id in before} == before, "a scope that exists is never changed"
    assert {(one.name, one.lease_duration, one.state) for one in there.values()} <= {
        (one.name, one.lease_duration, one.state) for one in here.values()
    }


@pytest.mark.parametrize(
    ("cmdlet", "exists", "half_applied"),
    [
        ("Add-DhcpServerv4Scope", False, False),
        ("Add-DhcpServerv4Scope", False, True),
        ("Add-DhcpServerv4Scope", True, False),
        ("Add-DhcpServerv4Scope", True, True),
        ("Add-DhcpServerv4Failover", False, False),
        ("Add-DhcpServerv4FailoverScope", True, False),
    ],
)
def test_a_run_that_died_half_way_is_completed_by_the_next(cmdlet: str, exists: bool, half_applied: bool) -> None:
    lab = topology.loads(TOPOLOGY)
    if exists:
        scopes_present(lab, ["10.0.2.0"], [])
    defined = [builders.definition("10.0.9.0"), builders.definition("10.0.20.0")]
    lab.fail_next(
        "DHCP01", cmdlet, "DHCP 20127", after=1 if cmdlet == "Add-DhcpServerv4Scope" else 0, half_applied=half_applied
    )
    broken = lab_client.task(lab)
    spec = Spec("HQ", definition({}), (), scope_specs.parse(defined), create_only=True, option="relationship")
    with pytest.raises(RemoteFailure, match="DHCP 20127"):
        broken.run(lambda world: plan_for([spec], world))
    assert IPv4Address("10.0.9.0") in lab.servers["DHCP01"].scopes
    assert "10.0.9.0" not in shown_members(lab, "DHCP02")
    first = [step["step"] for step in broken.result["plan"]]
    completing = [step.text for step in calls.steps(scopes_present(lab, [], defined))]
    assert set(completing) <= set(first)
    assert len(completing) < len(first)
    assert (
        shown_members(lab, "DHCP01")
        == shown_members(lab, "DHCP02")
        == [*(["10.0.2.0"] if exists else []), "10.0.9.0", "10.0.20.0"]
    )


def shown_members(lab: Lab, server: str) -> list[str]:
    relationship = lab.servers[server].relationships.get("HQ")
    return [str(one) for one in sorted(relationship.scopes)] if relationship else []
