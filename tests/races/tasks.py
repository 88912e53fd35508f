# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The writing tasks, of every kind, each as it is given on one of two servers, and what its "ok" promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any, TypeAlias

from nothing_lost.scenarios import RELATIONSHIP, SCOPE_MODULE

from races.wishes import (
    ANY,
    Wish,
    alike,
    ended,
    every,
    gone,
    is_active,
    is_down,
    is_there,
    joined,
    left,
    made_and_joined,
    own_joined,
    reserves,
)

ONE, TWO, THREE, FOUR, FIVE, SIX, EIGHT, NINE = (IPv4Address(f"10.0.{number}.0") for number in (1, 2, 3, 4, 5, 6, 8, 9))
OWN = {"DHCP01": FOUR, "DHCP02": EIGHT}  # served by one server alone
LEFT_THERE = {"DHCP01": FIVE, "DHCP02": SIX}  # served here, and an inactive copy at the partner
LEFT_HERE = {"DHCP01": SIX, "DHCP02": FIVE}
OTHER_ROLE = {"DHCP01": False, "DHCP02": True}  # whether it is active then, which it is not in the scene
NEW_SCOPE = {
    "scope_id": str(NINE),
    "start_range": "10.0.9.10",
    "end_range": "10.0.9.99",
    "subnet_mask": "255.255.255.0",
    "name": "Nine",
}
WAIT = {"wait_timeout": 30}  # seconds of the virtual clock
ALL_MAY_GO = {"max_removals_percent": 100}

Options: TypeAlias = Mapping[str, Any]
OptionsOf: TypeAlias = Callable[[str, str], Options]  # host, partner -> options; hosts are called like in an inventory


@dataclass(frozen=True)
class Task:
    """`routes`: whether it takes partner_host, `partner`: whom that names (""; the host's partner)."""

    name: str
    kind: str
    module: str
    options: OptionsOf
    wish: Wish
    routes: bool = True
    partner: str = ""


def tasks() -> Iterator[Task]:
    """Every kind of task that writes."""
    yield from _removing()
    yield from _moving()
    yield from _re_creating()
    options = {"name": "HQ", "reserve_percent": 20, **WAIT}
    yield Task("modify", "modifying", RELATIONSHIP, _always(options), reserves("HQ", 20))
    yield from _joining_and_creating()
    yield from _of_one_server()


def _removing() -> Iterator[Task]:
    for keep, word in (("this_server", "here"), ("partner", "there")):
        for copy in ("disable", "delete"):
            options = scope("HQ", ONE, **removal(keep, copy))
            yield Task(f"remove-{word}-{copy}", "removing", SCOPE_MODULE, _always(options), left(ONE))
    options = scope("HQ", ONE, TWO, **removal("this_server", "delete"))
    yield Task("remove-all", "removing", SCOPE_MODULE, _always(options), left(ONE, TWO))
    for keep, word, copy in (("this_server", "here", "delete"), ("partner", "there", "disable")):
        options = {"name": "HQ", **removal(keep, copy), **WAIT, **ALL_MAY_GO}
        yield Task(f"end-{word}-{copy}", "removing", RELATIONSHIP, _always(options), ended("HQ", ONE, TWO))


def _moving() -> Iterator[Task]:
    yield Task(
        "move",
        "moving",
        SCOPE_MODULE,
        lambda _here, there: scope("Branch", ONE, move=True, **created_with(there)),
        joined("Branch", ONE),
    )
    for copy in ("disable", "delete"):
        yield Task(
            f"move-third-{copy}", "moving", SCOPE_MODULE, _moved(copy), joined("Third-{here}", ONE, partner="DHCP03"),
            partner="dhcp03",
        )  # fmt: skip


def _moved(copy: str) -> OptionsOf:
    return lambda here, _there: scope(f"Third-{here}", ONE, move=True, other_copy=copy, **created_with("dhcp03"))


