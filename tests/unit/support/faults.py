# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A healthy pair, and one fault of each kind of verdict to plant in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import RELATIONSHIP_LIMIT
from interrupted import leave
from lab.core.server import AddressRange, DhcpClass, Lease, OptionKey
from pairs import ONE, THREE, TWO, Pair, pair


def healthy() -> Pair:
    """A pair of which there is nothing to say."""
    servers = pair(ONE, TWO, orphan_state="Normal")
    for name in ("DHCP01", "DHCP02"):
        server = servers.server(name)
        server.dns_account = "CONTOSO\\dns"
        half = server.relationships["HQ"]
        half.secret = "set"
        server.scopes = {scope: copy for scope, copy in server.scopes.items() if scope in half.scopes}
    return servers


@dataclass(frozen=True)
class Fault:
    """`plant`: what goes wrong. `in_sync`, `healthy`: what follows from it. `options`, `hosts`: of the tasks that show
    it and nothing else."""

    plant: Callable[[Pair], object]
    in_sync: bool | None = True
    healthy: bool | None = True
    options: Mapping[str, Any] = field(default_factory=dict)
    hosts: Sequence[str] = ("dhcp01", "dhcp02")


def halves(servers: Pair, **changes: Any) -> None:
    for name in ("DHCP01", "DHCP02"):
        half(servers, name, **changes)


def half(servers: Pair, name: str, **changes: Any) -> None:
    for setting, value in changes.items():
        setattr(servers.server(name).relationships["HQ"], setting, value)


def _passing(servers: Pair) -> None:
    servers.lab.switches = servers.lab.switches.with_answer("reintegration_polls", 99)
    _state(servers, "Recover", "PartnerDown")


def _out_of_service(servers: Pair) -> None:
    for name in ("DHCP01", "DHCP02"):
        servers.server(name).scopes[TWO].state = "InActive"


def no_account(servers: Pair) -> None:
    for name in ("DHCP01", "DHCP02"):
        servers.server(name).dns_account = ""


def _both_down(servers: Pair) -> None:
    servers.lab.cut_link("DHCP01", "DHCP02", "failover")
    _state(servers, "PartnerDown", "PartnerDown")


def _one_sided(servers: Pair) -> None:
    servers.server("DHCP02").relationships["HQ"].scopes.remove(TWO)
    del servers.server("DHCP02").scopes[TWO]


def _half_missing(servers: Pair) -> None:
    servers.server("DHCP02").relationships.clear()
    servers.server("DHCP02").scopes.clear()


def rename(servers: Pair, name: str) -> None:
    """HQ, on both servers."""
    for server in ("DHCP01", "DHCP02"):
        relationships = servers.server(server).relationships
        relationships[name] = replace(relationships.pop("HQ"), name=name)


def fill(servers: Pair, left: Callable[[int], bool]) -> None:
    """All addresses of 10.0.1.0 on both servers, but those of `left`."""
    for name in ("DHCP01", "DHCP02"):
        scope = servers.server(name).scopes[ONE]
        for number in range(int(scope.start_range), int(scope.end_range) + 1):
            if not left(number - int(scope.start_range)):
                address = IPv4Address(number)
                scope.leases[address] = Lease(address, f"02-00-00-00-{number >> 8 & 255:02x}-{number & 255:02x}")


def _state(servers: Pair, here: str, there: str) -> None:
    half(servers, "DHCP01", state=here)
    half(servers, "DHCP02", state=there)


def _unprotected(servers: Pair) -> None:
    servers.server("DHCP01").scopes[THREE] = _other(servers, THREE)


def _other(servers: Pair, scope_id: IPv4Address) -> Any:
    """A scope like 10.0.1.0 elsewhere."""
    one, offset = servers.server("DHCP01").scopes[ONE], int(scope_id) - int(ONE)
    return replace(
        one,
        scope_id=scope_id,
        start_range=one.start_range + offset,
        end_range=one.end_range + offset,
        leases={},
        reservations={},
        exclusions=[],
    )


def served_twice(servers: Pair) -> None:
    for name in ("DHCP01", "DHCP02"):
        servers.server(name).scopes[THREE] = _other(servers, THREE)


def _split(servers: Pair) -> None:
    served_twice(servers)
    scope = servers.server("DHCP01").scopes[THREE]
    middle = scope.start_range + 50
    scope.exclusions = [AddressRange(scope.start_range, middle)]
    servers.server("DHCP02").scopes[THREE].exclusions = [AddressRange(middle + 1, scope.end_range)]


