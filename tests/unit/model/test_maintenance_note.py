# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A note of maintenance comes back as it was written, and nothing else is taken for one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import maintenance_note, note
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.maintenance_note import Maintenance
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note

SINCE = datetime(2026, 11, 27, 19, 42, 15, tzinfo=timezone.utc)
WHOLE = Maintenance(
    "DHCP01",
    ("dhcp02.contoso.example", "10.10.0.12"),
    ("HQ", "Büro"),
    {"HQ": 3600},
    "ann@ctl",
    SINCE,
    "updates",
    file="f",
)


@pytest.mark.parametrize(
    "written", [WHOLE, Maintenance("DHCP01", ("dhcp02",), ended=True, file="f", own=False, run="1")]
)
def test_it_comes_back_as_it_was_written(written: Maintenance) -> None:
    assert written.text().isascii()
    assert "\n" not in written.text()
    assert maintenance_note.from_text("f", written.text()) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 100000,
        Note("HQ", "dhcp02", run="1").text(),
        json.dumps({**json.loads(WHOLE.text()), "since": "2026-11-27T19:42:15"}),
        json.dumps({**json.loads(WHOLE.text()), "partner": []}),
        json.dumps({**json.loads(WHOLE.text()), "paused": {"HQ": "long"}}),
    ],
    ids=["cut off", "a list", "no JSON", "deep", "a run's", "no zone", "no partner", "no interval"],
)
def test_anything_else_is_none(text: str) -> None:
    assert maintenance_note.from_text("f", text) is None


def test_it_is_no_note_of_a_run() -> None:
    assert note.from_text(WHOLE.text()) is None


def test_it_tells_who_since_when_and_why() -> None:
    assert WHOLE.words == "DHCP01 is in maintenance since 2026-11-27 19:42:15 (UTC), begun by ann@ctl (updates)"
    assert Maintenance("DHCP01", ("dhcp02",)).words == "DHCP01 is in maintenance"
    hostile = Maintenance("DHCP01", ("dhcp02",), reason="\x1b[2J\n" + "x" * 999)
    assert hostile.words.startswith("DHCP01 is in maintenance (\\x1b[2J ")
    assert len(hostile.words) < 300


def test_one_that_is_over_tells_what_is_not_put_back() -> None:
    over = Maintenance("DHCP01", ("dhcp02",), ("HQ",), {"HQ": 3600}, ended=True)
    assert over.words == "automatic switchover of 'HQ' is still off since DHCP01 was in maintenance"


def test_one_that_is_over_tells_no_more_than_what_is_still_off() -> None:
    over = Maintenance("DHCP01", ("dhcp02",), ("A", "B", "C"), {"A": 1, "B": 2, "C": 3}, ended=True)
    shown = {name: builders.relationship(name, []) for name in ("A", "B")}
    shown["A"] = replace(shown["A"], state_switch_interval=6300)
    shown["B"] = replace(shown["B"], state_switch_interval=0)
    assert over.seen(shown).paused == {"B": 2}
    assert over.seen({}).words == "the maintenance of DHCP01 is over, and nothing is left of it but its note"
    assert replace(over, ended=False).seen({}).paused == over.paused


@pytest.mark.parametrize("interval", [-5, 0, 10**15, 1e300])
def test_what_is_no_interval_is_not_put_back(interval: float) -> None:
    text = json.dumps({**json.loads(WHOLE.text()), "paused": {"HQ": interval, "Lab": 60}})
    found = maintenance_note.from_text("f", text)
    assert found is not None
    assert found.paused == {"Lab": 60}
