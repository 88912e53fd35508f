# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans for one relationship: (definition, server) -> Plan. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from . import cmdlets, durations
from .model import (
    DEFAULT_LOAD_BALANCE_PERCENT,
    DEFAULT_MAX_CLIENT_LEAD_TIME,
    DEFAULT_RESERVE_PERCENT,
    DEFAULT_STATE_SWITCH_INTERVAL,
    RELATIONSHIP_LIMIT,
    Definition,
    Refused,
    Relationship,
    Server,
    UnknownPartner,
    is_address,
)
from .plan import Plan, Step, add_steps, check_members, check_partner, check_room, chunks, list_scopes, missing_members
from .view import settings


def present(wanted: Definition, server: Server) -> Plan:
    """The relationship exists with the declared settings and has at least the declared scopes."""
    actual = find(server, wanted.name)
    if actual is None:
        return create(wanted, wanted.scopes, server)
    _check_unchangeable(wanted, actual, server)
    changes = _changes(wanted, actual)
    missing = missing_members(actual, wanted.scopes)
    check_members(server, wanted.name, missing)
    steps = [_modify(actual, changes, wanted, server)] if changes else []
    steps += add_steps(server, actual.name, actual.partner_server, missing)
    after = _modified(actual, changes, missing)
    secret = {"shared_secret": "sent anew"} if "shared_secret" in changes else {}
    return Plan(tuple(steps), settings(actual), {**settings(after), **secret})


def absent(name: str, server: Server) -> Plan:
    """The relationship does not exist. Only one without members can go: the cmdlet would delete the partner's scopes."""
    actual = find(server, name)
    if actual is None:
        return Plan()
    if actual.scopes:
        raise Refused(
            f"state: relationship '{name}' on {server.name} still holds {len(actual.scopes)} scopes ({list_scopes(actual.scopes)}). "
            f"Removing it now would delete them on one of the two servers, so nothing was changed; take the scopes out of the "
            "relationship first, knowing which server keeps them."
        )
    step = Step(
        server=server.name,
        text=f"remove the empty relationship '{name}' here and on {actual.partner_server}",
        operation=cmdlets.remove_failover(name),
        relationship=name,
        partner=actual.partner_server,
        removes=True,
    )
    return Plan((step,), settings(actual), {})


def create(wanted: Definition, scopes: Sequence[IPv4Address], server: Server) -> Plan:
    """The relationship comes into being with its scopes; without any it stays pending, since Windows cannot hold it then."""
    partner = check_partner(server, wanted)
    complete = _complete(wanted)
    after = would_be(wanted, scopes)
    if not scopes:
        return Plan(after={**settings(after), "state": "Empty"}, pending=True)
    if complete.enable_auth and not complete.shared_secret:
        raise Refused(
            f"shared_secret: needed, since relationship '{wanted.name}' is to be created with authentication on "
            "(a scope task takes it in create_relationship; no task hands a secret on to another)."
        )
    check_room(server, RELATIONSHIP_LIMIT)
    check_members(server, wanted.name, scopes)
    first, *rest = chunks(scopes)
    step = Step(
        server=server.name,
        text=f"create relationship '{wanted.name}' with {partner} ({_described(complete)}), copying there: {list_scopes(first)}",
        operation=cmdlets.add_failover(complete, partner, first),
        relationship=wanted.name,
        partner=partner,
        copies=tuple(first),
    )
    more = [scope for chunk in rest for scope in chunk]
    return Plan((step, *add_steps(server, wanted.name, partner, more)), {}, settings(after))


def would_be(wanted: Definition, scopes: Sequence[IPv4Address]) -> Relationship:
    """The relationship that creating the definition with these scopes gives, as far as it can be known beforehand."""
    complete = _complete(wanted)
    return Relationship(
        name=complete.name,
        partner_server=complete.partner_server or "",
        mode=complete.mode or "load_balance",
        load_balance_percent=complete.load_balance_percent,
        reserve_percent=complete.reserve_percent,
        server_role=complete.server_role,
        max_client_lead_time=complete.max_client_lead_time or 0,
        state_switch_interval=complete.state_switch_interval or 0,
        enable_auth=bool(complete.enable_auth),
        state="Normal",
        scopes=tuple(sorted(scopes)),
    )


