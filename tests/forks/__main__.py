# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""make forks TIMES=10: one line a run, a summary, exit code 1 when any failed.

DOORS="standin powershell" runs each through both; without it the built-in stand-in answers. NET: its addresses.
"""

from __future__ import annotations

import os
import sys

from forks.scenarios import Failure, hub, two_primaries


def main() -> int:
    times, doors = int(os.environ.get("TIMES", "10")), os.environ.get("DOORS", "standin").split()
    net = os.environ.get("NET", "127.0.49")
    failed = 0
    for door in doors:
        for scenario in (two_primaries, hub):
            for number in range(1, times + 1):
                where = f"{scenario.__name__}, {door}, {number} of {times}"
                try:
                    print(f"{where}: {scenario(door, net)}", flush=True)
                except Failure as failure:
                    failed += 1
                    print(f"{where}: FAILED: {failure}", flush=True)
    print(f"{2 * times * len(doors)} runs of all steps, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
