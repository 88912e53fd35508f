# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A fleet's report in Prometheus' text format: what each state of things looks like, and that any name fits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet import Seen, report
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import KINDS
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.metrics import HELP, cidr, metrics, timestamp
from faults import FAULTS, half, halves, healthy, served_twice
from fleets import CREATED, plain, reported, seen
from hypothesis import given, settings
from hypothesis import strategies as st
from pairs import ONE
from series import PROMTOOL, Series, parsed, promtool

OTHER = {"partner_server": "dhcp01", "partner_names": ["dhcp01", "10.9.9.9"]}
HQ = {"relationship": "HQ", "server": "dhcp01", "partner": "dhcp02"}
BACK = {"relationship": "HQ", "server": "dhcp02", "partner": "dhcp01"}


def made(shown: Mapping[str, Any]) -> Series:
    """The metrics of a report, whose file is a good one."""
    return parsed(metrics(shown))


def after(kind: str) -> Series:
    servers = healthy()
    FAULTS[kind].plant(servers)
    return made(reported(servers))


def one_sided_view() -> Mapping[str, Any]:
    """dhcp02 could not be read."""
    return report([seen(healthy())[0], Seen("dhcp02", problem="It does not answer.")], CREATED)


def test_a_healthy_pair() -> None:
    found = made(reported(healthy()))
    assert found.value("windhcp_collected_timestamp_seconds") == 1795680000
    assert [found.value("windhcp_collected", server=host) for host in ("dhcp01", "dhcp02")] == [1, 1]
    assert [found.value(f"windhcp_failover_{what}", **HQ) for what in ("in_sync", "healthy")] == [1, 1]
    assert {one.value for one in found.of("windhcp_failover_unknown")} == {0}
    assert {one.value for one in found.of("windhcp_failover_differences")} == {0}
    assert {one.value for one in found.of("windhcp_failover_scopes_only_here")} == {0}
    assert found.value("windhcp_failover_info", **BACK, mode="load_balance", role="", auth="true") == 1
    assert found.value("windhcp_failover_max_client_lead_time_seconds", **HQ) == 3600
    assert found.value("windhcp_failover_reserve_addresses", **HQ, scope="10.0.1.0/24") == 43
    for name in ("windhcp_failover_verdicts", "windhcp_scope_verdicts", "windhcp_scope_double_served"):
        assert not found.of(name)


def test_a_state_is_one_of_a_set() -> None:
    found = after("state_passing")
    states = {one.labels["state"]: one.value for one in found.of("windhcp_failover_state") if one.has(HQ)}
    assert [state for state, value in states.items() if value] == ["Recover"]
    assert len(states) == 12


def test_a_state_that_windows_has_beside_these_is_one_more() -> None:
    servers = healthy()
    half(servers, "DHCP01", state="Paused")
    assert made(reported(servers)).value("windhcp_failover_state", **HQ, state="Paused") == 1


def test_what_is_not_known_has_no_sample_and_is_counted() -> None:
    found = made(one_sided_view())
    assert [found.value("windhcp_collected", server=host) for host in ("dhcp01", "dhcp02")] == [1, 0]
    for name in ("in_sync", "healthy", "differences", "scopes_only_here"):
        assert not found.of(f"windhcp_failover_{name}"), name
    assert [found.value("windhcp_failover_unknown", **HQ, of=what) for what in ("in_sync", "healthy")] == [1, 1]
    assert found.value("windhcp_failover_state", **BACK, state="Normal") == 1  # as dhcp01 saw it
    assert [one for one in found.of("windhcp_failover_info") if one.has(BACK)] == []
    unknown = {one.labels["id"] for one in found.of("windhcp_failover_verdicts_unknown")}
    assert unknown == KINDS.keys() - {"not_collected", "reserve_short"}, "and no rate was told"


def test_a_state_that_nobody_saw_is_none_of_the_set() -> None:
    servers = healthy()
    servers.lab.cut_link("DHCP01", "DHCP02", "rpc", one_way=True)
    found = made(reported(servers, ("dhcp01",))).of("windhcp_failover_state")
    states = [one.value for one in found if one.labels["partner"] == "dhcp01"]
    assert (len(states), sum(states)) == (12, 0)


