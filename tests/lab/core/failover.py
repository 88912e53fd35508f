# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Get-, Set- and Remove-DhcpServerv4Failover. Adding one is in failover_add.py, its scopes in failover_scopes.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from lab.core.api import CmdletObject
from lab.core.call import Call
from lab.core.errors import Refused
from lab.core.scopes import delete_scope
from lab.core.server import Relationship, Server
from lab.core.world import World

DEFAULT_PERCENT = {"LoadBalance": 50, "HotStandby": 5}  # C PSDOC
DEFAULT_INTERVAL = timedelta(minutes=60)  # C DN338985
# what a parameter of Set is about (C DHCPM: one percentage, one safe period)
_FIELDS = {
    "Mode": frozenset({"mode", "active"}),
    "LoadBalancePercent": frozenset({"percentage"}),
    "ReservePercent": frozenset({"percentage"}),
    "MaxClientLeadTime": frozenset({"mclt"}),
    "AutoStateTransition": frozenset({"safe_period"}),
    "StateSwitchInterval": frozenset({"safe_period"}),
    "SharedSecret": frozenset({"secret"}),
}


def view(world: World, server: Server, half: Relationship) -> CmdletObject:
    """C WIN32, section 2: 17 properties; percents and role are null in the other mode."""
    is_primary = half.primary == server.name
    balanced = half.mode == "LoadBalance"
    inverted = not is_primary and world.switches.partner_percent_inverts
    return CmdletObject(
        "DhcpServerv4Failover",
        {
            "Name": half.name,
            "PartnerServer": half.partner_server,
            "Mode": half.mode,
            "LoadBalancePercent": (100 - half.percentage if inverted else half.percentage) if balanced else None,
            "ReservePercent": None if balanced else half.percentage,
            "ServerRole": None if balanced else role(server, half),
            "ScopeId": tuple(half.scopes),
            "MaxClientLeadTime": half.mclt,
            "StateSwitchInterval": half.safe_period,
            "AutoStateTransition": half.safe_period is not None,  # C DHCPM: one stored value
            "State": world.state(server, half),
            "EnableAuth": half.secret is not None,
            "PrimaryServerIP": world.address(server, half, "primary"),
            "SecondaryServerIP": world.address(server, half, "secondary"),
            "PrimaryServerName": world.full_name(server, half, "primary"),
            "SecondaryServerName": world.full_name(server, half, "secondary"),
            "ServerType": "PrimaryServer" if is_primary else "SecondaryServer",
        },
    )


def role(server: Server, half: Relationship) -> str:
    """Active or Standby, in HotStandby."""
    return "Active" if (half.primary == server.name) == (half.active == "primary") else "Standby"


def get(call: Call) -> None:
    """Nothing: all; by name, or by scope. Missing ones are non-terminating errors: 20115 (C DHCPM), 20116 (M WEAVE)."""
    halves: list[Relationship] = []
    if call.has("ScopeId"):
        for scope_id in call.addresses("ScopeId"):
            half = call.server.relationship_of(scope_id)
            if half is None:
                call.report(call.refused("DHCP 20116", "get_failover_of_scope", scope=scope_id))
            else:
                halves.append(half)
    elif call.has("Name"):
        for name in call.texts("Name"):
            try:
                halves.append(call.relationship(name))
            except Refused as refusal:
                call.report(refusal)
    else:
        halves = list(call.server.relationships.values())
        answer = call.world.switches.empty_server_errors  # U 8.2
        if not halves and answer != "empty":
            call.report(call.refused(answer, "list_failover"))
    call.emit(view(call.world, call.server, half) for half in halves)
    call.world.settle((call.server, half) for half in halves)


def timing(call: Call, text: str, name: str, before: timedelta | None) -> timedelta | None:
    """AutoStateTransition and StateSwitchInterval are one stored value (C DHCPM): the interval, or None for off."""
    switches = call.world.switches
    asked = call.parameters.get("AutoStateTransition")
    interval = call.span("StateSwitchInterval")
    if asked is False and interval is not None:
        if switches.ast_false_with_interval == "error":  # U 1.2
            raise call.refused("WIN32 87", text, name=name)
        return interval if switches.ast_false_with_interval == "interval_wins" else None
    if interval is not None:
        return interval or None  # C DHCPM: 0 is stored as disabled
    if asked is True:
        return before or DEFAULT_INTERVAL  # C PSDOC / DN338985
    if asked is False:
        return None
    if call.has("StateSwitchInterval") and switches.null_interval == "off":  # I 1.2
        return None
    return before


