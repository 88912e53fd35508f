# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Exports that lack leases, which Windows does not tell, stop a removal; and whatever is exported names its scopes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import Any

import pytest
from lab import topology
from lab.core.api import Outcome, Session
from lab.core.lab import Lab
from nothing_lost.task import Wire, perform
from nothing_lost.watched import held

CLIENTS, PRINTERS = "10.10.10.0", "10.10.30.0"
SCOPE = IPv4Address(CLIENTS)
PAIR = {"name": "HQ", "partner_server": "DHCP02"}
REMOVAL = {
    "relationship": "HQ",
    "scopes": [CLIENTS],
    "state": "absent",
    "keep_scopes_on": "this_server",
    "other_copy": "delete",
}


class Lively(Lab):
    """A client comes to every scope between any two looks at it."""

    number = 0

    def invoke(
        self, session: Session, cmdlet: str, parameters: Mapping[str, Any], files: Mapping[str, bytes] | None = None
    ) -> Outcome:
        outcome = super().invoke(session, cmdlet, parameters, files)
        scope = self.servers["DHCP02"].scopes.get(SCOPE)
        if scope is not None and cmdlet in ("Export-DhcpServer", "Get-DhcpServerv4Lease"):
            self.number += 1
            lease = next(iter(scope.leases.values()))
            for server in self.servers.values():
                address = IPv4Address(int(SCOPE) + 1 + self.number % 8)
                server.scopes[SCOPE].leases[address] = replace(
                    lease, ip=address, client_id=f"02-00-00-00-{self.number:04x}"
                )
        return outcome


class Forgetful(Lab):
    """No safety copy holds a lease."""

    def invoke(
        self, session: Session, cmdlet: str, parameters: Mapping[str, Any], files: Mapping[str, bytes] | None = None
    ) -> Outcome:
        if "safety-copies" in str(parameters.get("File")):
            self.break_lease_export("DHCP02", SCOPE)
        return super().invoke(session, cmdlet, parameters, files)


def pair(kind: type[Lab] = Lab) -> Wire:
    lab = topology.load(topology.TOPOLOGIES / "company.yml")
    lab.clock = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
    wire = Wire(kind(servers=lab.servers, clock=lab.clock))
    assert "msg" not in perform(wire, "dhcp_failover_relationship", {**PAIR, "scopes": [CLIENTS, PRINTERS]})
    return wire


def writes(wire: Wire) -> list[str]:
    return [
        entry.cmdlet
        for entry in wire.lab.audit.entries
        if entry.kind == "cmdlet" and entry.write and entry.cmdlet != "Export-DhcpServer"
    ]


