# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The page in a real browser: it filters, searches and turns dark, fits a phone, is printed whole, says all without a
script, can be used by the keyboard and a screen reader, and the browser has nothing to complain of."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page import page
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page_style import DARK, LIGHT
from browser.chromium import Chromium, NoChromium, find_chromium
from example_fleet import company, large
from hostile import NAMES, hostile, nothing

# the headings, or texts, of what is seen of a kind
SEEN = (
    "[...document.querySelectorAll('[data-f={kind}]')].filter(one => one.checkVisibility())"
    ".map(one => (one.querySelector('h3') || one).textContent)"
)
ROWS = (
    "[...document.querySelectorAll('.sc tbody tr')].filter(one => one.checkVisibility())"
    ".map(one => one.cells[1].textContent)"
)
LOST = (
    "[...document.querySelectorAll('details:not([open]) > :not(summary)')]"
    ".filter(one => one.getBoundingClientRect().height < 5).length"
)
FOCUS = (
    "(one => [one.tagName, one.type || '',"
    " getComputedStyle(one.type === 'radio' ? one.nextSibling : one).outlineStyle])"
    "(document.activeElement)"
)
FOREIGN = "document.scripts.length + document.querySelectorAll('img, iframe, [onerror], [onmouseover]').length"
TOOK = "(start => {{ {what}; document.body.offsetHeight; return performance.now() - start; }})(performance.now())"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with started(scripts=True) as chromium:
        yield chromium


@pytest.fixture(scope="module")
def without_script() -> Iterator[Chromium]:
    with started(scripts=False) as chromium:
        yield chromium


def started(scripts: bool) -> Chromium:
    try:
        return Chromium(scripts)
    except NoChromium as error:
        pytest.skip(str(error))


@pytest.fixture(autouse=True)
def plain(browser: Chromium) -> None:
    browser.window(1200)
    browser.prefers("light")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, example = tmp_path_factory.mktemp("pages"), company().report()
    reports = {
        "company": example,
        "empty": {},
        "nothing": nothing(example),
        "large": large(100, 100).report(),
        **{kind: hostile(example, kind) for kind in NAMES},
    }
    paths = {name: folder / f"{number}.html" for number, name in enumerate(reports)}
    for name, report in reports.items():
        paths[name].write_text(page(report), encoding="utf-8")
    return paths


def seen(browser: Chromium, kind: str) -> list[str]:
    return list(browser.value(SEEN.format(kind=kind)))


def ground(browser: Chromium) -> str:
    red, green, blue = browser.value("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)")
    return f"#{red:02x}{green:02x}{blue:02x}"


