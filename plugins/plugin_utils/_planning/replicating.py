# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The replication of scopes: which of them, in which direction, and what speaks against it. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from typing import Any

from .._model.identity import Connection
from .._model.refusal import NotServing, Refused, showing
from .._model.relationship import Relationship
from .._model.texts import few, variable
from .._windows.errors import NotShown
from .._windows.export_elements import Export
from . import broken_runs, checks, comparison, recognising
from .actions import Direction, Kind, Stage
from .comparison import Difference
from .draft import Draft
from .plan import Plan
from .plan_proof import finished
from .read_request import OwnRead, PartnerRead, ReadRequest, Scopes
from .world import ServerView, World

HERE = Connection.THIS_SERVER
OVERWRITE = variable("allow_overwrite", "replicate")
OTHER_WAY = f"in the other direction (source, {variable('source', 'replicate')})"
Chosen = Mapping[IPv4Address, Relationship]  # scopes, each with its relationship as this server shows it


@dataclass(frozen=True)
class Replication:
    """The scopes named, those of one relationship, or all; from this server to the partners, or the other way round.

    `force`: also those that do not differ. `keep_days`: of safety copies where something goes; None makes none.
    `foreseen`: scopes of relationships that earlier tasks would have created (check mode), equal on both servers.
    """

    scopes: Scopes = ()
    relationship: str | None = None
    from_here: bool = True
    force: bool = False
    allow_overwrite: bool = False
    keep_days: int | None = None
    foreseen: Mapping[str, Scopes] = field(default_factory=dict)


@dataclass(frozen=True)
class _Pair:
    """What is replicated with one partner. `names`: both servers, as the one that runs the task calls them."""

    members: Chosen
    giver: ServerView
    taker: ServerView
    names: Direction

    @property
    def given(self) -> Export:
        """What was read of the source."""
        return self.giver.exported(self.members)

    @property
    def had(self) -> Export:
        """What was read of the destination."""
        return self.taker.exported(self.members)

    @property
    def differences(self) -> Sequence[Difference]:
        return [
            replace(one, source_server=self.names.source, destination_server=self.names.destination)
            for one in comparison.differences(self.given, self.had, self.members)
        ]


def replicate(wanted: Replication, world: World) -> Plan | ReadRequest:
    """The destination's copies become those of the source. Raises Refused for what would stop half-way or be lost."""
    if not world.views:
        named = wanted.scopes if world.has_partner_host else ()  # over the second hop both are exported together
        return ReadRequest(OwnRead(scopes=named, leases=False))
    d = Draft(world)
    chosen = members(wanted, d.here)
    about = broken_runs.About(frozenset(current.name for current in chosen.values()), frozenset(chosen))
    broken_runs.revive(d, about)
    broken_runs.go_on(d, about, Stage.CLEAR)
    pairs = _pairs(wanted, d)
    if d.is_waiting:
        return d.request()
    differs = [difference for pair in pairs for difference in pair.differences]
    lost = comparison.vanishing(differs)
    going = {scope for pair in pairs for scope in pair.members if wanted.force}
    going |= {difference.scope_id for difference in differs}
    with showing(differences=[difference.public() for difference in differs]):
        for pair in pairs:
            _check(pair, [scope for scope in pair.members if scope in going])
        if lost and not wanted.allow_overwrite:
            names = pairs[0].names if len(pairs) == 1 else _direction(wanted, world.here.name, "the partner")
            raise _lost(lost, comparison.vanishing(map(comparison.reversed_, differs)), names)
    _check_served(wanted, pairs, going, d)
    for pair in pairs:
        _save(wanted, pair, {loss.scope_id for loss in lost}, d)
        for relationship in dict.fromkeys(pair.members.values()):
            _add(pair, relationship, [scope for scope in going if pair.members.get(scope) == relationship], d)
    shown = _shown(differs, "destination"), _shown(differs, "source")
    taker = pairs[0].names.destination if len(pairs) == 1 else "the destination"
    return replace(finished(d), differences=tuple(differs), diff=shown, header=f"content of {taker}")


