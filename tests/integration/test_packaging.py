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


def test_the_changelog_is_what_a_release_makes_of_the_fragments(tmp_path: Path) -> None:
    """On a copy: the modules are found by their version_added, the rest is said by the fragments."""
    copy = tmp_path / "ansible_collections" / "windhcp" / "failover"
    shutil.copytree(INSTALLED, copy, ignore=shutil.ignore_patterns("tests"))
    shutil.copy(ROOT / "galaxy.yml", copy)
    # an installed collection is known by its MANIFEST.json, one in work by its galaxy.yml
    (copy / "MANIFEST.json").unlink()
    made = copy / "changelogs" / "changelog.yaml"
    version = yaml.safe_load((copy / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    date = yaml.safe_load(made.read_text(encoding="utf-8"))["releases"][version]["release_date"]
    made.unlink()
    tool("antsibull-changelog", "release", "--version", version, "--date", str(date), folder=copy)
    text = (copy / "CHANGELOG.rst").read_text(encoding="utf-8")
    assert text == (ROOT / "CHANGELOG.rst").read_text(encoding="utf-8"), "make changelog"
    assert made.read_text(encoding="utf-8") == (ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8")
    modules = {path.stem for path in (copy / "plugins" / "modules").glob("*.yml")}
    assert {module for module in modules if f"- windhcp.failover.{module} - " not in text} == set()
    assert "windhcp.failover.failover - " in text


def test_what_ships_can_be_used(tmp_path: Path) -> None:
    """Makefile and settings come along, and from an installed collection the lab and the tests run."""
    installed = tmp_path / "ansible_collections" / "windhcp" / "failover"
    shutil.copytree(INSTALLED, installed)
    (installed / ".venv").symlink_to(ROOT / ".venv")
    printed("make", "-o", ".venv/ready", "collection", folder=installed, seconds=60)
    there = installed / ".build" / "collections" / "ansible_collections" / "windhcp" / "failover"
    assert (there / "playbooks" / "site.yml").is_file()
    said = printed(sys.executable, "-m", "lab", "doors", folder=installed, seconds=60, PYTHONPATH="tests")
    assert "remote side: built-in stand-in" in said
    one = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/model/test_durations.py")
    assert "[100%]" in printed(sys.executable, *one, folder=installed, seconds=60, PYTHONPATH=str(tmp_path))
