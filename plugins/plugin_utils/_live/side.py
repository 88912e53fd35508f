# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One of two DHCP servers that may be lost: what it is asked, and what is made on it.

All that is made there has a name that begins with `windhcp-live-`, and scopes are in 198.18.0.0/15, which RFC 2544
keeps for benchmarks. Each operation of a request is carried out whatever the one before it answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from .._model.failover_states import STATES
from .._model.refusal import Refused
from .._windows import cmdlets, kept_files, server_replies
from .._windows.cmdlets import AwaitedStates, Operation
from .._windows.errors import EMPTY_FAILOVER, NOTHING_THERE, short_id
from .._windows.reply import Result
from .._windows.script_request import Remote

PREFIX = "windhcp-live-"
NETWORK = IPv4Network("198.18.0.0/15")
NAME = f"{PREFIX}1"
WAIT = 180  # seconds, for a state that comes by itself
_KIND = "live"
_STOPPED = kept_files.text_name(_KIND, "service")


class Unanswered(Exception):
    """What keeps a question from being asked here. Its text completes "not asked: "."""


@dataclass(frozen=True)
class Said:
    """What an operation answered. `ids`: of its errors, in order and without the cmdlet; `categories`: of the same."""

    objects: tuple[Mapping[str, Any], ...]
    ids: tuple[str, ...]
    full_ids: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def error(self) -> str:
        """The first of them, or nothing."""
        return self.ids[0] if self.ids else ""

    def only(self) -> Mapping[str, Any]:
        """The one object. Raises Unanswered."""
        if len(self.objects) != 1:
            raise Unanswered(f"{len(self.objects)} objects were shown where it is one {self.error}".rstrip())
        return self.objects[0]


def call(cmdlet: str, select: str = "", retry: int = 30, **parameters: Any) -> Operation:
    """A cmdlet. `select`: the properties that are to be seen, with spaces between. `retry`: seconds for which a read
    waits for a service that was started just now."""
    return {
        "id": cmdlet,
        "op": "cmdlet",
        "cmdlet": cmdlet,
        "parameters": parameters,
        "select": select.split(),
        "retry_on": ["WIN32 1753"],
        "retry_seconds": retry if cmdlet.startswith("Get-") else 0,
    }


def write(cmdlet: str, **parameters: Any) -> Operation:
    """One that would ask whether it is meant."""
    return call(cmdlet, Confirm=False, **parameters)


def force(cmdlet: str, **parameters: Any) -> Operation:
    """The same, with -Force too."""
    return write(cmdlet, Force=True, **parameters)


def scope_id(number: int) -> str:
    """Of a scope of ours: 1 to 255."""
    return f"198.18.{number}.0"


def add_scope(number: int, **more: Any) -> Operation:
    """Makes one."""
    where = {
        "Name": f"{PREFIX}{number}",
        "StartRange": f"198.18.{number}.10",
        "EndRange": f"198.18.{number}.200",
        "SubnetMask": "255.255.255.0",
        "State": "Active",
    }
    return write("Add-DhcpServerv4Scope", **{**where, **more})


