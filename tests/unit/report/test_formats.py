# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The files of a report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet import Seen, report
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import KINDS
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.formats import FORMATS
from faults import FAULTS, healthy
from fleets import reported

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "extensions" / "monitoring" / "report.schema.json").read_text(encoding="utf-8")
)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("kind", [None, *FAULTS])
def test_the_json_is_as_its_schema_says(kind: str | None) -> None:
    servers = healthy()
    if kind:
        FAULTS[kind].plant(servers)
    made = json.loads(FORMATS["json"].text(reported(servers)))
    jsonschema.validate(made, SCHEMA)


def test_and_so_is_that_of_servers_that_were_not_read() -> None:
    unread = report([Seen("dhcp01", problem="It does not answer.")], "2026-11-26T08:00:00+00:00")
    jsonschema.validate(json.loads(FORMATS["json"].text(unread)), SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.update(created="yesterday"),
        lambda made: made["off"].append("scope_ful"),
        lambda made: made["verdicts"][0].update(id="scope_ful"),
        lambda made: made["verdicts"][0]["evidence"].update(kinds=["scope_ful"]),
        lambda made: made["pairs"][0]["events"].append({"time": "2026-03-01T08:00:00Z"}),
        lambda made: made["pairs"][0]["scope_list"][0].update(in_use="4"),
        lambda made: made["pairs"][0]["scope_list"][0].update(free_here=-1),
        lambda made: made["pairs"][0]["scope_list"][0].update(start_range="here"),
        lambda made: made["pairs"][0]["scope_list"][0].update(lease_duration="long"),
        lambda made: made["pairs"][0]["scope_list"][0].update(exclusions=[{"start_range": "10.0.1.1"}]),
    ],
)
def test_the_schema_finds_what_is_no_report(change: Callable[[Any], object]) -> None:
    servers = healthy()
    FAULTS["authentication_off"].plant(servers)
    made: Any = reported(servers)
    jsonschema.validate(made, SCHEMA)
    change(made)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made, SCHEMA)


def test_the_schema_knows_the_verdicts_of_this_version_and_the_events() -> None:
    assert SCHEMA["$defs"]["kind"]["enum"] == sorted(KINDS)
    servers = healthy()
    servers.lab.cut_link("DHCP01", "DHCP02", "failover")
    made = reported(servers, gather=["drift", "health", "scopes", "events"])
    assert made["pairs"][0]["events"]
    jsonschema.validate(made, SCHEMA)


@pytest.mark.parametrize("name", FORMATS)
def test_every_file_can_be_encoded_and_is_the_same_for_the_same_report(name: str) -> None:
    made = report([Seen("dhcp\ud800", problem="\ud800 <b>")], "2026-11-26T08:00:00+00:00")
    text = FORMATS[name].text(made)
    assert text.encode("utf-8")
    assert text == FORMATS[name].text(made)
    assert text.endswith("\n")


def test_each_format_has_a_file_of_its_own() -> None:
    assert len({one.file for one in FORMATS.values()}) == len(FORMATS)
