# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from dataclasses import replace

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import pending
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


def test_a_fact_carries_the_definition_and_never_the_secret() -> None:
    options = {
        "partner_server": "dhcp02",
        "mode": None,
        "reserve_percent": 0,
        "shared_secret": "s3cret",
        "wait_timeout": 5,
    }
    facts = pending.remembering({}, "HQ", options, [])
    assert facts == {
        "HQ": {"options": {"partner_server": "dhcp02", "reserve_percent": 0, "enable_auth": True}, "scopes": []}
    }
    assert pending.options_of(facts, "HQ", {"reserve_percent": 9, "mode": None}) == {
        "partner_server": "dhcp02",
        "reserve_percent": 9,
        "enable_auth": True,
    }
    assert pending.options_of(facts, "Other", None) is None
    assert pending.forgetting(facts, "HQ") == {}


def test_check_mode_plans_on_what_earlier_tasks_would_have_created() -> None:
    server = builders.server()
    waiting = pending.remembering({}, "Waits", {"partner_server": "dhcp02"}, [])
    created = pending.remembering(waiting, "HQ", {"partner_server": "dhcp02", "shared_secret": "x"}, ["10.0.1.0"])
    (found,) = pending.overlay(server, created).relationships
    assert (found.name, found.partner_server, found.enable_auth, [str(one) for one in found.scopes]) == (
        "HQ",
        "dhcp02",
        True,
        ["10.0.1.0"],
    )
    there = replace(server, relationships=(builders.relationship(),))
    assert pending.overlay(there, created) == there
