# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbooks that take failover apart: what the dry run lists is what then goes, and no scope and no lease is lost."""

from __future__ import annotations

import json
from copy import deepcopy
from ipaddress import IPv4Address
from typing import Any

from harness import Run, Site
from lab import topology
from lab.core.lab import Lab

ONE, TWO, THREE = (IPv4Address(f"10.0.{number}.0") for number in (1, 2, 3))
SCOPE = "{name: Clients, subnet_mask: 255.255.255.0, start_range: 10.0.%d.10, end_range: 10.0.%d.99, leases: {count: 4}}"
SCOPES = ", ".join(f"10.0.{number}.0: {SCOPE % (number, number)}" for number in (1, 2, 3))
COMPANY = f"""
credentials: [{{user: admin, password: random}}]
servers:
  DHCP01: {{fqdn: dhcp01.contoso.example, address: 127.0.0.11, ip: 10.10.0.11, scopes: {{{SCOPES}}}}}
  DHCP02: {{fqdn: dhcp02.contoso.example, address: 127.0.0.12, ip: 10.10.0.12}}
  DHCP03: {{fqdn: dhcp03.contoso.example, address: 127.0.0.13, ip: 10.10.0.13}}
relationships:
  HQ: {{primary: DHCP01, secondary: DHCP02, mode: LoadBalance, percentage: 60, scopes: [10.0.1.0]}}
  Branches: {{primary: DHCP01, secondary: DHCP02, mode: HotStandby, percentage: 10, scopes: [10.0.2.0]}}
  Munich: {{primary: DHCP01, secondary: DHCP03, mode: LoadBalance, percentage: 50, scopes: [10.0.3.0]}}
"""
PAIR = {"failover_keep": "dhcp01", "failover_leaving": "dhcp02"}
DO = {"failover_dry_run": False}
LIST = "Show what becomes of the scopes"
DNS = "DNS records of the clients may go with a copy that is deleted."
ENTRY = {"primary": "dhcp01", "partner": "dhcp03", "partner_server": "dhcp03.contoso.example"}
HQ: dict[str, Any] = {**ENTRY, "name": "HQ", "load_balance_percent": 60, "scopes": ["10.0.1.0"]}
BRANCHES: dict[str, Any] = {**ENTRY, "name": "Branches", "mode": "hot_standby", "reserve_percent": 10, "scopes": ["10.0.2.0"]}


def company() -> Lab:
    return topology.loads(COMPANY)


def run(site: Site, playbook: str, **variables: Any) -> Run:
    return site.run(f"windhcp.failover.{playbook}", "-e", json.dumps(variables))


def told(run: Run) -> list[str]:
    """The list of what becomes of the scopes, without its headline and the safety copies."""
    lines: list[str] = run.result(LIST)["msg"]
    return [line for line in lines[1:] if "safety copy on" not in line]


def held(lab: Lab) -> dict[IPv4Address, set[IPv4Address]]:
    """Every scope that an active copy of is somewhere, with its leases there."""
    found: dict[IPv4Address, set[IPv4Address]] = {}
    for server in lab.servers.values():
        for scope_id, scope in server.scopes.items():
            if scope.state == "Active" and server.reachable:
                found.setdefault(scope_id, set()).update(scope.leases)
    return found


def test_decommission_dry_then_for_real_then_again(door: str, net: str) -> None:
    with Site(company(), door, net) as site:
        here, there = site.lab.servers["DHCP01"], site.lab.servers["DHCP02"]
        before, kept = held(site.lab), deepcopy(here.scopes)
        there.scopes[ONE].name = "Renamed there"
        dry = run(site, "decommission", **PAIR, failover_other_copy="disable").ok()
        assert (dry.written, dry.counts.writes) == ([], 0)
        assert dry.result(LIST)["msg"][0].startswith("A dry run, nothing was written.")
        lines = told(dry)
        renamed = "name: Renamed there on DHCP02, Clients on DHCP01"
        assert f"'HQ': 10.0.1.0 is kept on DHCP01, and left on DHCP02, inactive, with its leases; the copies differ: {renamed}" in lines
        assert "'Branches': 10.0.2.0 is kept on DHCP01, and left on DHCP02, inactive, with its leases; the copies are equal" in lines
        assert DNS not in lines
        assert "'Munich' of dhcp01 and dhcp03 stays as it is" in dry.output
        done = run(site, "decommission", **PAIR, failover_other_copy="disable", **DO).ok()
        assert told(done) == lines
        assert here.relationships.keys() == {"Munich"}
        assert there.relationships == {}
        assert here.scopes == kept
        assert [there.scopes[scope].state for scope in (ONE, TWO)] == ["InActive"] * 2
        assert held(site.lab) == before
        again = run(site, "decommission", **PAIR, failover_other_copy="disable", **DO).ok()
        assert (again.written, again.changed) == ([], 0)
        assert told(again) == ["No copy of a scope goes."]
