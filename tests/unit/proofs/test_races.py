# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A sample of `make races`: two runs on a pair lose nothing, and each part of the protocol is needed for that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import pytest
from races import sabotage
from races.answers import every_answer, sample
from races.exploring import randomly, two_switches
from races.meetings import Report, holes, sampled, with_clients
from races.runs import Outcome, Pair, meet, pair
from races.scenes import scene
from races.scheduler import REST, Actor, Endless, Operation, Scheduler
from races.schedules import Schedule, at_random, parse, switched
from races.sequence import sequence, undone

HERE, THERE = "remove-here-delete", "remove-there-disable"
# without this part of the protocol, two such runs go wrong in one of these schedules
NEEDED: Mapping[str, tuple[Pair, Callable[[Pair], Iterator[Outcome]]]] = {
    "no-claim": (Pair(HERE, "dhcp01", HERE, "dhcp01", "hop"), with_clients),
    "no-look": (Pair(HERE, "dhcp01", HERE, "dhcp02", "hop"), lambda met: randomly(met, 1, 120)),
    "no-undo": (Pair("end-here-delete", "dhcp01", "move", "dhcp02", "hop"), two_switches),
    "no-last-look": (Pair("replicate-out", "dhcp01", THERE, "dhcp02", "hop"), two_switches),
}


@pytest.mark.parametrize("part", range(2))
def test_two_runs_lose_nothing(part: int) -> None:
    found = [
        f"PAIR={met} SCHEDULE={outcome.schedule}: {kind}: {what}"
        for met, outcome in sampled(part, 12, scenes=("pair", "half_first"))
        for kind, what in outcome.wrong
    ]
    assert found == []


def test_what_was_not_proved_is_told() -> None:
    proved = Report("move", "end", Counter(random=60), well=1)
    assert list(holes([proved], 1)) == []
    assert list(holes([proved, Report("move", "join", Counter(random=49))], 3)) == [
        "move+join has 49 schedules, and 50 is the least",
        "move+join: both were refused in every schedule",
        "1 pairs were not run",
    ]


def test_two_runs_lose_nothing_whatever_windows_answers() -> None:
    """Some of the answers; `make races-answers` takes all."""
    found = [sample(answer, 1, 1) for answer in every_answer()[::5]]
    assert [(one.answer, one.wrong) for one in found if one.wrong or one.schedules != 1] == []


def test_a_meeting_under_another_answer() -> None:
    assert scene("pair,wrong_mode_percent=ignored").fresh()[0].switches.wrong_mode_percent == "ignored"
    assert scene("pair,settle_polls=3").lab.switches.settle_polls == 3
    met, _outcome = next(sampled(1, 9, ("pair",), "empty_server_errors=WIN32_259"))
    assert pair(str(met)) == met
    assert met.scene.partition(",")[2] == "empty_server_errors=WIN32_259"
    with pytest.raises(ValueError, match="no such answer"):
        scene("pair,wrong_mode_percent=refused")


@pytest.mark.parametrize("part", NEEDED)
def test_each_part_of_the_protocol_is_needed(part: str) -> None:
    met, schedules = NEEDED[part]
    with sabotage.without(part):
        wrong = (kind for outcome in schedules(met) for kind, _what in outcome.wrong)
        assert any(kind in ("lost", "nobody", "twice") for kind in wrong)


def test_what_the_other_task_undoes_in_sequence_need_not_last() -> None:
    met = Pair("join", "dhcp01", "end-here-delete", "dhcp01", "own")
    outcome = meet(met, Schedule(((0, REST), (1, REST))))
    assert (outcome.well, outcome.promised, outcome.wrong) == ((True, True), (False, True), [])
    assert undone(outcome, sequence(met), met) == []


def test_what_the_other_task_leaves_alone_lasts() -> None:
    met = Pair("join", "dhcp01", "create-scope", "dhcp01", "own")
    usual = sequence(met)
    assert (usual.lasts, usual.refused) == ((True, True), frozenset())
    outcome = Outcome(switched(0, 3), well=(True, True), promised=(True, False))
    assert [what.partition(" ")[0] for what in undone(outcome, usual, met)] == ["create-scope@dhcp01"]


def test_a_schedule_and_a_pair_have_a_text_that_replays_them() -> None:
    schedules = [switched(1, 3, 4), switched(0, 5), at_random(7), at_random(8, "dies"), at_random(9, "loses")]
    broken = Schedule(((0, 2), (1, REST)), dies=(0, 2), loses=(1, 3), seed=4)
    assert [parse(str(one)) for one in (*schedules, broken)] == [*schedules, broken]
    met = Pair("join", "dhcp01", "move", "dhcp02", "hop", "inactive")
    assert pair(str(met)) == met
    with pytest.raises(ValueError, match="pause-3"):
        parse("A1,pause-3")


# --- the scheduler -----------------------------------------------------------------------------------------------


