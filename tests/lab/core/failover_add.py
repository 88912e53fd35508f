# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Add-DhcpServerv4Failover, and the checks it shares with adding a scope to a relationship."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address

from lab.core import copying
from lab.core.call import Call
from lab.core.errors import Refused
from lab.core.failover import DEFAULT_PERCENT, lead_time, timing, unreachable, view
from lab.core.server import Relationship, Scope, Server
from lab.core.world import MAX_CLOCK_DIFFERENCE

MAX_NAME = 126  # C DN338986 / DHCPM
MAX_RELATIONSHIPS = 31  # C DHCPM / DN, empty ones count
OLDEST_OS = (6, 2)  # C 7: Windows Server 2012

CheckScope = Callable[[IPv4Address], Scope]


def add(call: Call) -> None:
    """12.1: checks on this server, the second hop, checks on the partner, then both halves and the scopes' copies."""
    if call.has("SharedSecret"):
        call.confirm()  # C PSDOC: -Force suppresses the plain-text confirmation
    name, scope_ids = call.text("Name"), call.addresses("ScopeId")
    partner = _partner(call, name)
    half = _new_half(call, name, partner)
    _check_name_and_limit(call, call.server, name)
    scopes = addable_here(call, name, scope_ids)
    problem = call.hop(partner)
    if problem:
        if call.half_applied(problem):
            call.server.relationships[name] = replace(half, scopes=[scope.scope_id for scope in scopes])
        raise call.refused(unreachable(problem), "update_failover", name=name, host=partner.fqdn)
    _check_partner(call, name, partner)
    scopes = addable_there(call, name, partner, scopes)
    if scopes:
        half.scopes = [scope.scope_id for scope in scopes]

        def here() -> None:
            call.server.relationships[name] = half

        def there() -> None:
            _check_partner(call, name, partner)
            came = addable_there(call, name, partner, scopes)
            partner.relationships[name] = call.world.mirror(call.server, half)
            for scope in came:
                copying.add_copy(scope, partner)

        call.world.in_turn(here, there)
        call.pass_thru(view(call.world, call.server, half))


def _partner(call: Call, name: str) -> Server:
    if len(name) > MAX_NAME:
        raise call.refused("DHCP 20125", "add_failover", name=name)
    partner = call.world.find(call.text("PartnerServer"), call.here)
    if partner is None:  # C SDK 20124
        raise call.refused("DHCP 20124", "add_failover", name=name)
    if partner is call.server:  # C 7: a relationship is exactly two servers; U 7: the id
        raise call.refused(call.world.switches.own_partner_error, "add_failover", name=name)
    return partner


def _new_half(call: Call, name: str, partner: Server) -> Relationship:
    """C STUB: the parameter set chooses the mode; there is no -Mode."""
    standby_set = call.has("ServerRole") or call.has("ReservePercent")
    if standby_set and call.has("LoadBalancePercent"):
        raise call.refused("WIN32 87", "add_failover", name=name)  # a binding error at any proper door
    mode = "HotStandby" if standby_set else "LoadBalance"
    standby = call.text("ServerRole", "Active") == "Standby"
    # I section 12: created as Standby, the partner is the primary (and so the Active one).
    swapped = standby and call.world.switches.standby_creator == "secondary"
    share = call.number("LoadBalancePercent", DEFAULT_PERCENT[mode])
    secret = call.text("SharedSecret")
    polls = call.world.switches.settle_polls
    given, called = _stored_address(call, partner), _stored_name(call)
    return Relationship(
        name=name,
        peer=partner.name,
        partner_server=call.text("PartnerServer"),  # C/M SCOPEAPI: verbatim
        primary=partner.name if swapped else call.server.name,
        secondary=call.server.name if swapped else partner.name,
        mode=mode,
        percentage=call.number("ReservePercent", DEFAULT_PERCENT[mode]) if standby_set else share,
        active="secondary" if standby and not swapped else "primary",
        mclt=lead_time(call, "add_failover", name, timedelta(hours=1)),
        safe_period=timing(call, "add_failover", name, None),
        secret=call.world.hash_secret(secret) if secret else None,  # C PSDOC: none given, authentication off
        state="Startup" if polls else "Normal",
        polls_left=polls,
        primary_ip=given if swapped else None,
        secondary_ip=None if swapped else given,
        primary_name=called if swapped else "",
        secondary_name="" if swapped else called,
    )


