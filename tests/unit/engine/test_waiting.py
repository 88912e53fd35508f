# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a change of the secret does to the state for a while is waited out after the write, and is an error when it
stays."""

from __future__ import annotations

from typing import Any

import pytest
from pairs import RELATIONSHIP, THREE, Pair, pair

NEW_SECRET: dict[str, Any] = {
    "name": "HQ",
    "shared_secret": "{{ vault }}",
    "update_secret": "always",
    "wait_timeout": 1,
}


@pytest.mark.parametrize("polls", [0, 1, 3])
@pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])
def test_a_connection_that_comes_back_is_waited_for(polls: int, route: dict[str, str]) -> None:
    servers = pair(secret_change_polls=polls)
    secret = {**NEW_SECRET, "wait_timeout": 10, **route}
    assert servers.ok(RELATIONSHIP, **secret)["relationship"]["state"] == "Normal"
    off = servers.ok(RELATIONSHIP, name="HQ", enable_auth=False, wait_timeout=10, **route)
    assert off["relationship"]["state"] == "Normal"
    more = servers.ok(RELATIONSHIP, **secret, scopes=["10.0.3.0"])
    assert [step["step"].split(" ")[0] for step in more["plan"]] == ["modify", "add"]
    assert THREE in servers.server("DHCP02").relationships["HQ"].scopes


def cut_by_the_write() -> Pair:
    """The link between the two breaks with the write, and stays so."""
    servers = pair()
    execute = servers.wire.execute

    def cutting(server: str, arguments: Any) -> Any:
        if '"calls"' in arguments["request"]:
            servers.lab.switches = servers.lab.switches.with_answer("secret_change_polls", 10**9)
        return execute(server, arguments)

    servers.wire.execute = cutting  # type: ignore[method-assign]
    return servers


def test_one_that_does_not_is_an_error_after_the_grace() -> None:
    result = cut_by_the_write().run(RELATIONSHIP, **NEW_SECRET)
    assert result["failed"]
    assert result["changed"]
    assert "windhcp.wait_refused: State is 'CommunicationInterrupted'." in result["msg"]


@pytest.mark.parametrize("more", [{"allow_state": ["CommunicationInterrupted"]}, {"wait_for_normal": False}], ids=str)
def test_who_says_so_does_not_wait(more: dict[str, Any]) -> None:
    result = cut_by_the_write().ok(RELATIONSHIP, **{**NEW_SECRET, **more, "wait_timeout": 600})
    assert result["relationship"]["state"] == "CommunicationInterrupted"


def test_before_a_write_it_is_refused_at_once() -> None:
    servers = pair()
    servers.lab.set_state("DHCP01", "HQ", "CommunicationInterrupted")
    message = servers.refused(RELATIONSHIP, name="HQ", load_balance_percent=70, wait_timeout=600)
    assert "is in state CommunicationInterrupted" in message


def test_the_grace_goes_along_to_the_other_connection() -> None:
    """The partner can still show what the change on this server did to it."""
    two = pair()
    two.ok(RELATIONSHIP, **NEW_SECRET)
    two.lab.switches = two.lab.switches.with_answer("secret_change_polls", 4)
    own = {"name": "HQ", "wait_timeout": 5, "wait_for_normal": False, "partner_host": "dhcp02"}
    assert two.ok(RELATIONSHIP, **own, load_balance_percent=70)["changed"]
    assert two.server("DHCP02").relationships["HQ"].percentage != 50
