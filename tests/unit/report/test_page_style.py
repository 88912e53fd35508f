# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Both palettes can be read (WCAG 2.2 AA: 4.5 for text, 3 for what is no text), and the style sheet uses no other
colour, loads nothing and fits together."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page_style import DARK, LIGHT, style
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page_text import TONES

SCHEMES = {"light": LIGHT, "dark": DARK}


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def texts() -> Iterator[tuple[str, str]]:
    for ground in ("paper", "card"):
        yield from ((colour, ground) for colour in ("ink", "muted", "link", *TONES))
    yield from ((status, f"{status}-soft") for status in TONES)
    yield from (("ink", "unknown-soft"), ("link", "unknown-soft"), ("paper", "ink"))


def shapes() -> Iterator[tuple[str, str]]:
    yield from (("edge", "paper"), ("edge", "card"), ("bar", "card"), ("link", "paper"), ("link", "card"))


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("pair", sorted(set(texts())), ids=" on ".join)
def test_text_can_be_read(scheme: str, pair: tuple[str, str]) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[pair[0]], colours[pair[1]]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("pair", sorted(set(shapes())), ids=" on ".join)
def test_borders_and_bars_can_be_seen(scheme: str, pair: tuple[str, str]) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[pair[0]], colours[pair[1]]) >= 3


def rules() -> str:
    """The style sheet without the palettes."""
    return re.sub(r"--[\w-]+:#[0-9a-f]{6}", "", style())


def test_no_colour_is_named_outside_of_the_palettes() -> None:
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", rules()) == []
    assert LIGHT.keys() == DARK.keys()
    used = set(re.findall(r"var\(--([\w-]+)", style())) - {"p"}
    assert used == set(LIGHT)


def test_what_is_dark_is_for_screens_only_and_can_be_chosen() -> None:
    dark = {match.start() for match in re.finditer(re.escape(DARK["paper"]), style())}
    screens = [match.span() for match in re.finditer(r"@media screen[^{]*\n\{[^{}]*\{[^{}]*\}\s*\}", style())]
    assert len(dark) == len(screens) == 2
    assert all(any(start < at < end for start, end in screens) for at in dark)
    assert ":root[data-theme=dark]" in style()


def test_the_style_sheet_fits_together_and_loads_nothing() -> None:
    depth, lowest = 0, 0
    for character in style():
        depth += {"{": 1, "}": -1}.get(character, 0)
        lowest = min(lowest, depth)
    assert (depth, lowest) == (0, 0)
    assert not re.search(r"url\(|@import|@font-face|</|expression", style())
    assert not re.search(r"\{[{%#]", style())


def test_each_status_has_a_line_of_its_own_and_each_percent_a_bar() -> None:
    lines = {tuple(re.findall(rf"\.e\.{status}\{{(stroke-[^}}]*)\}}", style())) for status in ("ok", *TONES[:3])}
    assert len(lines) == 4
    assert re.findall(r"\.w(\d+)\{--p:", style()) == [str(share) for share in range(101)]
