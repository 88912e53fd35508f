# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The documentation is built without a warning, and a warning fails the build."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser.chromium import Chromium, NoChromium
from docsite.build import PAGES, ROOT, Warned, build, html

pytest.importorskip("sphinx", reason="of the documentation's tools, which the tests' own environment has")

TREE = ROOT / ".build" / "tree"  # the work tree as an installed collection


@pytest.fixture(scope="module")
def first_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site") / "docs", TREE)


def test_all_of_it_is_built_without_a_warning_and_led_to_from_the_first_page(first_page: Path) -> None:
    text = first_page.read_text(encoding="utf-8")
    side = text.partition('class="sphinxsidebarwrapper"')[2].partition('class="body"')[0]
    linked = re.findall(r'<a class="reference internal" href="([\w/]+)\.html">([^<]*)</a>', side)
    pages = [f"docsite/{path.stem}" for path in PAGES.glob("*.rst")]
    modules = [f"{path.stem}_module" for path in (ROOT / "plugins" / "modules").glob("*.yml")]
    filters = [f"{path.stem}_filter" for path in (ROOT / "plugins" / "filter").glob("*.yml")]
    roles = [f"{path.name}_role" for path in (ROOT / "roles").iterdir()]
    assert sorted(page for page, _title in linked) == sorted([*pages, *modules, *filters, *roles])
    assert linked[-1] == ("dhcp_cmdlets_module", "dhcp_cmdlets"), "what nobody calls stands last"
    assert max(len(title) for page, title in linked if page not in pages) < 30


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (":ref:`nowhere`", "undefined label: 'nowhere'"),
        (".. image:: none.png", "image file not readable: none.png"),
        (".. code-block:: json\n\n   {'no': json}", "Lexing literal_block"),
        (":ansplugin:`windhcp.failover.no_such#module`", "undefined label"),
    ],
)
def test_a_warning_fails_the_build_and_is_told(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "index.rst").write_text(f"Title\n=====\n\n{text}\n", encoding="utf-8")
    with pytest.raises(Warned, match=complaint):
        html(tmp_path, tmp_path / "html")


def test_a_page_without_fault_is_built(tmp_path: Path) -> None:
    (tmp_path / "index.rst").write_text("Title\n=====\n\n:ref:`common_return_values`\n", encoding="utf-8")
    assert "docs.ansible.com" in html(tmp_path, tmp_path / "html").read_text(encoding="utf-8")


def test_chromium_shows_every_table_and_no_page_is_wider_than_its_window(first_page: Path) -> None:
    """A style of ours has hidden the options of all modules before."""
    heights = "[...document.querySelectorAll('table')].map(one => one.getBoundingClientRect().height / one.rows.length)"
    try:
        with Chromium() as browser:
            for width in (1300, 390):
                browser.window(width)
                for page in sorted(first_page.parent.rglob("*.html")):
                    browser.open(page)
                    assert [height for height in browser.value(heights) if height < 15] == [], (page.name, width)
                    assert browser.value("document.documentElement.scrollWidth") <= width, (page.name, width)
    except NoChromium as error:
        pytest.skip(str(error))
