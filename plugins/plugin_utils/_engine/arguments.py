# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Argument specs that several modules share. Their documentation stands in the doc fragments; a test compares both."""

from __future__ import annotations

from typing import Any

from .._model import task_options
from .._model.failover_states import MAY_BE_ALLOWED
from .._model.relationship_settings import DECLARED

# the options of a relationship, at the top level of dhcp_failover_relationship and inside create_relationship
RELATIONSHIP: dict[str, Any] = {
    "partner_server": {"type": "str"},
    **{setting.option: setting.argument for setting in DECLARED},
}

WAITING: dict[str, Any] = {
    "wait_for_normal": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 180},
    "allow_state": {"type": "list", "elements": "str", "choices": MAY_BE_ALLOWED, "default": []},
}

PARTNER: dict[str, Any] = {
    "partner_host": {"type": "str"},
    "allow_clock_skew": {"type": "bool", "default": False},
}

# scopes that leave a relationship
REMOVAL: dict[str, Any] = {
    "keep_scopes_on": {"type": "str", "choices": ["this_server", "partner"]},
    "other_copy": {"type": "str", "choices": list(task_options.OTHER_COPY)},
    "orphan": {"type": "str", "choices": ["refuse", "remove_here"], "default": "refuse"},
    "partner_is_off": {"type": "bool", "default": False},
    "allow_content_loss": {"type": "bool", "default": False},
    "max_removals_percent": {"type": "int"},
}

# scopes that are created before they join one, at the top level of dhcp_failover_scope
CREATE_SCOPES: dict[str, Any] = {
    "create_scopes": {
        "type": "list",
        "elements": "dict",
        "options": {
            **{
                name: {"type": "str", "required": True}
                for name in ("scope_id", "start_range", "end_range", "subnet_mask", "name")
            },
            "description": {"type": "str"},
            "lease_duration": {"type": "str"},
            "state": {"type": "str", "choices": ["active", "inactive"], "default": "active"},
            "delay": {"type": "int"},
            "router": {"type": "list", "elements": "str"},
            "dns_servers": {"type": "list", "elements": "str"},
            "dns_domain": {"type": "str"},
            "options": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "id": {"type": "int", "required": True},
                    "value": {"type": "list", "elements": "str", "required": True},
                    "vendor_class": {"type": "str"},
                    "user_class": {"type": "str"},
                },
            },
            "exclusions": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "start_range": {"type": "str", "required": True},
                    "end_range": {"type": "str", "required": True},
                },
            },
            "reservations": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "ip": {"type": "str", "required": True},
                    "client_id": {"type": "str", "required": True},
                    "name": {"type": "str"},
                    "description": {"type": "str"},
                    "type": {"type": "str", "choices": ["Dhcp", "Bootp", "Both"]},
                },
            },
        },
    },
}

# scopes that join one
JOINING: dict[str, Any] = {
    "replace_partner_copy": {"type": "str", "choices": ["never", "inactive_only"], "default": "never"},
}

UPDATE_SECRET = list(task_options.UPDATE_SECRET)
RECREATE = list(task_options.RECREATE)

SAFETY_COPY: dict[str, Any] = {
    "safety_copy": {"type": "bool", "default": True},
    "safety_copy_days": {"type": "int", "default": 0},
}
