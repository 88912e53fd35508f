# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The page about plan and apply: its data, its commands, its file and its policy are real ones."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from textwrap import dedent

import jsonschema
from harness import ROOT, Site
from lab import topology
from test_playbooks import BRANCHES_LINE, SCOPE

PAGE = (ROOT / "docs/docsite/rst/guide_plan_apply.rst").read_text(encoding="utf-8")
SCOPES = ", ".join(f"10.0.{number}.0: {SCOPE % (number, number)}" for number in (1, 2))
SERVERS = f"""
credentials: [{{user: admin, password: random}}]
servers:
  DHCP01: {{fqdn: dhcp01.contoso.example, address: 127.0.0.11, ip: 10.10.0.11, scopes: {{{SCOPES}}}}}
  DHCP02: {{fqdn: dhcp02.contoso.example, address: 127.0.0.12, ip: 10.10.0.12}}
relationships:
  HQ: {{primary: DHCP01, secondary: DHCP02, mode: LoadBalance, percentage: 60, scopes: [10.0.1.0]}}
  {BRANCHES_LINE}
"""
OF_THE_RUN = re.compile(r"(made: +|fingerprint: ).*")


def blocks(kind: str) -> Sequence[str]:
    """What the page has below a `code-block` of this kind."""
    found = re.findall(rf"\.\. code-block:: {kind}\n\n((?:   .*\n|\n)+)", PAGE)
    return [dedent(block).strip() + "\n" for block in found]


def test_the_page_is_as_it_really_is(net: str) -> None:
    (data,), (commands,), (shown,), (policy,) = map(blocks, ("yaml", "console", "markdown", "python"))
    with Site(topology.loads(SERVERS), "standin", net) as site:
        (site.folder / "inventory" / "group_vars").mkdir(parents=True)
        shutil.copy(site.folder / "inventory.yml", site.folder / "inventory" / "hosts.yml")
        (site.folder / "inventory" / "group_vars" / "dhcp_servers.yml").write_text(data, encoding="utf-8")
        runs = []
        for line in commands.splitlines():
            program, *arguments = line.removeprefix("$ ").split()
            if program == "less":
                text = (site.folder / arguments[0]).read_text(encoding="utf-8")
                assert OF_THE_RUN.sub("", text) == OF_THE_RUN.sub("", shown)
            else:
                runs.append(site.execute(program, *arguments).ok())
        assert [len(run.written) > 0 for run in runs] == [False, False, True]
        assert list(site.lab.servers["DHCP01"].relationships) == ["HQ"]

        plan = json.loads((site.folder / "change-4711.json").read_text(encoding="utf-8"))
        jsonschema.validate(plan, json.loads((ROOT / "extensions/plan/plan.schema.json").read_text(encoding="utf-8")))
        (site.folder / "policy.py").write_text(policy, encoding="utf-8")
        (site.folder / "harmless.json").write_text(json.dumps({**plan, "hosts": plan["hosts"][1:]}), encoding="utf-8")
        ended = [
            subprocess.run(
                [sys.executable, "policy.py", name], cwd=site.folder, capture_output=True, text=True, check=False
            )
            for name in ("change-4711.json", "harmless.json")
        ]
        assert [(one.returncode, one.stdout, one.stderr) for one in ended] == [
            (1, "", "a second approval is needed: copies are deleted of 10.0.2.0\n"),
            (0, f"{plan['fingerprint']}\n", ""),
        ]
        meant = ("-e", "failover_plan_file=change-4711.md", "-e", "failover_plan_fingerprint=sha256:0")
        other = site.run("windhcp.failover.apply", *meant)
        assert "is another plan" in other.failure("Read the plan")["msg"]
