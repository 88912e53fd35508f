# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How results and diffs show what is known of a server: option names, seconds, text. A secret does not exist here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import durations
from .relationship import Relationship
from .scope import Scope
from .server import Server


def settings(relationship: Relationship | None) -> Mapping[str, Any]:
    """What a diff shows: the options of the relationship's mode, the state and the members."""
    if relationship is None:
        return {}
    mode = (
        {"load_balance_percent": relationship.load_balance_percent}
        if relationship.mode == "load_balance"
        else {"server_role": relationship.server_role, "reserve_percent": relationship.reserve_percent}
    )
    return {
        "name": relationship.name,
        "partner_server": relationship.partner_server,
        "mode": relationship.mode,
        **mode,
        "max_client_lead_time": relationship.max_client_lead_time,
        "state_switch_interval": relationship.state_switch_interval,
        "enable_auth": relationship.enable_auth,
        "state": relationship.state,
        "scopes": [str(scope) for scope in relationship.scopes],
    }


_OF_ONE_MODE = ("load_balance_percent", "reserve_percent", "server_role")


def planned_result(after: Mapping[str, Any]) -> Mapping[str, Any]:
    """`settings` of a relationship that is not there yet with every key that relationship_result has."""
    return {**dict.fromkeys((*_OF_ONE_MODE, "primary_server", "secondary_server")), **after}


def relationship_result(relationship: Relationship) -> Mapping[str, Any]:
    """What a module returns: every option (null where the mode has none), the state, the members and both servers."""
    modes = dict.fromkeys(_OF_ONE_MODE)
    return {
        **modes,
        **settings(relationship),
        "primary_server": relationship.primary_server,
        "secondary_server": relationship.secondary_server,
    }


def scope_result(scope: Scope) -> Mapping[str, Any]:
    return {
        "scope_id": str(scope.scope_id),
        "name": scope.name,
        "subnet_mask": scope.subnet_mask,
        "start_range": scope.start_range,
        "end_range": scope.end_range,
        "state": "active" if scope.active else "inactive",
        "type": scope.type,
        "description": scope.description,
        "lease_duration": durations.shown_lease(scope.lease_duration),
    }


def site_entry(relationship: Relationship, here: str, there: str) -> Mapping[str, Any]:
    """A relationship as the role's data has it: server-neutral, percents and role being the primary's.

    `here` and `there` are the inventory names of this server and of the partner. In hot standby the primary is the
    active server, whichever server Windows calls primary. What only the primary can tell is left out on the partner:
    its spelling of the partner, and its share, since whether the partner shows 100 minus that is likely and not known
    (L)."""
    own = (
        relationship.server_role != "standby"
        if relationship.mode == "hot_standby"
        else relationship.is_primary is not False
    )
    entry: dict[str, Any] = {
        "name": relationship.name,
        "primary": here if own else there,
        "partner": there if own else here,
        "mode": relationship.mode,
    }
    if own:
        entry["partner_server"] = relationship.partner_server
    if relationship.mode == "hot_standby":
        entry["reserve_percent"] = relationship.reserve_percent
    elif own:
        entry["load_balance_percent"] = relationship.load_balance_percent
    return {
        **entry,
        "max_client_lead_time": relationship.max_client_lead_time,
        "state_switch_interval": relationship.state_switch_interval,
        "enable_auth": relationship.enable_auth,
        "scopes": [str(scope) for scope in relationship.scopes],
    }


def differences(before: Server, after: Server) -> Sequence[str]:
    """What changed on a server between two reads, in words; a state that passed by is none."""
    words: list[str] = []
    words += _differences(
        "relationship", _named(before.relationships, _without_state), _named(after.relationships, _without_state)
    )
    words += _differences(
        "scope",
        {str(s.scope_id): scope_result(s) for s in before.scopes},
        {str(s.scope_id): scope_result(s) for s in after.scopes},
    )
    return words


def _named(
    relationships: Sequence[Relationship], show: Callable[[Relationship], Mapping[str, Any]]
) -> Mapping[str, Mapping[str, Any]]:
    return {f"'{relationship.name}'": show(relationship) for relationship in relationships}


def _without_state(relationship: Relationship) -> Mapping[str, Any]:
    return {key: value for key, value in settings(relationship).items() if key != "state"}


def _differences(
    kind: str, before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> Sequence[str]:
    words = [f"{kind} {key} is new" for key in after if key not in before]
    words += [f"{kind} {key} is gone" for key in before if key not in after]
    for key in before:
        if key in after:
            one, other = before[key], after[key]
            fields = dict.fromkeys([*one, *other])
            words += [
                f"{kind} {key}: {f} {_text(one.get(f))} -> {_text(other.get(f))}"
                for f in fields
                if one.get(f) != other.get(f)
            ]
    return words


def _text(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
