# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A note says what a run is about, to another program on another day: it is read back whole, or it is none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note, from_text

ONE, TWO = IPv4Address("10.0.1.0"), IPv4Address("10.0.2.0")
NOW = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
WHOLE = Note(
    'Büro "HQ" \\ 日本 😀',
    "dhcp02.contoso.example",
    (ONE, TWO),
    {ONE: "DHCP02"},
    (TWO,),
    (ONE,),
    "1f",
    "tester@controller",
    NOW,
    NOW,
    (ONE,),
)


@pytest.mark.parametrize("note", [WHOLE, Note("HQ", "dhcp02")], ids=["whole", "what verifying leaves"])
def test_what_is_written_is_read(note: Note) -> None:
    text = note.text()
    assert text.isascii(), "the script keeps it in one line, whatever the code page is"
    assert len(text.splitlines()) == 1
    assert from_text(text) == note


def test_one_that_does_not_tell_what_comes_is_read_all_the_same() -> None:
    """As it was written before notes told that."""
    found = json.loads(WHOLE.text())
    del found["coming"]
    assert from_text(json.dumps(found)) == replace(WHOLE, coming=())


def test_a_note_that_was_broken_off_at_any_place_is_none() -> None:
    text = WHOLE.text()
    assert [from_text(text[:length]) for length in range(len(text))] == [None] * len(text)


@pytest.mark.parametrize(
    "change",
    [
        {"relationship": None, "drop": "relationship"},
        {"drop": "until"},
        {"scopes": ["10.0.1"]},
        {"scopes": 5},
        {"claimed": ["10.0.1.0"]},
        {"claimed": {"": "DHCP02"}},
        {"made": [None]},
        {"incomplete": "10.0.1.0"},
        {"drop": "incomplete"},
        {"coming": ["10.0.1"]},
        {"since": "yesterday"},
        {"since": 1},
        {"until": "2026-03-01T08:00:00"},
    ],
    ids=str,
)
def test_what_is_no_note_is_none(change: dict[str, Any]) -> None:
    raw = {**json.loads(WHOLE.text()), **change}
    raw.pop(raw.pop("drop", None), None)
    assert from_text(json.dumps(raw)) is None


@pytest.mark.parametrize("text", ["", "dhcp02.contoso.example", "null", "[]", "5", "{}", "[" * 100_000])
def test_another_text_is_none(text: str) -> None:
    assert from_text(text) is None


@pytest.mark.parametrize(
    ("run", "until", "now", "alive"),
    [
        ("other", NOW + timedelta(seconds=1), NOW, True),
        ("other", NOW, NOW, False),
        ("other", NOW - timedelta(days=1), NOW, False),
        ("mine", NOW + timedelta(seconds=1), NOW, False),
        ("other", None, NOW, False),
        ("other", NOW + timedelta(seconds=1), None, False),
        ("other", datetime(2026, 3, 1, 9, 1, tzinfo=timezone(timedelta(hours=1))), NOW, True),
    ],
    ids=["yet", "just over", "of yesterday", "its own", "it said nothing", "no clock", "another time zone"],
)
def test_whether_another_run_may_still_be_at_work(
    run: str, until: datetime | None, now: datetime | None, *, alive: bool
) -> None:
    assert Note("HQ", "dhcp02", run=run, until=until).is_alive(now, {"mine"}) is alive
