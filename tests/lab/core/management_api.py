# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The DHCP server management API (dhcpsapi.dll): what it does to one half of a relationship, and to no other server.

C DHCPM 3.2.4.92 and 3.2.4.96, SAMPLE, 12.12: the scopes that leave stay there, standalone, with their leases and State.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lab.core.api import CmdletObject, Outcome
from lab.core.call import Call
from lab.core.errors import Refused
from lab.core.failover import view
from lab.core.failover_scopes import leave, member
from lab.core.world import MAX_CLOCK_DIFFERENCE

GET = "DhcpV4FailoverGetRelationship"
DELETE_SCOPES = "DhcpV4FailoverDeleteScopeFromRelationship"
DELETE = "DhcpV4FailoverDeleteRelationship"
CLOCK = "DhcpV4FailoverGetSystemTime"
GENERAL_FAILURE = 31  # ERROR_GEN_FAILURE, for an error without a number


def get(call: Call) -> None:
    """The same members as Get-DhcpServerv4Failover shows; no passing of time is bound to it."""
    call.emit([view(call.world, call.server, call.relationship(_name(call)))])


def delete_scopes(call: Call) -> None:
    """C DHCPM: no scope is 87, an unknown relationship 20115, one in re-integration 20133, a scope 20005 or 20116."""
    name, scopes = _name(call), call.addresses("ScopeId")
    if not scopes:
        raise call.fail("WIN32 87", "remove scopes of", name)
    half = call.relationship(name)
    if call.world.reintegrating(half):
        raise call.fail("DHCP 20133", "remove scopes of", name)
    members = []
    for scope_id in scopes:
        try:
            members.append(member(call, half, scope_id))
        except Refused as refusal:
            call.report(refusal)
    if not call.errors or not call.world.switches.api_bad_scope_stops_good_ones:  # U
        leave(half, members)


def delete(call: Call) -> None:
    """Members do not stop it: each is standalone afterwards."""
    del call.server.relationships[call.relationship(_name(call)).name]


def clock(call: Call) -> None:
    """C DHCPM 3.2.4.100, SDK: seconds since 1970 (UTC) by the clock of the server that is asked."""
    time = int(call.world.now(call.server.name).timestamp())
    most = int(MAX_CLOCK_DIFFERENCE.total_seconds())
    call.emit([CmdletObject(CLOCK, {"Time": time, "MaxAllowedDeltaTime": most})])


def _name(call: Call) -> str:
    """C DHCPM: 87 for a null pointer."""
    if not call.has("Name"):
        raise call.fail("WIN32 87", "find", "relationship")
    return call.text("Name")


FUNCTIONS: Mapping[str, Callable[[Call], None]] = {GET: get, DELETE_SCOPES: delete_scopes, DELETE: delete, CLOCK: clock}
WRITES = frozenset({DELETE_SCOPES, DELETE})


def code(outcome: Outcome) -> int:
    """What the function returns: 0, or the number of the first error."""
    if not outcome.errors:
        return 0
    number = outcome.errors[0].id.rpartition(" ")[2]
    return int(number) if number.isdigit() else GENERAL_FAILURE
