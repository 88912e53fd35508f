# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Copies of scopes: each answer of the lab is found out."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._live import copying
from lab.core.open_question import Answer
from live_servers import answers_of, asked, is_found_out, servers


@pytest.mark.parametrize(("question", "answer"), answers_of(copying))
def test_each_answer_of_the_lab_is_found_out(question: str, answer: Answer) -> None:
    assert is_found_out(question, answer)


def test_a_scope_comes_back_in_the_state_that_was_saved() -> None:
    assert asked(servers(), "imported_state")["imported_state"]["answer"] == "InActive"