def _check_served(wanted: Replication, pairs: Sequence[_Pair], going: Collection[IPv4Address], d: Draft) -> None:
    """Raises NotServing for scopes that the destination alone serves: nobody would, after it. Warns where that is
    overridden."""
    for pair in pairs:
        idle = [scope for scope in sorted(going) if pair.taker.serves(scope) and not pair.giver.serves(scope)]
        idle = [scope for scope in idle if scope in pair.members]
        if idle and not wanted.allow_overwrite:
            names = pair.names
            raise NotServing(
                f"scopes: {few(idle)} is out of service on {names.source}, and {names.destination} serves it, so "
                "nobody would serve it after replicating. Where another task is at work on the two servers, run again "
                f"when it has ended; else activate it on {names.source}, or replicate {OTHER_WAY}; "
                f"allow_overwrite: true ({OVERWRITE}) overrides."
            )
        if idle:
            d.warn(
                f"{few(idle)} is out of service on {pair.names.source}, and so on {pair.names.destination} after "
                "replicating, so nobody serves it: where that is not wanted, finish the task that put it out of "
                "service and was broken off, or activate it on both servers (Set-DhcpServerv4Scope -State Active)"
            )


def verify(wanted: Replication, world: World) -> Plan | ReadRequest:
    """The same once more, after it was done. Raises RemoteFailure for what still differs."""
    left = replicate(replace(wanted, force=False, allow_overwrite=True), world)
    if isinstance(left, Plan) and left.differences:
        partners = few(by_partner(members(wanted, world.here)))
        fields = few((f"{difference.scope_id} {difference.field}" for difference in left.differences), between="; ")
        raise NotShown(
            f"The scopes of {world.here.name} and {partners} were replicated, and they still differ: {fields}."
        )
    return left


def members(wanted: Replication, here: ServerView) -> Chosen:
    """The scopes to look at. Raises Refused."""
    if wanted.scopes:
        foreseen = {scope for name in wanted.foreseen for scope in wanted.foreseen[name]} - here.owners.keys()
        return {scope: _membership(here, scope) for scope in wanted.scopes if scope not in foreseen}
    if wanted.relationship is None:
        return {scope: current for current in here.relationships.values() for scope in current.scopes}
    current = here.find(wanted.relationship, "relationship")
    if current is None and wanted.relationship in wanted.foreseen:
        return {}
    if current is None:
        raise Refused(f"relationship: '{wanted.relationship}' does not exist on {here.name}.")
    return dict.fromkeys(current.scopes, current.relationship)


def by_partner(chosen: Chosen) -> Mapping[str, Chosen]:
    """The scopes of each partner, by the partner's name as this server has it."""
    groups: dict[str, dict[IPv4Address, Relationship]] = {}
    for scope, relationship in sorted(chosen.items(), key=lambda item: item[0]):
        groups.setdefault(relationship.partner_server, {})[scope] = relationship
    return groups


def _membership(here: ServerView, scope: IPv4Address) -> Relationship:
    if scope in here.owners:
        return here.relationships[here.owners[scope]]
    what = "in no failover relationship" if scope in here.copies else "no scope"
    raise Refused(f"scopes: {scope} is {what} of {here.name}, so there is no partner to replicate it with.")


def _pairs(wanted: Replication, d: Draft) -> Sequence[_Pair]:
    """Those whose partner was read; the draft asks for the others."""
    pairs: list[_Pair] = []
    whole = _whole(wanted, d.here)
    groups = {**{current.partner_server: {} for current in whole}, **by_partner(members(wanted, d.here))}
    if len(groups) > 1 and d.world.has_partner_host:
        raise Refused(
            f"partner_host: the scopes are in failover with {len(groups)} partners ({few(groups)}), and this host is "
            "one of them at most; give the relationship of that one, or partner_host: auto, or leave it out, so that "
            f"{d.here.name} asks each of them itself."
        )
    for name, group in groups.items():
        of_it = [current for current in whole if current.partner_server == name]
        relationship = next(iter([*group.values(), *of_it]))
        there = d.need(PartnerRead(relationship.partner.names, relationship.name, tuple(group), leases=False))
        if there is not None:
            there = d.view(there.source)
            for current in of_it:
                _check_alone(current, d.here, there)
            giver, taker = (d.here, there) if wanted.from_here else (there, d.here)
            pairs.append(_Pair(group, giver, taker, _direction(wanted, d.here.name, name)))
    return pairs


def _whole(wanted: Replication, here: ServerView) -> Sequence[Relationship]:
    """The relationships that are meant with all their members, whichever server has those."""
    if wanted.scopes:
        return ()
    names = here.relationships if wanted.relationship is None else [wanted.relationship]
    return [here.relationships[name] for name in names if name in here.relationships]


