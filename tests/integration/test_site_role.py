# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The role failover over a whole server: it removes, creates and purges where the data or a variable says so."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from harness import ROOT, Site, lab
from lab import topology

HQ: dict[str, Any] = {
    "name": "HQ",
    "primary": "dhcp01",
    "partner": "dhcp02",
    "partner_server": "dhcp02.contoso.example",
    "enable_auth": False,
    "scopes": ["10.10.10.0", "10.10.20.0"],
}
BRANCH: dict[str, Any] = {
    "name": "Branch",
    "primary": "dhcp02",
    "partner": "dhcp01",
    "partner_server": "dhcp01.contoso.example",
    "mode": "hot_standby",
    "enable_auth": False,
}
NEW = {
    "scope_id": "10.20.77.0",
    "name": "New",
    "subnet_mask": "255.255.255.0",
    "start_range": "10.20.77.10",
    "end_range": "10.20.77.99",
    "router": ["10.20.77.1"],
}
PURGE = (
    *("-e", "failover_purge_scopes=true", "-e", "failover_purge_relationships=true"),
    *("-e", "failover_other_copy=delete", "-e", "failover_max_removals_percent=100"),
)


README_SERVERS = """
credentials: [{user: administrator, password: random}]
servers:
  DHCP01:
    fqdn: dhcp01.contoso.example
    address: 127.0.0.11
    ip: 10.10.0.11
    scopes:
      10.20.10.0: {name: Ten, subnet_mask: 255.255.255.0, start_range: 10.20.10.10, end_range: 10.20.10.99}
      10.20.20.0: {name: Twenty, subnet_mask: 255.255.255.0, start_range: 10.20.20.10, end_range: 10.20.20.99}
      10.20.30.0: {name: Thirty, subnet_mask: 255.255.255.0, start_range: 10.20.30.10, end_range: 10.20.30.99}
  DHCP02: {fqdn: dhcp02.contoso.example, address: 127.0.0.12, ip: 10.10.0.12}
"""


def two_primaries(site: Site) -> list[dict[str, Any]]:
    """Each server writes one relationship of the two."""
    data = [HQ, {**BRANCH, "create_scopes": [NEW]}]
    site.site(data).ok()
    assert {*site.lab.servers["DHCP01"].relationships} == {"HQ", "Branch"}
    return data


