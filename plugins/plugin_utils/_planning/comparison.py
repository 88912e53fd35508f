# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Compares the content of scopes on two servers: what differs, what would vanish, what the destination lacks. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Address

from .._model.texts import MESSAGE_LIMIT, in_sight
from .._windows.compact_content import Content
from .._windows.export_elements import Export, Lease, ServerLevel

# states of an address that nobody holds; one that is not known counts as held
_FREE_STATES = frozenset({"expired", "declined", "offered", "inactivereservation"})
_NO_SCOPE = IPv4Address(0)
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Difference:
    """One field of one scope; None is a server that does not have it. `source_server`, `destination_server`: as the one
    that runs the task calls them, where they are two."""

    scope_id: IPv4Address
    field: str
    source: str | None
    destination: str | None
    is_content: bool = False  # a reservation, option, exclusion, policy or range, and not a mere field of one
    source_server: str = ""
    destination_server: str = ""

    def public(self) -> Mapping[str, str | None]:
        """As the result shows it."""
        ends = {"source": self.source, "destination": self.destination}
        servers = {"source_server": self.source_server, "destination_server": self.destination_server}
        named = {end: server for end, server in servers.items() if server}
        return {"scope_id": str(self.scope_id), "field": self.field, **ends, **named}


@dataclass(frozen=True)
class LostLease:
    """A client that would be forgotten. `expires` None: never."""

    scope_id: IPv4Address
    address: str
    client_id: str
    expires: datetime | None


def differences(source: Export, destination: Export, scopes: Iterable[IPv4Address]) -> Sequence[Difference]:
    """Every difference, by scope and field. A reservation, option or policy that one server lacks is one difference."""
    differs: list[Difference] = []
    for scope_id in scopes:
        here, there = source.scopes.get(scope_id), destination.scopes.get(scope_id)
        if here is None or there is None:
            differs.append(Difference(scope_id, "scope", _presence(here), _presence(there)))
            continue
        differs += _differences(scope_id, here, there)
    return differs


def _differences(scope_id: IPv4Address, here: Content, there: Content) -> Iterator[Difference]:
    if here == there:
        return
    for item in sorted(here.named | there.named, key=_in_order):
        mine, theirs = here.fields(item) or {}, there.fields(item) or {}
        if mine == theirs:
            continue
        # of an item that one server lacks, the item as a whole is one difference
        for field in sorted({*mine, *theirs} if not item or (mine and theirs) else {""}):
            if mine.get(field) != theirs.get(field):
                is_content = bool(item) and (not field or field.startswith(("option ", "range ")))
                name = _cut(f"{item} {field}".strip())
                yield Difference(scope_id, name, _shown(mine.get(field)), _shown(theirs.get(field)), is_content)


def level_differences(source: Export, destination: Export) -> Sequence[Difference]:
    """What the two servers have otherwise for all their scopes, which Windows never replicates: settings, option
    values, policies, filters, classes and option definitions. Of no scope: their scope id is 0.0.0.0."""
    differs = list(_differences(_NO_SCOPE, source.level, destination.level))
    kinds = (
        ({class_name(key): value for key, value in export.classes.items()} for export in (source, destination)),
        ({definition_name(key): kind for key, kind in export.definitions.items()} for export in (source, destination)),
    )
    for mine, theirs in kinds:
        names = (name for name in sorted({*mine, *theirs}) if mine.get(name) != theirs.get(name))
        differs += [Difference(_NO_SCOPE, _cut(name), mine.get(name), theirs.get(name)) for name in names]
    return differs


def lost_leases(
    source: Export, destination: Export, scopes: Iterable[IPv4Address], now: datetime
) -> Sequence[LostLease]:
    """Leases that only the destination has, whose copy goes or is overwritten, and that somebody still holds.

    None is lost whose address the source reserves for the same client: it gets it again.
    """
    lost: list[LostLease] = []
    for scope_id in scopes:
        kept, reserved = source.leases.get(scope_id, {}), source.scopes.get(scope_id, Content())
        for address, lease in destination.leases.get(scope_id, {}).items():
            same = kept.get(address)
            known = same is not None and same.client_id == lease.client_id and _held(same, now)
            awaited = reserved.get((f"reservation {address}", "client_id")) == (lease.client_id,)
            if _held(lease, now) and not known and not awaited:
                lost.append(LostLease(scope_id, address, lease.client_id, lease.expires))
    return sorted(lost, key=lambda lease: (lease.scope_id, IPv4Address(lease.address)))


