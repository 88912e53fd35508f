# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Servers and relationships as tests need them, with what does not matter filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.adapter import declared
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.sides import Side, Sides
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.steps import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship import Definition, Relationship
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import Scope, scope_ids
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import Failure, Found, Place, Result


def result(operation: str, *objects: Mapping[str, Any], error: str = "") -> Result:
    """What an operation answered on dhcp01."""
    place = Place("dhcp01", operation)
    return Result(
        operation, place, tuple(Found(place, one) for one in objects), (Failure(error, "no"),) if error else ()
    )


def relationship(name: str = "HQ", scopes: list[str] | None = None, **changes: Any) -> Relationship:
    """A load balance relationship of DHCP01 and dhcp02, in state Normal."""
    values: dict[str, Any] = {
        "name": name,
        "partner_server": "dhcp02.contoso.example",
        "mode": "load_balance",
        "load_balance_percent": 50,
        "reserve_percent": None,
        "server_role": None,
        "max_client_lead_time": 3600,
        "state_switch_interval": 0,
        "enable_auth": False,
        "state": "Normal",
        "scopes": scope_ids(scopes or []),
        "primary_server": "DHCP01",
        "secondary_server": "DHCP02",
        "primary_ip": "10.10.0.11",
        "secondary_ip": "10.10.0.12",
        "is_primary": True,
    }
    return Relationship(**{**values, **changes})


def hot_standby(name: str = "HQ", scopes: list[str] | None = None, **changes: Any) -> Relationship:
    values = {"mode": "hot_standby", "load_balance_percent": None, "reserve_percent": 5, "server_role": "active"}
    return relationship(name, scopes, **{**values, **changes})


def scope(scope_id: str, **changes: Any) -> Scope:
    network = scope_id.rsplit(".", 1)[0]
    values: dict[str, Any] = {
        "scope_id": IPv4Address(scope_id),
        "name": f"Scope {scope_id}",
        "subnet_mask": "255.255.255.0",
        "start_range": f"{network}.10",
        "end_range": f"{network}.200",
        "active": True,
        "type": "Dhcp",
    }
    return Scope(**{**values, **changes})


def definition(scope_id: str, **changes: Any) -> dict[str, Any]:
    """One of create_scopes, which gives the same as `scope`."""
    network = scope_id.rsplit(".", 1)[0]
    values = {
        "scope_id": scope_id,
        "name": f"Scope {scope_id}",
        "subnet_mask": "255.255.255.0",
        "start_range": f"{network}.10",
        "end_range": f"{network}.200",
        "state": "active",
    }
    return {**values, **changes}


def server(relationships: list[Relationship] | None = None, scopes: Sequence[str | Scope] | None = None) -> Server:
    """DHCP01 with the scopes 10.0.1.0 to 10.0.3.0, if no others are given."""
    found = ["10.0.1.0", "10.0.2.0", "10.0.3.0"] if scopes is None else scopes
    return Server(
        name="DHCP01",
        addresses=("10.10.0.11",),
        relationships=tuple(relationships or ()),
        scopes=tuple(scope(one) if isinstance(one, str) else one for one in found),
    )


class Mirrors(dict[str, Side]):
    """A partner under every name that is asked for: it has its half of each relationship, and no scope but the
    members."""

    def __init__(self, here: Server) -> None:
        super().__init__()
        self.here = here

    def get(self, name: str, default: Any = None) -> Any:
        halves = tuple(
            replace(one, partner_server=self.here.name, is_primary=not one.is_primary)
            for one in self.here.relationships
        )
        members = tuple(one for one in self.here.scopes if self.here.relationship_of(one.scope_id))
        there = Server(name=name, addresses=(), relationships=halves, scopes=members)
        return Side(there, computer=name, via=self.here.name, opposite=self.here)


def alone(here: Server) -> Sides:
    """This server as a planner sees it whose partner has nothing of its own."""
    return Sides(Side(here), Mirrors(here))


def present(wanted: Definition, here: Server) -> Plan:
    return reached(wanted, alone(here))


def reached(wanted: Definition, sides: Sides) -> Plan:
    """What the relationship module plans for a definition when it is told no more."""
    return declared(Spec(wanted.name, wanted, wanted.scopes))(sides)


def pair(here: Server, there: Server, has_partner_host: bool = False) -> Sides:
    """Two servers of which nothing more has to be read; dhcp02 is asked over a second hop."""
    computer = "dhcp02.contoso.example"
    partner = Side(there, computer=computer, via=here.name, api=True)
    return Sides(Side(here, api=True), {computer: partner}, has_partner_host)
