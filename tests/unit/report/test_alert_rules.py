# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The alerts that are shipped: each fault that is planted in a pair fires the right ones, and no other, by Prometheus'
own engine."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet import Seen, report
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import KINDS
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.metrics import HELP, metrics
from faults import FAULTS, OTHERS, healthy
from fleets import CREATED, plain, reported, seen
from series import PROMTOOL, parsed, promtool

ROOT = Path(__file__).parents[3]
MONITORING = ROOT / "extensions" / "monitoring"
RULES = MONITORING / "windhcp_failover.rules.yml"
PAGE = (ROOT / "docs" / "docsite" / "rst" / "monitoring.rst").read_text(encoding="utf-8")
ALERTS = [rule for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]
LONG = 25 * 12  # of five minutes
EVERY = {**FAULTS, **OTHERS}
OFF = {"verdicts_off": ["scopes_unprotected"]}  # which goes with a scope in no relationship


@dataclass(frozen=True)
class Planted:
    """`alerts`: with their severity, those that fire an hour later; `late`: those that fire a day later besides."""

    alerts: frozenset[str]
    late: frozenset[str] = frozenset()
    options: Mapping[str, Any] = field(default_factory=dict)


def fires(*alerts: str, late: str | None = None, **more: Any) -> Planted:
    return Planted(frozenset(alerts), frozenset([late] if late else ()), **more)


PLANTED: dict[str, Planted] = {
    "half_missing": fires("WindhcpHalvesDiffer critical"),
    "not_normal": fires("WindhcpNotNormal critical"),
    "state_passing": fires("WindhcpNotNormal warning"),
    "states_contradict": fires("WindhcpStatesContradict critical"),
    "settings_differ": fires("WindhcpHalvesDiffer critical"),
    "members_differ": fires("WindhcpMembersDiffer critical"),
    "content_differs": fires(late="WindhcpDrift warning"),
    "classes_differ": fires(late="WindhcpDrift warning"),
    "server_settings_differ": fires(late="WindhcpDrift warning"),
    "clocks_differ": fires("WindhcpCritical critical"),
    "not_authorized": fires("WindhcpCritical critical"),
    "scope_full": fires("WindhcpScopeFull critical"),
    "served_twice": fires("WindhcpServedTwice critical", options=OFF),
    "split_scope": fires(options=OFF),
    "reserve_short": fires("WindhcpReserveShort warning"),
    "share_exhausted": fires("WindhcpReserveShort warning"),
    "broken_run": fires("WindhcpBrokenRun warning"),
    # warnings that a report tells, and that nobody is called for
    **dict.fromkeys(
        (
            "maintenance",
            "relationship_empty",
            "members_inactive",
            "authentication_off",
            "interval_below_mclt",
            "scope_nearly_full",
            "dns_credentials_differ",
            "scopes_unprotected",
            "no_room",
            "audit_log_off",
            "dns_credentials_missing",
        ),
        fires(),
    ),
}
# partner down for a day
BEYOND_MCLT = {"states_contradict"}


def planted(kind: str) -> Mapping[str, Any]:
    """The report of a pair with that fault and no other."""
    servers, fault = healthy(), EVERY[kind]
    fault.plant(servers)
    shown = reported(servers, fault.hosts, **{**fault.options, **PLANTED[kind].options})
    assert {verdict["id"] for verdict in shown["verdicts"]} == {kind}
    return shown


def group(name: str, shown: Mapping[str, Any], *expected: tuple[str, frozenset[str]], stale: bool = False) -> Any:
    """A test of promtool's: these metrics for 25 hours, and which alerts fire when."""
    series = [
        {"series": f"{one.name}{_labels(one.labels)}", "values": f"{one.value:g}+0x{LONG}"}
        for one in parsed(metrics(shown)).all
        if one.name != "windhcp_collected_timestamp_seconds"
    ]
    made = {"series": "windhcp_collected_timestamp_seconds", "values": f"0+{0 if stale else 300}x{LONG}"}
    firing = 'count by (alertname, severity) (ALERTS{alertstate="firing"})'
    return {
        "name": name,
        "interval": "5m",
        "input_series": [*series, made],
        "promql_expr_test": [
            {"expr": f"{firing} > bool 0", "eval_time": at, "exp_samples": list(map(_sample, sorted(alerts)))}
            for at, alerts in expected
        ],
    }


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}={json.dumps(value)}" for name, value in labels.items()) + "}"


def _sample(alert: str) -> Mapping[str, Any]:
    name, severity = alert.split()
    return {"labels": f'{{alertname="{name}", severity="{severity}"}}', "value": 1}


def run(folder: Path, *groups: Any) -> str:
    """Prometheus' own unit test of the rules."""
    path = folder / "test.yml"
    test = {"rule_files": [str(RULES)], "evaluation_interval": "5m", "tests": list(groups)}
    path.write_text(yaml.safe_dump(test), encoding="utf-8")
    return promtool("test", "rules", str(path))


