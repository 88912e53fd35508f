# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Creates scopes with all that is in them, and reads of scopes what a definition says: options, exclusions,
reservations, delay.

An export would tell all of it too, by more calls inside, and fails over a scope that is not there; these reads are sent
before it is known whether the scopes are. -Force of Set-DhcpServerv4OptionValue skips the validation of DNS servers and
nothing else (its documentation); without it a server that is switched off, or that only clients reach, would leave the
scope half made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from .._model import durations
from .._model.scope import ScopeSpec
from .._model.scope_details import Exclusion, OptionValue, Reservation, ScopeDetails, shown_client
from . import cmdlets
from .cmdlets import Operation
from .errors import NO_SUCH_SCOPE, NOTHING_THERE
from .remote_error import RemoteError, error_ids
from .reply import ReplyObject, Result

_OPTION_PROPERTIES = ("OptionId", "Value", "VendorClass", "UserClass", "PolicyName")
_RESERVATION_PROPERTIES = ("IPAddress", "ClientId", "Name", "Description", "Type")


# --- writes ----------------------------------------------------------------------------------------------------------


def add_scope(spec: ScopeSpec) -> Operation:
    """Creates a scope here, out of service, with Windows' defaults; its id follows from range and mask."""
    parameters: dict[str, Any] = {
        "StartRange": str(spec.start_range),
        "EndRange": str(spec.end_range),
        "SubnetMask": str(spec.subnet_mask),
        "Name": spec.name,
        "State": "InActive",  # it serves when both servers have it
        "Type": "Dhcp",  # the only type that every version takes into failover
    }
    if spec.description:
        parameters["Description"] = spec.description
    if spec.lease_duration is not None:
        parameters["LeaseDuration"] = durations.lease_timespan(spec.lease_duration)
    if spec.details.delay is not None:
        parameters["Delay"] = spec.details.delay
    return cmdlets.quiet("add_scope", "Add-DhcpServerv4Scope", parameters)


def complete(scope: IPv4Address, details: ScopeDetails) -> tuple[Operation, ...]:
    """Gives a scope here exclusions, reservations and options."""
    return (
        *(_add_exclusion(scope, exclusion) for exclusion in details.exclusions),
        *(_add_reservation(scope, reservation) for reservation in details.reservations),
        *(_set_option(scope, option) for option in details.options),
    )


def _add_exclusion(scope: IPv4Address, exclusion: Exclusion) -> Operation:
    parameters = {"ScopeId": str(scope), "StartRange": str(exclusion.start), "EndRange": str(exclusion.end)}
    return cmdlets.quiet("add_exclusion", "Add-DhcpServerv4ExclusionRange", parameters)


def _add_reservation(scope: IPv4Address, reservation: Reservation) -> Operation:
    said = {
        "Name": reservation.name,
        "Description": reservation.description,
        "Type": reservation.type,
    }
    parameters = {"ScopeId": str(scope), "IPAddress": str(reservation.ip), "ClientId": reservation.client_id}
    parameters.update({name: value for name, value in said.items() if value})
    return cmdlets.quiet("add_reservation", "Add-DhcpServerv4Reservation", parameters)


def _set_option(scope: IPv4Address, option: OptionValue) -> Operation:
    parameters: dict[str, Any] = {
        "ScopeId": str(scope),
        "OptionId": option.option_id,
        "Value": list(option.values),
        "Force": True,
    }
    classes = {"VendorClass": option.vendor_class, "UserClass": option.user_class}
    parameters.update({name: value for name, value in classes.items() if value})
    return cmdlets.quiet("set_option", "Set-DhcpServerv4OptionValue", parameters)


# --- reads -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DetailsRead:
    """Of which scopes what is read."""

    options: frozenset[IPv4Address] = frozenset()
    exclusions: frozenset[IPv4Address] = frozenset()
    reservations: frozenset[IPv4Address] = frozenset()
    delays: frozenset[IPv4Address] = frozenset()

    @staticmethod
    def of(specs: Iterable[ScopeSpec]) -> DetailsRead:
        """What is said of the scopes by their definitions."""
        said = [(spec.scope_id, spec.details) for spec in specs]
        return DetailsRead(
            frozenset(scope for scope, details in said if details.options),
            frozenset(scope for scope, details in said if details.exclusions),
            frozenset(scope for scope, details in said if details.reservations),
            frozenset(scope for scope, details in said if details.delay is not None),
        )

    @property
    def scopes(self) -> frozenset[IPv4Address]:
        """All of them."""
        return self.options | self.exclusions | self.reservations | self.delays

    def __bool__(self) -> bool:
        return bool(self.scopes)

    def merged(self, other: DetailsRead) -> DetailsRead:
        """What both read."""
        return DetailsRead(
            self.options | other.options,
            self.exclusions | other.exclusions,
            self.reservations | other.reservations,
            self.delays | other.delays,
        )


