# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Add- and Remove-DhcpServerv4FailoverScope, and Invoke-DhcpServerv4FailoverReplication."""

from __future__ import annotations

from ipaddress import IPv4Address

from lab.core import copying
from lab.core.api import CmdletObject
from lab.core.call import Call
from lab.core.errors import Refused
from lab.core.failover import forced_alone, unreachable, view
from lab.core.failover_add import addable_here, addable_there
from lab.core.scopes import delete_scope
from lab.core.server import Relationship, Server

NO_ANSWER = ("WIN32 1722", "WIN32 1753")


def add(call: Call) -> None:
    """C section 5: the relationship is Normal (20120), the scope is only here, and it is copied with everything."""
    half = call.relationship(call.text("Name"), "update_failover")
    peer = call.partner(half)
    if call.world.state(call.server, half) != "Normal":
        raise call.refused("DHCP 20120", "update_failover", name=half.name)
    scopes = addable_here(call, half.name, call.addresses("ScopeId"))
    problem = call.hop(peer)
    if problem:
        if call.half_applied(problem):  # M SCOPEAPI: the local half can already be done
            half.scopes += [scope.scope_id for scope in scopes]
        raise call.refused(unreachable(problem), "update_failover", name=half.name, host=peer.fqdn)
    _counterpart(call, half, peer)
    scopes = addable_there(call, half.name, peer, scopes)

    def here() -> None:
        half.scopes += [scope.scope_id for scope in scopes]

    def there() -> None:
        other = _counterpart(call, half, peer)
        for scope in addable_there(call, half.name, peer, scopes):
            copying.add_copy(scope, peer)
            if scope.scope_id not in other.scopes:
                other.scopes.append(scope.scope_id)

    if scopes:
        call.world.in_turn(here, there)
    call.pass_thru(view(call.world, call.server, half))


def _counterpart(call: Call, half: Relationship, peer: Server) -> Relationship:
    """C DHCPM: 20115 is what a server answers that has no relationship of the name."""
    other = call.world.counterpart(call.server, half)
    if other is None:
        raise call.refused("DHCP 20115", "update_failover", name=half.name, host=peer.fqdn)
    return other


def remove(call: Call) -> None:
    """C PSDOC: kept here with its leases, deleted on the partner. Non-members are reported, the rest is processed.

    Removing the last one leaves an empty relationship on both servers (C WSD / DN338986).
    """
    half = call.relationship(call.text("Name"), "update_failover")
    call.confirm()
    members: list[IPv4Address] = []
    for scope_id in call.addresses("ScopeId"):
        try:
            members.append(member(call, half, scope_id))
        except Refused as refusal:
            call.report(refusal)
    if members:
        _remove_members(call, half, members)
        call.pass_thru(view(call.world, call.server, half))


def member(call: Call, half: Relationship, scope_id: IPv4Address) -> IPv4Address:
    """Itself. C DHCPM 3.2.4.96: refuses a scope that is not there (20005) or is no member (20116)."""
    call.scope(scope_id)
    if scope_id not in half.scopes:
        raise call.refused("DHCP 20116", "remove_failover_scope", scope=scope_id, name=half.name)
    return scope_id


def _remove_members(call: Call, half: Relationship, members: list[IPv4Address]) -> None:
    world, peer = call.world, call.partner(half)
    problem = call.hop(peer)
    forced = problem in NO_ANSWER and forced_alone(call)
    if problem and not forced:
        if call.half_applied(problem):
            leave(half, members)
        raise call.refused(unreachable(problem), "update_failover", name=half.name, host=peer.fqdn)
    carefully = not call.on("Force") and world.switches.force_needed_unless_normal  # U 4.1
    if carefully and world.state(call.server, half) != "Normal":
        raise call.refused("DHCP 20120", "update_failover", name=half.name)
    if forced:  # L 4.1, switch force_removes_when_unreachable: the stale copies stay
        leave(half, members)
        call.warnings.append(f"{peer.fqdn} was not reached: its copies of the scopes are still there.")
        return

    def there() -> None:
        other = world.counterpart(call.server, half)
        for scope_id in members:
            joint = other is not None and scope_id in other.scopes
            if joint or (
                world.switches.orphan_removal_deletes_other_scopes and peer.relationship_of(scope_id) is None
            ):  # U 13.8
                delete_scope(world, peer, scope_id, keep_dns=world.switches.failover_removal_keeps_dns)
        if other is not None:
            leave(other, members)

    world.in_turn(lambda: leave(half, members), there)


def leave(half: Relationship, members: list[IPv4Address]) -> None:
    """These scopes are standalone from now on, on the server of this half."""
    half.scopes[:] = [scope_id for scope_id in half.scopes if scope_id not in members]


def replicate(call: Call) -> None:
    """C PSDOC/WSD: from the server called to its partner, scopes only, overwriting; answers with the scope ids."""
    call.confirm()
    for half, scope_id in _chosen(call):
        try:
            _replicate_one(call, half, scope_id)
        except Refused as refusal:
            call.report(refusal)
        else:
            call.emit([CmdletObject("System.String", {"Value": str(scope_id)})])


def _chosen(call: Call) -> list[tuple[Relationship, IPv4Address]]:
    """By scope (C DHCPM: 20116 for one in no relationship), by relationship, or all relationships of the server."""
    chosen: list[tuple[Relationship, IPv4Address]] = []
    if call.has("ScopeId"):
        for scope_id in call.addresses("ScopeId"):
            half = call.server.relationship_of(scope_id)
            if half is None:
                call.report(call.refused("DHCP 20116", "get_failover_of_scope", scope=scope_id))
            else:
                chosen.append((half, scope_id))
        return chosen
    names = call.texts("Name") or tuple(call.server.relationships)
    for name in names:
        try:
            half = call.relationship(name)
        except Refused as refusal:
            call.report(refusal)
        else:
            chosen += [(half, scope_id) for scope_id in half.scopes]
    return chosen


def _replicate_one(call: Call, half: Relationship, scope_id: IPv4Address) -> None:
    peer = call.partner(half)
    if not call.world.answers(call.server.name, peer.name):
        raise call.refused("DHCP 20122", "replicate", scope=scope_id, host=peer.fqdn)
    problem = call.hop(peer)
    if problem:  # M SCOPEAPI: the text of the measured second-hop failure
        raise call.refused(unreachable(problem), "get_superscope", host=peer.computer_name)
    normal = call.world.state(call.server, half) == "Normal"
    if not normal and call.world.switches.replication_needs_normal:  # L 1.1; the number is C DHCPM
        raise call.refused("DHCP 20120", "replicate", scope=scope_id, host=peer.fqdn)
    _overwrite(call, peer, scope_id)


def _overwrite(call: Call, peer: Server, scope_id: IPv4Address) -> None:
    scope = call.scope(scope_id)
    lacking = copying.lacking(scope, call.server, peer, call.world.switches)
    if lacking and call.world.switches.replication_checks_class:  # L 6
        if call.world.switches.missing_class_leaves_copy:
            before = peer.scopes.get(scope_id)
            copying.half_copy(scope, peer)
            peer.scopes[scope_id].leases = before.leases if before else {}
        raise call.refused(lacking, "replicate", scope=scope_id, host=peer.fqdn)
    copying.overwrite(scope, peer)
