# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ansible-runner, as AWX runs a job: a private data directory in, events and artifacts out."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ansible_runner
import yaml
from ansible.parsing.dataloader import DataLoader
from harness import COLLECTIONS, ROOT, Site, lab

REPOSITORY = ROOT / "examples" / "repository"
CONTROLLER = ROOT / "examples" / "awx" / "controller.yml"
SECRET = "only-in-the-credential"


def private_data(site: Site) -> Path:
    """What AWX lays out: the project is the example repository, the secret comes from the example's credential type."""
    folder = site.folder / "job"
    shutil.copytree(REPOSITORY, folder / "project", ignore=shutil.ignore_patterns("inventory"))
    shutil.copytree(REPOSITORY / "inventory" / "group_vars", folder / "inventory" / "group_vars")
    shutil.copy(site.folder / "inventory.yml", folder / "inventory" / "hosts.yml")
    path = Path(sys.executable).parent
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "HOME": str(site.folder),
        "PATH": f"{path}:/usr/bin:/bin",
    }
    (folder / "env").mkdir()
    (folder / "env" / "envvars").write_text(yaml.safe_dump(environment), encoding="utf-8")
    (folder / "env" / "extravars").write_text(yaml.safe_dump(injected()), encoding="utf-8")
    return folder


def injected() -> dict[str, str]:
    """The extra variables that the credential type makes of its fields. The lab's accounts are in the inventory."""
    values = {"dhcp_password": "unused", "failover_secret": SECRET}
    (kind,) = DataLoader().load_from_file(str(CONTROLLER))["controller_credential_types"]
    assert {one["id"] for one in kind["inputs"]["fields"] if one["secret"]} == set(values)
    templates = kind["injectors"]["extra_vars"].items()
    return {str(name): values[str(template).strip("{} ")] for name, template in templates}


def run(folder: Path, ident: str, cmdline: str) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """The statistics and the task events of one job."""
    job = ansible_runner.run(
        private_data_dir=str(folder), playbook="local.yml", ident=ident, cmdline=cmdline, quiet=True
    )
    assert (job.status, job.rc) == ("successful", 0), job.stdout.read()
    return job.stats, [
        event["event_data"] for event in job.events if event["event"].startswith(("runner_on_ok", "runner_item_on_ok"))
    ]


def test_what_is_to_be_clicked_in_awx_is_what_the_code_has() -> None:
    readme = CONTROLLER.with_name("README.md").read_text(encoding="utf-8")
    blocks = [textwrap.dedent(block) for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)]
    _play, inputs, injectors = (yaml.safe_load(block) for block in blocks)
    (kind,) = DataLoader().load_from_file(str(CONTROLLER))["controller_credential_types"]
    assert (inputs, injectors) == (kind["inputs"], kind["injectors"])


def test_a_job_checks_applies_and_shows_no_secret(door: str, net: str) -> None:
    with Site(lab(), door, net) as site:
        folder = private_data(site)
        check, planned = run(folder, "check", "--check --diff -vvv")
        assert check["changed"] == {"dhcp01": 1}
        assert site.lab.servers["DHCP01"].relationships == {}
        real, done = run(folder, "real", "--diff -vvv")
        assert real["changed"] == {"dhcp01": 1}
        assert plans(planned) == plans(done) != []
        assert site.lab.servers["DHCP02"].relationships["Berlin"].secret == site.lab.hash_secret(SECRET)
        again, nothing = run(folder, "again", "")
        assert again["changed"] == {}
        assert plans(nothing) == []
        artifacts = [path for path in (folder / "artifacts").rglob("*") if path.is_file()]
        assert len(artifacts) > 30
        hidden = [SECRET, *(account.password for server in site.lab.servers.values() for account in server.credentials)]
        assert [
            path
            for path in artifacts
            for secret in hidden
            if secret in path.read_text(encoding="utf-8", errors="replace")
        ] == []


def plans(events: list[Mapping[str, Any]]) -> list[str]:
    """The steps that the job's events name, as a user of AWX finds them in a task's details."""
    results = [event["res"] for event in events if event.get("task_action") == "windhcp.failover.dhcp_failover"]
    return [json.dumps(step) for result in results for step in result.get("plan", ())]