def test_what_both_servers_say_has_the_same_labels_when_one_of_them_is_gone() -> None:
    servers = healthy()
    half(servers, "DHCP01", mode="HotStandby", percentage=5, active="secondary")
    half(servers, "DHCP02", mode="HotStandby", percentage=5, active="secondary")
    both = seen(servers)
    names = ("windhcp_failover_in_sync", "windhcp_failover_unknown")
    whole, without = made(report(both, CREATED)), made(report([both[0], Seen("dhcp02", problem="gone")], CREATED))
    assert {tuple(one.labels.values())[:3] for name in names for one in whole.of(name)} == {("HQ", "dhcp01", "dhcp02")}
    assert {tuple(one.labels.values())[:3] for name in names for one in without.of(name)} == {
        ("HQ", "dhcp01", "dhcp02")
    }


def test_members_and_settings_that_differ() -> None:
    found = after("members_differ")
    assert [found.value("windhcp_failover_scopes_only_here", **end) for end in (HQ, BACK)] == [1, 0]
    differs = {kind: after(kind).of("windhcp_failover_differences") for kind in ("content_differs", "classes_differ")}
    assert [one.labels["of"] for one in differs["content_differs"] if one.value] == ["scopes"]
    assert [one.labels["of"] for one in differs["classes_differ"] if one.value] == ["classes"]
    assert not after("half_missing").of("windhcp_failover_differences")


def test_what_nobody_wants_to_know_is_not_said_to_be_zero() -> None:
    servers = healthy()
    FAULTS["content_differs"].plant(servers)
    found = made(report(seen(servers), CREATED, ["content_differs"]))
    assert sorted(one.labels["of"] for one in found.of("windhcp_failover_differences")) == ["classes", "servers"]


@pytest.mark.parametrize("kind", FAULTS)
def test_one_fault_of_each_kind(kind: str) -> None:
    found = after(kind)
    (verdict, *others) = [one for one in found.of("windhcp_failover_verdicts") if one.labels["id"] == kind]
    assert (verdict.value, verdict.labels["severity"]) == (1, KINDS[kind].severity)
    assert len(others) == (kind == "dns_credentials_missing")
    assert found.value("windhcp_fleet_verdicts", severity=KINDS[kind].severity) >= 1
    for what, expected in (("in_sync", FAULTS[kind].in_sync), ("healthy", FAULTS[kind].healthy)):
        assert found.value(f"windhcp_failover_{what}", **HQ) == expected


def test_a_verdict_about_scopes_names_them_as_windows_exporter_does() -> None:
    (found,) = after("scope_full").of("windhcp_scope_verdicts")
    assert found.labels == {**HQ, "scope": "10.0.1.0/24", "id": "scope_full", "severity": "critical"}


def test_a_scope_that_is_served_twice() -> None:
    (found,) = after("served_twice").of("windhcp_scope_double_served")
    assert found.labels == {"scope": "10.0.3.0/24", "server": "dhcp01", "partner": "dhcp02"}


def test_two_scopes_that_give_the_same_addresses_are_both_named() -> None:
    servers = healthy()
    served_twice(servers)
    shown: Any = reported(servers)
    (verdict,) = (one for one in shown["verdicts"] if one["id"] == "served_twice")
    verdict["evidence"]["ranges"][1].update(scope_id="10.0.2.0", subnet_mask="255.255.254.0")
    found = made(shown).of("windhcp_scope_double_served")
    assert [(one.labels["scope"], one.labels["server"]) for one in found] == [
        ("10.0.2.0/23", "dhcp02"),
        ("10.0.3.0/24", "dhcp01"),
    ]


