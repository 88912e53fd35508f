# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs the tools. Fails where one of them finds something, or is not here and WITHOUT does not name it."""

from __future__ import annotations

import os
import sys

from declared.base import Failed, NotHere
from declared.checks import CHECKS, ELSEWHERE, forgotten


def main() -> int:
    """The exit code."""
    failed = False
    for check in CHECKS:
        try:
            check.run(check.found)
            result = "ok"
        except NotHere as missing:
            allowed = check.tool in os.environ.get("WITHOUT", "").split()
            failed = failed or not allowed
            result = f"NOT CHECKED: {missing}" + ("" if allowed else f" (WITHOUT={check.tool} goes on without it)")
        except Failed as error:
            failed, result = True, f"FAILED\n{error}"
        print(f"{check.tool:16} {len(check.found):3} files  {result}", flush=True)
        for name in check.found if check.tool != "yamllint" else ():
            print(f"    {name}")
    for target, patterns in ELSEWHERE.items():
        print(f"by {target}: {', '.join(patterns)}")
    if left := forgotten():
        print(f"FAILED: no tool reads {', '.join(left)}")
    return failed or bool(left)


sys.exit(main())
