# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The way back from a safety copy: which scopes come, which are there already, what is added to the server for them. No
I/O.

A *safety copy* is an export with leases, made before a copy went. A scope that is not on the server comes; one that is
there has to be what the copy would bring, else the task is refused with the differences: nothing is ever overwritten.

    restore   reads the copy, the server level, and the content of scopes that are there; plans one IMPORT for those
              that come inactive, and one for the active
    verify    after it: everything is there as it was saved, in the state that was asked for, and no lease is missing.
              Planning again would not do: of a scope in service it asks for no leases, which come and go by themselves

Import-DhcpServer with -ScopeId adds the classes and option definitions of the file that the server lacks (*additions*),
and touches nothing else of the server level. It brings a reservation back as one that is not in use, whatever it was,
and takes no address that was only offered.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from ipaddress import IPv4Address
from typing import Any

from .._model import scope_specs
from .._model.identity import Connection
from .._model.refusal import Refused, showing
from .._model.server import Server
from .._model.texts import few, sentences
from .._windows.errors import NotShown, RemoteFailure
from .._windows.export_elements import NOTHING, Export, ServerLevel
from . import comparison
from .actions import Kind, SafetyCopy
from .comparison import Difference, LostLease
from .draft import Draft
from .plan import Plan
from .plan_proof import finished
from .read_request import OwnRead, ReadRequest, Scopes
from .world import World, view

ACTIVE, INACTIVE = "active", "inactive"
_LEASE = "lease "
# versions of Windows Server (2012, 2012 R2): a server of the first takes a file of the second, and no other newer one
_RELATED = ((6, 2), (6, 3))
# states of what is no lease of its own after an import
_NO_CLIENT = frozenset({"offered", "activereservation", "inactivereservation"})


@dataclass(frozen=True)
class Restoration:
    """`scopes`: none means all of the copy. `inactive`: out of service, whatever they were when they were saved."""

    path: str
    scopes: Scopes = ()
    inactive: bool = True
    keep_days: int = 0  # of the database's backups


@dataclass(frozen=True)
class Here:
    """The server as it is. `export`: of those wanted scopes that are there, leases included; `now`: its time."""

    server: Server
    export: Export
    level: ServerLevel
    now: datetime


@dataclass(frozen=True)
class Comparison:
    """A safety copy, what is wanted of it, and the server as it is."""

    wanted: Restoration
    copy: Export
    here: Here

    @cached_property
    def scopes(self) -> Scopes:
        """Those that are wanted. Raises Refused."""
        return chosen(self.wanted, self.copy)

    @cached_property
    def absent(self) -> Scopes:
        """Those of them that the server does not have: they come."""
        return tuple(scope for scope in self.scopes if self.here.server.scope(scope) is None)

    @cached_property
    def differences(self) -> Sequence[Difference]:
        """How scopes that are there (the destination) are not what the copy (the source) would bring."""
        there = (scope for scope in self.scopes if scope not in self.absent)
        return [difference for scope in there for difference in self._differences(scope)]

    def _differences(self, scope: IPv4Address) -> Iterator[Difference]:
        state, now = self.state(scope), saved_state(self.here.export, scope)
        if state != now:
            yield Difference(scope, "state", state, now)
        for difference in comparison.differences(self.copy, self.here.export, [scope]):
            if difference.field != "state":
                yield difference
        # out of service no lease comes or goes by itself: one that is missing was never imported
        if now == INACTIVE:
            for lease in self.lost_leases(scope):
                yield Difference(scope, f"{_LEASE}{lease.address}", "present", None)

    def state(self, scope: IPv4Address) -> str:
        """The state that a scope comes back in."""
        return INACTIVE if self.wanted.inactive else saved_state(self.copy, scope)

    def lost_leases(self, scope: IPv4Address) -> Sequence[LostLease]:
        """The leases of the copy that the server does not have."""
        return comparison.lost_leases(self.here.export, self.copy, [scope], self.here.now)

    def public(self) -> dict[str, Any]:
        """The differences for the task's result."""
        return {"differences": [difference.public() for difference in self.differences]}


