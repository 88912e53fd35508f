# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..plugin_utils._model.role_variables import with_secrets


class FilterModule:
    """The relationships of a plan, with their secrets: see with_secrets."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """The filters of this file, by name."""
        return {"with_secrets": with_secrets}
