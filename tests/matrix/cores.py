# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The versions, and an environment of its own for each."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# of tests/requirements.txt, what tests run with beside Ansible itself
LIBRARIES = (
    "asyncssh",
    "hypothesis",
    "jsonschema",
    "prometheus_client",
    "psrpcore",
    "pypsrp",
    "pyspnego",
    "pytest",
    "pytest-xdist",
    "pywinrm",
    "PyYAML",
    "trustme",
)


@dataclass(frozen=True)
class Core:
    """`version`: of ansible-core. `sanity`, `units`: whether these are run with it."""

    version: str
    python: str
    sanity: bool = False
    units: bool = False

    @property
    def name(self) -> str:
        """For folders."""
        return f"{self.version}-{self.python}"


CORES = (
    Core("2.16.14", "3.12", sanity=True),
    Core("2.17.14", "3.10", units=True),
    Core("2.18.8", "3.12", sanity=True),
    Core("2.19.14", "3.11", sanity=True, units=True),
    Core("2.21.5", "3.12", sanity=True, units=True),
    Core("2.22.0rc1", "3.13", units=True),  # what its pylint needs is not on PyPI, so no sanity
)


OLDER = ("3.10",)  # than the Python of the pins


class NoPython(Exception):
    """There is no interpreter of a version. Its text says so."""


def pinned() -> dict[str, str]:
    """What tests/requirements.txt wants, by name."""
    lines = (ROOT / "tests" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = [line.partition("==") for line in lines if "==" in line]
    return {name: version for name, _equal, version in found}


def interpreter(python: str) -> Path:
    """One of pyenv's, or on the PATH. Raises NoPython."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for path in sorted(versions.glob(f"{python}.*/bin/python")):
        return path
    found = shutil.which(f"python{python}")
    if found is None:
        raise NoPython(f"no Python {python} here")
    return Path(found)


def environment(core: Core, folder: Path) -> Path:
    """The folder of its programs, made once. Raises NoPython, CalledProcessError."""
    place = folder / core.name
    if not (place / "ready").exists():
        subprocess.run([str(interpreter(core.python)), "-m", "venv", "--clear", str(place)], check=True)
        pins = pinned() if core.python not in OLDER else {}  # what is pinned may have left an older Python behind
        libraries = (f"{name}=={pins[name]}" if name in pins else name for name in LIBRARIES)
        wanted = [f"ansible-core=={core.version}", *libraries]
        pip = [str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *wanted]
        subprocess.run(pip, check=True, capture_output=True)
        (place / "ready").touch()
    return place / "bin"
