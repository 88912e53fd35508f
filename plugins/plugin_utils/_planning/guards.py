# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Preconditions over a Plan, checked before the first write; an override, where there is one, is named in the text. No
I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from .._model.failover_states import CUT_OFF, NORMAL, PARTNER_DOWN, PASSING, REFUSED, STATES
from .._model.identity import Connection, is_own_of_partner
from .._model.refusal import Refused
from .._model.relationship import Relationship
from .._model.relationship_settings import WORDS, DeclaredSettings, OnPartner
from .._model.render import settings
from .._model.secret import LEAST, weakness
from .._model.server import Server
from .._model.texts import few, variable
from . import in_maintenance
from .action_table import KINDS
from .actions import Action, Kind
from .plan import Plan
from .removals import MANY
from .setting_changes import apart, touches_secret
from .spec import Spec
from .world import ServerView, World

HERE = Connection.THIS_SERVER
CLOCK_LIMIT = timedelta(minutes=1)


@dataclass(frozen=True)
class Limits:
    """What a task allows a plan to do: its options of these names. `hosts`: what the inventory calls the servers."""

    allow_state: tuple[str, ...] = ()
    allow_clock_skew: bool = False
    allow_content_loss: bool = False
    max_removals_percent: int = 30
    hosts: tuple[str, ...] = ()


def _check_removals(plan: Plan, limits: Limits) -> None:
    """Raises Refused when copies go that have what the kept ones have not, or too many of them at once."""
    lost = [f"{removal.scope_id} {what}" for removal in plan.removals for what in removal.loses]
    if lost and not limits.allow_content_loss:
        raise Refused(
            f"the copies that would go differ from those kept on {plan.removals[0].kept_on}: "
            f"{few(lost, 'removals', between='; ')}. Keep the scopes on the server that "
            "is right, or replicate from it first, where both have them in failover (dhcp_failover_replicate; leases "
            "travel by themselves, while both servers are Normal); allow_content_loss: true "
            f"({variable('allow_content_loss')}) overrides."
        )
    for count in plan.counts:
        if count.all >= MANY and 100 * count.going > limits.max_removals_percent * count.all:
            raise Refused(
                f"{count.going} of {count.what} would be removed or lose a copy for good, and "
                f"{limits.max_removals_percent} % is the most at once; look at the list, or say max_removals_percent: "
                f"{-(-100 * count.going // count.all)} ({variable('max_removals_percent')})."
            )


def check(plan: Plan, limits: Limits) -> None:
    """Raises Refused for a plan that must not be carried out: the states of its relationships, what would be removed,
    the secrets that would be sent, the clocks of the two servers; one of a pair in maintenance."""
    in_maintenance.check(plan)
    for view in plan.start.views.values():
        _check_states(plan, view, limits)
    _check_contact(plan, limits)
    _check_removals(plan, limits)
    _check_secrets(plan, limits.hosts)
    for view in plan.start.views.values() if plan.actions else ():
        _check_clocks(plan, view, limits)


def _check_states(plan: Plan, view: ServerView, limits: Limits) -> None:
    """Those of the relationships that the plan writes to, until it ends them."""
    ended: set[str] = set()
    for action in plan.actions:
        half = view.half(action.name)
        is_about = action.other is None or view.source in (HERE, action.where, action.other)
        if action.normal and half is not None and action.name not in ended and is_about:
            allowed = (*limits.allow_state, *action.allowed_states)
            _check_state(view.name, action.name, half.relationship.state, allowed)
        if KINDS[action.kind].ends and (action.kind is not Kind.DETACH_HALF or action.where == view.source):
            ended.add(action.name)


def _check_state(server: str, name: str, state: str, allow_state: Collection[str]) -> None:
    if state == NORMAL or state in PASSING or state in allow_state:
        return
    if state not in STATES:
        raise Refused(f"relationship '{name}' on {server} shows the state '{state}', which is not known.").about(name)
    raise Refused(
        f"relationship '{name}' on {server} is in state {state}: {REFUSED[state]}. "
        f"allow_state: [{state}] ({variable('allow_state')}) overrides."
    ).about(name)


def _check_contact(plan: Plan, limits: Limits) -> None:
    """Raises Refused for a new relationship with a server to which, as another one shows, nothing comes through."""
    ended = {action.name for action in plan.actions if KINDS[action.kind].ends}
    for action in plan.actions:
        there = plan.start.views.get(action.other) if action.kind is Kind.CREATE and action.other else None
        for name in sorted(there.mirrors - ended) if there is not None else ():
            state = plan.start.here.relationships[name].state
            if state in (CUT_OFF, PARTNER_DOWN) and state not in limits.allow_state:
                raise Refused(
                    f"'{name}' with {action.partner} is in state {state}, so '{action.name}' most likely would not "
                    f"become {NORMAL}: {REFUSED[state]}. allow_state: [{state}] ({variable('allow_state')}) overrides."
                ).about(action.name)


