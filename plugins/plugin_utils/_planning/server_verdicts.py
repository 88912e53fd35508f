# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Verdicts on a server by itself, and on the scopes that it and a partner have both. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._model import moments
from .._model.server import RELATIONSHIP_LIMIT
from .._model.texts import few
from .double_service import Served, between
from .pair_verdicts import Pair
from .ranges import span_of
from .verdict import BOTH, FLEET, HERE, NOT_COLLECTED, PARTNER, STATISTICS, Verdict, needing
from .world import ServerView, World


def of_server(world: World, *, drift: bool, health: bool) -> Iterator[Verdict]:
    """What this server shows of itself. `drift`, `health`: what was asked for beside its relationships and scopes."""
    here = world.here
    alone = [scope for scope in here.server.scopes if scope.active and scope.scope_id not in here.owners]
    if alone:
        shown = [str(scope.scope_id) for scope in alone]
        yield _says(
            here,
            "scopes_unprotected",
            f"no partner would take over {few(shown)}, which {here.name} serves alone",
            "add them to a relationship (scopes, or dhcp_failover_scope)",
            tuple(shown),
        )
    if len(here.relationships) >= RELATIONSHIP_LIMIT:
        yield _says(
            here,
            "no_room",
            f"{here.name} has {len(here.relationships)} relationships, and {RELATIONSHIP_LIMIT} are the most",
            "end one that is empty, or put scopes into one that exists",
        )
    if health:
        yield from _of_service(world)
    yield from _not_asked(here, drift, health)


def _says(here: ServerView, id_: str, sentence: str, cure: str, scopes: tuple[str, ...] = (), **more: Any) -> Verdict:
    return Verdict(id_, here.name, sentence, cure, scopes=scopes, evidence=more)


def _of_service(world: World) -> Iterator[Verdict]:
    here, facts, level = world.here, world.here.service, world.here.level
    authorized = level.authorized if level else None
    if authorized is False:
        yield _says(
            here,
            "not_authorized",
            f"Active Directory does not have {here.name} as a DHCP server, so it serves nobody",
            "authorise it (Add-DhcpServerInDC, as an enterprise administrator)",
        )
    for note in world.broken_off:
        who = f" of {note.who}" if note.who else ""
        since = f" at {note.since.isoformat(timespec='seconds')}" if note.since else ""
        yield Verdict(
            "broken_run",
            here.name,
            f"a run{who} began to write to '{note.relationship}'{since}, and did not end",
            "run the same task again: it completes what that one began",
            note.relationship,
            note.partner,
            tuple(map(str, note.scopes)),
            {"who": note.who, "since": note.since.isoformat() if note.since else None},
        )
    for standing in world.maintenance.get(here.source, ()):
        for name in standing.relationships:
            yield Verdict(
                "maintenance",
                here.name,
                standing.seen(here.relationships).words,
                "windhcp.failover.maintenance with failover_maintenance: finish, or cancel, ends it",
                name,
                standing.partner[0],
                evidence={"server": standing.server, "who": standing.who, "since": moments.shown(standing.since)},
            )
    if facts and facts.audit_log is False:
        yield _says(
            here,
            "audit_log_off",
            f"the DHCP audit log of {here.name} is off",
            "Set-DhcpServerAuditLog -Enable $true, and restart the DHCP service",
        )
    if facts and facts.dns_account == "":
        yield _says(
            here,
            "dns_credentials_missing",
            f"{here.name} registers names in DNS as itself, and its partners cannot change them",
            "set one account on all partners (Set-DhcpServerDnsCredential), or let it be where the zone is not secure",
        )
    unknown = {
        "not_authorized": authorized is None,
        "broken_run": not world.has_journal,
        "maintenance": not world.has_journal,
        "audit_log_off": facts is None or facts.audit_log is None,
        "dns_credentials_missing": facts is None or facts.dns_account is None,
    }
    if kinds := frozenset(kind for kind, missing in unknown.items() if missing):
        words = f"{here.name} does not tell all of itself"
        yield Verdict(NOT_COLLECTED, here.name, words, "look at the rights of the account", kinds=kinds)


def _not_asked(here: ServerView, drift: bool, health: bool) -> Iterator[Verdict]:
    """One verdict for all that nobody asked for."""
    asked = {HERE: True, PARTNER: drift, STATISTICS: health, BOTH: drift and health}
    kinds = needing(*(needs for needs, given in asked.items() if not given))
    if kinds:
        missing = [word for word, given in (("drift", drift), ("health", health)) if not given]
        yield Verdict(
            NOT_COLLECTED,
            here.name,
            f"not looked at: {'the partners' if not drift else 'how the server is'}"
            + (" and how the server is" if not drift and not health else ""),
            f"gather: [{', '.join(missing)}]",
            evidence={"gather": missing},
            kinds=kinds,
        )


# --- scopes that two servers have ------------------------------------------------------------------------------------


def of_double_service(here: ServerView, pairs: Sequence[Pair]) -> Iterator[Verdict]:
    """What this server and its partners give away both, each partner once."""
    theirs = {pair.there.source: pair.there for pair in pairs if isinstance(pair.there, ServerView)}
    for there in theirs.values():
        yield from between(served(here, there), served(there, here))


def of_others(here: ServerView, pairs: Sequence[Pair]) -> Iterator[Verdict]:
    """The partners of relationships that nobody asked for may serve what this server does."""
    looked_at = {pair.name for pair in pairs}
    partners = [pair.relationship.partner for pair in pairs]
    for name, other in here.relationships.items():
        if name not in looked_at and not any(other.partner.is_same(partner) for partner in partners):
            partners.append(other.partner)
            yield Verdict(
                NOT_COLLECTED,
                here.name,
                f"whether {here.name} and {other.partner_server} serve the same was not looked at",
                "look at all relationships (without name)",
                partner=other.partner_server,
                kinds=needing(BOTH, of=(FLEET,)),
            )


def served(view: ServerView, other: ServerView) -> Sequence[Served]:
    """The scopes that a server gives addresses of; in common with `other` where that has them in the other half of the
    same relationship."""
    excluded = view.service.exclusions if view.service else None
    halves: Mapping[str, Any] = {name: other.half(name) for name in view.relationships if view.half(name)}
    key, partner = str(view.source), str(other.source)
    result = []
    for scope_id, copy in view.copies.items():
        if not copy.active:
            continue
        owner = view.owners.get(scope_id)
        half = halves.get(owner) if owner else None
        common = frozenset({partner}) if half is not None and scope_id in half.relationship.members else frozenset()
        gaps = None if excluded is None else excluded.get(scope_id, ())
        result.append(Served(view.name, str(scope_id), span_of(copy), gaps, common, owner, copy.subnet_mask, key))
    return result
