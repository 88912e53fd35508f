# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How Ansible reaches a running lab."""

from __future__ import annotations

from typing import Any

from lab import transports


def inventory(ready: dict[str, Any], transport: str = transports.DEFAULT) -> dict[str, Any]:
    """An Ansible inventory from what LabService.ready() gives, for one transport. It holds the passwords.

    Servers that do not offer the transport are left out.
    """
    hosts = {
        name.lower(): {
            "ansible_host": server["host"],
            "ansible_port": server["ports"][transport],
            "ansible_user": server["user"],
            "ansible_password": server["password"],
        }
        for name, server in ready["servers"].items()
        if transport in server["ports"]
    }
    if transport == "ssh":  # a password beside the key would make Ansible look for sshpass
        for host in hosts.values():
            del host["ansible_password"]
    return {"dhcp_servers": {"hosts": hosts, "vars": _connection(ready, transport) if hosts else {}}}


def _connection(ready: dict[str, Any], transport: str) -> dict[str, Any]:
    if transport == "psrp":
        return {
            "ansible_connection": "psrp",
            "ansible_psrp_protocol": "http",
            "ansible_psrp_auth": "ntlm",
            "ansible_psrp_message_encryption": "always",
        }
    if transport == "ssh":
        return {
            "ansible_connection": "ssh",
            "ansible_shell_type": "powershell",
            "ansible_ssh_private_key_file": ready["ssh"]["key"],
            "ansible_ssh_common_args": "-F none -o IdentitiesOnly=yes -o "
            f"UserKnownHostsFile={ready['ssh']['known_hosts']}",
        }
    winrm = {"ansible_connection": "winrm", "ansible_winrm_scheme": "https" if transport == "https" else "http"}
    if transport == "ntlm":
        return winrm | {"ansible_winrm_transport": "ntlm", "ansible_winrm_message_encryption": "always"}
    if transport == "https":
        return winrm | {"ansible_winrm_transport": "basic", "ansible_winrm_ca_trust_path": ready["ca"]}
    return winrm | {"ansible_winrm_transport": "basic"}
