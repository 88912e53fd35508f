# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is asked of two or three servers: the scenarios, each with the look of the servers at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from typing import Any

from lab import topology
from lab.core.api import Session
from lab.core.lab import Lab
from lab.standin.files import Files

from nothing_lost.shown import (
    DEFINED,
    NINE,
    Problems,
    active_on,
    half_made,
    keeps_secret,
    shows,
    whole,
    with_secret,
    with_share,
    without_relationship,
)
from nothing_lost.watched import WatchedLab, watched

ONE, TWO, THREE = (IPv4Address(f"10.0.{number}.0") for number in (1, 2, 3))
SCOPE = (
    "{name: Clients, subnet_mask: 255.255.255.0, start_range: 10.0.%d.10, end_range: 10.0.%d.99, leases: {count: 4}}"
)
INSIDE = ", ".join(f"10.0.{number}.0: {SCOPE % (number, number)}" for number in (1, 2, 3))
SERVERS = f"""
credentials: [{{user: admin, password: random}}]
servers:
  DHCP01: {{fqdn: dhcp01.contoso.example, address: 127.0.0.11, ip: 10.10.0.11, scopes: {{{INSIDE}}}}}
  DHCP02: {{fqdn: dhcp02.contoso.example, address: 127.0.0.12, ip: 10.10.0.12}}
  DHCP03: {{fqdn: dhcp03.contoso.example, address: 127.0.0.13, ip: 10.10.0.13}}
"""
PARTNER = "dhcp02.contoso.example"
SCOPE_MODULE, RELATIONSHIP = "dhcp_failover_scope", "dhcp_failover_relationship"
HQ = {"relationship": "HQ", "create_relationship": {"partner_server": PARTNER}}
KEEP = {"keep_scopes_on": "this_server"}
GIVE = {"keep_scopes_on": "partner"}
GONE: dict[str, Any] = {"orphan": "remove_here", "partner_is_off": True}
FULL = {
    "name": "HQ",
    "partner_server": PARTNER,
    "recreate": "when_needed",
    "scopes": ["10.0.1.0", "10.0.2.0"],
    "wait_timeout": 60,
    **KEEP,
}


@dataclass(frozen=True)
class Task:
    """A task on dhcp01 (or `host`): module and options."""

    module: str
    options: Mapping[str, Any]
    host: str = "dhcp01"


@dataclass(frozen=True)
class Scenario:
    """`before`: tasks that make the scene, then `scene`; `task`: what is put to the proof; `done`: what is wrong at the
    end; `never`: what would be at any moment; `breaks`: whether Windows itself may take the pair apart in the middle,
    which nobody knows beforehand: a person's then; `kept`: what is wrong at the end with the files on the servers;
    `goes_on`: by which the run after the first one goes on, if it is another task."""

    name: str
    task: Task
    done: Callable[[Lab], Problems]
    before: tuple[Task, ...] = ()
    scene: Callable[[Lab], None] | None = None
    routes: tuple[str, ...] = field(default=("own connection", "second hop"))
    partner_host: str = "dhcp02"
    never: Callable[[Lab], Problems] = lambda lab: []
    breaks: Callable[[Lab], bool] = lambda lab: False
    kept: Callable[[Mapping[str, Files]], Problems] = lambda files: []
    goes_on: Task | None = None


def lab() -> WatchedLab:
    return watched(topology.loads(SERVERS))


def members(*scopes: IPv4Address, **options: Any) -> Task:
    return Task(SCOPE_MODULE, {**HQ, "scopes": [str(scope) for scope in scopes], "wait_timeout": 30, **options})


# --- the scenarios
# -----------------------------------------------------------------------------------------------------

BOTH = (members(ONE, TWO),)
MEMBER = {ONE: "member", TWO: "member", THREE: "standalone"}


def without_delegation(lab: Lab) -> None:
    for server in lab.servers.values():
        server.credentials = tuple(_alone(one) for one in server.credentials)


def _alone(credential: Any) -> Any:
    return replace(credential, delegated=False)


def left_over(lab: Lab) -> None:
    """An inactive copy of the third scope on the partner, of an earlier removal."""
    lab.servers["DHCP02"].scopes[THREE] = replace(deepcopy(lab.servers["DHCP01"].scopes[THREE]), state="InActive")


def interruption(lab: Lab) -> None:
    """The two did not reach each other for a while, and each gave a client an address."""
    lab.cut_link("DHCP01", "DHCP02")
    for server, address in (("DHCP01", "10.0.1.71"), ("DHCP02", "10.0.1.72")):
        given: dict[str, Any] = {
            "ScopeId": ONE,
            "IPAddress": IPv4Address(address),
            "ClientId": f"00-00-00-00-00-{address[-2:]}",
        }
        lab.invoke(Session(server, lab.servers[server].credentials[0].user), "Add-DhcpServerv4Lease", given)
    lab.mend_link("DHCP01", "DHCP02")


