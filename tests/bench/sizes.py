# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How much there is: relationships, scopes, pairs of servers, and what differs from what is declared."""

from __future__ import annotations

import re
from dataclasses import dataclass

CHANGES = ("", "setting", "scope")
NETWORKS = 38_000
_WORD = re.compile(r"(\d+)/(\d+)(?:x(\d+))?(?:\+(\w+))?")


class NoSize(ValueError):
    """A text that names no size; it says what one looks like."""


@dataclass(frozen=True)
class Size:
    """`relationships` and `scopes`: of each pair, the scopes evenly among the relationships. `change`: "" in sync,
    "setting": a percentage to adopt, "scope": one that is to be added."""

    relationships: int
    scopes: int
    pairs: int = 1
    change: str = ""

    @classmethod
    def parse(cls, word: str) -> Size:
        """31/62, 1/10x100 (a hundred pairs of it), 31/62+setting. Raises NoSize."""
        found = _WORD.fullmatch(word)
        if found is None or (found[4] or "") not in CHANGES:
            raise NoSize(f"{word!r} is no size: write 31/62, 1/10x100 or 31/62+setting (or +scope)")
        size = cls(int(found[1]), int(found[2]), int(found[3] or 1), found[4] or "")
        if not 1 <= size.relationships <= 31 or size.scopes < size.relationships or not 1 <= size.pairs <= 120:
            raise NoSize(f"{word!r}: 1 to 31 relationships, a scope in each, 1 to 120 pairs")
        if size.pairs * (size.scopes + 1) > NETWORKS:
            raise NoSize(f"{word!r}: at most {NETWORKS} scopes of all pairs")
        return size

    def __str__(self) -> str:
        pairs = f"x{self.pairs}" if self.pairs > 1 else ""
        return f"{self.relationships}/{self.scopes}{pairs}{'+' if self.change else ''}{self.change}"

    @property
    def words(self) -> str:
        """As a table shows it."""
        pairs = f", {self.pairs} pairs" if self.pairs > 1 else ""
        change = {"": "", "setting": ", a setting to adopt", "scope": ", a scope to add"}[self.change]
        return f"{self.relationships} relationship{'s' * (self.relationships > 1)}, {self.scopes} scopes{pairs}{change}"
