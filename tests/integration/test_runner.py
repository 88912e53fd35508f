# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A job that ansible-runner runs, as a controller does: what is in its events and artifacts, and that no secret is."""

from __future__ import annotations

import json
import re
import textwrap

import jobs
import yaml
from declared.automation_platform import EXAMPLE, GIVEN
from harness import ROOT, Site, lab


def test_what_the_readme_says_is_what_the_code_has() -> None:
    """What its user gives, and what is to be clicked."""
    readme = (ROOT / EXAMPLE / "README.md").read_text(encoding="utf-8")
    blocks = [textwrap.dedent(block) for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)]
    (kind,) = jobs.example()["controller_credential_types"]
    given, *clicked = [yaml.safe_load(block) for block in blocks]
    assert given.keys() == {*GIVEN, "aap_hostname", "aap_token"}
    assert clicked == [kind["inputs"], kind["injectors"]]


def test_a_job_checks_applies_and_shows_no_secret(door: str, net: str) -> None:
    with Site(lab(), door, net) as site:
        check = jobs.run(site, "local.yml", "--check", "--diff", "-vvv").ok()
        assert check.changed == {"dhcp01": 1}
        assert site.lab.servers["DHCP01"].relationships == {}
        real = jobs.run(site, "local.yml", "--diff", "-vvv").ok()
        assert real.changed == {"dhcp01": 1}
        assert plans(check) == plans(real) != []
        assert site.lab.servers["DHCP02"].relationships["Berlin"].secret == site.lab.hash_secret(jobs.SECRET)
        again = jobs.run(site, "local.yml").ok()
        assert (again.changed, plans(again)) == ({}, [])
        artifacts = [
            path for job in (check, real, again) for path in (job.folder / "artifacts").rglob("*") if path.is_file()
        ]
        assert len(artifacts) > 30
        hidden = [
            jobs.SECRET,
            *(account.password for server in site.lab.servers.values() for account in server.credentials),
        ]
        assert [
            path
            for path in artifacts
            for secret in hidden
            if secret in path.read_text(encoding="utf-8", errors="replace")
        ] == []


def plans(job: jobs.Job) -> list[str]:
    """The steps that the job's events name, as a user of a controller finds them in a task's details."""
    results = [event["res"] for event in job.events if event.get("task_action") == "windhcp.failover.dhcp_failover"]
    return [json.dumps(step) for result in results for step in result.get("plan", ())]
