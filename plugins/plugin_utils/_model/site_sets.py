# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Relationships that servers have -> those that a playbook over a pair is about, and those that stay as they are.

Servers are known by their names in the inventory here, as dhcp_failover_info names them. No I/O, nothing of Ansible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from ipaddress import IPv4Address
from typing import Any

from .identity import same_server
from .refusal import Refused
from .site import Share, refusal
from .texts import few, plain_causes
from .variables import Declaring, Decommission, Maintaining, Migration, Removal


@dataclass(frozen=True)
class Existing:
    """A relationship that is there, whichever of its two servers shows it."""

    name: str
    primary: str
    partner: str

    def is_between(self, servers: Collection[str], gone: str = "") -> bool:
        """Whether both its servers are among these. `gone`: one that the inventory may not have any more, so that it
        is shown by the name that Windows has for it."""
        return all(name in servers or (bool(gone) and same_server(gone, name)) for name in (self.primary, self.partner))

    def is_same(self, other: Existing) -> bool:
        """Whether the two are one relationship, seen from either side."""
        return self.name == other.name and {self.primary, self.partner} == {other.primary, other.partner}


@dataclass(frozen=True)
class Chosen:
    """`names`: the relationships that something is done to. `staying`: the others. `missing`: names that no server
    has. `partners`: the other servers of the pair's relationships, as dhcp_failover_info names them."""

    names: Sequence[str]
    staying: Sequence[Existing]
    missing: Sequence[str] = ()
    partners: Sequence[str] = ()

    def partner_host(self, called: str, hosts: Collection[str]) -> str | None:
        """Which of the inventory's `hosts` the other server is, however it is `called`; None where it has none. Raises
        Refused where it has several."""
        found = [name for name in self.partners if name in hosts]
        if len(found) > 1 and called not in found:
            raise Refused(f"{called!r} can be {' or '.join(found)}; write the name of the one that is meant in full.")
        return called if called in found else next(iter(found), None)

    def staying_as_data(self) -> list[dict[str, str]]:
        """As the task returns it."""
        return [asdict(relationship) for relationship in self.staying]


def existing(answers: Iterable[Mapping[str, Any]], leaving: str = "") -> list[Existing]:
    """What dhcp_failover_info returned of one or more servers, each relationship once. `leaving`: the one that goes.
    Raises Refused."""
    relationships: list[Existing] = []
    for answer in answers:
        if answer.get("failed") or answer.get("unreachable"):
            raise Refused(_unread(answer, leaving))
        try:
            entries = answer["config"]["failover_relationships"]
            shown = [Existing(entry["name"], entry["primary"], entry["partner"]) for entry in entries]
        except (KeyError, TypeError):
            raise Refused("existing: has no result of dhcp_failover_info; give it what that module returned.") from None
        relationships += [new for new in shown if not any(new.is_same(known) for known in relationships)]
    return relationships


def to_remove(there: Sequence[Existing], asked: Decommission) -> Chosen:
    """Those that end when a server leaves. Raises Refused when a relationship with another server is among them."""
    gone = asked.leaving if asked.orphan else ""
    between_pair = [relationship for relationship in there if relationship.is_between(asked.servers, gone)]
    called = {name for pair in between_pair for name in (pair.primary, pair.partner) if name not in asked.servers}
    if len(called) > 1:
        raise Refused(
            f"failover_leaving: {gone!r} can be {' or '.join(sorted(called))}; write the name of the one that is "
            "gone in full."
        )
    names = _each_once(asked.named if asked.named is not None else [between.name for between in between_pair])
    foreign = [_foreign(other, asked) for other in _not_of(there, between_pair) if other.name in names]
    if foreign:
        raise refusal("Not all of these relationships can end", foreign)
    known = {relationship.name for relationship in there}
    missing = tuple(name for name in names if name not in known)
    return Chosen(names, _others(there, names), missing, _partners(between_pair, asked.keep))


