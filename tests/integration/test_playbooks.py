# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbooks that take failover apart: what the dry run lists is what then goes, and no scope and no lease is
lost."""

from __future__ import annotations

import json
from copy import deepcopy
from ipaddress import IPv4Address
from typing import Any

from harness import Run, Site
from lab import topology
from lab.core.lab import Lab
from lab.core.server import AddressRange

ONE, TWO, THREE = (IPv4Address(f"10.0.{number}.0") for number in (1, 2, 3))
SCOPE = (
    "{name: Clients, subnet_mask: 255.255.255.0, start_range: 10.0.%d.10, end_range: 10.0.%d.99, leases: {count: 4}}"
)
SCOPES = ", ".join(f"10.0.{number}.0: {SCOPE % (number, number)}" for number in (1, 2, 3))
BRANCHES_LINE = "Branches: {primary: DHCP01, secondary: DHCP02, mode: HotStandby, percentage: 10, scopes: [10.0.2.0]}"
COMPANY = f"""
credentials: [{{user: admin, password: random}}]
servers:
  DHCP01: {{fqdn: dhcp01.contoso.example, address: 127.0.0.11, ip: 10.10.0.11, scopes: {{{SCOPES}}}}}
  DHCP02: {{fqdn: dhcp02.contoso.example, address: 127.0.0.12, ip: 10.10.0.12}}
  DHCP03: {{fqdn: dhcp03.contoso.example, address: 127.0.0.13, ip: 10.10.0.13}}
relationships:
  HQ: {{primary: DHCP01, secondary: DHCP02, mode: LoadBalance, percentage: 60, scopes: [10.0.1.0]}}
  {BRANCHES_LINE}
  Munich: {{primary: DHCP01, secondary: DHCP03, mode: LoadBalance, percentage: 50, scopes: [10.0.3.0]}}
