# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two DHCP servers that may be lost, and what is done to them to see how Windows behaves.

All that is made there has a name that begins with `windhcp-live-`, and scopes are in 198.18.0.0/15, which RFC 2544
keeps for benchmarks. Each operation of a request is carried out whatever the one before it answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from .._model.failover_states import CUT_OFF, NORMAL, STATES
from .._model.identity import same_server
from .._model.refusal import Refused
from .._model.texts import few
from .._windows import cmdlets, kept_files
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
_OPTIONS = (224, 225, 226, 227)  # of private use (RFC 3942)


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
        _expect(said, EMPTY_FAILOVER)
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
        _expect(said, NOTHING_THERE)
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


@dataclass(frozen=True)
class Bench:
    """The two of them. Relationships are made on `here`."""

    here: Side
    there: Side

    @property
    def sides(self) -> Sequence[Side]:
        """Both."""
        return (self.here, self.there)

    def relate(self, *scopes: int, on_both: bool = True, **settings: Any) -> None:
        """A relationship of these scopes, which are made first; Normal on both servers. Raises Unanswered."""
        members = [scope_id(number) for number in scopes]
        made = self.related(members, **settings)
        self.here.do(*(add_scope(number) for number in scopes), made)
        if on_both:
            self.settle()

    def related(self, members: Sequence[str], **settings: Any) -> Operation:
        """What makes it of scopes that are there."""
        return force(
            "Add-DhcpServerv4Failover", Name=NAME, PartnerServer=self.there.name, ScopeId=list(members), **settings
        )

    def settle(self) -> None:
        """Raises Unanswered where the two do not come to Normal."""
        for side in self.sides:
            if (state := side.wait(NORMAL)) != NORMAL:
                raise Unanswered(f"a relationship did not come to Normal in {WAIT} s: it is {state or 'not there'}")

    @contextmanager
    def without_partner(self) -> Iterator[None]:
        """The DHCP service of `there` is stopped meanwhile. Raises Unanswered where `here` does not notice."""
        try:
            self.there.stop()
            if (state := self.here.wait(CUT_OFF)) != CUT_OFF:
                raise Unanswered(f"the partner's service was stopped, and after {WAIT} s the state is {state}")
            yield
        finally:
            self.there.start()

    def check_others(self) -> bool:
        """Raises Refused where something of somebody else is on one of the two: before anything is done to it. What a
        killed run has stopped is started for that; whether there was such a service."""
        stopped = [side for side in self.sides if side.is_left_stopped()]
        _refuse([(side, _foreign(side, self)) for side in self.sides if side not in stopped])
        for side in stopped:
            side.start()
        _refuse([(side, _foreign(side, self)) for side in stopped])
        return bool(stopped)

    def resume(self) -> None:
        """The service of `there` runs again, if a run has left it stopped. Raises Unanswered, RemoteFailure."""
        if self.there.is_left_stopped():
            self.there.start()

    def check_hop(self) -> None:
        """Raises Refused where the name by which the partner is called leads to another server."""
        asked = call("Get-DhcpServerv4Binding", "IPAddress", ComputerName=self.there.name)
        (far,), (near,) = self.here.ask(asked), self.there.ask(call("Get-DhcpServerv4Binding", "IPAddress"))
        addresses = [{str(one["IPAddress"]) for one in said.objects} for said in (far, near)]
        if far.ids or near.ids or addresses[0] != addresses[1]:
            raise Refused(
                f"partner_host: {self.here.computer} does not find it by the name {self.there.name}, or another server "
                f"answers to that ({', '.join([*far.ids, *near.ids]) or 'it has other addresses'}). Correct DNS, and "
                "run again."
            )

    def clean(self) -> Sequence[str]:
        """Nothing of ours is there any more; what was. Raises Refused for what cannot be removed, Unanswered,
        RemoteFailure."""
        removed: list[str] = []
        for side in self.sides:
            if ours := list(_removals(side.ask(*_READS))):
                side.ask(*(operation for _what, several in ours for operation in several))
                if left := [what for what, _operations in _removals(side.ask(*_READS))]:
                    raise Refused(
                        f"On {side.computer}: {few(left)} of an earlier run cannot be removed. Do it by hand."
                    )
                removed += (f"{what} on {side.computer}" for what, _operations in ours)
        return removed


