# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scopes that join: each answer of the lab is found out."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._live import coming
from lab.core.open_question import Answer
from live_servers import answers_of, is_found_out


@pytest.mark.parametrize(("question", "answer"), answers_of(coming))
def test_each_answer_of_the_lab_is_found_out(question: str, answer: Answer) -> None:
    assert is_found_out(question, answer)
