# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The README and those of the roles are also read on Galaxy, where a relative link is dead. What they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from matrix.cores import CORES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
ROLES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "roles").glob("*/README.md")))


def links(text: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", text) + re.findall(r"^\[[^]]+\]: *(\S+)", text, re.MULTILINE)


LINKS = links(README)


def test_every_link_is_absolute() -> None:
    assert len(LINKS) > 20
    assert [link for link in LINKS + links(ROLES) if not link.startswith("https://")] == []
    assert re.findall(r"<a |<img |href=|src=", README + ROLES) == [], "this test does not read HTML"


def test_a_link_into_the_repository_leads_to_a_file_of_it() -> None:
    own = re.compile(rf"{re.escape(GALAXY['repository'])}/(blob|tree)/main/([^#]+)(#.*)?")
    found = [match for link in LINKS + links(ROLES) if (match := own.fullmatch(link))]
    elsewhere = [link for link in LINKS if link.startswith(GALAXY["repository"]) and not own.fullmatch(link)]
    assert set(elsewhere) == {GALAXY["issues"]}
    assert [match[2] for match in found if not (ROOT / match[2]).exists()] == []
    assert [match[2] for match in found if (ROOT / match[2]).is_dir() != (match[1] == "tree")] == []


def test_each_playbook_module_role_and_filter_is_linked() -> None:
    paths = [
        *(
            path
            for folder in ("playbooks", "plugins/modules", "plugins/filter")
            for path in (ROOT / folder).glob("*.yml")
        ),
        *(ROOT / "roles").glob("*/README.md"),
    ]
    assert len(paths) > 20
    paths.remove(ROOT / "plugins" / "modules" / "dhcp_cmdlets.yml")  # the others call it, and nobody else
    linked = {link.partition("/blob/main/")[2] for link in LINKS}
    assert [name for path in paths if (name := path.relative_to(ROOT).as_posix()) not in linked] == []


def test_the_versions_that_it_calls_tested_are_those_of_the_tests() -> None:
    pins = dict(
        re.findall(r"^(\S+)==(\S+)$", (ROOT / "tests" / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    )
    tested = README.split("## Requirements, and what is tested")[1].split("\n## ")[0]
    cores = {core.version for core in CORES}
    assert [one for one in cores if one not in tested] == []
    assert sum(core.sanity for core in CORES) == 4, "the README counts them"
    for words in (f"The tests run {pins['ansible-core']} on", f"pywinrm {pins['pywinrm']}", f"pypsrp {pins['pypsrp']}"):
        assert words in tested
    least = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    assert f"ansible-core {least.removeprefix('>=').removesuffix('.0')} or later" in tested


def test_that_it_never_ran_on_windows_stands_before_its_first_section() -> None:
    assert "never ran on real Windows" in README.split("\n## ")[0]
    assert len(README.splitlines()) <= 250