@pytest.mark.parametrize("partner", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])
@pytest.mark.parametrize("kept", [0, 50], ids=["all missing", "breaks off"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_leases_that_an_export_of_the_copy_that_goes_lacks_stop_the_removal(
    partner: dict[str, str], kept: int, check_mode: bool
) -> None:
    wire = pair()
    before, written = held(wire.lab), writes(wire)
    wire.lab.break_lease_export("DHCP02", SCOPE, leases=kept, times=99)
    failed = perform(wire, "dhcp_failover_scope", {**REMOVAL, **partner}, check_mode=check_mode)
    assert [
        part in failed["msg"] for part in ("windhcp.incomplete_copy", CLIENTS, "10.10.10.", f"{120 - kept} leases")
    ] == [True] * 4
    assert (writes(wire), held(wire.lab), failed["changed"]) == (written, before, False)
    assert failed["msg"].startswith("On dhcp02: " if partner else "On dhcp01 asking DHCP02: ")
    assert f"event log on {'dhcp02' if partner else 'DHCP02'}" in failed["msg"]
    assert "orphan" not in failed["msg"]  # a partner that answers is not gone


def test_a_safety_copy_that_lacks_leases_does_not_stay_and_nothing_is_deleted() -> None:
    wire = pair(Forgetful)
    before = held(wire.lab)
    failed = perform(wire, "dhcp_failover_scope", REMOVAL)
    assert [part in failed["msg"] for part in ("windhcp.incomplete_copy", "120 leases of scope 10.10.10.0")] == [
        True,
        True,
    ]
    assert held(wire.lab) == before
    assert [path for files in wire.files.values() for path in files.paths() if path.endswith(".xml")] == []


def test_an_export_that_lacks_leases_by_the_time_of_the_write_is_named() -> None:
    wire = pair()
    before, request = held(wire.lab), wire.execute

    def broken(server: str, arguments: Any) -> Any:
        if '"safety_copy"' in arguments["request"]:
            wire.lab.break_lease_export("DHCP02", SCOPE, times=99)
        return request(server, arguments)

    wire.execute = broken  # type: ignore[method-assign]
    failed = perform(wire, "dhcp_failover_scope", REMOVAL)
    assert [part in failed["msg"] for part in ("windhcp.incomplete_copy", "Nothing was changed")] == [True, True]
    assert held(wire.lab) == before


@pytest.mark.parametrize("times", [1, 2])
def test_what_is_complete_when_it_is_looked_at_again_is_no_reason_to_stop(times: int) -> None:
    wire = pair()
    wire.lab.break_lease_export("DHCP02", SCOPE, times=times)
    done = perform(wire, "dhcp_failover_scope", REMOVAL, check_mode=True)
    assert (done.get("msg"), len(done["removals"])) == (None, 1)
    assert done["removals"][0]["differences"] == []


def test_a_lease_cmdlet_that_fails_is_tried_again_and_then_named() -> None:
    wire = pair()
    for _attempt in range(3):
        wire.lab.fail_next("DHCP02", "Get-DhcpServerv4Lease", "WIN32 1726")
    failed = perform(wire, "dhcp_failover_scope", REMOVAL, check_mode=True)
    assert "could not be listed: WIN32 1726,Get-DhcpServerv4Lease" in failed["msg"]
    wire.lab.fail_next("DHCP02", "Get-DhcpServerv4Lease", "WIN32 1726")
    assert "msg" not in perform(wire, "dhcp_failover_scope", REMOVAL, check_mode=True)


def test_clients_that_come_while_it_is_looked_at_are_no_reason_to_stop() -> None:
    wire = pair(Lively)
    assert "msg" not in perform(wire, "dhcp_failover_scope", REMOVAL, check_mode=True)
    assert wire.lab.number > 3  # type: ignore[attr-defined]


@pytest.mark.parametrize("partner", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])
def test_every_export_of_every_module_names_its_scopes(partner: dict[str, str]) -> None:
    """Without -ScopeId Windows exports the whole server, IPv6 included: slow, and an error anywhere in it counts."""
    wire = pair()
    lab = wire.lab
    lab.servers["DHCP02"].scopes[IPv4Address(PRINTERS)].name = "Other"
    tasks: list[tuple[str, dict[str, Any]]] = [
        ("dhcp_failover_info", {"gather": ["drift", "health"], **partner}),
        ("dhcp_failover_replicate", {"all": True, **partner}),
        ("dhcp_failover_replicate", {"relationship": "HQ", "force": True, **partner}),
        ("dhcp_failover_replicate", {"scopes": [CLIENTS], "force": True, **partner}),
        ("dhcp_failover_replicate", {"scopes": [CLIENTS], "force": True, "source": "partner", **partner}),
        ("dhcp_failover_relationship", {**PAIR, "load_balance_percent": 70, **partner}),
        ("dhcp_failover_scope", {**REMOVAL, "other_copy": "disable", **partner}),
        (
            "dhcp_failover_scope",
            {"relationship": "HQ", "scopes": [CLIENTS], "replace_partner_copy": "inactive_only", **partner},
        ),
        (
            "dhcp_failover_relationship",
            {"name": "HQ", "state": "absent", "max_removals_percent": 100, **REMOVED, **partner},
        ),
        ("dhcp_failover_info", {"gather": ["drift"], **partner}),
    ]
    for module, options in tasks:
        message = perform(wire, module, options)
        assert "msg" not in message, (module, message["msg"])
    copies = [
        path
        for path in wire.files.get("DHCP02" if partner else "DHCP01", wire.files["DHCP01"]).paths()
        if "safety-copies" in path
    ]
    lab.servers["DHCP02" if partner else "DHCP01"].scopes.pop(SCOPE, None)
    host = "dhcp02" if partner else "dhcp01"
    message = perform(wire, "dhcp_failover_restore", {"path": copies[0], "scopes": [CLIENTS]}, host=host)
    assert "msg" not in message, message["msg"]
    exports = [entry for entry in lab.audit.entries if entry.cmdlet == "Export-DhcpServer"]
    assert len(exports) > 15
    assert [entry.parameters for entry in exports if not entry.parameters.get("ScopeId")] == []
    assert all(set(entry.parameters["ScopeId"]) <= {CLIENTS, PRINTERS} for entry in exports)


REMOVED = {"keep_scopes_on": "this_server", "other_copy": "delete"}


def test_where_there_is_no_relationship_nothing_is_exported() -> None:
    lab = topology.load(topology.TOPOLOGIES / "company.yml")
    wire = Wire(lab)
    assert perform(wire, "dhcp_failover_info", {"gather": ["drift"]})["relationships"] == []
    assert perform(wire, "dhcp_failover_replicate", {"all": True})["replicated"] == []
    assert [entry.cmdlet for entry in lab.audit.entries if entry.cmdlet == "Export-DhcpServer"] == []