def _held(lease: Lease, now: datetime) -> bool:
    return lease.state.lower() not in _FREE_STATES and (lease.expires is None or lease.expires >= now)


def reversed_(difference: Difference) -> Difference:
    """The same difference, as the other direction has it."""
    return replace(
        difference,
        source=difference.destination,
        destination=difference.source,
        source_server=difference.destination_server,
        destination_server=difference.source_server,
    )


def vanishing(differs: Iterable[Difference]) -> Sequence[Difference]:
    """Content that the destination alone has: replication would remove it there."""
    return [difference for difference in differs if difference.source is None and difference.is_content]


def lacking(source: Export, destination: Export | ServerLevel, scopes: Iterable[IPv4Address]) -> Sequence[str]:
    """Classes and option definitions that the scopes need and the destination does not have; Windows replicates
    neither.

    Whether Windows tells upper from lower case in a class's name is not known: here it does not.
    """
    problems: list[str] = []
    classes, defined = set(map(folded, destination.classes)), folded_keys(destination.definitions)
    mine, types = {folded(key): key for key in source.classes}, folded_keys(source.definitions)
    for scope_id in scopes:
        uses = source.uses.get(scope_id)
        if uses is None:
            continue
        needed = set(map(folded, uses.classes)) & mine.keys() - classes
        problems += [class_name(mine[key]) for key in sorted(needed)]
        for option in sorted(uses.options, key=option_order):
            here, there = types.get(folded(option)), defined.get(folded(option))
            if here is not None and here != there:
                name = definition_name(option)
                problems.append(name if there is None else f"{name} as {here} (it has {there})")
    return list(dict.fromkeys(problems))


def folded(key: tuple[str, str]) -> tuple[str, str]:
    """A class, by kind and name, or an option, by number and vendor class, as all spellings of it have it. What cannot
    be seen stands by its code, as in what is read of an export: a cmdlet tells the name itself."""
    return key[0], in_sight(key[1]).casefold()


def folded_keys(definitions: Mapping[tuple[str, str], str]) -> Mapping[tuple[str, str], str]:
    """Option definitions, to be looked up by what is `folded`."""
    return {folded(option): kind for option, kind in definitions.items()}


def class_name(key: tuple[str, str]) -> str:
    """A class, by kind and name, in words."""
    return f"{key[0].lower()} class '{key[1]}'"


def option_order(option: tuple[str, str]) -> tuple[int, str, str]:
    """The sort key of an option: by its number."""
    return int(option[0]) if option[0].isdecimal() else -1, *option


def definition_name(option: tuple[str, str]) -> str:
    """The definition of an option, by number and vendor class, in words."""
    return f"definition of option {option[0]}" + (f" of vendor class '{option[1]}'" if option[1] else "")


def in_words(value: str | None) -> str:
    """A value of a difference in a sentence."""
    return "none" if value is None else value


def _presence(content: object) -> str | None:
    return None if content is None else "present"


def _shown(values: tuple[str, ...] | None) -> str | None:
    if values is None:
        return None
    return _cut(", ".join(values)) if values else "present"


def _cut(text: str) -> str:
    """Nobody reads more, and all of it was compared: a hash tells two that differ in the rest."""
    if len(text) <= MESSAGE_LIMIT:
        return text
    return f"{text[:MESSAGE_LIMIT]}... ({hashlib.sha256(text.encode(errors='replace')).hexdigest()[:8]})"


def _in_order(item: str) -> tuple[object, ...]:
    """By kind, then addresses and option ids as numbers."""
    kind, _space, rest = item.partition(" ")
    return kind, tuple(int(part) if _NUMBER.fullmatch(part) else -1 for part in rest.replace(".", " ").split()), rest
