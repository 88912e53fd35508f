# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbooks plan and apply: what was reviewed is carried out, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness import Run, Site
from test_playbooks import COMPANY, DNS, company, served

from lab import topology

PAIR = {"primary": "dhcp01", "partner": "dhcp02", "partner_server": "dhcp02.contoso.example"}
HQ: dict[str, Any] = {**PAIR, "name": "HQ", "load_balance_percent": 70, "max_client_lead_time": 7200}

MUNICH: dict[str, Any] = {**PAIR, "name": "Munich", "partner": "dhcp03", "partner_server": "dhcp03.contoso.example"}


def declare(site: Site, *entries: dict[str, Any], **variables: Any) -> None:
    """What the variables of the group say from now on."""
    folder = site.folder / "group_vars"
    folder.mkdir(exist_ok=True)
    data = {"failover_relationships": list(entries), **variables}
    (folder / "dhcp_servers.yml").write_text(json.dumps(data), encoding="utf-8")


def run(site: Site, playbook: str, *options: str, file: str = "plan.md") -> Run:
    return site.run(f"windhcp.failover.{playbook}", "-e", f"failover_plan_file={file}", *options)


def test_first(net: str) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, HQ, MUNICH)
        planned = run(site, "plan")
        print(planned.output)
        planned.ok()
        print((site.folder / "plan.md").read_text())
        applied = run(site, "apply")
        print(applied.output)
        applied.ok()
        assert 0
