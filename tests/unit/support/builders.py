# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Servers and relationships as tests need them, with what does not matter filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship import Relationship
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import Scope, scope_ids
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import Failure, Place, ReplyObject, Result


def result(operation: str, *objects: Mapping[str, Any], error: str = "") -> Result:
    """What an operation answered on dhcp01."""
    place = Place("dhcp01", operation)
    return Result(
        operation, place, tuple(ReplyObject(place, one) for one in objects), (Failure(error, "no"),) if error else ()
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
