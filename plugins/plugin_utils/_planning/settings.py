# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The settings of a relationship: what a declaration gives at creation, what differs, what Windows cannot change.
Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from .._model import durations
from .._model.refusal import Refused
from .._model.relationship import (
    DEFAULT_LOAD_BALANCE_PERCENT,
    DEFAULT_MAX_CLIENT_LEAD_TIME,
    DEFAULT_RESERVE_PERCENT,
    DEFAULT_STATE_SWITCH_INTERVAL,
    DeclaredSettings,
    Mode,
    Relationship,
)
from .._windows.secret_record import SecretRecord

Changes = Mapping[str, Any]  # option -> new value

# what Windows takes at creation for settings that are left out
DEFAULTS: Mapping[str, int] = {
    "load_balance_percent": DEFAULT_LOAD_BALANCE_PERCENT,
    "reserve_percent": DEFAULT_RESERVE_PERCENT,
    "max_client_lead_time": DEFAULT_MAX_CLIENT_LEAD_TIME,
    "state_switch_interval": 0,
}
PERCENT: Mapping[Mode, str] = {"load_balance": "load_balance_percent", "hot_standby": "reserve_percent"}
_OPTIONS = {"load_balance": ("load_balance_percent",), "hot_standby": ("reserve_percent", "server_role")}
_DURATIONS = ("max_client_lead_time", "state_switch_interval")


def mode_at_creation(spec: DeclaredSettings) -> Mode:
    """As Windows chooses it when none is given: by the options of hot standby."""
    return spec.mode or (
        "hot_standby" if spec.reserve_percent is not None or spec.server_role is not None else "load_balance"
    )


def complete(spec: DeclaredSettings) -> DeclaredSettings:
    """The declaration with Windows' defaults for what was left out, so that the plan can show every value."""
    mode = mode_at_creation(spec)
    balances = mode == "load_balance"
    default_interval = DEFAULT_STATE_SWITCH_INTERVAL if spec.auto_state_transition else 0
    return replace(
        spec,
        mode=mode,
        load_balance_percent=_or(spec.load_balance_percent, DEFAULT_LOAD_BALANCE_PERCENT) if balances else None,
        reserve_percent=None if balances else _or(spec.reserve_percent, DEFAULT_RESERVE_PERCENT),
        server_role=None if balances else spec.server_role or "active",
        max_client_lead_time=_or(spec.max_client_lead_time, DEFAULT_MAX_CLIENT_LEAD_TIME),
        state_switch_interval=_or(spec.state_switch_interval, default_interval),
        enable_auth=bool(spec.shared_secret) if spec.enable_auth is None else spec.enable_auth,
    )


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def would_be(spec: DeclaredSettings, scopes: Collection[IPv4Address]) -> Relationship:
    """The relationship that creating what is declared with these scopes gives, as far as it can be known beforehand."""
    whole = complete(spec)
    return Relationship(
        name=whole.name,
        partner_server=whole.partner_server or "",
        mode=whole.mode or "load_balance",
        load_balance_percent=whole.load_balance_percent,
        reserve_percent=whole.reserve_percent,
        server_role=whole.server_role,
        max_client_lead_time=whole.max_client_lead_time or 0,
        state_switch_interval=whole.state_switch_interval or 0,
        enable_auth=bool(whole.enable_auth),
        state="Normal",
        scopes=tuple(sorted(scopes)),
    )


def described(spec: DeclaredSettings) -> str:
    """A complete declaration in words."""
    if spec.mode == "load_balance":
        mode = f"load balance, {spec.load_balance_percent} % here"
    else:
        mode = f"hot standby, {spec.server_role} here, {spec.reserve_percent} % reserved"
    interval = spec.state_switch_interval or 0
    switch = f"switchover after {durations.timespan(interval)}" if interval else "no automatic switchover"
    auth = "authentication on" if spec.enable_auth else "authentication off"
    return f"{mode}, MCLT {durations.timespan(spec.max_client_lead_time or 0)}, {switch}, {auth}"


# --- what is there already -------------------------------------------------------------------------------------------


def check_mode_options(spec: DeclaredSettings, current: Relationship) -> None:
    """Raises Refused for options of the mode that the relationship neither has nor gets."""
    mode = spec.mode or current.mode
    for other, options in _OPTIONS.items():
        wrong = next((option for option in options if getattr(spec, option) is not None), None)
        if other != mode and wrong:
            raise Refused(
                f"{wrong}: belongs to mode {other}, and '{current.name}' is in mode {mode}; leave it out or give mode."
            )


