# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Argument specs that several modules share. Their documentation stands in the doc fragments; a test compares both."""

from __future__ import annotations

from typing import Any

from .guards import PASSING, STATES

# the options of a relationship, at the top level of dhcp_failover_relationship and inside create_relationship
RELATIONSHIP: dict[str, Any] = {
    "partner_server": {"type": "str"},
    "mode": {"type": "str", "choices": ["load_balance", "hot_standby"]},
    "load_balance_percent": {"type": "int"},
    "reserve_percent": {"type": "int"},
    "server_role": {"type": "str", "choices": ["active", "standby"]},
    "max_client_lead_time": {"type": "str"},
    "state_switch_interval": {"type": "str"},
    "auto_state_transition": {"type": "bool"},
    "shared_secret": {"type": "str", "no_log": True},
    "enable_auth": {"type": "bool"},
}

WAITING: dict[str, Any] = {
    "wait_for_normal": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 180},
    "allow_state": {"type": "list", "elements": "str", "choices": sorted(STATES - PASSING - {"Normal"}), "default": []},
}

PARTNER: dict[str, Any] = {
    "partner_host": {"type": "str"},
    "allow_clock_skew": {"type": "bool", "default": False},
}
