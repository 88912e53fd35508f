# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values become markup that shows them and nothing else."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.texts import in_sight
from ansible_collections.windhcp.failover.plugins.plugin_utils._report import page_text
from hostile import NAMES
from hypothesis import given
from hypothesis import strategies as st
from read_page import read

ANYTHING = st.text(st.characters(codec=None, categories=None), max_size=200)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANYTHING,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANYTHING, inner, max_size=4),
    max_leaves=20,
)


@given(ANYTHING)
def test_any_text_is_there_and_is_nothing_but_text(value: str) -> None:
    shown = page_text.text(value)
    assert unescape(shown) == in_sight(value)
    assert not set(shown) & set("<>\"'{}")
    shown.encode()


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_is_one_element_that_keeps_its_direction_to_itself(kind: str) -> None:
    tree = read(page_text.name(NAMES[kind]))
    assert [one.tag for one in tree.walk()] == ["", "bdi"]
    assert tree.text == in_sight(NAMES[kind])


def test_what_cannot_be_seen_is_shown_by_its_code() -> None:
    assert page_text.text("a\u202eb\x1b\ud800") == "a\\u202eb\\x1b\\ud800"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "unknown"), (True, "yes"), (False, "no"), (0, "0"), (95.56, "95.56"), (5.0, "5"), ("<", "<"), ("", "")],
)
def test_plain_values(value: object, shown: str) -> None:
    assert read(page_text.known(value)).text == shown


def test_nothing_is_unknown_and_looks_it() -> None:
    for shown in (page_text.name(None), page_text.name(""), page_text.known(None), page_text.percent(None)):
        assert shown == page_text.UNKNOWN_MARK
    assert page_text.tone("no such status") == page_text.tone(None) == page_text.tone([]) == "unknown"
    assert read(page_text.badge(None)).words == "unknown"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(3600, "01:00:00"), (90061, "1.01:01:01"), (0, "off"), (None, "unknown"), (-1, "-1"), ("x", "x"), (True, "yes")],
)
def test_durations(seconds: object, shown: str) -> None:
    assert read(page_text.duration(seconds, "off")).text == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2026-11-26T08:00:00+00:00", "2026-11-26 08:00:00 UTC"),
        ("2026-11-26T08:00:00Z", "2026-11-26 08:00:00 UTC"),
        ("2026-11-26T08:00:00.123+02:00", "2026-11-26 06:00:00 UTC"),
        ("2026-11-26T08:00:00", "2026-11-26T08:00:00"),  # nobody knows where it is that time
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("<yesterday>", "<yesterday>"),
        (None, "unknown"),
        (7, "7"),
    ],
)
def test_times_are_utc_or_as_they_came(value: object, shown: str) -> None:
    assert read(page_text.moment(value)).text == shown


@pytest.mark.parametrize(
    ("start", "ago"),
    [
        ("2026-11-26T06:58:57Z", " (01:01:03)"),
        ("2026-11-25T08:00:00Z", " (1 day)"),
        ("2026-10-01T08:00:00Z", " (56 days)"),
        ("2026-11-26T08:00:01Z", ""),  # clocks differ
    ],
)
def test_since_when_and_for_how_long(start: str, ago: str) -> None:
    shown = read(page_text.since(start, "2026-11-26T08:00:00+00:00")).words
    assert shown == f"{start[:10]} {start[11:19]} UTC{ago}"


@pytest.mark.parametrize(
    ("value", "status", "word"),
    [(True, "ok", "yes"), (False, "critical", "no"), (None, "unknown", "unknown"), ("true", "unknown", "unknown")],
)
def test_only_a_plain_yes_is_good(value: object, status: str, word: str) -> None:
    tree = read(page_text.answer("in sync", value, "critical"))
    assert tree.one("b", status).text == word


def test_one_and_several() -> None:
    assert [page_text.count(number, "server") for number in (0, 1, 2)] == ["0 servers", "1 server", "2 servers"]
    assert read(page_text.count(None, "scope")).text == "unknown scopes"


@pytest.mark.parametrize(
    ("identifier", "shown"),
    [
        ("settings_differ", "Settings differ"),
        ("interval_below_mclt", "Interval below MCLT"),
        ("", "Finding"),
        ("<b>", "<b>"),
    ],
)
def test_an_id_as_a_heading(identifier: str, shown: str) -> None:
    assert unescape(page_text.title(identifier)) == shown


def test_evidence_that_is_a_table_is_one() -> None:
    settings = {"max_client_lead_time": {"this_server": "01:00:00", "partner": "02:00:00"}}
    tree = read(page_text.evidence({"settings": settings, "ranges": [{"a": 1}, {"a": 2, "b": None}], "n": [1, 2]}))
    tables = [[cell.text for cell in table.all("th") + table.all("td")] for table in tree.all("table")]
    assert tables == [
        ["Of", "This server", "Partner", "max_client_lead_time", "01:00:00", "02:00:00"],
        ["A", "B", "1", "unknown", "2", "unknown"],
    ]
    assert tree.all("dd")[-1].text == "1, 2"


@given(JSON)
def test_any_evidence_fits_into_a_page(value: Any) -> None:
    allowed = {"", "dl", "dt", "dd", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "span", "div"}
    assert {one.tag for one in read(page_text.evidence(value)).walk()} <= allowed


def test_evidence_that_is_too_deep_is_one_text() -> None:
    value: Any = ["deep"]
    for _level in range(200):
        value = [[value], "x"]
    assert "deep" in read(page_text.evidence(value)).text
