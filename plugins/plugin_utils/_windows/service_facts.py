# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is read of a DHCP service for verdicts, and for no plan: exclusions, audit log, account of DNS updates. Pure.

Each is only told, so a refused one is unknown, and no failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address

from .._model.scope_details import Exclusion
from . import cmdlets, probes, scope_cmdlets
from .cmdlets import Operation
from .errors import NOTHING_THERE
from .remote_error import error_ids
from .reply import Result

Exclusions = Mapping[IPv4Address, tuple[Exclusion, ...]]


@dataclass(frozen=True)
class ServiceFacts:
    """`exclusions`: by scope. `audit_log`: whether it is on. `dns_account`: DOMAIN\\user, "" for none. `apart`: by how
    much a partner's clock differs for certain from that of the server that asked over a second hop. None: not known."""

    exclusions: Exclusions | None = None
    audit_log: bool | None = None
    dns_account: str | None = None
    apart: timedelta | None = None


def reads(computer: str | None = None) -> tuple[Operation, ...]:
    """What shows them, of a partner over the second hop or of the server itself."""
    asked = cmdlets.at(computer)
    wanted = (
        ("audit_log", "Get-DhcpServerAuditLog", ("Enable",)),
        ("dns_credential", "Get-DhcpServerDnsCredential", ("DomainName", "UserName")),
    )
    told = tuple(
        cmdlets.unguarded(cmdlets.call_id_of(kind, computer), cmdlet, asked, properties)
        for kind, cmdlet, properties in wanted
    )
    clock = (cmdlets.compare_clock(computer),) if computer else ()
    return (scope_cmdlets.get_exclusions(computer), *told, *clock)


def found(answers: Sequence[Result]) -> ServiceFacts:
    """What the answers to `reads` say. Raises UnexpectedReply."""
    exclusions, audit_log, credential, *clocks = answers
    apart = next(map(probes.apart, clocks), None)
    return ServiceFacts(_exclusions(exclusions), _audit_log(audit_log), _account(credential), apart)


def _exclusions(answer: Result) -> Exclusions | None:
    return (
        None if answer.errors and not error_ids(answer) <= NOTHING_THERE else scope_cmdlets.exclusions(answer.objects)
    )


def _audit_log(answer: Result) -> bool | None:
    return None if answer.errors or not answer.objects else answer.only().flag("Enable")


def _account(answer: Result) -> str | None:
    """Whether a server without any answers with an empty object or with none is not known: both mean none."""
    if answer.errors:
        return None
    if not answer.objects:
        return ""
    domain, user = (answer.only().optional_text(name) or "" for name in ("DomainName", "UserName"))
    return f"{domain}\\{user}" if domain and user else user
