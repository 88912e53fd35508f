# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Records anew, with a PowerShell, the replies that test_action.py plays back: python record_replies.py (see make recordings)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import builders
from ansible_collections.windhcp.failover.plugins.plugin_utils import (
    apply,
    cmdlets,
    desired,
    kept_secret,
    prerequisites,
    snapshot,
    unfinished,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils.model import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils.remote import Remote, Reply
from lab import topology
from lab.core.api import Session
from lab.core.lab import Lab
from lab.powershell.direct import DirectPowerShell
from lab.standin.recordings import CLOCK, without_machine

FOLDER = Path(__file__).with_name("replies")
SCRIPT = Path(__file__).resolve().parents[3] / "plugins" / "modules" / "dhcp_cmdlets.ps1"
READS = (*snapshot.reads(), unfinished.look("HQ"), kept_secret.Kept().look("HQ"))
HOP = prerequisites.reads("dhcp02.contoso.example", guarded=False)
WANTED = {"partner_server": "dhcp02.contoso.example", "scopes": ["10.10.10.0"], "shared_secret": "Kx7-secret"}


class Recorder:
    """A server of a fresh company, reached by the true script."""

    def __init__(self, powershell: DirectPowerShell, delegated: bool = True) -> None:
        self.lab: Lab = topology.load(topology.TOPOLOGIES / "company.yml")
        self.lab.clock = CLOCK
        self._session = Session("DHCP01", self.lab.servers["DHCP01"].credentials[0].user, delegated)
        self._powershell = powershell
        self._last = ""
        self.remote = Remote(self._execute, "dhcp01", check_mode=False)

    def _execute(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        self._last = without_machine(self._powershell(self.lab, self._session, arguments["request"], arguments["secrets"]))
        reply: Mapping[str, Any] = json.loads(self._last)
        return reply

    def save(self, name: str) -> None:
        (FOLDER / f"{name}.json").write_text(self._last + "\n", encoding="ascii")

    def read(self) -> tuple[Server, Reply]:
        reply = self.remote.read(READS)
        return snapshot.parse(reply.before, "dhcp01"), reply

    def apply(self, options: Mapping[str, Any], *, without_effect: bool = False) -> Reply:
        server, reply = self.read()
        plan = builders.present(desired.definition("HQ", options), server)
        calls = unfinished.noted(plan.steps, server, apply.operations(plan.steps, server, apply.Waiting()))
        if without_effect:  # the same calls, and what they set is what was there
            calls = [
                cmdlets.set_failover("HQ", {"load_balance_percent": 50}, None) if one["id"] == "set_failover" else one for one in calls
            ]
        return self.remote.write(READS, reply.fingerprint, calls, (*snapshot.reads(), *HOP[1:]))


def main() -> None:
    with DirectPowerShell(SCRIPT) as powershell:
        _record(powershell)


def _record(powershell: DirectPowerShell) -> None:
    fresh = Recorder(powershell)
    fresh.read()
    fresh.save("fresh")
    fresh.remote.read((*READS, *HOP))
    fresh.save("fresh_with_partner")
    fresh.apply(WANTED)
    fresh.save("created")
    fresh.read()
    fresh.save("there")
    fresh.remote.read((*READS, *HOP))
    fresh.save("there_with_partner")
    fresh.remote.read(snapshot.reads())
    fresh.save("shown")
    fresh.apply({"load_balance_percent": 80}, without_effect=True)
    fresh.save("nothing_came_of_it")
    fresh.lab.fail_next("DHCP01", "Add-DhcpServerv4FailoverScope", "DHCP 20133")
    fresh.apply({"load_balance_percent": 80, "scopes": ["10.10.20.0"]})
    fresh.save("stopped_half_way")

    other = Recorder(powershell)
    other.apply(WANTED)
    _server, there = other.read()
    other.lab.servers["DHCP01"].relationships["HQ"].percentage = 70
    other.remote.write(READS, there.fingerprint, [])
    other.save("changed_meanwhile")

    no_hop = Recorder(powershell, delegated=False)
    no_hop.remote.read((*READS, *HOP))
    no_hop.save("denied_at_the_partner")


if __name__ == "__main__":
    main()
