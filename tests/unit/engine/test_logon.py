# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a connection tells of the logon that it makes: whether it is known to go on to a second server."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import logon


def become(name: str, password: str | None) -> Any:
    return SimpleNamespace(name=name, get_option={"become_pass": password}.get)


@pytest.mark.parametrize(
    ("connection", "known"),
    [
        ({"become": become("runas", "p"), "transport": "ssh"}, True),
        ({"become": become("runas", None), "transport": "winrm", "_winrm_transport": ["credssp"]}, False),
        ({"transport": "winrm", "_winrm_transport": ["ssl"]}, True),
        ({"transport": "winrm", "_winrm_transport": ["credssp"]}, True),
        ({"transport": "winrm", "_winrm_transport": ["ntlm"]}, False),
        ({"transport": "winrm", "_winrm_transport": ["kerberos", "basic"]}, False),
        ({"transport": "winrm", "_winrm_transport": None}, False),
        ({"transport": "psrp", "get_option": {"auth": "credssp"}.get}, True),
        ({"transport": "psrp", "get_option": {"auth": "negotiate"}.get}, False),
        ({"transport": "ssh"}, False),
    ],
)
def test_a_logon_that_holds_its_password_goes_on(connection: Mapping[str, Any], known: bool) -> None:
    assert logon.goes_on(SimpleNamespace(**{"become": None, **connection})) is known
