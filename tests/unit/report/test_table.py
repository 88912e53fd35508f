# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A report for a terminal."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet import Seen, report
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import KINDS
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.table import (
    WIDTH,
    aligned,
    safety_copies,
    scopes,
    sentences,
    table,
)
from faults import FAULTS, half, healthy, rename
from fleets import reported
from pairs import TWO


def test_a_line_for_each_relationship() -> None:
    head, rule, line = table(reported(healthy()))
    assert head.split() == [
        "relationship",
        "servers",
        "mode",
        "share",
        "MCLT",
        "state",
        "scopes",
        "fullest",
        "in",
        "sync",
    ]
    assert set(rule) == {"-", " "}
    assert line.startswith("HQ            dhcp01 - dhcp02")
    assert line.endswith("yes")
    assert "load balance" in line
    assert "50 : 50" in line


def test_what_is_not_known_is_no_yes() -> None:
    servers = healthy()
    servers.lab.cut_link("DHCP01", "DHCP02", "rpc")
    (*_head, line) = table(reported(servers, partner_host=None))
    assert line.endswith("unknown")


def test_a_table_without_relationships() -> None:
    servers = healthy()
    for name in ("DHCP01", "DHCP02"):
        servers.server(name).relationships.clear()
    assert table(reported(servers)) == ["no failover relationship was found"]


def test_where_nobody_could_be_read_it_is_not_said_that_nothing_is_there() -> None:
    nobody = report([Seen("dhcp01", problem="no route to host")], "2026-03-01T08:00:00+00:00", frozenset())
    assert table(nobody) == ["NO SERVER COULD BE READ"]


def test_states_that_differ_and_hot_standby() -> None:
    servers = healthy()
    servers.lab.cut_link("DHCP01", "DHCP02", "failover")
    for name, state in (("DHCP01", "PartnerDown"), ("DHCP02", "CommunicationInterrupted")):
        half(servers, name, mode="HotStandby", percentage=5, state=state)
    (*_head, line) = table(reported(servers))
    assert "active, 5 %" in line
    assert "PartnerDown / CommunicationInterrupted" in line or "PartnerDown / Comm" in line


def test_sentences_end_with_what_it_comes_to() -> None:
    assert sentences(reported(healthy())) == [
        "2 of 2 servers were read: 1 relationship with 2 scopes; nothing is wrong with them; not looked for: "
        "reserve_short (needs failover_new_clients_per_hour)"
    ]
    servers = healthy()
    FAULTS["members_differ"].plant(servers)
    first, last = sentences(reported(servers))
    assert first.startswith("critical: members of 'HQ': 10.0.2.0 on DHCP01 only. -> run windhcp.failover.site")
    assert last.endswith("; 1 critical; not looked for: reserve_short (needs failover_new_clients_per_hour)")
    assert sentences(reported(servers, new_clients_per_hour=1))[-1].endswith("; 1 critical")


def test_each_scope_is_listed_where_it_is() -> None:
    servers = healthy()
    servers.server("DHCP01").scopes[TWO].state = "InActive"
    free = replace(servers.server("DHCP01").scopes[TWO], scope_id=IPv4Address("10.0.9.0"), state="Active", leases={})
    servers.server("DHCP01").scopes[free.scope_id] = free
    assert scopes(reported(servers)) == [
        "scopes of 'HQ': 10.0.1.0 Clients, 10.0.2.0 Clients (inactive)",
        "in no relationship on dhcp01: 10.0.9.0",
    ]


def test_safety_copies_are_listed_where_they_were_asked_for() -> None:
    servers = healthy()
    assert safety_copies(reported(servers)) == []
    servers.ok("dhcp_failover_scope", **servers.remove(TWO, keep_scopes_on="this_server", other_copy="delete"))
    (line,) = safety_copies(reported(servers, gather=["safety_copies"]))
    assert line.startswith("safety copy on dhcp01: 20")
    assert line.endswith(".xml")


def test_names_cannot_steer_a_terminal_and_lines_stay_short() -> None:
    servers = healthy()
    rename(servers, "\x1b[31m" + "名" * 120)
    lines = table(reported(servers))
    assert all("\x1b" not in line and len(line) <= WIDTH for line in lines)


def test_wide_characters_keep_the_columns() -> None:
    lines = aligned(("a", "b"), [("名", "x"), ("nnn", "y"), ("e\u0301", "z")])
    assert lines[2:] == ["名   x", "nnn  y", "e\u0301    z"]


def test_what_nobody_looked_at_is_not_told_as_fine() -> None:
    none = report([], "2026-03-01T08:00:00+00:00", frozenset())
    assert sentences(none)[-1].startswith(
        "0 of 0 servers were read: 0 relationships with 0 scopes; so nothing is known"
    )
    unasked = reported(healthy(), gather=[], verdicts_off=sorted(KINDS.keys() - {"not_collected", "not_normal"}))
    (pair,) = unasked["pairs"]
    assert pair["in_sync"] is None
    assert table(unasked)[-1].endswith("unknown")


def test_a_half_that_is_missing_was_looked_for() -> None:
    """Who switches that verdict off is told nothing of it, not that it is unknown."""
    alone = healthy()
    alone.server("DHCP02").relationships.clear()
    alone.server("DHCP02").scopes.clear()
    shown = reported(alone, verdicts_off=["half_missing", "scopes_unprotected"])
    assert [(pair["in_sync"], pair["status"]) for pair in shown["pairs"]] == [(True, "ok")]


def test_a_scope_with_a_free_address_is_not_full() -> None:
    shown = reported(healthy())
    shown["pairs"][0]["fullest"] = {"scope_id": "10.0.1.0", "percent_in_use": 99.6}
    assert "10.0.1.0 99 %" in table(shown)[-1]