def chosen(wanted: Restoration, copy: Export) -> Scopes:
    """Raises Refused for a scope that is not in the copy, and for a copy without any."""
    missing = [scope for scope in wanted.scopes if scope not in copy.scopes]
    if missing:
        held = few(sorted(copy.scopes)) or "no scope"
        raise Refused(f"scopes: {few(missing)} is not in {wanted.path}, which holds {held}.")
    return tuple(sorted(wanted.scopes or copy.scopes))


def restore(wanted: Restoration, world: World) -> Plan | ReadRequest:
    """Scopes that are not there come; those that are there have to be what the copy would bring. Raises Refused."""
    compared = _compare(wanted, world)
    if isinstance(compared, ReadRequest):
        return compared
    with showing(**compared.public()):
        return planned(compared)


def _compare(wanted: Restoration, world: World) -> Comparison | ReadRequest:
    """The copy and the server, with the content of those scopes that are there already."""
    copy = world.safety_copy
    if not world.views or copy is None:
        return ReadRequest(OwnRead(level=True, copy=wanted.path))
    there = tuple(scope for scope in chosen(wanted, copy) if scope in world.here.copies)
    if not all(map(world.here.content, there)):
        return ReadRequest(OwnRead(scopes=there))
    return _as_read(wanted, world)


def _as_read(wanted: Restoration, world: World) -> Comparison:
    copy, view = world.safety_copy, world.here
    if copy is None or view.level is None or view.read_at is None:
        raise AssertionError("the copy and the server level are asked for first")
    export = view.contents[0].export if view.contents else NOTHING
    return Comparison(wanted, copy, Here(view.server, export, view.level, view.read_at))


def verify(wanted: Restoration, coming: Sequence[IPv4Address], world: World) -> Plan | ReadRequest:
    """Everything is there, as it was saved, in the state that was asked for. Raises RemoteFailure."""
    compared = _compare(wanted, world)
    if isinstance(compared, ReadRequest):
        return compared
    here, problems = compared.here, []
    if unlike := left(compared):
        problems.append(f"They are not what was asked for: {few(unlike, 'differences', between='; ')}.")
    if gone := lost(compared, coming):
        problems.append(gone)
    if problems:
        with showing(**outcome(_there(coming, here), here.export), **compared.public()):
            raise NotShown(" ".join([f"The scopes were imported on {here.server.name}.", *problems]))
    return Plan((), world, world)


def add_what_came(failure: RemoteFailure, wanted: Restoration, plan: Plan | None, world: World) -> None:
    """To the failure of an import: what came all the same, in the result, and what is lost of it, in words."""
    if plan is None or world.safety_copy is None or "restored" in failure.shows or not world.here.contents:
        return
    compared = _as_read(wanted, world)
    came = _there(plan.rereads, compared.here)
    gone = lost(compared, came)
    if gone:
        failure.say(f"{failure} {gone}")
    failure.shows.update(outcome(came, compared.here.export))


def result(wanted: Restoration, plan: Plan, world: World, *, imported: bool) -> dict[str, Any]:
    """What the task returns. Not `imported`: as it would be."""
    compared = _as_read(wanted, world)
    export = compared.here.export if imported and plan.actions else compared.copy
    added = [words for action in plan.actions for words in action.detail.added]
    there = [scope for scope in compared.scopes if scope not in plan.rereads]
    serving = [scope for scope in there if saved_state(compared.here.export, scope) != INACTIVE]
    name, still = compared.here.server.name, [scope for scope in there if scope not in serving]
    notes = [f"on {name} already, as in the copy, and left alone: {few(still)}"] if still else []
    if serving:
        notes.append(
            f"on {name} already, as in the copy, and left alone: {few(serving)}, which serves, so its leases were not "
            "compared"
        )
    return {**outcome(plan.rereads, export), **compared.public(), "server_additions": added, "notes": notes}


def _there(scopes: Iterable[IPv4Address], here: Here) -> Sequence[IPv4Address]:
    return [scope for scope in scopes if scope in here.export.scopes]


