# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task declares: a list of Spec, each about one relationship. A partial declaration is a list of one. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import IPv4Address
from typing import Literal

from .._model.identity import Connection
from .._model.refusal import Refused
from .._model.relationship_settings import DeclaredSettings
from .._model.scope import ScopeSpec
from .._model.texts import sentences
from .read_request import Scopes
from .world import World


@dataclass(frozen=True)
class Policy:
    """How it may be reached: the options of these names. None: the task does not say.

    `keep_days`: of safety copies; 0 keeps all, None makes none.
    """

    keep_scopes_on: Literal["this_server", "partner"] | None = None
    other_copy: Literal["delete", "disable"] | None = None
    orphan: bool = False
    partner_is_off: bool = False
    keep_days: int | None = 0
    replace_partner_copy: bool = False
    move: bool = False
    recreate: bool = False
    previous_name: str | None = None

    @property
    def first(self) -> Connection:
        """The server that loses is read first."""
        return Connection.THIS_SERVER if self.keep_scopes_on == "partner" else Connection.PARTNER


@dataclass(frozen=True)
class Spec:
    """One relationship as it is wanted.

    `settings` None: it has to be there, or is declared nowhere. `create_only`: the settings are used to create it and
    for nothing else. `scopes` and `define` (created where they are not there) are members; `exact`: no others are.
    `leaving`: nothing but these scopes leaving it. `absent`: it goes. `move_from`: the relationships that scopes may be
    taken from (None: any; `policy.move` allows it at all). `option`: what the task calls the name. `one_by_one`: what
    is absent or leaving was named, so it is not counted among what goes at once.
    """

    name: str
    settings: DeclaredSettings | None = None
    scopes: Scopes = ()
    define: tuple[ScopeSpec, ...] = ()
    exact: bool = False
    create_only: bool = False
    absent: bool = False
    leaving: Scopes | None = None
    move_from: frozenset[str] | None = None
    policy: Policy = field(default_factory=Policy)
    option: str = "name"
    one_by_one: bool = True

    @cached_property
    def members(self) -> Scopes:
        """All scopes that are to be in it, sorted, each once."""
        return tuple(sorted({*self.scopes, *(scope.scope_id for scope in self.define)}, key=int))

    def named(self, going: Collection[IPv4Address]) -> frozenset[IPv4Address]:
        """Those of the scopes that go which the task says of each that it goes."""
        if not self.one_by_one or self.is_present:
            return frozenset()
        return frozenset(going if self.leaving is None else self.leaving)

    @property
    def names(self) -> tuple[str, ...]:
        """What the relationship is called, and was."""
        return tuple(name for name in (self.name, self.policy.previous_name) if name)

    def once_sent(self) -> Spec:
        """The same for looking at what was done: whether a secret arrived cannot be read back."""
        return replace(self, settings=self.settings and replace(self.settings, update_secret="on_create"))

    @property
    def is_present(self) -> bool:
        """Whether the relationship is to be there."""
        return not self.absent and self.leaving is None


def named(desired: Sequence[Spec]) -> tuple[str, ...]:
    """The relationships that a list is about."""
    return tuple(dict.fromkeys(name for spec in desired for name in spec.names))


def check(desired: Sequence[Spec]) -> None:
    """Raises Refused for all that the entries of a list say against each other."""
    if problems := list(contradictions(desired)):
        raise Refused(sentences(problems))


def contradictions(desired: Sequence[Spec]) -> Iterator[str]:
    """What the entries of a list say against each other, a sentence each."""
    names: set[str] = set()
    former: dict[str, str] = {}
    goals: dict[IPv4Address, str] = {}
    ending = {spec.name.casefold() for spec in desired if not spec.is_present}
    for spec in desired:
        previous = (spec.policy.previous_name or "").casefold()
        if previous and former.setdefault(previous, spec.name) != spec.name:
            yield (
                f"relationships: '{former[previous]}' and '{spec.name}' both have previous_name "
                f"'{spec.policy.previous_name}'; one relationship becomes one other."
            )
        if previous in ending:
            yield (
                f"relationships: '{spec.policy.previous_name}' is to be absent, and '{spec.name}' has it as "
                f"previous_name; it ends, or becomes '{spec.name}': keep one of the two."
            )
        if spec.name.casefold() in names:
            yield f"relationships: '{spec.name}' is listed twice; keep one entry."
        names.add(spec.name.casefold())
        if spec.exact and not spec.members:
            yield empty_list(spec.name)
        for scope in spec.members if spec.is_present else ():
            if goals.setdefault(scope, spec.name) != spec.name:
                yield f"scopes: {scope} is listed in '{goals[scope]}' and in '{spec.name}'; a scope can be in one only."


def empty_list(name: str) -> str:
    """What is wrong with a list that says what stays with `exact`, and has nothing."""
    return (
        f"scopes: the list for '{name}' is empty, and with purge every scope that it does not name would leave; often "
        "that is a query that found nothing. Name the scopes that stay (leave scopes out where create_scopes names "
        "them all), or say that the relationship is absent (dhcp_failover_relationship)."
    )


def whole(desired: Sequence[Spec]) -> tuple[Spec, ...]:
    """A server's list, for a task that declares the whole server: scopes move between the relationships that it
    declares, and from no other."""
    names = frozenset(named(desired))
    return tuple(replace(spec, move_from=names, policy=replace(spec.policy, move=True)) for spec in desired)


def with_purged(
    desired: Sequence[Spec], world: World, policy: Policy, ignore: Collection[str] = ()
) -> tuple[Spec, ...]:
    """The list, for a task that declares the whole server and purges, with every other relationship of this server as
    an absent one, and those whose end was broken off, but those to `ignore`."""
    listed = {name.casefold() for name in (*named(desired), *ignore)}
    there = {*world.here.ours, *(note.relationship for note in world.broken_off)}
    others = [name for name in sorted(there) if name.casefold() not in listed]
    return (*desired, *(Spec(name, absent=True, policy=policy, one_by_one=False) for name in others))
