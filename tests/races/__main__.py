# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m races [options]: every pair of tasks in every order of their operations, and what it came to."""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

from races import sabotage
from races.answers import Sample, every_answer, sample
from races.meetings import Report, holes, pairs, report
from races.runs import meet, pair
from races.schedules import parse

KINDS = {
    "lost": "lost",
    "nobody": "served by nobody",
    "twice": "served twice",
    "silent": "silent",
    "endless": "endless",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="races", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="pairs whose text (FIRST+SECOND) holds this")
    parser.add_argument("--part", default="1/1", help="2/4: the second quarter of them, in the order of the seed")
    parser.add_argument("--minutes", type=float, default=120, help="how long it may take")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--sabotage", default="", choices=["", *sabotage.ALL])
    parser.add_argument("--pair", default="", help="replays one schedule of this pair")
    parser.add_argument("--schedule", default="")
    parser.add_argument(
        "--answers", type=int, default=0, help="instead: so many schedules under every answer to an open question"
    )
    told = parser.parse_args()
    sabotage.do(told.sabotage)
    if told.answers:
        return _under_each_answer(told.answers, told.seed, told.processes, told.sabotage)
    if told.pair:
        return _replay(told.pair, told.schedule)
    chosen = [(one, two) for one, two in pairs() if told.only in f"{one}+{two}"]
    random.Random(told.seed).shuffle(chosen)  # so that a part of them is a sample
    part, parts = map(int, told.part.split("/"))
    chosen = chosen[part - 1 :: parts]
    print(f"{len(chosen)} pairs, {told.processes} processes, at most {told.minutes:g} minutes", flush=True)
    found: list[Report] = []
    for one in _reports(chosen, told.seed, told.processes, told.minutes, told.sabotage):
        found.append(one)
        _print_pair(one)
        if told.sabotage and one.wrong:
            print(f"{told.sabotage}: found out, so the other pairs are not run")
            break
    return _summary(found, len(chosen))


def _reports(
    chosen: Sequence[tuple[str, str]], seed: int, processes: int, minutes: float, spoilt: str
) -> Iterator[Report]:
    """As they come, until the time is over."""
    over = time.monotonic() + 60 * minutes
    with multiprocessing.get_context("spawn").Pool(processes, sabotage.do, (spoilt,)) as pool:
        waiting = [pool.apply_async(report, (one, two, seed)) for one, two in chosen]
        for one in waiting:
            try:
                yield one.get(max(0.0, over - time.monotonic()))
            except multiprocessing.TimeoutError:
                pool.terminate()
                print("the time is over")
                return


def _under_each_answer(count: int, seed: int, processes: int, spoilt: str) -> int:
    found: list[Sample] = []
    with multiprocessing.get_context("spawn").Pool(processes, sabotage.do, (spoilt,)) as pool:
        for one in pool.imap(partial(sample, seed=seed, count=count), every_answer()):
            found.append(one)
            print(f"{one.answer}: {one.schedules} schedules", flush=True)
            for kind, what, replay in one.wrong:
                print(f"    {KINDS.get(kind, kind)}: {what}: make races {replay}", flush=True)
    wrong = sum(len(one.wrong) for one in found)
    print(f"answers {len(found)}, schedules {sum(one.schedules for one in found)}, wrong {wrong}")
    return int(wrong > 0)


def _print_pair(one: Report) -> None:
    numbers = ", ".join(f"{dimension} {count}" for dimension, count in one.schedules.items())
    wrong = "".join(f"; {KINDS.get(kind, kind)} {count}" for kind, count in sorted(one.wrong.items()))
    print(f"{one.first}+{one.second}: {one.schedules.total()} schedules ({numbers}){wrong}", flush=True)
    shown: Counter[str] = Counter()
    for (kind, what), replay in one.examples.items():
        shown[kind] += 1
        if shown[kind] <= 2:
            print(f"    {KINDS.get(kind, kind)}: {what}: make races {replay}", flush=True)


def _summary(found: Sequence[Report], asked: int) -> int:
    persons = [(f"{one.first}+{one.second}", count, said) for one in found for said, count in one.persons.items()]
    for names, count, said in sorted(persons):
        print(f"needs a person: {names}, {count} times: {said}")
    print(f"refused in the end as in sequence: {sum(one.in_sequence for one in found)}")
    left_out = list(holes(found, asked))
    for hole in left_out:
        print(f"a hole: {hole}")
    wrong = sum((one.wrong for one in found), Counter[str]())
    counts = ", ".join(f"{words} {wrong[kind]}" for kind, words in KINDS.items())
    others = "".join(f", {kind} {count}" for kind, count in sorted(wrong.items()) if kind not in KINDS)
    print(
        f"pairs {len(found)}, schedules {sum(one.schedules.total() for one in found)}, {counts}{others}, "
        f"leases lost by Windows' own doing {sum(one.own_doing for one in found)}, "
        f"need a person {sum(count for _names, count, _said in persons)}"
    )
    return int(bool(wrong or left_out))


def _replay(which: str, schedule: str) -> int:
    outcome = meet(pair(which), parse(schedule))
    for number, one in enumerate(outcome.trace):
        changed = ", ".join(sorted(f"{what} of {server}" for what, server in one.writes if what != "mutex"))
        print(f"{number:3} {'ABC'[one.actor]} {one.server:6} {one.what}{f'  -> {changed}' if changed else ''}")
    for said in outcome.said:
        print(said)
    for kind, what in outcome.wrong:
        print(f"{KINDS.get(kind, kind)}: {what}")
    for who, said in outcome.persons:
        print(f"needs a person: {who}: {said}")
    return int(bool(outcome.wrong))


if __name__ == "__main__":
    sys.exit(main())
