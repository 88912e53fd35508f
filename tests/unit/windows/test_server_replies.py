# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a server answers as values, and what of it cannot be taken for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import Any

import lab_client
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import cmdlets, kept_files, server_replies
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import UnexpectedReply
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_elements import Export
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import RemoteError
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import Result
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import Remote
from lab import topology
from lab.core.lab import Lab

CLIENTS, PRINTERS = IPv4Address("10.10.10.0"), IPv4Address("10.10.30.0")
NOW = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)

RELATIONSHIP = {
    "Name": "HQ",
    "PartnerServer": "dhcp02",
    "Mode": "LoadBalance",
    "LoadBalancePercent": 50,
    "ReservePercent": None,
    "ServerRole": None,
    "MaxClientLeadTime": 3600,
    "StateSwitchInterval": None,
    "AutoStateTransition": False,
    "EnableAuth": True,
    "State": "Normal",
    "ScopeId": [],
}


def answers(relationship: dict[str, Any] | None = None, **results: dict[str, Any]) -> list[Result]:
    """What a server of the lab answers to the reads, with this relationship, or other results."""
    lab = topology.load(topology.TOPOLOGIES / "company.yml")
    execute = lab_client.remote(lab)._execute

    def changed(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        reply = execute(arguments)
        for result in reply["reply"]["before"]:
            if result["id"] == "failover" and relationship is not None:
                result["objects"] = [relationship]
            result.update(results.get(result["id"], {}))
        return reply

    return list(Remote(changed, "dhcp01", check_mode=False).read(server_replies.reads()).before)


def failing(error_id: str) -> dict[str, Any]:
    return {"objects": [], "errors": [{"id": error_id, "category": "X", "target": "", "message": "Fehler"}]}


@pytest.mark.parametrize("error_id", ["WIN32 259", "DHCP 20115", "WIN32 2"])
def test_no_relationship_at_all_is_no_error(error_id: str) -> None:
    assert (
        server_replies.parse(answers(failover=failing(f"{error_id},Get-DhcpServerv4Failover")), "dhcp01").relationships
        == ()
    )


@pytest.mark.parametrize(
    ("automatic", "interval", "shown"),
    [(False, None, 0), (False, 600, 0), (None, None, 0), (True, 600, 600), (True, None, 3600), (True, 0, 3600)],
)
def test_automatic_transition_that_is_on_is_never_shown_as_off(
    automatic: bool | None, interval: int | None, shown: int
) -> None:
    reply = answers({**RELATIONSHIP, "AutoStateTransition": automatic, "StateSwitchInterval": interval})
    assert server_replies.parse(reply, "dhcp01").relationships[0].state_switch_interval == shown


@pytest.mark.parametrize("interval", [None, 600])
def test_whether_transition_is_automatic_is_always_read(interval: int | None) -> None:
    reply = answers({**RELATIONSHIP, "AutoStateTransition": "maybe", "StateSwitchInterval": interval})
    with pytest.raises(UnexpectedReply, match="AutoStateTransition is 'maybe', and neither true nor false"):
        server_replies.parse(reply, "dhcp01")


def test_denied_is_never_absent() -> None:
    with pytest.raises(RemoteError, match="access is denied on dhcp01 itself") as denied:
        server_replies.parse(answers(failover=failing("WIN32 5,Get-DhcpServerv4Failover")), "dhcp01")
    assert denied.value.ids == ["WIN32 5"]


@pytest.mark.parametrize("read", ["failover", "scopes"])
@pytest.mark.parametrize("error_id", ["WIN32 5", "WIN32 1722", "DHCP 20017", "DHCP 99999"])
def test_a_read_that_failed_is_an_error(read: str, error_id: str) -> None:
    with pytest.raises(RemoteError) as failed:
        server_replies.parse(answers(**{read: failing(f"{error_id},Get-X")}), "dhcp01")
    assert failed.value.ids == [error_id]


@pytest.mark.parametrize(
    "missing",
    [
        "Name",
        "Mode",
        "State",
        "MaxClientLeadTime",
        "AutoStateTransition",
        "EnableAuth",
        "ScopeId",
        "LoadBalancePercent",
    ],
)
def test_a_missing_property_is_an_error(missing: str) -> None:
    reply = {key: value for key, value in RELATIONSHIP.items() if key != missing}
    with pytest.raises(UnexpectedReply, match=f"no property {missing}"):
        server_replies.parse(answers(reply), "dhcp01")


def test_an_unexpected_property_is_ignored_and_those_of_2012_r2_may_miss() -> None:
    (reply,) = server_replies.parse(answers({**RELATIONSHIP, "Colour": "blue"}), "dhcp01").relationships
    assert (reply.name, reply.primary_server, reply.is_primary, reply.scopes) == ("HQ", None, None, ())


@pytest.mark.parametrize(
    ("name", "value"), [("Mode", "Ring"), ("LoadBalancePercent", None), ("MaxClientLeadTime", "1:00:00")]
)
def test_a_value_that_nobody_knows_is_an_error(name: str, value: Any) -> None:
    with pytest.raises(UnexpectedReply, match=name):
        server_replies.parse(answers({**RELATIONSHIP, name: value}), "dhcp01")


def test_scopes_are_sorted_as_numbers() -> None:
    (reply,) = server_replies.parse(
        answers({**RELATIONSHIP, "ScopeId": ["10.0.10.0", "10.0.9.0"]}), "dhcp01"
    ).relationships
    assert [str(result) for result in reply.scopes] == ["10.0.9.0", "10.0.10.0"]


def company() -> Lab:
    lab = topology.load(topology.TOPOLOGIES / "company.yml")
    lab.clock = NOW
    return lab


def results(lab: Lab, *operations: cmdlets.Operation) -> Any:
    return lab_client.remote(lab).read(operations).before


def exported(lab: Lab, leases: bool = False) -> Export:
    scopes = sorted(lab.servers["DHCP01"].scopes)
    return server_replies.exported(results(lab, cmdlets.export(scopes, leases=leases)), "dhcp01")


def test_a_copy_is_read_as_it_was_made() -> None:
    lab = company()
    remote = lab_client.remote(lab)
    ((copy,),) = (
        result.objects for result in remote.write([], "", [kept_files.safety_copy([CLIENTS, PRINTERS], "HQ/1")]).calls
    )
    path = copy.name("path")
    assert path.startswith("C:\\ProgramData\\windhcp.failover\\safety-copies\\DHCP01-HQ_1-20260301T080000Z-")
    assert (copy.number("bytes") > 100_000, copy.number("removed")) == (True, 0)
    read = server_replies.read_copy(remote.read([kept_files.read_copy(path)]).before, "dhcp01")
    whole = exported(lab, leases=True)
    assert set(read.scopes) == {CLIENTS, PRINTERS}
    assert read.leases == {scope: whole.leases[scope] for scope in read.scopes}
    assert (read.classes, read.definitions, read.version) == (whole.classes, whole.definitions, (10, 0))
    with pytest.raises(RemoteError, match=r"On dhcp01: there is no such safety copy .*Look in C:\\ProgramData"):
        server_replies.read_copy(remote.read([kept_files.read_copy(path + ".gone")]).before, "dhcp01")


def test_an_export_with_leases_does_not_change_when_a_lease_comes() -> None:
    lab = company()
    remote = lab_client.remote(lab)
    reads = [cmdlets.export([CLIENTS], leases=True)]
    first = remote.read(reads).fingerprint
    lab.servers["DHCP01"].scopes[CLIENTS].leases.popitem()
    assert remote.read(reads).fingerprint == first
    lab.servers["DHCP01"].scopes[CLIENTS].name = "Other"
    assert remote.read(reads).fingerprint != first
    without = remote.read([cmdlets.export([CLIENTS])]).fingerprint
    lab.servers["DHCP01"].scopes[CLIENTS].name = "Another"
    assert remote.read([cmdlets.export([CLIENTS])]).fingerprint != without
