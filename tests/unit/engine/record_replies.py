# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Records what the script in a real PowerShell answers to the tasks of test_action.py: `make recordings`."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from lab import topology
from lab.core.api import Session
from lab.core.lab import Lab
from lab.powershell.direct import DirectPowerShell
from lab.standin.recordings import CLOCK, without_machine
from nothing_lost.task import Wire, perform

FOLDER = Path(__file__).with_name("replies")
SCRIPT = Path(__file__).resolve().parents[3] / "plugins" / "modules" / "dhcp_cmdlets.ps1"
HQ = {"name": "HQ", "partner_server": "dhcp02.contoso.example", "scopes": ["10.10.10.0"], "shared_secret": "Kx7-secret"}
MEMBERS, CREATED = {"relationship": "HQ"}, {"create_relationship": {"partner_server": "dhcp02.contoso.example"}}
NEW = {
    "scope_id": "10.10.60.0",
    "start_range": "10.10.60.10",
    "end_range": "10.10.60.99",
    "subnet_mask": "255.255.255.0",
    "name": "New",
}
Change = Callable[[Lab, dict[str, Any]], None]


class Recorder:
    """Two servers and their tasks. It is what `perform` takes for a wire."""

    def __init__(self, powershell: DirectPowerShell, delegated: bool = True) -> None:
        self.lab = topology.load(topology.TOPOLOGIES / "company.yml")
        self.lab.clock = CLOCK
        self._session = Session("DHCP01", self.lab.servers["DHCP01"].credentials[0].user, delegated)
        self._powershell = powershell
        self._names: list[str] = []
        self._meanwhile: dict[str, Change] = {}
        self.facts: dict[str, Any] = {}
        self.inventory: Sequence[str] = ()
        self.hostvars: dict[str, dict[str, Any]] = {}

    def pause(self, _seconds: float) -> None:
        """What waits before it plans anew finds the same clock."""

    def execute(self, _server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        name = self._names.pop(0)
        request = _nobodys(json.loads(arguments["request"]))
        if name in self._meanwhile:
            self._meanwhile[name](self.lab, request)
        message = without_machine(
            self._powershell(self.lab, self._session, json.dumps(request), arguments["secrets"]), _packed
        )
        (FOLDER / f"{name}.json").write_text(message + "\n", encoding="ascii")
        reply: Mapping[str, Any] = json.loads(message)
        return reply

    def task(
        self,
        options: Mapping[str, Any],
        *names: str,
        module: str = "relationship",
        check_mode: bool = False,
        **meanwhile: Change,
    ) -> None:
        """Runs it and saves its replies under these names. `meanwhile`: what happens just before one of them."""
        self._names, self._meanwhile = list(names), meanwhile
        perform(cast(Wire, self), f"dhcp_failover_{module}", options, check_mode=check_mode)
        if self._names:
            raise AssertionError(f"the task took fewer remote commands: {self._names} is missing")


def _nobodys(request: dict[str, Any]) -> dict[str, Any]:
    """The same, with notes that name no user."""
    for call in request.get("calls", ()):
        if call["op"] == "keep_text" and call["name"].startswith("unfinished."):
            call["public"] = json.dumps({**json.loads(call["public"]), "who": "tester@controller"})
    return request


def _packed(text: bytes) -> str:
    """The same each time."""
    return base64.b64encode(gzip.compress(text, mtime=0)).decode()


def main() -> None:
    runs = (uuid.UUID(int=number) for number in itertools.count(1))
    with DirectPowerShell(SCRIPT) as powershell, patch.object(uuid, "uuid4", lambda: next(runs)):
        _record(powershell)


def _record(powershell: DirectPowerShell) -> None:
    first = Recorder(powershell)
    first.task(
        {**MEMBERS, "scopes": ["10.10.10.0", "10.10.20.0"], **CREATED},
        "fresh",
        "fresh_with_both",
        module="scope",
        check_mode=True,
    )
    first.task(
        {**MEMBERS, "scopes": ["10.10.20.0"], **CREATED}, "fresh", "fresh_with_another", module="scope", check_mode=True
    )
    first.task(
        {**MEMBERS, "create_scopes": [NEW], **CREATED}, "fresh", "fresh_for_a_new_one", module="scope", check_mode=True
    )
    first.task(HQ, "fresh", "fresh_with_partner", "created")
    first.task(HQ, "there")
    first.task({}, "shown", module="info")
    first.task({**MEMBERS, "create_scopes": [NEW]}, "there", "there_for_a_new_one", module="scope", check_mode=True)
    more = {"name": "HQ", "load_balance_percent": 80}
    first.task(more, "there", "nothing_came_of_it", nothing_came_of_it=_without_effect)
    first.lab.fail_next("DHCP01", "Add-DhcpServerv4FailoverScope", "DHCP 20133")
    first.task({**more, "scopes": ["10.10.10.0", "10.10.20.0"]}, "there", "there_with_partner", "stopped_half_way")

    other = Recorder(powershell)
    other.task(HQ, "fresh", "fresh_with_partner", "created")
    anew = ("there", "changed_meanwhile", "changed_by_another", "written_after_it")
    other.task(more, *anew, changed_meanwhile=_somebody_else)
    Recorder(powershell, delegated=False).task(HQ, "fresh", "denied_at_the_partner")


def _without_effect(_lab: Lab, request: dict[str, Any]) -> None:
    """The same calls, and what they set is what was there."""
    for call in request["calls"]:
        if call["id"] == "set_failover":
            call["parameters"]["LoadBalancePercent"] = 50


def _somebody_else(lab: Lab, _request: dict[str, Any]) -> None:
    lab.servers["DHCP01"].relationships["HQ"].percentage = 70


if __name__ == "__main__":
    main()