def members(half: Mapping[str, Any]) -> Sequence[str]:
    """Of a relationship: none, one address, or a list."""
    scopes = half["ScopeId"]
    return list(scopes) if isinstance(scopes, (list, tuple)) else [scopes] if scopes else []


def _said(result: Result) -> Said:
    full = tuple(error.id for error in result.errors)
    categories = tuple(error.category for error in result.errors)
    return Said(tuple(one.properties for one in result.objects), tuple(map(short_id, full)), full, categories)


def _expect(said: Said, usual: frozenset[str]) -> None:
    if unusual := sorted(set(said.ids) - usual):
        raise Unanswered(f"a read was refused ({', '.join(unusual)})")


_READS = (
    cmdlets.get_failover(guarded=False),
    cmdlets.get_scopes(guarded=False),
    call("Get-DhcpServerv4Class", "Name Type"),
    call("Get-DhcpServerv4OptionDefinition", "OptionId Name VendorClass", All=True),
)
_USUAL = EMPTY_FAILOVER | NOTHING_THERE
# of which a lab without IPv6 has no cmdlet
_OTHERS = ("Get-DhcpServerv6Scope", "Get-DhcpServerv4MulticastScope")


def _refuse(found: Sequence[tuple[Side, Iterator[str]]]) -> None:
    if foreign := [f"{side.computer} has {what}" for side, several in found for what in several]:
        raise Refused(
            f"These two are in use, and nothing was changed: {few(foreign, between='; ')}. Take servers that have "
            f"no relationship and no scope but those of {NETWORK} whose names begin with {PREFIX}."
        )


def _foreign(side: Side, pair: Bench) -> Iterator[str]:
    """What is not ours: also a relationship of our name with a third server, and options with numbers that we use."""
    other = pair.there if side is pair.here else pair.here
    read = side.ask(*_READS, call("Get-DhcpServerv4OptionValue", "OptionId", All=True), *map(call, _OTHERS))
    halves, scopes, classes, definitions, values, *others = read
    for said in (halves, scopes, classes, definitions, values):
        _expect(said, _USUAL)
    for one in halves.objects:
        partner = str(one["PartnerServer"])
        if not str(one["Name"]).startswith(PREFIX) or not any(map(partial(same_server, partner), other.names)):
            yield f"the relationship '{one['Name']}' with {partner}"
    for one in scopes.objects:
        if not _is_ours(str(one["ScopeId"]), str(one["Name"])):
            yield f"the scope {one['ScopeId']} '{one['Name']}'"
    own = {one["OptionId"] for one in definitions.objects if str(one["Name"]).startswith(PREFIX)}
    used = {one["OptionId"] for said in (definitions, values) for one in said.objects}
    yield from (f"the option {option}" for option in sorted(used - own) if option in _OPTIONS)
    for name, said in zip(_OTHERS, others, strict=True):
        if said.objects:
            yield f"what {name} shows"


def _is_ours(identifier: str, name: str) -> bool:
    return IPv4Address(identifier) in NETWORK and name.startswith(PREFIX)


def _removals(read: Sequence[Said]) -> Iterator[tuple[str, Sequence[Operation]]]:
    """All that is ours on one server, each with what takes it away. A half goes by the API, which asks no partner;
    where that is not there, by the cmdlet. Raises Unanswered where it could not be read."""
    halves, scopes, classes, definitions = read
    for said in read:
        _expect(said, _USUAL)
    for name in (str(one["Name"]) for one in halves.objects):
        if name.startswith(PREFIX):
            yield f"relationship '{name}'", [cmdlets.remove_relationship_here(name), cmdlets.remove_failover(name)]
    for scope in scopes.objects:
        if _is_ours(identifier := str(scope["ScopeId"]), str(scope["Name"])):
            yield f"scope {identifier}", [cmdlets.remove_scope(IPv4Address(identifier))]
    for option in definitions.objects:
        if str(option["Name"]).startswith(PREFIX) and option["OptionId"] in _OPTIONS:
            vendor = {"VendorClass": option["VendorClass"]} if option["VendorClass"] else {}
            each = {"OptionId": [option["OptionId"]], **vendor}
            yield (
                f"option {option['OptionId']}",
                [write(f"Remove-DhcpServerv4Option{what}", **each) for what in ("Value", "Definition")],
            )
    for one in classes.objects:
        if str(one["Name"]).startswith(PREFIX):
            yield f"class '{one['Name']}'", [write("Remove-DhcpServerv4Class", Name=[one["Name"]], Type=one["Type"])]
