# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tasks that bring scopes to a partner, and what can be lacking for them: see test_planted_lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

from lab.core.server import DhcpClass, OptionDefinition, OptionKey, Policy, Relationship, Scope, Server
from pairs import ONE, RELATIONSHIP, SCOPE, THREE, TWO, Pair, pair

NEW = IPv4Address("10.0.9.0")
NEW_SCOPE = {
    "scope_id": str(NEW),
    "start_range": "10.0.9.10",
    "end_range": "10.0.9.90",
    "subnet_mask": "255.255.255.0",
    "name": "New",
}
SECOND, THIRD = {"partner_server": "dhcp02.contoso.example"}, {"partner_server": "dhcp03.contoso.example"}
ANEW = {"recreate": "when_needed", "keep_scopes_on": "this_server", "other_copy": "delete"}
BOTH = {"scopes": [str(ONE), str(TWO)]}
STANDBY = {"mode": "hot_standby", "reserve_percent": 5}
# as roles/failover gives them for migrate and swap_roles
ROLE = {
    "name": "HQ",
    **ANEW,
    **BOTH,
    "max_client_lead_time": "3600",
    "state_switch_interval": "0",
    "enable_auth": False,
    "orphan": "refuse",
    "allow_content_loss": False,
}


# --- the tasks -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """A task that brings `coming` to `partner`. `creates`: a relationship. `former`: who has its scopes by then."""

    module: str
    options: Mapping[str, Any]
    coming: IPv4Address
    partner: str = "DHCP02"
    creates: str = ""
    former: str = ""
    host: str = "DHCP01"
    scene: Callable[[], Pair] = pair

    @property
    def called(self) -> str:
        """What the partner is called in the task, and by this server."""
        return f"{self.partner.lower()}.contoso.example"

    def routes(self) -> Mapping[str, Mapping[str, Any]]:
        return {"second hop": {}, "own connection": {"partner_host": self.partner.lower()}}


def half_made() -> Pair:
    servers = pair()
    there = servers.server("DHCP02")
    del there.relationships["HQ"], there.scopes[TWO], there.scopes[ONE]
    return servers


def left_over() -> Pair:
    servers = pair()
    copy = replace(deepcopy(servers.server("DHCP01").scopes[THREE]), state="InActive", leases={})
    servers.server("DHCP02").scopes[THREE] = copy
    return servers


def with_another() -> Pair:
    """Branch has the third scope, with DHCP03."""
    servers = pair()
    servers.ok(SCOPE, relationship="Branch", scopes=[str(THREE)], create_relationship=THIRD, wait_timeout=1)
    return servers


def standby() -> Pair:
    """HQ is a hot standby, with DHCP01 active."""
    servers = pair()
    servers.ok(RELATIONSHIP, name="HQ", **STANDBY, wait_timeout=1)
    return servers


JOIN = {"relationship": "HQ", "scopes": [str(THREE)]}
MOVE = {"relationship": "Branch", "scopes": [str(ONE)], "move": True, "other_copy": "delete"}


def to_active(options: Mapping[str, Any]) -> Task:
    """DHCP02, which is the standby, becomes the active one."""
    active = {**STANDBY, "server_role": "active", "partner_server": "dhcp01.contoso.example"}
    return Task(RELATIONSHIP, {**options, **active}, ONE, "DHCP01", "HQ", "DHCP01", "DHCP02", standby)


