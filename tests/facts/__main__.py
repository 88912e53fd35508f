# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m facts: the lab's rules by mark, those without a source or a switch, and what has no mark."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from facts import unsaid
from facts.rules import MARKS, OPEN, Rule
from facts.sources import LAB
from facts.tree import rules

WIDTH = 90  # of a rule's first words


def main() -> int:
    print("What the marks and sources stand for: tests/lab/SOURCES.md. Places are in tests/.")
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
    silent = unsaid.of_tree(LAB, found)
    print(f"an error of Windows and no mark: {len(silent)}")
    for one in silent:
        print(f"  {one}")
    wrong = bool(lacking or fixed or silent)
    print("What is listed last is to be mended." if wrong else f"All is well: {len(found)} rules, each with a source.")
    return int(wrong)


def _print(several: Iterable[Rule]) -> None:
    for rule in several:
        switch = f", switch {rule.switch}" if rule.switch else ""
        words = rule.text if len(rule.text) <= WIDTH else f"{rule.text[:WIDTH].rpartition(' ')[0]} ..."
        print(f"  {rule.place}, {rule.source or 'no source'}{switch}: {words}")


sys.exit(main())
