# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a planner knows of DHCP01 and DHCP02, and what it makes of it in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from typing import Any

import builders
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Connection, Hop, Source
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import Scope, scope_ids
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import action_table
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
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.compact_content import (
    Budget,
    Content,
    ContentBuilder,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import Heard, RemoteFailure, Unreachable
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_elements import (
    Export,
    Lease,
    ServerLevel,
    Uses,
)

ONE, TWO, THREE = scope_ids(["10.0.1.0", "10.0.2.0", "10.0.3.0"])
PARTNER = "dhcp02.contoso.example"
SPELLINGS = (PARTNER, "DHCP02", "10.10.0.12")  # as the relationships of `builders` have it
GONE = Unreachable(
    "The partner cannot be reached.", Heard.NOTHING, "TCP 5986 of dhcp02 does not answer (ETIMEDOUT)", ("dhcp02",)
)
HERE, OWN, HOP = Connection.THIS_SERVER, Connection.PARTNER, Hop(PARTNER, "DHCP01")
READ_AT = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
KEEP_HERE = Policy("this_server", "delete")
NOTHING_NEEDED = Uses(frozenset(), frozenset())
# three scopes with nothing in them, which need nothing
EMPTY = Export(
    {}, {}, {scope: Content() for scope in (ONE, TWO, THREE)}, dict.fromkeys((ONE, TWO, THREE), NOTHING_NEEDED)
)
# what the DNS of DHCP01 has
_ADDRESSES = {f"dhcp0{number}": (f"10.10.0.1{number}",) for number in (1, 2, 3, 9)}
RESOLVED = {
    **_ADDRESSES,
    **{f"{name}.contoso.example": found for name, found in _ADDRESSES.items()},
    "DHCP02": ("10.10.0.12",),
}
LEVEL = ServerLevel((10, 0), {}, {})


def partner(relationships: Mapping[str, Iterable[str]] | None = None, copies: Iterable[str | Scope] = ()) -> Server:
    """DHCP02 with its halves of relationships with DHCP01, the copies of their members, and `copies`."""
    members = {name: list(scopes) for name, scopes in (relationships or {}).items()}
    halves = [
        builders.relationship(
            name, scopes, partner_server="dhcp01.contoso.example", is_primary=False, load_balance_percent=50
        )
        for name, scopes in members.items()
    ]
    scopes = [*(scope for several in members.values() for scope in several), *copies]
    return replace(builders.server(halves, scopes), name="DHCP02", addresses=("10.10.0.12",))


def world(
    here: Server,
    there: Server | RemoteFailure | None = None,
    source: Source = HOP,
    *,
    exported_here: Export = EMPTY,
    exported_there: Export = EMPTY,
) -> World:
    """DHCP01 and its partner, both read whole, or why it could not be. No partner: it was not read."""
    scopes = frozenset([ONE, TWO, THREE])

    def read(found: ServerView, export: Export) -> ServerView:
        contents = (Read(scopes, export, READ_AT),)
        uses = replace(EMPTY, uses=dict.fromkeys(found.copies, NOTHING_NEEDED))
        return replace(found, contents=contents, read_at=READ_AT, api=True, level=LEVEL, uses=uses)

    here = replace(here, resolved={**RESOLVED, **here.resolved})
    own = read(view(here, HERE), exported_here)
    if there is None:
        return World({HERE: own})
    key = "" if source is OWN else PARTNER
    if isinstance(there, RemoteFailure):
        unread = Unread(there, own=source is OWN)
        came = dict.fromkeys(SPELLINGS, _came(there))
        return World({HERE: own}, {PARTNER: unread, key: unread}, has_partner_host=source is OWN, knocked=came)
    there = replace(there, resolved={**RESOLVED, **there.resolved})
    other = read(view(there, source, here), exported_there)
    known = {PARTNER: source, key: source}
    came = dict.fromkeys(SPELLINGS, Knocked(shown=there))
    return World({HERE: own, source: other}, known, has_partner_host=source is OWN, knocked=came)


def _came(failure: RemoteFailure) -> Knocked:
    """What RPC says of a server that could not be read so."""
    return Knocked(("WIN32 1722",)) if failure.heard is Heard.NOTHING else Knocked(("WIN32 5",), failure)


def pair(relationships: Mapping[str, Iterable[str]], source: Source = HOP, **exported: Export) -> World:
    """Both servers with these relationships and their members; DHCP01 has 10.0.1.0 to 10.0.3.0."""
    here = builders.server([builders.relationship(name, list(scopes)) for name, scopes in relationships.items()])
    return world(here, partner(relationships), source, **exported)


def alone(here: Server, *desired: Spec) -> Plan:
    """The plan for a server whose partners have nothing but their halves of its relationships, and the copies of their
    members; they are told of as they are asked for."""
    needs = dict.fromkeys((scope.scope_id for scope in here.scopes), NOTHING_NEEDED)
    here = replace(here, resolved=RESOLVED)
    own = replace(view(here, HERE), uses=replace(EMPTY, uses=needs), level=LEVEL, api=True)
    now = World({HERE: own})
    for _round in range(9):
        made = plan(desired, now)
        if isinstance(made, Plan):
            return made
        for read in made.partners:
            there = _mirror(read, here)
            scopes = frozenset(read.scopes)
            contents = (Read(scopes, EMPTY, READ_AT),)
            ours = replace(now.here, contents=(*now.here.contents, *contents))
            now = replace(
                now.having(ours, replace(there, contents=contents)), known={**now.known, read.key: there.source}
            )
    raise AssertionError("the planner never has enough")


def _mirror(read: PartnerRead, here: Server) -> ServerView:
    halves = tuple(
        replace(half, partner_server=here.name, is_primary=not half.is_primary) for half in here.relationships
    )
    members = tuple(scope for scope in here.scopes if here.relationship_of(scope.scope_id))
    there = Server(name=read.key, addresses=(), relationships=halves, scopes=members)
    return replace(view(there, Hop(read.key, here.name), here), level=LEVEL, api=True)


def plan_of(start: World, *desired: Spec) -> Plan:
    """The plan for what is declared; fails where something has to be read first."""
    made = plan(desired, start)
    assert isinstance(made, Plan), f"it asks for {made}"
    return made


def asked_of(start: World, *desired: Spec) -> ReadRequest:
    """What has to be read before there can be a plan."""
    made = plan(desired, start)
    assert isinstance(made, ReadRequest), f"it asks for nothing and plans {in_words(made)}"
    return made


def in_words(made: Plan) -> list[str]:
    """The actions as a user is shown them."""
    words, now = [], made.start
    for action in made.actions:
        words.append(action_table.words(action, now))
        now = action_table.effect(now, action)
    return words


def content_of(scope: IPv4Address, items: Mapping[str, Mapping[str, str]], **leases: Lease) -> Export:
    """An export of one scope: {item: {field: value}}, "" being the scope itself, and leases by the last part of their
    address, as _50."""
    builder = ContentBuilder(Budget())
    for item, fields in items.items():
        builder.add(
            item,
            {"": (), **{field: (value,) for field, value in fields.items()}}
            if item
            else {field: (value,) for field, value in fields.items()},
        )
    network = str(scope).rpartition(".")[0]
    held = {f"{network}.{number.strip('_')}": lease for number, lease in leases.items()}
    return Export({}, {}, {scope: builder.built()}, {}, {scope: held})


def lease(client: str = "aa", state: str = "Active") -> Lease:
    """Of a client, for an hour yet."""
    return Lease(client, READ_AT + timedelta(hours=1), state)


def side(shown: str, other: str) -> Server:
    """A server in one line: each scope's third number, in service (+) or not (-), and the relationship that it is in.
    "Far" is one with another server."""
    members: dict[str, list[str]] = {"HQ": []}
    for word in shown.split():
        members.setdefault(word[2:], []).append(f"10.0.{word[0]}.0")
    copies = [builders.scope(f"10.0.{word[0]}.0", active=word[1] == "+") for word in shown.split()]
    halves = [
        builders.relationship(name, scopes, partner_server="dhcp03.contoso.example" if name == "Far" else other)
        for name, scopes in members.items()
        if name
    ]
    return builders.server(halves, copies)


def partner_off() -> Server:
    """DHCP02 with one scope, out of service."""
    return replace(side("1-HQ", "dhcp01.contoso.example"), name="DHCP02", addresses=("10.10.0.12",))


def servers(here: str, there: str, **more: Any) -> World:
    """Both servers, each in one line, the other one over a connection of its own."""
    other = replace(side(there, "dhcp01.contoso.example"), name="DHCP02", addresses=("10.10.0.12",))
    return world(side(here, PARTNER), other, OWN, **more)
