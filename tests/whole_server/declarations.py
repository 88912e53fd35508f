# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Random declarations: relationships that come, change, move their scopes, get another name or partner, and go."""

from __future__ import annotations

import random
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DeclaredSettings
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec

NAMES = ("HQ", "Branch", "Lab", "Depot")
PARTNERS = ("dhcp02.contoso.example", "dhcp03.contoso.example")
SCOPES = tuple(IPv4Address(f"10.0.{number}.0") for number in range(1, 9))


@dataclass(frozen=True)
class Declaration:
    """A list of specs; `purge`: other relationships go."""

    specs: tuple[Spec, ...]
    policy: Policy
    purge: bool


def declaration(rng: random.Random, before: Declaration | None) -> Declaration:
    """One that may follow `before`: a name that stood there may become another one's previous name."""
    policy = Policy("this_server", rng.choice(["delete", "disable"]), replace_partner_copy=True, recreate=True)
    names = [name for name in NAMES if rng.random() < 0.8]
    goals = {scope: rng.choice([*names, ""]) if names else "" for scope in SCOPES}
    stood = [spec.name for spec in before.specs if spec.is_present] if before else []
    gone = [name for name in stood if name not in names]
    specs = []
    for name in names:
        scopes = tuple(scope for scope in SCOPES if goals[scope] == name)
        if not scopes or rng.random() < 0.15:
            specs.append(Spec(name, absent=True, policy=policy))
            continue
        how: dict[str, Any] = {}
        if gone and name not in stood and rng.random() < 0.5:
            how["previous_name"] = gone.pop()
        exact = rng.random() < 0.85
        specs.append(
            Spec(name, _settings(rng, name, scopes), scopes, exact=exact, policy=Policy(**{**policy.__dict__, **how}))
        )
    return Declaration(tuple(specs), policy, rng.random() < 0.5)


def _settings(rng: random.Random, name: str, scopes: tuple[IPv4Address, ...]) -> DeclaredSettings:
    partner = rng.choice(PARTNERS)
    if name in ("HQ", "Branch"):  # a role that a new mode brings cannot be chosen
        role = rng.choice(["active", "standby"])
        return _declared(name, partner, scopes, mode="hot_standby", reserve_percent=5, server_role=role)
    percent = rng.choice([30, 50])
    lead_time = rng.choice([3600, 7200])
    return _declared(
        name, partner, scopes, mode="load_balance", load_balance_percent=percent, max_client_lead_time=lead_time
    )


def _declared(name: str, partner: str, scopes: tuple[IPv4Address, ...], **settings: Any) -> DeclaredSettings:
    common = {"max_client_lead_time": 3600, "state_switch_interval": 0, "enable_auth": False}
    return DeclaredSettings(name, partner, scopes=scopes, **{**common, **settings})
