# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The script is one for Windows PowerShell 5.1 and .NET Framework 4.6.2; planted violations are found."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from lab.powershell.engine import Engine, NoEngine, find_engine

ROOT = Path(__file__).resolve().parents[3]
GATE = ROOT / "tests" / "gate" / "Test-WindowsPowerShell.ps1"
PLANTED = GATE.with_name("planted.ps1")
OPERATIONS = [
    "cmdlet",
    "wait_until",
    "export",
    "probe_partner",
    "who_when",
    "compare_clock",
    "service",
    "module_files",
    "find_events",
    "probe_api",
    "remove_member_here",
    "remove_relationship_here",
    "safety_copy",
    "read_copy",
    "find_copies",
    "import_copy",
    "keep_text",
    "drop_text",
    "prove_text",
    "find_texts",
    "check_folder",
]
SCRIPT = ROOT / "plugins" / "modules" / "dhcp_cmdlets.ps1"


@pytest.fixture(scope="module")
def engine() -> Engine:
    try:
        return find_engine()
    except NoEngine as error:
        pytest.skip(f"the gate parses with a real PowerShell: {error}")


def gate(engine: Engine, path: Path) -> tuple[int, list[str]]:
    ended = subprocess.run(
        [str(engine.path), "-NoProfile", "-File", str(GATE), "-Path", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
    return ended.returncode, ended.stdout.splitlines()


def test_the_script_passes(engine: Engine) -> None:
    assert gate(engine, SCRIPT) == (0, ["0 found"])


def test_every_planted_violation_is_found_and_nothing_else(engine: Engine) -> None:
    code, lines = gate(engine, PLANTED)
    found = {int(match[1]): match[2] for line in lines if (match := re.match(r"planted\.ps1:(\d+): (.*)", line))}
    planted = enumerate(PLANTED.read_text(encoding="utf-8").splitlines(), start=1)
    expected = {number: line.split("# finds: ")[1] for number, line in planted if "# finds: " in line}
    assert code == 1
    assert sorted(found) == sorted(expected)
    assert {number: found[number] for number, said in expected.items() if said not in found[number]} == {}


def test_every_script_names_its_version() -> None:
    """Without it Ansible takes a .ps1 for an old-style module, which costs several PowerShell starts."""
    scripts = list((ROOT / "plugins").rglob("*.ps1"))
    assert scripts
    for path in scripts:
        text = path.read_text(encoding="ascii")
        assert re.search(r"^#Requires -Version 5\.1$", text, re.MULTILINE), path
        assert "Ansible.Basic" not in text
        assert text.count("Add-Type") == (path == SCRIPT)


def test_programs_are_those_of_windows_by_their_full_path() -> None:
    """A name alone is looked for along PATH, where somebody may have put a program of the same name."""
    text = SCRIPT.read_text(encoding="ascii")
    called = set(re.findall(r"Invoke-Program '([^']+)'", text))
    assert called == {"icacls.exe", "hostname.exe", "reg.exe"}
    assert set(re.findall(r"[\w.-]+\.exe\b", text)) == called
    assert text.count("& (") == 1
    assert "[System.IO.Path]::Combine($env:SystemRoot, 'System32', $Name)" in text


def test_csharp_is_compiled_in_one_function_only() -> None:
    """Compiling costs time and is what application control forbids: no operation does it but those of the management
    API."""
    text = SCRIPT.read_text(encoding="ascii")
    function = re.search(r"^function Import-ManagementApi \{.*?(?=^function )", text, re.MULTILINE | re.DOTALL)
    assert function
    assert "Add-Type" in function[0]
    callers = re.findall(
        r"^function (\S+?)[ (](?:(?!^function).)*?^ +Import-ManagementApi$", text, re.MULTILINE | re.DOTALL
    )
    assert callers == ["Invoke-ManagementApi"]
    assert text.count("Import-ManagementApi") == 2


def test_the_operations_are_a_closed_list() -> None:
    text = SCRIPT.read_text(encoding="ascii")
    operations = text.split("function Invoke-Operation")[1].split("default")[0]
    assert re.findall(r"^        '(\w+)' \{", operations, re.MULTILINE) == OPERATIONS
    assert not re.search(r"Invoke-Expression|\biex\b|\[scriptblock\]|Invoke-Command|Start-Process", text)


def test_no_file_is_emptied_before_it_is_written() -> None:
    """A run that is killed in between would leave nothing of a note that another one goes by."""
    text = SCRIPT.read_text(encoding="ascii")
    assert "[System.IO.FileMode]::OpenOrCreate" in text
    assert re.findall(r"\]::WriteAll\w+|FileMode\]::(?:Create|Truncate)\b|\bSet-Content\b|\bOut-File\b", text) == []
