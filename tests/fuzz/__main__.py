# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m fuzz [options]: thousands of spoilt replies, and what the tasks make of them."""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import sys
from collections import Counter
from functools import partial

from fuzz.case import Outcome, run, sabotaged


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--case", type=int, help="this one alone, with everything about it")
    parser.add_argument("--sabotage", action="store_true", help="addresses are read wrongly: this has to fail")
    told = parser.parse_args()
    with sabotaged() if told.sabotage else contextlib.nullcontext():
        if told.case is not None:
            return _one(run(told.seed, told.case))
        with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
            found = list(pool.imap_unordered(partial(run, told.seed), range(told.count), chunksize=50))
    return _summary(found, told.seed)


def _one(outcome: Outcome) -> int:
    print(f"{outcome.scene}\n{outcome.spoilt}\n{outcome.kind}: {outcome.message}\n{outcome.traceback}")
    print("\n".join(f"WRONG: {what}" for what in outcome.wrong) or "nothing is wrong")
    return int(bool(outcome.wrong))


def _summary(found: list[Outcome], seed: int) -> int:
    wrong = [one for one in sorted(found, key=lambda one: one.number) if one.wrong]
    for one in wrong[:40]:
        print(f"case {one.number} ({one.scene}; {one.spoilt}): {'; '.join(one.wrong)}: {one.message[:300]}")
    if wrong:
        print(f"Again, one of them: python -m fuzz --seed {seed} --case {wrong[0].number}")
    kinds = Counter(one.kind for one in found)
    words = {"unreadable": "refused as unreadable", "failed": "other failures", "good": "good results"}
    counts = ", ".join(f"{kinds[kind]} {text}" for kind, text in words.items())
    print(f"{len(found)} spoilt replies: {counts}; wrong {len(wrong)}, tracebacks {kinds['traceback']}")
    return int(bool(wrong))


sys.exit(main())