def doubts(chosen: Chosen, asked: Decommission) -> Sequence[str]:
    """What a person should look at where a name, or the pair, is not there: it has ended before, or is misspelt."""
    staying, (keep, other) = chosen.staying, asked.servers
    if asked.named is not None:
        others = [one.name for one in staying if one.is_between(asked.servers)]
        return _not_there(chosen.missing, f"{keep} and {other}", others)
    partners = [name for name in _partners(staying, keep) if name != other]
    if chosen.names or not partners:
        return []
    return [
        f"{keep} and {other} have no relationship with each other: it has ended before, or another server is meant; "
        f"there are some with {few(partners)}"
    ]


def _not_there(missing: Collection[str], servers: str, there: Sequence[str]) -> Sequence[str]:
    have = f"there is {few(there)}" if there else "there is no other"
    return [
        f"'{name}' is no relationship of {servers}: it has ended before, or its name is another one; {have}"
        for name in missing
    ]


def unfinished(answers: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The relationships that a run which was broken off wrote to. `answers`: of dhcp_failover_info, with the health."""
    said = (verdict for answer in answers for verdict in answer.get("verdicts") or ())
    return frozenset(str(verdict.get("relationship")) for verdict in said if verdict.get("id") == "broken_run")


def to_migrate(
    there: Sequence[Existing], declared: Share, asked: Migration, unfinished: Collection[str] = ()
) -> Chosen:
    """Those that the data has with the new partner, and the server not yet, or not all of it (`unfinished`). Raises
    Refused where the data has none."""
    coming = [options for options in declared.writes if options["partner"] == asked.new]
    coming_names = [options["name"] for options in coming if options.get("state") != "absent"]
    from_leaving = [one for one in there if one.is_between((asked.keep, asked.leaving), asked.leaving)]
    stay = {one.name for one in _not_of(there, from_leaving)}
    with_new = {one.name for one in there if one.is_between((asked.keep, asked.new))}
    names = [name for name in coming_names if name not in stay or name in with_new & {*unfinished}]
    if not names and not with_new & {*coming_names}:
        keep, new = asked.keep, asked.new
        raise Refused(
            f"failover_relationships: has no relationship of {keep} that is to go from {asked.leaving} to {new}. "
            f"Write there primary: {keep}, which has the scopes, and partner: {new}. To make {new} the active server, "
            "change that afterwards and run windhcp.failover.swap_roles."
        )
    return Chosen(names, _others(there, names))


def still_there(there: Sequence[Existing], asked: Migration) -> str:
    """What a run that migrates nothing ends with."""
    left = [one.name for one in there if one.is_between((asked.keep, asked.leaving), asked.leaving)]
    if not left:
        return f"{asked.keep} and {asked.leaving} have no relationship with each other any more"
    names = few(f"'{name}'" for name in left)
    return (
        f"{names} of {asked.keep} and {asked.leaving} is not with {asked.new} in failover_relationships; write "
        f"partner: {asked.new} there for what is to go to it"
    )


@dataclass(frozen=True)
class Members:
    """Scopes of one relationship that leave it."""

    relationship: str
    scopes: Sequence[str]


@dataclass(frozen=True)
class TakenOut:
    """`members`: the scopes that are to leave, by relationship. `missing`: what is not there, a scope that left before
    or a relationship that ended, or that never was. `doubts`: what is said of that. `ending`: what ends."""

    members: Sequence[Members]
    missing: Sequence[str]
    doubts: Sequence[str]
    ending: Sequence[str] = ()

    @property
    def in_the_data(self) -> str:
        """What the site's data has to say from then on."""
        out = [f"take {few(each.scopes)} out of the scopes of '{each.relationship}'" for each in self.members]
        ends = [f"give '{name}' state: absent" for name in self.ending]
        return f"in failover_relationships {few([*out, *ends], between='; ')}; or windhcp.failover.site wants it back"


def to_take_out(answer: Mapping[str, Any], asked: Removal) -> TakenOut:
    """What leaves. `answer`: what dhcp_failover_info returned of the server that keeps the scopes. Raises Refused."""
    if answer.get("failed") or answer.get("unreachable"):
        raise Refused(_unread(answer, ""))
    there = {entry["name"]: entry["scopes"] for entry in answer["relationships"]}
    wanted, members = set(map(str, asked.scopes)), {scope for scopes in there.values() for scope in scopes}
    whole = {name: scopes for name, scopes in there.items() if name not in asked.relationships}
    leaving = [Members(name, [scope for scope in scopes if scope in wanted]) for name, scopes in whole.items()]
    ended = [name for name in asked.relationships if name not in there]
    left = [str(scope) for scope in asked.scopes if str(scope) not in members]
    here = {scope["scope_id"] for scope in answer["unprotected_scopes"]}
    if unknown := [scope for scope in left if scope not in here]:
        problem = f"failover_scopes_to_remove: has {few(unknown)}, which is no scope of {asked.keep}"
        raise refusal("Not all of these scopes can leave", [f"{problem}; it should be scopes that are there."])
    doubts = [
        f"'{one}' is in no relationship of {asked.keep}: it has left before, or another one is meant" for one in left
    ]
    return TakenOut(
        [each for each in leaving if each.scopes],
        [*ended, *left],
        [*_not_there(ended, asked.keep, list(there)), *doubts],
        [name for name in asked.relationships if name in there],
    )


def to_declare(there: Sequence[Existing], asked: Declaring | Maintaining) -> Chosen:
    """The relationships of the two. Raises Refused where there are none."""
    between = [one for one in there if one.is_between(asked.servers, asked.partner)]
    if not between:
        partners = _partners(there, asked.server)
        raise Refused(
            f"failover_partner: {asked.server} has no relationship with {asked.partner}"
            + (f"; it has some with {', '.join(partners)}." if partners else ", and none at all.")
        )
    names = _each_once(one.name for one in between)
    return Chosen(names, _others(there, names), partners=_partners(between, asked.server))


def with_scopes(declared: Share, scopes: Collection[IPv4Address]) -> Sequence[Mapping[str, Any]]:
    """What is written, with these scopes only; a relationship that has none of them is left out."""
    wanted = {str(scope) for scope in scopes}
    kept = ([scope for scope in options.get("scopes", ()) if scope in wanted] for options in declared.writes)
    return [{**options, "scopes": some} for options, some in zip(declared.writes, kept, strict=True) if some]


def _unread(answer: Mapping[str, Any], leaving: str) -> str:
    host = answer.get("item", "a server")
    cure = (
        " If it is gone for good, set failover_orphan to true, and failover_partner_is_off too once somebody has seen "
        "that it is off."
        if host == leaving
        else ""
    )
    return f"{host} cannot be read: {plain_causes(str(answer.get('msg', ''))).rstrip('.')}.{cure}"


def _foreign(relationship: Existing, asked: Decommission) -> str:
    variable, pair = "failover_relationships_to_end", " and ".join(asked.servers)
    servers = f"{relationship.primary} and {relationship.partner}"
    if asked.named is None:
        cure = f"it should have the names of those that are to end, since {pair} have another one of this name"
        return f"{variable}: is not set, and '{relationship.name}' of {servers} would end as well; {cure}."
    return f"{variable}: has '{relationship.name}', which is of {servers}; it should have relationships of {pair} only."


def _not_of(there: Iterable[Existing], chosen: Collection[Existing]) -> Sequence[Existing]:
    return [relationship for relationship in there if relationship not in chosen]


def _others(there: Iterable[Existing], names: Collection[str]) -> Sequence[Existing]:
    return [relationship for relationship in there if relationship.name not in names]


def _partners(relationships: Iterable[Existing], own: str) -> Sequence[str]:
    """The servers that are in them, but for one."""
    return sorted({name for one in relationships for name in (one.primary, one.partner)} - {own})


def _each_once(names: Iterable[str]) -> Sequence[str]:
    return list(dict.fromkeys(names))