def test_two_primaries_that_purge_leave_alone_what_the_other_declares(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        data = two_primaries(site)
        again = site.site(data, *PURGE).ok()
        assert (again.changed, again.written) == (0, [])
        assert again.counts.commands == 2, "one for each server that is primary of something"
        site.site(data[1:], *PURGE).ok()
        assert {*site.lab.servers["DHCP01"].relationships} == {"Branch"}, "nobody declares HQ any more"
        assert {*site.lab.servers["DHCP02"].relationships} == {"Branch"}


def test_a_new_scope_serves_with_its_router_and_an_absent_entry_goes(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        data = two_primaries(site)
        for server in ("DHCP01", "DHCP02"):
            (made,) = (scope for scope in site.lab.servers[server].scopes.values() if scope.name == "New")
            assert made.state == "Active"
        gone = {**HQ, "state": "absent"}
        refused = site.site([gone, data[1]])
        assert "failover_other_copy" in refused.result("Keep the relationships as declared", "dhcp01")["msg"]
        site.site([gone, data[1]], "-e", "failover_other_copy=disable").ok()
        assert {*site.lab.servers["DHCP01"].relationships} == {"Branch"}
        again = site.site([gone, data[1]], "-e", "failover_other_copy=disable").ok()
        assert again.changed == 0


def test_what_is_there_and_not_declared_is_listed_and_left_alone(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        two_primaries(site)
        other = {**HQ, "name": "Other", "scopes": ["10.10.30.0"]}
        run = site.site([{**other}, {**HQ, "scopes": ["10.10.10.0"]}]).ok()
        assert "'HQ' also has 10.10.20.0, which its entry does not list" in run.output
        assert "relationship 'Branch' is there, and in no entry" in run.output
        assert {*site.lab.servers["DHCP01"].relationships} == {"HQ", "Branch", "Other"}
        only = site.site([other, HQ], "-e", '{"failover_only": ["HQ"]}', *PURGE).ok()
        assert only.changed == 0, "failover_only limits what is purged"


def test_a_mode_that_is_left_out_stays(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        data = two_primaries(site)
        without = [HQ, {key: value for key, value in data[1].items() if key != "mode"}]
        run = site.site(without).ok()
        assert run.changed == 0
        assert site.lab.servers["DHCP02"].relationships["Branch"].mode == "HotStandby"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "failover_relationships: is empty or not set for this host"),
        ([HQ], "failover_relationships: no entry names dhcp09"),
    ],
    ids=["no data", "another host"],
)
def test_data_that_says_nothing_of_a_host_is_an_error(data: list[dict[str, Any]], words: str, net: str) -> None:
    with Site(lab(), "standin", net) as site:
        run = site.site(data, "-i", "dhcp09,", "-e", "failover_hosts=dhcp09")
        assert words in run.failure("Check the site's data before anything is written")["msg"]
        assert run.counts.commands == 0


def test_a_run_without_a_host_is_no_success_and_a_variable_that_is_misspelt_is_told(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        for playbook in ("site", "info", "report", "check", "replicate"):
            run = site.site([HQ], "-e", "failover_hosts=dhcp_server", playbook=playbook)
            said = run.failure("Look whether there is a server")["msg"]
            assert said.startswith("No host of the inventory is in dhcp_server, so nothing was looked at")
            assert run.counts.commands == 0
        for hosts, words in (
            ({"failover_hosts": "dhcp_server"}, "No host of the inventory is in dhcp_server"),
            ({"failover_hosts": ["dhcp01"]}, "failover_hosts: is no text; it should be a group or a pattern of hosts"),
        ):
            run = site.site([HQ], "-e", json.dumps(hosts), "--limit", "dhcp01")
            assert run.failure("Look whether there is a server")["msg"].startswith(words)
            assert run.counts.commands == 0
        (site.folder / "group_vars").mkdir()
        (site.folder / "group_vars/dhcp_servers.yml").write_text("failover_hosts: dhcp01", encoding="utf-8")
        unseen = site.site([HQ]).failure("Look whether there is a server")["msg"]
        assert unseen.startswith("failover_hosts: is 'dhcp01', and other hosts are in this play")
        (site.folder / "group_vars/dhcp_servers.yml").unlink()
        run = site.site([HQ], "--check", "-e", "failover_onyl=HQ").ok()
        assert "WARNING: failover_onyl is set, which is no variable of this collection" in run.output


def test_a_partner_that_is_down_is_a_warning_where_all_is_in_sync(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        data = two_primaries(site)
        site.lab.servers["DHCP02"].reachable = False
        run = site.site(data, "--limit", "dhcp01").ok()
        assert run.changed == 0
        assert "relationship 'HQ' is in state CommunicationInterrupted on DHCP01" in run.output


def test_the_examples_of_the_readme(net: str) -> None:
    readme = (ROOT / "roles/failover/README.md").read_text(encoding="utf-8")
    play, then = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL))
    (first,) = play[0]["roles"][0]["vars"]["failover_relationships"]
    old = {**HQ, "name": "Old", "scopes": ["10.20.30.0"]}
    with Site(topology.loads(README_SERVERS), "standin", net) as site:
        site.site([first, old]).ok()
        data, copies = then["failover_relationships"], f"failover_other_copy={then['failover_other_copy']}"
        site.site(data, "-e", copies).ok()
        for server in site.lab.servers.values():
            members = {name: sorted(map(str, half.scopes)) for name, half in server.relationships.items()}
            assert members == {"Branches": ["10.20.10.0"], "Berlin": ["10.20.20.0", "10.20.50.0"]}
            assert {scope.state for scope in server.scopes.values()} == {"Active"}
        assert len(site.lab.servers["DHCP02"].scopes) == 3
        again = site.site(data, "-e", copies).ok()
        assert (again.changed, again.counts.commands) == (0, 1)
