# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""make adopt-proof SEED=1 PAIRS=10: one line a pair, a summary, exit code 1 when the proof fails for any.

DOOR=powershell runs the real script in a real PowerShell; without it the built-in stand-in does.
"""

from __future__ import annotations

import os
import sys

from adopt_proof.proof import Failure, prove


def main() -> int:
    seed, pairs = int(os.environ.get("SEED", "1")), int(os.environ.get("PAIRS", "10"))
    door, net = os.environ.get("DOOR", "standin"), os.environ.get("NET", "127.0.48")
    failed = 0
    for number in range(1, pairs + 1):
        try:
            print(f"pair {number}: {prove(seed, number, door, net)}", flush=True)
        except Failure as failure:
            failed += 1
            print(f"pair {number}: FAILED: {failure}", flush=True)
    print(f"seed {seed}, {door}: {pairs - failed} of {pairs} pairs adopted without a change, and edited with one")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
