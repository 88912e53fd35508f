# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a server writes of a site's data, as the list of its relationships, and what it has beyond them."""

from __future__ import annotations

from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server_list import extra_list, server_list

DATA: list[dict[str, Any]] = [
    {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02", "shared_secret": "its own"},
    {"name": "Far", "primary": "dhcp01", "partner": "dhcp03"},
    {"name": "Open", "primary": "dhcp01", "partner": "dhcp03", "enable_auth": False},
    {"name": "Old", "primary": "dhcp01", "partner": "dhcp03", "state": "absent"},
]
SITE: dict[str, Any] = {
    "writes": [{key: value for key, value in entry.items() if key != "shared_secret"} for entry in DATA],
    "secret_entries": {"HQ": 0},
    "with_secret": ["HQ", "Far", "Old"],
}


def test_each_entry_gets_its_secret_and_its_partners_host() -> None:
    assert server_list(SITE, DATA, "for all") == [
        {"name": "HQ", "partner_host": "dhcp02", "shared_secret": "its own"},
        {"name": "Far", "partner_host": "dhcp03", "shared_secret": "for all"},
        {"name": "Open", "partner_host": "dhcp03", "enable_auth": False},
        {"name": "Old", "partner_host": "dhcp03", "state": "absent"},
    ]


def test_or_no_host_where_the_controller_does_not_reach_them() -> None:
    assert [entry.get("partner_host") for entry in server_list(SITE, DATA, "for all", own=False)] == [None] * 4


def test_what_is_there_and_not_declared_is_a_line_each() -> None:
    extra = {"relationships": ["Old"], "scopes": {"HQ": ["10.10.9.0"]}}
    assert extra_list({"extra": extra}) == [
        "relationship 'Old' is there, and in no entry",
        "'HQ' also has 10.10.9.0, which its entry does not list",
    ]
    assert extra_list({"skipped": True}) == []