TASKS: Mapping[str, Task] = {
    "create": Task(RELATIONSHIP, {"name": "Branch", **SECOND, "scopes": [str(THREE)]}, THREE, creates="Branch"),
    "create with a scope task": Task(
        SCOPE,
        {"relationship": "Branch", "scopes": [str(THREE)], "create_relationship": SECOND},
        THREE,
        creates="Branch",
    ),
    "join": Task(SCOPE, JOIN, THREE),
    "join by a list": Task(RELATIONSHIP, {"name": "HQ", "scopes": [str(THREE)]}, THREE),
    "replace a copy": Task(SCOPE, {**JOIN, "replace_partner_copy": "inactive_only"}, THREE, scene=left_over),
    "new scopes": Task(SCOPE, {"relationship": "HQ", "create_scopes": [NEW_SCOPE]}, NEW),
    "new scopes in a new relationship": Task(
        SCOPE,
        {"relationship": "Branch", "create_scopes": [NEW_SCOPE], "create_relationship": SECOND},
        NEW,
        creates="Branch",
    ),
    "complete a half": Task(
        RELATIONSHIP, {"name": "HQ", "scopes": [*BOTH["scopes"], str(THREE)]}, THREE, creates="HQ", scene=half_made
    ),
    "another partner": Task(RELATIONSHIP, {"name": "HQ", **ANEW, **THIRD, **BOTH}, ONE, "DHCP03", "HQ", "DHCP02"),
    "another role": to_active({"name": "HQ", **ANEW, **BOTH}),
    "migrate": Task(
        RELATIONSHIP,
        {**ROLE, **THIRD, "mode": "load_balance", "load_balance_percent": 50, "other_copy": "disable"},
        ONE,
        "DHCP03",
        "HQ",
        "DHCP02",
    ),
    "swap_roles": to_active(ROLE),
    "another name": Task(
        RELATIONSHIP,
        {"name": "Branch", "previous_name": "HQ", **ANEW, **SECOND, **BOTH},
        ONE,
        creates="Branch",
        former="DHCP02",
    ),
    "move": Task(SCOPE, MOVE, ONE, "DHCP03", former="DHCP02", scene=with_another),
    "move to a new one": Task(SCOPE, {**MOVE, "create_relationship": THIRD}, ONE, "DHCP03", "Branch", "DHCP02"),
    "move within the pair": Task(
        SCOPE, {**MOVE, "create_relationship": SECOND}, ONE, creates="Branch", former="DHCP02"
    ),
}


# --- what is lacking -------------------------------------------------------------------------------------------------


@dataclass
class Scene:
    """The servers of a task. `partner`: where the lack is planted."""

    servers: Pair
    task: Task
    partner: Server

    @property
    def here(self) -> Server:
        server: Server = self.servers.server(self.task.host)
        return server

    @property
    def scope(self) -> Scope:
        return self.here.scopes[self.task.coming]


Plant = Callable[[Scene], Callable[[], None]]  # returns what mends it


def closed(scene: Scene) -> Callable[[], None]:
    lab, ends = scene.servers.lab, (scene.here.name, scene.partner.name)
    lab.cut_link(*ends)
    return lambda: lab.mend_link(*ends)


def setting(**lacking: Any) -> Plant:
    """Something of the partner itself."""

    def plant(scene: Scene) -> Callable[[], None]:
        partner, before = scene.partner, {name: getattr(scene.partner, name) for name in lacking}
        vars(partner).update(lacking)
        return lambda: vars(partner).update(before)

    return plant


def account(at_partner: bool, **lacking: Any) -> Plant:
    def plant(scene: Scene) -> Callable[[], None]:
        server = scene.partner if at_partner else scene.here
        before = server.credentials
        server.credentials = tuple(replace(one, **lacking) for one in before)
        return lambda: vars(server).update(credentials=before)

    return plant


def policy_class(scene: Scene) -> Callable[[], None]:
    scene.here.classes["Phones"] = made = DhcpClass("Phones", "Vendor", "phone")
    scene.scope.policies["Phones"] = Policy("Phones", criteria={"VendorClass": ("EQ", "Phones")})
    return lambda: scene.partner.classes.update(Phones=made)


def option(there: OptionDefinition | None) -> Plant:
    """An option of the scope that is defined here, and not so there."""

    def plant(scene: Scene) -> Callable[[], None]:
        key, mine = OptionKey(200), OptionDefinition("Phones", "String")
        scene.here.option_definitions[key] = mine
        scene.scope.options[key] = ("x",)
        if there is not None:
            scene.partner.option_definitions[key] = there
        return lambda: scene.partner.option_definitions.update({key: mine})

    return plant


def other_scope(scene: Scene, scope_id: IPv4Address, first: int, last: int, **fields: Any) -> Callable[[], None]:
    start = int(scene.task.coming)
    scene.partner.scopes[scope_id] = Scope(
        scope_id,
        IPv4Address("255.255.255.0"),
        IPv4Address(start + first),
        IPv4Address(start + last),
        "Theirs",
        **fields,
    )

    def mend() -> None:
        del scene.partner.scopes[scope_id]

    return mend


def overlapping(scene: Scene) -> Callable[[], None]:
    return other_scope(scene, scene.task.coming + 64, 70, 80)


def there_already(scene: Scene) -> Callable[[], None]:
    return other_scope(scene, scene.task.coming, 10, 90)


def relationships(scene: Scene, server: Server, names: list[str]) -> Callable[[], None]:
    """Empty ones, with a server of somebody else's."""
    model: Relationship = scene.servers.server("DHCP01").relationships["HQ"] if names else None  # type: ignore[assignment]
    for name in names:
        server.relationships[name] = replace(
            model,
            name=name,
            peer="DHCP03",
            partner_server="elsewhere",
            primary=server.name,
            secondary="DHCP03",
            scopes=[],
        )

    def mend() -> None:
        for name in names:
            del server.relationships[name]

    return mend


