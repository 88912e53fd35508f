# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The page's script holds nothing of the report and makes no markup; what it does is looked at in a browser
(tests/integration/test_page_in_browser.py)."""

from __future__ import annotations

import re

from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page import page
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page_script import SCRIPT
from example_fleet import company
from read_page import read


def test_it_is_the_same_in_every_page() -> None:
    assert read(page({})).one("script").text == read(page(company().report())).one("script").text == SCRIPT


def test_it_makes_no_markup_runs_no_text_and_asks_nobody() -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|import|fetch|XMLHttp", SCRIPT
    )
    assert not re.search(r"</|<!--|localStorage|cookie|\.style\b|setAttribute\(.on", SCRIPT)
    assert SCRIPT.isascii()


def test_what_it_looks_for_is_there() -> None:
    tree = read(page(company().report()))
    for id_ in re.findall(r'(?<!\.)get\("(\w+)"\)', SCRIPT):
        assert tree.one(id=id_)
    for kind in ("p", "v", "s"):
        assert tree.all(data_f=kind)
    assert [
        one.attributes["value"] for one in tree.all("input", name="") if one.attributes.get("name") == "severity"
    ] == [
        "",
        "critical",
        "warning",
        "unknown",
        "info",
        "ok",
    ]
