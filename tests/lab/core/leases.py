# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Leases and the statistics of scopes."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from lab.core.api import CmdletObject, Value
from lab.core.call import Call
from lab.core.errors import Refused
from lab.core.failover import role
from lab.core.identities import same
from lab.core.reservations import client_id
from lab.core.server import Lease, Relationship, Reservation, Scope, Server

CURRENT = ("Active", "ActiveReservation", "InactiveReservation")  # C PSDOC: what -AllLeases adds to


def view(server: Server, scope: Scope, lease: Lease) -> CmdletObject:
    return CmdletObject(
        "DhcpServerv4Lease",
        {
            "IPAddress": lease.ip,
            "ScopeId": scope.scope_id,
            "ClientId": lease.client_id,
            "HostName": lease.host_name,
            "AddressState": lease.address_state,
            "LeaseExpiryTime": lease.expires,
            "ClientType": lease.client_type,
            "Description": lease.description,
            "DnsRegistration": lease.dns_registration,
            "DnsRR": lease.dns_rr,
            "PolicyName": lease.policy_name,
            "ServerIP": server.ip,
        },
    )


def get(call: Call) -> None:
    for scope, lease in _chosen(call):
        if not call.has("ScopeId") or call.on("AllLeases") or call.on("BadLeases") or lease.address_state in CURRENT:
            call.emit([view(call.server, scope, lease)])


def add(call: Call) -> None:
    """C SDK 20014: the address or the client has a lease here, and a reservation counts as one (C MIG).

    In failover the partner gets it too (C WSD 6).
    """
    scope = call.scope(call.need_address("ScopeId"))
    address, client = call.need_address("IPAddress"), client_id(call, call.text("ClientId"))
    if not scope.in_subnet(address):
        raise call.fail("DHCP 20011", "add lease", address)
    known: dict[IPv4Address, Lease | Reservation] = {**scope.reservations, **scope.leases}
    if address in known or any(same(one.client_id, client) for one in known.values()):
        raise call.fail("DHCP 20014", "add lease", address)
    lease = Lease(
        address,
        client,
        host_name=call.text("HostName"),
        description=call.text("Description"),
        address_state=call.text("AddressState", "Active"),
        client_type=call.text("ClientType", "Dhcp"),
        expires=call.moment("LeaseExpiryTime") or call.world.now(call.server.name) + scope.lease_duration,
        policy_name=call.text("PolicyName"),
        dns_rr=call.text("DnsRR", "NoRegistration"),
        dns_registration=call.text("DnsRegistration", "NotApplicable"),
    )
    for copy in _copies(call, scope):
        copy.leases[address] = lease
    call.pass_thru(view(call.server, scope, lease))


def remove(call: Call) -> None:
    for scope, lease in list(_chosen(call)):
        for copy in _copies(call, scope):
            copy.leases.pop(lease.ip, None)
        call.pass_thru(view(call.server, scope, lease))


def _copies(call: Call, scope: Scope) -> list[Scope]:
    """This server's scope, and the partner's while the two talk: leases are all that failover sends by itself (C
    WSD)."""
    half = call.server.relationship_of(scope.scope_id)
    if half is None:
        return [scope]
    if call.world.state(call.server, half) != "Normal":
        half.behind = True
        return [scope]
    other = call.world.servers[half.peer].scopes.get(scope.scope_id)
    return [scope] if other is None else [scope, other]


def _chosen(call: Call) -> Iterator[tuple[Scope, Lease]]:
    """By address, by client id within a scope, the bad ones of a scope, or all of a scope; missing ones are reported (L
    SDK)."""
    if call.has("IPAddress"):
        for address in call.addresses("IPAddress"):
            try:
                yield _find(call, address)
            except Refused as refusal:
                call.report(refusal)
        return
    if not call.has("ScopeId"):  # -BadLeases may come without a scope
        scopes = [scope for _id, scope in sorted(call.server.scopes.items())]
    else:
        scopes = [call.scope(call.need_address("ScopeId"))]
    wanted = tuple(client_id(call, one).lower() for one in call.texts("ClientId"))
    found = set()
    for scope in scopes:
        for lease in call.world.leases(call.server, scope):
            bad = lease.address_state == "Declined"
            if (not wanted or lease.client_id.lower() in wanted) and (bad or not call.on("BadLeases")):
                found.add(lease.client_id.lower())
                yield scope, lease
    for client in wanted:
        if client not in found:
            answer = call.world.switches.no_lease_error
            call.report(call.fail("DHCP 20016" if answer == "by_key" else answer, "get lease", client))


def _find(call: Call, address: IPv4Address) -> tuple[Scope, Lease]:
    """L SDK: 20011 for an address without one."""
    for scope in call.server.scopes.values():
        for lease in call.world.leases(call.server, scope):
            if lease.ip == address:
                return scope, lease
    answer = call.world.switches.no_lease_error
    raise call.fail("DHCP 20011" if answer == "by_key" else answer, "get lease", address)


def get_statistics(call: Call) -> None:
    for scope_id in call.addresses("ScopeId") or sorted(call.server.scopes):
        try:
            call.emit([_statistics(call, call.scope(scope_id))])
        except Refused as refusal:
            call.report(refusal)


def _statistics(call: Call, scope: Scope) -> CmdletObject:
    """C WIN32: the properties, and that the split between the servers comes with -Failover for a scope in failover
    only.

    "Ownership of the free pool" goes by the percent, so do the leases of LoadBalance; in HotStandby all are the active
    server's (I WIN32, switch statistics_split). What one server calls its own is what the other calls its partner's."""
    excluded = sum(one.size() for one in scope.exclusions)
    in_use = sum(scope.range().holds(one.ip) for one in scope.leases.values())
    free = max(0, scope.range().size() - excluded - in_use)
    half = call.server.relationship_of(scope.scope_id) if call.on("Failover") else None
    free_here, free_there = _split(call, half, free) if half else (None, None)
    used_here, used_there = _used(call, half, in_use) if half else (None, None)
    about: dict[str, Value] = {
        "ScopeId": scope.scope_id,
        "AddressesFree": free,
        "AddressesFreeOnThisServer": free_here,
        "AddressesFreeOnPartnerServer": free_there,
        "AddressesInUse": in_use,
        "AddressesInUseOnThisServer": used_here,
        "AddressesInUseOnPartnerServer": used_there,
        "PendingOffers": 0,
        "PercentageInUse": round(100 * in_use / (free + in_use), 2) if free + in_use else 0.0,
        "ReservedAddress": len(scope.reservations),
        "SuperscopeName": scope.superscope,
    }
    return CmdletObject("DhcpServerv4ScopeStatistics", about)


def _split(call: Call, half: Relationship, number: int) -> tuple[int, int]:
    """(this server's, the partner's) of the addresses, by the percentage of the relationship (I WIN32)."""
    if call.world.switches.statistics_split == "all_here":
        return number, 0
    owns_percentage = (
        half.primary == call.server.name if half.mode == "LoadBalance" else role(call.server, half) == "Standby"
    )
    part = number * half.percentage // 100
    return (part, number - part) if owns_percentage else (number - part, part)


def _used(call: Call, half: Relationship, number: int) -> tuple[int, int]:
    if half.mode == "LoadBalance" or call.world.switches.statistics_split == "all_here":
        return _split(call, half, number)
    return (number, 0) if role(call.server, half) == "Active" else (0, number)
