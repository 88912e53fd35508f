# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbooks that take failover apart: what the dry run lists is what goes, and no scope and no lease is lost."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import Any

import pytest
import yaml
from harness import Run, Site
from lab import topology
from lab.core.lab import Lab
from lab.core.server import AddressRange, Server

HQ_SCOPE, BRANCHES_SCOPE = (IPv4Address(f"10.0.{number}.0") for number in (1, 2))
RANGE = "start_range: 10.0.%d.10, end_range: 10.0.%d.99"
SCOPE = f"{{name: Clients, subnet_mask: 255.255.255.0, {RANGE}, leases: {{count: 4}}}}"
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
KEEP = {"failover_keep": "dhcp01", "failover_other_copy": "delete"}
LIST = "Show what becomes of the scopes"
NOTHING = "Nothing is to be done: "
DNS = "DNS records of the clients may go with a copy that is deleted."
ENTRY = {"primary": "dhcp01", "partner": "dhcp03", "partner_server": "dhcp03.contoso.example"}
HQ: dict[str, Any] = {**ENTRY, "name": "HQ", "load_balance_percent": 60, "scopes": ["10.0.1.0"]}
STANDBY = {"mode": "hot_standby", "reserve_percent": 10}
BRANCHES: dict[str, Any] = {**ENTRY, **STANDBY, "name": "Branches", "scopes": ["10.0.2.0"]}
EXCLUSION = AddressRange(IPv4Address("10.0.1.90"), IPv4Address("10.0.1.99"))
MOVE: dict[str, Any] = {
    **PAIR,
    "failover_new": "dhcp03",
    "failover_other_copy": "delete",
    "failover_relationships": [HQ],
}
TURNED = {**BRANCHES, "primary": "dhcp02", "partner": "dhcp01", "partner_server": "dhcp01.contoso.example"}
SWAP: dict[str, Any] = {
    "failover_relationships_to_swap": "Branches",
    "failover_relationships": [{**HQ, "partner": "dhcp02"}, TURNED],
}


def company() -> Lab:
    return topology.loads(COMPANY)


def run(site: Site, playbook: str, **variables: Any) -> Run:
    return site.run(f"windhcp.failover.{playbook}", "-e", json.dumps(variables))


def becomes(run: Run) -> list[str]:
    """The list of what becomes of the scopes, without its headline, the safety copies and what is next."""
    lines: list[str] = run.result(LIST)["msg"]
    assert lines[-1].startswith(("Next: ", NOTHING)), lines
    return [line for line in lines[:-1] if "safety copy on" not in line and not line.endswith(":")]


def served(lab: Lab) -> dict[IPv4Address, set[IPv4Address]]:
    """Every scope that an active copy of is somewhere, with its leases there."""
    leases: dict[IPv4Address, set[IPv4Address]] = {}
    for server in lab.servers.values():
        for scope_id, scope in server.scopes.items():
            if scope.state == "Active" and server.reachable:
                leases.setdefault(scope_id, set()).update(scope.leases)
    return leases


def is_active(server: Server, relationship: str) -> bool:
    """Whether the server is the active one of a relationship in hot standby."""
    half = server.relationships[relationship]
    return (half.primary == server.name) == (half.active == "primary")


def assert_changes_nothing(run: Run) -> None:
    assert (run.ok().written, run.changed) == ([], 0)


def test_decommission_dry_then_for_real_then_again(net: str) -> None:
    with Site(topology.loads(COMPANY.replace(BRANCHES_LINE, "")), "standin", net) as site:
        here, there = site.lab.servers["DHCP01"], site.lab.servers["DHCP02"]
        before, kept = served(site.lab), deepcopy(here.scopes)
        there.scopes[HQ_SCOPE].name = "Renamed there"
        dry = run(site, "decommission", **PAIR, failover_other_copy="disable").ok()
        assert (dry.written, dry.counts.writes) == ([], 0)
        assert dry.result(LIST)["msg"][0].startswith("A dry run, nothing was written.")
        lines = becomes(dry)
        renamed = "name: Renamed there on DHCP02, Clients on DHCP01"
        left = "10.0.1.0 is kept on DHCP01, and left on DHCP02, inactive, with its leases"
        assert f"{left}; the copies differ: {renamed}" in lines
        assert DNS not in lines
        assert "'Munich' of dhcp01 and dhcp03 stays as it is" in dry.output
        done = run(site, "decommission", **PAIR, failover_other_copy="disable", **DO).ok()
        assert becomes(done) == lines
        assert here.relationships.keys() == {"Munich"}
        assert there.relationships == {}
        assert here.scopes == kept
        assert there.scopes[HQ_SCOPE].state == "InActive"
        assert served(site.lab) == before
        again = run(site, "decommission", **PAIR, failover_other_copy="disable", **DO)
        assert_changes_nothing(again)
        doubt, said = again.result(LIST)["msg"]
        assert doubt.startswith("dhcp01: WARNING: dhcp01 and dhcp02 have no relationship with each other")
        assert doubt.endswith("there are some with dhcp03")
        assert said.startswith(f"{NOTHING}dhcp01. No relationship of dhcp01 and dhcp02 is left")


