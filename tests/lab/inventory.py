# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How Ansible reaches a running lab."""

from __future__ import annotations

from typing import Any


def inventory(ready: dict[str, Any]) -> dict[str, Any]:
    """An Ansible inventory from what LabService.ready() gives. It holds the passwords."""
    hosts = {
        name.lower(): {
            "ansible_host": server["host"],
            "ansible_port": server["port"],
            "ansible_user": server["user"],
            "ansible_password": server["password"],
        }
        for name, server in ready["servers"].items()
    }
    connection = {
        "ansible_connection": "winrm",
        "ansible_winrm_transport": "basic",
        "ansible_winrm_scheme": "http",
    }
    return {"dhcp_servers": {"hosts": hosts, "vars": connection}}
