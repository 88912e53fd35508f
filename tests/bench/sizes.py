# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How much there is: relationships, scopes, pairs of servers, and what differs from what is declared."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lab.doors import NAMES

CHANGES = ("", "setting", "scope")
NETWORKS = 38_000
_WORD = re.compile(r"(\d+)/(\d+)(?:x(\d+))?(?:\+(\w+))?(?:@(\w+))?")


class NoSize(ValueError):
    """A text that names no size; it says what one looks like."""


@dataclass(frozen=True)
class Size:
    """`relationships` and `scopes`: of each pair, the scopes evenly among the relationships. `change`: "" in sync,
    "setting": a percentage to adopt, "scope": one that is to be added. `door`: of the lab; "": the one of the run."""

    relationships: int
    scopes: int
    pairs: int = 1
    change: str = ""
    door: str = ""

    @classmethod
    def parse(cls, word: str) -> Size:
        """31/62, 1/10x100 (a hundred pairs of it), 31/62+setting, 31/62@powershell. Raises NoSize."""
        found = _WORD.fullmatch(word)
        if found is None or (found[4] or "") not in CHANGES or (found[5] or "") not in ("", *NAMES):
            raise NoSize(f"{word!r} is no size: write 31/62, 1/10x100, 31/62+setting (or +scope), 31/62@powershell")
        size = cls(int(found[1]), int(found[2]), int(found[3] or 1), found[4] or "", found[5] or "")
        if not 1 <= size.relationships <= 31 or size.scopes < size.relationships or not 1 <= size.pairs <= 120:
            raise NoSize(f"{word!r}: 1 to 31 relationships, a scope in each, 1 to 120 pairs")
        if size.pairs * (size.scopes + 1) > NETWORKS:
            raise NoSize(f"{word!r}: at most {NETWORKS} scopes of all pairs")
        return size

    def __str__(self) -> str:
        pairs = f"x{self.pairs}" if self.pairs > 1 else ""
        rest = "".join(f"{mark}{word}" for mark, word in (("+", self.change), ("@", self.door)) if word)
        return f"{self.relationships}/{self.scopes}{pairs}{rest}"

    @property
    def words(self) -> str:
        """As a table shows it."""
        pairs = f", {self.pairs} pairs" if self.pairs > 1 else ""
        change = {"": "", "setting": ", a setting to adopt", "scope": ", a scope to add"}[self.change]
        door = f", through the {self.door} door" if self.door else ""
        relationships = f"{self.relationships} relationship{'s' * (self.relationships > 1)}"
        return f"{relationships}, {self.scopes} scope{'s' * (self.scopes > 1)}{pairs}{change}{door}"
