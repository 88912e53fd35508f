# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is refused before anything is planned for it: each text names the option, the server and the cure. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address

from .._model import scope_specs
from .._model.identity import Identity, Match, spelled
from .._model.refusal import Refused
from .._model.relationship import Relationship
from .._model.relationship_settings import DeclaredSettings
from .._model.scope import ScopeSpec
from .._model.server import RELATIONSHIP_LIMIT
from .._model.texts import few, sentences, variable
from .._windows.export_elements import Export
from . import comparison, recognising, setting_changes
from .draft import Draft, Misfit
from .ranges import overlapping
from .read_request import Unread
from .spec import Policy, Spec
from .world import ServerView

FAILOVER_WITH_BOOTP = (6, 3)  # Windows Server 2012 R2

# --- a relationship ------------------------------------------------------------------------------------------------


def other_partner(spelling: str, current: Relationship, here: ServerView, d: Draft) -> str | None:
    """Words for another partner than the relationship has. While the addresses of a name that looks different are
    unknown, it waits. Raises Refused for the server itself."""
    if current.partner.is_called(spelling):
        return None
    d.resolve(*recognising.check_not_itself(spelling, here))
    partner = current.partner.knowing(here.server.resolved)
    verdict = partner.match(spelled(spelling))
    d.resolve(*partner.unknown(spelled(spelling)))
    if verdict is Match.NOT_RESOLVED:
        raise Refused(
            f"partner_server: {spelling} has no address in the DNS of {here.name}, so it is not known whether it is "
            f"{' = '.join(current.partner.names)}, the partner of '{current.name}' there. Write one of those names, or "
            "correct the name."
        )
    if verdict is Match.IN_PART:
        raise Refused(
            f"partner_server: {spelling} leads to an address that {' = '.join(current.partner.names)} has too, the "
            f"partner of '{current.name}' on {here.name}, and to others, so it is not known whether it is that one. "
            "Write one of those names, or an address that only the other server has."
        )
    if verdict is not Match.OTHER:
        return None
    return (
        f"partner_server: '{current.name}' on {here.name} has the partner {' = '.join(current.partner.names)}, not "
        f"{spelling}. If both names mean the same server, write one of those it has here."
    )


def is_partner(
    names: tuple[str, ...], current: Relationship, here: ServerView, d: Draft, *, is_gone: bool = False
) -> bool | None:
    """Whether a server that is called so is the partner of a relationship, also where that has another of its
    addresses. None: addresses have to be known first. `is_gone`: the partner is, and another server may have its
    address. Raises Refused where it is by its address alone, and is asked over a hop: there it would be two servers."""
    partner, other = current.partner.knowing(here.server.resolved), Identity(names)
    if is_gone:
        return any(map(partner.is_called, names))
    if partner.has_name_of(other):
        return True
    match = partner.match(other)
    if match is Match.UNKNOWN:
        d.resolve(*partner.unknown(other))
        return None
    if match is Match.SAME and not d.world.has_partner_host and not any(map(partner.is_called, names)):
        raise Refused(
            f"partner_server: {names[0]} is the partner of '{current.name}' on {here.name}, which has it as "
            f"{' = '.join(current.partner.names)}. Write one of those names, or give partner_host, so that both are "
            "looked at as one server."
        )
    return match is Match.SAME


def check_partner(spec: DeclaredSettings, here: ServerView) -> str:
    """The partner of a relationship that is about to be created. Raises Refused where it is not declared, or this
    server itself."""
    if not spec.partner_server:
        raise Refused(f"partner_server: needed, since relationship '{spec.name}' does not exist on {here.name} yet.")
    recognising.check_not_itself(spec.partner_server, here)
    return spec.partner_server


def check_secret(spec: DeclaredSettings) -> None:
    """Raises Refused where a relationship would be created with authentication and no secret is declared."""
    complete = setting_changes.complete(spec)
    if complete.enable_auth and not complete.shared_secret:
        raise Refused(
            f"shared_secret: needed, since relationship '{spec.name}' is to be created with authentication on "
            f"({variable('shared_secret')}; a scope task takes it in create_relationship; no task hands a secret on to "
            "another)."
        )


