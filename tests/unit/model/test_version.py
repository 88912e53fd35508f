# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The version that a plan tells is that of the collection."""

from __future__ import annotations

from pathlib import Path

import yaml
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.version import VERSION


def test_it_is_that_of_the_collection() -> None:
    galaxy = yaml.safe_load((Path(__file__).parents[3] / "galaxy.yml").read_text(encoding="utf-8"))
    assert galaxy["version"] == VERSION
