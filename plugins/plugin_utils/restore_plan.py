# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans the way back from a safety copy: which scopes come, which are there already, what else an import would change. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address

from . import cmdlets, content
from .content import Difference
from .export import Export
from .model import Refused, Server
from .plan import Plan, Step, list_scopes

ACTIVE, INACTIVE = "active", "inactive"


@dataclass(frozen=True)
class Wanted:
    """`scopes`: none means all of the copy. `inactive`: out of service, whatever they were when they were saved."""

    path: str
    scopes: tuple[IPv4Address, ...] = ()
    inactive: bool = True


@dataclass(frozen=True)
class Here:
    """The server as it is: its scopes, their content, what time it has there. Leases are needed of the scopes that are wanted only."""

    server: Server
    export: Export
    now: datetime


def chosen(wanted: Wanted, copy: Export) -> tuple[IPv4Address, ...]:
    """Raises Refused for a scope that is not in the copy."""
    missing = [scope for scope in wanted.scopes if scope not in copy.scopes]
    if missing:
        held = list_scopes(sorted(copy.scopes)) or "no scope"
        raise Refused(f"scopes: {list_scopes(missing)} is not in {wanted.path}, which holds {held}. Nothing was changed.")
    return tuple(sorted(wanted.scopes or copy.scopes))


def restore(wanted: Wanted, copy: Export, here: Here) -> Plan:
    """Scopes that are not there come; those that are there have to be what the copy would bring. Raises Refused."""
    scopes = chosen(wanted, copy)
    found = problems(wanted, copy, here)
    if found:
        raise Refused(" ".join([*found, "Nothing was changed."]))
    coming = [scope for scope in scopes if here.server.scope(scope) is None]
    states = {scope: _state(wanted, copy, scope) for scope in scopes}
    there = {str(scope): {"state": states[scope]} for scope in scopes if scope not in coming}
    return Plan(
        steps=tuple(step for state in (INACTIVE, ACTIVE) for step in _step(wanted, here, [s for s in coming if states[s] == state], state)),
        before={"scopes": there},
        after={"scopes": {str(scope): {"state": states[scope]} for scope in scopes}},
    )


def problems(wanted: Wanted, copy: Export, here: Here) -> Sequence[str]:
    """How scopes that are there are not what the copy would bring."""
    there = [scope for scope in chosen(wanted, copy) if here.server.scope(scope)]
    return [problem for scope in there if (problem := _problem(scope, wanted, copy, here))]


def server_config(plan: Plan, copy: Export, here: Here) -> Sequence[Difference]:
    """What an import would change beside the scopes, since it takes the server level settings of the file along."""
    return content.server_level_differences(copy, here.export) if plan.steps else []


def check_server_config(found: Sequence[Difference], server: str) -> None:
    """Raises Refused, naming every difference."""
    if found:
        told = "; ".join(f"{one.field}: {_told(one.source)} in the copy, {_told(one.destination)} here" for one in found)
        raise Refused(
            f"an import takes the server level settings of the copy along, and they are not those of {server}: {told}. Look at them; "
            "accept_server_config: true imports them with the scopes. Nothing was changed."
        )


def public(found: Sequence[Difference]) -> Sequence[Mapping[str, str | None]]:
    return [{"field": one.field, "saved": one.source, "server": one.destination} for one in found]


def _state(wanted: Wanted, copy: Export, scope: IPv4Address) -> str:
    return INACTIVE if wanted.inactive else _saved_state(copy, scope)


def _saved_state(export: Export, scope: IPv4Address) -> str:
    """One that is not told counts as active: it is what a scope is that was made without saying."""
    return export.scopes[scope].get(("", "state"), (ACTIVE,))[0].lower()


def _step(wanted: Wanted, here: Here, scopes: Sequence[IPv4Address], state: str) -> Sequence[Step]:
    """An import that is not known to honour the state of the file is told of it for inactive scopes."""
    if not scopes:
        return []
    return [
        Step(
            server=here.server.name,
            text=f"bring back from the safety copy, with leases, {state}: {list_scopes(scopes)}",
            operation=cmdlets.import_copy(wanted.path, scopes, inactive=state == INACTIVE),
            relationship="",
            partner="",
            here_only=True,
            settled=False,
        )
    ]


def _problem(scope: IPv4Address, wanted: Wanted, copy: Export, here: Here) -> str | None:
    state, is_now = _state(wanted, copy, scope), _saved_state(here.export, scope)
    differs = [f"state {is_now} (it would be {state})"] if state != is_now else []
    for one in content.differences(copy, here.export, [scope]):
        if one.field != "state":
            differs.append(f"{one.field} {_told(one.destination)} ({_told(one.source)} in the copy)")
    # out of service no lease comes or goes by itself: one that is missing was never imported
    if is_now == INACTIVE:
        differs += [f"no lease {one.address}" for one in content.lost_leases(here.export, copy, [scope], here.now)]
    if not differs:
        return None
    relationship = here.server.relationship_of(scope)
    member = f", in relationship '{relationship.name}'," if relationship else ""
    return (
        f"scopes: {scope} exists{member} on {here.server.name} already, with {'; '.join(differs)}. Leave it out, or remove it there first "
        "(dhcp_failover_scope_copy)."
    )


def _told(value: str | None) -> str:
    return "none" if value is None else value
