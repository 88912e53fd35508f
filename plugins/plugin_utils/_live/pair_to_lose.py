# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two DHCP servers that may be lost, and what is done to them to see how Windows behaves. Nothing of others is
touched: where there is any, nothing is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address
from typing import Any

from .._model.failover_states import CUT_OFF, NORMAL
from .._model.identity import same_server
from .._model.refusal import Refused
from .._model.texts import few
from .._windows import cmdlets, probes
from .._windows.cmdlets import Operation
from .._windows.errors import EMPTY_FAILOVER, NOTHING_THERE
from .side import NAME, NETWORK, PREFIX, WAIT, Said, Side, Unanswered, add_scope, call, expect, force, scope_id, write

_OPTIONS = (224, 225, 226, 227)  # of private use (RFC 3942)

_READS = (
    cmdlets.get_failover(guarded=False),
    cmdlets.get_scopes(guarded=False),
    call("Get-DhcpServerv4Class", "Name Type"),
    call("Get-DhcpServerv4OptionDefinition", "OptionId Name VendorClass", All=True),
)
_USUAL = EMPTY_FAILOVER | NOTHING_THERE
# of which a lab without IPv6 has no cmdlet
_OTHERS = ("Get-DhcpServerv6Scope", "Get-DhcpServerv4MulticastScope")


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
        """Raises Refused where the name by which the partner is called leads to another server, and RemoteError where
        `here` does not reach it."""
        remote, name = self.here.remote, self.there.name
        probes.check(remote.read(probes.probes(name)).before, remote.host, name, remote.goes_on())
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
        expect(said, _USUAL)
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
        expect(said, _USUAL)
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
