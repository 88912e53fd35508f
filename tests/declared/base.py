# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the tools are run that read the shipped files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATH = os.pathsep.join([str(Path(sys.executable).parent), str(ROOT / ".build" / "bin"), os.environ["PATH"]])


class NotHere(Exception):
    """The tool is missing."""


class Failed(Exception):
    """What the tool said."""


def tool(name: str, *arguments: str, folder: Path | None = None, **environment: str) -> str:
    """What it prints. Raises NotHere and Failed."""
    program = shutil.which(name, path=PATH)
    if program is None:
        raise NotHere(f"{name} is not here")
    done = subprocess.run(
        [program, *arguments],
        cwd=folder or ROOT,
        env={**os.environ, "PATH": PATH, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        raise Failed(f"{name} {' '.join(arguments)}:\n{done.stdout}")
    return done.stdout


def text(name: str) -> str:
    """A shipped file."""
    return (ROOT / name).read_text(encoding="utf-8")


def lines(name: str) -> Sequence[str]:
    """Its lines."""
    return text(name).splitlines()


def wrong(name: str, found: Sequence[str]) -> None:
    """Raises Failed where something was found in a file."""
    if found:
        raise Failed(f"{name}: {'; '.join(found)}")
