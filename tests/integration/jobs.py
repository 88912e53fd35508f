# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A job as a controller runs it, by ansible-runner: a folder with the project, the inventory and the variables goes in,
and events come out. A new folder for each job: nothing else goes from one job to the next."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import ansible_runner
import yaml
from declared.automation_platform import EXAMPLE, Objects, objects
from harness import COLLECTIONS, ROOT, Site

REPOSITORY = ROOT / "examples" / "repository"
SECRET = "only-in-the-credential"
OTHER = "unused, the lab's accounts are in the inventory"


@dataclass(frozen=True)
class Job:
    """`events`: the data of those of tasks. `handed_on`: what the next node of a workflow gets (set_stats)."""

    status: str
    output: str
    changed: Mapping[str, int]
    events: Sequence[Mapping[str, Any]]
    handed_on: Mapping[str, Any]
    folder: Path

    def ok(self) -> Job:
        assert self.status == "successful", self.output
        return self

    def result(self, task: str) -> Mapping[str, Any]:
        found: Sequence[Mapping[str, Any]] = [one["res"] for one in self.events if one["task"] == task]
        assert found, self.output
        return found[-1]


class _Untrusted(str):
    """A text in which no template counts."""


class _Dumper(yaml.SafeDumper):
    """With Ansible's tag."""


_Dumper.add_representer(_Untrusted, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


@cache
def example() -> Objects:
    """The objects of the example."""
    return objects([str(path.relative_to(ROOT)) for path in sorted((ROOT / EXAMPLE / "objects").glob("*.yml"))])


def injected() -> dict[str, str]:
    """The extra variables that the credential type makes of its fields."""
    values = {"dhcp_password": OTHER, "failover_secret": SECRET}
    (kind,) = example()["controller_credential_types"]
    assert {one["id"] for one in kind["inputs"]["fields"] if one["secret"]} == set(values)
    templates = kind["injectors"]["extra_vars"].items()
    return {str(name): values[str(template).strip("{} ")] for name, template in templates}


def run(
    site: Site,
    playbook: str,
    *options: str,
    given: Mapping[str, Any] | None = None,
    own: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> Job:
    """A job with a playbook of the project. `given`: answers and what the node before has handed on, which a controller
    marks as untrusted; `own`: the template's own variables. `data`: instead of what the project declares."""
    folder = Path(tempfile.mkdtemp(dir=site.folder, prefix="job-"))
    shutil.copytree(REPOSITORY, folder / "project", ignore=shutil.ignore_patterns("inventory"))
    shutil.copytree(REPOSITORY / "inventory" / "group_vars", folder / "inventory" / "group_vars")
    shutil.copy(site.folder / "inventory.yml", folder / "inventory" / "hosts.yml")
    if data is not None:
        declared = folder / "inventory" / "group_vars" / "dhcp_servers" / "failover.yml"
        declared.write_text(yaml.safe_dump(dict(data)), encoding="utf-8")
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "HOME": str(site.folder),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
    }
    untrusted = {key: _Untrusted(value) if isinstance(value, str) else value for key, value in (given or {}).items()}
    variables = {**(own or {}), **injected(), **untrusted}
    (folder / "env").mkdir()
    (folder / "env" / "envvars").write_text(yaml.safe_dump(environment), encoding="utf-8")
    (folder / "env" / "extravars").write_text(yaml.dump(variables, Dumper=_Dumper), encoding="utf-8")
    job = ansible_runner.run(
        private_data_dir=str(folder), playbook=playbook, ident="1", cmdline=" ".join(options) or None, quiet=True
    )
    events = [(event["event"], event.get("event_data", {})) for event in job.events]
    return Job(
        job.status,
        job.stdout.read(),
        job.stats["changed"] if job.stats else {},
        [data for name, data in events if name.startswith("runner_") and "res" in data],
        next((data["artifact_data"] for name, data in events if data.get("artifact_data")), {}),
        folder,
    )
