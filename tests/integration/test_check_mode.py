# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Check mode says what a run then does, and writes nothing."""

from __future__ import annotations

from typing import Any

from harness import Run, Site, lab

SITE: list[dict[str, Any]] = [
    {
        "name": "HQ",
        "primary": "dhcp01",
        "partner": "dhcp02",
        "partner_server": "dhcp02.contoso.example",
        "load_balance_percent": 60,
        "shared_secret": "kept out of sight",
        "scopes": ["10.10.10.0", "10.10.20.0"],
    },
    {"name": "Branches", "primary": "dhcp01", "partner": "dhcp02", "mode": "hot_standby", "scopes": ["10.20.10.0"]},
]


def steps(run: Run) -> list[str]:
    return [
        step["step"]
        for one in run.tasks
        for item in one["result"].get("results", [one["result"]])
        for step in item.get("plan", ())
    ]


def test_the_site_playbook_check_run_real_run_and_again(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        one_by_one = ("--diff", "--forks", "1")  # so that both runs print the servers in one order
        check = site.site(SITE, "--check", *one_by_one).ok()
        assert check.counts.writes == 0
        assert site.lab.servers["DHCP01"].relationships == {}
        real = site.site(SITE, *one_by_one).ok()
        assert steps(check) == steps(real)
        assert len(steps(real)) == 2
        assert check.changed == real.changed
        ahead, done = ([*run.output.split("TASK")[2:-1], run.output.split("PLAY RECAP")[1]] for run in (check, real))
        assert ahead == done
        last_of_check, last = (run.result("Show what was done")["msg"] for run in (check, real))
        assert last_of_check[1:-1] == last[1:-1]
        again = site.site(SITE).ok()
        assert again.changed == 0
        assert again.counts.writes == 0
        assert again.counts.commands == 1, "one for each server that is primary of something"
        assert again.result("Show what was done")["msg"][-1] == "Nothing is to be done: dhcp01."


def tasks(*scopes: str) -> list[dict[str, Any]]:
    relationship = {"name": "HQ", "partner_server": "dhcp02", "mode": "hot_standby", "reserve_percent": 8}
    return [
        {"name": "Relationship", "windhcp.failover.dhcp_failover_relationship": relationship},
        {"name": "Scopes", "windhcp.failover.dhcp_failover_scope": {"relationship": "HQ", "scopes": list(scopes)}},
        {"name": "More", "windhcp.failover.dhcp_failover_scope": {"relationship": "HQ", "scopes": ["10.30.10.0"]}},
    ]


def test_a_relationship_without_scopes_and_a_scope_task_on_a_fresh_pair(net: str) -> None:
    """Windows cannot hold the relationship yet: the first task says it waits, the second would create it with its
    scopes."""
    with Site(lab(), "standin", net) as site:
        check = site.play(tasks("10.20.10.0"), "--check").ok()
        assert check.counts.writes == 0
        first, second, third = (check.result(name) for name in ("Relationship", "Scopes", "More"))
        assert (first["pending"], first["relationship"]["state"]) == (True, "Empty")
        assert second["changed"]
        assert second["plan"][0]["step"].startswith("create relationship 'HQ'")
        assert third["plan"][0]["step"].startswith("add to relationship 'HQ'")
        real = site.play(tasks("10.20.10.0")).ok()
        assert steps(check) == steps(real)
        assert real.written == ["Add-DhcpServerv4Failover", "Add-DhcpServerv4FailoverScope"]
        assert site.play(tasks("10.20.10.0")).ok().changed == 0


def test_after_is_what_the_run_leaves(net: str) -> None:
    """The `after` of a check run equals the state that the run itself returns, field by field."""
    module = "windhcp.failover.dhcp_failover_relationship"
    base = {"name": "HQ", "partner_server": "dhcp02", "scopes": ["10.10.10.0"]}
    changes: list[dict[str, Any]] = [
        {},
        {"load_balance_percent": 10, "state_switch_interval": 60},
        {"mode": "hot_standby", "scopes": ["10.10.20.0"]},
        {"enable_auth": True, "shared_secret": "Kx7-never-shown", "max_client_lead_time": 60},
        {"mode": "load_balance", "enable_auth": False},
    ]
    with Site(lab(), "standin", net) as site:
        for change in changes:
            task = [{"name": "R", module: {**base, **change}}]
            after = site.play(task, "--check", "--diff").ok().result("R")["diff"]["after"]
            left = site.play(task).ok().result("R")["relationship"]
            assert {key: left[key] for key in after} == after
