# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A relationship from its first scope to none, through both doors: each count of scopes has a shape of its own on
Windows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness import Run, Site, lab

RELATIONSHIP, SCOPE, INFO = (f"windhcp.failover.dhcp_failover_{name}" for name in ("relationship", "scope", "info"))
HQ = {"name": "HQ", "partner_server": "dhcp02.contoso.example", "wait_timeout": 10}
LEAVE = {"relationship": "HQ", "state": "absent", "keep_scopes_on": "this_server", "other_copy": "delete"}


def task(called: str, module: str, **options: Any) -> Mapping[str, Any]:
    return {"name": called, module: options}


def members(run: Run, task: str) -> list[str]:
    (found,) = run.result(task)["relationships"]
    return list(found["scopes"])


def test_the_first_scope_the_second_and_back_to_none(door: str, net: str) -> None:
    one, two = "10.10.10.0", "10.10.20.0"
    grow = [
        task("First", RELATIONSHIP, **HQ, scopes=[one]),
        task("Show one", INFO, gather=["health"]),
        task("Second", SCOPE, relationship="HQ", scopes=[two]),
        task("Show two", INFO),
    ]
    shrink = [
        task("Back to one", SCOPE, **LEAVE, scopes=[two]),
        task("Change it", RELATIONSHIP, **HQ, load_balance_percent=70),
        task("Back to none", SCOPE, **LEAVE, scopes=[one]),
        task("Show none", INFO, gather=["health"]),
        task("Gone", RELATIONSHIP, name="HQ", state="absent"),
    ]
    with Site(lab(), door, net) as site:
        run = site.play(grow).ok()
        assert (members(run, "Show one"), members(run, "Show two")) == ([one], [one, two])
        check = site.play(shrink[:2], "--check").ok()
        assert (check.written, check.changed) == ([], 2)
        run = site.play(shrink).ok()
        assert (members(run, "Show none"), run.result("Show none")["relationships"][0]["health"]["scopes"]) == ([], [])
        assert run.result("Change it")["relationship"]["scopes"] == [one]
        assert not site.lab.servers["DHCP01"].relationships
