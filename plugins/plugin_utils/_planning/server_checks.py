# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The checks of one server, from the connection to its rights: what came of asking it -> rows. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from .._model.relationship import Relationship
from .._model.server import RELATIONSHIP_LIMIT, ClockOffset
from .._windows import probes, server_replies
from .._windows.check_reads import OwnAnswers, addresses
from .._windows.errors import ACCESS_DENIED, NO_RIGHTS, STOPPED, Heard, RemoteFailure
from .._windows.remote_error import RemoteError, error_ids
from .._windows.reply import Result
from .checklist import FAIL, PASS, UNKNOWN, Row, of_server

PAUSED, NO_API = "DHCP 20017", "windhcp.no_api"
DENIED = frozenset({ACCESS_DENIED, NO_RIGHTS})
_LEAST_POWERSHELL = (5, 1)
_WINDOWS = {(6, 2): "Windows Server 2012", (6, 3): "Windows Server 2012 R2", (10, 0): "Windows Server 2016 or later"}
_PORT = (
    "look at ansible_host and ansible_port, at whether the server is up, and at the firewalls between: WinRM listens "
    "on TCP 5985 (HTTP) or 5986 (HTTPS) once winrm quickconfig ran there, SSH on TCP 22"
)
_LOGON = (
    "look at ansible_user and ansible_password, and at what the server lets in: ansible_winrm_transport or "
    "ansible_psrp_auth (ntlm, kerberos, credssp, basic), HTTP or HTTPS and its certificate; of SSH at the key"
)
_SCRIPT = (
    "look at what it printed; where become is used, at ansible_become_user, its password, and whether it may log on "
    "there"
)
_START = "start it (Start-Service DHCPServer), and look at the event log where it stops again"


@dataclass(frozen=True)
class HalfSeen:
    """A relationship as a server shows it: its partner by all its names, and as a host of the inventory."""

    name: str
    partner: tuple[str, ...]
    state: str
    host: str | None = None


@dataclass(frozen=True)
class Look:
    """What of a server is needed where its partners are asked. `goes_on`: its logon is known to reach a second
    server."""

    name: str
    host_name: str
    addresses: tuple[str, ...]
    user: str
    goes_on: bool = False
    clock: ClockOffset | None = None
    halves: tuple[HalfSeen, ...] = ()

    def public(self) -> Mapping[str, Any]:
        """As results show it."""
        clock = self.clock and [self.clock.least.total_seconds(), self.clock.most.total_seconds()]
        return {**vars(self), "clock": clock, "halves": [{**vars(half)} for half in self.halves]}

    @staticmethod
    def read(shown: Mapping[str, Any]) -> Look:
        """What `public` gave."""
        clock = shown["clock"] and ClockOffset(*(timedelta(seconds=end) for end in shown["clock"]))
        halves = tuple(HalfSeen(**{**half, "partner": tuple(half["partner"])}) for half in shown["halves"])
        return Look(**{**shown, "addresses": tuple(shown["addresses"]), "clock": clock, "halves": halves})

    def is_logged_on_as(self, other: Look) -> bool:
        """Whether one account asks both: one of a domain, or a local one that both have, which needs one password."""
        mine, theirs = (look.user.casefold().rpartition("\\") for look in (self, other))
        local = mine[0] == self.name.casefold() and theirs[0] == other.name.casefold()
        return mine[2] == theirs[2] and (local or mine[0] == theirs[0])


# --- the connection --------------------------------------------------------------------------------------------------


def reached(host: str, place: str) -> Sequence[Row]:
    """The script, or what should have run it, has answered. `place`: where the connection goes."""
    there = place or "the connection plugin says that it is connected"
    return (of_server("port", host, PASS, there), of_server("logon", host, PASS, "a session was made"))


def not_reached(host: str, message: str, heard: Heard | None, asked: str) -> Sequence[Row]:
    """There is no connection. `heard`, `asked`: what the controller itself found at the port; None: it cannot ask."""
    if heard is not None and heard is not Heard.ANSWER:
        return (of_server("port", host, FAIL, f"{asked}: {message}", _PORT),)
    port = of_server("port", host, PASS, asked)
    if heard is None:
        port = of_server("port", host, UNKNOWN, "the way there is no plain TCP connection", "cure the logon first")
    return (port, of_server("logon", host, FAIL, message, _LOGON))


def no_connection(host: str, message: str) -> Row:
    """Ansible could not even try."""
    return of_server("logon", host, FAIL, message, "look at ansible_connection and at what it needs on the controller")


def script_failed(host: str, failure: RemoteFailure) -> Sequence[Row]:
    """The script ended before its first operation, or nothing that could be read came of it."""
    if failure.status != "no_module":
        return (told("powershell", host, FAIL, failure, _SCRIPT),)
    return (of_server("powershell", host, PASS, "the script runs"), told("role", host, FAIL, failure))


def told(id_: str, server: str, status: str, failure: RemoteFailure, cure: str = "") -> Row:
    """A row with what a failure tells."""
    return of_server(id_, server, status, *(failure.told or (str(failure), cure)))