def check_room(here: ServerView, option: str) -> None:
    """Raises Refused where this server has as many relationships as Windows allows."""
    if len(here.relationships) >= RELATIONSHIP_LIMIT:
        raise Refused(
            f"{option}: {here.name} has {len(here.relationships)} failover relationships, and {RELATIONSHIP_LIMIT} is "
            "the most a server can have; remove one that is not needed (empty ones count)."
        )


def check_new_at_partner(name: str, option: str, here: ServerView, there: ServerView) -> None:
    """Raises Refused where the partner, as it would be by then, would refuse a new relationship. Upper and lower case
    are one, as Windows has it."""
    problems: list[str] = []
    taken = there.alike(name)
    if taken is not None:
        differs = "" if taken == name else f", which differs from '{name}' in upper and lower case only"
        problems.append(
            f"{option}: {there.name} has a relationship '{taken}'{differs}, and {here.name} has not; choose another "
            "name, or remove it there (state: absent, in a task on that server)."
        )
    if len(there.relationships) >= RELATIONSHIP_LIMIT:
        problems.append(
            f"{option}: {there.name} has {RELATIONSHIP_LIMIT} relationships already, the most a server can have; "
            "remove one that is not needed (empty ones count)."
        )
    if problems:
        raise Refused(sentences(problems))


def check_name(name: str, option: str, here: ServerView) -> None:
    """Raises Refused for the name of a new relationship that nobody would type again."""
    if name != name.strip():
        raise Refused(
            f"{option}: '{name}' begins or ends with a space, and {here.name} has no relationship of this name; names "
            "cannot be changed later, so this is taken for a mistake."
        )


# --- re-creation ---------------------------------------------------------------------------------------------------


def check_recreation(misfit: Misfit, policy: Policy) -> None:
    """Raises Refused where the task does not allow a relationship to be made anew."""
    if not policy.recreate:
        raise Refused(
            f"{misfit.reason} Windows cannot change this in place. Re-creating the relationship would remove it on "
            f"both servers, keep its scopes ({len(misfit.half.scopes)}) on one of them, and delete them on the other "
            "with leases and reservations before they are copied anew; recreate: when_needed "
            f"({variable('recreate')}) does it, and the playbooks migrate and swap_roles list all of it first."
        )


def check_keeper(misfit: Misfit, partner: str, same: bool, policy: Policy) -> None:
    """Raises Refused where the options do not say who keeps, and what becomes of the copies on `partner`."""
    _check_kept_here("re-creating", policy)
    copies = ("delete",) if same else ("delete", "disable")
    if not policy.orphan and (policy.keep_scopes_on is None or policy.other_copy not in copies):
        what = (
            "have to go before they can be copied anew: other_copy: delete"
            if same
            else "are deleted or disabled: other_copy"
        )
        raise Refused(
            f"keep_scopes_on and other_copy: needed to re-create '{misfit.half.name}' ({misfit.reason.rstrip('.')}). "
            f"keep_scopes_on: this_server, since the scopes are copied from here; the copies on {partner} {what}."
        )


def _check_kept_here(what: str, policy: Policy) -> None:
    if policy.keep_scopes_on == "partner":
        raise Refused(
            f"keep_scopes_on: {what} copies the scopes from this server, so it has to keep them; run the task on the "
            "partner."
        )


def check_declared(
    spec: Spec, definition: DeclaredSettings, current: Relationship, members: frozenset[IPv4Address]
) -> None:
    """Raises Refused where something that is there would get lost when a later run has to finish without seeing the
    old relationship."""
    left_out = () if spec.exact and not spec.create_only else sorted(members - set(spec.members))
    lacking = [f"scopes: {few(left_out, 'relationships of dhcp_failover_info')}"] if left_out else []
    lacking += setting_changes.undeclared(definition, current)
    if lacking:
        raise Refused(
            f"re-creating '{current.name}' takes a task that declares all of it, so that a run that is broken off can "
            f"be finished by the next. Add {', '.join(lacking)}."
        )


def check_not_at_partner(name: str, scopes: Sequence[IPv4Address], here: ServerView, there: ServerView) -> None:
    """Raises Refused where a half-made relationship cannot be made anew, since its scopes are on the partner."""
    already = [scope for scope in scopes if scope in there.copies]
    if already:
        raise Refused(
            f"relationship '{name}' exists on {here.name} alone, and {few(already)} on {there.name} as well, "
            "outside failover. Compare the copies; remove the relationship here (state: absent, keep_scopes_on, "
            "other_copy) and create it anew then."
        )


