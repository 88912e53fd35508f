# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How results and diffs show what is known of a server: option names, seconds, text. A secret does not exist here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import durations
from .relationship import Relationship
from .relationship_settings import SETTINGS, OnPartner
from .scope import Scope
from .server import Server


def settings(relationship: Relationship | None) -> Mapping[str, Any]:
    """What a diff shows: the options of the relationship's mode, the state and the members."""
    if relationship is None:
        return {}
    return {
        "name": relationship.name,
        "partner_server": relationship.partner_server,
        **{
            setting.option: getattr(relationship, setting.option)
            for setting in SETTINGS
            if setting.belongs_to(relationship.mode)
        },
        "state": relationship.state,
        "scopes": [str(scope) for scope in relationship.scopes],
    }


_OF_ONE_MODE = tuple(setting.option for setting in SETTINGS if setting.mode)


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
    """What a module returns of a scope; its lease duration in seconds, or the word unlimited."""
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
    its spelling of the partner, and its share, since it is likely and not known that the partner shows 100 minus it."""
    own = (
        relationship.server_role != "standby"
        if relationship.mode == "hot_standby"
        else relationship.is_primary is not False
    )
    known = (OnPartner.SAME, OnPartner.SHARE) if own else (OnPartner.SAME,)
    return {
        "name": relationship.name,
        "primary": here if own else there,
        "partner": there if own else here,
        **({"partner_server": relationship.partner_server} if own else {}),
        **{
            setting.option: setting.as_data(getattr(relationship, setting.option))
            for setting in SETTINGS
            if setting.belongs_to(relationship.mode) and setting.on_partner in known
        },
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
            old, new = before[key], after[key]
            fields = dict.fromkeys([*old, *new])
            words += [
                f"{kind} {key}: {f} {_text(old.get(f))} -> {_text(new.get(f))}"
                for f in fields
                if old.get(f) != new.get(f)
            ]
    return words


def _text(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
