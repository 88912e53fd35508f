# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The role replicate: only the primary runs it, only what differs goes over, and only what the data has."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

from harness import Run, Site, lab

SITE: list[dict[str, Any]] = [
    {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02", "scopes": ["10.10.10.0", "10.10.20.0"]},
    {"name": "Branches", "primary": "dhcp01", "partner": "dhcp02", "mode": "hot_standby", "scopes": ["10.20.10.0"]},
]
TASK = "Replicate what differs"


def replicated(run: Run) -> list[str]:
    """The scopes of all items, in order; both servers' results count."""
    items = [item for task in run.tasks if task["task"] == TASK for item in task["result"].get("results", ())]
    return [scope for item in items for scope in item.get("replicated", ())]


def test_what_differs_goes_from_the_primary_to_its_partner(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        site.site(SITE).ok()
        here, there = (site.lab.servers[name].scopes for name in ("DHCP01", "DHCP02"))
        for scope in ("10.10.20.0", "10.20.10.0"):
            here[IPv4Address(scope)].description = "changed here"

        typos = '{"replicate_relationships": ["HQ", "Gone"], "replicate_scopes": ["10.9.9.0"]}'
        unknown = site.site(SITE, "-e", typos, playbook="replicate")
        assert unknown.code != 0
        said = unknown.failure("Check the site's data before anything is written")["msg"]
        _headline, *problems = said.split("\n- ")
        assert [problem.split(";")[0] for problem in problems] == [
            "replicate_relationships: has what is not in failover_relationships, so nobody would replicate it: 'Gone'",
            "replicate_scopes: has what is not in failover_relationships, so nobody would replicate it: 10.9.9.0",
        ]
        assert unknown.counts.commands == 0

        check = site.site(SITE, "--check", playbook="replicate").ok()
        assert (replicated(check), check.written) == (["10.10.20.0", "10.20.10.0"], [])

        one = site.site(SITE, "-e", '{"replicate_relationships": ["HQ"]}', playbook="replicate").ok()
        assert (replicated(one), one.written) == (["10.10.20.0"], ["Invoke-DhcpServerv4FailoverReplication"])
        assert there[IPv4Address("10.20.10.0")].description != "changed here"

        wrong = site.site(SITE, "-e", "replicate_source=dhcp03", playbook="replicate")
        said = wrong.failure("Check the site's data before anything is written")["msg"]
        assert (
            "replicate_source: is 'dhcp03', which is no server of 'HQ', 'Branches' (of dhcp01 and dhcp02); it" in said
        )
        other = site.site(SITE, "--check", "-e", "replicate_source=dhcp02", playbook="replicate").ok()
        assert "replicate from dhcp02 to DHCP01, overwriting there: 10.20.10.0" in other.output

        choice = '{"replicate_scopes": ["10.20.10.0"], "failover_use_partner_host": false}'
        some = site.site(SITE, "-e", choice, playbook="replicate").ok()
        assert (replicated(some), some.changed) == (["10.20.10.0"], 1)
        assert [there[IPv4Address(scope)].description for scope in ("10.10.20.0", "10.20.10.0")] == ["changed here"] * 2

        again = site.site(SITE, playbook="replicate").ok()
        assert (replicated(again), again.changed, again.counts.writes) == ([], 0, 0)