@dataclass(frozen=True)
class Side:
    """One of the two servers. `computer`: its NetBIOS name; `name`: what the other one is to call it by;
    `names`: all that it may be called by."""

    remote: Remote
    computer: str
    host_name: str
    name: str
    names: tuple[str, ...]
    build: str
    powershell: str
    module_version: str

    @classmethod
    def of(cls, remote: Remote) -> Side:
        """The server there. Raises RemoteFailure."""
        (said,) = remote.read([cmdlets.who_when()]).before
        who = said.only()
        computer, whole = who.name("computer"), server_replies.full_name(who)
        host_name = whole.partition(".")[0]
        return cls(
            remote,
            computer,
            host_name,
            whole.lower(),
            tuple(dict.fromkeys((computer, host_name, whole, remote.host))),
            who.text("os_build"),
            who.text("powershell"),
            who.text("module_version"),
        )

    def about(self) -> Mapping[str, Any]:
        """What tells which Windows it is, and no name. Raises RemoteFailure."""
        (files,) = self.ask(cmdlets.own("module_files"))
        return {
            "os_build": self.build,
            "powershell": self.powershell,
            "module_version": self.module_version,
            "module_files": {str(one["name"]): one["sha256"] for one in files.objects},
        }

    def ask(self, *operations: Operation) -> Sequence[Said]:
        """What each of them answers. Raises RemoteFailure."""
        return [_said(one) for one in self.remote.read(operations).before]

    def do(self, *operations: Operation) -> None:
        """The same where none may be refused: what follows one that is, is not done. Raises Unanswered."""
        reply = self.remote.write([], "", operations)
        for operation, said in zip(operations, map(_said, reply.calls), strict=False):
            if said.ids:
                raise Unanswered(f"{operation['id']} was refused ({', '.join(said.ids)})")

    def halves(self) -> Mapping[str, Mapping[str, Any]]:
        """Its relationships, by name."""
        (said,) = self.ask(cmdlets.get_failover(guarded=False))
        expect(said, EMPTY_FAILOVER)
        return {str(one["Name"]): one for one in said.objects}

    def half(self, name: str = NAME) -> Mapping[str, Any]:
        """Raises Unanswered where it has none of this name."""
        found = self.halves().get(name)
        if found is None:
            raise Unanswered(f"{name} is not on both servers")
        return found

    def scopes(self) -> Mapping[str, Mapping[str, Any]]:
        """Its scopes, by id."""
        (said,) = self.ask(cmdlets.get_scopes(guarded=False))
        expect(said, NOTHING_THERE)
        return {str(one["ScopeId"]): one for one in said.objects}

    def set(self, **parameters: Any) -> Said:
        """What Set-DhcpServerv4Failover answers of the relationship."""
        (said,) = self.ask(force("Set-DhcpServerv4Failover", Name=NAME, **parameters))
        return said

    def change(self, **parameters: Any) -> None:
        """The same where it may not be refused. Raises Unanswered."""
        if (said := self.set(**parameters)).ids:
            raise Unanswered(f"Set-DhcpServerv4Failover was refused ({', '.join(said.ids)})")

    def stop(self) -> None:
        """Its DHCP service; not before there is a note that it is our doing. Raises Unanswered."""
        self.do(kept_files.keep_text(_STOPPED, "stopped", ""))
        self.do(cmdlets.own("service", state="stopped"))

    def start(self) -> None:
        """Again; the note goes when it answers. Raises Unanswered."""
        self.do(cmdlets.own("service", state="running"))
        (version,) = self.ask(call("Get-DhcpServerVersion"))
        if version.ids:
            raise Unanswered(f"the DHCP service was started, and does not answer ({version.error})")
        self.do(kept_files.drop_text(_STOPPED))

    def is_left_stopped(self) -> bool:
        """Whether a run that was killed has stopped it. A note about a service that runs by now goes. Raises Refused
        where somebody else has."""
        notes, version = self.ask(kept_files.find_texts(_KIND), call("Get-DhcpServerVersion", retry=0))
        if version.ids and not notes.objects:
            raise Refused(
                f"On {self.computer}: the DHCP service does not answer ({version.error}). Start it there "
                "(Start-Service DHCPServer), and run again. Nothing was changed."
            )
        if notes.objects and not version.ids:
            self.do(kept_files.drop_text(_STOPPED))
        return bool(version.ids)

    def wait(self, *wanted: str, seconds: int = WAIT) -> str:
        """The state of the relationship, when it is one of these or the time is over."""
        awaited = AwaitedStates(frozenset(wanted), STATES - frozenset(wanted))
        (said,) = self.ask(cmdlets.wait_for_state(NAME, awaited, seconds))
        return str(said.objects[0]["State"]) if said.objects else ""

    def polls(self, most: int) -> Iterator[str]:
        """The states that one look after the other shows, about one a second."""
        return (str(self.half()["State"]) for _look in range(most))


def members(half: Mapping[str, Any]) -> Sequence[str]:
    """Of a relationship: none, one address, or a list."""
    scopes = half["ScopeId"]
    return list(scopes) if isinstance(scopes, (list, tuple)) else [scopes] if scopes else []


def _said(result: Result) -> Said:
    full = tuple(error.id for error in result.errors)
    categories = tuple(error.category for error in result.errors)
    return Said(tuple(one.properties for one in result.objects), tuple(map(short_id, full)), full, categories)


def expect(said: Said, usual: frozenset[str]) -> None:
    """Raises Unanswered for any other error than the `usual` ones."""
    if unusual := sorted(set(said.ids) - usual):
        raise Unanswered(f"a read was refused ({', '.join(unusual)})")