# --- what it shows ---------------------------------------------------------------------------------------------------


def of_own(host: str, said: OwnAnswers) -> Iterator[Row]:
    """What a server that ran the script says of itself. Raises UnexpectedReply."""
    yield _powershell(host, said)
    yield of_server("role", host, PASS, f"DhcpServer module {said.session.text('module_version')}")
    yield _folders(host, said)
    service = _service(host, said)
    yield service
    if service.status != PASS:
        return
    rights = _rights(host, said)
    yield rights
    if rights.status == PASS:
        yield version(host, said.version)
        yield authorised(host, said.setting)
        yield api(host, said.api, host)
        yield room(host, len(server_replies.relationships(said.shown, host)))


def look(said: OwnAnswers, host: str, goes_on: bool, clock: ClockOffset, find: Mapping[str, str | None]) -> Look:
    """What is kept of it. `find`: the host of each relationship's partner, by the relationship's name."""
    who = said.session
    halves = (HalfSeen(one.name, one.partner.names, one.state, find.get(one.name)) for one in halves_of(said, host))
    return Look(
        who.name("computer"),
        server_replies.full_name(who),
        tuple(sorted(addresses(said.bindings))),
        who.text("user"),
        goes_on,
        clock,
        tuple(halves),
    )


def halves_of(said: OwnAnswers, host: str) -> Sequence[Relationship]:
    """The relationships, none where they are not told. Raises UnexpectedReply."""
    try:
        return server_replies.relationships(said.shown, host)
    except RemoteError:
        return ()


def _powershell(host: str, said: OwnAnswers) -> Row:
    shown, language = said.session.text("powershell"), said.session.text("language_mode")
    found = re.match(r"(\d+)\.(\d+)", shown)
    if found and tuple(map(int, found.groups())) < _LEAST_POWERSHELL:
        cure = "install Windows Management Framework 5.1 there"
        return of_server("powershell", host, FAIL, f"PowerShell {shown}, and 5.1 is the least", cure)
    return of_server("powershell", host, PASS, f"{shown}, {language}")


def _folders(host: str, said: OwnAnswers) -> Row:
    if said.not_ours:
        return told("folders", host, FAIL, RemoteError(said.not_ours, host))
    return of_server("folders", host, PASS, "as the collection makes them, or not there yet")


def _service(host: str, said: OwnAnswers) -> Row:
    ids = error_ids(said.scopes) | error_ids(said.failover)
    if ids & STOPPED:
        return of_server("service", host, FAIL, "the DHCP Server service does not run", _START)
    if PAUSED in ids:
        return told("service", host, FAIL, RemoteError(said.scopes if said.scopes.errors else said.failover, host))
    return of_server("service", host, PASS, "it answers")


def _rights(host: str, said: OwnAnswers) -> Row:
    try:
        server_replies.parse(said.shown, host)
    except RemoteError as error:
        return told("rights", host, FAIL if DENIED.intersection(error.ids) else UNKNOWN, error)
    return of_server("rights", host, PASS, said.session.text("user"))


def version(server: str, answer: Result) -> Row:
    """Of Windows, as the DHCP service tells it."""
    if answer.errors:
        return told("version", server, UNKNOWN, RemoteError(answer, server))
    try:
        probes.check_version(answer, server)
    except RemoteError as error:
        return told("version", server, FAIL, error)
    found = server_replies.version(answer)
    return of_server("version", server, PASS, f"{found[0]}.{found[1]}, {_WINDOWS.get(found, 'Windows Server')}")


def authorised(server: str, answer: Result) -> Row:
    """Whether Active Directory lets a server serve."""
    known = server_replies.is_authorised(answer)
    if known is None:
        cure = "Get-DhcpServerSetting, or Get-DhcpServerInDC, on a server of the domain"
        return of_server("authorised", server, UNKNOWN, "the server does not tell it", cure)
    if not known:
        cure = "Add-DhcpServerInDC, as an enterprise administrator"
        return of_server("authorised", server, FAIL, "it is in a domain, and not authorised there", cure)
    return of_server("authorised", server, PASS, "in its domain, or in none")


def api(server: str, answer: Result, asked_by: str) -> Row:
    """Whether the management API answers, whatever it says. `asked_by`: the host on which it was called."""
    ids = error_ids(answer)
    if NO_API in ids:
        return told("api", server, FAIL, RemoteError(answer, asked_by))
    if ids & DENIED:
        return told("api", server, UNKNOWN, RemoteError(answer, asked_by))
    return of_server("api", server, PASS, "dhcpsapi.dll answers")


def room(server: str, relationships: int) -> Row:
    """Whether a server can have one more relationship."""
    found = f"{relationships} of {RELATIONSHIP_LIMIT} relationships"
    if relationships >= RELATIONSHIP_LIMIT:
        return of_server("room", server, FAIL, found, "end one that is not needed (empty ones count)")
    return of_server("room", server, PASS, found)