def test_decommission_takes_a_third_of_many_scopes_unless_it_is_told_more_or_what_is_meant(net: str) -> None:
    only = "  HQ: {primary: DHCP01, secondary: DHCP02, mode: LoadBalance, scopes: [10.0.1.0, 10.0.2.0, 10.0.3.0]}\n"
    delete: dict[str, Any] = {**PAIR, "failover_other_copy": "delete"}
    with Site(topology.loads(COMPANY.partition("  HQ:")[0] + only), "standin", net) as site:
        named: dict[str, Any] = {"failover_relationships_to_end": ["HQ"]}
        for choice in ({}, DO, {"failover_max_removals_percent": None}, {**named, "failover_max_removals_percent": 99}):
            refused = run(site, "decommission", **delete, **choice)
            assert (refused.code != 0, refused.written) == (True, [])
            said = refused.failure("Take relationships apart, keeping their scopes")["msg"]
            assert said.startswith("3 of the 3 members of 'HQ' would be removed or lose a copy for good")
            assert "failover_max_removals_percent of the role and the playbooks" in said
        run(site, "decommission", **delete, **named).ok()
        run(site, "decommission", **delete, failover_max_removals_percent=100).ok()


def test_decommission_deletes_what_it_is_told_and_names_what_would_be_lost(net: str) -> None:
    delete = {**PAIR, "failover_other_copy": "delete", "failover_relationships_to_end": ["HQ"]}
    with Site(company(), "standin", net) as site:
        here, there = site.lab.servers["DHCP01"], site.lab.servers["DHCP02"]
        before = served(site.lab)
        foreign = run(site, "decommission", **{**delete, "failover_relationships_to_end": ["HQ", "Munich"]}, **DO)
        problem = foreign.failure("End no relationship with another server")["msg"]
        assert "failover_relationships_to_end: has 'Munich', which is of dhcp01 and dhcp03" in problem
        assert foreign.written == []
        there.scopes[HQ_SCOPE].exclusions = [EXCLUSION]
        differs = run(site, "decommission", **delete, **DO)
        assert (differs.code != 0, differs.written) == (True, [])
        assert any("exclusion" in line and "10.0.1.90" in line for line in becomes(differs)), "shown though refused"
        assert becomes(differs)[-1].startswith("dhcp01: FAILED: the copies that would go differ")
        there.scopes[HQ_SCOPE].exclusions = []
        dry = run(site, "decommission", **delete).ok()
        assert dry.written == []
        lines = becomes(dry)
        gone = "10.0.1.0 is kept on DHCP01, and deleted on DHCP02, with its leases; the copies are equal"
        assert lines[:2] == [gone, DNS]
        done = run(site, "decommission", **delete, **DO).ok()
        assert becomes(done) == lines
        assert (HQ_SCOPE in there.scopes, BRANCHES_SCOPE in there.scopes) == (False, True)
        assert here.relationships.keys() == there.relationships.keys() | {"Munich"} == {"Branches", "Munich"}
        assert served(site.lab) == before
        assert_changes_nothing(run(site, "decommission", **delete, **DO))


def test_decommission_is_finished_by_the_next_run(net: str) -> None:
    """What broke off has left a relationship on the leaving server alone; it is found there."""
    delete = {**PAIR, "failover_other_copy": "delete", **DO}
    with Site(company(), "standin", net) as site:
        here, there = site.lab.servers["DHCP01"], site.lab.servers["DHCP02"]
        before = served(site.lab)
        site.lab.fail_next("DHCP01", "Remove-DhcpServerv4Failover", "DHCP 20133", half_applied=True)
        broken = run(site, "decommission", **delete)
        assert broken.code != 0
        assert sum("FAILED" in line for line in becomes(broken)) == 1
        assert (list(here.relationships), list(there.relationships)) == (["Munich"], ["Branches"])
        run(site, "decommission", **delete).ok()
        assert (there.relationships, there.scopes) == ({}, {})
        assert served(site.lab) == before


