# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs the tools that are here, and says of which files none is. Fails where one of them finds something."""

from __future__ import annotations

import sys

from declared.checks import CHECKS, ELSEWHERE, Failed, NotHere, forgotten


def main() -> int:
    """The exit code."""
    failed = 0
    for check in CHECKS:
        try:
            check.run(check.found)
            result = "ok"
        except NotHere as missing:
            result = f"NOT CHECKED: {missing}"
        except Failed as error:
            failed, result = 1, f"FAILED\n{error}"
        print(f"{check.tool:16} {len(check.found):3} files  {result}", flush=True)
        for name in check.found if check.tool != "yamllint" else ():
            print(f"    {name}")
    for target, patterns in ELSEWHERE.items():
        print(f"by {target}: {', '.join(patterns)}")
    if left := forgotten():
        print(f"FAILED: no tool reads {', '.join(left)}")
    return failed or bool(left)


sys.exit(main())
