# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Experiments with copies of scopes: exported, removed, and imported again."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from .._windows import cmdlets, kept_files
from .pair_to_lose import Bench
from .side import PREFIX, Side, Unanswered, add_scope, call, force, scope_id, write

_ONE = scope_id(1)
_OPTION = {"OptionId": 226}
_CLIENT = {"ScopeId": _ONE, "IPAddress": "198.18.1.20", "ClientId": "02-00-00-00-00-01"}
_RESERVED = "DHCP 20014,Add-DhcpServerv4Lease"


def inner_errors(bench: Bench) -> Iterator[tuple[str, bool]]:
    """The lease of a reservation in use is refused inside of an import, which ignores it (Microsoft's own script)."""
    here = bench.here
    here.do(
        add_scope(1),
        write("Add-DhcpServerv4Lease", AddressState="Active", **_CLIENT),
        write("Add-DhcpServerv4Reservation", **_CLIENT),
    )
    path = _copied(here)
    here.do(_remove())
    backup = _imported(here, path)
    here.do(_remove())
    (said,) = here.ask(force("Import-DhcpServer", File=path, BackupPath=backup, ScopeId=[_ONE], Leases=True))
    yield "inner_errors_show", _RESERVED in said.full_ids


def server_level(bench: Bench) -> Iterator[tuple[str, str]]:
    """An option value of the whole server, which is another one by the time of the import."""
    here = bench.here
    here.do(
        add_scope(1),
        write("Add-DhcpServerv4OptionDefinition", Name=f"{PREFIX}226", Type="String", **_OPTION),
        write("Set-DhcpServerv4OptionValue", Value=["before"], **_OPTION),
    )
    path = _copied(here)
    here.do(write("Set-DhcpServerv4OptionValue", Value=["after"], **_OPTION), _remove())
    _imported(here, path)
    (said,) = here.ask(call("Get-DhcpServerv4OptionValue", "Value", OptionId=[226]))
    yield "import_server_level", "all" if "before" in str(said.only()["Value"]) else "missing_only"


def out_of_service(bench: Bench) -> Iterator[tuple[str, str]]:
    """A scope that is saved so."""
    bench.here.do(add_scope(1, State="InActive"))
    path = _copied(bench.here)
    bench.here.do(_remove())
    _imported(bench.here, path)
    yield "imported_state", str(bench.here.scopes()[_ONE]["State"])


def _copied(side: Side) -> str:
    """The path of a safety copy of the scope."""
    (said,) = side.ask(kept_files.safety_copy([IPv4Address(_ONE)], "live-check"))
    if said.ids:
        raise Unanswered(f"no safety copy can be made ({', '.join(said.ids)})")
    return str(said.only()["path"])


def _imported(side: Side, path: str) -> str:
    """It comes back; where the backup of the database is."""
    (said,) = side.ask(kept_files.import_copy(path, [IPv4Address(_ONE)], inactive=False))
    if said.ids:
        raise Unanswered(f"a safety copy cannot be imported ({', '.join(said.ids)})")
    return str(said.only()["backup"])


def _remove() -> cmdlets.Operation:
    return cmdlets.remove_scope(IPv4Address(_ONE))
