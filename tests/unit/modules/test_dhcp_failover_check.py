# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_check: a server asked about itself and its partners; whatever comes of it is a finding."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import tcp_port
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import Heard
from checked import BROKEN, CHECK, DATA, HOSTS, WAY, checked, row, statuses, well
from pairs import Pair


def test_it_writes_nothing_and_takes_one_command() -> None:
    servers = well()
    with servers.unchanged():
        result = servers.run(CHECK)
    assert (result["changed"], result["remote_calls"]) == (False, 1)
    assert {one["status"] for one in result["rows"]} == {"PASS"}
    assert result["look"]["user"] == "DHCP01\\admin"


def test_check_mode_finds_the_same() -> None:
    servers = well()
    ahead, found = (servers.run(CHECK, check_mode=mode) for mode in (True, False))
    assert ahead["rows"] == found["rows"]


def test_hosts_and_variable_belong_together() -> None:
    with pytest.raises(AnsibleError, match="hosts, variable"):
        well().run(CHECK, hosts=list(HOSTS))


def test_partners_are_asked_in_one_command_by_the_names_that_they_have() -> None:
    servers = well()
    report = checked(servers, data=DATA)
    asked = servers.wire.hostvars["dhcp01"]["asked"]
    assert (asked["remote_calls"], asked["ways"]) == (1, [["dhcp01", "dhcp02"]])
    assert asked["declared"] == [
        {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02", "partner_server": "dhcp02.contoso.example"}
    ]
    assert row(report, "name", WAY)["evidence"] == "dhcp02.contoso.example = 10.10.0.12"


def test_a_server_that_cannot_be_reached_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    servers = well()

    def gone(_server: str, _arguments: Any) -> Any:
        raise AnsibleConnectionFailure("timed out")

    servers.wire.execute = gone  # type: ignore[method-assign, assignment]
    result = servers.run(CHECK)
    assert not result.get("failed")
    assert [(one["id"], one["status"]) for one in result["rows"]] == [("port", "unknown"), ("logon", "FAIL")]
    assert result["look"] is None
    monkeypatch.setattr(tcp_port, "is_plain", lambda _connection: True)
    monkeypatch.setattr(
        tcp_port, "listen", lambda _connection, _attempts: (Heard.NOTHING, errno.errorcode[errno.ETIMEDOUT])
    )
    (port,) = servers.run(CHECK)["rows"]
    assert (port["id"], port["status"], port["evidence"]) == ("port", "FAIL", "ETIMEDOUT: timed out")


def test_a_server_that_goes_away_between_two_looks() -> None:
    servers = well()
    plain, calls = servers.wire.execute, list[str]()

    def execute(server: str, arguments: Any) -> Any:
        calls.append(server)
        if len(calls) > 2:
            raise AnsibleConnectionFailure("timed out")
        return plain(server, arguments)

    servers.wire.execute = execute  # type: ignore[method-assign]
    report = checked(servers)
    assert statuses(report, "FAIL") == {("logon", "dhcp01"), ("logon", "dhcp02")}
    assert ("rpc", WAY) in statuses(report, "unknown")


def test_an_answer_that_cannot_be_read_is_a_finding() -> None:
    servers = well()
    plain = servers.wire.execute

    def execute(server: str, arguments: Any) -> Any:
        answer: Any = plain(server, arguments)
        next(one for one in answer["reply"]["before"] if one["id"] == "who")["objects"] = []
        return answer

    servers.wire.execute = execute  # type: ignore[method-assign]
    result = servers.run(CHECK)
    (found,) = [one for one in result["rows"] if one["status"] == "FAIL"]
    assert found["id"] == "powershell"
    assert "answered 0 objects where it is one" in found["evidence"]


def test_a_partner_that_is_named_by_hand() -> None:
    report = checked(Pair(), ["dhcp01"], named="dhcp02.contoso.example")
    assert statuses(report, "FAIL") == set()
    assert ("hop", "dhcp01 -> dhcp02.contoso.example") in statuses(report, "PASS")
    assert row(report, "version", "dhcp02.contoso.example")["status"] == "PASS"
    assert row(report, "logon", "dhcp02.contoso.example")["status"] == "unknown"


def test_of_a_server_without_a_partner_that_is_said() -> None:
    report = checked(Pair(), ["dhcp01"])
    assert row(report, "name", "dhcp01 -> nobody")["status"] == "unknown"
    assert "failover_partner" in row(report, "name", "dhcp01 -> nobody")["cure"]


@pytest.mark.parametrize("kind", ["logon", "powershell", "role"])
def test_the_data_is_not_tried_where_the_partner_cannot_be_asked(kind: str) -> None:
    servers = well()
    BROKEN[kind].plant(servers)
    checked(servers, data=DATA)
    assert servers.wire.hostvars["dhcp01"]["asked"]["tries_data"] is False
