# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Random pairs of servers, random tasks on them, and what is to be done. No I/O."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import Any

import builders
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Connection, Hop, Source
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship import Relationship
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import (
    DeclaredSettings,
    Mode,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import Scope
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import leftover_copies, partner_down
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.planner import plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import (
    Knocked,
    PartnerRead,
    ReadRequest,
    Unread,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import Content as Read
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import ServerView, World, view
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.compact_content import Content
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_elements import Export, ServerLevel, Uses
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import RemoteError
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.secret_record import SecretRecord

Task = Callable[[World], Plan | ReadRequest]

SCOPES = [f"10.0.{number}.0" for number in range(1, 6)]
HERE, PARTNERS = "DHCP01", {"dhcp02.contoso.example": "DHCP02", "dhcp03.contoso.example": "DHCP03"}
ADDRESS = {"DHCP01": "10.10.0.11", "DHCP02": "10.10.0.12", "DHCP03": "10.10.0.13"}
READ_AT = datetime(2026, 3, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Scene:
    """What the engine can be asked for. `own`: the partner that partner_host is; `silent`: partners that do not answer,
    and how."""

    here: Server
    partners: Mapping[str, Server]
    own: str = ""
    silent: Mapping[str, RemoteFailure] = None  # type: ignore[assignment]
    journal: tuple[Note, ...] = ()
    kept: SecretRecord = None  # type: ignore[assignment]
    at_once: int = 30


def outcome(scene: Scene, task: Task) -> Plan | str:
    """What the task comes to when it is told all that it asks for, as the engine does it, or why it is refused."""
    asked, now = ReadRequest(), World()
    for _round in range(12):
        try:
            answer = task(now)
        except (Refused, RemoteFailure) as refused:
            return str(refused)
        if isinstance(answer, Plan):
            return answer
        asked = asked.merged(answer)
        now = _world(scene, asked)
    raise AssertionError("the planner never has enough")


def _world(scene: Scene, asked: ReadRequest) -> World:
    """What the engine would have read for it."""
    scopes = frozenset(scope for read in asked.partners for scope in read.scopes)
    here = replace(scene.here, resolved=dict.fromkeys(asked.resolve, ()))
    api = bool(asked.own.api) or any(read.api for read in asked.partners)
    own = _read(view(here, Connection.THIS_SERVER), here, scopes, api)
    views: dict[Source, ServerView] = {own.source: own}
    known: dict[str, Source | Unread] = {}
    for read in asked.partners:
        name = next((name for name in PARTNERS if any(_means(name, called) for called in read.names)), scene.own)
        if read.names and not any(_means(name, called) for called in read.names):
            known[read.key] = Unread(RemoteFailure(f"{read.key} does not resolve"))
        elif name in scene.silent:
            known[read.key] = Unread(scene.silent[name])
        else:
            there = _partner(scene, name, read)
            if there.source in views:
                before = views[there.source]
                there = replace(there, contents=(*there.contents, *before.contents), api=there.api or before.api)
            views[there.source], known[read.key] = there, there.source
    return World(
        views,
        known,
        has_partner_host=bool(scene.own),
        journal=scene.journal,
        run="mine",
        secrets=scene.kept or SecretRecord(),
        at_once=scene.at_once,
        knocked={name: _knocked(scene, name, told=name in asked.visits) for name in asked.knocks},
    )


def _knocked(scene: Scene, called: str, *, told: bool) -> Knocked:
    """What came of asking whether a server is there: nothing, or what it has."""
    name = next((name for name in PARTNERS if _means(name, called)), None)
    if name is None or name in scene.silent:
        return Knocked(("WIN32 1722",))
    return Knocked(shown=RemoteFailure("It does not tell what it has.") if told else None)


def _partner(scene: Scene, name: str, read: PartnerRead) -> ServerView:
    server = scene.partners[name]
    over_hop = name != scene.own
    shown = replace(server, name=name) if over_hop else server
    source = Hop(name, scene.here.name) if over_hop else Connection.PARTNER
    return _read(view(shown, source, scene.here), server, frozenset(read.scopes), read.api)


def _read(shown: ServerView, server: Server, scopes: frozenset[IPv4Address], api: bool) -> ServerView:
    needs = dict.fromkeys((scope.scope_id for scope in server.scopes), Uses(frozenset(), frozenset()))
    content = _content(server, scopes)
    contents = (Read(scopes, content, READ_AT),) if content else ()
    uses = Export({}, {}, {}, needs)
    return replace(shown, contents=contents, read_at=READ_AT, api=api, level=ServerLevel((10, 0), {}, {}), uses=uses)


def _means(partner: str, called: str) -> bool:
    return bool(partner) and called in (partner, PARTNERS[partner], partner.split(".")[0], ADDRESS[PARTNERS[partner]])


def _content(server: Server, scopes: frozenset[IPv4Address]) -> Export | None:
    if not scopes:
        return None
    copies = (copy for scope in scopes if (copy := server.scope(scope)))
    return Export({}, {}, {copy.scope_id: _fields(copy) for copy in copies}, {})


def _fields(copy: Scope) -> Content:
    return Content({"": (("name", "state"), (copy.name, "Active" if copy.active else "InActive"))})


# --- random servers
# ----------------------------------------------------------------------------------------------------


def scene(rng: random.Random) -> Scene:
    """Three servers, some of whose relationships and copies are as runs that broke off leave them."""
    relationships = [_relationship(rng, name) for name in rng.sample(["HQ", "Branch", "Lab"], rng.randint(0, 3))]
    taken: set[IPv4Address] = set()
    free = [IPv4Address(scope) for scope in SCOPES]
    mine: list[Relationship] = []
    theirs: dict[str, list[Relationship]] = {name: [] for name in PARTNERS}
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
        here, there = _members(rng, scopes, copies[HERE], copies[relationship.partner_server])
        odd = rng.random()
        if odd > 0.1:
            mine.append(replace(relationship, scopes=tuple(sorted(here))))
        if odd < 0.1 or odd > 0.2:
            theirs[relationship.partner_server].append(_theirs(relationship, there))
    if rng.random() < 0.1:
        name = rng.choice(list(PARTNERS))
        theirs[name].append(
            builders.relationship("Lab" if rng.random() < 0.5 else "Else", [], partner_server="DHCP09", is_primary=None)
        )
    return _scene(rng, mine, theirs, copies)


def _members(
    rng: random.Random, scopes: list[IPv4Address], mine: dict[IPv4Address, bool], theirs: dict[IPv4Address, bool]
) -> tuple[set[IPv4Address], set[IPv4Address]]:
    """Those on this server and on its partner, and their copies: a broken run may have left some on one only."""
    here, there = set(scopes), set(scopes)
    for scope in scopes:
        odd = rng.random()
        if odd < 0.12:
            here.discard(scope)
        elif odd < 0.24:
            there.discard(scope)
        if scope in here or rng.random() < 0.8:
            mine.setdefault(scope, True)
        if scope in there or rng.random() < 0.3:
            theirs[scope] = mine.get(scope, True)
    return here, there


def _scene(
    rng: random.Random, mine: list[Relationship], theirs: Mapping[str, list[Relationship]], copies: Any
) -> Scene:
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
        (_note(rng, names[0], partner),) if noted else (),
        SecretRecord({rng.choice(names): ("salt", "proof")} if rng.random() < 0.3 else {}),
        rng.choice([1, 2, 30]),
    )


def _note(rng: random.Random, name: str, partner: str) -> Note:
    """Of a run that was broken off, while it took scopes out or created one."""
    scopes = [IPv4Address(scope) for scope in rng.sample(SCOPES, rng.randint(0, 2))]
    claimed = {scope: rng.choice([HERE, partner]) for scope in scopes if rng.random() < 0.6}
    made = tuple(scope for scope in scopes if scope not in claimed and rng.random() < 0.3)
    return Note(name, partner, tuple(scopes), claimed, made, run="dead")


def _unique(relationships: list[Relationship]) -> list[Relationship]:
    return list({one.name: one for one in relationships}.values())


class Denied(RemoteError):
    """A server that is there and refuses access."""

    def __init__(self) -> None:
        RemoteFailure.__init__(self, "access is denied at the partner.")  # pylint: disable=non-parent-init-called
        self.ids = ["WIN32 5"]


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
    return replace(
        relationship, partner_server="dhcp01.contoso.example", is_primary=False, scopes=tuple(sorted(scopes))
    )


# --- random tasks
# ------------------------------------------------------------------------------------------------------


def task(rng: random.Random) -> Task:
    name, scopes = rng.choice(["HQ", "Branch", "hq"]), _some(rng)
    how = Policy(
        rng.choice(["this_server", "this_server", "partner", None]),
        rng.choice(["delete", "disable", None]),
        rng.random() < 0.1,
        rng.random() < 0.8,
        rng.choice([0, 0, None]),
        rng.random() < 0.5,
    )
    kind = rng.choice(["relationship", "relationship", "scopes", "scopes", "leave", "absent", "copies", "down"])
    if kind == "copies":
        partner = rng.choice(list(PARTNERS))
        return lambda world: leftover_copies.remove_copies(scopes, (partner,), how.keep_days, world)
    if kind == "down":
        is_off = rng.random() < 0.5
        return lambda world: partner_down.declare_down(name, world, is_off=is_off)
    spec = _spec(rng, kind, name, scopes, how)
    return lambda world: plan([spec], world)


def _spec(rng: random.Random, kind: str, name: str, scopes: tuple[IPv4Address, ...], how: Policy) -> Spec:
    if kind == "leave":
        return Spec(name, leaving=scopes, policy=how, option="relationship")
    if kind == "absent":
        return Spec(name, absent=True, policy=how)
    definition = _definition(rng, name, scopes)
    if kind == "relationship":
        how = replace(how, recreate=rng.random() < 0.7, previous_name=rng.choice([None, None, "HQ", "Branch"]))
        return Spec(name, definition, scopes, policy=how)
    define = scope_specs.parse(
        [builders.definition(one) for one in rng.sample([*SCOPES, "10.0.9.0"], rng.choice([0, 0, 1]))]
    )
    more: dict[str, Any] = {"create_only": True, "option": "relationship", "exact": rng.random() < 0.4}
    how = replace(how, move=rng.random() < 0.5)
    return Spec(name, definition if rng.random() < 0.6 else None, scopes, define, policy=how, **more)


def _some(rng: random.Random) -> tuple[IPv4Address, ...]:
    return tuple(sorted(IPv4Address(one) for one in rng.sample(SCOPES, rng.randint(0, 4))))


def _definition(rng: random.Random, name: str, scopes: tuple[IPv4Address, ...]) -> DeclaredSettings:
    mode: Mode | None = rng.choice([None, "load_balance", "hot_standby"])
    secret = rng.choice([None, None, "one"])
    return DeclaredSettings(
        name,
        rng.choice([None, *PARTNERS, "dhcp02", "10.10.0.13", "other.contoso.example"]),
        mode=mode,
        load_balance_percent=rng.choice([None, 60]) if mode != "hot_standby" else None,
        reserve_percent=rng.choice([None, 7]) if mode == "hot_standby" else None,
        server_role=rng.choice([None, "active", "standby"]) if mode == "hot_standby" else None,
        shared_secret=secret,
        update_secret=rng.choice(["on_create", "always", "on_change"]) if secret else "on_create",
        scopes=scopes,
    )
