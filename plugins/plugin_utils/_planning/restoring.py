# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The way back from a safety copy: which scopes come, which are there already, what is added to the server for them.
No I/O.

Import-DhcpServer with -ScopeId adds the classes and option definitions of the file that the server lacks, and touches
nothing else of the server level. It brings a reservation back as one that is not in use, whatever it was, and takes no
address that was only offered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Address
from typing import Any

from .._model import scope_specs
from .._model.identity import Connection
from .._model.refusal import Refused, showing
from .._model.server import Server
from .._model.texts import few, sentences
from .._windows.errors import RemoteFailure
from .._windows.export import NOTHING, Export, ServerLevel
from . import comparison
from .actions import Kind, SafetyCopy
from .comparison import Difference
from .draft import Draft
from .plan import Plan
from .planner import finished
from .read_request import OwnRead, ReadRequest
from .world import World, view

ACTIVE, INACTIVE = "active", "inactive"
_LEASE = "lease "
# versions of Windows Server (2012, 2012 R2): a server of the first takes a file of the second, and no other newer one
_RELATED = ((6, 2), (6, 3))
_NO_CLIENT = frozenset(
    {"offered", "activereservation", "inactivereservation"}
)  # states of what is no lease of its own after an import


@dataclass(frozen=True)
class Restoration:
    """`scopes`: none means all of the copy. `inactive`: out of service, whatever they were when they were saved."""

    path: str
    scopes: tuple[IPv4Address, ...] = ()
    inactive: bool = True
    keep_days: int = 0  # of the database's backups


@dataclass(frozen=True)
class Here:
    """The server as it is. `export`: of those wanted scopes that are there, leases included; `now`: its time."""

    server: Server
    export: Export
    level: ServerLevel
    now: datetime


def chosen(wanted: Restoration, copy: Export) -> tuple[IPv4Address, ...]:
    """Raises Refused for a scope that is not in the copy, and for a copy without any."""
    missing = [scope for scope in wanted.scopes if scope not in copy.scopes]
    if missing:
        held = few(sorted(copy.scopes)) or "no scope"
        raise Refused(f"scopes: {few(missing)} is not in {wanted.path}, which holds {held}. Nothing was changed.")
    return tuple(sorted(wanted.scopes or copy.scopes))


def restore(wanted: Restoration, world: World) -> Plan | ReadRequest:
    """Scopes that are not there come; those that are there have to be what the copy would bring. Raises Refused."""
    known = _known(wanted, world)
    if isinstance(known, ReadRequest):
        return known
    copy, here = known
    with showing(**_differences_shown(wanted, copy, here)):
        return planned(wanted, copy, here)


def _known(wanted: Restoration, world: World) -> tuple[Export, Here] | ReadRequest:
    """The copy and the server, with the content of those scopes that are there already."""
    copy = world.safety_copy
    if not world.views or copy is None:
        return ReadRequest(OwnRead(level=True, copy=wanted.path))
    there = tuple(scope for scope in chosen(wanted, copy) if scope in world.here.copies)
    if not all(map(world.here.content, there)):
        return ReadRequest(OwnRead(scopes=there))
    return copy, here_of(world)


def here_of(world: World) -> Here:
    """This server as it was read for a restoration."""
    view = world.here
    export = view.contents[0].export if view.contents else NOTHING
    if view.level is None or view.read_at is None:
        raise AssertionError("the server level is asked for first")
    return Here(view.server, export, view.level, view.read_at)


def verify(wanted: Restoration, coming: Sequence[IPv4Address], world: World) -> Plan | ReadRequest:
    """Everything is there, as it was saved, in the state that was asked for. Raises RemoteFailure."""
    known = _known(wanted, world)
    if isinstance(known, ReadRequest):
        return known
    copy, here = known
    problems = []
    if unlike := left(wanted, copy, here):
        problems.append(f"They are not what was asked for: {few(unlike, 'differences', between='; ')}.")
    if gone := lost(copy, here, coming):
        problems.append(gone)
    if problems:
        with showing(**_shown(wanted, copy, here, coming)):
            raise RemoteFailure(" ".join([f"The scopes were imported on {here.server.name}.", *problems]))
    return Plan((), world, world)


def with_what_came(failure: RemoteFailure, plan: Plan | None, world: World) -> RemoteFailure:
    """The failure of an import, with what came all the same in the result, and what is lost of it in words."""
    copy = world.safety_copy
    if plan is None or copy is None or "restored" in failure.shows or not world.here.contents:
        return failure
    here = here_of(world)
    came = [scope for scope in plan.rereads if scope in here.export.scopes]
    gone = lost(copy, here, came)
    told = RemoteFailure(f"{failure} {gone}" if gone else str(failure))
    told.shows = {**failure.shows, **outcome(came, here.export)}
    return told