def _check_alone(relationship: Relationship, here: ServerView, there: ServerView) -> None:
    """Raises NotServing for members that the partner alone has: nobody has named them, and they are not replicated."""
    alone = sorted(there.members(relationship.name) - relationship.members)
    if alone:
        raise NotServing(
            f"scopes: {few(alone)} is in '{relationship.name}' on {there.name}, and in no relationship on {here.name}. "
            f"Where another task is at work on the two servers, run again when it has ended; else {there.name} has to "
            "finish it: dhcp_failover_scope there, with partner_host, adds it on both, or takes it out (state: "
            "absent)."
        )


def _direction(wanted: Replication, here: str, there: str) -> Direction:
    return Direction(here, there) if wanted.from_here else Direction(there, here)


def _save(wanted: Replication, pair: _Pair, losing: set[IPv4Address], d: Draft) -> None:
    """A safety copy of the scopes of which something goes that only the destination has."""
    scopes = [scope for scope in pair.members if scope in losing]
    if scopes:
        d.save(pair.taker, pair.members[scopes[0]].name, scopes, wanted.keep_days, stage=Stage.CLEAR)


def _add(pair: _Pair, relationship: Relationship, scopes: Iterable[IPv4Address], d: Draft) -> None:
    runs = d.here if pair.giver.computer else pair.giver
    partner = runs.relationships.get(relationship.name, relationship).partner_server
    more: dict[str, Any] = {"other": pair.taker.source, "partner": partner, "normal": True, "detail": pair.names}
    d.add(Kind.REPLICATE, pair.giver, relationship.name, sorted(scopes), **more)


def _check(pair: _Pair, going: Sequence[IPv4Address]) -> None:
    names = pair.names
    _check_members(pair)
    gone = [scope for scope in going if scope not in pair.given.scopes]
    if gone:
        raise Refused(
            f"scopes: {few(gone)} does not exist on {names.source}, although it is in failover there; "
            f"replicating would take it from {names.destination} too. Replicate {OTHER_WAY}, or look at both "
            "servers."
        )
    checks.refuse_lacking(names.destination, comparison.lacking(pair.given, pair.had, going))


def _check_members(pair: _Pair) -> None:
    """Raises Refused for scopes that are not in the same relationship on both servers: what is replicated would be
    another relationship's, or nobody's."""
    here, there = (pair.giver, pair.taker) if pair.taker.source is not HERE else (pair.taker, pair.giver)
    for name in sorted({relationship.name for relationship in pair.members.values()}):
        recognising.check_halves(name, here, there)
    for scope, relationship in pair.members.items():
        owner = there.owners.get(scope)
        if owner == relationship.name:
            continue
        if owner is not None:
            raise Refused(
                f"scopes: {scope} is in '{relationship.name}' on {here.name}, and in '{owner}' on {there.name}; a "
                "scope can be in one only. Take it out of the wrong one, on a server that has it there "
                "(dhcp_failover_scope, state: absent)."
            )
        raise NotServing(
            f"scopes: {scope} is in '{relationship.name}' on {here.name}, and in no relationship on {there.name}. "
            "Where another task is at work on the two servers, run again when it has ended; else add it there first "
            "(dhcp_failover_scope with partner_host), or take it out here too."
        )


def _lost(lost: Iterable[Difference], gained: Iterable[Difference], names: Direction) -> Refused:
    """`gained`: what the source alone has, so that the other direction would remove that."""
    going, coming = _in_words(lost), _in_words(gained)
    if coming:
        return Refused(
            f"{names.destination} and {names.source} both have what the other has not, so either direction removes "
            f"something. {names.destination} alone has: {going}. {names.source} alone has: {coming}. Add on "
            f"{names.source} by hand what is to stay of the first list, and run again; allow_overwrite: true "
            f"({OVERWRITE}) removes from {names.destination} what is left of it."
        )
    return Refused(
        f"{names.destination} has what {names.source} has not, and replicating would remove it: {going}. Replicate "
        f"{OTHER_WAY}, or say allow_overwrite: true ({OVERWRITE})."
    )


def _in_words(differs: Iterable[Difference]) -> str:
    return few((f"{each.scope_id} {each.field} ({each.destination})" for each in differs), "differences")


def _shown(differs: Iterable[Difference], end: str) -> Mapping[str, Any]:
    shown: dict[str, dict[str, Any]] = {}
    for difference in differs:
        shown.setdefault(str(difference.scope_id), {})[difference.field] = getattr(difference, end)
    return shown