# --- scopes that leave ---------------------------------------------------------------------------------------------


def check_said(name: str, going: Sequence[IPv4Address], policy: Policy) -> None:
    """Raises Refused where scopes are going and the task does not say who keeps them and what becomes of the other
    copies."""
    lacking = [option for option in ("keep_scopes_on", "other_copy") if getattr(policy, option) is None]
    if going and lacking:
        raise Refused(
            f"{' and '.join(lacking)}: needed, since {few(going)} would leave '{name}'. keep_scopes_on "
            f"({variable('keep_scopes_on')}) says which server keeps them (this_server or partner), other_copy "
            f"({variable('other_copy')}) what becomes of the other server's copies: delete, or disable (they stay "
            "there, inactive)."
        )


def check_kept(scopes: Sequence[IPv4Address], keeper: ServerView, other: ServerView) -> None:
    """Raises Refused for scopes that the server which is to keep them does not have."""
    gone = [scope for scope in scopes if scope not in keeper.copies]
    if gone:
        raise Refused(
            f"keep_scopes_on: {keeper.name} does not have {few(gone)}, so removing would lose them; keep them "
            f"on {other.name}."
        )


def check_elsewhere(name: str, scopes: Sequence[IPv4Address], other: ServerView) -> None:
    """Raises Refused for scopes that are in another relationship on the server that would lose its copies."""
    taken = [f"{scope} ('{relationship}')" for scope in scopes if (relationship := other.elsewhere(scope, name))]
    if taken:
        raise Refused(
            f"scopes: {few(taken)} is in another relationship on {other.name}, which goes on serving it; no copy "
            "there is touched. Take it out of that one first."
        )


def check_move(source: Relationship, scopes: Sequence[IPv4Address], same: bool, policy: Policy) -> None:
    """Raises Refused where the options of a move contradict it, or do not say what becomes of the copies on a partner
    that is not the `same` as the new one."""
    _check_kept_here("a move", policy)
    if policy.other_copy is None and not same:
        raise Refused(
            f"other_copy: needed, since {few(scopes)} would move from '{source.name}' to another partner. It says what "
            f"becomes of the copies on {source.partner_server}: delete, or disable (they stay there, inactive; "
            f"{variable('other_copy')})."
        )


# --- scopes that come ----------------------------------------------------------------------------------------------


def check_members(
    here: ServerView, spec: Spec, scopes: Sequence[IPv4Address], there: ServerView | Unread | None = None
) -> None:
    """Raises Refused for scopes that Windows would refuse to put into the relationship, all of them in one text.

    `there`: the partner, where it was asked whether it has those that are not here."""
    problems = [problem for scope in scopes if (problem := _member_problem(here, spec, scope, there))]
    if problems:
        raise Refused(sentences(problems))


def _member_problem(here: ServerView, spec: Spec, scope: IPv4Address, there: ServerView | Unread | None) -> str | None:
    name = spec.name
    if scope not in here.copies:
        return f"scopes: {scope} is no scope of {here.name}; {_where_it_is(here, name, scope, there)}."
    other = here.owners.get(scope)
    if other is None or other == name:
        return None
    if spec.move_from is None:
        cure, new_name = "move: true of dhcp_failover_scope takes it from there", " of dhcp_failover_relationship"
    else:
        cure, new_name = f"it comes from there where '{other}' is in the list as well", ""
    renamed = f" If '{name}' is meant to be the new name of '{other}': previous_name{new_name}."
    return (
        f"scopes: {scope} is in relationship '{other}' (partner {here.relationships[other].partner_server}); a scope "
        f"can be in one only: {cure}.{'' if name in here.relationships else renamed}"
    )


