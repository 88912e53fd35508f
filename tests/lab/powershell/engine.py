# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Finds a PowerShell and gives it the names under which Windows programs call it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lab.core.server import Server

ENGINE_VARIABLE = "WINDHCP_PWSH"
WINDOWS_NAMES = ("PowerShell", "powershell", "powershell.exe", "pwsh")
NOTHING = "chcp.com"  # ansible-core 2.16 to 2.18 set the code page with it; here all is UTF-8
ICACLS = Path(__file__).with_name("icacls.py")
# what a .NET program may need of the caller's environment to start at all
PASSED_ON = ("DOTNET_ROOT", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "LD_LIBRARY_PATH")


class NoEngine(RuntimeError):
    """There is no PowerShell here."""


@dataclass(frozen=True)
class Engine:
    """``path``: the program, ``version``: "7.4.6"."""

    path: Path
    version: str


def find_engine() -> Engine:
    """The one that WINDHCP_PWSH names, else `pwsh` on the PATH. Raises NoEngine."""
    named = os.environ.get(ENGINE_VARIABLE)
    program = shutil.which(named or "pwsh")
    if program is None:
        raise NoEngine(f"{ENGINE_VARIABLE} names no program: {named}" if named else "there is no pwsh on the PATH")
    return Engine(Path(program).absolute(), _version(program))


@lru_cache
def _version(program: str) -> str:
    try:
        answer = subprocess.run(
            [program, "-Version"], env=base_environment(), capture_output=True, text=True, timeout=60, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise NoEngine(f"{program} does not start: {error}") from error
    return answer.strip().rpartition(" ")[2]


def base_environment() -> dict[str, str]:
    """Nothing of the caller's environment but what an engine needs."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": "/nonexistent",
        "POWERSHELL_TELEMETRY_OPTOUT": "1",
        "POWERSHELL_UPDATECHECK": "Off",
        "DOTNET_NOLOGO": "1",
    } | passed


def names_folder(engine: Engine, folder: Path) -> Path:
    """A folder for the PATH in which the engine has its Windows names: its own one if it has them, else ``folder``."""
    own = engine.path.parent
    if all((own / name).is_file() for name in (*WINDOWS_NAMES, NOTHING)):
        return own
    folder.mkdir(parents=True)
    for name in WINDOWS_NAMES:
        _write_script(folder / name, f'exec {shlex.quote(str(engine.path))} "$@"')
    _write_script(folder / NOTHING, "exit 0")
    return folder


def write_programs(folder: Path, server: Server) -> None:
    """Those of Windows' own programs that the scripts of a lab host call, for its System32."""
    folder.mkdir(parents=True)
    _write_script(folder / "hostname.exe", f"echo {shlex.quote(server.host_name)}")
    # what `reg.exe query KEY /v Domain` shows of the primary DNS suffix: the one value that the lab's registry has
    key = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters"
    _write_script(folder / "reg.exe", f"cat <<'END'\n\n{key}\n    Domain    REG_SZ    {server.domain}\n\nEND")
    _write_script(folder / "icacls.exe", f'exec {shlex.quote(sys.executable)} -IS {shlex.quote(str(ICACLS))} "$@"')


def _write_script(path: Path, command: str) -> None:
    path.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
    path.chmod(0o755)
