# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What came of asking a server, as rows: the connection, the script, and what it shows of itself."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import lab_client
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import ClockOffset
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import server_checks
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.checklist import FAIL, PASS, UNKNOWN
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.server_checks import HalfSeen, Look
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import check_reads
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.check_reads import OwnAnswers
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import Heard, RemoteFailure
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import ReplyObject
from pairs import Pair, pair

LOOK = Look("DHCP01", "dhcp01.example", ("10.0.0.1",), "CONTOSO\\admin")


def said_by(servers: Pair, server: str = "DHCP01") -> OwnAnswers:
    return check_reads.own_answers(lab_client.remote(servers.lab, server).read(check_reads.own_reads()).before)


def shown(servers: Pair) -> dict[str, str]:
    return {row.id: row.status for row in server_checks.of_own("dhcp01", said_by(servers))}


def seeing(said: OwnAnswers, **properties: Any) -> OwnAnswers:
    """The session has other properties."""
    session = said.session
    return replace(
        said, who=replace(said.who, objects=(ReplyObject(session.place, {**session.properties, **properties}),))
    )


# --- the connection --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heard", [Heard.NOTHING, Heard.NOT_ASKED])
def test_a_port_that_does_not_answer(heard: Heard) -> None:
    (row,) = server_checks.not_reached("dhcp01", "timed out", heard, "TCP 5985 of dhcp01 does not answer")
    assert (row.id, row.status, row.evidence) == ("port", FAIL, "TCP 5985 of dhcp01 does not answer: timed out")
    assert "ansible_port" in row.cure
    assert "firewalls" in row.cure


@pytest.mark.parametrize(("heard", "status"), [(Heard.ANSWER, PASS), (None, UNKNOWN)])
def test_a_logon_that_is_refused(heard: Heard | None, status: str) -> None:
    port, logon = server_checks.not_reached("dhcp01", "rejected", heard, "it answers")
    assert (port.id, port.status) == ("port", status)
    assert (logon.id, logon.status, logon.evidence) == ("logon", FAIL, "rejected")
    assert "ansible_user and ansible_password" in logon.cure


def test_a_session_is_both() -> None:
    assert [(row.id, row.status) for row in server_checks.reached("dhcp01", "")] == [("port", PASS), ("logon", PASS)]


def test_a_script_that_did_not_run() -> None:
    failure = RemoteFailure("it printed nonsense.")
    (row,) = server_checks.script_failed("dhcp01", failure)
    assert (row.id, row.status, row.evidence) == ("powershell", FAIL, "it printed nonsense.")
    assert "ansible_become_user" in row.cure
    failure.status, failure.told = "no_module", ("no module", "install it")
    powershell, role = server_checks.script_failed("dhcp01", failure)
    assert (powershell.id, powershell.status) == ("powershell", PASS)
    assert (role.id, role.status, role.evidence, role.cure) == ("role", FAIL, "no module", "install it")


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_a_server_that_is_well() -> None:
    assert set(shown(pair()).values()) == {PASS}
    assert len(shown(pair())) == 9


@pytest.mark.parametrize(
    ("field", "value", "id_", "status"),
    [
        ("service", "stopped", "service", FAIL),
        ("authorized", False, "authorised", FAIL),
        ("management_api", False, "api", FAIL),
        ("os", "6.1.7601", "version", FAIL),
    ],
)
def test_what_is_wrong_with_a_server(field: str, value: Any, id_: str, status: str) -> None:
    servers = pair()
    setattr(servers.server("DHCP01"), field, value)
    rows = shown(servers)
    assert rows[id_] == status
    assert [one for one, other in rows.items() if other != PASS] == [id_]


def test_outside_of_a_domain_nothing_has_to_be_authorised() -> None:
    servers = pair()
    servers.server("DHCP01").authorized = servers.server("DHCP01").domain_joined = False
    assert shown(servers)["authorised"] == PASS


@pytest.mark.parametrize(
    ("cmdlet", "error", "id_", "status"),
    [
        ("Get-DhcpServerv4Scope", "DHCP 20017", "service", FAIL),
        ("Get-DhcpServerv4Scope", "DHCP 20121", "rights", FAIL),
        ("Get-DhcpServerv4Scope", "DHCP 20013", "rights", UNKNOWN),
        ("Get-DhcpServerVersion", "DHCP 20013", "version", UNKNOWN),
        ("Get-DhcpServerSetting", "DHCP 20013", "authorised", UNKNOWN),
    ],
)
def test_what_one_answer_says(cmdlet: str, error: str, id_: str, status: str) -> None:
    servers = pair()
    servers.lab.fail_next("DHCP01", cmdlet, error)
    rows = shown(servers)
    assert rows[id_] == status
    assert [one for one, other in rows.items() if other != PASS] == [id_]


def test_an_api_that_is_denied_is_not_known() -> None:
    said = said_by(pair())
    answer = replace(said.api, errors=(replace(said.api.errors[0], id="WIN32 5"),))
    assert server_checks.api("dhcp01", answer, "dhcp01").status == UNKNOWN


@pytest.mark.parametrize(("version", "status"), [("5.1.20348.2227", PASS), ("4.0", FAIL), ("7.4.6", PASS), ("?", PASS)])
def test_the_version_of_powershell(version: str, status: str) -> None:
    rows = list(server_checks.of_own("dhcp01", seeing(said_by(pair()), powershell=version)))
    assert rows[0].status == status
    assert rows[0].evidence.startswith(version if status == PASS else f"PowerShell {version}")


@pytest.mark.parametrize(("number", "status"), [(0, PASS), (30, PASS), (31, FAIL)])
def test_room_for_one_more(number: int, status: str) -> None:
    assert server_checks.room("dhcp01", number).status == status


# --- what is kept of it ----------------------------------------------------------------------------------------------


def test_a_look_travels_as_plain_data() -> None:
    servers = pair()
    seen = server_checks.look(said_by(servers), "dhcp01", True, ClockOffset(), {"HQ": "dhcp02"})
    assert (seen.name, seen.host_name, seen.addresses) == ("DHCP01", "dhcp01.contoso.example", ("10.10.0.11",))
    assert [(half.name, half.host, half.state) for half in seen.halves] == [("HQ", "dhcp02", "Normal")]
    assert Look.read(json.loads(json.dumps(seen.public()))) == seen
    assert Look.read(json.loads(json.dumps(LOOK.public()))) == LOOK


def test_relationships_that_are_not_told_are_none() -> None:
    servers = pair()
    servers.lab.fail_next("DHCP01", "Get-DhcpServerv4Failover", "WIN32 5")
    assert server_checks.halves_of(said_by(servers), "dhcp01") == ()


@pytest.mark.parametrize(
    ("user", "other", "same"),
    [
        ("CONTOSO\\admin", "contoso\\ADMIN", True),
        ("CONTOSO\\admin", "CONTOSO\\other", False),
        ("CONTOSO\\admin", "FABRIKAM\\admin", False),
        ("DHCP01\\admin", "DHCP02\\admin", True),
        ("DHCP01\\admin", "CONTOSO\\admin", False),
        ("DHCP01\\admin", "DHCP02\\other", False),
    ],
)
def test_whether_two_sessions_are_one_account(user: str, other: str, same: bool) -> None:
    assert replace(LOOK, user=user).is_logged_on_as(replace(LOOK, name="DHCP02", user=other)) is same


def test_a_half_has_no_host_where_the_inventory_has_none() -> None:
    assert HalfSeen("HQ", ("dhcp09",), "Normal").host is None