@pytest.mark.parametrize("name", ["company", "empty", "nothing", *NAMES])
def test_the_browser_has_nothing_to_complain_of_and_it_fits_a_phone(browser: Chromium, pages: Any, name: str) -> None:
    browser.window(360, 740)
    browser.open(pages[name])
    browser.value("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.value("document.scrollingElement.scrollWidth") <= 360
    assert browser.value(FOREIGN) == 1
    assert browser.complaints == []


@pytest.mark.parametrize("width", [320, 768, 1024, 1920])
def test_it_fits_other_windows(browser: Chromium, pages: Any, width: int) -> None:
    browser.window(width)
    browser.open(pages["company"])
    browser.value("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.value("document.scrollingElement.scrollWidth") <= width


def test_what_the_policy_forbids_would_be_complained_of(browser: Chromium, pages: Any, tmp_path: Path) -> None:
    changed = tmp_path / "changed.html"
    changed.write_text(
        pages["company"].read_text(encoding="utf-8").replace("</main>", "<script>1</script></main>"), encoding="utf-8"
    )
    browser.open(changed)
    assert "Content Security Policy" in "".join(browser.complaints)


def test_a_filter_in_the_address_shows_what_is_critical(browser: Chromium, pages: Any) -> None:
    browser.open(pages["company"], "severity=critical")
    assert seen(browser, "p") == ["Lima", "Factory"]
    assert len(seen(browser, "v")) == 3
    said = browser.value("document.getElementById('said').textContent")
    assert said == "2 of 14 relationships, 3 of 11 findings, 4 of 19 servers"
    assert browser.value("document.querySelector('[name=severity]:checked').value") == "critical"


def test_a_search_shows_the_rows_that_have_it(browser: Chromium, pages: Any) -> None:
    browser.open(pages["company"], "q=WELDING%2010.40.2")
    assert seen(browser, "p") == ["Factory"]
    assert browser.value(ROWS) == ["Welding"]
    assert browser.value("document.getElementById('q').value") == "WELDING 10.40.2"
    assert browser.value("document.querySelectorAll('.star a:not(.dim)').length") == 1


def test_a_search_opens_what_is_folded_and_folds_it_again(browser: Chromium, pages: Any) -> None:
    browser.open(pages["company"], "q=cameras%2010.10.24.0")
    assert (seen(browser, "p"), browser.value(ROWS)) == (["Campus"], ["Cameras 5"])
    browser.value("location.hash = 'q='; new Promise(done => setTimeout(done, 50))")
    assert len(seen(browser, "p")) == 14
    assert browser.value("document.querySelectorAll('tr[hidden]').length") == 0
    assert browser.value("document.querySelectorAll('.scopes:not([open])').length") == 1


def test_severity_and_search_together_and_nothing_found(browser: Chromium, pages: Any) -> None:
    browser.open(pages["company"], "severity=warning&q=lab")
    assert seen(browser, "p") == ["Lab"]
    browser.open(pages["company"], "severity=ok&q=no%20such%20words")
    assert seen(browser, "p") == seen(browser, "v") == seen(browser, "s") == []
    assert browser.value("document.getElementById('none').checkVisibility()")
    browser.open(pages["company"], "severity=nonsense&q=%3Cimg%20src=x%3E&theme=pink")
    assert browser.value("document.querySelector('[name=severity]:checked').value") == ""
    assert browser.complaints == []


def test_what_is_typed_and_chosen_is_kept_in_the_address(browser: Chromium, pages: Any) -> None:
    browser.open(pages["company"])
    browser.value("document.getElementById('q').focus()")
    browser.send("Input.insertText", text="oslo")
    browser.value("new Promise(done => setTimeout(done, 300))")
    assert (seen(browser, "p"), browser.value("location.hash")) == (["Oslo"], "#q=oslo")
    browser.value("document.querySelector('[name=severity][value=critical]').click()")
    assert browser.value("location.hash") == "#severity=critical&q=oslo"


def test_a_program_without_a_window_sees_the_same(pages: Any) -> None:
    try:
        program = find_chromium()
    except NoChromium as error:
        pytest.skip(str(error))
    address = pages["company"].as_uri() + "#severity=unknown&q=lab"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", address]
    shown = subprocess.run([program, *options], capture_output=True, text=True, timeout=120, check=True).stdout
    starts = [part.split(">")[0] for part in shown.split("<details ")[1:]]
    assert sorted("hidden" in start for start in starts if 'data-f="p"' in start) == [False] + [True] * 13


def test_light_and_dark(browser: Chromium, pages: Any) -> None:
    browser.open(pages["company"])
    assert ground(browser) == LIGHT["paper"]
    browser.prefers("dark")
    assert ground(browser) == DARK["paper"]
    browser.value("new Promise(done => setTimeout(done, 300))")  # the script is told of it later
    assert browser.value("document.getElementById('theme').textContent") == "Light colours"
    browser.value("document.getElementById('theme').click()")
    assert (ground(browser), browser.value("location.hash")) == (LIGHT["paper"], "#theme=light")
    browser.prefers("light")
    browser.open(pages["company"], "theme=dark")
    assert ground(browser) == DARK["paper"]


def test_a_link_leads_to_its_panel_even_where_it_was_filtered_out(browser: Chromium, pages: Any) -> None:
    browser.open(pages["company"], "severity=critical")
    browser.value("location.hash = 'p0'; new Promise(done => setTimeout(done, 100))")
    assert browser.value("document.getElementById('p0').checkVisibility()")
    assert browser.value("document.getElementById('p0').closest('details').querySelector('h3').textContent") == "Campus"
    assert len(seen(browser, "p")) == 14
    top = "document.getElementById('p0').closest('details').getBoundingClientRect().top"
    assert 0 <= browser.value(top) < 300


def test_everything_can_be_opened_at_once(browser: Chromium, pages: Any) -> None:
    browser.open(pages["company"])
    browser.value("document.getElementById('open').click()")
    assert browser.value("document.querySelectorAll('details.panel:not([open])').length") == 0
    assert browser.value("document.getElementById('open').getAttribute('aria-pressed')") == "true"


def test_by_the_keyboard(browser: Chromium, pages: Any) -> None:
    browser.open(pages["company"])
    browser.press("Tab")
    skip = "(({left, top}) => left >= 0 && top >= 0)(document.activeElement.getBoundingClientRect())"
    assert (browser.value("document.activeElement.className"), browser.value(skip)) == ("skip", True)
    reached = set()
    for _step in range(60):
        browser.press("Tab")
        tag, kind, outline = browser.value(FOCUS)
        reached.add(f"{tag} {kind}".strip())
        assert outline == "solid" or tag in ("BODY", "HTML"), f"{tag} {kind}"
    assert {"BUTTON button", "INPUT radio", "INPUT search", "SUMMARY", "A"} <= reached
    assert browser.value("document.querySelectorAll('.star a:not([tabindex=\"-1\"])').length") == 0
    browser.value("document.querySelector('details.panel:not([open]) > summary').focus()")
    browser.press("Enter")
    assert browser.value("document.activeElement.parentElement.open")


def test_by_a_screen_reader(browser: Chromium, pages: Any) -> None:
    browser.open(pages["company"])
    tree = [node for node in browser.send("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]
    named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree]
    assert {"banner", "main", "contentinfo", "search", "status", "table", "image"} <= {role for role, _name in named}
    wanted = {
        "button",
        "radio",
        "searchbox",
        "link",
        "heading",
        "image",
        "table",
        "DisclosureTriangle",
        "region",
        "search",
    }
    assert [one for one in named if one[0] in wanted and not one[1].strip()] == []
    assert ("image", "HUB-DHCP01 and its 10 partners") in [
        (role, name.split(" Berlin with")[0]) for role, name in named
    ]


def test_without_a_script_all_is_there_and_links_open_panels(without_script: Chromium, pages: Any) -> None:
    without_script.window(1200)
    without_script.open(pages["company"], "p0")
    for id_ in ("controls", "theme", "none"):
        assert not without_script.value(f"document.getElementById('{id_}').checkVisibility()")
    assert len(seen(without_script, "p")) == 14
    assert without_script.value("document.getElementById('p0').closest('details').open")


@pytest.mark.parametrize("name", ["company", "126 letters without a space"])
def test_what_is_folded_is_printed_on_light_paper_without_a_script_too(
    without_script: Chromium, pages: Any, name: str
) -> None:
    without_script.window(750)
    without_script.prefers("dark", media="print")
    without_script.open(pages[name])
    assert without_script.value("document.querySelectorAll('details:not([open])').length") > 20
    assert without_script.value(LOST) == 0
    paper = "getComputedStyle(document.documentElement).getPropertyValue('--paper')"
    assert without_script.value(paper) == LIGHT["paper"]
    assert without_script.value("document.scrollingElement.scrollWidth") <= 750


def test_a_hundred_pairs_and_ten_thousand_scopes_are_quick(browser: Chromium, pages: Any) -> None:
    start = time.monotonic()
    browser.open(pages["large"])
    loaded = time.monotonic() - start
    opened = browser.value(TOOK.format(what="document.getElementById('open').click()"))
    browser.value("location.hash = 'q=floor'; new Promise(done => setTimeout(done, 500))")
    type_ = "const q = document.querySelector('[name=severity][value=warning]'); q.click()"
    filtered = browser.value(TOOK.format(what=type_))
    assert len(seen(browser, "p")) == 20
    assert loaded < 15
    assert opened < 10_000
    assert filtered < 5_000
    print(f"loaded in {loaded:.2f} s, all opened in {opened:.0f} ms, filtered and searched in {filtered:.0f} ms")
