# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What `make bench` says: counts and arithmetic, and never a time."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from bench import goals, parts, plots, report
from bench.__main__ import DOCS, PAGE, has_engine, missing
from bench.costs import NONE, Costs
from bench.door import powershells, reads
from bench.growth import exponent
from bench.recording import SCRIPT, recorded, servers
from bench.results import STORED, Cell, Results, differing, loads
from bench.rows import DEFAULT_ROWS, OTHER, ROWS
from bench.running import Bench, Counts, Measured
from bench.servers import Kept, estate
from bench.sizes import NoSize, Size
from lab.standin.recordings import script_hash

COUNTS = Counts(commands=100, starts=100, compiles=200, requests=600, bytes_in=1, bytes_out=1)
ONE = Measured(COUNTS, hosts=100, cpu=1, memory=70, seconds=10, tasks=8, changed=0, untold=0, modelled=True)


def test_the_stand_in_reads_what_the_script_reads() -> None:
    """Byte for byte; the script was not changed since."""
    assert recorded()["script_sha256"] == script_hash(SCRIPT.read_bytes())
    asked, session = servers()
    assert reads(asked.lab, session) == recorded()["said"]


@pytest.mark.parametrize("word", ["1/1", "31/3100", "1/10x100", "31/62+setting", "5/10x2+scope@powershell"])
def test_a_size_is_what_it_says(word: str) -> None:
    assert str(Size.parse(word)) == word


@pytest.mark.parametrize("word", ["31", "32/62", "5/4", "1/1x0", "1/1+colour", "1/1@window", "1/10000x100"])
def test_a_size_that_is_none(word: str) -> None:
    with pytest.raises(NoSize, match=word.replace("+", r"\+")):
        Size.parse(word)


def test_servers_are_in_sync_but_for_the_change() -> None:
    for change, percents, scopes in (("", 1, 3), ("setting", 2, 3), ("scope", 1, 4)):
        size = Size(3, 9, pairs=2, change=change)
        made = estate(size)
        assert len(made.lab.servers) == 4
        entries = made.declared["dhcp003"]
        half = made.lab.servers["DHCP003"].relationships["Site 01"]
        assert half.percentage == 50
        assert len({entry["load_balance_percent"] for entry in entries}) == percents
        assert (len(half.scopes), len(entries[0]["scopes"])) == (3, scopes)
        assert all(len(server.scopes) >= 9 for server in made.lab.servers.values())
    assert {entry["partner"] for entry in made.site} == {"dhcp002", "dhcp004"}
    assert len({scope for entry in made.site for scope in entry["scopes"]}) == 20


def test_servers_are_as_they_were() -> None:
    lab = estate(Size(1, 2)).lab
    kept = Kept(lab)
    for _time in range(2):
        lab.servers["DHCP001"].relationships["Site 01"].percentage = 10
        lab.servers["DHCP002"].scopes.clear()
        kept.restore()
        assert lab.servers["DHCP001"].relationships["Site 01"].percentage == 50
        assert len(lab.servers["DHCP002"].scopes) == 2


def test_a_powershell_in_another_one_is_two() -> None:
    def line(command: str) -> str:
        return f"PowerShell -NoProfile -EncodedCommand {base64.b64encode(command.encode('utf-16-le')).decode()}"

    assert (powershells("cmd /c dir"), powershells(line("x")), powershells(line(line("x")))) == (0, 1, 2)


def test_cost_is_added_once_for_servers_that_are_worked_on_at_once() -> None:
    """100 servers, 50 at a time: what two of them take."""
    assert NONE.added(ONE) == 0
    assert Costs(startup=1).added(ONE) == 2
    assert Costs(compiling=1).added(ONE) == 4
    assert Costs(round_trip=0.5).added(ONE) == 6
    assert Costs(startup=1).added(replace(ONE, hosts=1)) == 100


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_the_exponent_is_that_of_the_law(power: float) -> None:
    assert exponent({size: 3 * size**power for size in (310, 1000, 3100)}) == pytest.approx(power)


def test_one_point_is_no_law() -> None:
    with pytest.raises(ValueError, match="two points"):
        exponent({1: 1})


def with_rows(**rows: Measured) -> Results:
    return Results({}, "", [Cell(row, "", goals.LARGE, one) for row, one in rows.items()])


def verdicts(results: Results) -> set[str]:
    return {goal.verdict for goal in goals.goals(results) if goals.LARGE in goal.words}


def test_a_goal_is_reached_missed_or_was_not_measured() -> None:
    assert verdicts(with_rows(reads=ONE)) == {"not measured"}
    assert verdicts(with_rows(reads=ONE, dhcp_failover=ONE)) == {"reached"}
    slow = replace(ONE, cpu=2, seconds=16, tasks=13)
    assert verdicts(with_rows(reads=ONE, dhcp_failover=slow)) == {"not reached"}
    told = [goal for goal in goals.goals(with_rows(reads=ONE, dhcp_failover=slow)) if goal.reached is False]
    assert [goal.measured for goal in told] == ["1.62", "1.60", "2.00"]


def test_growth_is_a_goal() -> None:
    found = [parts.Part(parts.DRIFT, size, Size.parse(size).scopes ** 1.5, 70) for size in parts.SCOPES]
    told = [goal for goal in goals.goals(Results({}, "", [], found)) if "exponent over scopes" in goal.words]
    assert [(goal.measured, goal.verdict) for goal in told if "drift" in goal.words] == [("1.50", "not reached")]


def test_other_counts_are_found() -> None:
    more = replace(ONE, counts=replace(COUNTS, requests=601))
    assert differing(with_rows(reads=ONE), with_rows(reads=replace(ONE, seconds=11))) == []
    assert len(differing(with_rows(reads=ONE, info=ONE), with_rows(reads=more, info=ONE))) == 1


def test_a_row_that_cannot_be_measured_says_why() -> None:
    other = replace(ROWS["floor"], name=OTHER, module="")
    assert missing(None, Size(1, 1), Bench()) == "not run (OTHER= names no collection)"
    assert missing(replace(ROWS["info"], module="dhcp_of_tomorrow"), Size(1, 1), Bench()) == "not there"
    assert missing(other, Size(1, 1), Bench()) == ""
    assert "DOOR=powershell" in missing(other, Size(1, 1, change="scope"), Bench())
    assert ("no PowerShell" in missing(other, Size(1, 1, door="powershell"), Bench())) is not has_engine()


@pytest.mark.parametrize("kind", [kind for kind in parts.SIZES if parts.is_there(kind)])
def test_a_part_is_measured_in_a_process_of_its_own(kind: str) -> None:
    part = parts.measure(kind, "2/4", runs=1)
    assert (part.kind, part.size) == (kind, "2/4")
    assert part.cpu > 0
    assert 20 < part.memory < 200  # MB


def test_the_page_shows_the_results_that_are_kept() -> None:
    kept = loads(STORED.read_text(encoding="utf-8"))
    text = PAGE.read_text(encoding="utf-8")
    assert loads(kept.dumps()) == kept
    assert report.page(text, kept) == text
    for name, picture in plots.plots(kept).items():
        assert (DOCS / name).read_text(encoding="utf-8") == picture
        assert f"]({name})" in text
    assert set(DEFAULT_ROWS) <= set(kept.rows)


def test_a_page_without_a_place_for_results() -> None:
    with pytest.raises(ValueError, match="no <!--"):
        report.page("# Nothing", with_rows(reads=ONE))
