# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of checks in the documentation is the table of the code."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.checklist import CHECKS

PAGE = Path(__file__).parents[3] / "docs" / "docsite" / "rst" / "guide_check.rst"


def test_every_check_stands_in_the_table_with_its_words_and_a_cure() -> None:
    rows = re.findall(
        r"^   \* - ``(\w+)``\n     - (.+)\n     - (.+)\n     - (.+)\n", PAGE.read_text(encoding="utf-8"), re.M
    )
    assert [row[:3] for row in rows] == [(check.id, check.label, check.words) for check in CHECKS.values()]
    assert all(cure.endswith(".") for _id, _label, _words, cure in rows)
