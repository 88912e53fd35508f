# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""lab.powershell.command_line: what cmd.exe and the C runtime make of a line."""

from __future__ import annotations

import pytest
from lab.powershell.command_line import NotPowerShell, powershell_arguments, split_words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a b\t c ", ["a", "b", "c"]),
        (r'"a b" c', ["a b", "c"]),
        (r'a"b c"d', ["ab cd"]),
        (r'"" x', ["", "x"]),
        (r"c:\dir\ d", ["c:\\dir\\", "d"]),
        (r'"c:\dir\\" d', ["c:\\dir\\", "d"]),
        (r'"say \"hi\""', ['say "hi"']),
        (r"a\\\"b", [r"a\"b"]),
        ("", []),
    ],
)
def test_words(line: str, words: list[str]) -> None:
    assert split_words(line) == words


@pytest.mark.parametrize(
    ("line", "program", "arguments"),
    [
        ("PowerShell -NoProfile -EncodedCommand QQA=", "powershell", ["-NoProfile", "-EncodedCommand", "QQA="]),
        ("powershell.exe -Command 1", "powershell", ["-Command", "1"]),
        (r'"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" -File x', "powershell", ["-File", "x"]),
        (r'"C:\Program Files\PowerShell\7\pwsh.exe" -c ^"a b^"', "pwsh", ["-c", "a b"]),
        ("cmd /c powershell -c 1", "powershell", ["-c", "1"]),
        ('cmd.exe /C "powershell -c "1 2""', "powershell", ["-c", "1 2"]),
        ("powershell -c a^&b", "powershell", ["-c", "a&b"]),
        ('powershell -c "a & b"', "powershell", ["-c", "a & b"]),
    ],
)
def test_powershell(line: str, program: str, arguments: list[str]) -> None:
    assert powershell_arguments(line) == (program, arguments)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "sh -c true",
        "cmd",
        "cmd /c",
        "cmd /c whoami",
        "cmd /k powershell",
        "powershell -c 1 & whoami",
        "powershell -c 1 > c:\\x",
        "/usr/bin/env powershell",
        "powershell2",
        "notpowershell.exe",
    ],
)
def test_nothing_else_is_started(line: str) -> None:
    with pytest.raises(NotPowerShell):
        powershell_arguments(line)