def _where_it_is(here: ServerView, name: str, scope: IPv4Address, there: ServerView | Unread | None) -> str:
    if inside := containing(here, scope):
        return f"it lies inside scope {inside}, write that id"
    if isinstance(there, ServerView) and scope in there.copies:
        owner = there.owners.get(scope)
        ours = " with this server" if owner == name and name in there.ours else ""
        place = f" in its '{owner}'{ours}" if owner else " in service" if there.serves(scope) else " out of service"
        return (
            f"{there.name} has it{place}. Do not create it here, or two servers give the same addresses: run the task "
            "on that server, with this one as partner_server and partner_host (for the role, one of "
            "dhcp_failover_scope), and it is copied here"
        )
    unknown = f" (whether the partner has it is not known: {there.failure})" if isinstance(there, Unread) else ""
    return f"create it there first, or correct the id{unknown}"


def containing(here: ServerView, address: IPv4Address) -> IPv4Address | None:
    """The scope in whose subnet an address is."""
    masks = {scope: int(IPv4Address(copy.subnet_mask)) for scope, copy in here.copies.items()}
    return next((scope for scope, mask in masks.items() if int(address) & mask == int(scope)), None)


def check_ranges(scopes: Sequence[IPv4Address], here: ServerView, there: ServerView) -> None:
    """Raises Refused for scopes whose addresses the partner gives away in another scope: Windows copies none. A copy of
    one of them is no other scope."""
    coming = [here.copies[scope] for scope in scopes if scope in here.copies]
    ours = {*scopes}
    others = [copy for scope, copy in there.copies.items() if scope not in ours]
    problems = [
        f"scopes: {copy.scope_id} ({copy.start_range} to {copy.end_range}) overlaps scope {other.scope_id} of "
        f"{there.name} ({other.start_range} to {other.end_range}); correct one of the two ranges."
        for copy, other in overlapping(coming, others)
    ]
    if problems:
        raise Refused(sentences(problems))


def check_lacking(scopes: Sequence[IPv4Address], here: ServerView, there: ServerView) -> None:
    """Raises Refused where the partner does not have what scopes need that are copied there."""
    problems: list[str] = []
    for export, needing in _by_export(scopes, here).values():
        if there.level is not None:
            problems += comparison.lacking(export, there.level, needing)
    refuse_lacking(there.name, list(dict.fromkeys(problems)))


def refuse_lacking(server: str, problems: Sequence[str]) -> None:
    """Raises Refused for classes and definitions that a server does not have."""
    if problems:
        raise Refused(
            f"{server} lacks what the scopes use, and Windows does not replicate it: {few(problems)}. Create it there "
            "first, or make equal what it has otherwise."
        )


def _by_export(scopes: Sequence[IPv4Address], here: ServerView) -> Mapping[int, tuple[Export, list[IPv4Address]]]:
    """The scopes by the export that tells what they need; those that need nothing are left out."""
    exports: dict[int, tuple[Export, list[IPv4Address]]] = {}
    for scope in scopes:
        if export := here.needed_level(scope):
            exports.setdefault(id(export), (export, []))[1].append(scope)
    return exports


def warnings(scopes: Sequence[IPv4Address], here: ServerView, there: ServerView) -> Sequence[str]:
    """What may be wrong with a partner that scopes come to, where it is not certain that Windows refuses them."""
    found: list[str] = []
    bootp = [scope for scope in scopes if scope in here.copies and here.copies[scope].type != "Dhcp"]
    if bootp and there.level is not None and there.level.version < FAILOVER_WITH_BOOTP:
        found.append(
            f"scopes: {few(bootp)} serves BOOTP clients, and {there.name} is Windows Server 2012, which is said to "
            "take no such scope into failover; later versions do."
        )
    if there.ready is None:
        return found
    if there.ready.authorised is False:
        found.append(
            f"{there.name} is not authorised in Active Directory, and a DHCP server that is not serves no clients; "
            "authorise it (Add-DhcpServerInDC)."
        )
    if there.computer and there.ready.apart is None:
        found.append(
            f"{here.name} could not ask for the clock of {there.name}, so it is not known whether theirs differ by "
            "more than a minute, which Windows refuses when it creates a relationship."
        )
    return found


def missing_scopes(definitions: Sequence[ScopeSpec], here: ServerView) -> tuple[ScopeSpec, ...]:
    """Those whose scope is not there. Raises Refused where its subnet is taken by another scope, there or defined."""
    return scope_specs.missing(definitions, replace(here.server, scopes=tuple(here.copies.values())))
