# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""extensions/audit/event_query.yml: the automation platform runs it with jq on each result, to count the servers that a
job has reached without naming them as its hosts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import jq
import yaml
from harness import ROOT, Run, Site, lab

OURS = "windhcp.failover"
QUERIES: Mapping[str, Mapping[str, str]] = yaml.safe_load(
    (ROOT / "extensions" / "audit" / "event_query.yml").read_text(encoding="utf-8")
)
PAIR = {"partner_server": "dhcp02.contoso.example", "partner_host": "dhcp02"}
SCOPE = f"{OURS}.dhcp_failover_scope"
MAINTENANCE = f"{OURS}.dhcp_failover_maintenance"
TASKS: list[dict[str, Any]] = [
    {f"{OURS}.dhcp_failover_relationship": {**PAIR, "name": "Berlin", "scopes": ["10.10.10.0", "10.10.11.0"]}},
    {
        f"{OURS}.dhcp_failover": {
            "relationships": [{"name": "Berlin", "scopes": ["10.10.20.0"]}],
            "partner_host": "auto",
        }
    },
    {
        SCOPE: {
            "relationship": "Berlin",
            "scopes": ["10.10.11.0"],
            "state": "absent",
            "keep_scopes_on": "partner",
            "other_copy": "disable",
            "partner_host": "auto",
        }
    },
    {f"{OURS}.dhcp_failover_scope_copy": {"scopes": ["10.10.11.0"], "partner_host": "dhcp02"}},
    {f"{OURS}.dhcp_failover_replicate": {"relationship": "Berlin", "partner_host": "dhcp02"}},
    {MAINTENANCE: {"state": "started", "partner_host": "auto"}},
    {MAINTENANCE: {"state": "finished", "partner_host": "auto"}},
]
# one command, and the partner is not asked
IN_SYNC = {f"{OURS}.dhcp_failover": {"relationships": [{"name": "Berlin"}], "partner_host": "auto"}}


def counted(run: Run) -> Iterator[tuple[str, Any]]:
    """What the controller's loop makes of a job's events: the module, as a task without a name is called, and a
    node."""
    for one in run.tasks:
        if one["task"] in QUERIES:
            for node in jq.compile(QUERIES[one["task"]]["query"]).input_value(one["result"]).all():
                yield one["task"], node


def has_null(value: Any) -> bool:
    """At any depth: the controller counts nothing then."""
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(has_null, members))


def test_the_partner_is_counted_once_whatever_reached_it(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        nodes = list(counted(site.play(TASKS).ok()))
        assert list(counted(site.play([IN_SYNC]).ok())) == []
        assert {action for action, _node in nodes} == QUERIES.keys()
        assert {node["name"] for _action, node in nodes} == {"dhcp02.contoso.example"}
        assert {json.dumps(node["canonical_facts"]) for _action, node in nodes} == {
            json.dumps({"host_name": "dhcp02.contoso.example"})
        }
        assert not any(has_null(node) for _action, node in nodes)
        # without the first two a node is counted and shown nowhere
        assert {tuple(node["facts"]) for _action, node in nodes} == {
            ("infra_type", "infra_bucket", "device_type", "platform")
        }


def test_it_is_about_modules_that_there_are_and_have_a_partner() -> None:
    """And not about the one that only reads, and the one whose partner is down."""
    found = {
        f"{OURS}.{path.stem}"
        for path in (ROOT / "plugins" / "modules").glob("dhcp_failover*.yml")
        if "partners_reached" in yaml.safe_load(path.read_text(encoding="utf-8"))["RETURN"]
    }
    assert QUERIES.keys() == found - {f"{OURS}.dhcp_failover_{name}" for name in ("info", "partner_down")}
