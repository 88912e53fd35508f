# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be said of a server, of a pair and of a fleet: the table of verdicts, and what one of them holds. No I/O.

One set of verdicts is worked out once. Module results, tables, reports, metrics and exit codes show these and decide
nothing of their own. What was not collected is a verdict too, UNKNOWN: `NOT_COLLECTED` names the kinds that nobody
looked at, so that nothing looks healthy for want of looking."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .._model.refusal import Refused
from .._model.texts import shown

CRITICAL, WARNING, INFO, UNKNOWN = "critical", "warning", "info", "unknown"
SEVERITIES = (CRITICAL, WARNING, UNKNOWN, INFO)  # the worst first
SYNC, HEALTH, BESIDE = "in_sync", "healthy", ""  # what a kind decides: drift.in_sync, health.healthy, neither
PAIR, SERVERS, SERVER, FLEET = "pair", "two servers", "server", "fleet"
HERE, STATISTICS, PARTNER, BOTH = "nothing", "health", "drift", "drift and health"
NOT_COLLECTED = "not_collected"


@dataclass(frozen=True)
class Kind:
    """One thing that can be wrong. `of`: whose it is, that of two servers whichever relationships they have with each
    other. `decides`: what of the results follows from it. `needs`: which
    `gather` tells it."""

    id: str
    severity: str
    of: str
    decides: str
    needs: str
    words: str


_ROWS = (
    # --- a relationship, by both halves ---
    Kind(
        "half_missing", CRITICAL, PAIR, SYNC, PARTNER, "the partner has no half of it, or has one with another server"
    ),
    Kind("not_normal", CRITICAL, PAIR, HEALTH, HERE, "a state in which the two servers do not work together"),
    Kind(
        "state_passing",
        WARNING,
        PAIR,
        HEALTH,
        HERE,
        "a state that passes by itself, up to the maximum client lead time",
    ),
    Kind("states_contradict", CRITICAL, PAIR, SYNC, PARTNER, "the two halves show states that cannot go together"),
    Kind(
        "settings_differ",
        CRITICAL,
        PAIR,
        SYNC,
        PARTNER,
        "mode, percents, MCLT, interval, authentication or roles of the halves differ",
    ),
    Kind("members_differ", CRITICAL, PAIR, SYNC, PARTNER, "a scope is a member on one of the two servers only"),
    Kind("content_differs", WARNING, PAIR, SYNC, PARTNER, "scopes have other settings on the partner"),
    Kind(
        "classes_differ",
        WARNING,
        SERVERS,
        BESIDE,
        PARTNER,
        "classes or option definitions differ, which Windows never replicates",
    ),
    Kind(
        "server_settings_differ",
        WARNING,
        SERVERS,
        BESIDE,
        PARTNER,
        "options, policies, filters or settings of the whole server differ",
    ),
    Kind("clocks_differ", CRITICAL, SERVERS, BESIDE, BOTH, "the clocks are more than a minute apart"),
    Kind("relationship_empty", WARNING, PAIR, BESIDE, HERE, "a relationship without scopes"),
    Kind("members_inactive", WARNING, PAIR, HEALTH, HERE, "members that are out of service"),
    Kind("authentication_off", WARNING, PAIR, BESIDE, HERE, "failover messages are not authenticated"),
    Kind(
        "interval_below_mclt",
        WARNING,
        PAIR,
        BESIDE,
        HERE,
        "a partner is declared down before the maximum client lead time is over",
    ),
    Kind("scope_full", CRITICAL, PAIR, HEALTH, STATISTICS, "a scope has no free address"),
    Kind("share_exhausted", WARNING, PAIR, HEALTH, STATISTICS, "one server's share of a scope has no free address"),
    Kind("scope_nearly_full", WARNING, PAIR, BESIDE, STATISTICS, "a scope is nearly full"),
    Kind(
        "reserve_short",
        WARNING,
        PAIR,
        BESIDE,
        STATISTICS,
        "what a server has of its own is used up before the MCLT is over, by the rate of new clients",
    ),
    Kind(
        "dns_credentials_differ",
        WARNING,
        SERVERS,
        BESIDE,
        BOTH,
        "the two servers register names in DNS as different accounts",
    ),
    Kind(
        "maintenance",
        WARNING,
        PAIR,
        BESIDE,
        STATISTICS,
        "one of the two servers is in maintenance, so nothing is written to the pair",
    ),
    # --- scopes of two servers ---
    Kind(
        "served_twice",
        CRITICAL,
        FLEET,
        BESIDE,
        BOTH,
        "two servers give the same addresses, outside of a common relationship",
    ),
    Kind("split_scope", INFO, FLEET, BESIDE, BOTH, "two servers share a range by exclusions, outside of failover"),
    # --- a server ---
    Kind("not_authorized", CRITICAL, SERVER, HEALTH, STATISTICS, "Active Directory does not let the server serve"),
    Kind("broken_run", WARNING, SERVER, HEALTH, STATISTICS, "a run did not end, and what it began is not done"),
    Kind("scopes_unprotected", WARNING, SERVER, BESIDE, HERE, "active scopes in no relationship"),
    Kind("no_room", WARNING, SERVER, BESIDE, HERE, "the server can have no more relationships"),
    Kind("audit_log_off", WARNING, SERVER, BESIDE, STATISTICS, "the DHCP audit log is off"),
    Kind(
        "dns_credentials_missing",
        INFO,
        SERVER,
        BESIDE,
        STATISTICS,
        "no account for dynamic DNS updates, so names belong to one server",
    ),
    # --- what nobody looked at ---
    Kind(NOT_COLLECTED, UNKNOWN, FLEET, BESIDE, HERE, "what was not asked for, or could not be read"),
)
KINDS: Mapping[str, Kind] = {kind.id: kind for kind in _ROWS}


