# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a connection of Ansible tells before it is used: whether it leads to Windows, and whether its logon goes on."""

from __future__ import annotations

from typing import Any

from .._model.refusal import Refused

# the password is on the server then, and can be used there; of Kerberos nobody knows whether the ticket could be
# forwarded
_HOLDING = frozenset({"basic", "plaintext", "ssl", "credssp"})


def check_shell(connection: Any, host: str, option: str = "") -> None:
    """Raises Refused for a connection that cannot lead to a Windows server: the controller itself, mostly."""
    if not getattr(connection._shell, "_IS_WINDOWS", False):
        raise Refused(
            f"{option}the connection to {host} ({connection.transport}) does not lead to a Windows shell. It has to be "
            "a DHCP server (in a play of another host: delegate_to) with ansible_connection winrm or psrp, or ssh and "
            "ansible_shell_type: powershell."
        )


def goes_on(connection: Any) -> bool:
    """Whether it is known to reach a second server, once the connection was made. Where it is not known: false."""
    if connection.become is not None:
        return connection.become.name == "runas" and bool(connection.become.get_option("become_pass"))
    if connection.transport == "winrm":
        tried = connection._winrm_transport or ()
    elif connection.transport == "psrp":
        tried = [connection.get_option("auth")]
    else:
        return False
    return bool(tried) and set(tried) <= _HOLDING