def _re_creating() -> Iterator[Task]:
    yield Task(
        "swap-role",
        "re-creating",
        RELATIONSHIP,
        lambda here, there: declared(here, there, server_role="active" if OTHER_ROLE[here.upper()] else "standby"),
        every(joined("HQ", ONE, TWO), is_active(OTHER_ROLE)),
    )
    yield Task(
        "other-partner",
        "re-creating",
        RELATIONSHIP,
        lambda here, _there: declared(here, "dhcp03"),
        joined("HQ", ONE, TWO, partner="DHCP03"),
        partner="dhcp03",
    )
    yield Task(
        "rename",
        "re-creating",
        RELATIONSHIP,
        lambda here, there: declared(here, there, name="Berlin", previous_name="HQ"),
        joined("Berlin", ONE, TWO),
    )


def _joining_and_creating() -> Iterator[Task]:
    yield Task(
        "join", "joining", SCOPE_MODULE, lambda here, _there: scope("HQ", OWN[here.upper()]), own_joined("HQ", OWN, ANY)
    )
    yield Task(
        "join-replacing",
        "joining",
        SCOPE_MODULE,
        lambda here, _there: scope("HQ", LEFT_THERE[here.upper()], replace_partner_copy="inactive_only"),
        own_joined("HQ", LEFT_THERE, ANY),
    )
    yield Task(
        "create",
        "creating",
        SCOPE_MODULE,
        lambda here, there: scope("New", OWN[here.upper()], **created_with(there)),
        own_joined("New", OWN),
    )
    yield Task(
        "create-scope",
        "creating",
        SCOPE_MODULE,
        _always(scope("HQ", create_scopes=[{**NEW_SCOPE, "name": "Made"}])),
        made_and_joined("HQ", NINE, "Made"),
    )


def _of_one_server() -> Iterator[Task]:
    for source, word in (("this_server", "out"), ("partner", "in")):
        options = {"relationship": "HQ", "source": source, "force": True, "allow_overwrite": True, **WAIT}
        yield Task(
            f"replicate-{word}",
            "replicating",
            "dhcp_failover_replicate",
            _always(options),
            every(alike(ONE), alike(TWO)),
        )
    yield Task(
        "delete-copy",
        "copy-removing",
        "dhcp_failover_scope_copy",
        lambda here, there: {"scopes": [str(LEFT_HERE[here.upper()])], "partner_server": fqdn(there)},
        gone(LEFT_HERE),
    )
    for name, restored in (("restore", NINE), ("restore-removed", ONE)):
        options = {"path": "", "scopes": [str(restored)], "state": "inactive"}  # the path is the scene's
        yield Task(name, "restoring", "dhcp_failover_restore", _always(options), is_there(restored), routes=False)
    yield Task("down", "declaring down", "dhcp_failover_partner_down", _always({"name": "HQ"}), is_down)


# --- options -----------------------------------------------------------------------------------------------------


def _always(options: Options) -> OptionsOf:
    return lambda _here, _there: options


def fqdn(host: str) -> str:
    """As DNS knows it."""
    return f"{host}.contoso.example"


def removal(keep: str, copy: str) -> dict[str, Any]:
    """Options of what leaves."""
    return {"state": "absent", "keep_scopes_on": keep, "other_copy": copy}


def scope(relationship: str, *scopes: IPv4Address, **options: Any) -> dict[str, Any]:
    """Options of dhcp_failover_scope."""
    return {"relationship": relationship, "scopes": [*map(str, scopes)], **WAIT, **ALL_MAY_GO, **options}


def created_with(partner: str) -> dict[str, Any]:
    """The relationship is made if it is not there."""
    return {"create_relationship": {"partner_server": fqdn(partner)}}


def declared(here: str, partner: str, **options: Any) -> dict[str, Any]:
    """HQ as the scene has it, with another partner or other options."""
    return {
        "name": "HQ",
        "partner_server": fqdn(partner),
        "mode": "hot_standby",
        "server_role": "active" if here == "dhcp01" else "standby",
        "reserve_percent": 5,
        "recreate": "when_needed",
        "keep_scopes_on": "this_server",
        "other_copy": "delete",
        "scopes": [str(ONE), str(TWO)],
        **WAIT,
        **ALL_MAY_GO,
        **options,
    }


TASKS = {task.name: task for task in tasks()}
# those that may change where a member of HQ is served
ABOUT_MEMBERS = [
    task.name for task in TASKS.values() if task.kind in ("removing", "moving", "re-creating", "replicating")
]
