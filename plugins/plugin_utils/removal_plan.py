# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans that take scopes out of a relationship, or the relationship away. No I/O, nothing of Ansible.

The server that keeps the scopes is always named. Where both servers have a scope as a member and the other copy is to be
deleted, the keeper's removal cmdlet does it. Everything else (copies that stay, InActive, and what a broken run left on one
server) goes one server at a time, through the DHCP management API: the loser first, which is put out of service before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Literal

from . import cmdlets
from .copies import delete_copy, leave_here, on_one_side, proofs, removal, safety_copy
from .errors import RemoteFailure
from .model import Refused
from .plan import Plan, Removal, Step, chunks, find, forget_secret, list_scopes
from .sides import Connection, Needed, Side, Sides
from .view import settings

CUT_OFF = ("CommunicationInterrupted", "PartnerDown")


@dataclass(frozen=True)
class Removing:
    """What a task says of scopes that leave a relationship: its options of these names. None: it does not say."""

    keep_scopes_on: Literal["this_server", "partner"] | None = None
    other_copy: Literal["delete", "disable"] | None = None
    orphan: bool = False
    keep_days: int | None = 0  # of the safety copies: 0 keeps all, None makes none

    @property
    def first(self) -> Connection:
        """The side that loses is read first."""
        return "this_server" if self.keep_scopes_on == "partner" else "partner"

    def ends(self, sides: Sides, there: Side) -> tuple[Side, Side]:
        """The keeper and the loser."""
        return (there, sides.here) if self.keep_scopes_on == "partner" else (sides.here, there)


