# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of a task -> how it may do what it declares, and the declaration of a whole server. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from ipaddress import IPv4Address
from typing import Any

from .._model import scope_specs, task_options
from .._model.refusal import Refused
from .._model.render import planned_result
from .._model.server import RELATIONSHIP_LIMIT
from .._model.texts import few, sentences
from .plan import Plan
from .planner import plan
from .read_request import ReadRequest
from .spec import Policy, Spec, contradictions, empty_list, whole, with_purged
from .world import ServerView, World


def policy(options: Mapping[str, Any], **more: Any) -> Policy:
    """What the options about removing, joining and safety copies allow, with those that one module has."""
    return Policy(
        options["keep_scopes_on"],
        options["other_copy"],
        options["orphan"] == "remove_here",
        options["partner_is_off"],
        keep_days(options),
        options["replace_partner_copy"] == "inactive_only",
        **more,
    )


def keep_days(options: Mapping[str, Any]) -> int | None:
    """For how many days safety copies are kept: 0 for ever, None when none is made."""
    return int(options["safety_copy_days"]) if options["safety_copy"] else None


@dataclass(frozen=True)
class Extra:
    """What is on a server and not declared: relationships, and scopes by the relationship that they are in."""

    relationships: tuple[str, ...]
    scopes: Mapping[str, tuple[IPv4Address, ...]]


@dataclass(frozen=True)
class WholeServer:
    """All relationships of a server as they are wanted. `listed`: the scopes that an entry names; none for one that
    leaves them out, whose members are untouched. `policy`: of what `purge` ends. `ignore`: names that are neither
    purged nor extra."""

    specs: tuple[Spec, ...]
    listed: Mapping[str, frozenset[IPv4Address]]
    policy: Policy
    purge: bool
    ignore: frozenset[str]

    @property
    def scopes(self) -> frozenset[IPv4Address]:
        """All that an entry names."""
        return frozenset(scope for spec in self.specs for scope in spec.members)

    def plan(self, world: World) -> Plan | ReadRequest:
        """What brings the server to it. Raises Refused, and RemoteFailure for a partner that has to be read."""
        purged = with_purged(self.specs, world, self.policy, self.ignore) if self.purge and world.views else self.specs
        return plan(whole(purged), world)

    def undeclared(self, here: ServerView) -> Extra:
        """What the server has beyond it."""
        names = {spec.name for spec in self.specs} | self.ignore
        beyond = {name: tuple(sorted(here.members(name) - scopes)) for name, scopes in self.listed.items()}
        others = tuple(sorted(name for name in here.ours if name not in names))
        return Extra(others, {name: scopes for name, scopes in beyond.items() if scopes})

    def without(self, name: str, here: ServerView) -> WholeServer:
        """What does not hang together with a relationship: no scope goes from one to the other. What one of them was to
        be made of is neither purged."""
        found = {name}
        while more := {spec.name for spec in self.specs if spec.name not in found and self._hangs(spec, found, here)}:
            found |= more
        left = [spec for spec in self.specs if spec.name in found]
        former = {each for spec in left for each in spec.names}
        former |= {here.owners[scope] for spec in left for scope in spec.members if scope in here.owners}
        return replace(
            self,
            specs=tuple(spec for spec in self.specs if spec.name not in found),
            listed={key: scopes for key, scopes in self.listed.items() if key not in found},
            ignore=self.ignore | found | former,
        )

    def _hangs(self, spec: Spec, found: Collection[str], here: ServerView) -> bool:
        mine, members = {*spec.names}, {*spec.members}
        there = {scope for name in mine for scope in here.members(name)}
        for other in self.specs:
            if other.name in found:
                names = other.names
                if not mine.isdisjoint(names) or not there.isdisjoint(other.members):
                    return True
                if any(members & here.members(name) for name in names):
                    return True
        return any(members & here.members(name) for name in found)

    def once_sent(self) -> WholeServer:
        """The same for looking at what was done (`Spec.once_sent`)."""
        return replace(self, specs=tuple(spec.once_sent() for spec in self.specs))


def check_keys(entries: Any, known: Mapping[str, Any]) -> None:
    """Raises Refused for options of entries that there are not, each with the nearest one that there is. `entries`: as
    they were given; what is no list of dictionaries is for Ansible to tell."""
    problems = [
        f"relationships: entry {entry_name(entry, number)} has {key!r}, which is no option{_nearest(str(key), known)}."
        for number, entry in enumerate(entries if isinstance(entries, list) else [], 1)
        if isinstance(entry, Mapping)
        for key in entry
        if key not in known
    ]
    if problems:
        raise Refused(sentences(problems))


