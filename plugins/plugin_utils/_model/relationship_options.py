# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of a task -> Definition. What can be refused without looking at a server is refused here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import durations
from .identity import computer_name
from .refusal import Refused
from .relationship import NAME_LIMIT, Definition
from .scope import scope_ids

# options of a relationship that a host fact may carry from one task to the next: everything but the secret
PLAIN_OPTIONS = (
    "partner_server",
    "mode",
    "load_balance_percent",
    "reserve_percent",
    "server_role",
    "max_client_lead_time",
    "state_switch_interval",
    "auto_state_transition",
    "enable_auth",
)


def definition(name: str, options: Mapping[str, Any], option: str = "name") -> Definition:
    """A relationship's options, checked against each other. `option`: what the task calls the name. Raises Refused."""
    _check_name(name, option)
    max_client_lead_time = _duration(options, "max_client_lead_time")
    if max_client_lead_time == 0:
        raise Refused("max_client_lead_time: cannot be 0; Windows' default is one hour (1:00:00).")
    wanted = Definition(
        name=name,
        partner_server=partner_server(options),
        mode=options.get("mode"),
        load_balance_percent=_percent(options, "load_balance_percent"),
        reserve_percent=_percent(options, "reserve_percent"),
        server_role=options.get("server_role"),
        max_client_lead_time=max_client_lead_time,
        state_switch_interval=_duration(options, "state_switch_interval"),
        auto_state_transition=options.get("auto_state_transition"),
        enable_auth=options.get("enable_auth"),
        shared_secret=options.get("shared_secret"),
        update_secret=options.get("update_secret") or "on_create",
        scopes=scope_ids(options.get("scopes") or ()),
    )
    _check_mode(wanted)
    _check_transition(wanted)
    _check_secret(wanted)
    return wanted


def _check_name(name: str, option: str) -> None:
    if not name.strip():
        raise Refused(f"{option}: must not be empty.")
    if len(name) > NAME_LIMIT:
        raise Refused(f"{option}: has {len(name)} characters, and {NAME_LIMIT} is the most that Windows takes.")


def _check_mode(wanted: Definition) -> None:
    if wanted.mode == "load_balance":
        for option in ("reserve_percent", "server_role"):
            if getattr(wanted, option) is not None:
                raise Refused(
                    f"{option}: belongs to mode hot_standby, and mode is load_balance; leave it out or change mode."
                )
    if wanted.mode == "hot_standby" and wanted.load_balance_percent is not None:
        raise Refused(
            "load_balance_percent: belongs to mode load_balance, and mode is hot_standby; use reserve_percent or "
            "change mode."
        )
    if wanted.load_balance_percent is not None and (
        wanted.reserve_percent is not None or wanted.server_role is not None
    ):
        raise Refused(
            "load_balance_percent: belongs to mode load_balance, reserve_percent and server_role to hot_standby; give "
            "one kind."
        )


def _check_transition(wanted: Definition) -> None:
    if wanted.auto_state_transition is False and wanted.state_switch_interval:
        raise Refused(
            "state_switch_interval: an interval together with auto_state_transition: false; leave one of them out."
        )
    if wanted.auto_state_transition is True and wanted.state_switch_interval == 0:
        raise Refused(
            "state_switch_interval: 0 means off, together with auto_state_transition: true; leave one of them out."
        )


def _check_secret(wanted: Definition) -> None:
    if wanted.shared_secret is not None and not wanted.shared_secret:
        raise Refused(
            "shared_secret: is empty, which Windows takes as authentication off; use enable_auth: false to switch it "
            "off."
        )
    if wanted.shared_secret and wanted.enable_auth is False:
        raise Refused("shared_secret: given together with enable_auth: false; leave one of them out.")
    if wanted.update_secret != "on_create" and not wanted.shared_secret and wanted.enable_auth is not False:
        raise Refused(f"shared_secret: needed with update_secret: {wanted.update_secret}.")


def partner_server(options: Mapping[str, Any]) -> str | None:
    """Checked also where it has no meaning: what is no name goes nowhere. Raises Refused."""
    value = options.get("partner_server")
    if value is None:
        return None
    if not value.strip():
        raise Refused("partner_server: must not be empty.")
    return computer_name(value.strip(), "partner_server")


def _percent(options: Mapping[str, Any], option: str) -> int | None:
    value = options.get(option)
    if value is not None and not 0 <= value <= 100:
        raise Refused(f"{option}: is {value}, and percents go from 0 to 100.")
    return value


def _duration(options: Mapping[str, Any], option: str) -> int | None:
    value = options.get(option)
    if value is None:
        return None
    try:
        return durations.parse(value)
    except ValueError as error:
        raise Refused(f"{option}: {error}.") from None