def lead_time(call: Call, text: str, name: str, before: timedelta) -> timedelta:
    """C PSDOC/DN338985: the maximum client lead time cannot be 0."""
    mclt = call.span("MaxClientLeadTime")
    if mclt is not None and mclt <= timedelta(0):
        raise call.refused("WIN32 87", text, name=name)
    return mclt or before


def set_(call: Call) -> None:
    """C STUB: mode, percents, times, secret and PartnerDown; never role, partner, name or scopes."""
    name = call.text("Name")
    half = call.relationship(name, "set_failover")
    if call.has("Mode") and call.text("Mode") != half.mode:
        call.confirm()  # C PSDOC: a mode change seeks confirmation
    changed = _changed(call, half)
    if call.on("PartnerDown"):
        if call.world.state(call.server, half) != "CommunicationInterrupted":  # C PSDOC
            raise call.refused(call.world.switches.partner_down_refused_with, "set_failover", name=half.name)
        changed = replace(changed, state="PartnerDown", polls_left=0)
    local_only = set(call.parameters) <= {"Name", "PartnerDown", "Force", "PassThru", "ComputerName", "Confirm"}
    if local_only:
        call.server.relationships[half.name] = changed
    else:
        _apply_on_both(call, half, changed)
    call.pass_thru(view(call.world, call.server, changed))


def _changed(call: Call, half: Relationship) -> Relationship:
    mode = call.text("Mode", half.mode)
    secret = half.secret
    if call.has("SharedSecret"):  # C PSDOC: null or "" turns authentication off
        text = call.text("SharedSecret")
        secret = call.world.hash_secret(text) if text else None
    return replace(
        half,
        mode=mode,
        percentage=_percentage(call, half, mode),
        active=_active(call, half, mode),
        mclt=lead_time(call, "set_failover", half.name, half.mclt),
        safe_period=timing(call, "set_failover", half.name, half.safe_period),
        secret=secret,
    )


def _percentage(call: Call, half: Relationship, mode: str) -> int:
    """One byte for both modes (C DHCPM): the primary's share, or the standby's reserve."""
    switches = call.world.switches
    mine, other = ("LoadBalancePercent", "ReservePercent")[:: 1 if mode == "LoadBalance" else -1]
    if call.has(other) and switches.wrong_mode_percent == "error":  # U 1.2
        raise call.refused("WIN32 87", "set_failover", name=half.name)
    null = call.has(mine) and call.parameters[mine] is None
    if call.has(mine) and not (null and switches.null_percent == "ignored"):  # U 14
        given = call.number(mine, 0)
        return stored_percent(call, half.primary, given) if mode == "LoadBalance" else given
    if mode != half.mode and not switches.mode_change_keeps_percent:  # U 14
        return DEFAULT_PERCENT[mode]
    return half.percentage


def stored_percent(call: Call, primary: str, share: int) -> int:
    """The share of the server the cmdlet is aimed at (C PSDOC) -> the number that the relationship stores (L)."""
    inverted = primary != call.server.name and call.world.switches.partner_percent_inverts
    return 100 - share if inverted else share


def _active(call: Call, half: Relationship, mode: str) -> str:
    """I 1.2: no parameter chooses the Active server of a LoadBalance relationship that becomes HotStandby."""
    if (half.mode, mode) != ("LoadBalance", "HotStandby"):
        return half.active
    answer = call.world.switches.active_after_lb_to_hs
    if answer == "server_called":
        return "primary" if half.primary == call.server.name else "secondary"
    return answer