def taken(scene: Scene) -> Callable[[], None]:
    return relationships(scene, scene.partner, [scene.task.creates])


def full(here: bool) -> Plant:
    def plant(scene: Scene) -> Callable[[], None]:
        server = scene.here if here else scene.partner
        more = 31 - len(server.relationships)
        return relationships(scene, server, [f"R{number}" for number in range(more)])

    return plant


@dataclass(frozen=True)
class Lack:
    """What is planted, and what the refusal has to say of it: `says`, and the `cure`; or `or_else` both. `here`: on the
    task's own server, which it names then."""

    plant: Plant
    says: str
    cure: str
    or_else: str = ""
    here: bool = False


LACKS: Mapping[str, Lack] = {
    "RPC is closed": Lack(
        closed, "WIN32 1722", "RPC (TCP 135 and 49152-65535) reaches it from", "look at the network between them"
    ),
    "the partner is off": Lack(setting(reachable=False), "WIN32 1722", "that the server is up", "cannot be reached"),
    "its name does not resolve": Lack(
        setting(fqdn="other.contoso.example"),
        "WIN32 1722",
        "check that the name is right and resolves",
        "has no address in the DNS",
    ),
    "no rights here": Lack(account(False, admin=False), "access is denied on", "local administrator", here=True),
    "no rights there": Lack(account(True, admin=False), "access is denied", "local administrator of"),
    "no second hop": Lack(account(False, delegated=False), "(double hop)", "CredSSP or Kerberos delegation", here=True),
    "a class": Lack(policy_class, "lacks what the scopes use", "vendor class 'Phones'. Create it there first"),
    "a definition": Lack(option(None), "lacks what the scopes use", "definition of option 200. Create it there first"),
    "a definition of this type": Lack(
        option(OptionDefinition("Phones", "Byte")), "lacks what the scopes use", "definition of option 200 as String"
    ),
    "a definition of several values": Lack(
        option(OptionDefinition("Phones", "String", multi_valued=True)),
        "lacks what the scopes use",
        "definition of option 200 as String",
    ),
    "a range is taken": Lack(overlapping, "overlaps scope", "correct one of the two ranges"),
    "the scope is there": Lack(there_already, "exists on", "compare both, and remove or renumber one of them"),
    "the name is taken": Lack(
        taken, "has a relationship", "choose another name, or remove it there", "it is another relationship, or"
    ),
    "no room there": Lack(full(False), "has 31 relationships", "the most a server can have"),
    "no room here": Lack(full(True), "has 31 failover relationships", "remove one that is not needed", here=True),
    "another time": Lack(setting(clock_offset=timedelta(seconds=90)), "differ by", "set the time of both (w32tm)"),
    "Windows Server 2008 R2": Lack(setting(os="6.1.7601"), "DHCP 20118", "Failover needs Windows Server 2012"),
    "its service is stopped": Lack(setting(service="stopped"), "WIN32 1753", "start it and run again"),
}
FORMER = ("RPC is closed", "the partner is off", "no rights there", "its service is stopped")
SAME_PAIR = ("another role", "swap_roles", "another name", "move within the pair")
JOINS = ("join", "join by a list", "replace a copy", "new scopes", "move")
NEW_SCOPES = ("new scopes", "new scopes in a new relationship")
NO_MORE = "none comes, or one goes before"
USES_NOTHING = (NEW_SCOPES, "a scope that comes into being uses no class and no option")
# what is no lack of a task, and why
NONE: Mapping[str, tuple[tuple[str, ...], str]] = {
    "a class": USES_NOTHING,
    "a definition": USES_NOTHING,
    "a definition of this type": USES_NOTHING,
    "a definition of several values": USES_NOTHING,
    "the scope is there": (SAME_PAIR, "the copies of this very relationship, which go before"),
    "the name is taken": ((*JOINS, "another role", "swap_roles"), "it is the name of the relationship that is there"),
    "no room there": ((*JOINS, *SAME_PAIR[:-1]), NO_MORE),
    "no room here": ((*JOINS, *SAME_PAIR[:-1], "complete a half", "another partner", "migrate"), NO_MORE),
}


def planted(task: str) -> Mapping[str, Lack]:
    """What can be lacking for a task."""
    return {name: lack for name, lack in LACKS.items() if name not in NONE or task not in NONE[name][0]}
