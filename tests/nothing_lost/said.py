# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the plan said is what came: the fold's end against what every server of the lab shows after the run.

What nobody can know beforehand is tolerated, and nothing else: settings that hang on an open question of the lab
(`_unknown`), a state that passes, what only a safety copy knows of the scopes in it, Windows' default lease duration,
and by which of its names a partner is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._model import failover_states, render
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Connection
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship import Relationship
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import ServerView
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import server_replies
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import Remote
from lab.core.lab import Lab
from lab.core.open_questions import Switches
from lab.core.server import Credential

from nothing_lost.task import Wire

READER = Credential("reader", "random")
_PASSES = failover_states.PASSING | failover_states.PASSING_AFTER_A_WRITE


def otherwise(lab: Lab, made: Plan) -> Iterator[str]:
    """What the servers show otherwise than the plan said, in words. Nothing is done to the lab."""
    copy = _copied(lab)
    for view in made.end.views.values():
        server = _shown(copy, view.name)
        yield from _members(view, server)
        yield from _copies(view, server, _imported(made))
        for relationship in server.relationships:
            yield from _settings(copy, made, view, relationship)


def shown_otherwise(lab: Lab, made: Plan, result: Mapping[str, Any]) -> Iterator[str]:
    """What the relationship in a result, read again after the writes, has otherwise than diff.after."""
    after, shown = result.get("diff", {}).get("after", {}), result.get("relationship")
    came = made.end.here.relationships.get(after.get("name", ""))
    if not shown or came is None:
        return
    unknown = {*_unknown(lab.switches, made, came), *({"state"} if {after["state"], shown["state"]} & _PASSES else ())}
    for key in sorted((after.keys() & shown.keys()) - unknown):
        if after[key] != shown[key]:
            yield f"diff.after says {key}: {after[key]}, and it is {shown[key]}"


def _copied(lab: Lab) -> Lab:
    """Its servers as they are, where looking passes no time of the lab's own, and a user may look at all of them."""
    servers = deepcopy(lab.servers)
    for server in servers.values():
        server.credentials, server.service = (READER,), "running"
    return Lab(servers, lab.switches, lab.clock, set(lab.cut_links))


def _shown(lab: Lab, name: str) -> Server:
    """A server as a task reads it."""
    server = lab.find(name)
    assert server is not None, f"the plan is about {name}, and there is no such server"
    wire = Wire(lab)
    remote = Remote(lambda arguments: wire.execute(server.name, arguments), server.name, check_mode=False)
    return server_replies.parse(remote.read(server_replies.reads()).before, server.name)


def _imported(made: Plan) -> frozenset[IPv4Address]:
    """Scopes of which only the safety copy knows more than that they come."""
    return frozenset(scope for action in made.actions if action.kind is Kind.IMPORT for scope in action.scopes)


def _members(view: ServerView, server: Server) -> Iterator[str]:
    shown = {relationship.name: relationship.scopes for relationship in server.relationships}
    said = {name: relationship.scopes for name, relationship in view.relationships.items()}
    if shown != said:
        yield f"{server.name} has the members {shown}, and the plan said {said}"


def _copies(view: ServerView, server: Server, imported: frozenset[IPv4Address]) -> Iterator[str]:
    shown = {scope.scope_id: scope for scope in server.scopes}
    for scope in sorted(shown.keys() | view.copies.keys()):
        came, said = shown.get(scope), view.copies.get(scope)
        if came and said and scope in imported:  # of these only the safety copy knows more than whether they serve
            came = replace(said, active=came.active)
        elif came and said and said.lease_duration is None:  # Windows' default
            came = replace(came, lease_duration=None)
        if came != said:
            yield f"{server.name} has of {scope} {came}, and the plan said {said}"


def _settings(lab: Lab, made: Plan, view: ServerView, came: Relationship) -> Iterator[str]:
    """Each setting by itself; the spelling of the partner is a name of the same server."""
    said = view.relationships.get(came.name)
    if said is None:
        return
    if lab.find(came.partner_server) is not lab.find(said.partner_server):
        yield f"'{came.name}' of {view.name} is with {came.partner_server}, and the plan said {said.partner_server}"
    unknown = set(_unknown(lab.switches, made, came, partner=view.source is not Connection.THIS_SERVER))
    if {said.state, came.state} & _PASSES:
        unknown.add("state")  # contact is of the moment, and what a Startup ends in is waited for where it is asked
    shown, planned = render.settings(came), render.settings(said)
    for key in sorted((shown.keys() | planned.keys()) - {"name", "partner_server", "scopes"} - unknown):
        if shown.get(key) != planned.get(key):
            yield (f"'{came.name}' of {view.name} has {key} {shown.get(key)}, and the plan said {planned.get(key)}")


def _unknown(switches: Switches, made: Plan, came: Relationship, *, partner: bool = False) -> Iterator[str]:
    """Settings of a relationship that nobody knows beforehand; `partner`: as the other of its servers shows it."""
    mine = [action for action in made.actions if action.name == came.name]
    sent = {option for action in mine if action.kind is Kind.MODIFY for option in action.detail.changes}
    created = any(action.kind is Kind.CREATE for action in mine)
    if "mode" in sent and switches.active_after_lb_to_hs != "primary":
        yield "server_role"  # which server becomes active cannot be chosen, the plan says the likely one
    if partner and not switches.partner_percent_inverts and (created or "load_balance_percent" in sent):
        yield "load_balance_percent"  # the plan says 100 minus it