def _nearest(key: str, known: Collection[str]) -> str:
    near = get_close_matches(key.casefold(), known, 1)
    return f"; {near[0]} is" if near else ""


def entry_name(entry: Mapping[str, Any], number: int) -> str:
    """What an entry is called, or which one it is."""
    name = entry.get("name")
    return f"'{name}'" if isinstance(name, str) and name else f"number {number}"


def whole_server(options: Mapping[str, Any]) -> WholeServer:
    """The options of dhcp_failover. Raises Refused, with all that is wrong in one text."""
    specs: list[Spec] = []
    problems: list[str] = []
    listed: dict[str, frozenset[IPv4Address]] = {}
    for number, entry in enumerate(options["relationships"], 1):
        try:
            spec = _spec(options, entry)
        except Refused as refused:
            problems.append(f"{entry_name(entry, number)}: {refused}")
            continue
        specs.append(spec)
        if spec.is_present and (entry["scopes"] is not None or entry["create_scopes"]):
            listed[spec.name] = frozenset(spec.members)
    purge, ignore = options["purge_relationships"], frozenset(options["ignore"])
    problems += [*contradictions(specs), *_crowded(specs)]
    if purge and not (options["relationships"] or ignore):
        problems.append(
            "relationships: the list is empty, and with purge_relationships every relationship of this server would "
            "go; often that is a query that found nothing. Name those that go, with state: absent."
        )
    if problems:
        raise Refused(sentences(problems))
    return WholeServer(tuple(specs), listed, policy(options), purge, ignore)


PER_ENTRY = ("keep_scopes_on", "other_copy", "orphan")  # options of all that an entry may say otherwise


def _spec(options: Mapping[str, Any], entry: Mapping[str, Any]) -> Spec:
    """One entry, with what it does not say of how it may be reached from the options of all. Raises Refused."""
    name = entry["name"]
    own = {option: entry[option] for option in PER_ENTRY if entry[option] is not None}
    recreate = (entry["recreate"] or options["recreate"]) == "when_needed"
    how = policy({**options, **own}, recreate=recreate, previous_name=entry["previous_name"])
    if entry["state"] == "absent":
        task_options.parse(name, {})  # its name
        task_options.partner_server(entry)
        return Spec(name, absent=True, policy=how, one_by_one=options["max_removals_percent"] is None)
    if options["purge_scopes"] and entry["scopes"] == []:
        raise Refused(empty_list(name))
    secret = entry["update_secret"] or (options["update_secret"] if entry["shared_secret"] else None)
    settings = task_options.parse(name, {**entry, "update_secret": secret})
    exact = options["purge_scopes"] and entry["scopes"] is not None
    define = scope_specs.parse(entry["create_scopes"] or ())
    return Spec(name, settings, settings.scopes, define, exact=exact, policy=how)


def outcomes(
    wanted: WholeServer,
    plan: Plan,
    shown: Mapping[str, Mapping[str, Any] | None],
    steps: Sequence[tuple[str, str]],
    failed: Mapping[str, str],
) -> Sequence[Mapping[str, Any]]:
    """What has become of each relationship, those that a purge ends among them. `shown`: those that there are now, by
    name; `steps`: what was done, each with its relationship; `failed`: messages of those that were not done."""
    found = []
    done = {spec.name: spec for spec in plan.desired}
    of_list = {spec.name: spec for spec in wanted.specs} | done
    purged = [Spec(name) for name in failed if not any(name in spec.names for spec in of_list.values())]
    for spec in (*of_list.values(), *purged):
        if spec.name not in done:
            entry = shown.get(spec.name) or planned_result({"name": spec.name})
            said = next((failed[name] for name in spec.names if name in failed), "")
            skipped = f"it hangs together with what failed: {few(failed)}"
            found.append({**entry, "outcome": "failed" if said else "skipped", "msg": said or skipped})
            continue
        mine = [words for name, words in steps if name in spec.names]
        waits = spec.name in plan.pending  # for its first scope: nothing of it is there yet
        changed = bool(mine) or (not waits and plan.before(spec) != plan.after(spec))
        entry = shown.get(spec.name) or planned_result({"name": spec.name})
        found.append({**entry, "outcome": "changed" if changed else "ok", "msg": few(mine, between="; ")})
    return found


def _crowded(specs: Sequence[Spec]) -> Iterator[str]:
    present = [spec.name for spec in specs if spec.is_present]
    if len(present) > RELATIONSHIP_LIMIT:
        yield (
            f"relationships: {len(present)} are declared, and {RELATIONSHIP_LIMIT} is the most that a server can have; "
            f"join some of them ({few(present, most=3)})."
        )