def test_each_kind_of_verdict_has_its_alerts() -> None:
    assert PLANTED.keys() | {"not_collected"} == KINDS.keys(), "which is tested below"
    critical = {kind.id for kind in KINDS.values() if kind.severity == "critical"}
    assert {kind for kind in critical if not any("critical" in alert for alert in PLANTED[kind].alerts)} == set()


@PROMTOOL
def test_each_planted_fault_fires_the_right_alerts_and_no_other(tmp_path: Path) -> None:
    groups = []
    for kind, one in PLANTED.items():
        beyond = {"WindhcpPartnerDownBeyondMclt critical"} if kind in BEYOND_MCLT else set()
        first = frozenset({"WindhcpServedTwice critical"}) if kind == "served_twice" else frozenset[str]()
        day = one.alerts | one.late | beyond
        last = "25h" if one.late else "4h"
        groups.append(group(kind, planted(kind), ("0m", first), ("55m", one.alerts), (last, day)))
    run(tmp_path, group("healthy", reported(healthy()), ("25h", frozenset())), *groups)


@PROMTOOL
def test_a_server_that_is_not_read_and_what_that_leaves_unknown(tmp_path: Path) -> None:
    gone = report([seen(healthy())[0], Seen("dhcp02", problem="It does not answer.")], CREATED)
    servers = healthy()
    servers.lab.cut_link("DHCP01", "DHCP02", "rpc", one_way=True)
    alone = reported(servers, ("dhcp01",))
    run(
        tmp_path,
        group("not read", gone, ("10m", frozenset()), ("25h", frozenset({"WindhcpNotCollected warning"}))),
        group("nobody knows it", alone, ("25h", frozenset({"WindhcpUnknown warning"}))),
    )


@PROMTOOL
def test_no_report_and_an_old_one(tmp_path: Path) -> None:
    stale = frozenset({"WindhcpReportStale warning"})
    old = group("old", reported(healthy()), ("2h", frozenset()), ("3h", stale), stale=True)
    none = {**group("none", reported(healthy()), ("10m", frozenset()), ("1h", stale)), "input_series": []}
    run(tmp_path, old, none)


@PROMTOOL
@pytest.mark.parametrize("query", re.findall(r"code-block:: promql\n\n((?: {4}.*\n)+)", PAGE))
def test_the_queries_of_the_guide(query: str, tmp_path: Path) -> None:
    """With the metrics of windows_exporter on both servers."""
    windows = [
        {"series": f'{name}{{instance="{host}.contoso.example:9182", scope="{scope}"}}', "values": "7 7"}
        for name in ("windows_dhcp_scope_addresses_free", "windows_dhcp_scope_addresses_in_use")
        for host in ("dhcp01", "dhcp02")
        for scope in ("10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24")
    ]
    one = group("a query", planted("served_twice"))
    results = {"sum by": 1, "addresses_in_use": 2}
    count = next((number for word, number in results.items() if word in query), 4)
    found = {"expr": f"count({query})", "eval_time": "1m", "exp_samples": [{"labels": "{}", "value": count}]}
    run(tmp_path, {**one, "input_series": [*one["input_series"], *windows], "promql_expr_test": [found]})


@PROMTOOL
def test_what_is_expected_is_really_looked_at(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="WindhcpScopeFull"):
        run(tmp_path, group("wrong", planted("scope_full"), ("25h", frozenset())))


@PROMTOOL
def test_the_rules_and_their_own_tests() -> None:
    assert "15 rules found" in promtool("check", "rules", "--lint=all", "--lint-fatal", str(RULES))
    assert "SUCCESS" in promtool("test", "rules", str(MONITORING / "windhcp_failover.rules_test.yml"))


def test_a_rule_uses_metrics_that_there_are() -> None:
    named = {name for rule in ALERTS for name in re.findall(r"windhcp_\w+", rule["expr"])}
    assert named
    assert named - HELP.keys() == set()
    matchers = [match for rule in ALERTS for match in re.findall(r'\bid[!=]~?"([^"]+)"', rule["expr"])]
    kinds = {kind for match in matchers for kind in match.split("|")}
    assert kinds
    assert kinds - KINDS.keys() == set()


@PROMTOOL
def test_what_is_switched_off_fires_nothing(tmp_path: Path) -> None:
    """Whatever alert the same fault fires else, at the end of a day."""
    groups = []
    for kind in (kind for kind, one in PLANTED.items() if one.alerts | one.late):
        servers, fault = healthy(), EVERY[kind]
        fault.plant(servers)
        off = [kind, "scopes_unprotected", "scope_nearly_full"]
        shown = plain(report(seen(servers, fault.hosts, **{**fault.options, "verdicts_off": []}), CREATED, off))
        assert shown["status"] == "ok"
        groups.append(group(kind, shown, ("25h", frozenset())))
    run(tmp_path, *groups)


def test_each_alert_says_what_it_is_and_where_the_guide_tells_what_to_do() -> None:
    for rule in ALERTS:
        assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["runbook_url"].endswith(f"monitoring.rst#{rule['alert'].lower()}")
        assert re.search(rf"^{rule['alert']}\n~+$", PAGE, re.MULTILINE), rule["alert"]