def _apply_on_both(call: Call, half: Relationship, changed: Relationship) -> None:
    """C 1.2: the change is sent to the partner. Unreachable, or without its half: the switch says (U)."""
    peer = call.partner(half)
    problem = call.hop(peer)
    other = call.world.counterpart(call.server, half) if not problem else None
    if not problem and other is None:
        problem = "DHCP 20115"
    one_sided = call.world.switches.set_one_sided_when_unreachable
    alone = one_sided and problem in ("WIN32 1722", "WIN32 1753", "DHCP 20115")
    if problem and (alone or call.half_applied(problem)):
        call.server.relationships[half.name] = changed
    if problem and not alone:
        raise call.refused(unreachable(problem), "update_failover", name=half.name, host=peer.fqdn)
    if alone:
        call.warnings.append(f"The change of {half.name} did not reach {peer.fqdn}.")
        return

    def here() -> None:
        now = call.world.relationship(call.server, half.name)
        if now is not None:
            call.server.relationships[now.name] = replace(changed, scopes=now.scopes)

    def there() -> None:
        now = call.world.counterpart(call.server, half)
        if now is not None:
            peer.relationships[now.name] = _propagated(call, now, half, changed)

    call.world.in_turn(here, there)
    mine, theirs = call.server.relationships.get(half.name), call.world.counterpart(call.server, half)
    if changed.secret != half.secret and mine is not None and theirs is not None:
        call.world.interrupt(mine, theirs)


def _propagated(call: Call, other: Relationship, half: Relationship, changed: Relationship) -> Relationship:
    """What arrives at the partner: of what is sent (L), what is taken over (L 1.2, per-field propagation)."""
    switches = call.world.switches
    every = frozenset().union(*_FIELDS.values())
    sent = {name for name in every if switches.set_sends == "all" or getattr(half, name) != getattr(changed, name)}
    if switches.set_sends == "given":  # DHCPM 3.2.4.91 has a flag for each field
        sent = sent.union(*(_FIELDS.get(parameter, ()) for parameter in call.parameters))
    lost = {"all_but_secret": {"secret"}, "all_but_times": {"mclt", "safe_period"}}
    taken = sent - lost.get(switches.set_propagates_fields, set())
    return replace(other, **{name: getattr(changed, name) for name in taken})


def unreachable(error_id: str) -> str:
    """C SDK: what the failover cmdlets make of a partner that does not answer."""
    return {"WIN32 1722": "DHCP 20122", "WIN32 1753": "DHCP 20123"}.get(error_id, error_id)


def remove(call: Call) -> None:
    """Each name on its own; an unknown one is a non-terminating 20115 (12.5)."""
    call.confirm()
    for name in call.texts("Name"):
        try:
            _remove_one(call, call.relationship(name, "remove_failover"))
        except Refused as refusal:
            call.report(refusal)


def _remove_one(call: Call, half: Relationship) -> None:
    """C PSDOC / C WSD: gone on both servers, this server keeps its scopes, the partner's copies are deleted."""
    world, server = call.world, call.server
    peer = call.partner(half)
    shown = view(world, server, half)
    problem = call.hop(peer)
    forced = problem in ("WIN32 1722", "WIN32 1753") and forced_alone(call)
    if problem and not forced:
        if call.half_applied(problem):
            del server.relationships[half.name]
        raise call.refused(unreachable(problem), "remove_failover", name=half.name, host=peer.fqdn)
    if forced:
        del server.relationships[half.name]
        call.warnings.append(f"{peer.fqdn} was not reached: its half of {half.name} and its scopes are still there.")
    else:
        world.in_turn(lambda: server.relationships.pop(half.name, None), lambda: _removed_there(world, server, half))
    call.pass_thru(shown)


def _removed_there(world: World, server: Server, half: Relationship) -> None:
    """What the removal of this half does on its partner."""
    peer, other = world.servers[half.peer], world.counterpart(server, half)
    doomed = half.scopes
    if other is not None:
        del peer.relationships[other.name]
        doomed = other.scopes if world.switches.relationship_removal_deletes == "partner_half" else doomed  # U 4.1
    if other is not None or world.switches.orphan_removal_deletes_other_scopes:  # U 4.1, 13.8
        for scope_id in doomed:
            if peer.relationship_of(scope_id) is None:
                delete_scope(world, peer, scope_id, keep_dns=world.switches.failover_removal_keeps_dns)


def forced_alone(call: Call) -> bool:
    """L 4.1, 13.5: whether -Force goes on without the partner."""
    return call.on("Force") and call.world.switches.force_removes_when_unreachable