def reads(wanted: DetailsRead) -> Sequence[Operation]:
    """One read for each scope's options and for its reservations, which Windows tells of one at a time; one of all
    exclusions, and one of all delays."""
    return (
        *map(_get_options, sorted(wanted.options)),
        *map(_get_reservations, sorted(wanted.reservations)),
        *([get_exclusions()] if wanted.exclusions else []),
        *([_get_delays()] if wanted.delays else []),
    )


def _get_options(scope: IPv4Address) -> Operation:
    parameters = {"ScopeId": str(scope), "All": True, "Brief": True}  # without their names, which cost a call each
    return cmdlets.unguarded(f"options_{scope}", "Get-DhcpServerv4OptionValue", parameters, _OPTION_PROPERTIES)


def _get_reservations(scope: IPv4Address) -> Operation:
    parameters = {"ScopeId": str(scope)}
    return cmdlets.unguarded(
        f"reservations_{scope}", "Get-DhcpServerv4Reservation", parameters, _RESERVATION_PROPERTIES
    )


def get_exclusions(computer: str | None = None) -> Operation:
    """Those of all scopes, of this server or of another one over a second hop."""
    properties = ("ScopeId", "StartRange", "EndRange")
    call_id = cmdlets.call_id_of("exclusions", computer)
    return cmdlets.unguarded(call_id, "Get-DhcpServerv4ExclusionRange", cmdlets.at(computer), properties)


def exclusions(objects: Iterable[ReplyObject]) -> Mapping[IPv4Address, tuple[Exclusion, ...]]:
    """By scope, in the order in which they are told. Raises UnexpectedReply."""
    told: dict[IPv4Address, tuple[Exclusion, ...]] = {}
    for one in objects:
        scope = one.address("ScopeId")
        told[scope] = (*told.get(scope, ()), Exclusion(one.address("StartRange"), one.address("EndRange")))
    return told


def _get_delays() -> Operation:
    return cmdlets.unguarded("delays", "Get-DhcpServerv4Scope", {}, ("ScopeId", "Delay"))


def details(wanted: DetailsRead, answers: Sequence[Result], host: str) -> Mapping[IPv4Address, ScopeDetails]:
    """What the answers to `reads` say of the scopes, also of those that are not there. Raises RemoteError and
    UnexpectedReply."""
    found = dict(zip((operation["id"] for operation in reads(wanted)), answers, strict=True))
    told = {scope: ScopeDetails() for scope in sorted(wanted.scopes)}
    for scope in wanted.options:
        values = tuple(_option(one) for one in _objects(found[f"options_{scope}"], host))
        told[scope] = replace(told[scope], options=values)
    for scope in wanted.reservations:
        reserved = tuple(_reservation(one) for one in _objects(found[f"reservations_{scope}"], host))
        told[scope] = replace(told[scope], reservations=reserved)
    if wanted.exclusions:
        for scope, excluded in exclusions(_objects(found["exclusions"], host)).items():
            if scope in wanted.exclusions:
                told[scope] = replace(told[scope], exclusions=excluded)
    for one in _objects(found["delays"], host) if wanted.delays else ():
        if (scope := one.address("ScopeId")) in wanted.delays:
            told[scope] = replace(told[scope], delay=one.number("Delay"))
    return told


def _objects(answer: Result, host: str) -> Sequence[ReplyObject]:
    if answer.errors and not error_ids(answer) <= NO_SUCH_SCOPE | NOTHING_THERE:
        raise RemoteError(answer, host)
    return answer.objects


def _option(value: ReplyObject) -> OptionValue:
    """That of a user class may be shown as the value of a policy of its name, which Windows makes of it (its
    documentation)."""
    user = value.optional_text("PolicyName") or value.optional_text("UserClass") or ""
    return OptionValue(value.number("OptionId"), value.texts("Value"), value.optional_text("VendorClass") or "", user)


def _reservation(reserved: ReplyObject) -> Reservation:
    return Reservation(
        reserved.address("IPAddress"),
        shown_client(reserved.text("ClientId")),
        reserved.text("Name"),
        reserved.text("Description"),
        reserved.text("Type"),
    )