def test_what_is_about_servers_of_two_relationships_has_their_names() -> None:
    """A scope of HQ that DHCP03, in no relationship, serves as well."""
    servers = healthy()
    servers.server("DHCP03").dns_account = "CONTOSO\\dns"
    servers.server("DHCP03").scopes[ONE] = servers.server("DHCP02").scopes[ONE]
    hosts = ("dhcp01", "dhcp02", "dhcp03")
    found = made(reported(servers, hosts, verdicts_off=["scopes_unprotected"]))
    ends = [("dhcp01", "dhcp03"), ("dhcp02", "dhcp03")]
    for name in ("windhcp_failover_verdicts", "windhcp_scope_double_served"):
        assert [(one.labels["server"], one.labels["partner"]) for one in found.of(name)] == ends, name


def test_very_many_servers_of_one_range_are_one_alert() -> None:
    servers = healthy()
    served_twice(servers)
    shown: Any = reported(servers)
    (verdict,) = (one for one in shown["verdicts"] if one["id"] == "served_twice")
    verdict["evidence"]["ranges"] += [{**verdict["evidence"]["ranges"][0], "host": f"x{n}"} for n in range(18)]
    verdict["hosts"] += [f"x{n}" for n in range(98)]
    found = made(shown)
    (one,) = found.of("windhcp_scope_double_served")
    assert one.labels == {"scope": "10.0.3.0/24", "server": "dhcp01", "partner": "dhcp02"}
    (told,) = (one for one in found.of("windhcp_failover_verdicts") if one.labels["id"] == "served_twice")
    assert told.labels["partner"] == ""


def test_what_no_task_looked_for_is_not_said_to_be_zero() -> None:
    found = made(reported(healthy(), verdicts_off=["content_differs"]))
    assert sorted(one.labels["of"] for one in found.of("windhcp_failover_differences")) == ["classes", "servers"]


def test_a_partner_that_the_inventory_lacks() -> None:
    found = made(reported(healthy(), ("dhcp01",)))
    assert found.value("windhcp_failover_in_sync", **{**HQ, "partner": "dhcp02.contoso.example"}) == 1


def test_two_relationships_of_one_name_and_of_the_same_servers_are_not_the_same_series() -> None:
    """dhcp02 is a host by the word of dhcp01; dhcp02 itself calls a partner dhcp01 that it does not know again."""
    both = seen(healthy())
    result: Any = dict(both[1].result or {})
    entries = [{**one, "partner_host": "dhcp01", **OTHER} for one in result["relationships"]]
    mine: Any = plain(both[0].result or {})
    mine["relationships"][0]["drift"]["partner_state"] = None
    servers = [Seen("dhcp01", mine), Seen("dhcp02", {**result, "relationships": entries})]
    shown: Any = plain(report(servers, CREATED))
    first, second = shown["pairs"]
    second["in_sync"], first["halves"][1]["state"] = False, "PartnerDown"  # what dhcp02 itself says stands
    found = made(shown)
    assert found.value("windhcp_failover_in_sync", **HQ) == 0
    assert found.value("windhcp_failover_state", **BACK, state="Normal") == 1
    first["in_sync"] = None
    assert made(shown).value("windhcp_failover_in_sync", **HQ) == 0
    first["in_sync"], second["in_sync"] = True, None
    found = made(shown)
    assert (found.of("windhcp_failover_in_sync"), found.value("windhcp_failover_unknown", **HQ, of="in_sync")) == (
        [],
        1,
    )


def test_three_verdicts_of_one_kind_are_one_series() -> None:
    servers = healthy()
    served_twice(servers)
    shown: Any = reported(servers)
    shown["verdicts"] += [one for one in shown["verdicts"] if one["id"] == "served_twice"] * 2
    labels = {"relationship": "", "server": "dhcp01", "partner": "dhcp02", "id": "served_twice", "severity": "critical"}
    assert made(shown).value("windhcp_failover_verdicts", **labels) == 3


def test_addresses_of_which_a_share_is_not_known() -> None:
    shown: Any = reported(healthy())
    first, second = shown["pairs"][0]["scope_list"]
    first["free_here"] = None
    second.update(free_here=20, free_at_partner=66)
    found = made(shown).of("windhcp_failover_reserve_addresses")
    assert [(one.labels["server"], one.labels["scope"], one.value) for one in found] == [
        ("dhcp01", "10.0.2.0/24", 20),
        ("dhcp02", "10.0.1.0/24", 43),
        ("dhcp02", "10.0.2.0/24", 66),
    ]