def forget_host(site: Site, host: str) -> None:
    """Takes it out of the inventory."""
    path = site.folder / "inventory.yml"
    inventory = yaml.safe_load(path.read_text(encoding="utf-8"))
    for group in inventory.values():
        (group.get("hosts") or {}).pop(host, None)
    path.write_text(yaml.safe_dump(inventory), encoding="utf-8")


def waits_take_no_time(site: Site) -> None:
    """A server that is silent is asked again for some seconds, each time."""
    site.lab.clock, site.lab.simulated_waits = datetime.now(timezone.utc), True


def test_decommission_of_a_server_that_does_not_answer_names_the_way_out(net: str) -> None:
    with Site(company(), "standin", net) as site:
        run(site, "decommission", **PAIR, failover_other_copy="disable").ok()
        site.service.endpoints["DHCP02"].close()
        asked = run(site, "decommission", **PAIR, failover_other_copy="disable", **DO)
        said = asked.failure("End no relationship with another server")["msg"]
        assert said.startswith("dhcp02 cannot be read: ")
        assert "set failover_orphan to true" in said
        assert said.endswith("Nothing was changed.")
        assert asked.written == []


def test_decommission_of_a_server_that_is_gone_for_good(net: str) -> None:
    gone = {**PAIR, "failover_orphan": True, "failover_partner_is_off": True}
    with Site(company(), "standin", net) as site:
        here, there = site.lab.servers["DHCP01"], site.lab.servers["DHCP02"]
        before = served(site.lab)
        waits_take_no_time(site)
        refused = run(site, "decommission", **gone, **DO).failure("Take relationships apart, keeping their scopes")
        assert "is not gone; leave orphan (failover_orphan of the role and the playbooks) out" in refused["msg"]
        there.reachable = False
        looked = run(site, "decommission", **gone, **DO).failure("Take relationships apart, keeping their scopes")
        assert "answers" in looked["msg"], "to the controller, which asks whatever failover_partner_is_off says"
        site.service.endpoints["DHCP02"].close()
        untouched = deepcopy(there.scopes)
        dry = run(site, "decommission", **gone).ok()
        assert dry.written == []
        done = run(site, "decommission", **gone, **DO).ok()
        assert becomes(done) == becomes(dry)
        assert becomes(done)[0] == "No copy of a scope goes."
        assert "DHCP01: take out of relationship 'HQ' on DHCP01 alone: 10.0.1.0" in becomes(done)
        assert set(done.written) == {"DhcpV4FailoverDeleteScopeFromRelationship", "DhcpV4FailoverDeleteRelationship"}
        assert (list(here.relationships), there.scopes) == (["Munich"], untouched)
        assert served(site.lab) == before
        assert_changes_nothing(run(site, "decommission", **gone, **DO))


def test_migrate_refuses_to_lose_what_only_the_leaving_server_has(net: str) -> None:
    with Site(company(), "standin", net) as site:
        site.lab.servers["DHCP02"].scopes[HQ_SCOPE].exclusions = [EXCLUSION]
        refused = run(site, "migrate", **MOVE, **DO)
        assert "allow_content_loss" in refused.failure("Keep the relationships as declared")["msg"]
        assert refused.written == []


def test_migrate_lists_first_what_it_then_does(net: str) -> None:
    with Site(company(), "standin", net) as site:
        dry = run(site, "migrate", **MOVE).ok()
        assert dry.written == []
        assert "'Branches' of dhcp01 and dhcp02 stays as it is" in dry.output
        deleted = "10.0.1.0 is kept on DHCP01, and deleted on DHCP02, with its leases"
        assert becomes(dry)[:2] == [f"{deleted}; the copies are equal", DNS]
        assert becomes(run(site, "migrate", **MOVE, **DO).ok()) == becomes(dry)


