# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the protocol of two servers is made of, each taken away: the proof has to fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping

ALL: Mapping[str, Callable[[], None]] = {}


def do(name: str) -> None:
    """Replaces one function of the product in this process; "" none. Raises KeyError."""
    if name:
        ALL[name]()
