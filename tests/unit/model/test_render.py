# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values as a user is shown them: results of tasks, site data, and what changed in words."""

from __future__ import annotations

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import render
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship import Relationship


def test_differences_are_told_in_words_and_a_state_is_none() -> None:
    before = builders.server([builders.relationship(scopes=["10.0.1.0"]), builders.relationship("Old")])
    changed = builders.relationship(state="Startup", load_balance_percent=70)
    after = builders.server([changed, builders.relationship("New")], scopes=["10.0.1.0", "10.0.2.0"])
    assert render.differences(before, after) == [
        "relationship 'New' is new",
        "relationship 'Old' is gone",
        "relationship 'HQ': load_balance_percent 50 -> 70",
        "relationship 'HQ': scopes 10.0.1.0 -> none",
        "scope 10.0.3.0 is gone",
    ]
    assert render.differences(before, before) == []


@pytest.mark.parametrize(
    ("relationship", "expected"),
    [
        (
            builders.relationship(load_balance_percent=70),
            {
                "primary": "here",
                "partner": "there",
                "partner_server": "dhcp02.contoso.example",
                "load_balance_percent": 70,
            },
        ),
        (
            builders.relationship(load_balance_percent=30, is_primary=False, partner_server="DHCP01"),
            {"primary": "there", "partner": "here"},
        ),
        (builders.hot_standby(), {"primary": "here", "partner": "there", "reserve_percent": 5}),
        (builders.hot_standby(server_role="standby", is_primary=False), {"primary": "there", "partner": "here"}),
        (builders.hot_standby(server_role="standby", is_primary=True), {"primary": "there", "partner": "here"}),
    ],
)
def test_the_site_data_is_the_same_from_both_sides(relationship: Relationship, expected: dict[str, object]) -> None:
    entry = render.site_entry(relationship, "here", "there")
    assert {key: entry[key] for key in expected} == expected
    assert ("partner_server" in entry) == (entry["primary"] == "here")
    assert ("load_balance_percent" in entry) == (entry["primary"] == "here" and entry["mode"] == "load_balance")


@pytest.mark.parametrize(
    ("relationship", "shown"),
    [
        (
            builders.relationship(scopes=["10.0.1.0"], state_switch_interval=60),
            {"mode": "load_balance", "load_balance_percent": 50, "reserve_percent": None, "server_role": None},
        ),
        (
            builders.hot_standby(),
            {"mode": "hot_standby", "load_balance_percent": None, "reserve_percent": 5, "server_role": "active"},
        ),
    ],
)
def test_info_shows_every_setting_and_null_for_those_of_the_other_mode(
    relationship: Relationship, shown: dict[str, object]
) -> None:
    result = render.relationship_result(relationship)
    assert {field: result[field] for field in shown} == shown
    assert set(shown) & set(render.settings(relationship)) == {field for field in shown if shown[field] is not None}
