# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every uncertain rule is a switch that says where it comes from."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import lab.core.lab
import pytest
from lab.core.open_questions import Switches, answered, every_single_change, written


def test_every_switch_is_explained() -> None:
    for rule in fields(Switches):
        about = rule.metadata
        assert about["mark"] in ("L", "I", "U"), rule.name
        assert len(about["source"]) > 1, rule.name
        assert len(about["question"]) > 20, rule.name
        assert rule.default in about["answers"], rule.name
        assert len(set(about["answers"])) > 1, rule.name


def test_every_switch_is_read_by_a_rule() -> None:
    folder = Path(lab.core.lab.__file__).parent
    rules = [path for path in folder.glob("*.py") if not path.name.startswith("open_question")]
    text = "".join(path.read_text(encoding="utf-8") for path in rules)
    assert [rule.name for rule in fields(Switches) if f".{rule.name}" not in text] == []


def test_each_answer_once() -> None:
    changes = list(every_single_change())
    assert len({(name, answer) for name, answer, _path in changes}) == len(changes)
    assert all(getattr(switches, name) == answer for name, answer, switches in changes)


@pytest.mark.parametrize(
    ("name", "answer"), [("empty_server_errors", "maybe"), ("settle_polls", -1), ("settle_polls", True), ("nothing", 1)]
)
def test_wrong_answers(name: str, answer: str | int) -> None:
    with pytest.raises(ValueError, match=name):
        Switches().with_answer(name, answer)


def test_every_answer_has_a_text_that_means_it() -> None:
    assert all(answered(written(name, answer)) == switches for name, answer, switches in every_single_change())
    assert "empty_server_errors=WIN32_259" in {written(name, answer) for name, answer, _all in every_single_change()}
    with pytest.raises(ValueError, match="no such answer: null_interval=off"):
        answered("null_interval=off")  # the default
