# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One planted fault of each verdict is red in the module's result, the table, every file and the exit code at once, and
nothing else is."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet import is_at_least
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import (
    INFO,
    KINDS,
    NOT_COLLECTED,
    WARNING,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.formats import FORMATS
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.nagios import exit_code
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.table import sentences
from faults import FAULTS, OTHERS, healthy
from fleets import reported, seen

EVERY = {**FAULTS, **OTHERS}
BESIDE = {"served_twice": ["scopes_unprotected"], "split_scope": ["scopes_unprotected"]}
CODES = {"critical": 2, "warning": 1, "info": 0}


def shows(text: str) -> Mapping[str, Callable[[Mapping[str, Any]], bool]]:
    """How each file shows a verdict."""
    return {
        "json": lambda verdict: f'"id": "{verdict["id"]}"' in text,
        "markdown": lambda verdict: f"({verdict['id']})" in text,
        "prometheus": lambda verdict: bool(re.search(rf'verdicts\{{[^}}]*id="{verdict["id"]}"[^}}]*\}} [1-9]', text)),
        "nagios": lambda verdict: verdict["severity"] == INFO or verdict["sentence"][:60] in text,
        "html": lambda verdict: html.escape(verdict["sentence"][:20]) in text,
    }


def test_each_verdict_is_planted() -> None:
    assert EVERY.keys() | {NOT_COLLECTED} == KINDS.keys()


@pytest.mark.parametrize("kind", EVERY)
def test_a_planted_fault(kind: str) -> None:
    servers, fault, severity = healthy(), EVERY[kind], KINDS[kind].severity
    fault.plant(servers)
    options = {"verdicts_off": BESIDE.get(kind, []), **fault.options}
    results = [verdict for one in seen(servers, fault.hosts, **options) for verdict in (one.result or {})["verdicts"]]
    assert {verdict["id"] for verdict in results} == {kind}
    made = reported(servers, fault.hosts, **options)
    verdict = made["verdicts"][0]
    assert [line.partition(":")[0] for line in sentences(made)[:-1]] == [severity] * len(made["verdicts"])
    for name, form in FORMATS.items():
        text = form.text(made)
        assert shows(text)[name](verdict), f"{name} shows it"
        others = [shows(text)[name]({**verdict, "id": other}) for other in KINDS if other != kind]
        assert name in ("nagios", "html") or not any(others), f"{name} shows no other"
    assert exit_code(made) == CODES[severity]
    assert is_at_least(made["status"], WARNING) is (severity != INFO)


def test_a_healthy_fleet_is_red_nowhere() -> None:
    made = reported(healthy())
    (said,) = sentences(made)
    assert said.startswith("2 of 2 servers were read: 1 relationship with 2 scopes; nothing is wrong with them")
    assert exit_code(made) == 0
    for name, form in FORMATS.items():
        text = form.text(made)
        found = [kind for kind in KINDS if shows(text)[name]({"id": kind, "severity": "critical", "sentence": "\0"})]
        assert found == [], name
