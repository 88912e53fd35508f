# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The file that the page about it shows is that of a run on the simulated servers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from live_servers import asked, servers

PAGE = Path(__file__).parents[3] / "docs" / "docsite" / "rst" / "live_check.rst"


def shown() -> dict[str, Any]:
    _before, _mark, block = PAGE.read_text(encoding="utf-8").partition(".. code-block:: json\n")
    found: dict[str, Any] = json.loads(block)
    return found


def test_the_page_shows_what_a_run_finds() -> None:
    assert shown()["questions"] == list(asked(servers()).values())
    assert all(step["well"] for step in shown()["walk"])
