# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The sources that a mark may have: the tables of tests/lab/SOURCES.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

LAB = Path(__file__).parent.parent / "lab"
# a row, but not the one above the line of dashes
_ROW = re.compile(r"^\| (?P<name>\w[^|`]*?) \| (?P<what>[^|]+?) \|$(?!\n\| ---)", re.MULTILINE)
_SECTION = re.compile(r"(?:section )?(\d{1,2})(?:\.\d{1,2})?(?![\d.]*\d)")


@dataclass(frozen=True)
class Sources:
    """``names``: short name -> what it is. ``sections``: the same of the numbers of sections."""

    names: dict[str, str]
    sections: dict[str, str]

    def at(self, text: str) -> str:
        """The source that a text begins with; "" if it is none."""
        for name in sorted(self.names, key=len, reverse=True):
            if text.startswith(name) and not re.match(r"[\w-]", text[len(name) :]):
                return name
        section = _SECTION.match(text)
        return section[0] if section and section[1] in self.sections else ""

    def within(self, text: str) -> str:
        """The first that a text names, at the beginning of a word; "" if it names none."""
        found = (self.at(text[start:]) for start in _words(text))
        return next(filter(None, found), "")


def read(path: Path = LAB / "SOURCES.md") -> Sources:
    """What the tables list: the rows whose first cell is no mark."""
    rows = [(row["name"], row["what"]) for row in _ROW.finditer(path.read_text(encoding="utf-8"))]
    several = {name: what for name, what in rows if len(name) > 1 or name.isdecimal()}
    return Sources(
        {name: what for name, what in several.items() if not name.isdecimal()},
        {name: what for name, what in several.items() if name.isdecimal()},
    )


def _words(text: str) -> list[int]:
    return [match.start() for match in re.finditer(r"(?<![\w.-])[\w]", text)]
