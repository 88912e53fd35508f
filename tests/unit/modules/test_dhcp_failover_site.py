# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_site: a server's part of the site's data, without a look at any server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import yaml
from ansible_collections.windhcp.failover.plugins.action import dhcp_failover_site

ROOT = Path(__file__).resolve().parents[3]
HOSTS = ["dhcp01", "dhcp02", "dhcp03", "dhcp04"]


SECRET = "Kx7-secret"


def run(relationships: list[dict[str, Any]]) -> dict[str, Any]:
    task = MagicMock(check_mode=True, diff=True, async_val=0, args={"relationships": relationships})
    action = dhcp_failover_site.ActionModule(task, MagicMock(), MagicMock(), MagicMock(), MagicMock(), MagicMock())
    action._execute_module = MagicMock(side_effect=AssertionError("it runs nothing"))
    result: dict[str, Any] = action.run(task_vars={"inventory_hostname": "dhcp01", "groups": {"all": HOSTS}})
    assert SECRET not in json.dumps(result)
    return result


def test_the_action_takes_the_data_as_a_user_writes_it() -> None:
    plain = {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02"}
    result = run([{**plain, "load_balance_percent": "60", "shared_secret": SECRET}])
    assert (result["changed"], result["writes"][0]["load_balance_percent"], result["written_by"]) == (False, 60, {})
    failed = run([{**plain, "partner_server": SECRET, "shared_secret": SECRET}, {**plain, "partner_server": "dhcp02"}])
    assert failed["failed"]
    assert "********" in failed["msg"]


def test_the_role_takes_what_the_module_takes() -> None:
    specs = yaml.safe_load((ROOT / "roles" / "failover" / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    taken = specs["argument_specs"]["main"]["options"]["failover_relationships"]["options"]
    spec = dhcp_failover_site.ActionModule.ARGUMENT_SPEC["relationships"]["options"]
    assert {
        name: {key: value for key, value in option.items() if key != "description"} for name, option in taken.items()
    } == spec
