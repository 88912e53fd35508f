# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What check mode takes for there already: what earlier tasks of the play would have created."""

from __future__ import annotations

from dataclasses import replace

import builders
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import pending


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
    (ahead,) = pending.overlay(server, created).relationships
    assert (ahead.name, ahead.partner_server, ahead.enable_auth, [str(scope) for scope in ahead.scopes]) == (
        "HQ",
        "dhcp02",
        True,
        ["10.0.1.0"],
    )
    there = replace(server, relationships=(builders.relationship(),))
    assert pending.overlay(there, created) == there
