# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One call of a cmdlet: its parameters, where it acts, whom it may reach, and what comes out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import Any

from lab.core import versions
from lab.core.api import CmdletObject, ErrorRecord, Outcome, Session, Value
from lab.core.errors import CATEGORIES, MEASURED, WORDS, Refused, category, error, with_reason
from lab.core.faults import Fault
from lab.core.server import Credential, Relationship, Scope, Server
from lab.core.world import World


@dataclass
class Call:
    """``here``: the server of the session, ``server``: the one the cmdlet acts on (another one with -ComputerName).

    ``files``: those of the cmdlet's paths that exist on ``here``, ``written``: those that it writes there.
    """

    world: World
    session: Session
    cmdlet: str
    parameters: Mapping[str, Value]
    here: Server
    server: Server
    fault: Fault | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    written: dict[str, bytes] = field(default_factory=dict)
    objects: list[CmdletObject] = field(default_factory=list)
    errors: list[ErrorRecord] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _half_by_fault: bool = False

    # --- parameters ------------------------------------------------------------------------------------------------

    def has(self, name: str) -> bool:
        return name in self.parameters

    def text(self, name: str, default: str = "") -> str:
        value = self.parameters.get(name, default)
        return default if value is None else str(value)

    def on(self, name: str) -> bool:
        """A switch or a boolean: given and true."""
        return self.parameters.get(name) is True

    def number(self, name: str, default: int) -> int:
        value = self.parameters.get(name)
        return value if isinstance(value, int) else default

    def span(self, name: str) -> timedelta | None:
        value = self.parameters.get(name)
        return value if isinstance(value, timedelta) else None

    def moment(self, name: str) -> datetime | None:
        value = self.parameters.get(name)
        return value if isinstance(value, datetime) else None

    def address(self, name: str) -> IPv4Address | None:
        value = self.parameters.get(name)
        return value if isinstance(value, IPv4Address) else None

    def need_address(self, name: str) -> IPv4Address:
        """A mandatory address; the door has bound it, so KeyError is a fault of the door."""
        value = self.address(name)
        if value is None:
            raise KeyError(f"{self.cmdlet}: {name}")
        return value

    def addresses(self, name: str) -> tuple[IPv4Address, ...]:
        """Each once, in the order given."""
        value = self.parameters.get(name, ())
        several = value if isinstance(value, tuple) else (value,)
        return tuple(dict.fromkeys(one for one in several if isinstance(one, IPv4Address)))

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.parameters.get(name)
        if value is None:
            return ()
        return tuple(str(one) for one in (value if isinstance(value, tuple) else (value,)))

    def numbers(self, name: str) -> tuple[int, ...]:
        value = self.parameters.get(name, ())
        several = value if isinstance(value, tuple) else (value,)
        return tuple(one for one in several if isinstance(one, int))

    # --- what comes out --------------------------------------------------------------------------------------------

    def emit(self, objects: Iterable[CmdletObject]) -> None:
        self.objects.extend(objects)

    def pass_thru(self, *objects: CmdletObject) -> None:
        """Writers answer with the object only if asked."""
        if self.on("PassThru") or self.on("Passthru"):
            self.emit(objects)

    def refused(self, error_id: str, text: str, *, host: str = "", **values: Any) -> Refused:
        """An error record to raise. ``host``: the server it names, by default the one the cmdlet acts on."""
        target = f"{self.server.computer_name}:root/Microsoft/Windows/DHCP:PS_{self.cmdlet.partition('-')[2]}"
        record = error(
            error_id, text, self.here.language, target=target, host=host or self.server.computer_name, **values
        )
        if self.world.switches.unpublished_categories == "NotSpecified" and record.category in CATEGORIES:
            record = replace(record, category=category(error_id, MEASURED))
        return Refused(record)

    def fail(self, error_id: str, verb: str, what: object) -> Refused:
        """The same with the general text: "Failed to ``verb`` ``what`` on DHCP server HOST."."""
        return self.refused(error_id, "act", verb=verb, what=what)

    def ended(self, word: str, text: str, **values: Any) -> Refused:
        """What ends Export- or Import-DhcpServer (C MIG): a terminating error whose id is the word of its category."""
        said = self.refused(word, text, **values).record
        kind = word if word in WORDS else "NotSpecified"
        return Refused(replace(said, category=kind, target=str(values.get("file", "")), terminating=True))

    def post(self, refusal: Refused) -> None:
        """Of a cmdlet that Export- or Import-DhcpServer ran inside: they go on (C MIG)."""
        self.errors.append(replace(with_reason(refusal.record), posted=self.world.switches.inner_errors_show))

    def swallow(self, refusal: Refused, cmdlet: str) -> None:
        """The same, where they do not write it: only the caller's -ErrorVariable may have it (I, 13.15)."""
        if self.world.switches.inner_errors_show:
            self.errors.append(replace(refusal.record, swallowed_of=cmdlet))

    def report(self, refusal: Refused) -> None:
        """One object was refused: non-terminating, the cmdlet goes on (C PSDOC)."""
        self.errors.append(refusal.record)

    def report_none(self, items: Collection[object]) -> None:
        """A Get that finds no items: nothing, or an error (switch empty_lists_answer)."""
        answer = self.world.switches.empty_lists_answer
        if not items and self.cmdlet.startswith("Get-") and answer != "empty":
            self.report(self.fail(answer, "enumerate", "items"))

    def outcome(self) -> Outcome:
        shown = versions.shown(self.here.version(), self.objects)
        return Outcome(tuple(shown), tuple(self.errors), tuple(self.warnings), dict(self.written))

    # --- looking things up -----------------------------------------------------------------------------------------

    def scope(self, scope_id: IPv4Address) -> Scope:
        """M WEAVE: a scope that is not there is DHCP 20005, ObjectNotFound, whatever was to be done with it."""
        scope = self.server.scopes.get(scope_id)
        if scope is None:
            raise self.refused("DHCP 20005", "get_scope", scope=scope_id)
        return scope

    def relationship(self, name: str, text: str = "get_failover") -> Relationship:
        """C DHCPM 20115; on a server without any, the switch no_relationship_at_all says."""
        half = self.world.relationship(self.server, name)
        if half is None:
            none = not self.server.relationships
            error_id = self.world.switches.no_relationship_at_all if none else "DHCP 20115"
            raise self.refused(error_id, text, name=name)
        return half

    def partner(self, half: Relationship) -> Server:
        """Whom this half of the server called means; if that is nobody, nobody answers."""
        return self.world.partner(self.server, half) or self.world.nobody(self.server, half)

    # --- rights and the second hop ---------------------------------------------------------------------------------

    def confirm(self) -> None:
        """Where the provider asks without -Force (L 0, switch prompt_without_force)."""
        if not self.on("Force") and self.world.switches.prompt_without_force == "error":
            raise self.refused("LAB NonInteractive", "prompt", cmdlet=self.cmdlet)

    def has_rights(self, server: Server) -> bool:
        """C/M 7: a local administrator of that server."""
        account = self._account(server)
        if account is None:
            return False
        return account.admin or (account.dhcp_administrator and self.world.switches.dhcp_administrators_suffice)

    def _account(self, server: Server) -> Credential | None:
        """The session's account as that server knows it. A local account needs the same password on both (C/M, 7)."""
        typed = self.session.network_user if server is not self.here else ""
        account = _credential(server, typed or self.session.user)
        if account is None:
            return None
        mine = _credential(self.here, self.session.user)
        local = "\\" not in account.user and "@" not in account.user
        if server is not self.here and not typed and local and (mine is None or mine.password != account.password):
            return None
        return account

    def needs_no_rights(self) -> bool:
        """C DHCPM 3.1.4.29: the version is told to whoever asks another server for it."""
        return self.cmdlet == "Get-DhcpServerVersion" and self.server is not self.here

    def reach(self, other: Server) -> str:
        """Opens the provider's connection to another server, as the caller (C WIN32, 0): "" or the error id.

        No packet gets there: WIN32 1722; no delegated credentials: WIN32 5 (M SCOPEAPI); no rights there: a switch;
        the service is stopped or still starting: WIN32 1753 (M WEAVE, 8.2). From the partner back to the session's
        own server is no second hop.
        """
        if other is not self.here:
            if not self.world.reaches(self.here.name, other.name):
                return "WIN32 1722"
            denied = self._denied(other)
            if denied:
                return denied
        return service_error(other)

    def _denied(self, other: Server) -> str:
        """Why another server refuses the session: "" or the error id (M SCOPEAPI: without delegation)."""
        if self.needs_no_rights():
            unknown = not self.session.delegated or self._account(other) is None
            return "WIN32 5" if unknown and not self.world.switches.version_without_hop else ""
        if not self.session.delegated:
            return "WIN32 5"
        return "" if self.has_rights(other) else self.world.switches.partner_not_admin_error

    def hop(self, peer: Server) -> str:
        """``reach`` for the partner half of a write, with an ordered fault coming first."""
        if self.fault is not None:
            fault, self.fault = self.fault, None
            self._half_by_fault = fault.half_applied
            return fault.error_id
        return self.reach(peer)

    def half_applied(self, error_id: str) -> bool:
        """Whether this server's half of a write is already done when the partner half fails with ``error_id`` (L 9)."""
        denied = error_id in ("WIN32 5", "DHCP 20121")
        return self._half_by_fault or (denied and self.world.switches.half_applied_without_delegation)


def service_error(server: Server) -> str:
    """WIN32 1753 while the service is stopped, and for the first calls after its start (M WEAVE, 8.2)."""
    if server.service == "starting":
        if server.starting_calls > 0:
            server.starting_calls -= 1
            return "WIN32 1753"
        server.service = "running"
    return "WIN32 1753" if server.service == "stopped" else ""


def _credential(server: Server, user: str) -> Credential | None:
    return next((one for one in server.credentials if one.user.lower() == user.lower()), None)
