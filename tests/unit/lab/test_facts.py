# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""`make facts`: each rule of the lab has a source, and each that nobody confirmed a switch; what has none is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from facts import unsaid
from facts.rules import Known, Rule, Switch, of_source, of_switches
from facts.sources import LAB, Sources, read
from facts.tree import rules, switches

SOURCES = Sources({"PSDOC": "cmdlets", "MS-DTYP": "types"}, {"4": "removals"})
KNOWN = Known(
    SOURCES,
    {
        name: Switch(name, mark, "4.1, 13", "What if not, and when?", "lab/questions.py", 1)
        for name, mark in {"force": "U", "other": "U", "orphan": "I"}.items()
    },
)


def found(source: str) -> list[Rule]:
    return of_source(source, "lab/x.py", KNOWN)


def function(docstring: str, body: str = "return None") -> str:
    return f'def act(world):\n    """{docstring}"""\n    {body}\n'


def test_every_rule_of_the_lab_has_a_source_and_every_open_one_a_switch() -> None:
    known = rules()
    assert {rule.mark for rule in known} == set("CMLIU")
    assert [rule.place for rule in known if not rule.source] == []
    assert [rule.place for rule in known if rule.mark in "LIU" and not rule.switch] == []
    assert {rule.switch for rule in known} - {""} == set(switches())
    assert unsaid.of_tree(LAB, known) == []


def test_the_command_prints_them_by_mark() -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-m", "facts"], cwd=root / "tests", capture_output=True, text=True, check=True
    )
    known = rules()
    for mark, words in {"C": "confirmed", "U": "unknown"}.items():
        assert f"{mark} {words}: {sum(rule.mark == mark for rule in known)}\n" in done.stdout
    assert "without a source: 0\nlikely, inferred or unknown and no switch: 0\n" in done.stdout
    assert "lab/core/scopes.py" in done.stdout


@pytest.mark.parametrize(
    ("docstring", "mark", "source"),
    [
        ("C PSDOC: gone.", "C", "PSDOC"),
        ("Gone (C PSDOC), or kept.", "C", "PSDOC"),
        ("C/M MS-DTYP 2.5: gone.", "M", "MS-DTYP"),
        ("L 4.1, 13.5: gone.", "L", "4.1"),
        ("Gone (I section 4).", "I", "section 4"),
        ("C: gone.", "C", ""),
        ("C BLOG: gone.", "C", ""),
        ("C PSDOCS: gone.", "C", ""),
        ("C 40: gone.", "C", ""),
        ("C 4113: gone.", "C", ""),
        ("Gone. M, as PSDOC has it.", "M", ""),
        ("C, MS-DTYP: gone.", "C", "MS-DTYP"),
    ],
)
def test_a_source_stands_behind_its_mark(docstring: str, mark: str, source: str) -> None:
    (rule,) = found(function(docstring))
    assert (rule.mark, rule.source, rule.function, rule.line) == (mark, source, "act", 2)


@pytest.mark.parametrize(
    "docstring",
    [
        "Gone.",
        "A C library, no M, and the U of an hour.",
        "See C.txt, `C PSDOC`, /L: and C:\\\\Windows.",
        "C-like, I'm, -L.",
    ],
)
def test_a_letter_that_is_no_mark(docstring: str) -> None:
    assert found(function(docstring)) == []


def test_marks_of_comments_and_where_they_are() -> None:
    source = "# C PSDOC: one,\n# two. U 4.1: three\nX = 1  # M MS-DTYP\n\n\nclass A:\n    # L 4: four\n    Y = 2\n"
    assert [(rule.mark, rule.line, rule.function, rule.source) for rule in found(source)] == [
        ("C", 1, "", "PSDOC"),
        ("U", 2, "", "4.1"),
        ("M", 3, "", "MS-DTYP"),
        ("L", 7, "", "4"),
    ]


def switch_of(docstring: str, body: str = "return None") -> list[str]:
    return [rule.switch for rule in found(function(docstring, body))]


def test_an_open_rule_without_a_switch_is_found() -> None:
    assert switch_of("U 4.1: gone.") == [""]
    assert switch_of("U 4.1: gone (switch nothing).") == [""]
    assert switch_of("U 4.1: gone.", "return world.other") == [""]
    assert [rule.switch for rule in found("# U 4.1: gone\nX = 1\n")] == [""]


def test_a_switch_that_the_text_names_or_the_function_reads() -> None:
    assert switch_of("U 4.1, switch force: gone.") == ["force"]
    assert switch_of("U 4.1: gone.", "return world.switches.force") == ["force"]
    assert switch_of("C PSDOC: gone.", "return world.switches.force") == [""]
    assert [rule.switch for rule in found("# U 4.1, switch force: gone\nX = 1\n")] == ["force"]


def test_a_switch_of_another_mark_is_none() -> None:
    assert switch_of("U 4.1, switch orphan: gone.") == [""]
    assert switch_of("U 4.1: gone.", "return world.switches.orphan") == [""]


def test_a_switch_that_is_read_answers_one_rule() -> None:
    both = "return switches.force, switches.other"
    assert switch_of("U 4.1: gone, or (U 4.2) kept.", "return switches.force") == ["force", ""]
    assert sorted(switch_of("U 4.1: gone, or (U 4.2) kept.", both)) == ["force", "other"]
    assert switch_of("U 4.1, switch force: gone, or (U 4.2) kept.", "return switches.force") == ["force", ""]


def test_an_error_of_windows_without_a_mark_is_found() -> None:
    for docstring, said in (("C PSDOC: gone.", False), ("Gone.", True)):
        source = function(docstring, "return 'DHCP 20005' if world else 'no error, DHCP 5'")
        assert list(unsaid.of_source(source, "lab/x.py", found(source))) == ["lab/x.py:1 act: DHCP 20005"] * said


def test_a_rule_takes_the_source_of_its_switch() -> None:
    (rule,) = found(function("U: gone.", "return world.switches.force"))
    assert rule.source == "4.1"
    assert [rule.source for rule in of_switches(KNOWN.switches.values(), SOURCES)] == ["4.1", "4.1", "4.1"]
    unknown = Switch("force", "U", "a blog (PSDOCS)", "What if not, and when?", "lab/questions.py", 1)
    assert [rule.source for rule in of_switches([unknown], SOURCES)] == [""]


def test_what_sources_there_are(tmp_path: Path) -> None:
    sources = tmp_path / "SOURCES.md"
    sources.write_text(
        "| mark | what |\n| --- | --- |\n| C | sure |\n\n| PSDOC | cmdlets |\n| 4 | removals |\n", encoding="utf-8"
    )
    assert read(sources).at("PSDOC: gone") == "PSDOC"
    assert read(sources).at("4.2") == "4.2"
    assert [read(sources).at(text) for text in ("C", "mark", "---", "WEAVE", "5")] == [""] * 5
    assert len(read().names) > 20
