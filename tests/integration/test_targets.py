# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs every integration target against the lab, through both doors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from harness import TARGETS, Site, lab

NAMES = sorted(path.parents[1].name for path in TARGETS.glob("*/tasks/main.yml"))


def setting(target: str) -> dict[str, Any]:
    path = Path(TARGETS) / target / "lab.yml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    return loaded


@pytest.mark.parametrize("target", NAMES)
def test_target(target: str, door: str, net: str) -> None:
    about = setting(target)
    if door not in about.get("doors", [door]):
        pytest.skip("through the other door only")
    with Site(lab(about.get("topology", "company"), **about.get("switches", {})), door, net) as site:
        before = state(site)
        run = site.play([], roles=[target]).ok()
        assert not [one for one in run.tasks if one["status"] == "unreachable"]
        if about.get("writes_nothing"):
            assert state(site) == before


def state(site: Site) -> dict[str, Any]:
    """What must not have changed: relationships and scopes of every server."""
    return {
        name: (sorted(map(str, server.scopes)), sorted(server.relationships))
        for name, server in site.lab.servers.items()
    }