@dataclass(frozen=True)
class Leaving:
    """The steps on the loser and those on the keeper, in this order, and the copies that go or are put out of service."""

    loser: tuple[Step, ...] = ()
    keeper: tuple[Step, ...] = ()
    removals: tuple[Removal, ...] = ()
    scopes: tuple[IPv4Address, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        return (*self.loser, *self.keeper)


def scopes_absent(name: str, scopes: Sequence[IPv4Address], sides: Sides, how: Removing) -> Plan:
    """The scopes are members of the relationship on neither server."""
    actual = find(sides.here.server, name)
    if how.orphan:
        steps = orphaned(name, scopes, sides, how)
        left = replace(actual, scopes=tuple(s for s in actual.scopes if s not in scopes)) if actual else None
        return Plan(steps, settings(actual), settings(left))
    if actual is None and not sides.are_both_read(name):
        return Plan()
    there, going = look(name, scopes, sides, how)
    if isinstance(there, RemoteFailure):
        told = f"nothing had to be removed on {sides.here.name}; whether its partner still has one in '{name}' is not known: {there}"
        return Plan((), settings(actual), settings(actual), warnings=(told,))
    leaving = leave(name, going, *how.ends(sides, there), how)
    after = replace(actual, scopes=tuple(s for s in actual.scopes if s not in going)) if actual else None
    return Plan(leaving.steps, settings(actual), settings(after), removals=leaving.removals, members=len(sides.here.members(name)))


def relationship_absent(name: str, sides: Sides, how: Removing) -> Plan:
    """The relationship exists on neither server. Its members leave it first, by the same rules."""
    actual = find(sides.here.server, name)
    if how.orphan:
        return Plan(orphaned(name, None, sides, how), settings(actual), {})
    if actual is None and not sides.are_both_read(name):
        return Plan(tuple(forget_secret(name, sides)))
    leaving, there = dissolve(name, sides, how)
    shown = actual or there.half(name)
    members = len(sides.here.members(name) | there.members(name))
    return Plan(leaving.steps, settings(shown), {}, removals=leaving.removals, members=members)


def copies_absent(scopes: Sequence[IPv4Address], names: tuple[str, ...], sides: Sides, keep_days: int | None) -> Plan:
    """Copies on this server that are in no relationship, and inactive, are deleted; the server called `names` keeps the scopes."""
    here = sides.here
    going = tuple(scope for scope in scopes if here.server.scope(scope))
    serving = [scope for scope in going if here.server.relationship_of(scope) or _is_active(scope, here)]
    if serving:
        raise Refused(
            f"scopes: {list_scopes(serving)} is active or in failover on {here.name}, so it is no left-over copy; take it out of its "
            "relationship (dhcp_failover_scope, state: absent), or deactivate it when the other server serves it. Nothing was changed."
        )
    if not going:
        return Plan()
    there = sides.partner(Needed(names, "", going))
    alone = [scope for scope in going if there.server.scope(scope) is None]
    if alone:
        raise Refused(f"scopes: {list_scopes(alone)} does not exist on {there.name}, so it would be lost. Nothing was changed.")
    steps = (*safety_copy("left-over", going, here, keep_days), *(delete_copy("", scope, here) for scope in going))
    return Plan(
        steps,
        {"scopes": [str(scope) for scope in going]},
        {"scopes": []},
        removals=tuple(removal(scope, there, here, deleted=True) for scope in going),
    )


def look(
    name: str,
    scopes: Sequence[IPv4Address] | None,
    sides: Sides,
    how: Removing,
    *,
    but: Sequence[IPv4Address] = (),
    elsewhere: bool = False,
) -> tuple[Side | RemoteFailure, Sequence[IPv4Address]]:
    """The partner, and which of the scopes (None: of all members, `but` these) are members on either server.

    A partner that cannot be read is an answer only where this server has nothing to remove.
    """
    names = sides.partner_names(name)
    mine = _listed(scopes, sides.here.members(name), but)
    _check_said(name, mine, how)
    needed = Needed(names, name, mine, api=bool(mine) and how.other_copy == "disable", first=how.first, elsewhere=elsewhere)
    there = sides.partner_or_failure(needed)
    if isinstance(there, RemoteFailure):
        if mine or scopes is None:
            raise Refused(
                f"{there} Both servers are read before anything is removed; nothing was changed. If the partner is gone for good: "
                "orphan: remove_here."
            )
        return there, ()
    joint = sides.here.members(name) & there.members(name)
    going = _listed(scopes, sides.here.members(name) | there.members(name), but)
    _check_said(name, going, how)
    alone = not set(going) <= joint or (scopes is None and _half_made(name, sides.here, there))
    api = alone or (bool(going) and how.other_copy == "disable")
    return sides.partner(Needed(names, name, going, api=api, first=how.first, elsewhere=elsewhere)), going


def leave(name: str, going: Sequence[IPv4Address], keeper: Side, loser: Side, how: Removing) -> Leaving:
    """Steps after which the scopes are members on neither server, and the loser's copies are deleted or InActive."""
    gone = [scope for scope in going if keeper.server.scope(scope) is None]
    if gone:
        raise Refused(
            f"keep_scopes_on: {keeper.name} does not have {list_scopes(gone)}, so removing would lose them; keep them on {loser.name}, "
            "or create them there first. Nothing was changed."
        )
    others = [f"{scope} ('{other}')" for scope in going if (other := loser.elsewhere(scope, name))]
    if others:
        raise Refused(
            f"scopes: {', '.join(others)} is in another relationship on {loser.name}, which goes on serving it; no copy there is touched. "
            "Take it out of that one first. Nothing was changed."
        )
    joint = keeper.members(name) & loser.members(name)
    by_cmdlet = [scope for scope in going if scope in joint and how.other_copy == "delete"]
    alone = [scope for scope in going if scope not in by_cmdlet]
    copies = [scope for scope in going if loser.server.scope(scope)]
    from_loser = [
        *safety_copy(name, copies, loser, how.keep_days),
        *(_deactivate(name, scope, loser) for scope in alone if scope in copies and _is_active(scope, loser)),
        *leave_here(name, [scope for scope in alone if scope in loser.members(name)], loser, settled=not _half_made(name, keeper, loser)),
    ]
    if how.other_copy == "delete":
        from_loser += [delete_copy(name, scope, loser) for scope in alone if scope in copies]
    from_keeper = [
        *leave_here(name, [scope for scope in alone if scope in keeper.members(name)], keeper, settled=False),
        *_remove(name, by_cmdlet, keeper, loser),
    ]
    removals = tuple(removal(scope, keeper, loser, how.other_copy == "delete") for scope in copies)
    return Leaving(tuple(from_loser), tuple(from_keeper), removals, tuple(going))


def going_on(leaving: Leaving, keeper: Side, loser: Side, how: Removing, *, same: bool) -> Leaving:
    """What becomes in the end of the copies of scopes that go on to another relationship; `same`: with the same partner."""
    if same:
        return replace(leaving, removals=tuple(replace(one, replaced=True) for one in leaving.removals))
    if how.other_copy != "delete":
        return leaving
    return replace(leaving, removals=tuple(removal(one.scope_id, keeper, loser, deleted=True) for one in leaving.removals))


def deleted_last(name: str, partner: str, leaving: Leaving, loser: Side, how: Removing) -> tuple[Step, ...]:
    """The copies of a former partner go once each scope is seen to be a member of `name` here and on its new partner."""
    if how.other_copy != "delete":
        return ()
    scopes = [one.scope_id for one in leaving.removals]
    return tuple(delete_copy(name, scope, loser, proofs(name, scope, partner)) for scope in scopes)


def dissolve(name: str, sides: Sides, how: Removing, elsewhere: bool = False) -> tuple[Leaving, Side]:
    """All members leave, and then the relationship goes on both servers."""
    there, going = look(name, None, sides, how, elsewhere=elsewhere)
    if isinstance(there, RemoteFailure):
        raise there
    keeper, loser = how.ends(sides, there)
    by_api = _half_made(name, keeper, loser) or bool(going and how.other_copy == "disable")
    leaving = _forgetting(name, leave(name, going, keeper, loser, how), sides, keeper, by_api)
    if by_api:
        mine, others = ([_half_goes(name, side)] if side.half(name) else [] for side in (keeper, loser))
        return replace(leaving, loser=(*leaving.loser, *others), keeper=(*leaving.keeper, *mine)), there
    if keeper.half(name) is None:
        return leaving, there
    step = Step(
        server=keeper.runs_on,
        text=f"remove the empty relationship '{name}' on {keeper.name} and {loser.name}",
        operation=cmdlets.remove_failover(name, keeper.computer),
        relationship=name,
        partner=_reached(name, keeper),
        removes=True,
        connection=keeper.connection,
    )
    return replace(leaving, keeper=(*leaving.keeper, step)), there


def _forgetting(name: str, leaving: Leaving, sides: Sides, keeper: Side, by_api: bool) -> Leaving:
    """With what this server keeps of the secret forgotten, after its members have left and before its half goes."""
    if keeper is not sides.here:
        return replace(leaving, loser=(*leaving.loser, *forget_secret(name, sides)))
    forget = forget_secret(name, sides, "" if by_api else _reached(name, keeper))
    return replace(leaving, keeper=(*leaving.keeper, *forget))


def orphaned(name: str, scopes: Sequence[IPv4Address] | None, sides: Sides, how: Removing) -> tuple[Step, ...]:
    """On this server alone, through the API, so that nothing is tried on a partner that may come back one day."""
    here, actual = sides.here, find(sides.here.server, name)
    going = _listed(scopes, here.members(name))
    if actual is None and scopes is None:
        return tuple(forget_secret(name, sides))
    if actual is None or (scopes is not None and not going):
        return ()
    if how.keep_scopes_on == "partner":
        raise Refused("orphan: remove_here keeps the scopes on this server, and keep_scopes_on says partner; leave one of them out.")
    if actual.state not in CUT_OFF:
        raise Refused(
            f"orphan: '{name}' on {here.name} is in state {actual.state}, so its partner {actual.partner_server} is not gone; leave "
            "orphan out. Nothing was changed."
        )
    found = sides.partner_or_failure(Needed(actual.partner_names, name, api=True, elsewhere=True))
    if isinstance(found, Side) or found.answered:
        raise Refused(
            f"orphan: the partner {actual.partner_server} answers {here.name}, so it is not gone; leave orphan out. Nothing was changed."
        )
    steps = leave_here(name, going, here, settled=False)
    return (*steps, *forget_secret(name, sides), _half_goes(name, here)) if scopes is None else tuple(steps)


def _check_said(name: str, going: Sequence[IPv4Address], how: Removing) -> None:
    lacking = [option for option in ("keep_scopes_on", "other_copy") if getattr(how, option) is None]
    if going and lacking:
        raise Refused(
            f"{' and '.join(lacking)}: needed, since {list_scopes(going)} would leave '{name}'. keep_scopes_on says which server keeps "
            "them (this_server or partner), other_copy what becomes of the other server's copies: delete, or disable (they stay "
            "there, inactive). Nothing was changed."
        )


def _listed(
    scopes: Sequence[IPv4Address] | None, members: Iterable[IPv4Address], but: Sequence[IPv4Address] = ()
) -> tuple[IPv4Address, ...]:
    return tuple(sorted(scope for scope in members if scope not in but and (scopes is None or scope in scopes)))


def _half_made(name: str, one: Side, other: Side) -> bool:
    """Whether one of the two servers has the relationship and the other has not."""
    return (one.half(name) is None) != (other.half(name) is None)


def _is_active(scope: IPv4Address, side: Side) -> bool:
    found = side.server.scope(scope)
    return found is not None and found.active


def _reached(name: str, keeper: Side) -> str:
    """What the keeper's removal reaches from the server that runs it: the keeper itself over a second hop, else its partner."""
    found = keeper.half(name)
    return keeper.computer or (found.partner_server if found else "")


def _deactivate(name: str, scope: IPv4Address, side: Side) -> Step:
    return on_one_side(side, name, f"deactivate {scope} on {side.name}", cmdlets.deactivate_scope(scope, side.computer))


def _half_goes(name: str, side: Side) -> Step:
    text = f"remove the relationship '{name}' on {side.name} alone"
    return on_one_side(side, name, text, cmdlets.remove_relationship_here(name, side.computer), here_only=False, removes=True)


def _remove(name: str, scopes: Sequence[IPv4Address], keeper: Side, loser: Side) -> Sequence[Step]:
    return [
        Step(
            server=keeper.runs_on,
            text=f"remove from relationship '{name}', keeping on {keeper.name} and deleting on {loser.name}: {list_scopes(chunk)}",
            operation=cmdlets.remove_failover_scopes(name, chunk, keeper.computer),
            relationship=name,
            partner=_reached(name, keeper),
            connection=keeper.connection,
        )
        for chunk in chunks(scopes)
    ]