def test_migrate_gives_the_scopes_of_a_relationship_to_the_new_server(net: str) -> None:
    with Site(company(), "standin", net) as site:
        keeping, leaving, new = site.lab.servers.values()
        before = served(site.lab)
        run(site, "migrate", **MOVE, **DO).ok()
        assert [HQ_SCOPE in server.scopes for server in (keeping, leaving, new)] == [True, False, True]
        assert keeping.relationships["HQ"].partner_server == "dhcp03.contoso.example"
        assert leaving.relationships.keys() == {"Branches"}
        assert new.relationships["HQ"].percentage == 60
        assert served(site.lab) == before
        stays = [HQ, {**HQ, "name": "Munich", "load_balance_percent": 40, "scopes": ["10.0.3.0"]}]
        again = run(site, "migrate", **{**MOVE, "failover_relationships": stays}, **DO)
        assert_changes_nothing(again)
        assert again.result(LIST)["msg"] == [
            f"{NOTHING}dhcp01. 'Branches' of dhcp01 and dhcp02 is not with dhcp03 in failover_relationships; write "
            "partner: dhcp03 there for what is to go to it."
        ]


def test_migrate_leaves_disabled_copies_on_the_leaving_server(net: str) -> None:
    disable = {**MOVE, "failover_other_copy": "disable", "failover_relationships": [HQ, BRANCHES]}
    with Site(company(), "standin", net) as site:
        _keeping, leaving, new = site.lab.servers.values()
        before = served(site.lab)
        run(site, "migrate", **disable, **DO).ok()
        assert leaving.relationships == {}
        assert {leaving.scopes[scope].state for scope in (HQ_SCOPE, BRANCHES_SCOPE)} == {"InActive"}
        assert {new.scopes[scope].state for scope in (HQ_SCOPE, BRANCHES_SCOPE)} == {"Active"}
        assert served(site.lab) == before


def test_migrate_away_from_a_server_that_is_gone_for_good(net: str) -> None:
    move: dict[str, Any] = {**PAIR, "failover_new": "dhcp03", "failover_relationships": [HQ, BRANCHES]}
    move |= {"failover_orphan": True, "failover_partner_is_off": True}
    with Site(company(), "standin", net) as site:
        keeping, gone, new = site.lab.servers.values()
        gone.reachable = False
        forget_host(site, "dhcp02")  # the machine is gone, and with it what the inventory had of it
        waits_take_no_time(site)
        before = served(site.lab)
        dry = run(site, "migrate", **move).ok()
        assert dry.written == []
        done = run(site, "migrate", **move, **DO).ok()
        assert becomes(done) == becomes(dry)
        assert set(keeping.relationships) == set(new.relationships) == {"HQ", "Branches", "Munich"}
        assert served(site.lab) == before
        assert_changes_nothing(run(site, "migrate", **move, **DO))


def test_migrate_takes_data_with_the_new_partner_only(net: str) -> None:
    new_is_primary = {**BRANCHES, "primary": "dhcp03", "partner": "dhcp01", "partner_server": "dhcp01.contoso.example"}
    data = [{**HQ, "partner": "dhcp02"}, new_is_primary]
    with Site(company(), "standin", net) as site:
        refused = run(site, "migrate", **{**MOVE, "failover_relationships": data}, **DO)
        message = refused.failure("Check that the data has the new partner")["msg"]
        assert "no relationship of dhcp01 that is to go from dhcp02 to dhcp03" in message
        assert "run windhcp.failover.swap_roles" in message
        assert refused.written == []


def test_swap_roles_takes_relationships_in_hot_standby_only(net: str) -> None:
    with Site(company(), "standin", net) as site:
        wrong = run(site, "swap_roles", **{**SWAP, "failover_relationships_to_swap": ["HQ"]}, **DO)
        message = wrong.failure("Check which relationships are meant, and the site's data")["msg"]
        assert "failover_relationships_to_swap: has what is not in hot standby in failover_relationships" in message
        assert (wrong.written, wrong.counts.commands) == ([], 0)
        other = run(site, "swap_roles", **SWAP, **DO, failover_only=["HQ"])
        assert (
            "failover_only: is set, and"
            in other.failure("Check which relationships are meant, and the site's data")["msg"]
        )
        kept = run(site, "swap_roles", **SWAP, **DO, failover_other_copy="disable")
        said = kept.failure("Check the site's data before anything is written")["msg"]
        assert "failover_other_copy: is given another value than this playbook sets itself" in said
        assert (kept.written, kept.counts.writes) == ([], 0)


def test_swap_roles_lists_first_what_becomes_of_the_scopes(net: str) -> None:
    with Site(company(), "standin", net) as site:
        dry = run(site, "swap_roles", **SWAP).ok()
        assert dry.written == []
        replaced = "10.0.2.0 is kept on DHCP02, and deleted on DHCP01 and copied there anew; the copies are equal"
        assert becomes(dry)[:2] == [replaced, DNS]


