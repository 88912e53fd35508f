# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two doors: a real PowerShell, if there is one, and the built-in stand-in. Every test that takes `door` runs through
both."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT / "tests", Path(__file__).parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from lab.powershell.engine import NoEngine, find_engine  # noqa: E402


def pytest_report_header() -> str:
    try:
        return f"remote side: PowerShell {find_engine().version} and built-in stand-in"
    except NoEngine as error:
        return f"remote side: built-in stand-in ({error})"


@pytest.fixture(params=["powershell", "standin"])
def door(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name == "powershell":
        try:
            find_engine()
        except NoEngine as error:
            pytest.skip(str(error))
    return name


@pytest.fixture
def net() -> str:
    """Loopback addresses of this process's own, so that labs do not meet."""
    return f"127.{20 + os.getpid() % 200}.{os.getpid() // 200 % 250}"
