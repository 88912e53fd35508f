# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the two servers of a relationship do not have in common. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from ipaddress import IPv4Address
from typing import Any

from .._model.relationship import Relationship
from .._model.scope import Utilisation
from .._windows.export import Export
from . import content


@dataclass(frozen=True)
class PartnerView:
    """The partner of some relationships as it was read, or why it could not be read."""

    relationships: Sequence[Relationship] = ()
    export: Export | None = None
    problem: str | None = None


def drift(relationship: Relationship, here: Export, partner: PartnerView) -> Mapping[str, Any]:
    """As dhcp_failover_info returns it. What could not be looked at is null and never looks healthy."""
    there = next((one for one in partner.relationships if one.name == relationship.name), None)
    if partner.problem is not None or partner.export is None:
        return _result(None, None, None, partner.problem or "the partner was not read")
    if there is None:
        return _result(None, None, None, f"the partner has no relationship '{relationship.name}'")
    mine, theirs = set(relationship.scopes), set(there.scopes)
    found = content.differences(here, partner.export, sorted(mine & theirs))
    return _result(there.state, (sorted(mine - theirs), sorted(theirs - mine)), found, None)


def _result(
    state: str | None,
    one_sided: tuple[list[IPv4Address], list[IPv4Address]] | None,
    found: Sequence[content.Difference] | None,
    problem: str | None,
) -> Mapping[str, Any]:
    in_sync = None if found is None or one_sided is None else not found and not any(one_sided)
    return {
        "partner_state": state,
        "in_sync": in_sync,
        "scopes_only_here": None if one_sided is None else [str(scope) for scope in one_sided[0]],
        "scopes_only_at_partner": None if one_sided is None else [str(scope) for scope in one_sided[1]],
        "differences": None
        if found is None
        else [
            {"scope_id": str(one.scope_id), "field": one.field, "this_server": one.source, "partner": one.destination}
            for one in found
        ],
        "problem": problem,
    }


def health(relationship: Relationship, statistics: Mapping[IPv4Address, Utilisation]) -> Mapping[str, Any]:
    """How full the relationship's scopes are, the fullest first, and what each server can still give."""
    known = {scope: statistics[scope] for scope in relationship.scopes if scope in statistics}
    fullest = sorted(known, key=lambda scope: (-(known[scope].percent_in_use or 0), scope))
    return {
        "healthy": relationship.state == "Normal" and all(one.free for one in known.values()),
        "in_use": sum(one.in_use for one in known.values()),
        "free": sum(one.free for one in known.values()),
        "free_here": sum(one.free_here or 0 for one in known.values()),
        "free_at_partner": sum(one.free_at_partner or 0 for one in known.values()),
        "scopes": [{"scope_id": str(scope), **asdict(known[scope])} for scope in fullest],
    }
