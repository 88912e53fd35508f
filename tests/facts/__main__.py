# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m facts: the lab's rules by mark, those without a source, and those that no switch can answer otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from facts.rules import MARKS, OPEN, Rule
from facts.tree import rules

WIDTH = 90  # of a rule's first words


def main() -> int:
    found = rules()
    for mark, words in MARKS.items():
        several = [rule for rule in found if rule.mark == mark]
        print(f"{mark} {words}: {len(several)}")
        _print(several)
    lacking = [rule for rule in found if not rule.source]
    print(f"without a source: {len(lacking)}")
    _print(lacking)
    fixed = [rule for rule in found if rule.mark in OPEN and not rule.switch]
    print(f"likely, inferred or unknown and no switch: {len(fixed)}")
    _print(fixed)
    return int(bool(lacking or fixed))


def _print(several: Iterable[Rule]) -> None:
    for rule in several:
        switch = f", switch {rule.switch}" if rule.switch else ""
        words = rule.text if len(rule.text) <= WIDTH else f"{rule.text[:WIDTH].rpartition(' ')[0]} ..."
        print(f"  {rule.place}, {rule.source or 'no source'}{switch}: {words}")


sys.exit(main())
