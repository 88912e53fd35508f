# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a server reaches a partner as the failover cmdlets will, with rights there: asked before the first write.
Pure.

The version has no access check (MS-DHCPM 3.1.4.29), so it tells the second hop alone; the two reads that follow it need
rights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from . import cmdlets, server_replies
from .cmdlets import Operation
from .errors import EMPTY_FAILOVER, NO_FAILOVER, Denied, Heard
from .export_elements import ServerLevel
from .remote_error import RemoteError, error_ids
from .reply import Failure, Result

FIRST_VERSION = (6, 2)  # Windows Server 2012


@dataclass(frozen=True)
class Readiness:
    """What of a partner is known beside that. `authorised`: in its domain, or it is in none. `apart`: by how much its
    clock differs for certain from that of the server that asked over a second hop. None: not known."""

    authorised: bool | None
    apart: timedelta | None = None


def reads(partner: str, *, guarded: bool = True) -> tuple[Operation, Operation, Operation]:
    """What a server asks a partner over the second hop; the last two show the partner.

    `guarded`: a change of what they show is noticed before a write.
    """
    return (
        cmdlets.probe_partner(partner),
        cmdlets.get_failover(partner, guarded),
        cmdlets.get_scopes(partner, guarded),
    )


def level_reads(partner: str | None = None) -> tuple[Operation, ...]:
    """The classes and definitions of a partner over the second hop, or of the server itself, with its version."""
    found = (cmdlets.get_classes(partner, guarded=False), cmdlets.get_option_definitions(partner, guarded=False))
    return found if partner else (cmdlets.get_version(guarded=False), *found)


def level(
    version: Result, answers: Sequence[Result], host: str, partner: str = "", goes_on: bool = False
) -> ServerLevel:
    """What the answers to `level_reads` say. `version`: the answer to the partner's probe, or the first of them. Raises
    RemoteError."""
    setting = next((answer for answer in answers if answer.id == cmdlets.get_setting()["id"]), None)
    for answer in answers:
        if answer.errors and answer is not setting:  # only told, so to be refused it is no reason to stop
            raise refusal(answer, host, partner, goes_on) if partner else RemoteError(answer, host)
    check_version(version, host, partner)
    found = server_replies.classes_and_definitions(answers, host, partner or None)
    authorized = server_replies.is_authorised(setting) if setting else None
    return ServerLevel(server_replies.version(version), found.classes, found.definitions, authorized)


def readiness_reads(partner: str | None = None) -> tuple[Operation, ...]:
    """What shows the readiness of a partner over the second hop, or of the server itself."""
    setting = cmdlets.get_setting(partner)
    return (setting, cmdlets.compare_clock(partner)) if partner else (setting,)


def readiness(answers: Sequence[Result]) -> Readiness:
    """What the answers to `readiness_reads` say; an error leaves something unknown. Raises UnexpectedReply."""
    setting, *clocks = answers
    return Readiness(server_replies.is_authorised(setting), next(map(apart, clocks), None))


def apart(clocks: Result) -> timedelta | None:
    """By how much two clocks differ for certain, by the answer to cmdlets.compare_clock. Each of the seconds may just
    have begun, or be about to end."""
    if clocks.errors:
        return None
    before, there, after = (clocks.only().number(name) for name in ("before", "there", "after"))
    return timedelta(seconds=max(there - after - 1, before - there - 1, 0))


def check_version(answer: Result, host: str, partner: str = "") -> None:
    """Raises RemoteError, in the words of 20118, for a server that is older than failover."""
    found = server_replies.version(answer)
    if found < FIRST_VERSION:
        said = Failure(NO_FAILOVER, f"its version is {found[0]}.{found[1]}")
        raise RemoteError(replace(answer, errors=(said,)), host, partner)


def probes(partner: str) -> tuple[Operation, Operation]:
    """The same where nothing else is to be known of the partner, also in front of a write."""
    return (cmdlets.probe_partner(partner), cmdlets.probe_rights(partner))


def check(answers: Sequence[Result], host: str, partner: str, goes_on: bool) -> None:
    """Raises RemoteError for the first of the answers to `reads` or `probes` that says no. `goes_on`: see Remote."""
    version, *others = answers
    for answer in (version, *(one for one in others if not error_ids(one) <= EMPTY_FAILOVER)):
        if answer.errors:
            raise refusal(answer, host, partner, goes_on)
    check_version(version, host, partner)


def refusal(answer: Result, host: str, partner: str, goes_on: bool) -> RemoteError:
    """The error of a read of the partner, or of its probe; one that told its version is there."""
    at_version = answer.id == cmdlets.probe_partner(partner)["id"]
    error = RemoteError(answer, host, partner, denied=denied(at_version, goes_on))
    error.heard = error.heard if at_version else Heard.ANSWER
    return error


def denied(at_version: bool, goes_on: bool) -> Denied:
    """What a refusal at the partner means. DHCP 20121 says by itself that the rights are missing.

    Whether the version is told to a logon without credentials is not known, so a refusal after it can still be the
    hop."""
    if at_version:
        return "hop"
    return "rights" if goes_on else "hop_or_rights"