def _check_clocks(plan: Plan, there: ServerView, limits: Limits) -> None:
    """Raises Refused when it is certain that the clocks of the two servers differ by more than Windows takes. No
    override makes it create a relationship then."""
    here = plan.start.here
    apart = clocks_apart(here, there)
    difference = apart or timedelta(0)
    creates = any(action.kind is Kind.CREATE and action.other == there.source for action in plan.actions)
    unknown = creates and apart is None and there.ready is not None
    if unknown and plan.departures and not limits.allow_clock_skew:
        raise Refused(
            f"{here.name} cannot read the clock of {there.name}. If the two differ by more than a minute, Windows "
            "refuses the new relationship after the old one has been taken apart. Compare them "
            f"(on {here.name}: w32tm /stripchart /computer:{there.name} /samples:1 /dataonly), then say "
            "allow_clock_skew: true; or give partner_host, which tells the time."
        )
    if difference > CLOCK_LIMIT and (creates or not limits.allow_clock_skew):
        cure = "; Windows creates no relationship then" if creates else ", or allow_clock_skew: true"
        raise Refused(
            f"the clocks of {here.name} and {there.name} differ by {round(difference.total_seconds())} s or more, "
            f"and a minute is the most; set the time of both (w32tm){cure}."
        )


def clocks_apart(here: ServerView, there: ServerView) -> timedelta | None:
    """By how much the clocks of two servers differ for certain; None: it is not known."""
    if is_own_of_partner(there.source):
        return here.server.clock.apart(there.server.clock)
    told = there.ready or there.service
    return told.apart if told else None


def differs_at_partner(relationship: Relationship, there: Server) -> Mapping[str, str]:
    """What the partner does not show of a relationship, by field; roles are each server's own, and shares as long as
    they fit. Of one in another mode that is told, and not what belongs to a mode."""
    shown = there.relationship(relationship.name)
    if shown is None:
        return {"name": "the relationship"}

    mine, theirs = settings(relationship), settings(shown)
    fields = [row.option for row in apart(relationship, shown) if row.on_partner is not OnPartner.ROLE]
    fields += ["scopes"] if mine["scopes"] != theirs["scopes"] else []
    return {field: f"{field} {mine[field]} (it shows {theirs[field]})" for field in fields}


def not_arrived(action: Action, world: World) -> Sequence[str]:
    """What a change has sent to the partner that this does not show, as far as it was looked at."""
    half, there = world.here.half(action.name), world.partner(action.name)
    if action.kind is not Kind.MODIFY or action.where is not HERE or half is None or there is None:
        return ()
    differs = differs_at_partner(half.relationship, there.server)
    return [words for field, words in differs.items() if field in action.detail.changes]


def differed_at_partner(name: str, before: World) -> Mapping[str, str]:
    """The same of a relationship before anything was written, as far as both servers had it and were read."""
    half, there = before.here.half(name), before.partner(name)
    return differs_at_partner(half.relationship, there.server) if half and there else {}


# --- secrets ---------------------------------------------------------------------------------------------------------


def _check_secrets(plan: Plan, hosts: Collection[str]) -> None:
    """Raises Refused where a secret would be sent that is none: everybody's first guess, and what is told could not be
    told without it."""
    for action in plan.actions:
        why = _weakness(_sent(action), plan, hosts)
        if why:
            raise Refused(
                f"shared_secret: that of '{action.name}' {why}; choose one of {LEAST} characters or more that is a "
                "part of no name."
            )


def _sent(action: Action) -> str | None:
    if action.kind is Kind.CREATE:
        return cast(DeclaredSettings, action.detail).shared_secret
    if action.kind is Kind.MODIFY and touches_secret(action.detail.changes):
        return cast(DeclaredSettings, action.detail.settings).shared_secret
    return None


def _weakness(secret: str | None, plan: Plan, hosts: Collection[str]) -> str | None:
    return weakness(secret, (*_names(plan), *hosts)) if secret else None


def _names(plan: Plan) -> Iterator[str]:
    """All that a secret must be no part of, but what the inventory calls the servers: names of relationships, servers,
    scopes and options, and the words of their values."""
    for world in (plan.start, plan.end):
        for view in world.views.values():
            yield from (view.name, *view.server.identity.names)
            for scope_id, copy in view.copies.items():
                yield from (str(scope_id), copy.name)
        for relationship in world.here.relationships.values():
            yield from (relationship.name, relationship.partner_server)
    for spec in plan.desired:
        yield from (spec.name, spec.settings.partner_server or "" if spec.settings else "")
        yield from map(str, spec.members)
        yield from (scope.name for scope in spec.define)
    yield from WORDS


def warnings(plan: Plan, hosts: Collection[str] = ()) -> list[str]:
    """What is declared of secrets and does nothing: one that is not sent, where authentication is off; one that would
    be refused. `hosts`: what the inventory calls the servers."""
    words: list[str] = []
    sent = {action.name for action in plan.actions if _sent(action)}
    for spec in plan.desired:
        secret = spec.settings.shared_secret if spec.settings and spec.is_present else None
        current = plan.end.here.half(spec.name)
        if not secret or spec.name in sent:
            continue
        if current and not current.relationship.enable_auth:
            words.append(
                f"shared_secret: is given for '{spec.name}', and has no effect: the relationship exists without "
                f"authentication, which enable_auth: true{_of_relationship(spec)} switches on"
            )
        if why := _weakness(secret, plan, hosts):
            words.append(
                f"shared_secret: that of '{spec.name}' {why}, so it would be refused if it had to be sent; choose one "
                f"of {LEAST} characters or more that is a part of no name"
            )
    return words


def _of_relationship(spec: Spec) -> str:
    return " of dhcp_failover_relationship" if spec.create_only else ""
