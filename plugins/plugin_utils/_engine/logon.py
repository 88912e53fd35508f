# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a connection of Ansible tells of the logon that it makes on the server."""

from __future__ import annotations

from typing import Any

# the password is on the server then, and can be used there; of Kerberos nobody knows whether the ticket could be
# forwarded
_HOLDING = frozenset({"basic", "plaintext", "ssl", "credssp"})


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
