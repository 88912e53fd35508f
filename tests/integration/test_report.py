# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbooks report and info: what a user sees of a fleet, over the wire."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness import Run, Site
from test_playbooks import company


def report(site: Site, folder: Path, **variables: Any) -> Run:
    return site.run("windhcp.failover.report", "-e", json.dumps({"failover_report_dir": str(folder), **variables}))


def shown(run: Run, task: str = "Show it") -> Sequence[str]:
    lines: Sequence[str] = run.result(task)["msg"]
    return lines


def test_one_run_over_the_fleet(net: str, tmp_path: Path) -> None:
    """A healthy one, then one with a planted fault, then one with a server that is gone."""
    with Site(company(), "standin", net) as site:
        first = report(site, tmp_path, failover_verdicts_off=["authentication_off"]).ok()
        assert first.written == []
        made = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
        assert [pair["relationship"] for pair in made["pairs"]] == ["Branches", "HQ", "Munich"]
        assert made["counts"]["collected"] == 3
        assert {verdict["id"] for verdict in made["verdicts"]} == {"dns_credentials_missing"}
        assert made["status"] == "ok"

        site.lab.servers["DHCP02"].scopes[next(iter(site.lab.servers["DHCP02"].scopes))].name = "Visitors"
        bad = report(site, tmp_path, failover_fail_on="warning", failover_verdicts_off=["authentication_off"])
        assert bad.code
        assert any("content_differs" in line or "not the same" in line for line in shown(bad))
        assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["status"] == "warning"

        site.service.endpoints["DHCP03"].close()
        gone = report(site, tmp_path, failover_fail_on="critical")
        made = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
        assert [server["host"] for server in made["servers"] if not server["collected"]] == ["dhcp03"]
        assert any("dhcp03 could not be read" in line for line in shown(gone))
        assert len(made["pairs"]) == 3


def test_hosts_of_the_inventory_may_have_any_names(net: str, tmp_path: Path) -> None:
    """A healthy fleet is one, whatever its servers are called there."""
    with Site(company(), "standin", net) as site:
        inventory = site.folder / "inventory.yml"
        text = inventory.read_text(encoding="utf-8")
        for name, other in (("dhcp01:", "berlin-a:"), ("dhcp02:", "berlin-b:"), ("dhcp03:", "munich:")):
            text = text.replace(name, other)
        inventory.write_text(text, encoding="utf-8")
        report(site, tmp_path, failover_fail_on="warning", failover_verdicts_off=["authentication_off"]).ok()
        made = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
        assert (made["status"], len(made["pairs"]), made["counts"]["scopes"]) == ("ok", 3, 3)
        assert {half["host"] for pair in made["pairs"] for half in pair["halves"]} == {"berlin-a", "berlin-b", "munich"}


def test_a_half_that_is_missing_where_no_server_could_look(net: str, tmp_path: Path) -> None:
    with Site(company(), "standin", net) as site:
        servers = site.lab.servers
        servers["DHCP02"].scopes.clear()
        servers["DHCP02"].relationships.clear()
        site.lab.cut_link("DHCP01", "DHCP02", "rpc")
        run = report(site, tmp_path, failover_use_partner_host=False, failover_fail_on="critical")
        assert run.code
        assert any("DHCP02 does not have it" in line for line in shown(run))
        text = (tmp_path / "windhcp_failover.status").read_text(encoding="utf-8")
        assert text.startswith("2 ")
        assert "DHCP02 does not have it" in text


def test_a_report_that_cannot_be_written_is_shown(net: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Site(company(), "standin", net) as site:
        run = report(site, tmp_path / "file", failover_fail_on="critical")
        assert run.code
        assert [line.split()[0] for line in shown(run)[2:5]] == ["Branches", "HQ", "Munich"]
        assert "cannot be written on the controller" in run.output


def test_info_ends_with_a_table_and_sentences(net: str) -> None:
    with Site(company(), "standin", net) as site:
        run = site.run("windhcp.failover.info").ok()
        lines = shown(run, "Show what is there")
        assert lines[0].split()[:2] == ["relationship", "servers"]
        assert [line.split()[0] for line in lines[2:5]] == ["Branches", "HQ", "Munich"]
        assert lines[-1].startswith("3 of 3 servers were read: 3 relationships with 3 scopes; ")
        assert run.tasks[-1]["task"] == "Show what is there"
        many = site.run("windhcp.failover.info", "-e", "failover_new_clients_per_hour=100000").ok()
        assert any(" clients come, before the MCLT is over" in line for line in shown(many, "Show what is there"))