@dataclass(frozen=True)
class Verdict:
    """One finding. `server`, `partner`: by their own names, `relationship` and `scopes` where it is about some.
    `evidence`: what it rests on, plain values. `kinds`: of NOT_COLLECTED, what is unknown by that."""

    id: str
    server: str
    sentence: str
    cure: str
    relationship: str | None = None
    partner: str | None = None
    scopes: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()

    @property
    def severity(self) -> str:
        """That of its kind."""
        return KINDS[self.id].severity

    @property
    def relationships(self) -> tuple[str, ...]:
        """All that it is about; none where it is about a server, or scopes in no relationship."""
        return (self.relationship,) if self.relationship is not None else tuple(self.evidence.get("relationships", ()))

    @property
    def of_the_unread(self) -> bool:
        """Whether it tells that a server could not be read, which is so whatever is switched off."""
        return self.id == NOT_COLLECTED and "problem" in self.evidence

    def is_about(self, relationship: str) -> bool:
        """Whether it is about a relationship, or about its server as a whole."""
        return relationship in self.relationships or not (self.relationships or self.partner or self.scopes)

    def public(self) -> Mapping[str, Any]:
        """As results and reports show it."""
        kinds = {"kinds": sorted(self.kinds)} if self.kinds else {}
        return {
            "id": self.id,
            "severity": self.severity,
            "server": self.server,
            "partner": self.partner,
            "relationship": self.relationship,
            "scopes": list(self.scopes),
            "sentence": self.sentence,
            "evidence": {**self.evidence, **kinds},
            "cure": self.cure,
        }

    @staticmethod
    def read(told: Mapping[str, Any]) -> Verdict:
        """The verdict of what `public` gave. Raises KeyError for a kind that does not exist."""
        evidence = {key: value for key, value in told["evidence"].items() if key != "kinds"}
        return Verdict(
            KINDS[told["id"]].id,
            told["server"],
            told["sentence"],
            told["cure"],
            told["relationship"],
            told["partner"],
            tuple(told["scopes"]),
            evidence,
            frozenset(told["evidence"].get("kinds", ())),
        )


def needing(*needs: str, of: Collection[str] = (PAIR, SERVERS, SERVER, FLEET)) -> frozenset[str]:
    """The kinds that one of these tells."""
    return frozenset(kind.id for kind in _ROWS if kind.needs in needs and kind.of in of) - {NOT_COLLECTED}


def check_off(off: Iterable[object], option: str = "verdicts_off") -> frozenset[str]:
    """The kinds that are switched off. Raises Refused for one that does not exist."""
    names = frozenset(name for one in off if (name := str(one).strip()))
    known = sorted(KINDS.keys() - {NOT_COLLECTED})
    for name in sorted(names.difference(known)):
        if name == NOT_COLLECTED:
            raise Refused(
                f"{option}: {NOT_COLLECTED} cannot be switched off, since it tells what nobody looked at; switch the "
                "verdicts off that it names."
            )
        near = difflib.get_close_matches(name, known, 1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
        raise Refused(f"{option}: there is no verdict {shown(name)}; {meant}")
    return names


def without(verdicts: Iterable[Verdict], off: Collection[str]) -> Sequence[Verdict]:
    """Those that are not switched off, the worst first. What is unknown only of such a kind is not told either."""
    kept = [left for verdict in verdicts if (left := wanted(verdict, off))]
    return sorted(kept, key=lambda verdict: SEVERITIES.index(verdict.severity))


def wanted(verdict: Verdict, off: Collection[str]) -> Verdict | None:
    """What is left of a verdict; None: it is switched off."""
    kinds = verdict.kinds.difference(off)
    gone = verdict.id in off or (verdict.kinds and not kinds and not verdict.of_the_unread)
    return None if gone else replace(verdict, kinds=kinds)


def decided(verdicts: Iterable[Verdict], what: str, relationship: str) -> bool | None:
    """in_sync or healthy of a relationship (`what`: SYNC, HEALTH): False where a verdict says so, None where one that
    would is unknown, or where a server that it has could not be read."""
    about = [verdict for verdict in verdicts if verdict.is_about(relationship)]
    if any(_decides(verdict.id, what, relationship in verdict.relationships) for verdict in about):
        return False
    unknown = frozenset(kind for verdict in about for kind in verdict.kinds)
    open_ = any(_decides(kind, what, True) for kind in unknown) or any(verdict.of_the_unread for verdict in about)
    return None if open_ else True


def _decides(id_: str, what: str, of_relationship: bool) -> bool:
    """What is critical on a relationship makes it unhealthy, whatever it decides besides."""
    kind = KINDS[id_]
    return kind.decides == what or (what == HEALTH and kind.severity == CRITICAL and of_relationship)


def worst(verdicts: Iterable[Verdict]) -> str | None:
    """The worst severity among them; None: there is none."""
    return min((verdict.severity for verdict in verdicts), key=SEVERITIES.index, default=None)
