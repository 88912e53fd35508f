# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m nothing_lost [options]: every scenario, broken off everywhere, and what is left of the scopes and
leases."""

from __future__ import annotations

import argparse
import sys

from lab.core.open_questions import answered

from nothing_lost.broken_runs import Outcome
from nothing_lost.proof import is_refused_in_vain, outcomes, summary


def main() -> int:
    parser = argparse.ArgumentParser(prog="nothing_lost", description=__doc__)
    parser.add_argument("--sabotage", action="store_true", help="the lab loses a scope: this has to fail")
    parser.add_argument(
        "--switches", action="store_true", help="under every answer to an open question as well, not broken off"
    )
    parser.add_argument(
        "--under", default="", metavar="SWITCH=ANSWER", help="all of it under another answer to this question"
    )
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    told = parser.parse_args()
    found: list[Outcome] = []
    for outcome in outcomes(
        switches=told.switches,
        sabotage=told.sabotage,
        only=told.only,
        under=answered(told.under) if told.under else None,
    ):
        found.append(outcome)
        for what in (*outcome.lost, *outcome.wrong):
            print(f"{outcome.scenario} ({outcome.route}), {outcome.fault}: {what}", flush=True)
    for one in found:
        if one.person:
            print(f"need a person: {one.scenario} ({one.route}), {one.fault}: {one.person}")
    print(summary(found))
    in_vain = [one for one in found if is_refused_in_vain(one, told.under)]
    for one in in_vain:
        print(f"refused in vain: {one.scenario} ({one.route}), {one.fault}")
    return int(bool(in_vain) or any(one.lost or one.wrong for one in found))


sys.exit(main())
