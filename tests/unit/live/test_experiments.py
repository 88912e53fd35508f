# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All experiments together: each question is answered, or says what it would take."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

from ansible_collections.windhcp.failover.plugins.plugin_utils._live.experiments import EXPERIMENTS
from ansible_collections.windhcp.failover.plugins.plugin_utils._live.questions import QUESTIONS
from lab.core.open_questions import Switches
from live_servers import asked, servers

ASKED = [question for experiment in EXPERIMENTS for question in experiment.answers]


def test_each_question_is_asked_by_one_experiment_or_says_what_it_takes() -> None:
    assert [question for question, times in Counter(ASKED).items() if times > 1] == []
    for question in QUESTIONS:
        assert (question.id in ASKED) != bool(question.takes), question.id
    assert {*ASKED} <= {question.id for question in QUESTIONS}


def test_a_whole_run_answers_all_of_them_as_the_lab_has_it() -> None:
    found, plain = asked(servers()), Switches()
    for question in QUESTIONS:
        one = found[question.id]
        assert one["asks"] == question.asks
        if question.takes:
            assert (one["answer"], one["not_asked"]) == (None, f"it takes {question.takes}")
        else:
            assert one["not_asked"] is None, question.id
    same = [name for name in ASKED if found[name]["answer"] == getattr(plain, name, None)]
    assert {*ASKED} - {*same} == {"bootp_refused", "disable_through_api", "inactive_member_removal", "imported_state"}
    assert {rule.name for rule in fields(plain)} >= {*same}


def test_some_of_them_alone_leave_the_others_out() -> None:
    found = asked(servers(), "standby_creator")
    assert found["standby_creator"]["answer"] == "secondary"
    assert found["settle_polls"]["not_asked"] == "it was left out of this run"
