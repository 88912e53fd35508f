# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is not carried out, and says why. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Refused(Exception):
    """A request that is not carried out, found before the first write. The text names the option and the cure.

    `shows`: what the task's result has all the same, by its key.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.shows: dict[str, Any] = {}


@contextmanager
def showing(**result: Any) -> Iterator[None]:
    """What is refused within has this in the task's result."""
    try:
        yield
    except Refused as refused:
        refused.shows.update(result)
        raise
