# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a server is asked for the checks before anything exists, of itself and of a partner: each answer by itself may
be an error, which is what is looked for. Nothing waits, since it is asked what is so now. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import cmdlets, kept_files, probes, server_replies
from .cmdlets import Operation
from .errors import NOT_OURS
from .remote_error import error_ids
from .reply import ReplyObject, Result

_NO_RELATIONSHIP = "windhcp.failover"  # to ask the API of: that there is none is an answer too


@dataclass(frozen=True)
class OwnAnswers:
    """Of a server about itself."""

    who: Result
    bindings: Result
    failover: Result
    scopes: Result
    version: Result
    setting: Result
    api: Result
    folders: tuple[Result, ...]

    @property
    def shown(self) -> Sequence[Result]:
        """Those that server_replies takes."""
        return (self.who, self.bindings, self.failover, self.scopes)

    @property
    def session(self) -> ReplyObject:
        """Who is logged on where, in which PowerShell."""
        return self.who.only()

    @property
    def not_ours(self) -> Result | None:
        """The first of the folders that somebody else made."""
        return next((answer for answer in self.folders if NOT_OURS in error_ids(answer)), None)


def own_reads() -> Sequence[Operation]:
    """What a server is asked of itself."""
    who, *shown = server_replies.reads()
    asked = (*shown, cmdlets.get_version(guarded=False), cmdlets.get_setting())
    api = cmdlets.probe_api(_NO_RELATIONSHIP)
    return (who, *map(_at_once, asked), api, *map(kept_files.check_folder, kept_files.FOLDERS))


def own_answers(answers: Sequence[Result]) -> OwnAnswers:
    """The answers to `own_reads`."""
    who, bindings, failover, scopes, version, setting, api, *folders = answers
    return OwnAnswers(who, bindings, failover, scopes, version, setting, api, tuple(folders))


@dataclass(frozen=True)
class PartnerAnswers:
    """Of a server about a partner that it asked over the second hop. `resolved`: the addresses of its names."""

    resolved: tuple[tuple[str, ...], ...]
    version: Result
    failover: Result
    scopes: Result
    bindings: Result
    setting: Result
    clock: Result
    api: Result

    @property
    def addresses(self) -> frozenset[str]:
        """Those on which the server listens that answered to the name."""
        return addresses(self.bindings)


def partner_reads(names: Sequence[str]) -> Sequence[Operation]:
    """What a server is asked of a partner; the first of the names is the one that it is asked by."""
    computer = names[0]
    properties = cmdlets.BINDING_PROPERTIES
    binding = cmdlets.unguarded(
        cmdlets.call_id_of("bindings", computer), "Get-DhcpServerv4Binding", cmdlets.at(computer), properties
    )
    asked = (*probes.reads(computer, guarded=False), binding, *probes.readiness_reads(computer))
    return (
        *map(cmdlets.resolve_name, names),
        *map(_at_once, asked),
        cmdlets.probe_api(_NO_RELATIONSHIP, computer),
    )


def partner_answers(names: Sequence[str], answers: Sequence[Result]) -> PartnerAnswers:
    """The answers to `partner_reads` of the same names."""
    resolved = tuple(map(server_replies.resolved, answers[: len(names)]))
    return PartnerAnswers(resolved, *answers[len(names) :])


def addresses(bindings: Result) -> frozenset[str]:
    """The addresses on which a DHCP service listens; none where it does not tell."""
    told = () if bindings.errors else bindings.objects
    return frozenset(filter(None, (binding.optional_address("IPAddress") for binding in told)))


def _at_once(operation: Operation) -> Operation:
    return {key: value for key, value in operation.items() if key not in ("retry_on", "retry_seconds")}
