# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is assumed of Windows is what the simulated servers do unless a test says otherwise."""

from __future__ import annotations

from dataclasses import fields

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._live.assumed import ASSUMED, Answer, is_as_assumed
from lab.core.open_questions import Switches
from live_servers import asked, servers

LOOKS = {"settle_polls", "reintegration_polls", "secret_change_polls"}
WITHOUT_A_SWITCH = {"disable_through_api", "imported_state", "inactive_member_removal"}


def test_it_is_what_the_lab_does() -> None:
    usual = {rule.name: getattr(Switches(), rule.name) for rule in fields(Switches) if rule.name not in LOOKS}
    assert {name: answer for name, answer in ASSUMED.items() if name not in WITHOUT_A_SWITCH} == usual


def test_so_the_lab_answers_nothing_otherwise() -> None:
    found = [one for one in asked(servers()).values() if one["not_asked"] is None]
    assert len(found) > 60
    assert [one["id"] for one in found if not is_as_assumed(one["id"], one["answer"])] == []


@pytest.mark.parametrize(
    ("question", "answer", "same"),
    [
        ("client_ids_show", "upper", False),
        ("bootp_refused", "before_2012_r2 or never", True),
        ("bootp_refused", "always", False),
        ("settle_polls", 17, True),
        ("partner_percent_inverts", False, False),
        ("add_scopes_max", 31, False),
    ],
)
def test_another_answer_is_found_and_one_that_is_left_open_is_none(question: str, answer: Answer, same: bool) -> None:
    assert is_as_assumed(question, answer) is same
