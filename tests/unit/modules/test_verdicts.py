# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One planted fault of each kind shows its verdict in dhcp_failover_info, and nothing else shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import RELATIONSHIP_LIMIT
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import KINDS, NOT_COLLECTED
from faults import FAULTS, fill, halves, healthy, no_account, served_twice
from nothing_lost.watched import Killed
from pairs import TWO, Pair

INFO = "dhcp_failover_info"
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])


def info(servers: Pair, **options: Any) -> dict[str, Any]:
    with servers.unchanged():
        return servers.ok(INFO, **{"gather": ["drift", "health"], **options})


def told(servers: Pair, **options: Any) -> set[str]:
    """The verdicts; NOT_COLLECTED as what is unknown by it."""
    found: set[str] = set()
    for verdict in info(servers, **options)["verdicts"]:
        assert verdict["severity"] == KINDS[verdict["id"]].severity
        assert verdict["sentence"]
        assert verdict["cure"]
        found |= {f"{kind}?" for kind in verdict["evidence"].get("kinds", ())} or {verdict["id"]}
    return found


@ROUTES
def test_of_a_healthy_pair_there_is_nothing_to_say(route: dict[str, str]) -> None:
    result = info(healthy(), **route)
    assert result["verdicts"] == []
    (relationship,) = result["relationships"]
    assert relationship["drift"]["in_sync"] is True
    assert relationship["health"]["healthy"] is True


@ROUTES
@pytest.mark.parametrize("kind", FAULTS)
def test_one_fault_shows_its_verdict_and_nothing_else(kind: str, route: dict[str, str]) -> None:
    servers, fault = healthy(), FAULTS[kind]
    fault.plant(servers)
    beside = {"scopes_unprotected"} if kind in ("served_twice", "split_scope") else set()
    assert told(servers, verdicts_off=list(beside), **route) == {kind}
    (relationship,) = info(servers, **route)["relationships"]
    assert relationship["drift"]["in_sync"] is fault.in_sync
    assert relationship["health"]["healthy"] is fault.healthy
    assert told(servers, verdicts_off=[kind, *beside], **route) == set()


def test_each_kind_has_a_fault_here_or_a_test_of_its_own() -> None:
    own = {NOT_COLLECTED, "share_exhausted", "reserve_short", "broken_run", "no_room"}
    assert FAULTS.keys() | own == KINDS.keys()


def test_a_run_that_did_not_end() -> None:
    servers = healthy()
    servers.wire.die_at = 3
    with pytest.raises(Killed):
        servers.run("dhcp_failover_scope", **servers.remove(TWO, keep_scopes_on="this_server", other_copy="disable"))
    servers.wire.die_at = None
    for server in servers.lab.servers.values():
        server.clock_offset += timedelta(hours=1)  # it is not at work any more
    assert "broken_run" in told(servers)
    servers.ok("dhcp_failover_scope", **servers.remove(TWO, keep_scopes_on="this_server", other_copy="disable"))
    assert "broken_run" not in told(servers)


def test_relationships_that_are_empty_and_too_many() -> None:
    servers = healthy()
    here, there = servers.server("DHCP01"), servers.server("DHCP03")
    for number in range(RELATIONSHIP_LIMIT - 1):
        half = replace(here.relationships["HQ"], name=f"R{number}", peer="DHCP03", scopes=[])
        mine = replace(half, partner_server="dhcp03.contoso.example", secondary="DHCP03")
        here.relationships[half.name] = mine
        there.relationships[half.name] = replace(mine, peer="DHCP01", partner_server="dhcp01.contoso.example")
    assert told(servers, gather=[]) >= {"relationship_empty", "no_room"}
    here.relationships.popitem()
    assert "no_room" not in told(servers, gather=[])


@pytest.mark.parametrize("mode", ["LoadBalance", "HotStandby"])
def test_a_share_that_is_used_up(mode: str) -> None:
    servers = healthy()
    halves(servers, mode=mode, percentage=1)
    fill(servers, lambda number: number < 20)
    assert told(servers, verdicts_off=["scope_nearly_full"]) == {"share_exhausted"}


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(None, set()), (1, set()), (100000, {"reserve_short"}), ({"10.0.1.0": 100000, "10.0.2.0": 1}, {"reserve_short"})],
)
def test_the_reserve_against_new_clients_by_a_rate_that_is_given(rate: Any, expected: set[str]) -> None:
    assert told(healthy(), new_clients_per_hour=rate) == expected


@pytest.mark.parametrize("rate", ["many", -1, {"10.0.1.0": "many"}, {"here": 1}])
def test_a_rate_that_is_none(rate: Any) -> None:
    assert "new_clients_per_hour" in healthy().run(INFO, new_clients_per_hour=rate)["msg"]


def test_a_verdict_that_does_not_exist_cannot_be_switched_off() -> None:
    said = healthy().run(INFO, verdicts_off=["scope_ful"])["msg"]
    assert said == "verdicts_off: there is no verdict 'scope_ful'; did you mean scope_full?"


# --- what nobody looked at -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gather", "in_sync", "healthy_"), [([], None, None), (["drift"], True, None), (["health"], None, None)]
)
def test_what_was_not_asked_for_is_unknown(gather: list[str], in_sync: bool | None, healthy_: bool | None) -> None:
    result = info(healthy(), gather=gather)
    (verdict,) = result["verdicts"]
    assert (verdict["id"], verdict["severity"]) == (NOT_COLLECTED, "unknown")
    (relationship,) = result["relationships"]
    assert relationship.get("drift", {}).get("in_sync") is in_sync
    assert relationship.get("health", {}).get("healthy") is healthy_


def test_a_partner_that_cannot_be_read_is_unknown_and_never_in_sync() -> None:
    servers = healthy()
    servers.lab.cut_link("DHCP01", "DHCP02", "rpc")
    result = info(servers)
    (relationship,) = result["relationships"]
    assert relationship["drift"]["in_sync"] is None
    assert relationship["health"]["healthy"] is None, "what would be critical was not looked at"
    assert "settings_differ?" in told(servers)


def test_statistics_that_are_missing_are_unknown_and_never_healthy() -> None:
    servers = healthy()
    servers.lab.fail_next("DHCP01", "Get-DhcpServerv4ScopeStatistics", "WIN32 5")
    (relationship,) = info(servers)["relationships"]
    assert relationship["health"]["healthy"] is None
    assert relationship["health"]["free"] is None


@pytest.mark.parametrize(
    ("cmdlet", "unknown"),
    [
        ("Get-DhcpServerv4ExclusionRange", {"served_twice?", "split_scope?"}),
        ("Get-DhcpServerAuditLog", {"audit_log_off?"}),
        ("Get-DhcpServerDnsCredential", {"dns_credentials_missing?", "dns_credentials_differ?"}),
    ],
)
def test_what_the_server_refuses_to_tell_is_unknown(cmdlet: str, unknown: set[str]) -> None:
    servers = healthy()
    served_twice(servers)
    servers.lab.fail_next("DHCP01", cmdlet, "WIN32 5")
    assert told(servers, verdicts_off=["scopes_unprotected"]) - {"served_twice"} == unknown


def test_no_account_is_known_however_windows_says_so() -> None:
    servers = healthy()
    servers.lab.switches = servers.lab.switches.with_answer("no_dns_credential", "nothing")
    no_account(servers)
    assert told(servers) == {"dns_credentials_missing"}
