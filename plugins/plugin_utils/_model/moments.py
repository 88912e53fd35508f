# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Moments as texts: what the script and results tell of one, in UTC. Pure."""

from __future__ import annotations

from datetime import datetime, timezone

UTC = "%Y-%m-%dT%H:%M:%SZ"


def read(text: str, shape: str = UTC) -> datetime | None:
    """A moment in UTC; None: it is none of this shape."""
    try:
        return datetime.strptime(text, shape).replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def shown(moment: datetime | None) -> str | None:
    """As results show it."""
    return None if moment is None else moment.strftime(UTC)


def from_iso(value: object) -> datetime | None:
    """A moment in ISO 8601, with or without its zone; None: it is none."""
    try:
        return datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
