# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans for one relationship: (definition, server) -> Plan. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from . import cmdlets, durations
from .kept_secret import Kept
from .membership import Joining, join
from .model import (
    DEFAULT_LOAD_BALANCE_PERCENT,
    DEFAULT_MAX_CLIENT_LEAD_TIME,
    DEFAULT_RESERVE_PERCENT,
    DEFAULT_STATE_SWITCH_INTERVAL,
    RELATIONSHIP_LIMIT,
    Definition,
    Mode,
    Refused,
    Relationship,
    Server,
    UnknownPartner,
    is_address,
)
from .plan import Plan, Step, add_steps, check_partner, check_room, chunks, find, forget_secret, list_scopes
from .sides import Sides
from .view import settings


def present(wanted: Definition, sides: Sides, joining: Joining | None = None) -> Plan:
    """The relationship exists with the declared settings, all of which can be changed in place, and has at least the declared scopes."""
    actual = find(sides.here.server, wanted.name)
    if actual is None:
        return create(wanted, wanted.scopes, sides, joining)
    changes = _changes(wanted, actual, sides.kept)
    joined = join(wanted.name, actual.partner_names, wanted.scopes, sides, joining or Joining())
    steps = [*joined.first, *(_modify(actual, changes, wanted, sides) if changes else [])]
    steps += add_steps(sides, actual.name, actual.partner_server, joined.coming)
    after = _modified(actual, changes, joined.coming)
    secret = {"shared_secret": "sent anew"} if "shared_secret" in changes else {}
    return Plan(tuple(steps), settings(actual), {**settings(after), **secret}, removals=joined.removals)


def create(wanted: Definition, scopes: Sequence[IPv4Address], sides: Sides, joining: Joining | None = None) -> Plan:
    """The relationship comes into being with its scopes; without any it stays pending, since Windows cannot hold it then."""
    server = sides.here.server
    if wanted.name != wanted.name.strip():
        raise Refused(
            f"name: '{wanted.name}' begins or ends with a space, and {server.name} has no relationship of this name; names cannot be "
            "changed later, so this is taken for a mistake."
        )
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
    check_room(server, RELATIONSHIP_LIMIT, sides.option)
    joined = join(wanted.name, (partner,), scopes, sides, joining or Joining())
    first, *rest = chunks(scopes, sides.at_once)
    step = Step(
        server=server.name,
        text=f"create relationship '{wanted.name}' with {partner} ({_described(complete)}), copying there: {list_scopes(first)}",
        operation=cmdlets.add_failover(complete, partner, first),
        relationship=wanted.name,
        partner=partner,
        copies=tuple(first),
        then=_keep(wanted, sides.kept),
    )
    more = [scope for chunk in rest for scope in chunk]
    steps = (*joined.first, *forget_secret(wanted.name, sides, partner), step, *add_steps(sides, wanted.name, partner, more))
    return Plan(steps, {}, settings(after), removals=joined.removals)


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


def what_cannot_change(wanted: Definition, actual: Relationship, server: Server) -> str | None:
    """Why Windows cannot make `actual` what is wanted: it modifies neither partner nor role. Raises Refused for a wrong mode's options."""
    problem = _other_partner(wanted.partner_server, actual, server) if wanted.partner_server is not None else None
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
    if problem is None and wanted.server_role not in (None, actual.server_role) and actual.server_role and mode == actual.mode:
        problem = f"server_role: {server.name} is {actual.server_role} in '{actual.name}', not {wanted.server_role}."
    return problem


def _other_partner(spelling: str, actual: Relationship, server: Server) -> str | None:
    """Words for another server; raises UnknownPartner while the addresses of a name that looks different are not known."""
    if actual.has_partner(spelling):
        return None
    if server.is_called(spelling):
        raise Refused(f"partner_server: '{spelling}' is {server.name} itself; name the other server.")
    if not is_address(spelling) and spelling not in server.resolved:
        raise UnknownPartner(spelling)
    if any(actual.has_partner(address) for address in server.resolved.get(spelling, ())):
        return None
    return (
        f"partner_server: '{actual.name}' on {server.name} has the partner {' = '.join(actual.partner_names)}, not {spelling}. "
        "If both names mean the same server, write one of those it has here."
    )


def mode_at_creation(wanted: Definition) -> Mode:
    """As Windows chooses it when none is given: by the options of hot standby."""
    return wanted.mode or ("hot_standby" if wanted.reserve_percent is not None or wanted.server_role is not None else "load_balance")


def _complete(wanted: Definition) -> Definition:
    """The definition with Windows' defaults for what was left out, so that the plan can show every value."""
    mode = mode_at_creation(wanted)
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


def _changes(wanted: Definition, actual: Relationship, kept: Kept) -> Mapping[str, Any]:
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
    if _sends(wanted, actual, kept):
        changes["shared_secret"] = True
        changes["enable_auth"] = True
        if actual.enable_auth:
            del changes["enable_auth"]
    if changes.get("enable_auth") and not wanted.shared_secret:
        raise Refused(f"shared_secret: needed, since authentication of '{actual.name}' is off and is to be turned on.")
    return changes


def _sends(wanted: Definition, actual: Relationship, kept: Kept) -> bool:
    """Whether the secret is sent although authentication may be on. Authentication that is off uses none, whatever was sent last."""
    if not wanted.shared_secret or wanted.update_secret == "on_create":
        return False
    return wanted.update_secret == "always" or not actual.enable_auth or not kept.is_of(actual.name, wanted.shared_secret)


def _keep(wanted: Definition, kept: Kept) -> tuple[cmdlets.Operation, ...]:
    """What follows the sending of the secret."""
    return (kept.keep(wanted.name, wanted.shared_secret),) if wanted.shared_secret and wanted.update_secret == "on_change" else ()


def _modify(actual: Relationship, changes: Mapping[str, Any], wanted: Definition, sides: Sides) -> Sequence[Step]:
    words = ", ".join(_change_in_words(actual, option, value) for option, value in changes.items())
    touches_secret = "shared_secret" in changes or "enable_auth" in changes
    step = Step(
        server=sides.here.name,
        text=f"modify relationship '{actual.name}': {words}",
        operation=cmdlets.set_failover(actual.name, changes, wanted.shared_secret),
        relationship=actual.name,
        partner=actual.partner_server,
        then=_keep(wanted, sides.kept) if touches_secret else (),
    )
    return [*(forget_secret(actual.name, sides, actual.partner_server) if touches_secret else ()), step]


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
