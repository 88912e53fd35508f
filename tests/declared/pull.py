# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The example of ansible-pull: the repository, and what runs it on the runner."""

from __future__ import annotations

import json
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from declared import base
from declared.base import Failed, lines, text, tool, wrong

RUNNER = "examples/ansible-pull/runner"
REPOSITORY = "examples/repository"
CHECKOUT = "/checkout/"
_PARSE = "import sys; from ansible.cli.pull import PullCLI; PullCLI(sys.argv).parse()"
_TIMES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # minute, hour, day, month, day of the week
_CHECK = """
- name: What the example declares, as the role checks it
  hosts: dhcp_servers
  gather_facts: false
  tasks:
    - name: Check it
      windhcp.failover.dhcp_failover_site:
        relationships: "{{ failover_relationships }}"
        failover:
          failover_shared_secret: "{{ failover_shared_secret }}"
"""


def systemd(names: Sequence[str]) -> None:
    """As if the program that they start were there; the program's own options by itself."""
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            unit = Path(folder, Path(name).name)
            unit.write_text(text(name).replace("/opt/ansible/bin/ansible-pull", "/bin/true"), encoding="utf-8")
        units = sorted(str(path) for path in Path(folder).iterdir())
        said = tool("systemd-analyze", "verify", "--man=no", *units)
        if folder in said or any(Path(name).name in said for name in names):
            raise Failed(said)
    known = [Path(folder) for folder in tool("systemd-analyze", "unit-paths").split()]
    for name in names:
        for setting, value in _settings(name):
            if setting == "OnCalendar":
                tool("systemd-analyze", "calendar", value)
            if setting == "WantedBy" and not any((folder / value).exists() for folder in known):
                raise Failed(f"{name}: there is no unit {value}")
            if setting == "ExecStart" and "ansible-pull " in value:
                _pull(name, value)
                wrong(name, list(_credentials(name, value)))
            if setting == "OnFailure" and f"{RUNNER}/{value}" not in names:
                raise Failed(f"{name}: there is no unit {value}")
        if name.endswith(".timer"):
            wrong(name, [] if f"{name.removesuffix('.timer')}.service" in names else ["there is no service for it"])


def _settings(name: str) -> Iterator[tuple[str, str]]:
    for line in text(name).replace("\\\n", " ").splitlines():
        if "=" in line and not line.startswith("#"):
            setting, _equals, value = line.partition("=")
            yield setting, value


def _credentials(name: str, command: str) -> Iterator[str]:
    handed = [value.partition(":")[0] for setting, value in _settings(name) if setting.startswith("LoadCredential")]
    for used in re.findall(r"\$\{CREDENTIALS_DIRECTORY\}/([\w.-]+)", command):
        if used not in handed:
            yield f"nothing hands the credential {used} over"


def crontab(names: Sequence[str]) -> None:
    """Not by crontab: the option by which one only checks makes another one write. Five times, and a command."""
    for name in names:
        for line in lines(name):
            if line.startswith("#") or re.fullmatch(r"[A-Z_]+=.*", line):
                continue
            times, command = line.split(None, 5)[:5], "".join(line.split(None, 5)[5:])
            fits = len(times) == 5 and all(map(_is_time, times, _TIMES))
            if not fits or re.search(r"(?<!\\)%", line):  # cron takes % for a line feed
                raise Failed(f"{name}: {line}")
            tool("sh", "-n", "-c", command)
            program = Path(shlex.split(command)[0]).name
            wrong(name, [] if (base.ROOT / RUNNER / program).is_file() else [f"{program} is not in the example"])


def drift(names: Sequence[str]) -> None:
    """The command of ansible-pull in a script."""
    for name in names:
        (command,) = re.findall(r"\$\((\S+/ansible-pull .*?) 2>&1\)", text(name).replace("\\\n", " "), re.DOTALL)
        _pull(name, command)


def _is_time(shown: str, limits: tuple[int, int]) -> bool:
    for part in shown.split(","):
        found = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/([1-9]\d*))?", part)
        ends = [int(end) for end in found.groups()[:2] if end] if found else []
        if found is None or ends != sorted(ends) or any(not limits[0] <= end <= limits[1] for end in ends):
            return False
    return True


def _pull(name: str, command: str) -> None:
    """A command line of ansible-pull, by its own parser; the files and the group that it names are in the example."""
    words = shlex.split(command)
    if Path(words[0]).name != "ansible-pull":
        raise Failed(f"{name}: it does not run ansible-pull")
    tool(sys.executable, "-c", _PARSE, *words[1:])
    named = [words[-1], *(word.partition(CHECKOUT)[2] for word in words if CHECKOUT in word)]
    missing = [f"{file} is not in the example" for file in named if not (base.ROOT / REPOSITORY / file).exists()]
    limits = [words[place + 1] for place, word in enumerate(words) if word in ("--limit", "-l")]
    wrong(name, [*missing, *(f"there is no group {limit}" for limit in limits if limit not in groups())])


def groups() -> Sequence[str]:
    """The groups of the example that have hosts."""
    listed: Any = json.loads(tool("ansible-inventory", "--inventory", "inventory", "--list", folder=_folder()))
    return [group for group, shown in listed.items() if shown.get("hosts")]


def _folder() -> Path:
    return base.ROOT / REPOSITORY


def requirements(names: Sequence[str]) -> None:
    """This version of the collection is one that they allow: installed already, so nothing is fetched."""
    about = yaml.safe_load(text("galaxy.yml"))
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            there = Path(folder, "ansible_collections", "windhcp", "failover")
            there.mkdir(parents=True)
            manifest = {"format": 1, "collection_info": about, "file_manifest_file": {}}
            (there / "MANIFEST.json").write_text(json.dumps(manifest), encoding="utf-8")
            arguments = ("--offline", "--requirements-file", str(base.ROOT / name), "--collections-path", folder)
            tool("ansible-galaxy", "collection", "install", *arguments, ANSIBLE_COLLECTIONS_PATH=folder)


def repository(names: Sequence[str]) -> None:
    """The example's playbooks, its inventory and its data, with the collection of the work tree."""
    tree = {"ANSIBLE_COLLECTIONS_PATH": str(base.ROOT / ".build" / "tree")}
    books = [name.removeprefix(f"{REPOSITORY}/") for name in names if "/inventory/" not in name]
    said = tool("ansible-playbook", "--syntax-check", "--inventory", "inventory", *books, folder=_folder(), **tree)
    wrong(said, [f"{book} was not read" for book in books if f"playbook: {book}" not in said])
    known = yaml.safe_load(text("roles/failover/meta/argument_specs.yml"))["argument_specs"]["main"]["options"]
    for name in names:
        if "group_vars" in name:
            strange = yaml.safe_load(text(name)).keys() - known.keys()
            wrong(name, [f"the role has no variable {one}" for one in sorted(strange)])
    with tempfile.TemporaryDirectory() as folder:
        playbook = Path(folder, "check.yml")
        playbook.write_text(_CHECK, encoding="utf-8")
        inventory = ("--inventory", str(_folder() / "inventory"))
        given = ("ansible_connection=local", "ansible_become=false", "vault_failover_secret=x", "vault_dhcp_password=x")
        options = (word for value in given for word in ("-e", value))
        said = tool("ansible-playbook", *inventory, *options, str(playbook), folder=Path(folder), **tree)
    if not re.search(r"ok=1 ", said):
        raise Failed(said)
