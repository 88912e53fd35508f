# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every rule that nobody confirmed: its mark, where it stands, the open question, and the answers that can be tried.

The marks and sources are those of ../SOURCES.md; what is confirmed or measured is no switch. A test suite runs under
each answer: ``switches.with_answer("empty_server_errors", "WIN32 259")``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from lab.core.open_question import Answer
from lab.core.open_questions_reading import Reading
from lab.core.open_questions_writing import Writing


@dataclass(frozen=True)
class Switches(Writing, Reading):
    """The answers in force. Raises ValueError for an answer that is not one of those listed (numbers: >= 0)."""

    def __post_init__(self) -> None:
        for rule in fields(self):
            answer, answers = getattr(self, rule.name), rule.metadata["answers"]
            if type(answer) is not type(rule.default):
                raise ValueError(f"switch {rule.name}: {answer!r} is not one of {answers}")
            good = answer >= 0 if isinstance(answer, int) and not isinstance(answer, bool) else answer in answers
            if not good:
                raise ValueError(f"switch {rule.name}: {answer!r} is not one of {answers}")

    def with_answer(self, name: str, answer: Answer) -> Switches:
        """Raises ValueError for an unknown switch or answer."""
        if name not in {rule.name for rule in fields(self)}:
            raise ValueError(f"there is no switch {name!r}")
        return replace(self, **{name: answer})  # type: ignore[arg-type]


def every_single_change() -> Iterator[tuple[str, Answer, Switches]]:
    """(name, answer, switches) for every answer that is not the default, one switch changed at a time."""
    plain = Switches()
    for rule in fields(plain):
        for answer in rule.metadata["answers"]:
            if answer != rule.default:
                yield rule.name, answer, plain.with_answer(rule.name, answer)


def answered(text: str) -> Switches:
    """All defaults, but SWITCH=ANSWER, as ``written`` has it. Raises ValueError for another question or answer."""
    for name, answer, switches in every_single_change():
        if text == written(name, answer):
            return switches
    raise ValueError(f"there is no such answer: {text}")


def written(name: str, answer: Answer) -> str:
    """SWITCH=ANSWER for a command line, without a blank: empty_server_errors=WIN32_259."""
    return f"{name}={answer}".replace(" ", "_")
