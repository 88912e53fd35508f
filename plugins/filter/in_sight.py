# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..plugin_utils._model.texts import in_sight


class FilterModule:
    """A name as a terminal may show it: see in_sight."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """The filters of this file, by name."""
        return {"in_sight": lambda name: in_sight(str(name))}