def outcome(scopes: Sequence[IPv4Address], export: Export) -> dict[str, Any]:
    """What came, or would come, for the task's result."""
    counted = counts(scopes, export)
    return {"restored": [str(scope) for scope in scopes], "counts": counted, "total": total(counted)}


def planned(compared: Comparison) -> Plan:
    """What is done where all is known. Raises Refused."""
    wanted, here, coming = compared.wanted, compared.here, compared.absent
    if wrong := [*_problems(compared), *_taken(compared)]:
        raise Refused(sentences(wrong))
    d = Draft(World({Connection.THIS_SERVER: view(here.server, Connection.THIS_SERVER)}))
    states = {scope: compared.state(scope) for scope in compared.scopes}
    shown = {str(scope): {"state": state} for scope, state in states.items()}
    before: dict[str, Any] = {"scopes": {str(scope): shown[str(scope)] for scope in states if scope not in coming}}
    after: dict[str, Any] = {"scopes": shown}
    if coming:
        _check_version(compared)
        d.warnings += _warnings(compared)
        added = tuple(additions(compared.copy, here.level))
        if added:
            after["added"] = list(added)
        for state in (INACTIVE, ACTIVE):
            scopes = [scope for scope in coming if states[scope] == state]
            safe = SafetyCopy(wanted.path, state == INACTIVE, wanted.keep_days, () if d.actions else added)
            d.add(Kind.IMPORT, d.here, "", scopes, detail=safe)
    plan = replace(finished(d), differences=tuple(compared.differences))
    return replace(plan, diff=(before, after), header=f"scopes on {here.server.name}")


def _problems(compared: Comparison) -> Sequence[str]:
    """The differences in words, scope by scope."""
    by_scope = itertools.groupby(compared.differences, key=lambda difference: difference.scope_id)
    return [_problem(scope, list(differs), compared.here) for scope, differs in by_scope]


def left(compared: Comparison) -> Sequence[str]:
    """What is not as it should be right after an import, leases aside."""
    absent = [f"{scope} is not there" for scope in compared.absent]
    differs = [difference for difference in compared.differences if not difference.field.startswith(_LEASE)]
    return [*absent, *(f"{difference.scope_id}: {_in_words(difference)}" for difference in differs)]


def lost(compared: Comparison, scopes: Sequence[IPv4Address]) -> str:
    """The leases that did not come with these scopes, in words; asked right after an import, before clients come and
    go."""
    by_scope = {scope: compared.lost_leases(scope) for scope in scopes}
    lacking = [
        f"{scope} has no lease {few(lease.address for lease in leases)}" for scope, leases in by_scope.items() if leases
    ]
    if not lacking:
        return ""
    name = compared.here.server.name
    return (
        f"Leases of the copy are not on {name}: {few(lacking, between='; ')}. {name} does not know these clients, and "
        "may give their addresses to others: add the leases (Add-DhcpServerv4Lease), or remove the scope, look at the "
        "DHCP server's event log there, and run again."
    )


def counts(scopes: Sequence[IPv4Address], export: Export) -> Sequence[Mapping[str, str | int]]:
    """Of each scope how many leases of clients and reservations an export has that an import brings, or brought."""
    return [
        {
            "scope_id": str(scope),
            "leases": sum(lease.state.lower() not in _NO_CLIENT for lease in export.leases.get(scope, {}).values()),
            "reservations": sum(
                item.startswith("reservation ") and not field for item, field in export.scopes.get(scope, {})
            ),
        }
        for scope in scopes
    ]


def total(counted: Sequence[Mapping[str, str | int]]) -> Mapping[str, int]:
    """The counts of all scopes together."""
    return {name: sum(int(scope[name]) for scope in counted) for name in ("leases", "reservations")}


# --- the server level ------------------------------------------------------------------------------------------------


