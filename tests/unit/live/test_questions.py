# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The questions are those of the lab, and a few that it has no switch for."""

from __future__ import annotations

from dataclasses import fields

from ansible_collections.windhcp.failover.plugins.plugin_utils._live.questions import QUESTIONS
from lab.core.open_questions import Switches

# open in the sources too: 13.10 is answered by what the API does, 13.12 by Microsoft's own script, 13.14 takes a
# client, and of 13.18 the usual is expected
WITHOUT_A_SWITCH = {"disable_through_api", "imported_state", "control_characters", "inactive_member_removal"}


def test_each_switch_of_the_lab_is_a_question() -> None:
    ids = [question.id for question in QUESTIONS]
    assert len(ids) == len(set(ids))
    assert set(ids) - {rule.name for rule in fields(Switches)} == WITHOUT_A_SWITCH
    assert {rule.name for rule in fields(Switches)} <= set(ids)


def test_they_can_be_read() -> None:
    for question in QUESTIONS:
        assert 20 < len(question.asks) < 100, question.id
        assert not question.asks.endswith((".", "?"))
        assert not question.takes.endswith(".")
