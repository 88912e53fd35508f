# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plots as SVG, without a library: bars for rows, lines for growth. They are readable on light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from bench import parts
from bench.results import Results
from bench.sizes import Size

_COLOURS = ("#4477aa", "#cc6677", "#228833", "#aa7700", "#aa3377", "#0099aa", "#777777")
_GREY = "#808080"
_WIDTH, _LINE, _LABEL = 760, 22, 150


def plots(results: Results) -> Mapping[str, str]:
    """By file name: the seconds of the rows, and the growth of the parts."""
    found = {"rows": _bars(results), "growth": _lines(results)}
    return {f"benchmark-{name}.svg": text for name, text in found.items() if text}


def _bars(results: Results) -> str:
    """The seconds of the tasks of each row, one group a size, on a scale of its own each."""
    shapes, y = [], 30
    for size in results.sizes:
        measured = [(cell.row, cell.measured) for cell in results.cells if cell.size == size and cell.measured]
        if not measured:
            continue
        most = max(one.tasks for _row, one in measured)
        shapes.append(_text(10, y, f"{Size.parse(size).words}: seconds of the tasks", bold=True))
        for number, (row, one) in enumerate(measured):
            y += _LINE
            width = (_WIDTH - _LABEL - 90) * one.tasks / most
            shapes.append(_text(10, y, row))
            shapes.append(
                f'<rect x="{_LABEL}" y="{y - 12}" width="{width:.1f}" height="15" fill="{_COLOURS[number % 7]}"/>'
            )
            shapes.append(_text(_LABEL + width + 6, y, f"{one.tasks:.2f}"))
        y += 2 * _LINE
    return _svg(shapes, y) if shapes else ""


def _lines(results: Results) -> str:
    """CPU of the parts over scopes, both logarithmic: a slope of 1 is linear."""
    lines = {
        parts.WORDS[kind]: [
            (Size.parse(size).scopes, part.cpu) for size in parts.SCOPES if (part := results.part(kind, size))
        ]
        for kind in parts.SIZES
    }
    lines = {words: points for words, points in lines.items() if len(points) > 1}
    if not lines:
        return ""
    every = [point for points in lines.values() for point in points]
    left, top, right, bottom = 70, 20, _WIDTH - 20, 330
    (low_x, high_x), (low_y, high_y) = (_decades([point[axis] for point in every]) for axis in (0, 1))

    def at(point: tuple[float, float]) -> tuple[float, float]:
        x, y = (math.log10(value) for value in point)
        return (
            left + (right - left) * (x - low_x) / (high_x - low_x),
            bottom - (bottom - top) * (y - low_y) / (high_y - low_y),
        )

    shapes = []
    for power in range(low_x, high_x + 1):
        x, _y = at((10.0**power, 10.0**low_y))
        shapes += [_rule(x, top, x, bottom), _text(x - 12, bottom + 18, f"{10**power:g}")]
    for power in range(low_y, high_y + 1):
        _x, y = at((10.0**low_x, 10.0**power))
        shapes += [_rule(left, y, right, y), _text(8, y + 4, f"{10.0**power:g} s")]
    shapes.append(_text(right - 50, bottom + 34, "scopes"))
    for number, (words, points) in enumerate(lines.items()):
        colour = _COLOURS[number % 7]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(at, points))
        shapes.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        shapes += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in map(at, points)]
        y = bottom + 52 + number * _LINE
        shapes += [
            f'<rect x="{left}" y="{y - 10}" width="14" height="10" fill="{colour}"/>',
            _text(left + 22, y, words),
        ]
    return _svg(shapes, bottom + 52 + len(lines) * _LINE)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around them, at least one apart."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _rule(x: float, y: float, to_x: float, to_y: float) -> str:
    ends = f'x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"'
    return f'<line {ends} stroke="{_GREY}" stroke-opacity="0.35"/>'


def _text(x: float, y: float, words: str, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{_GREY}"{weight}>{escape(words)}</text>'


def _svg(shapes: Sequence[str], height: float) -> str:
    body = "\n".join(shapes)
    size = f'width="{_WIDTH}" height="{height:.0f}" viewBox="0 0 {_WIDTH} {height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">\n{body}\n</svg>\n'