def test_swap_roles_makes_the_standby_server_the_active_one(net: str) -> None:
    with Site(company(), "standin", net) as site:
        was_active, was_standby, other = site.lab.servers.values()
        before = served(site.lab)
        run(site, "swap_roles", **SWAP, **DO).ok()
        assert not is_active(was_active, "Branches")
        assert is_active(was_standby, "Branches")
        assert other.relationships.keys() == {"Munich"}
        assert served(site.lab) == before
        again = run(site, "swap_roles", **SWAP, **DO)
        assert_changes_nothing(again)
        (said,) = again.result(LIST)["msg"]
        assert said.startswith(f"{NOTHING}dhcp02. Each relationship has the active server")


CHECKS = {
    "decommission": "Check who keeps the scopes, who leaves, and what becomes of the copies there",
    "migrate": "Check who keeps the scopes, who leaves, who comes, and the site's data",
    "swap_roles": "Check which relationships are meant, and the site's data",
}
NOT_SET = {
    "decommission": ["failover_keep", "failover_leaving", "failover_other_copy"],
    "migrate": ["failover_keep", "failover_leaving", "failover_new", "failover_other_copy", "failover_relationships"],
    "swap_roles": ["failover_relationships_to_swap", "failover_relationships"],
}


def wrong_variables(run: Run, playbook: str) -> list[str]:
    """What the playbook's check says, a line for each variable that is wrong."""
    assert (run.written, run.counts.commands) == ([], 0)
    message: str = run.failure(CHECKS[playbook])["msg"]
    _headline, *lines = message.split("\n- ")
    return lines


@pytest.mark.parametrize("playbook", CHECKS)
def test_a_playbook_names_what_is_not_set(net: str, playbook: str) -> None:
    with Site(company(), "standin", net) as site:
        lines = wrong_variables(run(site, playbook), playbook)
        assert [line.split(": is not set")[0] for line in lines] == NOT_SET[playbook]


@pytest.mark.parametrize(
    ("playbook", "given", "problem"),
    [
        ("decommission", {"failover_dry_run": "flase"}, "failover_dry_run: is 'flase'; it should be true, the default"),
        ("decommission", {"failover_keep": "dhcp1"}, "failover_keep: is 'dhcp1', which is no host of the inventory"),
        ("migrate", {"failover_new": "dhcp9"}, "failover_new: is 'dhcp9', which is no host of the inventory"),
        ("migrate", {"failover_other_copy": "replace"}, "failover_other_copy: is 'replace'; it should be delete"),
        ("swap_roles", {"failover_dry_run": "flase"}, "failover_dry_run: is 'flase'; it should be true, the default"),
    ],
)
def test_a_playbook_names_the_one_wrong_variable(net: str, playbook: str, given: dict[str, Any], problem: str) -> None:
    """A typo in failover_dry_run is not taken for false."""
    decommission: dict[str, Any] = {**PAIR, "failover_other_copy": "delete"}
    right = {"decommission": decommission, "migrate": MOVE, "swap_roles": SWAP}[playbook]
    with Site(company(), "standin", net) as site:
        (line,) = wrong_variables(run(site, playbook, **{**right, **DO, **given}), playbook)
        assert line.startswith(problem)


def test_check_stays_a_check_whatever_failover_dry_run_says(net: str) -> None:
    with Site(company(), "standin", net) as site:
        given = json.dumps({**PAIR, "failover_other_copy": "delete", **DO})
        check = site.run("windhcp.failover.decommission", "-e", given, "--check").ok()
        assert check.written == []
        assert check.result(LIST)["msg"][0].startswith("Check mode, nothing was written.")


def test_what_is_not_set_is_a_dry_run_and_what_takes_none_refuses_it(net: str) -> None:
    with Site(company(), "standin", net) as site:
        dry = run(site, "remove", **KEEP, failover_scopes_to_remove="10.0.1.0", failover_dry_run=None).ok()
        assert dry.written == []
        assert dry.result(LIST)["msg"][0].startswith("A dry run, nothing was written.")
        change = [{**HQ, "partner": "dhcp02", "partner_server": "dhcp02.contoso.example", "load_balance_percent": 70}]
        refused = site.site(change, "-e", "failover_dry_run=true")
        said = refused.failure("Check the site's data before anything is written")["msg"]
        assert "failover_dry_run: is 'true'; it should be left out" in said
        assert refused.written == []
