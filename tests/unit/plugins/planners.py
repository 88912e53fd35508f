# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Random pairs of servers and random tasks on them, and both planners asked what is to be done. No I/O."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import Any

import builders
from ansible_collections.windhcp.failover.plugins.plugin_utils import (
    partner_down_plan,
    recreate_plan,
    removal_plan,
    scope_definitions,
    scope_plan,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import adapter, verbs
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils.errors import RemoteError, RemoteFailure
from ansible_collections.windhcp.failover.plugins.plugin_utils.export import Export
from ansible_collections.windhcp.failover.plugins.plugin_utils.export_content import Content
from ansible_collections.windhcp.failover.plugins.plugin_utils.kept_secret import Kept
from ansible_collections.windhcp.failover.plugins.plugin_utils.membership import Joining
from ansible_collections.windhcp.failover.plugins.plugin_utils.model import Definition, Refused, Relationship, Scope, Server, UnknownPartner
from ansible_collections.windhcp.failover.plugins.plugin_utils.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils.recreate_plan import Recreating
from ansible_collections.windhcp.failover.plugins.plugin_utils.removal_plan import Removing
from ansible_collections.windhcp.failover.plugins.plugin_utils.sides import Needed, Side, Sides

Planner = Callable[[Sides], Plan]
Outcome = tuple[str, Any]

SCOPES = [f"10.0.{number}.0" for number in range(1, 6)]
HERE, PARTNERS = "DHCP01", {"dhcp02.contoso.example": "DHCP02", "dhcp03.contoso.example": "DHCP03"}
ADDRESS = {"DHCP01": "10.10.0.11", "DHCP02": "10.10.0.12", "DHCP03": "10.10.0.13"}
READ_AT = datetime(2026, 3, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Scene:
    """What the engine can be asked for. `own`: the partner that partner_host is; `silent`: partners that do not answer, and how."""

    here: Server
    partners: Mapping[str, Server]
    own: str = ""
    silent: Mapping[str, RemoteFailure] = None  # type: ignore[assignment]
    journal: Mapping[str, str] = None  # type: ignore[assignment]
    kept: Kept = None  # type: ignore[assignment]
    at_once: int = 30


def outcome(scene: Scene, planner: Planner) -> Outcome:
    """What the planner comes to when it is told all that it asks for, as the engine does it."""
    needs: dict[str, Needed] = {}
    resolved: dict[str, tuple[str, ...]] = {}
    for _round in range(12):
        try:
            return "plan", planner(_sides(scene, needs, resolved))
        except UnknownPartner as unknown:
            resolved[unknown.spelling] = ()
        except Needed as needed:
            needs[needed.key] = needed.merged(needs.get(needed.key))
        except (Refused, RemoteFailure) as refused:
            return "refused", str(refused)
    raise AssertionError("the planner never has enough")


def _sides(scene: Scene, needs: Mapping[str, Needed], resolved: Mapping[str, tuple[str, ...]]) -> Sides:
    scopes = frozenset(scope for needed in needs.values() for scope in needed.scopes)
    here = replace(scene.here, resolved=dict(resolved))
    api = any(needed.api for needed in needs.values())
    partners: dict[str, Side | RemoteFailure] = {}
    for key, needed in needs.items():
        name = next((one for one in PARTNERS if any(_means(one, called) for called in needed.names)), scene.own)
        if needed.names and not any(_means(name, called) for called in needed.names):
            partners[key] = RemoteFailure(f"{key} does not resolve")
            continue
        if name in scene.silent:
            partners[key] = scene.silent[name]
            continue
        server = scene.partners[name]
        over_hop = not scene.own or name != scene.own
        side = Side(
            replace(server, name=name) if over_hop else server,
            "this_server" if over_hop else "partner",
            name if over_hop else None,
            scene.here.name if over_hop else "",
            _content(server, frozenset(needed.scopes)),
            frozenset(needed.scopes),
            READ_AT,
            needed.api,
            scene.here,
        )
        partners[key] = side
    own = Side(here, content=_content(here, scopes), looked_at=scopes, read_at=READ_AT, api=api)
    return Sides(own, partners, bool(scene.own), scene.journal, scene.at_once, scene.kept)


def _means(partner: str, called: str) -> bool:
    return bool(partner) and called in (partner, PARTNERS[partner], partner.split(".")[0], ADDRESS[PARTNERS[partner]])


def _content(server: Server, scopes: frozenset[IPv4Address]) -> Export | None:
    if not scopes:
        return None
    copies = (copy for scope in scopes if (copy := server.scope(scope)))
    return Export({}, {}, {copy.scope_id: _fields(copy) for copy in copies}, {})


def _fields(copy: Scope) -> Content:
    return Content({"": (("name", "state"), (copy.name, "Active" if copy.active else "InActive"))})


# --- random servers ----------------------------------------------------------------------------------------------------


def scene(rng: random.Random) -> Scene:
    relationships = [_relationship(rng, name) for name in rng.sample(["HQ", "Branch", "Lab"], rng.randint(0, 3))]
    taken: set[IPv4Address] = set()
    free = [IPv4Address(scope) for scope in SCOPES]
    mine, theirs = [], {name: [] for name in PARTNERS}
    copies: dict[str, dict[IPv4Address, bool]] = {name: {} for name in (HERE, *PARTNERS)}
    for scope in free:
        if rng.random() < 0.9:
            copies[HERE][scope] = rng.random() < 0.85
        for name in PARTNERS:
            if rng.random() < 0.25:
                copies[name][scope] = rng.random() < 0.4
    for relationship in relationships:
        scopes = [scope for scope in free if scope not in taken and rng.random() < 0.45]
        taken.update(scopes)
        here, there = set(scopes), set(scopes)
        for scope in scopes:
            odd = rng.random()
            if odd < 0.12:
                here.discard(scope)
            elif odd < 0.24:
                there.discard(scope)
            if scope in here or rng.random() < 0.8:
                copies[HERE].setdefault(scope, True)
            if scope in there or rng.random() < 0.3:
                copies[relationship.partner_server][scope] = copies[HERE].get(scope, True)
        odd = rng.random()
        if odd > 0.1:
            mine.append(replace(relationship, scopes=tuple(sorted(here))))
        if odd < 0.1 or odd > 0.2:
            theirs[relationship.partner_server].append(_theirs(relationship, there))
    if rng.random() < 0.1:
        name = rng.choice(list(PARTNERS))
        theirs[name].append(builders.relationship("Lab" if rng.random() < 0.5 else "Else", [], partner_server="DHCP09", is_primary=None))
    return _scene(rng, mine, theirs, copies)


def _scene(rng: random.Random, mine: list[Relationship], theirs: Mapping[str, list[Relationship]], copies: Any) -> Scene:
    own = rng.choice(["", "", *PARTNERS])
    names = [one.name for one in mine] or ["HQ"]
    noted = rng.random() < 0.3
    partner = next((one.partner_server for one in mine if one.name == names[0]), next(iter(PARTNERS)))
    failures = [RemoteFailure("it cannot be reached"), Denied()]
    return Scene(
        _server(HERE, mine, copies[HERE]),
        {name: _server(PARTNERS[name], _unique(theirs[name]), copies[name]) for name in PARTNERS},
        own,
        {rng.choice(list(PARTNERS)): rng.choice(failures)} if rng.random() < 0.15 else {},
        {names[0]: partner} if noted else {},
        Kept({rng.choice(names): ("salt", "proof")} if rng.random() < 0.3 else {}),
        rng.choice([1, 2, 30]),
    )


def _unique(relationships: list[Relationship]) -> list[Relationship]:
    return list({one.name: one for one in relationships}.values())


class Denied(RemoteError):
    """A server that is there and refuses access."""

    def __init__(self) -> None:
        Exception.__init__(self, "access is denied at the partner.")
        self.ids = ["WIN32 5"]
        self.answered = True


def _server(name: str, relationships: list[Relationship], copies: Mapping[IPv4Address, bool]) -> Server:
    scopes = [builders.scope(str(scope), active=active) for scope, active in sorted(copies.items())]
    return Server(name, (ADDRESS[name],), tuple(sorted(relationships, key=lambda one: one.name)), tuple(scopes))


def _relationship(rng: random.Random, name: str) -> Relationship:
    partner = rng.choice(list(PARTNERS))
    names = {"secondary_server": PARTNERS[partner], "secondary_ip": ADDRESS[PARTNERS[partner]]}
    state = rng.choice(["Normal"] * 6 + ["CommunicationInterrupted", "PartnerDown"])
    more: dict[str, Any] = {"partner_server": partner, "state": state, "enable_auth": rng.random() < 0.2, **names}
    if rng.random() < 0.3:
        return builders.hot_standby(name, [], server_role=rng.choice(["active", "standby"]), **more)
    return builders.relationship(name, [], load_balance_percent=rng.choice([50, 70]), **more)


def _theirs(relationship: Relationship, scopes: set[IPv4Address]) -> Relationship:
    return replace(relationship, partner_server="dhcp01.contoso.example", is_primary=False, scopes=tuple(sorted(scopes)))


# --- random tasks ------------------------------------------------------------------------------------------------------


def task(rng: random.Random) -> tuple[str, tuple[Any, ...]]:
    """Which planner, and what it is told."""
    name, scopes = rng.choice(["HQ", "Branch", "hq"]), _some(rng)
    removing = Removing(
        rng.choice(["this_server", "this_server", "partner", None]),
        rng.choice(["delete", "disable", None]),
        rng.random() < 0.1,
        rng.choice([0, 0, None]),
    )
    joining = Joining(rng.choice([None, "inactive_only"]), removing.keep_days)
    definition = _definition(rng, name, scopes)
    kind = rng.choice(["relationship", "relationship", "scopes", "scopes", "leave", "absent", "copies", "down"])
    if kind == "relationship":
        previous = rng.choice([None, None, "HQ", "Branch"])
        return kind, (definition, joining, Recreating(rng.random() < 0.7, previous, removing))
    if kind == "scopes":
        define = scope_definitions.parse([builders.definition(one) for one in rng.sample([*SCOPES, "10.0.9.0"], rng.choice([0, 0, 1]))])
        create = definition if rng.random() < 0.6 else None
        return kind, (scope_plan.Wanted(name, scopes, define, create, rng.random() < 0.4, rng.random() < 0.5, joining, removing),)
    if kind == "leave":
        return kind, (name, scopes, removing)
    if kind == "absent":
        return kind, (name, removing)
    if kind == "copies":
        return kind, (scopes, (rng.choice(list(PARTNERS)),), removing.keep_days)
    return kind, (name,)


def _some(rng: random.Random) -> tuple[IPv4Address, ...]:
    return tuple(sorted(IPv4Address(one) for one in rng.sample(SCOPES, rng.randint(0, 4))))


def _definition(rng: random.Random, name: str, scopes: tuple[IPv4Address, ...]) -> Definition:
    mode = rng.choice([None, "load_balance", "hot_standby"])
    secret = rng.choice([None, None, "one"])
    return Definition(
        name,
        rng.choice([None, *PARTNERS, "dhcp02", "10.10.0.13", "other.contoso.example"]),
        mode,
        load_balance_percent=rng.choice([None, 60]) if mode != "hot_standby" else None,
        reserve_percent=rng.choice([None, 7]) if mode == "hot_standby" else None,
        server_role=rng.choice([None, "active", "standby"]) if mode == "hot_standby" else None,
        shared_secret=secret,
        update_secret=rng.choice(["on_create", "always", "on_change"]) if secret else "on_create",
        scopes=scopes,
    )


def old(kind: str, told: tuple[Any, ...]) -> Planner:
    """The planners that stand."""
    return {
        "relationship": lambda sides: recreate_plan.present(told[0], sides, *told[1:]),
        "scopes": lambda sides: scope_plan.present(told[0], sides),
        "leave": lambda sides: removal_plan.scopes_absent(told[0], told[1], sides, told[2]),
        "absent": lambda sides: removal_plan.relationship_absent(told[0], sides, told[1]),
        "copies": lambda sides: removal_plan.copies_absent(told[0], told[1], sides, told[2]),
        "down": lambda sides: partner_down_plan.partner_down(told[0], sides),
    }[kind]


def typed(kind: str, told: tuple[Any, ...]) -> Planner:
    """The planner of typed actions."""
    if kind == "down":
        return adapter.planner(lambda world: verbs.declare_down(told[0], world))
    if kind == "copies":
        return adapter.planner(lambda world: verbs.remove_copies(told[0], told[1], told[2], world))
    return adapter.declared(spec(kind, told))


def spec(kind: str, told: tuple[Any, ...]) -> Spec:
    if kind == "relationship":
        wanted, joining, recreating = told
        more = {"recreate": recreating.when_needed, "previous_name": recreating.previous_name}
        return Spec(wanted.name, wanted, wanted.scopes, policy=policy(recreating.removing, joining, **more))
    if kind == "scopes":
        (wanted,) = told
        how = policy(wanted.removing, wanted.joining, move=wanted.move)
        members = (wanted.definition, wanted.scopes, wanted.create_scopes)
        return Spec(wanted.relationship, *members, exact=wanted.purge, create_only=True, policy=how, option="relationship")
    if kind == "leave":
        return Spec(told[0], leaving=told[1], policy=policy(told[2]), option="relationship")
    return Spec(told[0], absent=True, policy=policy(told[1]))


def policy(how: Removing, joining: Joining | None = None, **more: Any) -> Policy:
    replaces = joining is not None and joining.replace_partner_copy is not None
    return Policy(how.keep_scopes_on, how.other_copy, how.orphan, how.keep_days, replaces, **more)
