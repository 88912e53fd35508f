# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations


class UnknownPartner(Exception):
    """Two names that do not look alike; only their addresses tell whether they mean one server."""

    def __init__(self, spelling: str) -> None:
        super().__init__(spelling)
        self.spelling = spelling