def _stored_address(call: Call, partner: Server) -> IPv4Address | None:
    """U: of a partner with several; None: the one that DHCP is bound to."""
    if call.world.switches.stored_partner_address == "bound":
        return None
    (first, *_others) = call.world.resolve(call.text("PartnerServer"), call.here)
    address = IPv4Address(first)
    return None if address == partner.ip else address


def _stored_name(call: Call) -> str:
    """U: what a relationship calls its partner; "": as that calls itself."""
    return call.text("PartnerServer") if call.world.switches.stored_partner_name == "given" else ""


def _check_name_and_limit(call: Call, server: Server, name: str) -> None:
    if call.world.relationship(server, name) is not None:  # C DHCPM: unique on both servers
        raise call.refused("DHCP 20114", "add_failover", name=name, host=server.computer_name)
    if len(server.relationships) >= MAX_RELATIONSHIPS:
        raise call.refused("DHCP 20128", "add_failover", name=name, host=server.computer_name)


def _check_partner(call: Call, name: str, partner: Server) -> None:
    if partner.version() < OLDEST_OS:  # C SDK 20118
        raise call.refused("DHCP 20118", "add_failover", name=name)
    if abs(call.world.now(call.server.name) - call.world.now(partner.name)) > MAX_CLOCK_DIFFERENCE:  # C SDK 20119
        # The two readings are not simultaneous with a real clock; the offsets differ by far more than that.
        raise call.refused("DHCP 20119", "add_failover", name=name)
    _check_name_and_limit(call, partner, name)


def addable_here(call: Call, name: str, scope_ids: tuple[IPv4Address, ...]) -> list[Scope]:
    """The scopes that this server can give to a relationship; the others are reported. Raises if none is left.

    C SDK: 20130 for too many in one call (their number: U 5).
    """
    if len(scope_ids) > call.world.switches.add_scopes_max:
        raise call.refused("DHCP 20130", "add_failover_scope", name=name, scope=scope_ids[0])
    return _good_ones(call, scope_ids, lambda scope_id: _check_here(call, name, scope_id))


def _check_here(call: Call, name: str, scope_id: IPv4Address) -> Scope:
    """C SDK: 20005 not there, 20113 already in a relationship, 20131 serves BOOTP."""
    scope = call.scope(scope_id)
    if call.server.relationship_of(scope_id) is not None:
        raise call.refused("DHCP 20113", "add_failover_scope", scope=scope_id, name=name)
    if scope.type != "Dhcp" and call.world.refuses_bootp(call.server):
        raise call.refused("DHCP 20131", "add_failover_scope", scope=scope_id, name=name)
    return scope


def addable_there(call: Call, name: str, partner: Server, scopes: list[Scope]) -> list[Scope]:
    """The same for the partner: not there yet (M SCOPEAPI; its id U, switch
    scope_exists_error_id), no overlap (C DN338982), classes known (L 5, switch add_checks_class)."""
    by_id = {scope.scope_id: scope for scope in scopes}
    return _good_ones(call, tuple(by_id), lambda scope_id: _check_there(call, name, partner, by_id[scope_id]))


def _check_there(call: Call, name: str, partner: Server, scope: Scope) -> Scope:
    switches = call.world.switches
    taken = scope.scope_id in partner.scopes
    if taken or any(scope.range().overlaps(other.range()) for other in partner.scopes.values()):
        raise call.refused(switches.scope_exists_error_id, "scope_on_partner", scope=scope.scope_id, host=partner.fqdn)
    lacking = copying.lacking(scope, call.server, partner, call.world.switches)
    if lacking and switches.add_checks_class:
        if switches.missing_class_leaves_copy:  # U 5
            copying.half_copy(scope, partner)
        raise call.refused(lacking, "add_failover_scope", scope=scope.scope_id, name=name, host=partner.fqdn)
    return scope


def _good_ones(call: Call, scope_ids: tuple[IPv4Address, ...], check: CheckScope) -> list[Scope]:
    """U 14: whether one bad scope stops the good ones (switch one_bad_scope_stops_good_ones)."""
    good: list[Scope] = []
    refusals: list[Refused] = []
    for scope_id in scope_ids:
        try:
            good.append(check(scope_id))
        except Refused as refusal:
            refusals.append(refusal)
    stop = bool(refusals) and (not good or call.world.switches.one_bad_scope_stops_good_ones)
    for refused in refusals[:-1] if stop else refusals:
        call.report(refused)
    if stop:
        raise refusals[-1]
    return good