def result(wanted: Restoration, plan: Plan, world: World, *, imported: bool) -> dict[str, Any]:
    """What the task returns. Not `imported`: as it would be."""
    copy, here = world.safety_copy, here_of(world)
    if copy is None:
        raise AssertionError("the copy is asked for first")
    export = here.export if imported and plan.actions else copy
    added = {"server_additions": [words for action in plan.actions for words in action.detail.added]}
    return {**outcome(plan.rereads, export), **_differences_shown(wanted, copy, here), **added}


def _shown(wanted: Restoration, copy: Export, here: Here, coming: Sequence[IPv4Address]) -> dict[str, Any]:
    came = [scope for scope in coming if scope in here.export.scopes]
    return {**outcome(came, here.export), **_differences_shown(wanted, copy, here)}


def _differences_shown(wanted: Restoration, copy: Export, here: Here) -> dict[str, Any]:
    return {"differences": [difference.public() for difference in differences(wanted, copy, here)]}


def outcome(scopes: Sequence[IPv4Address], export: Export) -> dict[str, Any]:
    """What came, or would come, for the task's result."""
    counted = counts(scopes, export)
    return {"restored": [str(scope) for scope in scopes], "counts": counted, "total": total(counted)}


def planned(wanted: Restoration, copy: Export, here: Here) -> Plan:
    """The same, of what is known. Raises Refused."""
    scopes = chosen(wanted, copy)
    absent = [scope for scope in scopes if here.server.scope(scope) is None]
    if wrong := [*problems(differences(wanted, copy, here), here), *_taken(absent, copy, here)]:
        raise Refused(f"{sentences(wrong)} Nothing was changed.")
    d = Draft(World({Connection.THIS_SERVER: view(here.server, Connection.THIS_SERVER)}))
    coming = [scope for scope in scopes if scope not in d.here.copies]
    states = {scope: _state(wanted, copy, scope) for scope in scopes}
    shown = {str(scope): {"state": states[scope]} for scope in scopes}
    before: dict[str, Any] = {"scopes": {str(scope): shown[str(scope)] for scope in scopes if scope not in coming}}
    after: dict[str, Any] = {"scopes": shown}
    if coming:
        _check_version(wanted, copy, here)
        d.warnings += _warnings(coming, copy, here)
        added = tuple(additions(copy, here.level))
        if added:
            after["added"] = list(added)
        for state in (INACTIVE, ACTIVE):
            some = [scope for scope in coming if states[scope] == state]
            safe = SafetyCopy(wanted.path, state == INACTIVE, wanted.keep_days, () if d.actions else added)
            d.add(Kind.IMPORT, d.here, "", some, detail=safe)
    return replace(finished(d), diff=(before, after), header=f"scopes on {here.server.name}")


def differences(wanted: Restoration, copy: Export, here: Here) -> Sequence[Difference]:
    """How scopes that are there (the destination) are not what the copy (the source) would bring."""
    there = [scope for scope in chosen(wanted, copy) if here.server.scope(scope)]
    return [one for scope in there for one in _differences(scope, wanted, copy, here)]


def problems(found: Sequence[Difference], here: Here) -> Sequence[str]:
    """The differences in words, scope by scope."""
    by_scope: dict[IPv4Address, list[Difference]] = {}
    for one in found:
        by_scope.setdefault(one.scope_id, []).append(one)
    return [_problem(scope, differs, here) for scope, differs in by_scope.items()]


def left(wanted: Restoration, copy: Export, here: Here) -> Sequence[str]:
    """What is not as it should be right after an import, leases aside."""
    absent = [f"{scope} is not there" for scope in chosen(wanted, copy) if here.server.scope(scope) is None]
    found = [one for one in differences(wanted, copy, here) if not one.field.startswith(_LEASE)]
    return [*absent, *(f"{one.scope_id}: {_in_words(one)}" for one in found)]


