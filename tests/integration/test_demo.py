# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The demo shows the same with and without a PowerShell, and leaves nothing behind."""

from __future__ import annotations

import re
import socket
import sys
from pathlib import Path

import pytest
from harness import ROOT, printed
from lab.powershell.engine import NoEngine, find_engine


def demo(**environment: str) -> str:
    output = printed(
        sys.executable, "-m", "demo", folder=ROOT, seconds=300, PYTHONPATH=str(ROOT / "tests"), **environment
    )
    assert_nothing_is_left()
    return output


def assert_nothing_is_left() -> None:
    for address in ("127.0.0.11", "127.0.0.12"):
        with socket.socket() as client, pytest.raises(ConnectionRefusedError):
            client.connect((address, 5985))
    left = [
        folder
        for folder in Path("/proc").glob("[0-9]*")
        if b"-m\0demo\0" in read(folder / "cmdline") and at_root(folder)
    ]
    assert left == []


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # a process that ended meanwhile


def at_root(process: Path) -> bool:
    """Whether the process was started here, and not by another clone's tests."""
    try:
        return (process / "cwd").resolve() == ROOT
    except OSError:
        return False


def without_machine(output: str) -> str:
    """Everything but the line that tells which door is in use."""
    return re.sub(r"remote side: .*", "", output)


def readme_transcript() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]


def not_in(output: str, transcript: str) -> list[str]:
    """Lines of the README that the demo did not print."""
    printed = {line.rstrip() for line in output.splitlines()}
    return [line for line in transcript.splitlines() if line.rstrip() not in printed]


def test_it_shows_the_way_and_the_second_run_changes_nothing() -> None:
    """One test, since the demo's addresses are fixed: two must not run at once."""
    output = demo(WINDHCP_PWSH="/no/such/program")
    assert "remote side: built-in stand-in" in output
    before, check, real, again, after = re.split(r"^=== .*\n", output, flags=re.MULTILINE)[1:]
    assert "no failover relationship" in before
    assert "no scope" in before
    assert check.split("PLAY RECAP")[0] == real.split("PLAY RECAP")[0], "the check run lists what the run does"
    assert "cmdlets that write: 0" in check
    assert "cmdlets that write: 2" in real
    assert "changed=0" in again
    assert "changed=1" not in again
    assert after.count("Berlin") >= 2
    assert not_in(output, readme_transcript()) == []
    try:
        find_engine()
    except NoEngine:
        return
    with_powershell = demo()
    assert "remote side: PowerShell 7" in with_powershell
    assert without_machine(with_powershell) == without_machine(output)