def find(server: Server, name: str) -> Relationship | None:
    """The relationship of exactly this name; one that differs in case only is refused, since nobody knows if it is the same."""
    exact = server.relationship(name)
    if exact is not None:
        return exact
    alike = next((r.name for r in server.relationships if r.name.casefold() == name.casefold()), None)
    if alike is not None:
        raise Refused(
            f"name: {server.name} has a relationship '{alike}', which differs from '{name}' in upper and lower case only; write the "
            "name as it is there. A relationship cannot be renamed: it would have to be removed and created anew."
        )
    return None


def _check_unchangeable(wanted: Definition, actual: Relationship, server: Server) -> None:
    """Windows can modify neither partner nor role; percents belong to the mode that the relationship has or gets."""
    if wanted.partner_server is not None:
        _check_partner(wanted.partner_server, actual, server)
    mode = wanted.mode or actual.mode
    if mode == "load_balance":
        for option in ("reserve_percent", "server_role"):
            if getattr(wanted, option) is not None:
                raise Refused(
                    f"{option}: belongs to mode hot_standby, and '{actual.name}' is in mode load_balance; leave it out or give mode."
                )
    elif wanted.load_balance_percent is not None:
        raise Refused(
            f"load_balance_percent: belongs to mode load_balance, and '{actual.name}' is in mode hot_standby; leave it out or give mode."
        )
    if (
        wanted.server_role is not None
        and actual.server_role is not None
        and wanted.server_role != actual.server_role
        and mode == actual.mode
    ):
        raise Refused(
            f"server_role: {server.name} is {actual.server_role} in '{actual.name}', not {wanted.server_role}. {_recreating(actual)}"
        )


def _check_partner(spelling: str, actual: Relationship, server: Server) -> None:
    """Raises Refused for another server, UnknownPartner while the addresses of a name that looks different are not known."""
    if actual.has_partner(spelling):
        return
    if server.is_called(spelling):
        raise Refused(f"partner_server: '{spelling}' is {server.name} itself; name the other server.")
    if not is_address(spelling) and spelling not in server.resolved:
        raise UnknownPartner(spelling)
    if any(actual.has_partner(address) for address in server.resolved.get(spelling, ())):
        return
    raise Refused(
        f"partner_server: '{actual.name}' on {server.name} has the partner {' = '.join(actual.partner_names)}, not "
        f"{spelling}. {_recreating(actual)} If both names mean the same server, write one of those it has here."
    )


def _recreating(actual: Relationship) -> str:
    return (
        "Windows cannot change this in place. Re-creating the relationship would remove it on both servers, keep its "
        f"{len(actual.scopes)} scopes on one of them, and delete them on the other with leases and reservations before they "
        "are copied anew; nothing was changed."
    )


