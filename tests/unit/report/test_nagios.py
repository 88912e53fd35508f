# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A fleet's report as a Nagios plugin prints it, and the script that is shipped for it."""

from __future__ import annotations

import os
import re
import subprocess
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet import Seen, report
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import KINDS
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.nagios import (
    CODES,
    MOST_LINES,
    exit_code,
    status_file,
    status_line,
)
from faults import FAULTS, healthy
from fleets import CREATED, reported, seen

SCRIPT = Path(__file__).parents[3] / "extensions" / "monitoring" / "check_windhcp_failover"
FIRST = re.compile(
    r"WINDHCP (OK|WARNING|CRITICAL|UNKNOWN) - \d+ warning, \d+ critical, \d+ unknown; [^|\n]+ "
    r"\|( [a-z]+=\d+;\d*;\d*;0;?\d*)+"
)


def test_a_healthy_pair() -> None:
    line = status_line(reported(healthy()))
    assert line.split(" | ") == [
        "WINDHCP OK - 0 warning, 0 critical, 0 unknown; 1 relationship, 2 scopes, 2 servers",
        "servers=2;;;0 collected=2;;;0;2 relationships=1;;;0 scopes=2;;;0 critical=0;;0;0 warning=0;0;;0 unknown=0;;;0 "
        "info=0;;;0",
    ]
    assert exit_code(reported(healthy())) == 0


@pytest.mark.parametrize("kind", FAULTS)
def test_one_fault_of_each_kind(kind: str) -> None:
    servers = healthy()
    FAULTS[kind].plant(servers)
    beside = ["scopes_unprotected"] if kind in ("served_twice", "split_scope") else []
    shown = reported(servers, verdicts_off=beside)
    first, *rest = status_line(shown).split("\n")
    assert FIRST.fullmatch(first)
    expected = "ok" if KINDS[kind].severity == "info" else KINDS[kind].severity
    assert (exit_code(shown), first.split()[1]) == (CODES[expected], expected.upper())
    sentence = shown["verdicts"][0]["sentence"]
    assert (sentence in first, rest) == (
        (False, []) if expected == "ok" else (True, [f"{expected.upper()}: {sentence}"])
    )


def test_a_server_that_could_not_be_read_is_unknown() -> None:
    shown = report([seen(healthy())[0], Seen("dhcp02", problem="It does not answer.")], CREATED)
    assert exit_code(shown) == 3
    assert status_line(shown).startswith("WINDHCP UNKNOWN - 0 warning, 0 critical, 1 unknown; dhcp02 could not be read")


@pytest.mark.parametrize("name", ["a|b", "two\nlines", "\x1b[31m", "\u2028", "\u202e", "x" * 5000, "\ud800"])
def test_no_name_begins_the_figures_or_a_line(name: str) -> None:
    servers = healthy()
    FAULTS["not_normal"].plant(servers)
    shown: Any = reported(servers)
    shown["verdicts"][0]["sentence"] = f"'{name}' is CommunicationInterrupted"
    text = status_file(shown)
    assert len(text.encode()) < 1024
    code, first, line, end = text.split("\n")
    assert (code, end) == (f"2 1795680000 {len(text.encode()) - len(code) - 2}", "")
    assert FIRST.fullmatch(first)
    assert line.startswith("CRITICAL: ")
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize("character", ["x", "漢", "😀", "\x1b", "\u202e", "|"])
def test_a_hundred_verdicts_fit_into_what_nagios_takes(character: str) -> None:
    servers = healthy()
    FAULTS["not_normal"].plant(servers)
    shown: Any = reported(servers)
    shown["verdicts"] = [{**shown["verdicts"][0], "sentence": character * 5000}] * 100
    lines = status_line(shown).split("\n")
    assert (len(lines), lines[-1]) == (MOST_LINES + 2, "and 80 more")
    assert len("\n".join(lines).encode()) < 8000
    assert len(lines[0].encode()) < 1000, "NRPE takes no more, and the figures are at its end"
    assert FIRST.fullmatch(lines[0])


# --- the script ------------------------------------------------------------------------------------------------------


def check(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(["sh", str(SCRIPT), *arguments], capture_output=True, text=True, check=False, timeout=10)
    assert done.stderr == ""
    return done.returncode, done.stdout


def made(seconds_ago: float, folder: Path, **changes: Any) -> str:
    """The file of a report of that age."""
    created = datetime.fromtimestamp(time.time() - seconds_ago, timezone.utc).isoformat()
    path = folder / "status"
    path.write_text(status_file({**reported(healthy()), "created": created, **changes}), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("status", CODES)
def test_it_prints_the_file_and_returns_its_code(status: str, tmp_path: Path) -> None:
    code, text = check(made(10, tmp_path, status=status))
    assert (code, text.split(" - ")[0]) == (CODES[status], f"WINDHCP {status.upper()}")
    assert text.count("\n") == 1


@pytest.mark.parametrize(
    ("seconds", "options", "known"),
    [
        (10, [], True),
        (7100, [], True),
        (7300, [], False),
        (7300, ["-a", "9000"], True),
        (100, ["-a", "60"], False),
        (-30, [], True),
        (-400, [], False),  # it would be taken for a new one too long
        (-7300, ["-a", "9000"], False),
    ],
)
def test_a_report_that_is_too_old_is_unknown(seconds: int, options: list[str], known: bool, tmp_path: Path) -> None:
    code, text = check(*options, made(seconds, tmp_path))
    assert (code, text.startswith("WINDHCP UNKNOWN - ")) == ((0, False) if known else (3, True))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "0",
        "0 1\n",
        "x 1 15\nWINDHCP OK - x\n",
        "4 9 15\nWINDHCP OK - x\n",
        "0 now 14\nWINDHCP OK - x\n",
        "0 09 14\nWINDHCP OK - x\n",
        f"0 {'9' * 23} 14\nWINDHCP OK - x\n",
        "0 9\nWINDHCP OK - x\n",
        "0 9 15\nWINDHCP OK - x\n",
        "0 9 20\nWINDHCP CRITICAL - x\n",
        "0\n",
    ],
)
def test_a_file_that_is_damaged_is_unknown(text: str, tmp_path: Path) -> None:
    path = tmp_path / "status"
    path.write_text(text, encoding="utf-8")
    assert check(str(path)) == (3, "WINDHCP UNKNOWN - the status file is damaged\n")


def test_a_file_that_was_cut_is_unknown(tmp_path: Path) -> None:
    path = Path(made(10, tmp_path))
    whole = path.read_bytes()
    for cut in (whole[:-20], whole.replace(b"relation", b"\0" * 8), whole + b"more\n"):
        path.write_bytes(cut)
        assert check(str(path)) == (3, "WINDHCP UNKNOWN - the status file is damaged\n")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert check(str(tmp_path / "pipe"))[0] == 3


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-a", "1h", "file"],
        ["-a", "9" * 20, "file"],
        ["-x", "file"],
        ["-a"],
        ["one", "two"],
        ["-a", "-1", "file"],
        [""],
    ],
)
def test_what_it_is_called_wrongly_with_is_unknown(arguments: list[str]) -> None:
    code, text = check(*arguments)
    assert (code, text.startswith("WINDHCP UNKNOWN - ")) == (3, True)


def test_a_file_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    assert check(str(tmp_path / "none")) == (3, "WINDHCP UNKNOWN - the status file cannot be read\n")
