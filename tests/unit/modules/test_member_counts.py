# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A relationship with no scope, with one and with two, before every module: Windows shows each in another shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pairs
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import kept_files
from lab.core.api import Session, shown
from lab.core.failover import view
from lab.core.lab import Lab
from lab.powershell.direct import DirectPowerShell
from nothing_lost.task import Wire
from pairs import ONE, RELATIONSHIP, SCOPE, THREE, TWO, Pair

MEMBERS = {0: [], 1: [ONE], 2: [ONE, TWO]}
COUNTS = pytest.mark.parametrize("count", MEMBERS)
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])
PARTNER = "dhcp02.contoso.example"
KEEP = {"keep_scopes_on": "this_server", "other_copy": "delete", "wait_timeout": 1}


def pair(count: int) -> Pair:
    """HQ with so many members, as the lab's servers show it."""
    servers = pairs.pair()
    leaving = [scope for scope in (ONE, TWO) if scope not in MEMBERS[count]]
    for server in (servers.server("DHCP01"), servers.server("DHCP02")):
        half = server.relationships["HQ"]
        half.scopes = [scope for scope in half.scopes if scope not in leaving]
        if server.name == "DHCP02":
            for scope in leaving:
                del server.scopes[scope]
    here = servers.server("DHCP01")
    shape = {0: type(None), 1: type(ONE), 2: tuple}[count]
    assert isinstance(shown(view(servers.lab, here, here.relationships["HQ"]))["ScopeId"], shape)
    return servers


def both(servers: Pair, module: str, **options: Any) -> Mapping[str, Any]:
    """In check mode, where nothing is written, and in earnest, with the same plan; then there is nothing left to do."""
    with servers.unchanged():
        check = servers.run(module, check_mode=True, **options)
    assert not check.get("failed"), check["msg"]
    result = servers.ok(module, **options)
    assert (check["changed"], check.get("plan")) == (result["changed"], result.get("plan"))
    return result


def scopes_of(servers: Pair, name: str = "HQ", server: str = "DHCP01") -> list[str]:
    return sorted(str(scope) for scope in servers.server(server).relationships[name].scopes)


def texts(count: int) -> list[str]:
    return [str(scope) for scope in MEMBERS[count]]


@COUNTS
@ROUTES
def test_info(count: int, route: dict[str, str]) -> None:
    result = both(pair(count), "dhcp_failover_info", gather=["drift", "health"], **route)
    (relationship,) = result["relationships"]
    assert (relationship["scopes"], relationship["drift"]["in_sync"], len(relationship["health"]["scopes"])) == (
        texts(count),
        True,
        count,
    )
    assert len(result["unprotected_scopes"]) == 3 - count


@COUNTS
@ROUTES
def test_relationship_present(count: int, route: dict[str, str]) -> None:
    servers = pair(count)
    result = both(
        servers, RELATIONSHIP, name="HQ", partner_server=PARTNER, load_balance_percent=70, wait_timeout=1, **route
    )
    assert (result["changed"], result["relationship"]["scopes"]) == (True, texts(count))
    more = both(
        servers,
        RELATIONSHIP,
        name="HQ",
        partner_server=PARTNER,
        scopes=["10.0.1.0", "10.0.3.0"],
        wait_timeout=1,
        **route,
    )
    assert more["relationship"]["scopes"] == sorted({*texts(count), "10.0.1.0", "10.0.3.0"})
    assert not servers.ok(
        RELATIONSHIP, name="HQ", partner_server=PARTNER, scopes=["10.0.1.0"], wait_timeout=1, **route
    )["changed"]


@COUNTS
@ROUTES
def test_relationship_absent(count: int, route: dict[str, str]) -> None:
    servers = pair(count)
    assert both(servers, RELATIONSHIP, name="HQ", state="absent", **KEEP, **route)["changed"]
    assert not servers.server("DHCP01").relationships
    assert not servers.server("DHCP02").relationships
    assert len(servers.server("DHCP01").scopes) == 3


@COUNTS
@ROUTES
def test_scope_present_and_purge(count: int, route: dict[str, str]) -> None:
    servers = pair(count)
    result = both(servers, SCOPE, relationship="HQ", scopes=["10.0.3.0"], wait_timeout=1, **route)
    assert result["relationship"]["scopes"] == sorted([*texts(count), "10.0.3.0"])
    both(servers, SCOPE, relationship="HQ", scopes=["10.0.3.0"], purge=True, max_removals_percent=100, **KEEP, **route)
    assert scopes_of(servers) == scopes_of(servers, server="DHCP02") == ["10.0.3.0"]


