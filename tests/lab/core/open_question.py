# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an open question consists of. The questions are in open_questions_reading.py and open_questions_writing.py."""

from __future__ import annotations

from dataclasses import field
from typing import Any, TypeAlias

Answer: TypeAlias = str | bool | int


def rule(default: Answer, mark: str, source: str, question: str, answers: tuple[Answer, ...] = (True, False)) -> Any:
    """A field: ``default``: the answer in force, ``mark`` and ``source``: see ../SOURCES.md, ``answers``: to try."""
    about = {"mark": mark, "source": source, "question": question, "answers": answers}
    return field(default=default, metadata=about)  # pylint: disable=invalid-field-call
