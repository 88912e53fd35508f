# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m demo: starts the lab, runs the collection's site playbook three times, shows the servers before and
after."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from lab import table, topology
from lab.core.lab import Lab
from lab.inventory import inventory
from lab.service import LabService

ROOT = Path(__file__).resolve().parents[2]
RUNS = (
    ("What would a run do?  (--check --diff)", ("--check", "--diff")),
    ("The run", ("--diff",)),
    ("The same run again", ()),
)


def main() -> int:
    lab = topology.load(topology.TOPOLOGIES / "company.yml")
    with tempfile.TemporaryDirectory(prefix="windhcp-demo-") as name, LabService(lab) as service:
        folder = Path(name)
        (folder / "inventory.yml").write_text(yaml.safe_dump(inventory(service.ready())), encoding="utf-8")
        (folder / "secret.yml").write_text(f"failover_shared_secret: {secrets.token_urlsafe(24)}\n", encoding="utf-8")
        print(f"remote side: {service.door.description}")
        title("Before")
        print(table.render(lab))
        changed = [play(lab, folder, text, options) for text, options in RUNS]
        title("After")
        print(table.render(lab))
    if changed[-1] != 0:
        print(f"The third run should have changed nothing, and it changed {changed[-1]}.")
        return 1
    return 0


def play(lab: Lab, folder: Path, text: str, options: tuple[str, ...]) -> int:
    """One run of windhcp.failover.site; returns changed= of its recap. A run that fails ends the demo."""
    title(text)
    mark = lab.audit.mark()
    data = ("-e", f"@{Path(__file__).with_name('failover.yml')}", "-e", f"@{folder / 'secret.yml'}")
    command = (
        str(Path(sys.executable).with_name("ansible-playbook")),
        "windhcp.failover.site",
        "-i",
        str(folder / "inventory.yml"),
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_FORKS": "1",  # one server after the other, so that two runs print in one order
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
    }
    ended = subprocess.run(
        (*command, *data, *options),
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    print(ended.stdout.strip())
    counts = lab.audit.counts(since=mark)
    print(
        f"\nremote commands: {counts.commands}, HTTP requests: {counts.requests}, cmdlets that write: {counts.writes}"
    )
    if ended.returncode:
        raise SystemExit(ended.returncode)
    return sum(int(number) for number in re.findall(r"changed=(\d+)", ended.stdout))


def title(text: str) -> None:
    print(f"\n=== {text} {'=' * max(0, 110 - len(text))}\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