def other_role(spec: DeclaredSettings, current: Relationship, server: str) -> str | None:
    """Why Windows cannot make the relationship what is declared: it modifies no role."""
    stays = (spec.mode or current.mode) == current.mode
    if not stays or not current.server_role or spec.server_role in (None, current.server_role):
        return None
    return f"server_role: {server} is {current.server_role} in '{current.name}', not {spec.server_role}."


def changes(spec: DeclaredSettings, current: Relationship, secrets: SecretRecord) -> Changes:
    """Option -> new value, for what differs and nothing else. Raises Refused."""
    differs: dict[str, Any] = {}
    mode = spec.mode or current.mode
    if mode != current.mode:
        # both modes keep their percent in one byte, so the new mode's percent always goes along
        differs["mode"] = mode
        differs[PERCENT[mode]] = getattr(complete(replace(spec, mode=mode)), PERCENT[mode])
    declared = {
        option: getattr(spec, option) for option in ("load_balance_percent", "reserve_percent", "max_client_lead_time")
    }
    declared["state_switch_interval"] = _interval(spec, current)
    declared["enable_auth"] = spec.enable_auth
    for option, value in declared.items():
        if value is not None and value != getattr(current, option):
            differs[option] = value
    if _sends(spec, current, secrets):
        differs["shared_secret"] = differs["enable_auth"] = True
        if current.enable_auth:
            del differs["enable_auth"]
    if differs.get("enable_auth") and not spec.shared_secret:
        raise Refused(f"shared_secret: needed, since authentication of '{current.name}' is off and is to be turned on.")
    return differs


def _interval(spec: DeclaredSettings, current: Relationship) -> int | None:
    if spec.state_switch_interval is not None or spec.auto_state_transition is None:
        return spec.state_switch_interval
    return (current.state_switch_interval or DEFAULT_STATE_SWITCH_INTERVAL) if spec.auto_state_transition else 0


def _sends(spec: DeclaredSettings, current: Relationship, secrets: SecretRecord) -> bool:
    """Whether the secret is sent although authentication may be on. Authentication that is off uses none, whatever was
    sent last."""
    if not spec.shared_secret or spec.update_secret == "on_create":
        return False
    return (
        spec.update_secret == "always"
        or not current.enable_auth
        or not secrets.matches(current.name, spec.shared_secret)
    )


def touches_secret(differs: Changes) -> bool:
    return "shared_secret" in differs or "enable_auth" in differs


def in_words(current: Relationship, differs: Changes) -> str:
    return ", ".join(_change_in_words(current, option, value) for option, value in differs.items())


def _change_in_words(current: Relationship, option: str, value: Any) -> str:
    if option == "shared_secret":
        return "shared_secret sent anew"
    before = getattr(current, option)
    if option in _DURATIONS:
        before, value = (
            "off" if not v and option == "state_switch_interval" else durations.timespan(v) for v in (before, value)
        )
    return f"{option} {before} -> {value}" if before is not None else f"{option} {value}"


def modified(current: Relationship, differs: Changes) -> Relationship:
    """The relationship after the changes, as far as it can be known beforehand."""
    fields = {option: value for option, value in differs.items() if option != "shared_secret"}
    if fields.get("mode") == "hot_standby":
        # which server becomes active cannot be chosen; the primary is the likely one, and it is verified afterwards
        fields.update(load_balance_percent=None, server_role="standby" if current.is_primary is False else "active")
    elif fields.get("mode") == "load_balance":
        fields.update(reserve_percent=None, server_role=None)
    return replace(current, **fields)


def undeclared(spec: DeclaredSettings, current: Relationship) -> list[str]:
    """What of a relationship a declaration does not say, so that creating it anew would not give it back."""
    lacking: list[str] = []
    mode = mode_at_creation(spec)
    if mode != current.mode and spec.mode is None:
        lacking.append(f"mode: {current.mode}")
    if current.mode == (spec.mode or current.mode):
        lacking += [
            f"{option}: {getattr(current, option)}" for option in DEFAULTS if _is_left_out(option, spec, current)
        ]
    if current.mode == mode == "hot_standby" and spec.server_role is None and current.server_role == "standby":
        lacking.append("server_role: standby")
    if current.enable_auth and spec.enable_auth is None and not spec.shared_secret:
        lacking.append("shared_secret (or enable_auth: false)")
    return lacking


def _is_left_out(option: str, spec: DeclaredSettings, current: Relationship) -> bool:
    if getattr(spec, option) is not None or (
        option == "state_switch_interval" and spec.auto_state_transition is not None
    ):
        return False
    return getattr(current, option) not in (None, DEFAULTS[option])