@COUNTS
@ROUTES
def test_scope_absent(count: int, route: dict[str, str]) -> None:
    servers = pair(count)
    result = both(servers, SCOPE, relationship="HQ", scopes=["10.0.1.0"], state="absent", **KEEP, **route)
    assert result["changed"] is (count > 0)
    assert scopes_of(servers) == texts(count)[1:]


@COUNTS
@ROUTES
def test_scope_move(count: int, route: dict[str, str]) -> None:
    servers = pair(count)
    new = {"partner_server": PARTNER}
    both(
        servers, SCOPE, relationship="Branch", scopes=["10.0.1.0"], create_relationship=new, move=True, **KEEP, **route
    )
    assert (scopes_of(servers), scopes_of(servers, "Branch")) == (texts(count)[1:], ["10.0.1.0"])


@COUNTS
@ROUTES
def test_scope_copy(count: int, route: dict[str, str]) -> None:
    servers = pair(count)
    copy = servers.server("DHCP02").scopes
    copy[THREE] = replace(servers.server("DHCP01").scopes[THREE], state="InActive")
    own = {"partner_host": "dhcp01"} if route else {"partner_server": "dhcp01.contoso.example"}
    result = both(servers, "dhcp_failover_scope_copy", host="dhcp02", scopes=["10.0.3.0"], **own)
    assert (result["removed"], THREE in copy) == (["10.0.3.0"], False)


@COUNTS
@ROUTES
def test_replicate(count: int, route: dict[str, str]) -> None:
    servers = pair(count)
    for scope in MEMBERS[count]:
        servers.server("DHCP01").scopes[scope].description = "changed"
    result = both(servers, "dhcp_failover_replicate", all=True, wait_timeout=1, **route)
    assert (result["replicated"], result["changed"]) == (texts(count), count > 0)


@COUNTS
def test_partner_down(count: int) -> None:
    servers = pair(count)
    servers.server("DHCP02").reachable = False
    assert both(servers, "dhcp_failover_partner_down", name="HQ", partner_is_off=True)["changed"]
    assert servers.server("DHCP01").relationships["HQ"].state == "PartnerDown"


@COUNTS
def test_restore(count: int) -> None:
    servers = pair(count)
    path = saved(servers)
    assert both(servers, "dhcp_failover_restore", path=path)["restored"] == ["10.0.3.0"]
    assert scopes_of(servers) == texts(count)


def saved(servers: Pair) -> str:
    """A safety copy of a scope that is gone then."""
    request = json.dumps({"calls": [kept_files.safety_copy([THREE], "test")], "mutex": 1})
    path = servers.wire.execute("DHCP01", {"request": request, "secrets": []})["reply"]["calls"][0]["objects"][0][
        "path"
    ]
    del servers.server("DHCP01").scopes[THREE]
    return str(path)


@pytest.mark.parametrize("count", [1])  # the one that unrolls; recordings prove that the stand-in answers the same
def test_the_other_modules_through_a_real_powershell(count: int, powershell: DirectPowerShell) -> None:
    """relationship, scope and info meet it in test_one_scope.py, over a real socket."""
    servers = pair(count)
    servers.wire = PowerShellWire(servers.lab, powershell)
    for scope in MEMBERS[count]:
        servers.server("DHCP01").scopes[scope].description = "changed"
    assert servers.ok("dhcp_failover_replicate", all=True, wait_timeout=1)["replicated"] == texts(count)
    restored = servers.ok("dhcp_failover_restore", path=saved(servers), state="as_saved")["restored"]
    assert restored == ["10.0.3.0"]
    copy = servers.server("DHCP02").scopes
    copy[THREE] = replace(servers.server("DHCP01").scopes[THREE], state="InActive")
    removal = {"scopes": ["10.0.3.0"], "partner_server": "dhcp01.contoso.example"}
    assert servers.ok("dhcp_failover_scope_copy", host="dhcp02", **removal)["removed"] == ["10.0.3.0"]
    servers.server("DHCP02").reachable = False
    assert servers.ok("dhcp_failover_partner_down", name="HQ", partner_is_off=True)["changed"]
    assert scopes_of(servers) == texts(count)


class PowerShellWire(Wire):
    """The script itself answers, in a PowerShell."""

    def __init__(self, lab: Lab, powershell: DirectPowerShell) -> None:
        super().__init__(lab)
        self.powershell = powershell

    def execute(self, server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        self.calls += 1
        account = self.lab.servers[server].credentials[0]
        session = Session(server, account.user, account.delegated)
        reply: Mapping[str, Any] = json.loads(
            self.powershell(self.lab, session, arguments["request"], arguments["secrets"])
        )
        return reply
