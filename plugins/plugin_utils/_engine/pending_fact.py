# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Relationships that a play has declared and that are not on the server: carried from task to task in a host fact.

Windows cannot hold a relationship that never had a scope, so its definition waits for the task that brings one. In
check mode nothing is created, so what an earlier task would have created is carried too, and later tasks plan as if it
were there. The fact never holds a secret. Nothing here imports Ansible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from .._model import scope_specs, task_options
from .._model.identity import Connection
from .._model.refusal import Refused
from .._model.scope import ScopeSpec, scope_ids
from .._model.task_options import PLAIN_OPTIONS
from .._planning import action_table
from .._planning.actions import Action, Kind
from .._planning.read_request import Unread
from .._planning.world import World

HERE = Connection.THIS_SERVER
FACT = "windhcp_failover_pending"

# name -> {"options": {...}, "scopes": the members it would have; none while it only waits}, and in check mode, where a
# task would have created scopes as well, "create_scopes": their definitions (the relationship itself can be there then)
Facts = Mapping[str, Mapping[str, Any]]


def facts_of(task_vars: Mapping[str, Any]) -> Facts:
    """The host fact among a task's variables. Anybody can set a fact: what no task of ours leaves is none."""
    facts = (task_vars.get("ansible_facts") or {}).get(FACT)
    return (
        {name: entry for name, entry in facts.items() if _is_entry(name, entry)} if isinstance(facts, Mapping) else {}
    )


def _is_entry(name: str, entry: Any) -> bool:
    try:
        task_options.parse(name, entry["options"])
        scope_ids(entry["scopes"])
        scope_specs.parse(entry.get("create_scopes", ()))
    except Refused:
        return True  # in words, where it is used
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    return True


def options_of(facts: Facts, name: str, given: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A relationship's options: what an earlier task left, the given ones on top. None: there is neither."""
    if name not in facts and given is None:
        return None
    left = facts.get(name, {}).get("options", {})
    return {**left, **{option: value for option, value in (given or {}).items() if value is not None}}


def ahead(world: World, facts: Facts) -> World:
    """The servers as they would be after the earlier tasks of a check mode run: what those would have made, created and
    added is folded into what was read."""
    if not world.views:
        return world
    for name, entry in facts.items():
        for action in _actions(name, entry, facts, world):
            world = action_table.effect(world, action)
    return world


def _actions(name: str, entry: Mapping[str, Any], facts: Facts, world: World) -> Sequence[Action]:
    here = world.here
    makes = [scope for scope in created(facts, name) if scope.scope_id not in here.copies]
    new = tuple(scope.scope_id for scope in makes)
    actions = [Action(0, Kind.MAKE, HERE, name, (scope.scope_id,), detail=scope) for scope in makes]
    half = here.half(name)
    if half is not None:
        partner = half.relationship.partner_server
        return [*actions, *_comes(Kind.JOIN, name, new, partner, world)]
    if not entry["scopes"]:
        return actions
    settings = task_options.parse(name, entry["options"])
    comes = _comes(Kind.CREATE, name, scope_ids(entry["scopes"]), settings.partner_server or "", world)
    return [*actions, *(replace(action, detail=settings) for action in comes)]


def _comes(kind: Kind, name: str, scopes: tuple[IPv4Address, ...], partner: str, world: World) -> Sequence[Action]:
    source = world.source(partner) if partner else None
    other = None if isinstance(source, Unread) else source
    return [Action(0, kind, HERE, name, scopes, other=other, partner=partner)] if scopes else []


def created(facts: Facts, name: str) -> tuple[ScopeSpec, ...]:
    """The scopes that earlier tasks of a check mode run would have created for a relationship."""
    return scope_specs.parse(facts.get(name, {}).get("create_scopes", ()))


def remembering(
    facts: Facts, name: str, options: Mapping[str, Any], scopes: Sequence[str], create_scopes: Sequence[ScopeSpec] = ()
) -> Facts:
    """The fact with this relationship in it, but never its secret."""
    plain = {option: options[option] for option in PLAIN_OPTIONS if options.get(option) is not None}
    if options.get("shared_secret"):
        plain.setdefault("enable_auth", True)
    entry: dict[str, Any] = {"options": plain, "scopes": list(scopes)}
    if create_scopes:
        entry["create_scopes"] = [scope_specs.options(spec) for spec in create_scopes]
    return {**facts, name: entry}


def forgetting(facts: Facts, name: str) -> Facts:
    """The fact without this relationship."""
    return {key: entry for key, entry in facts.items() if key != name}
