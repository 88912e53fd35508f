# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbook live_check: two servers that may be lost, and one file without their names."""

from __future__ import annotations

import json
from typing import Any

from harness import Run, Site
from lab import topology
from lab.core.lab import Lab
from test_playbooks import waits_take_no_time

PAIR = {"failover_live_server": "dhcp01", "failover_live_partner": "dhcp02"}
LOST = {**PAIR, "failover_live_may_be_lost": True}


def lab() -> Lab:
    return topology.load(topology.TOPOLOGIES / "spare.yml")


def run(site: Site, **variables: Any) -> Run:
    return site.run("windhcp.failover.live_check", "-e", json.dumps(variables))


def test_two_servers_that_may_be_lost_tell_what_they_do(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        waits_take_no_time(site)
        file = site.folder / "live.json"
        done = run(site, **LOST, failover_live_file=str(file), failover_live_questions=["standby_creator"]).ok()
        found = json.loads(file.read_text(encoding="utf-8"))
        assert [step["why"] for step in found["walk"] if not step["well"]] == []
        assert len(found["walk"]) == 15
        answers = {one["id"]: one["answer"] for one in found["questions"]}
        assert answers["standby_creator"] == "secondary"
        assert "dhcp0" not in file.read_text(encoding="utf-8").lower()
        assert done.result("Say what was found")["msg"][-1] == f"All of it is in {file}."
        for server in site.lab.servers.values():
            assert (server.scopes, server.relationships, server.service) == ({}, {}, "running")
        again = run(site, **LOST, failover_live_file=str(file), failover_live_questions=["standby_creator"])
        assert f"{file} exists, and is left as it is" in again.failure("Check that the file is new")["msg"]


def test_without_a_word_that_they_may_be_lost_and_on_servers_in_use_nothing_is_done(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        said = run(site, **PAIR).failure("Remove what an earlier run left")["msg"]
        assert "may_be_lost: is false" in said
        said = run(site, failover_live_server="dhcp01").failure("Check which two servers are meant")["msg"]
        assert "failover_live_partner: is not set" in said
        assert site.lab.audit.counts().writes == 0


def test_what_is_left_is_removed_by_itself(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        run(site, **LOST, failover_live_clean=True).ok()
        assert not list(site.folder.glob("windhcp-live*.json"))
