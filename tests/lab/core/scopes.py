# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The cmdlets of scopes and superscopes."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from lab.core.api import CmdletObject, Value
from lab.core.call import Call
from lab.core.errors import Refused
from lab.core.server import UNLIMITED, AddressRange, Scope, Server
from lab.core.world import World

MAX_DELAY = 1000  # C SDK 20092
# Parameter of Set-DhcpServerv4Scope -> field of Scope.
_PLAIN = {
    "Name": "name",
    "Description": "description",
    "State": "state",
    "LeaseDuration": "lease_duration",
    "Type": "type",
    "ActivatePolicies": "activate_policies",
    "Delay": "delay",
    "MaxBootpClients": "max_bootp_clients",
    "NapEnable": "nap_enable",
    "NapProfile": "nap_profile",
    "SuperscopeName": "superscope",
}


def view(scope: Scope) -> CmdletObject:
    return CmdletObject(
        "DhcpServerv4Scope",
        {
            "ScopeId": scope.scope_id,
            "SubnetMask": scope.subnet_mask,
            "StartRange": scope.start_range,
            "EndRange": scope.end_range,
            "Name": scope.name,
            "Description": scope.description,
            "State": scope.state,
            "LeaseDuration": scope.lease_duration,
            "Type": scope.type,
            "ActivatePolicies": scope.activate_policies,
            "Delay": scope.delay,
            "MaxBootpClients": scope.max_bootp_clients,
            "NapEnable": scope.nap_enable,
            "NapProfile": scope.nap_profile,
            "SuperscopeName": scope.superscope,
        },
    )


def get(call: Call) -> None:
    if not call.has("ScopeId"):
        call.emit(view(scope) for _id, scope in sorted(call.server.scopes.items()))
        return
    for scope_id in call.addresses("ScopeId"):
        try:
            call.emit([view(call.scope(scope_id))])
        except Refused as refusal:
            call.report(refusal)


def add(call: Call) -> None:
    """C PSDOC: the scope id follows from the start of the range and the mask. M WEAVE: an existing one is 20052."""
    mask, start, end = (call.need_address(name) for name in ("SubnetMask", "StartRange", "EndRange"))
    scope_id = IPv4Address(int(start) & int(mask))
    scope = Scope(scope_id, mask, start, end, call.text("Name"))
    for name, attribute in _PLAIN.items():
        if call.has(name):
            setattr(scope, attribute, _given(call, name))
    if scope_id in call.server.scopes:
        raise call.refused("DHCP 20052", "add_scope", scope=scope_id)
    check(call, scope, "add_scope")
    call.server.scopes[scope_id] = scope
    call.pass_thru(view(scope))


def set_(call: Call) -> None:
    """Only the server called changes, also for a scope in failover: drift until replicated (C WSD 6, 12.7)."""
    scope = call.scope(call.need_address("ScopeId"))
    values: dict[str, Any] = {field: _given(call, name) for name, field in _PLAIN.items() if call.has(name)}
    start, end = call.address("StartRange"), call.address("EndRange")
    changed = replace(scope, **values, start_range=start or scope.start_range, end_range=end or scope.end_range)
    if call.server.relationship_of(scope.scope_id) is not None:
        if changed.type != "Dhcp" and call.world.refuses_bootp(call.server):  # C SDK
            raise call.refused("DHCP 20129", "get_scope", scope=scope.scope_id)
        answer = call.world.switches.range_change_on_member  # U 14
        if changed.range() != scope.range() and answer != "drift":
            raise call.refused(answer, "get_scope", scope=scope.scope_id)
    check(call, changed, "get_scope")
    call.server.scopes[scope.scope_id] = changed
    call.pass_thru(view(changed))


def remove(call: Call) -> None:
    """C DHCPM: a scope in failover is refused with 20113. Without -Force one with leases is, too
    (C DHCPM 2.2.1.1.9: then nothing is deleted; L SDK: the id)."""
    for scope_id in call.addresses("ScopeId"):
        try:
            scope = call.scope(scope_id)
            if call.server.relationship_of(scope_id) is not None:
                raise call.refused("DHCP 20113", "get_scope", scope=scope_id)
            if scope.leases and not call.on("Force"):
                raise call.refused(call.world.switches.leased_scope_error, "get_scope", scope=scope_id)
        except Refused as refusal:
            call.report(refusal)
        else:
            # C 4.1: DhcpFullForce takes the clients' DNS records along.
            delete_scope(call.world, call.server, scope_id, keep_dns=False)
            call.pass_thru(view(scope))


