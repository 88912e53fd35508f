# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What surrounds the code: an execution environment can be described, and a changelog be made from the fragments."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import yaml
from harness import COLLECTIONS, ROOT, printed

INSTALLED = COLLECTIONS / "ansible_collections" / "windhcp" / "failover"


def tool(name: str, *arguments: str, folder: Path) -> str:
    programs = Path(sys.executable).parent
    path = f"{programs}:{os.environ['PATH']}"  # they start ansible-doc and others by name
    return printed(str(programs / name), *arguments, folder=folder, seconds=120, PATH=path)


def test_an_execution_environment_gets_the_connection_libraries(tmp_path: Path) -> None:
    found = yaml.safe_load(tool("ansible-builder", "introspect", str(COLLECTIONS), folder=tmp_path))
    assert [line.split(">=")[0] for line in found["python"]] == ["pywinrm", "pypsrp"]
    assert {line.split()[0] for line in found["system"]} >= {"krb5-workstation", "krb5-user"}


def test_the_example_of_an_execution_environment_has_a_build_context(tmp_path: Path) -> None:
    definition = ROOT / "examples" / "execution-environment" / "execution-environment.yml"
    tool(
        "ansible-builder", "create", "--file", str(definition), "--context", str(tmp_path / "context"), folder=tmp_path
    )
    wanted = yaml.safe_load((tmp_path / "context" / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert wanted == {"collections": [{"name": "windhcp.failover"}]}
    assert "bindep" in (tmp_path / "context" / "Dockerfile").read_text(encoding="utf-8")


def test_a_release_makes_the_changelog(tmp_path: Path) -> None:
    """On a copy: the modules are found by their version_added, the rest is said by the fragments."""
    copy = tmp_path / "ansible_collections" / "windhcp" / "failover"
    shutil.copytree(INSTALLED, copy, ignore=shutil.ignore_patterns("tests"))
    shutil.copy(ROOT / "galaxy.yml", copy)
    # an installed collection is known by its MANIFEST.json, one in work by its galaxy.yml
    (copy / "MANIFEST.json").unlink()
    version = yaml.safe_load((copy / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    fragments = list((copy / "changelogs" / "fragments").iterdir())
    assert fragments
    tool("antsibull-changelog", "release", "--version", version, "--date", "2026-01-01", folder=copy)
    text = (copy / "CHANGELOG.rst").read_text(encoding="utf-8")
    assert f"v{version}" in text
    modules = {path.stem for path in (copy / "plugins" / "modules").glob("*.yml")}
    assert {module for module in modules if f"- windhcp.failover.{module} - " not in text} == set()
    assert "windhcp.failover.failover - " in text
    assert not any(fragment.exists() for fragment in fragments)
