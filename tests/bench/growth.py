# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How something grows: the exponent of a power law through measured points."""

from __future__ import annotations

import math
from collections.abc import Mapping


def exponent(points: Mapping[float, float]) -> float:
    """The slope of the least squares line through the logarithms: 1 is linear, 2 quadratic. Raises ValueError for
    fewer than two points, or one that is not above 0."""
    if len(points) < 2:
        raise ValueError("a line takes two points")
    logs = [(math.log(size), math.log(value)) for size, value in points.items()]
    middle_x, middle_y = (sum(one) / len(logs) for one in zip(*logs, strict=True))
    slope: float = sum((x - middle_x) * (y - middle_y) for x, y in logs) / sum(
        (x - middle_x) * (x - middle_x) for x, _y in logs
    )
    return slope
