# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The writing tasks, of every kind, each as it is given on one of two servers, and what its "ok" promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from lab.core.server import Relationship
from nothing_lost.scenarios import RELATIONSHIP, SCOPE_MODULE
from races.servers import RacedLab, active

ONE, TWO, THREE, FOUR, FIVE, SIX, EIGHT, NINE = (IPv4Address(f"10.0.{number}.0") for number in (1, 2, 3, 4, 5, 6, 8, 9))
FQDN = "{}.contoso.example"
WAIT = 30  # seconds of the virtual clock

Wish = Callable[[RacedLab, str, str], bool]


@dataclass(frozen=True)
class Task:
    """`options`: of the host and its partner. `wish`: what is so when it said ok, of (lab, host, partner), as servers."""

    name: str
    kind: str
    module: str
    options: Callable[[str, str], Mapping[str, Any]]
    wish: Wish
    routes: bool = True  # takes partner_host


# --- what an ok promises -----------------------------------------------------------------------------------------


def left(*scopes: IPv4Address) -> Wish:
    """In HQ on neither of the two servers, and there is one that serves."""

    def wish(lab: RacedLab, here: str, there: str) -> bool:
        members = {scope for half in _halves(lab, "HQ", here, there) for scope in half.scopes}
        return all(scope not in members and _serves(lab, scope) for scope in scopes)

    return wish


def ended(name: str) -> Wish:
    def wish(lab: RacedLab, here: str, there: str) -> bool:
        return not _halves(lab, name, here, there) and all(_serves(lab, scope) for scope in (ONE, TWO))

    return wish


def _halves(lab: RacedLab, name: str, here: str, there: str) -> list[Relationship]:
    """Of the host, and that of its partner if it is with the host: by then the partner may have another one."""
    mine, theirs = (lab.servers[server].relationships.get(name) for server in (here, there))
    return [half for half in (mine, theirs if theirs and theirs.peer == here else None) if half is not None]


def joined(relationship: str, *scopes: IPv4Address, partner: str = "") -> Wish:
    """A member on both, and the same on both."""

    def wish(lab: RacedLab, here: str, there: str) -> bool:
        other = partner or there
        return all(
            relationship in lab.servers[name].relationships
            and scope in lab.servers[name].scopes
            and scope in lab.servers[name].relationships[relationship].scopes
            for name in (here, other)
            for scope in scopes
        ) and all(
            lab.servers[one].relationships[relationship].peer == two for one, two in ((here, other), (other, here))
        )

    return wish


def _serves(lab: RacedLab, scope: IPv4Address) -> bool:
    """Somebody does; what nobody served at first is not asked for."""
    return bool(active(lab, scope)) or scope in lab.unserved


def both(*wishes: Wish) -> Wish:
    return lambda lab, here, there: all(wish(lab, here, there) for wish in wishes)


def role(lab: RacedLab, here: str, _there: str) -> bool:
    """The host has the role that the scene did not give it."""
    half = lab.servers[here].relationships.get("HQ")
    wanted = here == "DHCP02"
    return half is not None and ((half.primary == here) == (half.active == "primary")) == wanted


def gone_here(scope: Mapping[str, IPv4Address]) -> Wish:
    return lambda lab, here, _there: scope[here] not in lab.servers[here].scopes


def is_down(lab: RacedLab, here: str, _there: str) -> bool:
    half = lab.servers[here].relationships.get("HQ")
    return half is not None and half.state == "PartnerDown"


def is_here(scope: IPv4Address) -> Wish:
    return lambda lab, here, _there: scope in lab.servers[here].scopes


def alike(scope: IPv4Address) -> Wish:
    """Both have it with the same description, where the planted difference is."""

    def wish(lab: RacedLab, here: str, there: str) -> bool:
        copies = [lab.servers[name].scopes.get(scope) for name in (here, there)]
        return len({copy.description for copy in copies if copy is not None}) == 1

    return wish


# --- the tasks ---------------------------------------------------------------------------------------------------

OWN = {"DHCP01": FOUR, "DHCP02": EIGHT}  # served by one server alone
LEFT_THERE = {"DHCP01": FIVE, "DHCP02": SIX}  # served here, and an inactive copy at the partner
LEFT_HERE = {"DHCP01": SIX, "DHCP02": FIVE}


def _removal(keep: str, copy: str) -> dict[str, Any]:
    return {"state": "absent", "keep_scopes_on": keep, "other_copy": copy, "wait_timeout": WAIT}


def _scope(relationship: str, *scopes: IPv4Address, **options: Any) -> dict[str, Any]:
    return {
        "relationship": relationship,
        "scopes": [str(scope) for scope in scopes],
        "wait_timeout": WAIT,
        "max_removals_percent": 100,
        **options,
    }


def _with_partner(partner: str) -> dict[str, Any]:
    return {"create_relationship": {"partner_server": FQDN.format(partner)}}


def _declared(here: str, partner: str, **options: Any) -> dict[str, Any]:
    role = "active" if here == "dhcp01" else "standby"
    return {
        "name": "HQ",
        "partner_server": FQDN.format(partner),
        "mode": "hot_standby",
        "server_role": role,
        "reserve_percent": 5,
        "recreate": "when_needed",
        "keep_scopes_on": "this_server",
        "other_copy": "delete",
        "scopes": [str(ONE), str(TWO)],
        "wait_timeout": WAIT,
        "max_removals_percent": 100,
        **options,
    }


