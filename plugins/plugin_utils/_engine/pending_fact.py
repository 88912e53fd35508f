# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Relationships that a run has declared and that are not on the server: carried from task to task in a host fact.

Windows cannot hold a relationship that never had a scope, so its definition waits for the task that brings one. In
check mode nothing is created, so what an earlier task would have created is carried too, and later tasks plan as if it
were there. A fact is of one run of Ansible, one server and one relationship: a fact cache keeps it for longer, run_once
gives it to other hosts, and delegation to the play's host. It never holds a secret. Nothing here imports Ansible."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from typing import Any

from .._model import durations, scope_specs, task_options
from .._model.identity import Connection
from .._model.refusal import Refused
from .._model.relationship_settings import SETTING
from .._model.scope import ScopeSpec, scope_ids
from .._model.task_options import PLAIN_OPTIONS
from .._planning import action_table
from .._planning.actions import Action, Kind
from .._planning.read_request import Unread
from .._planning.world import World
from .arguments import RELATIONSHIP

HERE = Connection.THIS_SERVER
FACT = "windhcp_failover_pending"
_TYPES = {"str": str, "int": int, "bool": bool}  # of an argument spec

# name -> {"options": {...}, "scopes": the members it would have; none while it only waits}, and in check mode, where a
# task would have created scopes as well, "create_scopes": their definitions (the relationship itself can be there then)
Facts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Kept:
    """One relationship's entries; None is none, also of one that is forgotten. `declared`: in earnest; `check_mode`:
    what tasks in check mode go on from, that and what others of them would have done. `changes`: how often it was
    written."""

    declared: Mapping[str, Any] | None = None
    check_mode: Mapping[str, Any] | None = None
    changes: int = 0


@dataclass(frozen=True)
class Pending:
    """What earlier tasks of a run have left for one server, by the names of relationships."""

    run: str
    server: str
    kept: Mapping[str, Kept] = field(default_factory=dict)

    def seen(self, check_mode: bool) -> Facts:
        """What a task goes on from. What was only checked never gets into a task that writes."""
        entries = {name: kept.check_mode if check_mode else kept.declared for name, kept in self.kept.items()}
        return {name: entry for name, entry in entries.items() if entry is not None}

    def with_entry(self, name: str, entry: Mapping[str, Any] | None, check_mode: bool) -> Pending:
        """With a relationship's entry, or without the relationship."""
        before = self.kept.get(name, Kept())
        after = replace(before, declared=before.declared if check_mode else entry, check_mode=entry)
        return self if after == before else replace(self, kept={**self.kept, name: after})

    def fact(self, name: str) -> Mapping[str, Any]:
        """One relationship as the next host fact."""
        kept = self.kept[name]
        of = {"run": self.run, "server": self.server, "name": name, "changes": kept.changes + 1}
        return {fact_name(self.server, name): {**of, "declared": kept.declared, "check_mode": kept.check_mode}}


def run_id(task_uuid: str) -> str:
    """What the ids of all tasks of a run begin with, in each of its worker processes: drawn once by the process that
    they are forked from, and followed by a count."""
    return task_uuid.rpartition("-")[0]


def fact_name(server: str, name: str) -> str:
    """One for each host of the inventory and each relationship. Facts of several hosts, or of the items of a loop that
    all begin with the same facts, replace no other's."""
    digest = hashlib.sha256(f"{server}\0{name}".encode()).hexdigest()
    return f"{FACT}_{re.sub(r'[^0-9A-Za-z]', '_', server)}_{digest[:16]}"


def recall(places: Iterable[object], run: str, server: str) -> Pending:
    """The newest of each relationship among the facts of some places. One of another run or server is none, nor is one
    that says nothing."""
    kept: dict[str, Kept] = {}
    for facts in places:
        for name, found in _read(facts, run, server):
            if name not in kept or found.changes > kept[name].changes:
                kept[name] = found
    return Pending(run, server, kept)


def _read(facts: object, run: str, server: str) -> Iterator[tuple[str, Kept]]:
    if not isinstance(facts, Mapping):
        return
    for key in facts:
        if not (isinstance(key, str) and key.startswith(FACT)):
            continue
        fact: Any = facts[key]
        match fact:
            case {
                "run": of,
                "server": at,
                "name": str() as name,
                "changes": int() as changes,
                "declared": declared,
                "check_mode": check_mode,
            }:
                says = all(entry is None or _says({name: entry}) for entry in (declared, check_mode))
                if (of, at, key) == (run, server, fact_name(server, name)) and says:
                    yield name, Kept(declared, check_mode, changes)


# Of the task that this process runs: its id -> the facts of its items so far. Ansible runs the items of a loop one
# after the other in one process, and shows no item what the one before has left.
_left: dict[str, dict[str, Any]] = {}