def test_a_fleet_without_servers() -> None:
    assert {one.name for one in made(report([], CREATED)).all} == {
        "windhcp_collected_timestamp_seconds",
        "windhcp_fleet_verdicts",
    }


NAMES = [
    'a "quoted" name',
    "a\\backslash\\",
    "two\nlines\r",
    '"} 1\nwindhcp_collected{server="x',
    "{{ 7 * 7 }}",
    "\x1b[31m",
    "\u202eturned",
    "\ud800",
    "Ä" * 126,
    "本社" * 63,
    "",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_fits(name: str) -> None:
    found = made(renamed(name))
    shown = name.replace("\ud800", r"\ud800")
    assert {one.labels["relationship"] for one in found.of("windhcp_failover_state")} == {shown}
    assert {one.labels["server"] for one in found.of("windhcp_collected")} == {shown, "dhcp02"}


@settings(max_examples=60, deadline=None)
@given(name=st.text(max_size=130))
def test_any_name_at_all_fits(name: str) -> None:
    made(renamed(name))


def renamed(name: str) -> Mapping[str, Any]:
    """Whatever carries a name in the report of a pair that has something to be said of it has this one. It is made
    once."""

    def change(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: change(one) for key, one in value.items()}
        if isinstance(value, list):
            return [change(one) for one in value]
        return name if value in ("HQ", "dhcp01", "DHCP01", "Clients") else value

    return dict(change(FULL))


def _full() -> Mapping[str, Any]:
    servers = healthy()
    for kind in ("members_differ", "served_twice", "authentication_off"):
        FAULTS[kind].plant(servers)
    halves(servers, percentage=30)
    servers.server("DHCP01").scopes[ONE].name = "Clients"
    return reported(servers)


FULL = _full()


def test_the_same_report_is_the_same_file() -> None:
    assert metrics(FULL) == metrics(plain(FULL))
    names = [line.split()[2] for line in metrics(FULL).splitlines() if line.startswith("# TYPE")]
    assert names == [name for name in HELP if name in names]


def test_each_metric_is_explained_in_the_guide() -> None:
    page = (Path(__file__).parents[3] / "docs" / "docsite" / "rst" / "monitoring.rst").read_text(encoding="utf-8")
    explained = re.findall(r"^``(windhcp_\w+)``(?=:|\n  \w)", page, re.MULTILINE)
    assert sorted(explained) == sorted(HELP)


@pytest.mark.parametrize(
    ("scope", "mask", "expected"),
    [
        ("10.11.12.0", "255.255.255.128", "10.11.12.0/25"),
        ("10.0.0.0", "255.0.0.0", "10.0.0.0/8"),
        ("10.0.1.0", "", "10.0.1.0"),
        ("10.0.1.0", "255.0.255.0", "10.0.1.0"),
    ],
)
def test_a_scope_as_windows_exporter_calls_it(scope: str, mask: str, expected: str) -> None:
    assert cidr(scope, mask) == expected


def test_times() -> None:
    assert [timestamp(text) for text in (CREATED, "2026-11-26T08:00:00Z", "2026-11-26T09:00:00+01:00")] == [
        1795680000
    ] * 3
    assert timestamp("2026-11-26T08:00:00") == 1795680000
    assert (timestamp(None), timestamp("yesterday")) == (None, None)


def test_since_when_a_state_is() -> None:
    shown: Any = reported(healthy())
    shown["pairs"][0]["halves"][0]["state_since"] = CREATED
    (found,) = made(shown).of("windhcp_failover_state_since_timestamp_seconds")
    assert (found.value, found.labels) == (1795680000, HQ)


@PROMTOOL
@pytest.mark.parametrize("shown", [reported(healthy()), FULL, one_sided_view(), *map(renamed, NAMES)])
def test_prometheus_own_check(shown: Mapping[str, Any]) -> None:
    assert promtool("check", "metrics", said=metrics(shown)) == ""