def partner_dies(lab: Lab) -> None:
    lab.servers["DHCP02"].reachable = False
    for number in (1, 2):
        lab.servers["DHCP02"].scopes.pop(IPv4Address(f"10.0.{number}.0"))
    lab.servers["DHCP02"].relationships.clear()


def scenarios() -> Iterator[Scenario]:
    yield Scenario(
        "create with two scopes", members(ONE, TWO), shows(DHCP01=MEMBER, DHCP02={**MEMBER, THREE: "absent"})
    )
    yield Scenario(
        "add a scope", members(ONE, TWO), shows(DHCP01=MEMBER, DHCP02={**MEMBER, THREE: "absent"}), (members(ONE),)
    )
    for name, said, state, before in (
        ("create a scope with all that is in it", "active", "Active", BOTH),
        ("create a scope, out of service, with all that is in it", "inactive", "InActive", BOTH),
        ("create a relationship with a scope that is created", "active", "Active", ()),
    ):
        yield Scenario(
            name,
            members(ONE, create_scopes=[{**DEFINED, "state": said}]),
            whole(shows(DHCP01={ONE: "member", NINE: "member"}, DHCP02={ONE: "member", NINE: "member"}), state),
            before,
            never=half_made,
        )
    absent = {"state": "absent", "create_relationship": None}
    yield Scenario(
        "remove, keep here, delete there",
        members(ONE, **absent, **KEEP, other_copy="delete"),
        shows(DHCP01={ONE: "standalone", TWO: "member"}, DHCP02={ONE: "absent|inactive", TWO: "member"}),
        BOTH,
    )
    yield Scenario(
        "remove, keep there, delete here",
        members(ONE, **absent, **GIVE, other_copy="delete"),
        shows(DHCP01={ONE: "absent|inactive", TWO: "member"}, DHCP02={ONE: "standalone", TWO: "member"}),
        BOTH,
    )
    yield Scenario(
        "remove, keep here, disable there",
        members(ONE, **absent, **KEEP, other_copy="disable"),
        shows(DHCP01={ONE: "standalone", TWO: "member"}, DHCP02={ONE: "inactive", TWO: "member"}),
        BOTH,
    )
    yield Scenario(
        "remove, keep there, disable here",
        members(ONE, **absent, **GIVE, other_copy="disable"),
        shows(DHCP01={ONE: "inactive", TWO: "member"}, DHCP02={ONE: "standalone", TWO: "member"}),
        BOTH,
    )
    yield Scenario(
        "remove without delegation, disable there",
        members(ONE, **absent, **KEEP, other_copy="disable"),
        shows(DHCP01={ONE: "standalone", TWO: "member"}, DHCP02={ONE: "inactive", TWO: "member"}),
        BOTH,
        without_delegation,
        ("own connection",),
    )
    for copy, left in (("delete", "absent|inactive"), ("disable", "inactive")):
        yield Scenario(
            f"remove after an interruption, {copy}",
            members(ONE, **absent, **KEEP, other_copy=copy),
            shows(DHCP01={ONE: "standalone", TWO: "member"}, DHCP02={ONE: left, TWO: "member"}),
            BOTH,
            interruption,
        )
    yield Scenario(
        "remove the last scope",
        members(ONE, TWO, **absent, **KEEP, other_copy="delete"),
        shows(DHCP01={ONE: "standalone", TWO: "standalone"}, DHCP02={ONE: "absent|inactive", TWO: "absent|inactive"}),
        BOTH,
    )
    for copy, left in (("delete", "absent|inactive"), ("disable", "inactive")):
        yield Scenario(
            f"purge to another list, {copy}",
            members(TWO, THREE, purge=True, **KEEP, other_copy=copy),
            shows(
                DHCP01={ONE: "standalone", TWO: "member", THREE: "member"},
                DHCP02={ONE: left, TWO: "member", THREE: "member"},
            ),
            BOTH,
        )
        yield Scenario(
            f"remove the relationship, keep here, {copy}",
            Task(RELATIONSHIP, {"name": "HQ", "state": "absent", **KEEP, "other_copy": copy}),
            without_relationship(
                shows(DHCP01={ONE: "standalone", TWO: "standalone"}, DHCP02={ONE: left, TWO: left}), "HQ"
            ),
            BOTH,
        )
        yield Scenario(
            f"remove the relationship, keep there, {copy}",
            Task(RELATIONSHIP, {"name": "HQ", "state": "absent", **GIVE, "other_copy": copy}),
            without_relationship(
                shows(DHCP01={ONE: left, TWO: left}, DHCP02={ONE: "standalone", TWO: "standalone"}), "HQ"
            ),
            BOTH,
        )
        yield Scenario(
            f"move to another partner, {copy}",
            Task(
                SCOPE_MODULE,
                {
                    "relationship": "Branch",
                    "scopes": ["10.0.1.0"],
                    "create_relationship": {"partner_server": "dhcp03.contoso.example"},
                    "move": True,
                    "other_copy": copy,
                    "wait_timeout": 60,
                },
            ),
            shows(DHCP01={ONE: "member", TWO: "member"}, DHCP02={ONE: left, TWO: "member"}, DHCP03={ONE: "member"}),
            BOTH,
            partner_host="dhcp03",
        )
        yield Scenario(
            f"re-create with another partner, {copy}",
            Task(RELATIONSHIP, {**FULL, "partner_server": "dhcp03.contoso.example", "other_copy": copy}),
            shows(
                DHCP01={ONE: "member", TWO: "member"},
                DHCP02={ONE: left, TWO: left},
                DHCP03={ONE: "member", TWO: "member"},
            ),
            BOTH,
            partner_host="dhcp03",
        )
    yield Scenario(
        "move to another relationship of the same partner",
        Task(
            SCOPE_MODULE,
            {
                "relationship": "Branch",
                "scopes": ["10.0.1.0"],
                "create_relationship": {"partner_server": PARTNER},
                "move": True,
                "wait_timeout": 60,
            },
        ),
        shows(DHCP01={ONE: "member", TWO: "member"}, DHCP02={ONE: "member", TWO: "member"}),
        BOTH,
    )
    yield Scenario(
        "re-create with another name",
        Task(RELATIONSHIP, {**FULL, "name": "Berlin", "previous_name": "HQ", "other_copy": "delete"}),
        without_relationship(shows(DHCP01={ONE: "member", TWO: "member"}, DHCP02={ONE: "member", TWO: "member"}), "HQ"),
        BOTH,
    )
    standby = Task(
        RELATIONSHIP,
        {**FULL, "mode": "hot_standby", "server_role": "active", "reserve_percent": 5, "recreate": "never"},
    )
    yield Scenario(
        "swap roles",
        Task(
            RELATIONSHIP,
            {**FULL, "mode": "hot_standby", "server_role": "standby", "reserve_percent": 5, "other_copy": "delete"},
        ),
        active_on("DHCP02", shows(DHCP01={ONE: "member", TWO: "member"}, DHCP02={ONE: "member", TWO: "member"})),
        (standby,),
    )
    yield Scenario(
        "change the share",
        Task(RELATIONSHIP, {"name": "HQ", "load_balance_percent": 70, "wait_timeout": 60}),
        with_share(shows(DHCP01={ONE: "member", TWO: "member"}, DHCP02={ONE: "member", TWO: "member"}), 70),
        BOTH,
    )
    yield Scenario(
        "change the mode",
        Task(RELATIONSHIP, {"name": "HQ", "mode": "hot_standby", "reserve_percent": 8, "wait_timeout": 60}),
        shows(DHCP01={ONE: "member", TWO: "member"}, DHCP02={ONE: "member", TWO: "member"}),
        BOTH,
    )
    on_change = {
        "name": "HQ",
        "partner_server": PARTNER,
        "scopes": ["10.0.1.0"],
        "update_secret": "on_change",
        "wait_timeout": 60,
    }
    yield Scenario(
        "send another secret",
        Task(RELATIONSHIP, {**on_change, "shared_secret": "Kx7-the-second"}),
        with_secret("Kx7-the-second", shows(DHCP01={ONE: "member"}, DHCP02={ONE: "member"})),
        (Task(RELATIONSHIP, {**on_change, "shared_secret": "Kx7-the-first"}),),
        breaks=keeps_secret,
    )
    yield Scenario(
        "replace an inactive copy",
        members(ONE, THREE, replace_partner_copy="inactive_only"),
        shows(DHCP01={ONE: "member", THREE: "member"}, DHCP02={ONE: "member", THREE: "member"}),
        (members(ONE),),
        left_over,
    )
    yield Scenario(
        "remove a left-over copy",
        Task(
            "dhcp_failover_scope_copy", {"scopes": ["10.0.3.0"], "partner_server": "dhcp01.contoso.example"}, "dhcp02"
        ),
        shows(DHCP01={THREE: "standalone"}, DHCP02={THREE: "absent"}),
        scene=left_over,
        partner_host="dhcp01",
    )
    yield Scenario(
        "remove an orphan",
        Task(RELATIONSHIP, {"name": "HQ", "state": "absent", **GONE}),
        shows(DHCP01={ONE: "standalone", TWO: "standalone"}),
        BOTH,
        partner_dies,
    )
    yield Scenario(
        "replace a partner that is gone",
        Task(RELATIONSHIP, {**FULL, "partner_server": "dhcp03.contoso.example", **GONE}),
        shows(DHCP01={ONE: "member", TWO: "member"}, DHCP03={ONE: "member", TWO: "member"}),
        BOTH,
        partner_dies,
        partner_host="dhcp03",
    )
    from nothing_lost import maintenance  # which is made of what stands above

    yield from maintenance.scenarios()