class Runs:
    """Two actors that say what they do."""

    def __init__(self, segments: tuple[tuple[int, int], ...], *bodies: str) -> None:
        self.said: list[str] = []
        self.scheduler = Scheduler([Actor(body, self._body(body)) for body in bodies], segments)
        self.scheduler.run()

    def _body(self, words: str):  # type: ignore[no-untyped-def]
        def run() -> None:
            for word in words:
                if word == "(":
                    assert self.scheduler.acquire("DHCP01", 60)
                elif word == ")":
                    self.scheduler.release("DHCP01")
                elif word == "z":
                    self.scheduler.sleep(5)
                else:
                    self.scheduler.at("DHCP01", word)
                    self.said.append(word)

        return run


def test_who_is_next_at_each_operation() -> None:
    assert "".join(Runs(((0, 1), (1, 2), (0, REST), (1, REST)), "abc", "xyw").said) == "axybcw"


def test_a_run_that_waits_for_the_mutex_is_not_next() -> None:
    assert "".join(Runs(((0, 1), (1, REST)), "a(b)c", "x(y)w").said) == "axbcyw"
    assert "".join(Runs(((0, 2), (1, REST)), "a(b)c", "x(y)w").said) == "abxywc"


def test_time_passes_while_everybody_waits() -> None:
    runs = Runs(((0, REST),), "azb", "xzzy")
    assert "".join(runs.said) == "axby"
    assert runs.scheduler.clock == 10


def test_a_run_without_an_end_is_ended() -> None:
    runs = Runs(((0, REST),), "a" * 2_000)
    assert isinstance(runs.scheduler.actors[0].failure, Endless)


def test_operations_that_have_nothing_to_do_with_each_other_have_no_order() -> None:
    scopes = ("scopes", "DHCP01")
    look, other = Operation(0, "DHCP01", "look", {scopes}), Operation(1, "DHCP01", "look", {scopes})
    write = Operation(1, "DHCP02", "write", set(), {scopes})
    assert look.commutes(other)
    assert not look.commutes(write)
    assert not write.commutes(look)
    assert write.commutes(Operation(0, "DHCP01", "write", set(), {("notes", "DHCP01")}))


# schedules in which a scope was lost, served by nobody, served twice, or something was silently otherwise
FOUND = [
    ("create-scope@dhcp01+create-scope@dhcp02/hop/pair", "A0,B13,A,B"),
    ("create-scope@dhcp01+create-scope@dhcp02/own/half_first", "random-1006934012"),
    ("create-scope@dhcp01+end-there-disable@dhcp02/hop/pair", "A13,B,A,B"),
    ("create-scope@dhcp01+replicate-out@dhcp02/hop/pair", "A14,B,A,B"),
    ("end-there-disable@dhcp01+other-partner@dhcp02/hop/pair", "A0,B44,A,B"),
    ("end-there-disable@dhcp01+remove-there-delete@dhcp02/own/half_first", "random-293569406"),
    ("join@dhcp01+replicate-out@dhcp01/own/pair", "A12,B,A,B"),
    ("join@dhcp01+swap-role@dhcp02/hop/pair", "random-456629312-loses"),
    ("move-third-disable@dhcp01+move@dhcp02/own/pair", "A0,B58,A,B"),
    ("other-partner@dhcp01+end-here-delete@dhcp01/hop/half_first", "A,B,kill-A47"),
    ("other-partner@dhcp01+end-there-disable@dhcp02/hop/pair", "A,B,kill-A43"),
    ("other-partner@dhcp01+remove-there-disable@dhcp02/hop/pair", "A0,B38,A,B"),
    ("other-partner@dhcp01+swap-role@dhcp01/own/half_first", "A,B,kill-A48"),
    ("remove-there-delete@dhcp01+other-partner@dhcp02/hop/pair", "A37,B,A,B"),
    ("remove-there-delete@dhcp01+other-partner@dhcp02/hop/pair", "A37,B45,A,B"),
    ("remove-there-delete@dhcp01+other-partner@dhcp02/hop/pair", "random-103676267"),
    ("remove-there-delete@dhcp01+remove-there-disable@dhcp02/own/pair", "random-536863924"),
    ("remove-there-disable@dhcp01+remove-there-disable@dhcp02/own/both_by_address", "random-184570285-in_step"),
    ("rename@dhcp01+move-third-delete@dhcp02/hop/half_first", "A,B,kill-A45"),
    ("rename@dhcp01+move-third-disable@dhcp02/own/pair", "A59,B,A,B"),
    ("rename@dhcp01+replicate-out@dhcp02/hop/pair", "A38,B,A,B"),
    ("replicate-in@dhcp01+move@dhcp02/hop/pair", "A12,B43,A,B"),
    ("replicate-out@dhcp01+remove-there-disable@dhcp02/own/pair", "random-504932667"),
    ("restore@dhcp01+create-scope@dhcp01/own/pair", "A0,B1,A,B"),
    ("swap-role@dhcp01+join-replacing@dhcp02/hop/pair", "A34,B18,A,B"),
]


@pytest.mark.parametrize(("met", "schedule"), FOUND)
def test_what_was_found_once_is_not_so_any_more(met: str, schedule: str) -> None:
    """As far as the operations of a run stay where they were."""
    outcome = meet(pair(met), parse(schedule))
    assert outcome.wrong == []
