# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_plan_variables: from what the role was given to plain data."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from ansible_collections.windhcp.failover.plugins.action.dhcp_failover_plan_variables import ActionModule
from fleets import on_the_controller

SECRET = "Kx7-never-shown"


def run(**variables: Any) -> dict[str, Any]:
    site = {"with_secret": ["HQ"], "secret_entries": {"HQ": 0}}
    result: dict[str, Any] = on_the_controller(ActionModule, {}, variables=variables, site=site)
    return result


def test_plain_data_without_a_secret() -> None:
    entry = {"name": "HQ", "shared_secret": SECRET, "previous_name": date(2026, 1, 1), "max_client_lead_time": 3600}
    result = run(failover_relationships=[entry], failover_orphan=True)
    assert (result["changed"], result["variables"]) == (
        False,
        {
            "failover_relationships": [
                {"name": "HQ", "previous_name": "2026-01-01", "max_client_lead_time": "01:00:00"}
            ],
            "failover_orphan": True,
        },
    )
    assert result["secrets"] == [{"relationship": "HQ", "variable": "shared_secret"}]
    assert SECRET not in json.dumps(result)