def _wider(here: str) -> IPv4Address:
    return OWN[here.upper()]


NEW_SCOPE = {
    "scope_id": str(NINE),
    "start_range": "10.0.9.10",
    "end_range": "10.0.9.99",
    "subnet_mask": "255.255.255.0",
    "name": "Nine",
}
OTHER_ROLE = {"dhcp01": "standby", "dhcp02": "active"}


def _own_joins(relationship: str) -> Wish:
    return lambda lab, here, there: joined(relationship, OWN[here])(lab, here, there)


def tasks() -> Iterator[Task]:
    """Every kind of task that writes."""
    for keep in ("this_server", "partner"):
        for copy in ("disable", "delete"):
            word = "here" if keep == "this_server" else "there"
            yield Task(
                f"remove-{word}-{copy}",
                "removing",
                SCOPE_MODULE,
                lambda here, there, how=_removal(keep, copy): _scope("HQ", ONE, **how),  # type: ignore[misc]
                left(ONE),
            )
    yield Task(
        "remove-all",
        "removing",
        SCOPE_MODULE,
        lambda here, there: _scope("HQ", ONE, TWO, **_removal("this_server", "delete")),
        left(ONE, TWO),
    )
    for keep, copy in (("this_server", "delete"), ("partner", "disable")):
        yield Task(
            f"end-{'here' if keep == 'this_server' else 'there'}-{copy}",
            "removing",
            RELATIONSHIP,
            lambda here, there, how=_removal(keep, copy): {"name": "HQ", "max_removals_percent": 100, **how},  # type: ignore[misc]
            ended("HQ"),
        )
    yield Task(
        "move",
        "moving",
        SCOPE_MODULE,
        lambda here, there: _scope("Branch", ONE, move=True, **_with_partner(there)),
        joined("Branch", ONE),
    )
    for copy in ("disable", "delete"):
        yield Task(
            f"move-third-{copy}",
            "moving",
            SCOPE_MODULE,
            lambda here, there, copy=copy: _scope(  # type: ignore[misc]
                f"Third-{here}", ONE, move=True, other_copy=copy, **_with_partner("dhcp03")
            ),
            lambda lab, here, there: joined(f"Third-{here.lower()}", ONE, partner="DHCP03")(lab, here, there),
        )
    yield Task(
        "swap-role",
        "re-creating",
        RELATIONSHIP,
        lambda here, there: _declared(here, there, server_role=OTHER_ROLE[here]),
        both(joined("HQ", ONE, TWO), role),
    )
    yield Task(
        "other-partner",
        "re-creating",
        RELATIONSHIP,
        lambda here, there: _declared(here, "dhcp03"),
        joined("HQ", ONE, TWO, partner="DHCP03"),
    )
    yield Task(
        "rename",
        "re-creating",
        RELATIONSHIP,
        lambda here, there: _declared(here, there, name="Berlin", previous_name="HQ"),
        joined("Berlin", ONE, TWO),
    )
    yield Task("join", "joining", SCOPE_MODULE, lambda here, there: _scope("HQ", _wider(here)), _own_joins("HQ"))
    yield Task(
        "join-replacing",
        "joining",
        SCOPE_MODULE,
        lambda here, there: _scope("HQ", LEFT_THERE[here.upper()], replace_partner_copy="inactive_only"),
        lambda lab, here, there: joined("HQ", LEFT_THERE[here])(lab, here, there),
    )
    yield Task(
        "create",
        "creating",
        SCOPE_MODULE,
        lambda here, there: _scope("New", _wider(here), **_with_partner(there)),
        _own_joins("New"),
    )
    yield Task(
        "create-scope",
        "creating",
        SCOPE_MODULE,
        lambda here, there: _scope("HQ", create_scopes=[NEW_SCOPE]),
        joined("HQ", NINE),
    )
    for source in ("this_server", "partner"):
        yield Task(
            "replicate-out" if source == "this_server" else "replicate-in",
            "replicating",
            "dhcp_failover_replicate",
            lambda here, there, source=source: {  # type: ignore[misc]
                "relationship": "HQ",
                "source": source,
                "force": True,
                "allow_overwrite": True,
                "wait_timeout": WAIT,
            },
            alike(ONE),
        )
    yield Task(
        "delete-copy",
        "copy-removing",
        "dhcp_failover_scope_copy",
        lambda here, there: {"scopes": [str(LEFT_HERE[here.upper()])], "partner_server": FQDN.format(there)},
        gone_here(LEFT_HERE),
    )
    for name, scope in (("restore", NINE), ("restore-removed", ONE)):
        yield Task(
            name,
            "restoring",
            "dhcp_failover_restore",
            lambda here, there, scope=scope: {"path": "", "scopes": [str(scope)], "state": "inactive"},  # type: ignore[misc]
            is_here(scope),
            routes=False,
        )
    yield Task("down", "declaring down", "dhcp_failover_partner_down", lambda here, there: {"name": "HQ"}, is_down)


TASKS = {task.name: task for task in tasks()}


# those in which a member of HQ may change where it is served
ABOUT_MEMBERS = [
    task.name for task in TASKS.values() if task.kind in ("removing", "moving", "re-creating", "replicating")
]
