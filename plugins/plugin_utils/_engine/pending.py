# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Relationships that a play has declared and that are not on the server: carried from task to task in a host fact.

Windows cannot hold a relationship that never had a scope, so its definition waits for the task that brings one. In
check mode nothing is created, so what an earlier task would have created is carried too, and later tasks plan as if it
were there. The fact never holds a secret. Nothing here imports Ansible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._model import relationship_options, scope_specs
from .._model.scope import ScopeSpec, scope_ids
from .._model.server import Server
from .._planning.settings import would_be

FACT = "windhcp_failover_pending"

# name -> {"options": {...}, "scopes": the members it would have; none while it only waits}, and in check mode, where a
# task would have created scopes as well, "create_scopes": their definitions (the relationship itself can be there then)
Facts = Mapping[str, Mapping[str, Any]]


def facts_of(task_vars: Mapping[str, Any]) -> Facts:
    found: Facts = (task_vars.get("ansible_facts") or {}).get(FACT) or {}
    return found


def options_of(facts: Facts, name: str, given: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A relationship's options: what an earlier task left, the given ones on top. None: there is neither."""
    if name not in facts and given is None:
        return None
    left = facts.get(name, {}).get("options", {})
    return {**left, **{option: value for option, value in (given or {}).items() if value is not None}}


def overlay(server: Server, facts: Facts) -> Server:
    """The server as it would be after the earlier tasks of a check mode run."""
    missing = [
        would_be(relationship_options.parse(name, entry["options"]), scope_ids(entry["scopes"]))
        for name, entry in facts.items()
        if entry["scopes"] and server.relationship(name) is None
    ]
    new = {name: scope_specs.missing(created(facts, name), server) for name in facts}
    there = [
        replace(one, scopes=tuple(sorted({*one.scopes, *(scope.scope_id for scope in new.get(one.name, ()))})))
        for one in server.relationships
    ]
    scopes = [scope_specs.would_be(spec) for specs in new.values() for spec in specs]
    return replace(server, relationships=(*there, *missing), scopes=(*server.scopes, *scopes))


def mirrored(there: Server, names: Sequence[str], before: Server, after: Server) -> Server:
    """The partner called so, when the earlier tasks have made `after` of this server: with its half, and copies, of
    what came."""
    halves = {one.name: one for one in there.relationships}
    copies = {one.scope_id: one for one in there.scopes}
    for one in after.relationships:
        old = before.relationship(one.name)
        came = set(one.scopes) - set(old.scopes if old else ())
        if came and any(one.partner.is_called(name) for name in names):
            half = halves.get(one.name) or replace(one, partner_server=after.name, is_primary=None, scopes=())
            halves[one.name] = replace(half, scopes=tuple(sorted({*half.scopes, *came})))
            copies.update({scope.scope_id: scope for scope in after.scopes if scope.scope_id in came})
    return replace(there, relationships=tuple(halves.values()), scopes=tuple(copies.values()))


def created(facts: Facts, name: str) -> tuple[ScopeSpec, ...]:
    """The scopes that earlier tasks of a check mode run would have created for a relationship."""
    return scope_specs.parse(facts.get(name, {}).get("create_scopes", ()))


def remembering(
    facts: Facts,
    name: str,
    options: Mapping[str, Any],
    scopes: Sequence[str],
    create_scopes: Sequence[ScopeSpec] = (),
) -> Facts:
    plain = {
        option: options[option] for option in relationship_options.PLAIN_OPTIONS if options.get(option) is not None
    }
    if options.get("shared_secret"):
        plain.setdefault("enable_auth", True)
    entry: dict[str, Any] = {"options": plain, "scopes": list(scopes)}
    if create_scopes:
        entry["create_scopes"] = [scope_specs.options(one) for one in create_scopes]
    return {**facts, name: entry}


def forgetting(facts: Facts, name: str) -> Facts:
    return {key: entry for key, entry in facts.items() if key != name}