def _maintained(servers: Pair) -> None:
    servers.ok("dhcp_failover_maintenance", state="started", partner_host="dhcp02")


def _empty(servers: Pair) -> None:
    for name in ("DHCP01", "DHCP02"):
        servers.server(name).relationships["HQ"].scopes.clear()
        servers.server(name).scopes.clear()


def _share_exhausted(servers: Pair) -> None:
    halves(servers, percentage=1)
    fill(servers, lambda number: number < 20)


def _broken_run(servers: Pair) -> None:
    """The note of a run that ended long ago."""
    leave(servers, Note("HQ", "dhcp02.contoso.example", (TWO,), run="1"))


def _no_room(servers: Pair) -> None:
    """DHCP01 has all other relationships with DHCP03."""
    third = servers.server("DHCP03")
    third.dns_account = "CONTOSO\\dns"
    for number in range(RELATIONSHIP_LIMIT - 1):
        scope, name = IPv4Address(f"10.1.{number}.0"), f"R{number}"
        for server in (servers.server("DHCP01"), third):
            server.scopes[scope] = _other(servers, scope)
        half = servers.server("DHCP01").relationships["HQ"]
        mine = replace(half, name=name, peer="DHCP03", partner_server="dhcp03.contoso.example", secondary="DHCP03")
        mine.scopes = [scope]
        servers.server("DHCP01").relationships[name] = mine
        theirs = servers.server("DHCP02").relationships["HQ"]
        third.relationships[name] = replace(theirs, name=name, secondary="DHCP03", scopes=[scope])


FAULTS: dict[str, Fault] = {
    "half_missing": Fault(_half_missing, in_sync=False, healthy=False),
    "not_normal": Fault(lambda s: s.lab.cut_link("DHCP01", "DHCP02", "failover"), healthy=False),
    "state_passing": Fault(_passing, healthy=False),
    "states_contradict": Fault(_both_down, in_sync=False, healthy=False),
    "settings_differ": Fault(lambda s: half(s, "DHCP02", mclt=timedelta(hours=2)), in_sync=False, healthy=False),
    "members_differ": Fault(_one_sided, in_sync=False, healthy=False),
    "content_differs": Fault(lambda s: setattr(s.server("DHCP02").scopes[ONE], "name", "Visitors"), in_sync=False),
    "classes_differ": Fault(lambda s: s.server("DHCP02").classes.update({"x": DhcpClass("Phones", "User", "phones")})),
    "server_settings_differ": Fault(lambda s: s.server("DHCP02").option_values.update({OptionKey(6): ("10.0.0.2",)})),
    "clocks_differ": Fault(lambda s: setattr(s.server("DHCP02"), "clock_offset", timedelta(minutes=3)), healthy=False),
    "relationship_empty": Fault(_empty),
    "members_inactive": Fault(
        _out_of_service,
        healthy=False,
    ),
    "authentication_off": Fault(lambda s: halves(s, secret=None)),
    "interval_below_mclt": Fault(lambda s: halves(s, safe_period=timedelta(minutes=10))),
    "scope_full": Fault(lambda s: fill(s, lambda _n: False), healthy=False),
    "scope_nearly_full": Fault(lambda s: fill(s, lambda n: n < 8)),
    "dns_credentials_differ": Fault(lambda s: setattr(s.server("DHCP02"), "dns_account", "CONTOSO\\other")),
    "maintenance": Fault(_maintained),
    "served_twice": Fault(served_twice),
    "split_scope": Fault(_split),
    "not_authorized": Fault(lambda s: setattr(s.server("DHCP01"), "authorized", False), healthy=False),
    "scopes_unprotected": Fault(_unprotected),
    "audit_log_off": Fault(lambda s: setattr(s.server("DHCP01"), "audit_log", False)),
    "dns_credentials_missing": Fault(no_account),
}
# those that take more than a change of the two servers
OTHERS: dict[str, Fault] = {
    "reserve_short": Fault(lambda _servers: None, options={"new_clients_per_hour": {str(ONE): 100000, str(TWO): 1}}),
    "share_exhausted": Fault(_share_exhausted, healthy=False, options={"verdicts_off": ["scope_nearly_full"]}),
    "broken_run": Fault(_broken_run, healthy=False),
    "no_room": Fault(_no_room, hosts=("dhcp01", "dhcp02", "dhcp03")),
}
