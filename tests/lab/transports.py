# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The ways in that a simulated server may offer, as a topology names them.

    winrm   WinRM over HTTP with Basic authentication
    https   WinRM over HTTPS with Basic authentication, the certificate from the lab's own authority
    ntlm    WinRM over HTTP with NTLM and encrypted messages
    psrp    PowerShell Remoting over HTTP with NTLM and encrypted messages
    ssh     OpenSSH with a key, one command each time

ntlm, psrp and ssh give a session without credentials for a second server, whatever the account: a network logon (M
SCOPEAPI) and a logon with a key (C ANSIBLE, "Windows SSH") have none to pass on."""

from __future__ import annotations

from collections.abc import Iterable

NAMES = ("winrm", "https", "ntlm", "psrp", "ssh")
DEFAULT = "winrm"
BASIC, NTLM = "basic", "ntlm"
_HTTP = {"winrm": BASIC, "ntlm": NTLM, "psrp": NTLM}


def http_methods(transports: Iterable[str]) -> frozenset[str]:
    """How the HTTP port authenticates; nothing: it is closed."""
    return frozenset(_HTTP[one] for one in transports if one in _HTTP)