def _complete(wanted: Definition) -> Definition:
    """The definition with Windows' defaults for what was left out, so that the plan can show every value."""
    mode = wanted.mode or ("hot_standby" if wanted.reserve_percent is not None or wanted.server_role is not None else "load_balance")
    return replace(
        wanted,
        mode=mode,
        load_balance_percent=_or(wanted.load_balance_percent, DEFAULT_LOAD_BALANCE_PERCENT) if mode == "load_balance" else None,
        reserve_percent=_or(wanted.reserve_percent, DEFAULT_RESERVE_PERCENT) if mode == "hot_standby" else None,
        server_role=(wanted.server_role or "active") if mode == "hot_standby" else None,
        max_client_lead_time=_or(wanted.max_client_lead_time, DEFAULT_MAX_CLIENT_LEAD_TIME),
        state_switch_interval=_or(wanted.state_switch_interval, DEFAULT_STATE_SWITCH_INTERVAL if wanted.auto_state_transition else 0),
        enable_auth=bool(wanted.shared_secret) if wanted.enable_auth is None else wanted.enable_auth,
    )


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def _described(complete: Definition) -> str:
    if complete.mode == "load_balance":
        mode = f"load balance, {complete.load_balance_percent} % here"
    else:
        mode = f"hot standby, {complete.server_role} here, {complete.reserve_percent} % reserved"
    interval = complete.state_switch_interval or 0
    switch = f"switchover after {durations.timespan(interval)}" if interval else "no automatic switchover"
    auth = "authentication on" if complete.enable_auth else "authentication off"
    return f"{mode}, MCLT {durations.timespan(complete.max_client_lead_time or 0)}, {switch}, {auth}"


def _changes(wanted: Definition, actual: Relationship) -> Mapping[str, Any]:
    """Option name -> new value, for what differs and nothing else."""
    changes: dict[str, Any] = {}
    mode = wanted.mode or actual.mode
    if mode != actual.mode:
        # both modes keep their percent in one byte, so the new mode's percent always goes along
        changes["mode"] = mode
        complete = _complete(replace(wanted, mode=mode))
        option = "load_balance_percent" if mode == "load_balance" else "reserve_percent"
        changes[option] = getattr(complete, option)
    interval = wanted.state_switch_interval
    if interval is None and wanted.auto_state_transition is not None:
        interval = 0 if not wanted.auto_state_transition else (actual.state_switch_interval or DEFAULT_STATE_SWITCH_INTERVAL)
    declared = {
        "load_balance_percent": wanted.load_balance_percent,
        "reserve_percent": wanted.reserve_percent,
        "max_client_lead_time": wanted.max_client_lead_time,
        "state_switch_interval": interval,
        "enable_auth": wanted.enable_auth,
    }
    for option, value in declared.items():
        if value is not None and value != getattr(actual, option):
            changes[option] = value
    if wanted.update_secret == "always" and wanted.shared_secret:
        changes["shared_secret"] = True
        changes["enable_auth"] = True
        if actual.enable_auth:
            del changes["enable_auth"]
    if changes.get("enable_auth") and not wanted.shared_secret:
        raise Refused(f"shared_secret: needed, since authentication of '{actual.name}' is off and is to be turned on.")
    return changes


def _modify(actual: Relationship, changes: Mapping[str, Any], wanted: Definition, server: Server) -> Step:
    words = ", ".join(_change_in_words(actual, option, value) for option, value in changes.items())
    return Step(
        server=server.name,
        text=f"modify relationship '{actual.name}': {words}",
        operation=cmdlets.set_failover(actual.name, changes, wanted.shared_secret),
        relationship=actual.name,
        partner=actual.partner_server,
    )


def _change_in_words(actual: Relationship, option: str, value: Any) -> str:
    if option == "shared_secret":
        return "shared_secret sent anew"
    before = getattr(actual, option)
    if option in ("max_client_lead_time", "state_switch_interval"):
        before, value = ("off" if not v and option == "state_switch_interval" else durations.timespan(v) for v in (before, value))
    return f"{option} {before} -> {value}" if before is not None else f"{option} {value}"


def _modified(actual: Relationship, changes: Mapping[str, Any], more: Sequence[IPv4Address]) -> Relationship:
    fields = {option: value for option, value in changes.items() if option != "shared_secret"}
    if "mode" in fields:
        if fields["mode"] == "hot_standby":
            # which server becomes active cannot be chosen; the primary is the likely one (I), and it is verified afterwards
            fields.update(load_balance_percent=None, server_role="standby" if actual.is_primary is False else "active")
        else:
            fields.update(reserve_percent=None, server_role=None)
    return replace(actual, **fields, scopes=tuple(sorted((*actual.scopes, *more))))
