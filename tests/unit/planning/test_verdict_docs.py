# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of verdicts in the documentation is the table of the code."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import KINDS

PAGE = Path(__file__).parents[3] / "docs" / "docsite" / "rst" / "guide_verdicts.rst"


def test_every_verdict_stands_in_the_table_with_its_severity_and_words() -> None:
    rows = re.findall(
        r"^   \* - ``(\w+)``\n     - (.+)\n     - (.+)\n     - (.+)\n     - (.+)\n",
        PAGE.read_text(encoding="utf-8"),
        re.M,
    )
    shown = {
        id_: (severity, words, needs.replace("`", "").replace("nothing more", "nothing"), decides.strip("`-"))
        for id_, severity, words, needs, decides in rows
    }
    assert shown == {kind.id: (kind.severity, kind.words, kind.needs, kind.decides) for kind in KINDS.values()}
