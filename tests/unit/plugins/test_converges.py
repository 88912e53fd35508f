# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever is declared and whatever is there: after one run the server shows it, and the next plan is empty."""

from __future__ import annotations

from typing import Any

import pytest
import rig
from ansible_collections.windhcp.failover.plugins.plugin_utils import desired, relationship_plan
from ansible_collections.windhcp.failover.plugins.plugin_utils.model import Definition, Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils.view import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lab import topology
from lab.core.lab import Lab
from lab.core.switches import every_single_change

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
    "shared_secret": st.sampled_from(["one", "two"]),
    "scopes": scopes,
}
load_balance = st.fixed_dictionaries({"mode": st.just("load_balance")}, optional={**common, "load_balance_percent": st.integers(0, 100)})
hot_standby = st.fixed_dictionaries(
    {"mode": st.just("hot_standby")},
    optional={**common, "reserve_percent": st.integers(0, 100), "server_role": st.just("active")},
)
declared = st.one_of(load_balance, hot_standby)


def run(lab: Lab, wanted: Definition) -> Plan:
    server, fingerprint = rig.read(lab)
    plan = relationship_plan.present(wanted, server)
    if plan.steps:
        reply = rig.carry_out(lab, plan, server, fingerprint)
        assert reply.status == "done", reply.calls[-1]
    return plan


def definition(options: dict[str, Any]) -> Definition:
    return desired.definition("HQ", {"partner_server": "dhcp02.contoso.example", **options})


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
        after, _fingerprint = rig.read(lab)
        assert plan.after == settings(after.relationship("HQ")), "what the plan said is what came"
        assert run(lab, definition(options)).steps == ()
    assert len({scope for server in lab.servers.values() for scope in server.scopes}) == len(SCOPES)


@given(declared)
@hypothesis_settings(max_examples=25, deadline=None)
def test_a_plan_writes_at_most_one_set(options: dict[str, Any]) -> None:
    lab = topology.loads(TOPOLOGY)
    run(lab, definition({"scopes": ["10.0.1.0"]}))
    server, _fingerprint = rig.read(lab)
    plan = relationship_plan.present(definition(options), server)
    assert [step.operation["cmdlet"] for step in plan.steps].count("Set-DhcpServerv4Failover") <= 1


SWITCHES = [(name, answer) for name, answer, _switches in every_single_change()]


@pytest.mark.parametrize(("name", "answer"), SWITCHES, ids=lambda value: str(value))
def test_under_every_answer_to_an_open_question(name: str, answer: Any) -> None:
    """Creating, adding and modifying reach what was declared, or say clearly what Windows did instead; nothing is lost."""
    lab = topology.loads(TOPOLOGY)
    lab.switches = lab.switches.with_answer(name, answer)
    run(lab, definition({"scopes": ["10.0.1.0"], "load_balance_percent": 70, "shared_secret": "one"}))
    run(lab, definition({"scopes": ["10.0.2.0"]}))
    run(lab, definition({"load_balance_percent": 30, "max_client_lead_time": "2:00:00", "state_switch_interval": "60"}))
    run(lab, definition({"enable_auth": False}))
    wanted = definition({"mode": "hot_standby", "reserve_percent": 7, "server_role": "active"})
    run(lab, wanted)
    if name == "active_after_lb_to_hs" and answer == "secondary":
        with pytest.raises(Refused, match="server_role: DHCP01 is standby"):
            run(lab, wanted)
    else:
        assert run(lab, wanted).steps == ()
    leases = {address for server in lab.servers.values() for scope in server.scopes.values() for address in scope.leases}
    assert len(leases) == 3 * len(SCOPES)
    here, there = lab.servers["DHCP01"].relationships["HQ"], lab.servers["DHCP02"].relationships["HQ"]
    assert sorted(map(str, here.scopes)) == sorted(map(str, there.scopes)) == ["10.0.1.0", "10.0.2.0"]
