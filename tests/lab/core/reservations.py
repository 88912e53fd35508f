# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reservations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address

from lab.core.api import CmdletObject
from lab.core.call import Call
from lab.core.errors import Refused
from lab.core.identities import same
from lab.core.server import Reservation, Scope


def client_id(call: Call, text: str) -> str:
    """A client id as the module shows it: dashes between the bytes, in lower case (L POSTS)."""
    digits = re.sub(r"[-:.\s]", "", text).lower()
    if not re.fullmatch(r"(?:[0-9a-f]{2})+", digits):
        return text
    digits = digits.upper() if call.world.switches.client_ids_show == "upper" else digits
    return "-".join(digits[index : index + 2] for index in range(0, len(digits), 2))


def view(scope: Scope, reservation: Reservation) -> CmdletObject:
    active = reservation.ip in scope.leases
    return CmdletObject(
        "DhcpServerv4Reservation",
        {
            "IPAddress": reservation.ip,
            "ScopeId": scope.scope_id,
            "ClientId": reservation.client_id,
            "Name": reservation.name,
            "Type": reservation.type,
            "Description": reservation.description,
            "AddressState": "ActiveReservation" if active else "InactiveReservation",
        },
    )


def find(call: Call, address: IPv4Address) -> tuple[Scope, Reservation]:
    """Raises Refused: no reserved client (C SDK: 20018, of options; L SDK: of all else)."""
    for scope in call.server.scopes.values():
        if address in scope.reservations:
            return scope, scope.reservations[address]
    raise call.fail(call.world.switches.no_reservation_error, "get reservation", address)


def get(call: Call) -> None:
    call.emit(view(scope, one) for scope, one in _chosen(call))


def add(call: Call) -> None:
    """C SDK: 20022 the address is reserved, 20014 the client has one here, 20023 outside of the subnet. C KB196066: one
    in an exclusion is taken, and one outside of the range."""
    scope = call.scope(call.need_address("ScopeId"))
    address, client = call.need_address("IPAddress"), client_id(call, call.text("ClientId"))
    if not scope.in_subnet(address):
        raise call.fail("DHCP 20023", "add reservation", address)
    if address in scope.reservations:
        raise call.fail("DHCP 20022", "add reservation", address)
    if any(same(one.client_id, client) for one in scope.reservations.values()):
        raise call.fail("DHCP 20014", "add reservation", address)
    reservation = Reservation(address, client, call.text("Name"), call.text("Description"), call.text("Type", "Both"))
    scope.reservations[address] = reservation
    call.pass_thru(view(scope, reservation))


def set_(call: Call) -> None:
    """C SDK: 20014 the client has one here."""
    scope, reservation = find(call, call.need_address("IPAddress"))
    if call.has("ClientId"):
        client = client_id(call, call.text("ClientId"))
        if any(same(one.client_id, client) and one is not reservation for one in scope.reservations.values()):
            raise call.fail("DHCP 20014", "set reservation", reservation.ip)
        reservation.client_id = client
    for name, attribute in {"Name": "name", "Description": "description", "Type": "type"}.items():
        if call.has(name):
            setattr(reservation, attribute, call.text(name))
    call.pass_thru(view(scope, reservation))


def remove(call: Call) -> None:
    for scope, reservation in list(_chosen(call)):
        shown = view(scope, reservation)
        del scope.reservations[reservation.ip]
        call.pass_thru(shown)


def _chosen(call: Call) -> Iterator[tuple[Scope, Reservation]]:
    """By address, by client id within a scope, or all of a scope; missing ones are reported."""
    if call.has("IPAddress"):
        for address in call.addresses("IPAddress"):
            try:
                yield find(call, address)
            except Refused as refusal:
                call.report(refusal)
        return
    scope = call.scope(call.need_address("ScopeId"))
    by_client = {one.client_id.lower(): one for one in scope.reservations.values()}
    for client in (client_id(call, one) for one in call.texts("ClientId")):
        if client.lower() in by_client:
            yield scope, by_client[client.lower()]
        else:
            call.report(call.fail(call.world.switches.no_reservation_error, "get reservation", client))
    if not call.has("ClientId"):
        call.report_none(scope.reservations)
        yield from ((scope, one) for _id, one in sorted(scope.reservations.items()))
