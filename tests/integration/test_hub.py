# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server with all the relationships that Windows allows, with three partners: what is there is taken over as data,
edited, and reached."""

from __future__ import annotations

from typing import Any

from bench.servers import hub
from harness import Run, Site

HUB = "dhcp001"
PURGE = ("-e", "failover_purge_scopes=true", "-e", "failover_other_copy=disable")


def planned(run: Run) -> list[dict[str, Any]]:
    plan: list[dict[str, Any]] = run.result("Keep the relationships as declared", HUB)["plan"]
    return plan


def edited(data: list[dict[str, Any]], free: str) -> list[dict[str, Any]]:
    """A setting with the first partner, a scope that joins with the second one, one that leaves with the third."""
    setting, joins, leaves, *others = sorted(data, key=lambda entry: str(entry["name"]))
    return [
        {**setting, "load_balance_percent": 70},
        {**joins, "scopes": [*joins["scopes"], free]},
        {**leaves, "scopes": leaves["scopes"][:1]},
        *others,
    ]


def test_what_is_there_is_adopted_edited_and_reached(door: str, net: str) -> None:
    assert reached(door, net, own=False) == {"DHCP001"}, "which asks the others"


def test_and_over_connections_of_their_own(net: str) -> None:
    assert reached("standin", net, own=True) == {"DHCP001", "DHCP004"}


def reached(door: str, net: str, *, own: bool) -> set[str]:
    """The servers that run the steps of the edit."""
    options = (*PURGE, "-e", f"failover_use_partner_host={own}")
    estate = hub(partners=3, relationships=31)
    free = str(list(estate.lab.servers[HUB.upper()].scopes)[-1])
    with Site(estate.lab, door, net) as site:
        read = site.run("windhcp.failover.info", "--limit", HUB).ok()
        (config,) = [one["result"]["config"] for one in read.tasks if "config" in one["result"]]
        data = config["failover_relationships"]
        assert len(data) == 31
        same = site.site(data, *options).ok()
        assert (same.changed, same.written, same.counts.commands) == (0, [], 1)
        declared = edited(data, free)
        ahead = site.site(declared, "--check", *options).ok()
        assert ahead.written == []
        done = site.site(declared, *options).ok()
        assert planned(done) == planned(ahead)
        assert estate.lab.servers["DHCP002"].relationships["Site 01"].percentage == 70, "the primary has that share"
        assert free in map(str, estate.lab.servers["DHCP003"].relationships["Site 02"].scopes)
        assert len(estate.lab.servers["DHCP004"].relationships["Site 03"].scopes) == 1
        again = site.site(declared, *options).ok()
        assert (again.changed, again.written, again.counts.commands) == (0, [], 1)
        return {str(one["server"]) for one in planned(done)}