def lost(copy: Export, here: Here, scopes: Sequence[IPv4Address]) -> str:
    """The leases that did not come with these scopes, in words; asked right after an import, before clients come and
    go."""
    by_scope = {scope: comparison.lost_leases(here.export, copy, [scope], here.now) for scope in scopes}
    found = [
        f"{scope} has no lease {few(one.address for one in leases)}" for scope, leases in by_scope.items() if leases
    ]
    if not found:
        return ""
    name = here.server.name
    return (
        f"Leases of the copy are not on {name}: {few(found, between='; ')}. {name} does not know these clients, and "
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


def total(several: Sequence[Mapping[str, str | int]]) -> Mapping[str, int]:
    return {name: sum(int(one[name]) for one in several) for name in ("leases", "reservations")}


# --- the server level ------------------------------------------------------------------------------------------------


def additions(copy: Export, level: ServerLevel) -> Sequence[str]:
    """What an import adds, by Windows' own rule: a class is there if its data is, a definition if its id and vendor
    class are."""
    data, defined = set(level.classes.values()), set(_folded(level.definitions))
    classes = [comparison.class_name(one) for one, value in sorted(copy.classes.items()) if value not in data]
    lacking = [one for one in copy.definitions if _fold(one) not in defined]
    return [*classes, *(comparison.definition_name(one) for one in sorted(lacking, key=comparison.option_order))]


def _fold(definition: tuple[str, str]) -> tuple[str, str]:
    return definition[0], definition[1].lower()


def _folded(definitions: Mapping[tuple[str, str], str]) -> Mapping[tuple[str, str], str]:
    return {_fold(one): kind for one, kind in definitions.items()}


def _check_version(wanted: Restoration, copy: Export, here: Here) -> None:
    mine = here.level.version
    if copy.version is not None and copy.version > mine and (mine, copy.version) != _RELATED:
        raise Refused(
            f"path: {wanted.path} was made by a newer Windows (version {_told_version(copy.version)}) than "
            f"{here.server.name} has ({_told_version(mine)}), and Import-DhcpServer refuses such a file. Restore it on "
            "a server of that version or a later one. Nothing was changed."
        )


def _told_version(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _warnings(coming: Sequence[IPv4Address], copy: Export, here: Here) -> Sequence[str]:
    """What of the scopes may not come: Windows imports the rest all the same."""
    name, level = here.server.name, here.level
    found: list[str] = []
    if copy.version is not None and copy.version != level.version:
        saved_by, its_own = _told_version(copy.version), _told_version(level.version)
        found.append(f"the safety copy was made by Windows version {saved_by}, and {name} has {its_own}")
    uses = [copy.uses[scope] for scope in coming if scope in copy.uses]
    mine = _folded(level.definitions)
    for option in sorted({option for one in uses for option in one.options}, key=comparison.option_order):
        saved, there = copy.definitions.get(option), mine.get(_fold(option))
        if saved is not None and there is not None and saved != there:
            found.append(
                f"{comparison.definition_name(option)} is {there} on {name} and {saved} in the copy: it stays as it is, "
                "and values may not fit"
            )
    data, names = set(level.classes.values()), {_fold(one) for one in level.classes}
    for one in sorted({one for used in uses for one in used.classes} & set(copy.classes)):
        if (copy.classes[one] in data) != (_fold(one) in names):
            found.append(
                f"{comparison.class_name(one)} of the copy is not the one that {name} has under this name or with this "
                "data: it is not imported, nor is what needs it"
            )
    return found


# --- scopes ----------------------------------------------------------------------------------------------------------


def _state(wanted: Restoration, copy: Export, scope: IPv4Address) -> str:
    return INACTIVE if wanted.inactive else saved_state(copy, scope)


def saved_state(export: Export, scope: IPv4Address) -> str:
    """One that is not told counts as active: it is what a scope is that was made without saying."""
    return export.scopes[scope].get(("", "state"), (ACTIVE,))[0].lower()


def _taken(coming: Sequence[IPv4Address], copy: Export, here: Here) -> Sequence[str]:
    """Scopes that would come into the subnet of another one. A mask that is none is left to Windows."""
    subnets = []
    for scope in coming:
        for mask in copy.scopes[scope].get(("", "subnet_mask"), ()):
            with contextlib.suppress(ValueError):
                subnets.append(scope_specs.network(scope, mask))
    return [
        f"scopes: {problem}; leave it out, or remove the scope that is there."
        for problem in scope_specs.overlaps(subnets, here.server)
    ]


def _differences(scope: IPv4Address, wanted: Restoration, copy: Export, here: Here) -> list[Difference]:
    state, is_now = _state(wanted, copy, scope), saved_state(here.export, scope)
    found = [Difference(scope, "state", state, is_now)] if state != is_now else []
    found += [one for one in comparison.differences(copy, here.export, [scope]) if one.field != "state"]
    # out of service no lease comes or goes by itself: one that is missing was never imported
    if is_now == INACTIVE:
        missing = comparison.lost_leases(here.export, copy, [scope], here.now)
        found += [Difference(scope, f"{_LEASE}{one.address}", "present", None) for one in missing]
    return found


def _problem(scope: IPv4Address, differs: Sequence[Difference], here: Here) -> str:
    relationship, told = (
        here.server.relationship_of(scope),
        few(map(_in_words, differs), "differences", between="; ", most=3),
    )
    member = f", in relationship '{relationship.name}'," if relationship else ""
    serves = relationship is not None or saved_state(here.export, scope) != INACTIVE
    cure = (
        "Leave it out: it is in service there."
        if serves
        else "Leave it out, or remove it there first (dhcp_failover_scope_copy)."
    )
    return f"scopes: {scope} exists{member} on {here.server.name} already, with {told}. {cure}"


def _in_words(one: Difference) -> str:
    if one.field == "state":
        return f"state {one.destination} (it would be {one.source})"
    if one.field.startswith(_LEASE):
        return f"no {one.field}"
    return f"{one.field} {_told(one.destination)} ({_told(one.source)} in the copy)"


def _told(value: str | None) -> str:
    return "none" if value is None else value
