# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which tool checks which of the files that are shipped and that no test of ours runs by itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from declared import base
from declared.automation_platform import EXAMPLE, controller
from declared.base import tool
from declared.pull import REPOSITORY, RUNNER, crontab, drift, repository, requirements, systemd

DECLARATIVE = (".yml", ".yaml", ".service", ".timer", ".socket", ".json", ".toml", ".txt", "crontab")
MONITORING = "extensions/monitoring"
# what else there is, by the target of make whose tools read it
ELSEWHERE: Mapping[str, Sequence[str]] = {
    "make lint (ansible-lint, antsibull-docs, antsibull-changelog, ruff, mypy)": (
        "galaxy.yml",
        "meta/runtime.yml",
        "playbooks/*.yml",
        "roles/*.yml",
        "plugins/*.yml",
        "changelogs/*",
        "docs/docsite/*.yml",
        "pyproject.toml",
    ),
    "make integration (ansible-builder introspect, bindep)": (
        "meta/execution-environment.yml",
        "requirements.txt",
        "bindep.txt",
    ),
    "make integration (jq, tests/integration/test_event_query.py)": ("extensions/audit/event_query.yml",),
    "make integration (stand-ins of both collections, tests/integration/test_automation_platform.py)": (
        f"{EXAMPLE}/*.yml",
    ),
    "make molecule": ("extensions/molecule/*.yml",),
    "make unit (jsonschema, tests/unit/report/test_formats.py)": ("extensions/monitoring/report.schema.json",),
    "make unit (jsonschema, tests/unit/planning/test_reviewed_plan.py)": ("extensions/plan/plan.schema.json",),
}


@dataclass(frozen=True)
class Check:
    """`files`: patterns. `run` raises NotHere, or Failed with what the tool said."""

    tool: str
    files: Sequence[str]
    run: Callable[[Sequence[str]], object]

    @property
    def found(self) -> Sequence[str]:
        """Those of the shipped files."""
        return [name for name in shipped() if any(fnmatchcase(name, pattern) for pattern in self.files)]


def shipped() -> Sequence[str]:
    """The declarative files of the work tree, and the scripts beside them, without those of the tests."""
    listed = tool("git", "ls-files", "--cached", "--others", "--exclude-standard").split()
    names = [name for name in listed if not name.startswith(("tests/", ".")) and (base.ROOT / name).is_file()]
    return [name for name in names if name.endswith(DECLARATIVE) or name.startswith((f"{MONITORING}/", f"{RUNNER}/"))]


def forgotten() -> Sequence[str]:
    """Files that no tool reads."""
    patterns = [*(pattern for check in CHECKS for pattern in check.files if check.tool != "yamllint")]
    patterns += [pattern for several in ELSEWHERE.values() for pattern in several]
    return [name for name in shipped() if not any(fnmatchcase(name, pattern) for pattern in patterns)]


def _yamllint(names: Sequence[str]) -> None:
    rules = "{extends: relaxed, rules: {line-length: disable}}"
    tool("yamllint", "--strict", "--config-data", rules, *names)


def _promtool(names: Sequence[str]) -> None:
    rules = [name for name in names if name.endswith(".rules.yml")]
    tool("promtool", "check", "rules", "--lint=all", "--lint-fatal", *rules)
    tool("promtool", "test", "rules", *(name for name in names if name not in rules))


def _shell(names: Sequence[str]) -> None:
    for name in names:
        tool("sh", "-n", name)
    tool("shellcheck", "--shell=sh", *names)


def _builder(names: Sequence[str]) -> None:
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            tool("ansible-builder", "create", "--file", str(base.ROOT / name), "--context", folder, folder=Path(folder))


CHECKS: Sequence[Check] = (
    Check("yamllint", ("*.yml", "*.yaml"), _yamllint),
    Check("promtool", (f"{MONITORING}/*.yml",), _promtool),
    Check("shellcheck", (f"{MONITORING}/check_*", f"{RUNNER}/dhcp-failover-drift"), _shell),
    Check("systemd-analyze", (f"{RUNNER}/*.service", f"{RUNNER}/*.timer"), systemd),
    Check("crontab", (f"{RUNNER}/crontab",), crontab),
    Check("ansible-builder", ("examples/execution-environment/*.yml",), _builder),
    Check("ansible-pull", (f"{RUNNER}/dhcp-failover-drift",), drift),
    Check(
        "ansible-playbook",
        (f"{REPOSITORY}/local.yml", f"{REPOSITORY}/playbooks/*.yml", f"{REPOSITORY}/inventory/*.yml"),
        repository,
    ),
    Check("ansible-galaxy", (f"{REPOSITORY}/collections/requirements.yml",), requirements),
    Check("our-schemas", (f"{EXAMPLE}/objects/*.yml",), controller),
)
