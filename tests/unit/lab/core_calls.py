# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls of the lab's core, short enough to read in a test."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

from lab import topology
from lab.core.api import Outcome, Session
from lab.core.lab import Lab

A = IPv4Address
CLIENTS, ANNEX, PHONES, PRINTERS = A("10.10.10.0"), A("10.10.11.0"), A("10.10.20.0"), A("10.10.30.0")
GUESTS, MUNICH = A("10.10.40.0"), A("10.30.10.0")
NAME = "DHCP01-DHCP02"


def company(**switches: Any) -> Lab:
    lab = topology.load(topology.TOPOLOGIES / "company.yml")
    for name, answer in switches.items():
        lab.switches = lab.switches.with_answer(name, answer)
    return lab


def awkward(**switches: Any) -> Lab:
    lab = topology.load(topology.TOPOLOGIES / "awkward.yml")
    for name, answer in switches.items():
        lab.switches = lab.switches.with_answer(name, answer)
    return lab


def run(lab: Lab, cmdlet: str, on: str = "DHCP01", user: str = "administrator", **parameters: Any) -> Outcome:
    delegated = next((one.delegated for one in lab.servers[on].credentials if one.user == user), True)
    return lab.invoke(Session(on, user, delegated), cmdlet, parameters)


def ids(outcome: Outcome) -> list[str]:
    return [record.id for record in outcome.errors]


def add(lab: Lab, *scopes: IPv4Address, settle: bool = True, **parameters: Any) -> Outcome:
    """A relationship of these scopes, by default waited for until it is Normal."""
    about = {"Name": NAME, "PartnerServer": "dhcp02.contoso.example", "Force": True, "Confirm": False}
    outcome = run(lab, "Add-DhcpServerv4Failover", ScopeId=scopes or (CLIENTS, PHONES), **{**about, **parameters})
    if settle:
        for _poll in range(lab.switches.settle_polls):
            run(lab, "Get-DhcpServerv4Failover")
    return outcome


def get(lab: Lab, on: str = "DHCP01", name: str = NAME) -> dict[str, Any]:
    (one,) = run(lab, "Get-DhcpServerv4Failover", on=on, Name=(name,)).objects
    return dict(one.properties)
