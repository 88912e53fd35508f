# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Moments as texts."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import moments

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


def test_what_is_shown_is_read() -> None:
    assert moments.shown(NOON) == "2026-03-01T12:00:00Z"
    assert moments.read("2026-03-01T12:00:00Z") == NOON
    assert moments.read("20260301T120000Z", "%Y%m%dT%H%M%SZ") == NOON
    assert moments.shown(None) is None


@pytest.mark.parametrize("text", ["", "noon", "2026-13-01T12:00:00Z", "2026-03-01 12:00"])
def test_what_is_no_moment(text: str) -> None:
    assert moments.read(text) is None


def test_iso_with_and_without_a_zone() -> None:
    assert moments.from_iso("2026-03-01T12:00:00Z") == NOON
    assert moments.from_iso("2026-03-01T13:00:00+01:00") == NOON
    naive = moments.from_iso("2026-03-01T12:00:00")
    assert naive is not None
    assert naive.tzinfo is None
    assert [moments.from_iso(value) for value in (None, "", 12, "noon")] == [None] * 4
