# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which tool checks which of the files that are shipped and that no test of ours runs by itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PATH = os.pathsep.join([str(Path(sys.executable).parent), str(ROOT / ".build" / "bin"), os.environ["PATH"]])
DECLARATIVE = (".yml", ".yaml", ".service", ".timer", ".socket", ".json", ".toml", ".txt", "crontab")
RUNNER = "examples/ansible-pull/runner"
REPOSITORY = "examples/ansible-pull/repository"
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
    "make molecule": ("extensions/molecule/*.yml",),
    "make unit (jsonschema, tests/unit/report/test_formats.py)": ("extensions/monitoring/report.schema.json",),
    "make unit (jsonschema, tests/unit/planning/test_reviewed_plan.py)": ("extensions/plan/plan.schema.json",),
}


class NotHere(Exception):
    """The tool is missing."""


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


class Failed(Exception):
    """What the tool said."""


def shipped() -> Sequence[str]:
    """The declarative files of the work tree, and the scripts beside them, without those of the tests."""
    listed = tool("git", "ls-files", "--cached", "--others", "--exclude-standard").split()
    names = [name for name in listed if not name.startswith(("tests/", ".")) and (ROOT / name).is_file()]
    return [name for name in names if name.endswith(DECLARATIVE) or name.startswith((f"{MONITORING}/", f"{RUNNER}/"))]


def forgotten() -> Sequence[str]:
    """Files that no tool reads."""
    patterns = [*(pattern for check in CHECKS for pattern in check.files if check.tool != "yamllint")]
    patterns += [pattern for several in ELSEWHERE.values() for pattern in several]
    return [name for name in shipped() if not any(fnmatchcase(name, pattern) for pattern in patterns)]


def tool(name: str, *arguments: str, folder: Path | None = None, **environment: str) -> str:
    """What it prints. Raises NotHere and Failed."""
    program = shutil.which(name, path=PATH)
    if program is None:
        raise NotHere(f"{name} is not here")
    done = subprocess.run(
        [program, *arguments],
        cwd=folder or ROOT,
        env={**os.environ, "PATH": PATH, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        raise Failed(f"{name} {' '.join(arguments)}:\n{done.stdout}")
    return done.stdout


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


def _systemd(names: Sequence[str]) -> None:
    """As if the program that they start were there."""
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            text = (ROOT / name).read_text(encoding="utf-8")
            unit = Path(folder, Path(name).name)
            unit.write_text(text.replace("/opt/ansible/bin/ansible-pull", "/bin/true"), encoding="utf-8")
        units = sorted(str(path) for path in Path(folder).iterdir())
        said = tool("systemd-analyze", "verify", "--man=no", *units)
        if folder in said or any(Path(name).name in said for name in names):
            raise Failed(said)
    times = [line for name in names for line in _lines(name) if line.startswith("OnCalendar=")]
    for line in times:
        tool("systemd-analyze", "calendar", line.partition("=")[2])


def _lines(name: str) -> Sequence[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def _crontab(names: Sequence[str]) -> None:
    """Not by crontab: the option by which one only checks makes another one write. Five times, and a command."""
    times = r"(?:(?:\*|\d+(?:-\d+)?)(?:/\d+)?)(?:,\d+(?:-\d+)?(?:/\d+)?)*"
    for name in names:
        for line in _lines(name):
            if line.startswith("#") or re.fullmatch(r"[A-Z_]+=.*", line):
                continue
            entry = re.fullmatch(rf"(?:{times} ){{5}}(.+)", line)
            if entry is None or re.search(r"(?<!\\)%", line):  # cron takes % for a line feed
                raise Failed(f"{name}: {line}")
            tool("sh", "-n", "-c", entry[1])


def _builder(names: Sequence[str]) -> None:
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            tool("ansible-builder", "create", "--file", str(ROOT / name), "--context", folder, folder=Path(folder))


def _repository(_names: Sequence[str]) -> None:
    """The example's playbook and its inventory, with the collection of the work tree."""
    folder, tree = ROOT / REPOSITORY, str(ROOT / ".build" / "tree")
    tool("ansible-inventory", "--inventory", "inventory", "--list", folder=folder)
    syntax = ("--syntax-check", "--inventory", "inventory", "local.yml")
    said = tool("ansible-playbook", *syntax, folder=folder, ANSIBLE_COLLECTIONS_PATH=tree)
    if "local.yml" not in said:
        raise Failed(said)


def _requirements(names: Sequence[str]) -> None:
    """This version of the collection is one that they allow: installed already, so nothing is fetched."""
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            there = Path(folder, "ansible_collections", "windhcp", "failover")
            there.mkdir(parents=True)
            ours = ROOT / ".build" / "tree" / "ansible_collections" / "windhcp" / "failover" / "galaxy.yml"
            about = yaml.safe_load(ours.read_text(encoding="utf-8"))
            manifest = {"format": 1, "collection_info": about, "file_manifest_file": {}}
            (there / "MANIFEST.json").write_text(json.dumps(manifest), encoding="utf-8")
            arguments = ("--offline", "--requirements-file", str(ROOT / name), "--collections-path", folder)
            tool("ansible-galaxy", "collection", "install", *arguments, ANSIBLE_COLLECTIONS_PATH=folder)


def _controller(names: Sequence[str]) -> None:
    """Its own collection, infra.aap_configuration, is on Galaxy only. So what is held is that all it names is there."""
    for name in names:
        data = yaml.load((ROOT / name).read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a safe one
        wrong = list(_not_defined(data))
        if wrong:
            raise Failed(f"{name}: not defined in it: {', '.join(wrong)}")


def _not_defined(data: Mapping[str, Any]) -> Iterator[str]:
    refers = {
        "credential_type": "credential_types",
        "credentials": "credentials",
        "project": "projects",
        "source_project": "projects",
        "inventory": "inventories",
        "execution_environment": "execution_environments",
        "unified_job_template": "templates",
    }
    defined = {kind: {one["name"] for one in data.get(f"controller_{kind}", ())} for kind in refers.values()}
    for entry in (one for several in data.values() for one in several):
        for key, kind in refers.items():
            named = entry.get(key) or []
            yield from (
                f"{key} {one}" for one in ([named] if isinstance(named, str) else named) if one not in defined[kind]
            )


class _Loader(yaml.SafeLoader):
    """With Ansible's tag."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))  # type: ignore[arg-type]


CHECKS: Sequence[Check] = (
    Check("yamllint", ("*.yml", "*.yaml"), _yamllint),
    Check("promtool", (f"{MONITORING}/*.yml",), _promtool),
    Check("shellcheck", (f"{MONITORING}/check_*", f"{RUNNER}/dhcp-failover-drift"), _shell),
    Check("systemd-analyze", (f"{RUNNER}/*.service", f"{RUNNER}/*.timer"), _systemd),
    Check("crontab", (f"{RUNNER}/crontab",), _crontab),
    Check("ansible-builder", ("examples/execution-environment/*.yml",), _builder),
    Check("ansible-playbook", (f"{REPOSITORY}/local.yml", f"{REPOSITORY}/inventory/*.yml"), _repository),
    Check("ansible-galaxy", (f"{REPOSITORY}/collections/requirements.yml",), _requirements),
    Check("references", ("examples/awx/*.yml",), _controller),
)
