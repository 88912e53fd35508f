# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server whose scopes are in a safety copy only, and the task that brings them back."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import kept_files
from lab import topology
from lab.core.lab import Lab
from lab.core.server import Lease, Reservation
from nothing_lost.said import otherwise
from nothing_lost.task import Wire, perform

CLIENTS, LABORATORY = IPv4Address("10.10.10.0"), IPv4Address("10.30.50.0")
IN_USE = IPv4Address("10.10.10.240")  # no lease of the topology has it
SAVED = [CLIENTS, LABORATORY]  # the second one is inactive


class Case:
    """A server whose scopes were saved and then removed."""

    def __init__(self, *, reserve: bool = False, offer: bool = False, os: str = "", **switches: Any) -> None:
        self.lab: Lab = topology.load(topology.TOPOLOGIES / "company.yml")
        self.lab.clock = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
        for name, answer in switches.items():
            self.lab.switches = self.lab.switches.with_answer(name, answer)
        self.server = self.lab.servers["DHCP01"]
        self.wire = Wire(self.lab)
        self.server.os = os or self.server.os
        leases = self.server.scopes[CLIENTS].leases
        if reserve:
            self.server.scopes[CLIENTS].reservations[IN_USE] = Reservation(IN_USE, "02-00-00-00-00-99")
            leases[IN_USE] = Lease(IN_USE, "02-00-00-00-00-99", address_state="ActiveReservation")
        if offer:
            leases[next(iter(leases))] = replace(next(iter(leases.values())), address_state="Offered")
        self.before = deepcopy(self.server.scopes)
        self.save(SAVED)
        for scope in SAVED:
            del self.server.scopes[scope]

    def save(self, scopes: list[IPv4Address]) -> None:
        request = json.dumps({"calls": [kept_files.safety_copy(scopes, "HQ")]})
        self.path = self.wire.execute("DHCP01", {"request": request, "secrets": []})["reply"]["calls"][0]["objects"][0][
            "path"
        ]

    def restore(self, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        """Where something was run and nothing failed, the server shows what the plan said."""
        result = perform(self.wire, "dhcp_failover_restore", {"path": self.path, **options}, check_mode=check_mode)
        if self.wire.plan is not None and not check_mode and not result.get("failed"):
            assert list(otherwise(self.lab, self.wire.plan)) == []
        return result

    def writes(self) -> list[str]:
        return [entry.cmdlet for entry in self.lab.audit.entries if entry.kind == "cmdlet" and entry.write]


def came_back(case: Case, clients: str, laboratory: str) -> None:
    """Both scopes are what they were, in these states."""
    for scope, state in ((CLIENTS, clients), (LABORATORY, laboratory)):
        expected = deepcopy(case.before[scope])
        expected.state = state
        expected.leases.pop(IN_USE, None)
        assert case.server.scopes[scope] == expected
