# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All the runs, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lab.core.open_questions import Switches, every_single_change

from nothing_lost.broken_runs import NONE, Outcome, faults, run
from nothing_lost.scenarios import scenarios

# What is left to a person by right: the scenario, the answer under which the servers do not come to agree by
# themselves, and what is said. Any other refusal is a fault: a product that refuses everything loses nothing either.
PERSONS = (
    ("remove after an interruption", "interruption_leases_travel=False", "the copies that would go differ"),
    ("send another secret", "set_propagates_fields=all_but_secret", "a state in which nothing may be changed"),
)


def outcomes(
    *, switches: bool = False, sabotage: bool = False, only: str = "", under: Switches | None = None
) -> Iterator[Outcome]:
    """Each scenario on each route: as it is, broken off everywhere (`under` other answers to open questions).

    With `switches` also under every single other answer, but then not broken off.
    """
    for scenario in scenarios():
        if only not in scenario.name:
            continue
        for route in scenario.routes:
            plain = run(scenario, route, NONE, under, sabotage=sabotage)
            yield plain
            if not plain.wrong:
                yield from (run(scenario, route, fault, under, sabotage=sabotage) for fault in faults(plain))
            for name, answer, changed in every_single_change() if switches else ():
                one = run(scenario, route, NONE, changed, sabotage=sabotage)
                one.scenario = f"{one.scenario}, {name}={answer}"
                yield one


def is_refused_in_vain(one: Outcome, under: str = "") -> bool:
    """Whether a person was asked for who has nothing to decide; `under`: the answer to an open question."""
    name = f"{one.scenario}, {under}"
    by_right = (scenario in name and answer in name and said in one.person for scenario, answer, said in PERSONS)
    return bool(one.person) and not any(by_right)


def summary(found: Sequence[Outcome]) -> str:
    names = {(one.scenario, one.route) for one in found}
    broken = sum(one.fault != NONE for one in found)
    scopes = sum(what.startswith("scope") for one in found for what in one.lost)
    leases = sum(what.startswith("lease") for one in found for what in one.lost)
    persons = sum(bool(one.person) for one in found)
    return (
        f"scenarios {len(names)}, faults {broken}, scopes lost {scopes}, leases lost {leases}, need a person {persons}"
    )
