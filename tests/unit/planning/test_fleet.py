# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the servers of a fleet show together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet import Seen, is_at_least, report
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import (
    CRITICAL,
    HERE,
    INFO,
    KINDS,
    NOT_COLLECTED,
    SERVER,
    STATISTICS,
    WARNING,
    needing,
)
from faults import FAULTS, half, healthy, served_twice
from fleets import CREATED, reported, seen
from pairs import THREE


def told(shown: Mapping[str, Any]) -> list[str]:
    return sorted(verdict["id"] for verdict in shown["verdicts"])


def test_a_healthy_pair_is_one_pair() -> None:
    shown = reported(healthy())
    assert (shown["status"], shown["verdicts"]) == ("ok", [])
    assert {key: shown["counts"][key] for key in ("servers", "collected", "relationships", "scopes")} == {
        "servers": 2,
        "collected": 2,
        "relationships": 1,
        "scopes": 2,
    }
    (pair,) = shown["pairs"]
    assert [(one["host"], one["server"], one["state"]) for one in pair["halves"]] == [
        ("dhcp01", "DHCP01", "Normal"),
        ("dhcp02", "DHCP02", "Normal"),
    ]
    assert (pair["in_sync"], pair["healthy"], pair["status"]) == (True, True, "ok")
    assert [scope["scope_id"] for scope in pair["scope_list"]] == ["10.0.1.0", "10.0.2.0"]


@pytest.mark.parametrize("kind", FAULTS)
def test_what_both_servers_say_is_said_once(kind: str) -> None:
    servers = healthy()
    FAULTS[kind].plant(servers)
    beside = ["scopes_unprotected"] if kind in ("served_twice", "split_scope") else []
    shown = reported(servers, verdicts_off=beside)
    of_each = kind == "dns_credentials_missing"  # both servers lack it
    assert told(shown) == [kind] * (2 if of_each else 1)
    assert shown["status"] == ("ok" if KINDS[kind].severity == INFO else KINDS[kind].severity)


@pytest.mark.parametrize(
    ("kind", "status"), [("not_authorized", CRITICAL), ("scopes_unprotected", "ok"), ("audit_log_off", "ok")]
)
def test_what_a_server_lacks_as_a_whole_counts_for_its_pairs_where_it_decides_whether_they_are_healthy(
    kind: str, status: str
) -> None:
    servers = healthy()
    FAULTS[kind].plant(servers)
    assert reported(servers)["pairs"][0]["status"] == status


def test_a_pair_whose_partner_could_not_be_looked_at_is_unknown() -> None:
    servers = healthy()
    servers.lab.cut_link("DHCP01", "DHCP02", "rpc")
    assert reported(servers, partner_host=None)["pairs"][0]["status"] == "unknown"


def test_a_server_that_could_not_be_read_leaves_unknown_what_only_it_knows() -> None:
    servers = healthy()
    both = seen(servers)
    shown = report([both[0], Seen("dhcp02", problem="It does not answer.")], CREATED)
    assert told(shown) == [NOT_COLLECTED]
    assert (shown["status"], shown["counts"]["collected"]) == ("unknown", 1)
    (pair,) = shown["pairs"]
    assert [(one["host"], one["collected"], one["state"]) for one in pair["halves"]] == [
        ("dhcp01", True, "Normal"),
        ("dhcp02", False, "Normal"),  # as the partner saw it
    ]
    assert (pair["in_sync"], pair["healthy"], pair["status"]) == (None, None, "unknown")


def test_what_one_server_could_not_see_and_the_other_one_could_is_known() -> None:
    servers = healthy()
    servers.lab.cut_link("DHCP01", "DHCP02", "rpc", one_way=True)
    assert told(reported(servers, ("dhcp01",))) == [NOT_COLLECTED, NOT_COLLECTED], "and nobody asked it how it is"
    assert told(reported(servers, partner_host=None)) == []
    servers.lab.cut_link("DHCP02", "DHCP01", "rpc", one_way=True)
    shown = reported(servers, partner_host=None)
    assert told(shown) == [NOT_COLLECTED, NOT_COLLECTED]
    assert shown["pairs"][0]["in_sync"] is None


