# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One random field of the adopted data, edited as a user would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from adopt_proof.pair import Pair

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Edit:
    """``text``: the edit in words, ``data``: the data after it, ``cmdlet``: the one that writes it."""

    text: str
    data: Sequence[Entry]
    cmdlet: str


def edit(data: Sequence[Entry], pair: Pair, random: Random) -> Edit:
    """The entry as its primary tells it is edited, and what the partner said of the same relationship is dropped."""
    chosen = random.choice([entry for entry in data if "partner_server" in entry])
    field = random.choice(_fields(chosen, pair))
    changed = {**chosen, **_value(field, chosen, pair, random)}
    for option in [option for option, value in changed.items() if value is None]:
        del changed[option]
    rest = [entry for entry in data if entry["name"] != chosen["name"]]
    text = f"'{chosen['name']}': {field} {chosen[field]} -> {changed[field]}"
    return Edit(
        text, [*rest, changed], "Add-DhcpServerv4FailoverScope" if field == "scopes" else "Set-DhcpServerv4Failover"
    )


def _fields(entry: Entry, pair: Pair) -> list[str]:
    fields = ["max_client_lead_time", "state_switch_interval", "enable_auth", "scopes"]
    if entry["mode"] == "hot_standby":
        return [*fields, "mode", "reserve_percent"]
    # whether the primary becomes the active server is not known, and a run that leaves it otherwise rightly fails
    becomes_active = pair.lab.switches.active_after_lb_to_hs != "secondary"
    return [*fields, "load_balance_percent", *(["mode"] if becomes_active else [])]


def _value(field: str, entry: Entry, pair: Pair, random: Random) -> Mapping[str, Any]:
    """Option -> its new value; None takes it out of the entry."""
    if field == "enable_auth":
        on = not entry["enable_auth"]
        return {"enable_auth": on, "shared_secret": f"told {random.random()}" if on else None}
    if field == "mode":
        if entry["mode"] == "hot_standby":
            return {"mode": "load_balance", "reserve_percent": None, "load_balance_percent": random.randint(0, 100)}
        return {"mode": "hot_standby", "load_balance_percent": None, "reserve_percent": random.randint(0, 100)}
    if field == "scopes":
        return {"scopes": [*entry["scopes"], random.choice(pair.free[entry["primary"].upper()])]}
    choices = {
        "max_client_lead_time": (7200, 600),
        "state_switch_interval": (120, 1800) if entry["state_switch_interval"] == "00:00:00" else (0, 120),
    }.get(field, (33, 44))
    return {field: random.choice(choices)}