def additions(copy: Export, level: ServerLevel) -> Sequence[str]:
    """What an import adds, by Windows' own rule: a class is there if its data is, a definition if its id and vendor
    class are."""
    data, defined = set(level.classes.values()), comparison.folded_keys(level.definitions)
    classes = [comparison.class_name(key) for key, value in sorted(copy.classes.items()) if value not in data]
    lacking = [option for option in copy.definitions if comparison.folded(option) not in defined]
    return [*classes, *(comparison.definition_name(option) for option in sorted(lacking, key=comparison.option_order))]


def _check_version(compared: Comparison) -> None:
    copy, here = compared.copy, compared.here
    mine = here.level.version
    if copy.version is not None and copy.version > mine and (mine, copy.version) != _RELATED:
        raise Refused(
            f"path: {compared.wanted.path} was made by a newer Windows (version {_dotted(copy.version)}) than "
            f"{here.server.name} has ({_dotted(mine)}), and Import-DhcpServer refuses such a file. Restore it on "
            "a server of that version or a later one."
        )


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _warnings(compared: Comparison) -> Sequence[str]:
    """What of the scopes may not come: Windows imports the rest all the same."""
    copy, level, name = compared.copy, compared.here.level, compared.here.server.name
    warnings: list[str] = []
    if copy.version is not None and copy.version != level.version:
        saved_by, its_own = _dotted(copy.version), _dotted(level.version)
        warnings.append(f"the safety copy was made by Windows version {saved_by}, and {name} has {its_own}")
    uses = [copy.uses[scope] for scope in compared.absent if scope in copy.uses]
    mine = comparison.folded_keys(level.definitions)
    for option in sorted({option for used in uses for option in used.options}, key=comparison.option_order):
        saved, there = copy.definitions.get(option), mine.get(comparison.folded(option))
        if saved is not None and there is not None and saved != there:
            warnings.append(
                f"{comparison.definition_name(option)} is {there} on {name} and {saved} in the copy: it stays as it "
                "is, and values may not fit"
            )
    data, names = set(level.classes.values()), set(map(comparison.folded, level.classes))
    for key in sorted({key for used in uses for key in used.classes} & set(copy.classes)):
        if (copy.classes[key] in data) != (comparison.folded(key) in names):
            warnings.append(
                f"{comparison.class_name(key)} of the copy is not the one that {name} has under this name or with this "
                "data: it is not imported, nor is what needs it"
            )
    return warnings


# --- scopes ----------------------------------------------------------------------------------------------------------


def saved_state(export: Export, scope: IPv4Address) -> str:
    """One that is not told counts as active: it is what a scope is that was made without saying."""
    return export.scopes[scope].get(("", "state"), (ACTIVE,))[0].lower()


def _taken(compared: Comparison) -> Sequence[str]:
    """Scopes that would come into the subnet of another one. A mask that is none is left to Windows."""
    subnets = []
    for scope in compared.absent:
        for mask in compared.copy.scopes[scope].get(("", "subnet_mask"), ()):
            with contextlib.suppress(ValueError):
                subnets.append(scope_specs.network(scope, mask))
    return [
        f"scopes: {problem}; leave it out, or remove the scope that is there."
        for problem in scope_specs.overlaps(subnets, compared.here.server)
    ]


def _problem(scope: IPv4Address, differs: Sequence[Difference], here: Here) -> str:
    relationship = here.server.relationship_of(scope)
    words = few(map(_in_words, differs), "differences", between="; ", most=3)
    member = f", in relationship '{relationship.name}'," if relationship else ""
    if saved_state(here.export, scope) != INACTIVE:
        cure = "Leave it out: it is in service there."
    elif relationship is not None:
        cure = "Leave it out: it is a member there."
    else:
        cure = (
            "Leave it out, or remove it there first (dhcp_failover_scope_copy where its partner keeps the scope, else "
            "by hand)."
        )
    return f"scopes: {scope} exists{member} on {here.server.name} already, with {words}. {cure}"


def _in_words(difference: Difference) -> str:
    if difference.field == "state":
        return f"state {difference.destination} (it would be {difference.source})"
    if difference.field.startswith(_LEASE):
        return f"no {difference.field}"
    now, saved = comparison.in_words(difference.destination), comparison.in_words(difference.source)
    return f"{difference.field} {now} ({saved} in the copy)"