"""
PAIR = {"failover_keep": "dhcp01", "failover_leaving": "dhcp02"}
DO = {"failover_dry_run": False}
LIST = "Show what becomes of the scopes"
DNS = "DNS records of the clients may go with a copy that is deleted."
ENTRY = {"primary": "dhcp01", "partner": "dhcp03", "partner_server": "dhcp03.contoso.example"}
HQ: dict[str, Any] = {**ENTRY, "name": "HQ", "load_balance_percent": 60, "scopes": ["10.0.1.0"]}
BRANCHES: dict[str, Any] = {
    **ENTRY,
    "name": "Branches",
    "mode": "hot_standby",
    "reserve_percent": 10,
    "scopes": ["10.0.2.0"],
}


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


def test_decommission_dry_then_for_real_then_again(net: str) -> None:
    with Site(topology.loads(COMPANY.replace(BRANCHES_LINE, "")), "standin", net) as site:
        here, there = site.lab.servers["DHCP01"], site.lab.servers["DHCP02"]
        before, kept = held(site.lab), deepcopy(here.scopes)
        there.scopes[ONE].name = "Renamed there"
        dry = run(site, "decommission", **PAIR, failover_other_copy="disable").ok()
        assert (dry.written, dry.counts.writes) == ([], 0)
        assert dry.result(LIST)["msg"][0].startswith("A dry run, nothing was written.")
        lines = told(dry)
        renamed = "name: Renamed there on DHCP02, Clients on DHCP01"
        assert (
            "'HQ': 10.0.1.0 is kept on DHCP01, and left on DHCP02, inactive, with its leases; the copies differ: "
            f"{renamed}" in lines
        )
        assert DNS not in lines
        assert "'Munich' of dhcp01 and dhcp03 stays as it is" in dry.output
        done = run(site, "decommission", **PAIR, failover_other_copy="disable", **DO).ok()
        assert told(done) == lines
        assert here.relationships.keys() == {"Munich"}
        assert there.relationships == {}
        assert here.scopes == kept
        assert there.scopes[ONE].state == "InActive"
        assert held(site.lab) == before
        again = run(site, "decommission", **PAIR, failover_other_copy="disable", **DO).ok()
        assert (again.written, again.changed) == ([], 0)
        assert told(again) == ["No copy of a scope goes."]


def test_decommission_deletes_what_it_is_told_and_names_what_would_be_lost(net: str) -> None:
    delete = {**PAIR, "failover_other_copy": "delete", "failover_relationships_to_end": ["HQ"]}
    with Site(company(), "standin", net) as site:
        here, there = site.lab.servers["DHCP01"], site.lab.servers["DHCP02"]
        before = held(site.lab)
        foreign = run(site, "decommission", **{**delete, "failover_relationships_to_end": ["HQ", "Munich"]}, **DO)
        assert (
            "Not between dhcp01 and dhcp02: Munich" in foreign.failure("End no relationship with another server")["msg"]
        )
        there.scopes[ONE].exclusions = [AddressRange(IPv4Address("10.0.1.90"), IPv4Address("10.0.1.99"))]
        differs = run(site, "decommission", **delete, **DO)
        assert (differs.code != 0, differs.written) == (True, [])
        assert any("exclusion" in line and "10.0.1.90" in line for line in told(differs)), (
            "shown although it is refused"
        )
        assert "'HQ': FAILED" in told(differs)[-1]
        there.scopes[ONE].exclusions = []
        dry = run(site, "decommission", **delete).ok()
        assert dry.written == []
        lines = told(dry)
        assert lines[:2] == [
            "'HQ': 10.0.1.0 is kept on DHCP01, and deleted on DHCP02, with its leases; the copies are equal",
            DNS,
        ]
        done = run(site, "decommission", **delete, **DO).ok()
        assert told(done) == lines
        assert (ONE in there.scopes, TWO in there.scopes) == (False, True)
        assert here.relationships.keys() == there.relationships.keys() | {"Munich"} == {"Branches", "Munich"}
        assert held(site.lab) == before
        again = run(site, "decommission", **delete, **DO).ok()
        assert (again.written, again.changed) == ([], 0)


def test_decommission_is_finished_by_the_next_run(net: str) -> None:
    """What broke off has left a relationship on the leaving server alone; it is found there."""
    delete = {**PAIR, "failover_other_copy": "delete", **DO}
    with Site(company(), "standin", net) as site:
        here, there = site.lab.servers["DHCP01"], site.lab.servers["DHCP02"]
        before = held(site.lab)
        site.lab.fail_next("DHCP01", "Remove-DhcpServerv4Failover", "DHCP 20133", half_applied=True)
        broken = run(site, "decommission", **delete)
        assert broken.code != 0
        assert sum("FAILED" in line for line in told(broken)) == 1
        assert (set(here.relationships), set(there.relationships)) == ({"Munich"}, {"Branches"})
        run(site, "decommission", **delete).ok()
        assert (there.relationships, there.scopes) == ({}, {})
        assert held(site.lab) == before


def test_decommission_of_a_server_that_is_gone_for_good(net: str) -> None:
    gone = {**PAIR, "failover_orphan": True}
    with Site(company(), "standin", net) as site:
        here, there = site.lab.servers["DHCP01"], site.lab.servers["DHCP02"]
        before = held(site.lab)
        assert (
            "is not gone; leave orphan out"
            in run(site, "decommission", **gone, **DO).failure("Take relationships apart, keeping their scopes")[
                "results"
            ][0]["msg"]
        )
        there.reachable = False
        untouched = deepcopy(there.scopes)
        dry = run(site, "decommission", **gone).ok()
        assert dry.written == []
        done = run(site, "decommission", **gone, **DO).ok()
        assert told(done) == told(dry)
        assert told(done)[0] == "No copy of a scope goes."
        assert "'HQ': DHCP01: take out of relationship 'HQ' on DHCP01 alone: 10.0.1.0" in told(done)
        assert set(done.written) == {"DhcpV4FailoverDeleteScopeFromRelationship", "DhcpV4FailoverDeleteRelationship"}
        assert (set(here.relationships), there.scopes) == ({"Munich"}, untouched)
        assert held(site.lab) == before
        again = run(site, "decommission", **gone, **DO).ok()
        assert (again.written, again.changed) == ([], 0)


def test_migrate_to_a_third_server(net: str) -> None:
    move = {**PAIR, "failover_new": "dhcp03", "failover_other_copy": "delete", "failover_relationships": [HQ]}
    with Site(company(), "standin", net) as site:
        one, two, three = site.lab.servers.values()
        before = held(site.lab)
        two.scopes[ONE].exclusions = [AddressRange(IPv4Address("10.0.1.90"), IPv4Address("10.0.1.99"))]
        assert (
            "allow_content_loss"
            in run(site, "migrate", **move).failure("Keep the relationships as declared")["results"][0]["msg"]
        )
        two.scopes[ONE].exclusions = []
        dry = run(site, "migrate", **move).ok()
        assert dry.written == []
        assert "'Branches' of dhcp01 and dhcp02 stays as it is" in dry.output
        lines = told(dry)
        assert lines[:2] == [
            f"'HQ': 10.0.1.0 is kept on DHCP01, and deleted on {two.fqdn}, with its leases; the copies are equal",
            DNS,
        ]
        done = run(site, "migrate", **move, **DO).ok()
        assert told(done) == lines
        assert [ONE in server.scopes for server in (one, two, three)] == [True, False, True]
        assert one.relationships["HQ"].partner_server == "dhcp03.contoso.example"
        assert ("HQ" in two.relationships, three.relationships["HQ"].percentage) == (False, 60)
        assert held(site.lab) == before
        again = run(site, "migrate", **move, **DO).ok()
        assert (again.written, again.changed) == ([], 0)

        disable = {**move, "failover_other_copy": "disable", "failover_relationships": [HQ, BRANCHES]}
        run(site, "migrate", **disable, **DO).ok()
        assert (two.scopes[TWO].state, two.relationships, three.scopes[TWO].state) == ("InActive", {}, "Active")
        assert held(site.lab) == before


def test_migrate_away_from_a_server_that_is_gone_for_good(net: str) -> None:
    move = {**PAIR, "failover_new": "dhcp03", "failover_orphan": True, "failover_relationships": [HQ, BRANCHES]}
    with Site(company(), "standin", net) as site:
        one, two, three = site.lab.servers.values()
        two.reachable = False
        before = held(site.lab)
        dry = run(site, "migrate", **move).ok()
        assert dry.written == []
        done = run(site, "migrate", **move, **DO).ok()
        assert told(done) == told(dry)
        assert set(one.relationships) == set(three.relationships) == {"HQ", "Branches", "Munich"}
        assert held(site.lab) == before
        again = run(site, "migrate", **move, **DO).ok()
        assert (again.written, again.changed) == ([], 0)


def test_migrate_takes_data_with_the_new_partner_only(net: str) -> None:
    move = {**PAIR, "failover_new": "dhcp03", "failover_other_copy": "delete", **DO}
    turned = {**BRANCHES, "primary": "dhcp03", "partner": "dhcp01", "partner_server": "dhcp01.contoso.example"}
    with Site(company(), "standin", net) as site:
        run_ = run(site, "migrate", **move, failover_relationships=[{**HQ, "partner": "dhcp02"}, turned])
        said = run_.failure("Check that the data has the new partner")["msg"]
        assert "no relationship of dhcp01 that is to go from dhcp02 to dhcp03" in said
        assert "run windhcp.failover.swap_roles" in said
        assert run_.written == []


def test_swap_roles(net: str) -> None:
    turned = {**BRANCHES, "primary": "dhcp02", "partner": "dhcp01", "partner_server": "dhcp01.contoso.example"}
    swap = {
        "failover_relationships_to_swap": "Branches",
        "failover_relationships": [{**HQ, "partner": "dhcp02"}, turned],
    }
    with Site(company(), "standin", net) as site:
        one, two, three = site.lab.servers.values()
        before = held(site.lab)
        wrong = run(site, "swap_roles", **{**swap, "failover_relationships_to_swap": ["HQ"]}, **DO)
        assert (
            "names of relationships in hot standby"
            in wrong.failure("Check that it is said which relationships are meant")["msg"]
        )
        dry = run(site, "swap_roles", **swap).ok()
        assert dry.written == []
        lines = [
            line
            for one in dry.tasks
            if one["task"] == LIST and one["host"] == "dhcp02"
            for line in one["result"]["msg"]
        ]
        told_of_it = (
            "'Branches': 10.0.2.0 is kept on DHCP02, and deleted on DHCP01 and copied there anew; the copies are equal"
        )
        assert lines[1:3] == [told_of_it, DNS]
        run(site, "swap_roles", **swap, **DO).ok()
        active = {server.name: server.relationships["Branches"] for server in (one, two)}
        assert {name: (half.primary == name) == (half.active == "primary") for name, half in active.items()} == {
            "DHCP01": False,
            "DHCP02": True,
        }
        assert three.relationships.keys() == {"Munich"}
        assert held(site.lab) == before
        again = run(site, "swap_roles", **swap, **DO).ok()
        assert (again.written, again.changed) == ([], 0)


def test_nothing_is_done_by_guesswork(net: str) -> None:
    """Each says what it needs. A typo in failover_dry_run is not taken for false, and --check stays a check."""
    with Site(company(), "standin", net) as site:
        for playbook, task in (
            (
                "decommission",
                "Check that it is said who keeps the scopes, who leaves, and what becomes of the copies there",
            ),
            (
                "migrate",
                "Check that it is said who keeps the scopes, who leaves, who comes, and what becomes of the copies on "
                "the one that leaves",
            ),
            ("swap_roles", "Check that it is said which relationships are meant"),
        ):
            assert "failover_dry_run: true, the default, only shows" in run(site, playbook).failure(task)["msg"]
        typo = run(site, "decommission", **PAIR, failover_other_copy="delete", failover_dry_run="flase")
        assert (typo.code != 0, typo.counts.commands) == (True, 0)
        unknown = run(
            site, "decommission", failover_keep="dhcp1", failover_leaving="dhcp02", failover_other_copy="delete", **DO
        )
        assert (unknown.code != 0, unknown.counts.commands) == (True, 0)
        told_to = json.dumps({**PAIR, "failover_other_copy": "delete", **DO})
        check = site.run("windhcp.failover.decommission", "-e", told_to, "--check").ok()
        assert check.written == []
        assert check.result(LIST)["msg"][0].startswith("A dry run")