def delete_scope(world: World, server: Server, scope_id: IPv4Address, *, keep_dns: bool) -> None:
    """The scope with its leases, reservations and options. Nothing happens if it is not there."""
    scope = server.scopes.pop(scope_id, None)
    if scope is not None and not keep_dns:
        hosts = sorted(lease.host_name for lease in scope.leases.values() if lease.host_name)
        world.lost_dns += [f"{host} on {server.name}" for host in hosts]


def get_superscopes(call: Call) -> None:
    names = sorted({scope.superscope for scope in call.server.scopes.values()}, key=str.lower)
    wanted = call.texts("SuperscopeName")
    for name in wanted:
        if name.lower() not in (one.lower() for one in names if one):
            call.report(call.refused(call.world.switches.unknown_superscope_error, "get_superscope"))  # L SDK
    for name in names:
        if name.lower() in (one.lower() for one in wanted) if wanted else name:
            members = sorted(scope.scope_id for scope in call.server.scopes.values() if scope.superscope == name)
            about: dict[str, Value] = {"SuperscopeName": name, "ScopeId": tuple(members)}
            call.emit([CmdletObject("DhcpServerv4Superscope", about)])


def _given(call: Call, name: str) -> Any:
    value = call.parameters[name]
    return True if name == "ActivatePolicies" and value is None else value  # C PSDOC: on by default


def check(call: Call, scope: Scope, text: str) -> None:
    """C SDK: 20023 for a range that is empty, leaves the subnet or overlaps, 20092 for a delay over 1000 ms."""
    wide = not scope.in_subnet(scope.start_range) or not scope.in_subnet(scope.end_range)
    others = (other for key, other in call.server.scopes.items() if key != scope.scope_id)
    if wide or scope.start_range > scope.end_range or any(scope.range().overlaps(other.range()) for other in others):
        raise call.refused("DHCP 20023", text, scope=scope.scope_id)
    if not 0 <= scope.delay <= MAX_DELAY:
        raise call.refused("DHCP 20092", text, scope=scope.scope_id)
    if not 0 <= scope.max_bootp_clients <= UNLIMITED:
        raise call.refused("WIN32 87", text, scope=scope.scope_id)


# --- exclusions ------------------------------------------------------------------------------------------------------


def exclusion_view(scope: Scope, excluded: AddressRange) -> CmdletObject:
    about = {"ScopeId": scope.scope_id, "StartRange": excluded.start, "EndRange": excluded.end}
    return CmdletObject("DhcpServerv4ExclusionRange", about)


def get_exclusions(call: Call) -> None:
    """Without -ScopeId those of all scopes in one call (C STUB)."""
    if not call.has("ScopeId"):
        call.report_none([excluded for scope in call.server.scopes.values() for excluded in scope.exclusions])
    for scope_id in call.addresses("ScopeId") or sorted(call.server.scopes):
        try:
            scope = call.scope(scope_id)
        except Refused as refusal:
            call.report(refusal)
        else:
            call.emit(exclusion_view(scope, excluded) for excluded in sorted(scope.exclusions))


def add_exclusion(call: Call) -> None:
    """M WEAVE: an invalid or overlapping one is 20023, InvalidData."""
    scope = call.scope(call.need_address("ScopeId"))
    excluded = AddressRange(call.need_address("StartRange"), call.need_address("EndRange"))
    outside = not scope.range().holds(excluded.start) or not scope.range().holds(excluded.end)
    overlaps = any(excluded.overlaps(other) for other in scope.exclusions)
    if excluded.start > excluded.end or outside or overlaps:
        raise call.refused("DHCP 20023", "add_exclusion", scope=scope.scope_id, start=excluded.start, end=excluded.end)
    scope.exclusions.append(excluded)
    call.pass_thru(exclusion_view(scope, excluded))


def remove_exclusion(call: Call) -> None:
    """C PSDOC: without a range all of the scope's."""
    scope = call.scope(call.need_address("ScopeId"))
    start, end = call.address("StartRange"), call.address("EndRange")
    gone = [one for one in scope.exclusions if start in (None, one.start) and end in (None, one.end)]
    if start is not None and not gone:
        raise call.fail("DHCP 20023", "delete exclusion range of", scope.scope_id)
    scope.exclusions = [one for one in scope.exclusions if one not in gone]
    call.pass_thru(*(exclusion_view(scope, one) for one in gone))
