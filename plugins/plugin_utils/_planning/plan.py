# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan as a value: the actions and the servers before and after them. All else that is shown of it is derived. No
I/O."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address
from typing import Any

from .._model.identity import Source
from .._model.relationship import Relationship
from .._model.relationship_settings import DeclaredSettings
from .._model.render import settings as shown
from .._model.scope import ScopeSpec
from . import setting_changes
from .action_table import KINDS
from .actions import Action, Kind, Stage
from .comparison import Difference
from .draft import Misfit
from .removals import MANY, Count, Removal, removal
from .spec import Spec
from .world import ServerView, World, mirrored


@dataclass(frozen=True)
class Departure:
    """A scope's copy on `loser` that goes (`deletes`) or is put out of service; `keeper` keeps the scope. `served`: it
    was in service on one of the two. `returns`: it is copied to the loser anew. `acted`: it was begun to take the scope
    out, beyond the claim."""

    scope: IPv4Address
    keeper: Source
    loser: Source
    deletes: bool
    served: bool
    returns: bool
    acted: bool = False


@dataclass(frozen=True)
class Plan:
    """`start` and `end`: the servers before and after the actions. `pending`: relationships that wait for their first
    scope."""

    actions: tuple[Action, ...]
    start: World
    end: World
    desired: tuple[Spec, ...] = ()
    warnings: tuple[str, ...] = ()
    pending: Mapping[str, DeclaredSettings] = field(default_factory=dict)
    unfit: Mapping[str, tuple[Misfit, ...]] = field(default_factory=dict)
    differences: tuple[Difference, ...] | None = None  # of the two servers, where that is what the task is about
    diff: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None
    header: str = ""  # of what a diff shows
    maintains: bool = False  # it begins or ends a maintenance

    @cached_property
    def departures(self) -> tuple[Departure, ...]:
        """Each copy that goes or is put out of service, once."""
        keepers: dict[tuple[IPv4Address, Source], Source] = {}
        for action in self.actions:
            if not KINDS[action.kind].ends_copies or action.sides is None:
                continue
            keeper, loser = action.sides
            for scope in action.scopes:
                if scope in self.start.views[loser].copies:
                    keepers.setdefault((scope, loser), keeper)
        return tuple(self._departure(scope, keeper, loser) for (scope, loser), keeper in keepers.items())

    def _departure(self, scope: IPv4Address, keeper: Source, loser: Source) -> Departure:
        before, after = self.start.views, self.end.views[loser]
        served = before[keeper].serves(scope) or before[loser].serves(scope)
        returns = scope in after.copies and scope in after.owners
        return Departure(scope, keeper, loser, scope not in after.copies, served, returns)

    @cached_property
    def removals(self) -> tuple[Removal, ...]:
        """The copies that go, are put out of service or are replaced, with what they have that the kept ones have
        not."""
        return tuple(
            removal(
                each.scope,
                self._kept(each),
                self.start.views[each.loser],
                deleted=each.deletes or each.returns,
                replaced=each.returns,
            )
            for each in sorted(self.departures, key=lambda each: (each.scope, str(each.loser)))
        )

    def _kept(self, departure: Departure) -> ServerView:
        """The server that keeps a scope, which it may serve again before the other copy goes."""
        keeper, scope = self.start.views[departure.keeper], departure.scope
        on = (action for action in self.actions if action.kind is Kind.SERVE_ON and action.stage is Stage.MAKE)
        again = any(scope in action.scopes and action.where == departure.keeper for action in on)
        return keeper.switched([scope], active=True) if again else keeper

    @property
    def idle(self) -> frozenset[IPv4Address]:
        """Scopes that are replicated from a copy that is out of service: the other one is then, too."""
        replicated = (action for action in self.actions if action.kind is Kind.REPLICATE)
        return frozenset(
            scope
            for action in replicated
            for scope in action.scopes
            if not self.start.views[action.where].serves(scope)
        )

    @property
    def rereads(self) -> tuple[IPv4Address, ...]:
        """Scopes whose content is another one after it."""
        changing = (action.scopes for action in self.actions if KINDS[action.kind].changes_content)
        return tuple(sorted({scope for scopes in changing for scope in scopes}))

    @property
    def creates(self) -> tuple[ScopeSpec, ...]:
        """Scopes that come into being on this server."""
        return tuple(action.detail for action in self.actions if action.kind is Kind.MAKE)

    def created_for(self, name: str) -> tuple[ScopeSpec, ...]:
        """Those of them that come into a relationship."""
        return tuple(action.detail for action in self.actions if action.kind is Kind.MAKE and action.name == name)

    def shown_after(self, name: str) -> Mapping[str, Any]:
        """A declared relationship as it would be; nothing where it is none or is to be absent."""
        return next((self.after(spec) for spec in self.desired if spec.name == name), {})

    @property
    def counts(self) -> tuple[Count, ...]:
        """What of each relationship that is declared or loses any goes without being named one by one, on the server
        that has more of it; then of all together that lose any."""
        if not self.desired:
            return (self._copies(),)
        declared = {spec.name for spec in self.desired}
        names = {name for view in self.start.views.values() for name in view.ours}
        gone = {one.scope_id for one in self.removals if one.deleted and not one.replaced}
        stay = {scope for view in self.end.views.values() for scope in view.owners}
        counted = {name: self._counted(name, gone, stay) for name in sorted(names)}
        each = [count for name, count in counted.items() if count.going or name in declared]
        losing = [count for count in each if count.going]
        together, going = sum(count.all for count in losing), sum(count.going for count in losing)
        return (*each, Count(f"the {together} members of these relationships", together, going))

    def _counted(self, name: str, gone: Collection[IPv4Address], stay: Collection[IPv4Address]) -> Count:
        members = [view.members(name) for view in self.start.views.values()]
        going = {scope for scope in frozenset().union(*members) if scope in gone or scope not in stay}
        for spec in self.desired:
            going -= spec.named(going) if spec.name == name else set()
        return Count(f"the {max(map(len, members))} members of '{name}'", max(map(len, members)), len(going))

    def _copies(self) -> Count:
        """Of a server's copies, those that are deleted, where they are so many that nobody looked at each."""
        here = self.start.here
        going = sum(len(action.scopes) for action in self.actions if action.kind is Kind.DELETE)
        return Count(f"the {len(here.copies)} scopes of {here.name}", len(here.copies), going if going >= MANY else 0)

    # --- what a diff shows -----------------------------------------------------------------------------------------

    @property
    def shown(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Before and after: what a verb has to show, the one relationship, or several by name."""
        if self.diff or not self.desired:
            return self.diff or ({}, {})
        if len(self.desired) == 1:
            return self.before(self.desired[0]), self.after(self.desired[0])
        return {spec.name: self.before(spec) for spec in self.desired}, {
            spec.name: self.after(spec) for spec in self.desired
        }

    def before(self, spec: Spec) -> Mapping[str, Any]:
        """The relationship as it is."""
        if spec.name in self.unfit:
            return shown(self.unfit[spec.name][0].half.relationship)
        current = _relationship(self.start.here, spec.name)
        if current is None and spec.absent and not spec.policy.orphan:
            there = self.start.partner(spec.name)
            theirs = _relationship(there, spec.name) if there else None
            current = mirrored(theirs, there.name) if there and theirs else None
        return shown(current)

    def after(self, spec: Spec) -> Mapping[str, Any]:
        """The relationship as it would be."""
        if spec.name in self.pending:
            return {**shown(setting_changes.would_be(self.pending[spec.name], ())), "state": "Empty"}
        sent = any(
            action.kind is Kind.MODIFY and action.name == spec.name and "shared_secret" in action.detail.changes
            for action in self.actions
        )
        current = shown(_relationship(self.end.here, spec.name))
        return {**current, "shared_secret": "sent anew"} if sent else current


def _relationship(view: ServerView, name: str) -> Relationship | None:
    half = view.half(name)
    return half.relationship if half else None
