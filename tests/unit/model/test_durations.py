# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Durations as they are written, and as Windows takes and shows them."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import durations
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
        ("0:00:45", 45),
        (4294967294, 4294967294),
        ("1.00:00:00", 86400),
        ("8.12:30:15", 736215),
    ],
)
def test_reads_seconds_and_text(value: object, seconds: int) -> None:
    assert durations.parse(value) == seconds


@pytest.mark.parametrize(
    "value",
    ["", "an hour", "-1", "24:00:00", "1:60:00", "1:00:60", "1.5", "1d", "1:00:", "\u0661", False, True, None, 1.5],
)
def test_refuses_what_could_be_misread(value: object) -> None:
    with pytest.raises(ValueError, match="is "):
        durations.parse(value)


@pytest.mark.parametrize("value", [4294967295, 99999999999999, "9" * 5000, "49710.06:28:15", "999999999.00:00:00"])
def test_more_than_windows_can_keep_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"^is .{1,100}; (4294967294 seconds \(49710\.06:28:14\) are the most|give s)"):
        durations.parse(value)


def test_two_parts_are_refused_with_both_that_they_may_mean() -> None:
    for text in ("1:00", "01:00", "0:30"):
        with pytest.raises(ValueError, match=f'"{text}:00" is hours and minutes, "0:{text}" minutes and seconds'):
            durations.parse(text)


@pytest.mark.parametrize("text", ["1:00", "4:59", "5:00"])
def test_what_yaml_makes_of_minutes_and_seconds_is_in_doubt(text: str) -> None:
    """In a playbook without quotes it is a number, and after Jinja its text."""
    number = yaml.safe_load(text)
    assert isinstance(number, int)
    for value in (number, str(number)):
        doubt = durations.doubt(value)
        assert doubt
        assert doubt.startswith(f"is {number} seconds, which is what YAML makes of {text} without quotes. ")
        ways = re.findall(r'"(.*?)"', doubt)
        assert [durations.parse(way) for way in ways] == [number, 60 * number]
        assert [durations.doubt(way) for way in ways] == [None, None], "the cure ends the warning"


@pytest.mark.parametrize("value", [0, "0", 301, "3600", "0:01:00", "1:00", "soon", None, True, [60], 99999999999999])
def test_any_other_is_not(value: object) -> None:
    assert durations.doubt(value) is None


@given(st.integers(min_value=0, max_value=10_000_000))
def test_what_is_sent_is_what_was_read(seconds: int) -> None:
    assert durations.parse(durations.timespan(seconds)) == seconds


@pytest.mark.parametrize(
    "value",
    [
        "unlimited",
        "Unlimited",
        4294967295,
        "4294967295",
        922337203685,
        "10675199.02:48:05.4775800",
        "10675199.02:48:05",
        "49710.06:28:15",
    ],
)
def test_an_unlimited_lease_has_many_names(value: object) -> None:
    seconds = durations.parse_lease(value)
    assert durations.shown_lease(seconds) == "unlimited"
    assert durations.parse_lease(durations.shown_lease(seconds)) == seconds
    assert durations.lease_timespan(seconds) == "10675199.02:48:05.4775807"
    assert durations.shown_lease_text(durations.lease_timespan(seconds)) == "unlimited"


@pytest.mark.parametrize("value", [60, "8.00:00:00", 4294967294, "49710.06:28:14"])
def test_another_lease_is_a_duration_as_any_other(value: object) -> None:
    seconds = durations.parse_lease(value)
    assert seconds == durations.parse(value) == durations.shown_lease(seconds)
    assert durations.lease_timespan(seconds) == durations.shown_lease_text(durations.timespan(seconds))


def test_nothing_but_a_lease_is_unlimited() -> None:
    with pytest.raises(ValueError, match="is 'unlimited'"):
        durations.parse("unlimited")
