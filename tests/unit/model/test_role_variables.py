# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the role was given, without a secret, and given back to it with those of today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.role_variables import (
    VARIABLES,
    taken_down,
    with_secrets,
)

ROLE = Path(__file__).parents[3] / "roles" / "failover"
SECRET = "Kx7-never-shown"
HQ: dict[str, Any] = {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02"}
FAR: dict[str, Any] = {"name": "Far", "primary": "dhcp01", "partner": "dhcp03"}
SITE: dict[str, Any] = {
    "with_secret": ["HQ", "Far", "Old"],
    "secret_entries": {"HQ": 0},
    "writes": [{"name": "HQ", "state": "present"}, {"name": "Far"}, {"name": "Old", "state": "absent"}],
}
CHANGES_NOTHING = {"failover_show_steps", "failover_expected_plan"}


def test_every_variable_of_the_role_is_among_them() -> None:
    spec = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]["main"]
    assert {*VARIABLES} == spec["options"].keys() - CHANGES_NOTHING - {"failover_shared_secret"}


def test_the_role_takes_down_and_apply_gives_back_each_of_them() -> None:
    (task,) = yaml.safe_load((ROLE / "tasks/variables.yml").read_text(encoding="utf-8"))
    taken = task["windhcp.failover.dhcp_failover_plan_variables"]["variables"]
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text(encoding="utf-8"))
    given = yaml.safe_load((ROLE.parents[1] / "playbooks/apply.yml").read_text(encoding="utf-8"))[0]["vars"]
    assert [*taken] == [*VARIABLES]
    for name in VARIABLES:
        assert taken[name] == f"{{{{ {name}{'' if name in defaults else ' | default(omit)'} }}}}"
        if name != "failover_relationships":
            assert given[name] == f"{{{{ failover_planned.variables.{name} }}}}"
    assert {*given} == {*VARIABLES, "failover_planned"}


def test_no_secret_is_taken_down_and_where_it_stands_is() -> None:
    entries = [{**HQ, "shared_secret": SECRET}, {**FAR, "inside": [{"shared_secret": SECRET}]}]
    taken = taken_down({"failover_relationships": entries, "failover_shared_secret": SECRET}, SITE)
    assert SECRET not in json.dumps(taken)
    assert taken["secrets"] == [
        {"relationship": "HQ", "variable": "shared_secret"},
        {"relationship": "Far", "variable": "failover_shared_secret"},
    ]
    assert taken["variables"] == {"failover_relationships": [HQ, {**FAR, "inside": [{}]}]}


def test_durations_can_be_read_and_the_rest_is_as_it_was() -> None:
    entry = {
        **HQ,
        "max_client_lead_time": 7200,
        "state_switch_interval": "1:00:00",
        "create_scopes": [{"scope_id": "10.0.9.0", "lease_duration": 691200}, {"lease_duration": "unlimited"}],
    }
    odd = {**FAR, "max_client_lead_time": "soon", "state_switch_interval": 0}
    taken = taken_down({"failover_relationships": [entry, odd], "failover_only": None, "failover_orphan": False}, {})
    assert taken["variables"] == {
        "failover_relationships": [
            {
                **HQ,
                "max_client_lead_time": "02:00:00",
                "state_switch_interval": "01:00:00",
                "create_scopes": [
                    {"scope_id": "10.0.9.0", "lease_duration": "8.00:00:00"},
                    {"lease_duration": "unlimited"},
                ],
            },
            {**FAR, "max_client_lead_time": "soon", "state_switch_interval": "00:00:00"},
        ],
        "failover_orphan": False,
    }


def test_a_number_is_one_whatever_a_template_has_made_of_it() -> None:
    given = {"failover_wait_timeout": "180", "failover_max_removals_percent": "some", "failover_only": "12"}
    assert taken_down(given, {})["variables"] == {**given, "failover_wait_timeout": 180}


def test_a_secret_of_its_own_comes_from_the_entry_of_today() -> None:
    turned = {**HQ, "primary": "dhcp02", "partner": "dhcp01", "shared_secret": SECRET}
    taken = taken_down({"failover_relationships": [HQ, FAR]}, SITE)
    back = with_secrets(taken, [{**FAR, "shared_secret": SECRET}, "odd", turned])
    assert back == [{**HQ, "shared_secret": SECRET}, FAR], "Far had the secret of all"


def test_one_that_is_not_there_any_more_or_is_of_another_pair_is_left_out() -> None:
    taken = taken_down({"failover_relationships": [HQ]}, SITE)
    other = {**HQ, "partner": "dhcp03", "shared_secret": SECRET}
    assert with_secrets(taken, [HQ, other]) == [HQ]
    assert with_secrets(taken) == [HQ]
    assert with_secrets({"variables": {"failover_relationships": "odd"}, "secrets": []}) == "odd"
