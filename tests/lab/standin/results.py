# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the script answers for one operation: {objects, errors, warnings}."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Result = dict[str, Any]


def failure(error_id: str, category: str, target: str, message: str) -> dict[str, str]:
    return {"id": error_id, "category": category, "target": target, "message": message}


def result(objects: Sequence[Any] = (), errors: Sequence[Any] = (), warnings: Sequence[str] = ()) -> Result:
    return {"objects": list(objects), "errors": list(errors), "warnings": list(warnings)}


def refused_in_check_mode(name: str) -> Result:
    return result(
        errors=[failure("windhcp.check_mode", "PermissionDenied", name, f"{name} writes, and this is check mode.")]
    )
