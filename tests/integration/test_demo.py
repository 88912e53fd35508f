# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The demo: short, the same with and without a PowerShell, in an environment of its own. It leaves nothing behind."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from harness import ROOT, printed
from lab.powershell.engine import NoEngine, find_engine

STANDIN = {"WINDHCP_PWSH": "/no/such/program"}
INSTALLS = "The first time the demo installs ansible-core, pywinrm and PyYAML into .demo\n"
NOT_INSTALLED = "The demo could not install what it needs. That takes a network, or an index that pip knows"


def demo(**environment: str) -> str:
    output = printed(
        sys.executable, "-m", "demo", folder=ROOT, seconds=900, PYTHONPATH=str(ROOT / "tests"), **environment
    )
    assert_nothing_is_left(ROOT)
    return output


def as_cloned(clone: Path) -> str:
    """What `make demo` prints where nothing is installed yet. Without a network that is tried in the environment of
    the tests."""
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    there = b"\0".join(name for name in files.split(b"\0") if name and (ROOT / os.fsdecode(name)).is_file())
    packed = subprocess.run(
        ["tar", "--create", "--null", "--files-from", "-"], cwd=ROOT, input=there, check=True, stdout=subprocess.PIPE
    ).stdout
    subprocess.run(["tar", "--extract"], cwd=clone, input=packed, check=True)
    ended = make_demo(clone, **STANDIN)
    if NOT_INSTALLED in ended.stdout:
        return INSTALLS + demo(**STANDIN)
    assert ended.returncode == 0, ended.stdout
    assert_nothing_is_left(clone)
    assert not (clone / ".venv").exists()
    return ended.stdout


def make_demo(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "demo", f"PYTHON={sys.executable}"],
        cwd=folder,
        env={**{name: value for name, value in os.environ.items() if not name.startswith("MAKE")}, **environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=900,
        check=False,
    )


def assert_nothing_is_left(root: Path) -> None:
    for address in ("127.0.0.11", "127.0.0.12"):
        with socket.socket() as client, pytest.raises(ConnectionRefusedError):
            client.connect((address, 5985))
    left = [
        folder
        for folder in Path("/proc").glob("[0-9]*")
        if b"-m\0demo\0" in read(folder / "cmdline") and is_at(root, folder)
    ]
    assert left == []


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # a process that ended meanwhile


def is_at(root: Path, process: Path) -> bool:
    """Whether the process was started there, and not by another clone's tests."""
    try:
        return (process / "cwd").resolve() == root
    except OSError:
        return False


def without_machine(output: str) -> str:
    """Everything but what tells which door is in use, and the name of the safety copy."""
    shorter = re.sub(r"Remote side: .*?\n\n", "", output, flags=re.DOTALL)
    return re.sub(r"safety copy on dhcp02:\n +\S+\.xml", "", shorter)


def readme_transcript() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]


def not_in(output: str, transcript: str) -> list[str]:
    """Lines of the README that the demo did not print."""
    printed = {line.rstrip() for line in output.splitlines()}
    return [line for line in transcript.splitlines() if line.rstrip() not in printed]


def test_it_shows_what_is_done_and_what_is_refused(tmp_path: Path) -> None:
    """One test, since the demo's addresses are fixed: two must not run at once."""
    output = as_cloned(tmp_path)
    lines = output.splitlines()
    assert len(lines) < 60
    assert [line for line in lines if len(line) > 120 or "[WARNING]" in line] == []
    assert output.startswith(f"{INSTALLS}SIMULATED: ")
    head, *acts, end = re.split(r"^(?=\d\. |VERDICT)", output.removeprefix(INSTALLS), flags=re.MULTILINE)
    assert "WINDHCP_PWSH names no program: /no/such/program" in " ".join(head.split())
    assert "make demo WINDHCP_PWSH=/path/to/pwsh" in " ".join(head.split())
    for act, words in zip(
        acts,
        (
            ("create relationship 'Berlin'", "0 cmdlets that write"),
            ("(double hop)", "Nothing was changed", "Refused before the first write"),
            ("2 cmdlets that write in the first run, 0 in the second", "Berlin        dhcp01 - dhcp02  load balance"),
            ("load_balance_percent 10 -> 60", "Found by a check, repaired by a run"),
            ("10.10.30.14: present on DHCP01", "Refused, and nothing was changed"),
            ("deleted on DHCP02, with its leases", "with 70 leases, out of service"),
        ),
        strict=True,
    ):
        assert [one for one in words if one not in " ".join(act.split()) and one not in act] == [], act
    assert end.startswith("VERDICT: all 6 as they should be")
    assert not_in(output, readme_transcript()) == []


@pytest.mark.skipif("EVERYTHING" not in os.environ, reason="43 starts of the engine: make demo-engine")
def test_with_an_engine_it_shows_the_same() -> None:
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    with_powershell = demo()
    assert "Remote side: PowerShell 7" in with_powershell
    assert without_machine(with_powershell) == without_machine(demo(WINDHCP_PWSH="/no/such/program"))


def test_without_a_network_it_says_what_is_missing(tmp_path: Path) -> None:
    requirements = tmp_path / "tests" / "demo" / "requirements.txt"
    requirements.parent.mkdir(parents=True)
    requirements.write_bytes((ROOT / "tests" / "demo" / "requirements.txt").read_bytes())
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    ended = make_demo(tmp_path, PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull, PIP_FIND_LINKS=str(tmp_path))
    assert ended.returncode != 0
    assert "No matching distribution found for ansible-core" in ended.stdout
    assert NOT_INSTALLED in ended.stdout
    assert not (tmp_path / ".demo" / "ready").exists()


def test_its_environment_is_a_part_of_that_of_the_tests() -> None:
    """Or the demo would be seen with other versions than those that are tested."""
    small, whole = (
        {line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")}
        for name in ("tests/demo/requirements.txt", "tests/requirements.txt")
    )
    assert small <= whole