def test_a_partner_that_the_inventory_lacks_is_shown_as_it_was_seen() -> None:
    shown = reported(healthy(), ("dhcp01",))
    (pair,) = shown["pairs"]
    assert [(one["host"], one["server"], one["collected"]) for one in pair["halves"]] == [
        ("dhcp01", "DHCP01", True),
        (None, "dhcp02.contoso.example", False),
    ]
    (verdict,) = shown["verdicts"]
    assert (shown["status"], pair["in_sync"], pair["healthy"]) == ("unknown", True, None)
    assert set(verdict["evidence"]["kinds"]) == needing(HERE, STATISTICS, of=(SERVER,))


def test_two_servers_that_have_nothing_to_do_with_each_other_can_serve_one_range() -> None:
    servers = healthy()
    served_twice(servers)
    stranger = servers.server("DHCP03")
    stranger.dns_account = "CONTOSO\\dns"
    stranger.scopes = {THREE: servers.server("DHCP02").scopes.pop(THREE)}
    shown = reported(servers, ("dhcp01", "dhcp02", "dhcp03"), verdicts_off=["scopes_unprotected"])
    (verdict,) = shown["verdicts"]
    assert (verdict["id"], verdict["hosts"]) == ("served_twice", ["dhcp01", "dhcp03"])
    assert [one["subnet_mask"] for one in verdict["evidence"]["ranges"]] == ["255.255.255.0"] * 2
    assert shown["pairs"][0]["healthy"] is True


def test_two_relationships_of_one_name_are_two_pairs() -> None:
    servers = healthy()
    both = seen(servers)
    result = dict(both[1].result or {})
    other = {"partner_server": "dhcp09", "partner_names": ["dhcp09", "10.9.9.9"], "partner_host": "dhcp09"}
    result["relationships"] = [{**entry, **other} for entry in result["relationships"]]
    shown = report([both[0], replace(both[1], result=result)], CREATED)
    assert len(shown["pairs"]) == 2


def test_the_active_server_stands_first() -> None:
    servers = healthy()
    for name in ("DHCP01", "DHCP02"):
        half(servers, name, mode="HotStandby", percentage=5, active="secondary")
    (pair,) = reported(servers)["pairs"]
    assert [(one["host"], one["server_role"]) for one in pair["halves"]] == [
        ("dhcp02", "active"),
        ("dhcp01", "standby"),
    ]


def test_each_half_has_its_own_settings_and_one_that_was_not_read_has_none() -> None:
    servers = healthy()
    half(servers, "DHCP02", mclt=timedelta(hours=2))
    (pair,) = reported(servers)["pairs"]
    assert [one["max_client_lead_time"] for one in pair["halves"]] == [3600, 7200]
    (pair,) = reported(servers, ("dhcp01",))["pairs"]
    assert [(one["mode"], one["enable_auth"]) for one in pair["halves"]] == [("load_balance", True), (None, None)]


def test_a_fleet_without_any_relationship_and_one_without_servers() -> None:
    servers = healthy()
    for name in ("DHCP01", "DHCP02"):
        servers.server(name).relationships.clear()
        servers.server(name).scopes.clear()
    assert (reported(servers)["status"], reported(servers)["pairs"]) == ("ok", [])
    assert report([], CREATED)["status"] == "unknown"


def test_a_verdict_that_is_switched_off_counts_for_nothing() -> None:
    servers = healthy()
    FAULTS["members_differ"].plant(servers)
    assert report(seen(servers), CREATED, ["members_differ"])["status"] == "ok"


@pytest.mark.parametrize(
    ("status", "warning", "critical"),
    [("ok", False, False), ("unknown", True, False), (WARNING, True, False), (CRITICAL, True, True)],
)
def test_what_a_run_fails_on(status: str, warning: bool, critical: bool) -> None:
    assert (is_at_least(status, "warning"), is_at_least(status, "critical")) == (warning, critical)
    assert not is_at_least(status, None)
