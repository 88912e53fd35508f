# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils import durations
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (3600, 3600),
        ("3600", 3600),
        ("0", 0),
        ("1:00:00", 3600),
        ("01:00:00", 3600),
        ("0:45", 2700),
        ("1.00:00:00", 86400),
        ("8.12:30:15", 736215),
    ],
)
def test_reads_seconds_and_text(value: object, seconds: int) -> None:
    assert durations.parse(value) == seconds


@pytest.mark.parametrize("value", ["", "an hour", "-1", "24:00:00", "1:60:00", "1:00:60", "1.5", "1d", False, True, None, 1.5])
def test_refuses_what_could_be_misread(value: object) -> None:
    with pytest.raises(ValueError, match="is "):
        durations.parse(value)


@given(st.integers(min_value=0, max_value=10_000_000))
def test_what_is_sent_is_what_was_read(seconds: int) -> None:
    assert durations.parse(durations.timespan(seconds)) == seconds
