# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m screenshots: the page of an invented fleet, and pictures of it; PNGs for the documentation, and beside the
page in .build/screenshots what a person should look at after a change."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page import page
from browser.chromium import Chromium, NoChromium
from example_fleet import company, large

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "docsite" / "rst" / "images"
BUILD = ROOT / ".build" / "screenshots"
WIDTH, MOST = 1200, 300_000  # bytes of a picture in the documentation
BETWEEN = "(id => Math.round(document.getElementById(id).getBoundingClientRect().top + scrollY - 24))"

END = "(number => Math.round(document.querySelectorAll('.panel')[number].getBoundingClientRect().bottom + scrollY + 6))"


def main() -> int:
    """Makes all of them. 1: one is too large, or there is no browser."""
    BUILD.mkdir(parents=True, exist_ok=True)
    IMAGES.mkdir(parents=True, exist_ok=True)
    example, hundred = BUILD / "report.html", BUILD / "hundred-pairs.html"
    example.write_text(page(company().report()), encoding="utf-8")
    hundred.write_text(page(large(100, 100).report()), encoding="utf-8")
    try:
        _take(example, hundred)
    except NoChromium as error:
        print(error, file=sys.stderr)
        return 1
    made = sorted(IMAGES.glob("report-*.png"))
    if shutil.which("optipng"):
        subprocess.run(["optipng", "-quiet", "-o5", "-strip", "all", *map(str, made)], check=True)
    for path in made:
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")
    return int(any(path.stat().st_size > MOST for path in made))


def _take(example: Path, hundred: Path) -> None:
    with Chromium() as browser:
        browser.window(WIDTH, 7000)
        browser.open(example)
        browser.picture(IMAGES / "report-light.png", (0, 0, WIDTH, 1240))
        browser.picture(BUILD / "light.png", whole=True)
        browser.prefers("dark")
        top = browser.value(f"{BETWEEN}('with')")
        browser.picture(IMAGES / "report-dark.png", (0, top, WIDTH, browser.value(f"{END}(0)") - top))
        browser.picture(BUILD / "dark.png", whole=True)
        browser.prefers("light")
        browser.window(360, 12000, 2)
        browser.open(example)
        browser.picture(BUILD / "phone.png", (0, 0, 360, 1600))
        browser.window(WIDTH, 3000)
        browser.open(hundred)
        browser.picture(BUILD / "hundred-pairs.png")
    with Chromium(scripts=False) as browser:
        browser.window(WIDTH, 7000)
        browser.open(example)
        top = browser.value(f"{BETWEEN}('pairs')")
        browser.picture(IMAGES / "report-no-javascript.png", (0, top, WIDTH, browser.value(f"{END}(2)") - top))
        browser.picture(BUILD / "no-javascript.png", whole=True)
        browser.paper(BUILD / "report.pdf")


if __name__ == "__main__":
    sys.exit(main())
