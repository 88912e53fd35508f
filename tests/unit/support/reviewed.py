# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan of two hosts, one of which has nothing to do."""

from __future__ import annotations

from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.reviewed_plan import (
    Document,
    document,
    planned,
)

CREATED = "2026-11-27T08:00:00+00:00"
STEP = {"server": "DHCP01", "step": "do this"}
GOES: dict[str, Any] = {
    "scope_id": "10.0.1.0",
    "server": "DHCP02",
    "kept_on": "DHCP01",
    "other_copy": "delete",
    "differences": ["name: There on DHCP02, Here on DHCP01"],
}
ENTRY: dict[str, Any] = {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02", "scopes": ["10.0.1.0"]}
TAKEN: dict[str, Any] = {
    "variables": {"failover_relationships": [ENTRY], "failover_wait_timeout": 180},
    "secrets": [{"relationship": "HQ", "variable": "failover_shared_secret"}],
}


def sample(**result: Any) -> Document:
    """The document. `result`: what dhcp01 would do otherwise."""
    first = planned("dhcp01", {"plan": [STEP], "removals": [GOES], "warnings": ["Look at it."], **result}, TAKEN)
    return document([first, planned("dhcp02", {"skipped": True}, {**TAKEN, "secrets": []})], CREATED)