def leave(task_uuid: str, fact: Mapping[str, Any]) -> None:
    """Keeps a fact for the next items of a task's loop."""
    if task_uuid not in _left:
        _left.clear()
    _left.setdefault(task_uuid, {}).update(fact)


def left(task_uuid: str) -> Mapping[str, Any]:
    """The facts that the items of a task have left so far."""
    return _left.get(task_uuid, {})


def _says(facts: Any) -> bool:
    """Whether all of it can be read: a fact may be anybody's."""
    try:
        for name, kept in facts.items():
            if not all(_fits(RELATIONSHIP[option], value) for option, value in kept["options"].items()):
                return False
            task_options.parse(name, kept["options"])
            scope_ids(kept["scopes"])
            created(facts, name)
    except (Refused, LookupError, TypeError, ValueError, AttributeError):
        return False
    return True


def _fits(argument: Mapping[str, Any], value: object) -> bool:
    return isinstance(value, _TYPES[argument["type"]]) and value in argument.get("choices", [value])


def options_of(facts: Facts, name: str, given: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A relationship's options: what an earlier task left, the given ones on top, and of the former none that goes not
    with the latter. None: there is neither."""
    if name not in facts and given is None:
        return None
    said = {option: value for option, value in (given or {}).items() if value is not None}
    before = facts.get(name, {}).get("options", {})
    return {**{option: value for option, value in before.items() if not _is_over(option, value, said)}, **said}


def _is_over(option: str, value: Any, said: Mapping[str, Any]) -> bool:
    """Whether an option of an earlier task has no place beside those that are said now."""
    if option == "state_switch_interval" and "auto_state_transition" in said:
        return bool(durations.parse(value)) is not bool(said["auto_state_transition"])
    if option == "auto_state_transition" and "state_switch_interval" in said:
        return True
    if option == "enable_auth" and said.get("shared_secret"):
        return True
    return option in SETTING and bool(said.get("mode")) and not SETTING[option].belongs_to(said["mode"])


def ahead(world: World, facts: Facts) -> World:
    """The servers as they would be after the earlier tasks of a check mode run: what those would have made, created and
    added is folded into what was read."""
    if not world.views:
        return world
    for name in facts:
        for action in _actions(name, facts, world):
            world = action_table.effect(world, action)
    return world


def _actions(name: str, facts: Facts, world: World) -> Sequence[Action]:
    here, kept = world.here, facts[name]
    makes = [scope for scope in created(facts, name) if scope.scope_id not in here.copies]
    new = tuple(scope.scope_id for scope in makes)
    actions = [Action(0, Kind.MAKE, HERE, name, (scope.scope_id,), detail=scope) for scope in makes]
    half = here.half(name)
    serve = [scope.scope_id for scope in makes if scope.active]
    if half is not None:
        joins = _comes(Kind.JOIN, name, new, half.relationship.partner_server, world)
        return [*actions, *joins, *_served(name, serve, joins)]
    settings = task_options.parse(name, kept["options"])
    if not settings.partner_server:
        return actions
    comes = _comes(Kind.CREATE, name, scope_ids(kept["scopes"]), settings.partner_server, world)
    return [*actions, *(replace(action, detail=settings) for action in comes), *_served(name, serve, comes)]


def _comes(kind: Kind, name: str, scopes: tuple[IPv4Address, ...], partner: str, world: World) -> Sequence[Action]:
    source = world.source(partner) if partner else None
    other = None if isinstance(source, Unread) else source
    return [Action(0, kind, HERE, name, scopes, other=other, partner=partner)] if scopes else []


def _served(name: str, scopes: Sequence[IPv4Address], comes: Sequence[Action]) -> Sequence[Action]:
    """New scopes serve on the servers that they came to."""
    servers = [server for action in comes for server in (HERE, action.other) if server is not None]
    return [Action(0, Kind.SERVE_ON, server, name, (scope,)) for server in servers for scope in scopes]


def created(facts: Facts, name: str) -> tuple[ScopeSpec, ...]:
    """The scopes that earlier tasks of a check mode run would have created for a relationship."""
    return scope_specs.parse(facts.get(name, {}).get("create_scopes", ()))


def entry(
    options: Mapping[str, Any], scopes: Sequence[str], create_scopes: Sequence[ScopeSpec] = ()
) -> Mapping[str, Any]:
    """What is kept of a relationship: never its secret."""
    plain = {option: options[option] for option in PLAIN_OPTIONS if options.get(option) is not None}
    if options.get("shared_secret"):
        plain.setdefault("enable_auth", True)
    kept: dict[str, Any] = {"options": plain, "scopes": list(scopes)}
    if create_scopes:
        kept["create_scopes"] = [scope_specs.options(spec) for spec in create_scopes]
    return kept
